"""Lets the events of several threads share one sync of the disk: who comes while one is under way joins the next."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from streams.publish.offline import Valid


@dataclass(slots=True)
class _Call:
    events: Sequence[Valid]
    numbers: range = field(default=range(0))
    failure: BaseException | None = None
    is_done: bool = False


class GroupCommit:
    """`commit` takes the events of all calls that wait, in one transaction, and returns their numbers."""

    def __init__(self, commit: Callable[[Sequence[Valid]], range]) -> None:
        self._commit = commit
        self._waiting: list[_Call] = []
        self._turn, self._door = threading.Lock(), threading.Lock()

    def add(self, events: Sequence[Valid]) -> range:
        """The numbers of these events, once they are on disk. Raises what `commit` does: then none was taken."""
        call = _Call(events)
        with self._door:
            self._waiting.append(call)
        with self._turn:
            if not call.is_done:
                self._commit_waiting()
        if call.failure is not None:
            raise call.failure
        return call.numbers

    @contextmanager
    def pause(self) -> Iterator[None]:
        """No commit is under way, and none begins."""
        with self._turn:
            yield

    def _commit_waiting(self) -> None:
        with self._door:
            calls, self._waiting = self._waiting, []
        try:
            numbers = self._commit([event for call in calls for event in call.events])
        except BaseException as failure:  # noqa: BLE001 - raised by each of the calls
            self._end(calls, range(0), failure)
        else:
            self._end(calls, numbers, None)

    @staticmethod
    def _end(calls: Sequence[_Call], numbers: range, failure: BaseException | None) -> None:
        for call in calls:
            call.numbers, numbers = numbers[: len(call.events)], numbers[len(call.events) :]
            call.failure, call.is_done = failure, True
