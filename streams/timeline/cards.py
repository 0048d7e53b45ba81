"""What centres are told of the children in them: who a child is, and what clinics diagnosed. Pure.

A card goes to the centre's partition, one for each subject under which a child is enrolled there; None takes it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from schemas.internal import CARD, pack
from streams import topics
from streams.clinical.center.card import Card, Diagnosed
from streams.clinical.child.life import Life
from streams.clinical.child.telling import DEPARTED, DIAGNOSED, ENROLLED, REGISTERED, Diagnosis, Told
from streams.timeline.child import Draft
from streams.transport.port import Output, partition_of

KINDS = frozenset({REGISTERED, DEPARTED, ENROLLED, DIAGNOSED})
"""Of the records that a card depends on."""
DIED = "died"


def messages(draft: Draft, partitions: int) -> Iterator[Output]:
    """The cards that a decision about a child changes."""
    if not any(identity[0] in KINDS for identity in draft.touched):
        return
    before = _cards(draft.name, draft.child.life, draft.child.told.values())
    now = _cards(draft.name, draft.life, draft.all_told())
    for place in sorted(before.keys() | now.keys()):
        card = now.get(place)
        if card != before.get(place):
            center, subject = place
            meta = {"t": CARD, "subject": subject, "child": draft.name, "card": card and card.packed()}
            yield Output(topics.FACILITY_EVENTS, partition_of(center, partitions), center.encode(), pack(meta))


def _cards(child: str, life: Life | None, told: Iterable[Told]) -> dict[tuple[str, str], Card]:
    """(centre, subject) → card."""
    if life is None or not life.places:
        return {}
    holds, diagnoses = life.holds, sorted(_diagnosed(t) for t in told if isinstance(t, Diagnosis))
    card = Card(
        child_id=child,
        clinic_id=holds.clinic_id,
        subject=holds.subject,
        registered_by=holds.source,
        registration_record=holds.recordid,
        has_died=life.departure is not None and life.departure.reason == DIED,
        diagnoses=tuple(diagnoses),
    )
    return {(place.enrolment.center_id, place.enrolment.subject): card for place in life.places}


def _diagnosed(told: Diagnosis) -> Diagnosed:
    return Diagnosed(told.onset_on, told.condition, told.name)
