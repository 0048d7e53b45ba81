"""What a centre's records say of each child day by day, and which of them tell of an illness. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from streams.centers.days import Key
from streams.clinical.center.seen import Other, Seen

History = dict[date, tuple[Seen, ...]]
"""Day → the records of one child that stand."""
Changed = Mapping[int, Mapping[Key, Seen | Other | None]]
"""Day ordinal → record → what it says now; None when it says nothing of that day any longer."""


@dataclass(slots=True)
class Histories:
    """`of`: subject → its history; `ill`: day → records with symptoms."""

    of: dict[str, History] = field(default_factory=dict)
    ill: dict[date, dict[Key, Seen]] = field(default_factory=dict)

    def put(self, key: Key, fact: Seen | Other) -> None:
        """Take what the state has of a record."""
        if isinstance(fact, Other):
            return
        history = self.of.setdefault(key[3], {})
        history[fact.day] = (*history.get(fact.day, ()), fact)
        if fact.symptoms:
            self.ill.setdefault(fact.day, {})[key] = fact

    def changed(self, changed: Changed) -> dict[str, History]:
        """The histories after some changes, of the subjects that have any; the present ones stay as they are."""
        found: dict[str, History] = {}
        for ordinal, facts in changed.items():
            day = date.fromordinal(ordinal)
            for key, fact in facts.items():
                if key[3] not in found:
                    found[key[3]] = dict(self.of.get(key[3], {}))
                _replace(found[key[3]], day, key, fact)
        return found

    def changed_ill(self, changed: Changed) -> dict[date, dict[Key, Seen]]:
        """Records with symptoms after some changes, of the days on which these differ."""
        found: dict[date, dict[Key, Seen]] = {}
        for ordinal, facts in changed.items():
            day = date.fromordinal(ordinal)
            before = self.ill.get(day, {})
            gone = before.keys() & facts.keys()
            came = {k: f for k, f in facts.items() if f is not None and not isinstance(f, Other) and f.symptoms}
            if gone or came:
                found[day] = {key: fact for key, fact in before.items() if key not in gone} | came
        return found

    def install(self, changed: Changed) -> None:
        """Put changes in place."""
        for subject, history in self.changed(changed).items():
            if history:
                self.of[subject] = history
            else:
                self.of.pop(subject, None)
        for day, facts in self.changed_ill(changed).items():
            if facts:
                self.ill[day] = facts
            else:
                self.ill.pop(day, None)


def _replace(history: History, day: date, key: Key, fact: Seen | Other | None) -> None:
    rest = tuple(seen for seen in history.get(day, ()) if seen.name != key[:3])
    now = rest if fact is None or isinstance(fact, Other) else (*rest, fact)
    if now:
        history[day] = now
    else:
        history.pop(day, None)
