"""Which of a child's records are of one subject, and which subjects sent one record: found at once. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

Identity = tuple[str, str, str]
Key = tuple[str, str, str, str]


@dataclass(slots=True)
class Holdings:
    """Keys by subject and subjects by record. Also of what was given up since: who asks looks whether it is there."""

    by_subject: dict[str, dict[Key, None]] = field(default_factory=lambda: defaultdict(dict))
    by_identity: dict[Identity, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, keys: Iterable[Key]) -> Holdings:
        holdings = cls()
        for key in keys:
            holdings.add(key)
        return holdings

    def add(self, key: Key) -> None:
        self.by_subject[key[3]][key] = None
        self.by_identity[key[:3]].add(key[3])

    def of_subject(self, subject: str) -> list[Key]:
        """In the order in which they came."""
        return list(self.by_subject.get(subject, ()))

    def subjects_of(self, identity: Identity) -> list[str]:
        return sorted(self.by_identity.get(identity, ()))
