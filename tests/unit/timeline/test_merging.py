"""Which of two publications of one record holds."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import orjson
import pytest

from schemas.event import read
from streams.records import Publication, greatest, stronger
from tests.support.builders import a_checkup, an_event, subject_of


def published(event: dict[str, Any]) -> Publication:
    raw = orjson.dumps(event)
    return Publication(read(raw), raw, "clinic-events/0/1", 1, 1)


def winner(*publications: Publication) -> Publication:
    held = publications[0]
    for publication in publications[1:]:
        held = publication if stronger(publication, held) else held
    return held


def versions(*weights: float, revision: int = 1, **more: Any) -> list[Publication]:
    at = "2025-09-02T09:00:00+08:00"
    return [published(a_checkup("ann", at, recordid="V", revision=revision, weight_kg=w, **more)) for w in weights]


def test_the_highest_revision_holds() -> None:
    [one], [two] = versions(9.0, revision=2), versions(8.0, revision=10)
    assert winner(one, two) is winner(two, one) is two


def test_at_equal_revision_the_greater_digest_holds_whatever_the_order() -> None:
    three = versions(8.1, 8.2, 8.3)
    expected = max(three, key=lambda p: p.event.digest())
    assert {winner(*order).raw for order in permutations(three)} == {expected.raw}


def test_the_same_content_again_changes_nothing_even_under_another_id() -> None:
    [one], [two] = versions(8.1, id="1"), versions(8.1, id="2")
    assert not stronger(two, one)
    assert not stronger(one, two)
    assert not stronger(one, one)


def test_of_the_same_content_the_one_typed_in_first_tells_when_it_was() -> None:
    [late], [early] = (
        versions(8.1, recordedtime="2025-09-09T01:00:00Z"),
        versions(8.1, recordedtime="2025-09-09T08:00:00+08:00"),
    )
    assert winner(late, early) is winner(early, late) is early


def test_a_number_written_in_another_way_is_the_same_content() -> None:
    [one] = versions(8.0)
    other = published(orjson.loads(one.raw.replace(b"8.0", b"8")) | {"id": "other"})
    assert not stronger(other, one)
    assert not stronger(one, other)


@pytest.mark.parametrize("revision", [1, 2])
def test_a_retraction_competes_like_any_publication(revision: int) -> None:
    [record] = versions(8.1)
    data = {"kind": "checkup.recorded", "reason": "mistaken"}
    at = "2025-09-03T09:00:00+08:00"
    more = {"recordid": "V", "revision": revision}
    retraction = published(an_event("record.retracted", "clinic:chengguan", subject_of("ann"), data, at, **more))
    assert retraction.identity == record.identity
    assert winner(record, retraction) is winner(retraction, record)
    assert revision == 1 or winner(record, retraction) is retraction


def test_of_several_standing_records_the_greatest_time_source_and_recordid_holds() -> None:
    ranked = [
        a_checkup("ann", "2025-09-02T09:00:00+08:00", clinic="nanguan", recordid="9"),
        a_checkup("ann", "2025-09-02T01:00:01Z", clinic="beiguan", recordid="1"),
        a_checkup("ann", "2025-09-02T09:00:01+08:00", clinic="chengguan", recordid="1"),
        a_checkup("ann", "2025-09-02T09:00:01+08:00", clinic="chengguan", recordid="2"),
    ]
    publications = [published(event) for event in ranked]
    for count in range(1, len(ranked) + 1):
        assert greatest(publications[:count]) is publications[count - 1]
    assert greatest([]) is None
