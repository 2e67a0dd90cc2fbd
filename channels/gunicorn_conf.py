"""How gunicorn runs the gateway: one process with threads, no access log (it would hold addresses)."""

from typing import Any

from core import logging as our_logging

worker_class = "gthread"
workers = 1
threads = 8
timeout = 30
graceful_timeout = 10
keepalive = 30
accesslog = None
limit_request_line = 4094
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"gunicorn.error": {"level": "WARNING", "handlers": [], "propagate": True}},
}


def post_fork(server: Any, worker: Any) -> None:
    """Every line of the worker goes through our formatter."""
    our_logging.set_up()
