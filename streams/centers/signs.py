"""The signs of illness in one centre, day by day: what it saw, and what clinics diagnosed in its children. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from streams.centers.days import Key
from streams.centers.draft import Draft
from streams.clinical.center.card import Card
from streams.clinical.center.seen import Enrolment, Seen, Sign


class Signs(Mapping[date, Sequence[Sign]]):
    """Day → signs; a day's are made when somebody asks for them. A child has its id where a clinic knows it.

    `enrolments`: those of a subject; a diagnosis counts for the class in which the child was when it fell ill.
    """

    def __init__(self, draft: Draft, enrolments: Callable[[str], Sequence[Enrolment]]) -> None:
        self._draft, self._enrolments = draft, enrolments
        self._diagnosed = self._diagnoses()
        seen = draft.center.histories.ill.keys() | draft.ill.keys()
        self._days = sorted({day for day in seen if self._seen(day)} | self._diagnosed.keys())

    def __getitem__(self, day: date) -> Sequence[Sign]:
        seen = [
            Sign(day, fact.class_id, self._child(key[3]), fact.symptoms, fact.name)
            for key, fact in self._seen(day).items()
        ]
        signs = [*seen, *self._diagnosed.get(day, ())]
        if not signs:
            raise KeyError(day)
        return signs

    def __iter__(self) -> Iterator[date]:
        return iter(self._days)

    def __len__(self) -> int:
        return len(self._days)

    def _seen(self, day: date) -> Mapping[Key, Seen]:
        return self._draft.ill[day] if day in self._draft.ill else self._draft.center.histories.ill.get(day, {})

    def _child(self, subject: str) -> str:
        card = self._draft.card(subject)
        return card.child_id if card else subject

    def _diagnoses(self) -> dict[date, list[Sign]]:
        found: dict[date, list[Sign]] = {}
        for subject, card in self._cards():
            for told in card.diagnoses:
                held = [e for e in self._enrolments(subject) if e.holds(told.onset_on)]
                if held:
                    class_id = max(held).class_id
                    sign = Sign(told.onset_on, class_id, card.child_id, (told.condition,), told.name)
                    found.setdefault(told.onset_on, []).append(sign)
        return found

    def _cards(self) -> Iterator[tuple[str, Card]]:
        for subject in sorted(self._draft.center.cards.of.keys() | {subject for subject, _ in self._draft.cards}):
            card = self._draft.card(subject)
            if card is not None and card.diagnoses:
                yield subject, card
