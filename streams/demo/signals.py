"""SIGTERM, a closed terminal and Ctrl-C as an orderly end: what was started is stopped, then 128 + the signal."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


AGAIN_S = 0.2
"""Seconds until a signal that came at a bad moment is sent once more."""


class Ending:
    """Which signal asked for the end, if one did.

    The handler raises SystemExit wherever the program is, but for kafka-python's event loop: that keeps every exception
    for one of its tasks, which is lost then, and may wait for it for ever. There the signal is noted, and sent again
    soon. Other code that catches every exception can keep SystemExit or make another error of it. So `check` raises it
    once more at a place of our own.
    """

    def __init__(self) -> None:
        self._heard: int | None = None
        self._again: threading.Timer | None = None

    def check(self) -> None:
        """Raises SystemExit once a signal was heard."""
        if self._heard is not None:
            sys.exit(128 + self._heard)

    def hear(self, number: int, frame: FrameType | None) -> None:
        """The signal handler: the first signal ends, later ones are not heard, they would cut the end short."""
        self._heard = number
        if _is_within_kafka(frame):
            self._again = threading.Timer(AGAIN_S, os.kill, (os.getpid(), number))
            self._again.daemon = True
            self._again.start()
            return
        _hear_nothing()
        self.check()

    def finish(self) -> None:
        """No signal is sent again."""
        if self._again is not None:
            self._again.cancel()
            self._again.join()


@contextmanager
def orderly_end() -> Iterator[Ending]:
    """Within it the first such signal raises SystemExit; an error that comes of it becomes SystemExit too.

    What was ignored before stays ignored: a demo behind `nohup` outlives its terminal.
    """
    ending = Ending()
    before = {number: signal.getsignal(number) for number in ENDING}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, ending.hear)
    try:
        yield ending
        ending.check()
    except Exception:
        ending.check()
        raise
    finally:
        _hear_nothing()
        ending.finish()
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_within_kafka(frame: FrameType | None) -> bool:
    """True while the main thread runs tasks of kafka-python."""
    while frame is not None:
        if str(frame.f_globals.get("__name__", "")).startswith("kafka.net."):
            return True
        frame = frame.f_back
    return False


@contextmanager
def unheard_after() -> Iterator[None]:
    """When it is left, signals are no longer heard: entered last, it shields the end of all that is around it."""
    try:
        yield
    finally:
        _hear_nothing()


@contextmanager
def put_off() -> Iterator[None]:
    """A signal that comes within it is heard when it is left: for the end of a part after which more follows."""
    heard: list[int] = []
    before = {number: signal.getsignal(number) for number in ENDING}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, lambda came, _: heard.append(came))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if heard:
            signal.raise_signal(heard[0])


def _hear_nothing() -> None:
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
