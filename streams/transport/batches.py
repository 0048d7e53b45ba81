"""What a fetch returned for one partition, with the exact range of offsets that it covers.

A partition may end in a transaction's marker or in aborted records. "Next = last record + 1" would then stand still
for ever, and with it every tick that waits for that position; so the range is read where it is exact: in aiokafka's
fetcher, before and after the records are taken.
"""

from __future__ import annotations

from typing import Any

from aiokafka.consumer import fetcher


class Batch(list[Any]):
    """Records of one partition; every offset in start … end-1 is in here, or is a marker or an aborted record."""

    start: int = 0
    end: int = 0

    def __bool__(self) -> bool:
        """True also when no record is left of the range: markers alone move the position."""
        return self.end > self.start


class ExactFetchResult(fetcher.FetchResult):  # type: ignore[misc]
    """aiokafka's result of a fetch, handing out `Batch`es."""

    def getall(self, max_records: int | None = None) -> list[Any]:
        if not self.check_assignment(self._topic_partition) or not self.has_more():
            return []
        state = self._assignment.state_value(self._topic_partition)
        start = state.position
        batch = Batch(super().getall(max_records))
        batch.start, batch.end = start, state.position
        return batch


def install() -> None:
    """Let aiokafka's fetcher build `ExactFetchResult`s (it looks the class up in its module when a fetch returns)."""
    fetcher.FetchResult = ExactFetchResult
