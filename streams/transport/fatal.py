"""How a stage ends when something is wrong with us: at once, acknowledging nothing; the supervisor starts it again."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import structlog

EXIT_CODE = 70

log = structlog.get_logger("huiyu.transport")


def die(reason: str, exit_code: int = EXIT_CODE, **facts: object) -> NoReturn:
    """Log and exit without any clean-up: what was not committed is read again by whoever comes next."""
    log.error("exit", reason=reason, **facts)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)
