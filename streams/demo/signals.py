"""SIGTERM, a closed terminal and Ctrl-C as an orderly end: what was started is stopped, then 128 + the signal."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


@contextmanager
def orderly_end() -> Iterator[None]:
    """Within it the first such signal raises SystemExit, later ones are not heard: they would cut the end short.

    What was ignored before stays ignored: a demo behind `nohup` outlives its terminal.
    """
    before = {number: signal.getsignal(number) for number in ENDING}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def unheard_after() -> Iterator[None]:
    """When it is left, signals are no longer heard: entered last, it shields the end of all that is around it."""
    try:
        yield
    finally:
        _hear_nothing()


def _end(number: int, _: FrameType | None) -> None:
    _hear_nothing()
    sys.exit(128 + number)


def _hear_nothing() -> None:
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
