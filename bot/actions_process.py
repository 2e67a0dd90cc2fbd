"""The actions process, on loopback only: rasa-sdk with our actions. `python -m bot.actions_process --port N`."""

import argparse
import importlib
import logging
import os
import pkgutil
import warnings
from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic

from bot import actions
from bot.actions import report
from bot.actions.base import Office, TurnAction, named
from core.config import load
from core.database import Database
from core.keys import KeyProvider
from core.logging import Log, set_up
from jobs import places

ROLE = "actions"
log = Log("actions")


class Executor(ActionExecutor):  # type: ignore[misc]
    """Rasa keeps its domain to itself (`enable_selective_domain`): no action of ours needs it."""

    def update_and_return_domain(self, payload: dict[str, Any], action_name: str) -> dict[str, Any]:
        """No domain."""
        return {}


def all_actions(office: Office) -> list[TurnAction]:
    """Every action of every module in `bot/actions/`."""
    for module in pkgutil.iter_modules(actions.__path__):
        importlib.import_module(f"{actions.__name__}.{module.name}")
    return [found(office) for found in named()] + report.asking(office)


def build(office: Office) -> Sanic[Any, Any]:
    """The server application: /webhook for Rasa, /health."""
    executor = Executor()
    for action in all_actions(office):
        executor.register_function(action.called, action.run)
    app: Sanic[Any, Any] = create_app(executor, cors_origins=[])
    return app


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description="The actions of the hotline's dialogue, on loopback.")
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    set_up()
    warnings.simplefilter("ignore")  # rasa-sdk warns of its version against Rasa's: tried, works
    logging.getLogger("rasa_sdk").setLevel(logging.ERROR)
    settings = load(os.environ)
    app = build(Office(Database(settings, ROLE), KeyProvider(settings.keys, ROLE), settings.hours))
    places.cities()  # the gazetteer takes most of a second to read: before the first worker, not for them
    log.info("actions_ready", port=port)
    app.run(host="127.0.0.1", port=port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
