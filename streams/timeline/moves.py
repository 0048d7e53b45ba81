"""Records on their way from one child to another: until when the new child's alerts have to wait for them. Pure.

A tick can overtake what an old child hands over. So the old child sends a marker behind it, and the new child, told of
the same epoch of the subject's route by intake, postpones its alerts until that marker has come. A child that itself
still awaits an earlier epoch's marker sends its own only after that: what it hands over late is in front of it.

Intake tells both children in one transaction, and a marker is caused by what the old child was told. So in the new
child's partition the route comes first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

Held = dict[str, dict[str, "Move"]]
"""Child → subject → what is on its way."""


class Marker(NamedTuple):
    """To be sent behind what was handed over."""

    child: str
    subject: str
    epoch: int


class Move(NamedTuple):
    """One subject's records at one child: `awaits`: epochs whose marker is to come; `owes`: (epoch, new child)."""

    awaits: tuple[int, ...] = ()
    owes: tuple[tuple[int, str], ...] = ()


class Moves:
    """A decision's changes of what is on its way; reads through to what is held."""

    def __init__(self, held: Mapping[str, Mapping[str, Move]]) -> None:
        self._held = held
        self._changed: dict[str, dict[str, Move]] = defaultdict(dict)

    def _of(self, child: str, subject: str) -> Move:
        held = self._held.get(child, {}).get(subject, Move())
        return self._changed.get(child, {}).get(subject, held)

    def comes(self, child: str, subject: str, epoch: int) -> None:
        """The subject is this child's since `epoch`; another child had it."""
        move = self._of(child, subject)
        self._changed[child][subject] = move._replace(awaits=(*move.awaits, epoch))

    def goes(self, child: str, subject: str, epoch: int, to: str) -> Iterator[Marker]:
        """The subject is this child's no longer since `epoch`."""
        move = self._of(child, subject)
        return self._settled(child, subject, move._replace(owes=(*move.owes, (epoch, to))))

    def came(self, child: str, subject: str, epoch: int) -> Iterator[Marker]:
        """The marker of `epoch` has come, and so has all of the epochs before."""
        move = self._of(child, subject)
        return self._settled(child, subject, move._replace(awaits=tuple(e for e in move.awaits if e > epoch)))

    def _settled(self, child: str, subject: str, move: Move) -> Iterator[Marker]:
        """Keep what must still wait; the markers that need not."""
        late = [owed for owed in move.owes if any(awaited < owed[0] for awaited in move.awaits)]
        self._changed[child][subject] = move._replace(owes=tuple(late))
        return (Marker(to, subject, epoch) for epoch, to in move.owes if (epoch, to) not in late)

    def is_awaiting(self, child: str) -> bool:
        """True while records may be on their way to this child."""
        subjects = self._held.get(child, {}).keys() | self._changed.get(child, {}).keys()
        return any(self._of(child, subject).awaits for subject in subjects)

    def changes(self) -> Iterator[tuple[str, str, Move | None]]:
        """(child, subject, what is on its way now, None for nothing) of all that differs from what is held."""
        for child, changed in self._changed.items():
            for subject, move in changed.items():
                if move != self._held.get(child, {}).get(subject, Move()):
                    yield child, subject, move if move != Move() else None

    def install(self, held: Held) -> None:
        """Put the changes in place."""
        for child, subject, move in list(self.changes()):
            keep(held, child, subject, move)


def keep(held: Held, child: str, subject: str, move: Move | None) -> None:
    """Remember what is on its way; forget what is not."""
    if move is not None:
        held.setdefault(child, {})[subject] = move
        return
    held[child].pop(subject)
    if not held[child]:
        del held[child]
