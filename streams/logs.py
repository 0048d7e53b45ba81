"""Structured logs: one JSON object a line on stderr; topics, offsets, codes, ids of alerts; no child data.

What a library logs becomes such a line too. The text of an exception may quote what it could not take, so an exception
is told by its type and by where it was raised, and of a library's message only the first line.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

LONGEST = 300
FRAMES = 4


def configure(process: str) -> None:
    """Set up structlog, and the standard library's loggers of the packages we use, for one process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    structlog.contextvars.bind_contextvars(process=process)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LibraryLines(process))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    threading.excepthook = _thread_failed


def where(error: BaseException) -> list[str]:
    """File and line of the innermost frames; never the error's text, which may hold a child's data."""
    return _frames(error.__traceback__)


class LibraryLines(logging.Formatter):
    """What a library logs, as a line of ours."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, Any] = {"event": _told(record), "logger": record.name, "process": self._process}
        facts |= {"level": record.levelname.lower(), "timestamp": _timestamp(record.created)}
        error = record.exc_info
        if error and error[0]:
            facts |= {"error": error[0].__name__, "where": _frames(error[2])}
        return json.dumps(facts, ensure_ascii=False)


def _told(record: logging.LogRecord) -> str:
    """The first line of its message, exceptions among its arguments named by their types."""
    given = record.args
    named = tuple(map(_named, given)) if isinstance(given, tuple) else given
    try:
        message = str(record.msg) % named if named else str(record.msg)
    except (TypeError, ValueError, KeyError):  # a type's name does not fit, as under %d
        message = str(record.msg)
    return message.partition("\n")[0][:LONGEST]


def _named(argument: object) -> object:
    return type(argument).__name__ if isinstance(argument, BaseException) else argument


def _frames(trace: TracebackType | None) -> list[str]:
    return [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(trace)[-FRAMES:]]


def _timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _thread_failed(failed: threading.ExceptHookArgs) -> None:
    facts = {"error": failed.exc_type.__name__, "where": _frames(failed.exc_traceback)}
    structlog.get_logger().error("a thread failed", thread=failed.thread.name if failed.thread else "", **facts)
