"""One child on one day, as the rules about children see it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from typing import TypeVar, cast

from streams.clinical.child.life import Life
from streams.clinical.child.milestones import Milestone
from streams.clinical.child.telling import Ranked, Told
from streams.clinical.episode import MOST_RECORDS, RecordName

Telling = TypeVar("Telling", bound=Ranked)
Anything = TypeVar("Anything")


class ChildCase:
    """`told`: what its standing records tell; `today`: the local date of *now*; `heard`: H, until when its clinic has
    confirmed that it has sent everything, at most today."""

    def __init__(
        self, life: Life, told: Iterable[Told], schedule: Sequence[Milestone], ends_on: date, today: date, heard: date
    ) -> None:
        self.life, self.schedule, self.ends_on = life, schedule, ends_on
        self.today, self.heard = today, heard
        self._told = tuple(told)
        self._once: dict[Hashable, object] = {}

    @property
    def born(self) -> date:
        return self.life.born

    @property
    def is_followed(self) -> bool:
        """False for a child that departed, or that has outgrown the schedule: nothing is asked of it any longer."""
        return self.life.departure is None and self.today < self.ends_on

    def told(self, *kinds: type[Telling]) -> list[Telling]:
        """What records of some kinds tell, in the order of their (time, source, recordid)."""
        found = [told for told in self._told if isinstance(told, kinds)]
        return sorted(found, key=lambda t: t.rank)

    def until_today(self, *kinds: type[Telling]) -> list[Telling]:
        """The same, but for what is dated after today."""
        return [told for told in self.told(*kinds) if told.on <= self.today]

    def next_record_on(self, *kinds: type[Ranked]) -> date | None:
        """The first date after today of a record of some kinds."""
        return min((t.on for t in self._told if isinstance(t, kinds) and t.on > self.today), default=None)

    def once(self, name: Hashable, find: Callable[[], Anything]) -> Anything:
        """What `find` says, which is asked once for a name: several rules may need the same."""
        if name not in self._once:
            self._once[name] = find()
        return cast(Anything, self._once[name])


def named(*told: Ranked) -> tuple[RecordName, ...]:
    """The records that told something, the last MOST_RECORDS of them."""
    return tuple(t.name for t in told[-MOST_RECORDS:])
