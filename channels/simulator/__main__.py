"""`python -m channels.simulator --port N`: the local carrier, with account and numbers from the environment."""

import argparse
import logging
import os

from channels.simulator.app import config_of, make
from core import logging as our_logging
from core.config import load


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m channels.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8089)
    parser.add_argument("--gateway", help="where webhooks go, when that is not AMPARO_PUBLIC_URL")
    given = parser.parse_args()
    our_logging.set_up()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    make(config_of(load(os.environ), given.gateway), given.port).serve_forever()


if __name__ == "__main__":
    main()
