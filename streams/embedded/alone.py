"""One command at a time starts or stops a stack."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from streams.embedded.layout import Layout
from streams.errors import Failure


class Busy(Failure):
    """Another command works on this DATA."""

    exit_code = 12


@contextmanager
def alone(layout: Layout) -> Iterator[None]:
    """Held while a stack is changed; the kernel lets go of it when the process ends. Raises Busy."""
    with (layout.run / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(f"another huiyu command starts or stops the stack in {layout.data}") from None
        yield
