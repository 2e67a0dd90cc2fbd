"""How gunicorn runs the console: one process with threads, no access log (it would hold addresses)."""

from typing import Any

from channels.gunicorn_conf import (
    accesslog,
    graceful_timeout,
    keepalive,
    logconfig_dict,
    post_fork,
    worker_class,
    workers,
)

__all__ = ["accesslog", "graceful_timeout", "keepalive", "logconfig_dict", "post_fork", "worker_class", "workers"]
threads = 12
timeout = 60
limit_request_line = 4094


def post_worker_init(worker: Any) -> None:
    """Once, when the application is there: a team under two readers is an alarm."""
    from console.app import warn_of_lonely_teams

    warn_of_lonely_teams(worker.app.wsgi())
