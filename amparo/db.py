"""`python -m amparo.db`: the owner of the embedded PostgreSQL, a small process of its own."""

import os
import sys

from core import postgres
from core.config import load
from core.errors import AmparoError


def main() -> int:
    """Run the server in the foreground."""
    settings = load(os.environ)
    if settings.database_url is not None:
        raise AmparoError("DATABASE_URL is set, so there is no embedded PostgreSQL to run")
    return postgres.run(settings)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AmparoError as error:
        sys.exit(str(error))
