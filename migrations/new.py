"""`python -m migrations.new NAME`: write a migration for what the tables lack; read and mend it."""

import shutil
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from core import postgres
from core.config import load
from core.database import make_engine

HERE = Path(__file__).parent


def config_for(connection: Connection) -> Config:
    """Alembic's configuration for one open connection."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config


def new_revision(name: str) -> None:
    """Compare the models with an empty database that was migrated to head."""
    home = Path(tempfile.mkdtemp(prefix="amparo-new-"))
    settings = load({"AMPARO_HOME": str(home), "DATABASE_URL": ""})
    server = postgres.start(settings, durable=False)
    try:
        socket = f"postgresql://postgres@/postgres?host={settings.socket_dir}"
        postgres.wait_ready(socket)
        engine = make_engine(load({"AMPARO_HOME": str(home), "DATABASE_URL": socket}), "owner")
        with engine.connect() as connection:
            config = config_for(connection)
            number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
            command.upgrade(config, "head")
            command.revision(config, name.replace("_", " ").capitalize(), autogenerate=True, rev_id=f"{number:04d}")
        engine.dispose()
    finally:
        server.stop()
        shutil.rmtree(home)


if __name__ == "__main__":
    new_revision(sys.argv[1])
