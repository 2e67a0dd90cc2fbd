"""Structured logs: one JSON object a line, ids and states only.

The event name and its fields are chosen by us; anything that looks like a number of a person or a receipt is masked,
and messages of other libraries are reduced to their logger, level and the type of an exception.
"""

import json
import logging
import re
import sys
import threading
from types import TracebackType
from typing import Any
from uuid import UUID

from core.clock import now

_DIGITS = re.compile(r"\d[\d \-]{5,}\d")
_OURS = "amparo"
_LARGEST_ID = 1_000_000_000  # a phone number is larger


class JsonLines(logging.Formatter):
    """Formats a record as JSON. Texts of foreign libraries never pass: they may hold what a worker wrote."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object."""
        line: dict[str, Any] = {"at": now().isoformat(timespec="milliseconds"), "level": record.levelname.lower()}
        if record.name.startswith(f"{_OURS}."):
            line |= {"event": record.msg, **{name: _safe(name, v) for name, v in getattr(record, "fields", {}).items()}}
        else:
            line |= {"event": "library", "logger": record.name}
        if record.exc_info and record.exc_info[0] is not None:
            line |= {"error": record.exc_info[0].__name__, "where": _where(record)}
        return json.dumps(line)


def _where(record: logging.LogRecord) -> str:
    """File and line of the innermost frame; the exception's own text is left out on purpose."""
    trace = record.exc_info[2] if record.exc_info else None
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""


def _safe(name: str, value: object) -> object:
    """A field as it may be written: row ids, hours and random ids pass, other long runs of digits are masked."""
    match value:
        case None | bool() | float():
            return value
        case int():
            return value if abs(value) < _LARGEST_ID else "#"
        case UUID():
            return str(value)
        case list() | tuple():
            return [_safe(name, one) for one in value]
        case _:
            return str(value) if name == "hour" else _DIGITS.sub("#", str(value))


class Log:
    """Our logger: `log.info("turn_done", turn=17, state="done")`."""

    def __init__(self, area: str) -> None:
        self._logger = logging.getLogger(f"{_OURS}.{area}")

    def info(self, event: str, **fields: object) -> None:
        """Something worth knowing happened."""
        self._logger.info(event, extra={"fields": fields})

    def alarm(self, event: str, **fields: object) -> None:
        """Somebody must look at this."""
        self._logger.error(event, extra={"fields": {"alarm": True, **fields}})

    def failed(self, event: str, **fields: object) -> None:
        """An exception was caught; its type and place are logged, never its text."""
        self._logger.warning(event, extra={"fields": fields}, exc_info=True)


def set_up(level: int = logging.INFO) -> None:
    """Send every log, warning and uncaught exception of this process through the one formatter, to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(_OURS).setLevel(level)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger(f"{_OURS}.process").error("uncaught", exc_info=(kind, error or kind(), trace))
