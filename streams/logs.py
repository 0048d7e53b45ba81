"""Structured logs: one JSON object a line on stderr; topics, offsets, codes, ids of alerts; no child data."""

from __future__ import annotations

import logging
import sys

import structlog


def configure(stage: str) -> None:
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
    structlog.contextvars.bind_contextvars(process=stage)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
