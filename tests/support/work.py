"""How much work a call does, in lines of Python that it runs: the same on every machine, however busy that is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def lines_run(call: Callable[[], object]) -> int:
    """Lines that run while `call` does, each turn of a loop counted; what is written in C counts as nothing."""
    count = 0

    def line(frame: FrameType, happened: str, told: Any) -> Any:
        nonlocal count
        count += happened == "line"
        return line

    before = sys.gettrace()
    sys.settrace(line)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def growth(work: Callable[[int], Callable[[], object]], size: int) -> float:
    """How many times the work of `size` things is in that of twice as many: 2 as they grow, 4 as their square.

    `work` prepares so many, and returns the call that is measured.
    """
    work(size)()  # what is remembered from the first time on is not to be counted
    return lines_run(work(2 * size)) / lines_run(work(size))
