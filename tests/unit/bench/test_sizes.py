"""How large the parts of a run are."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import orjson
import pytest

from schemas.check import Accepted, check
from schemas.internal import unpack
from schemas.kinds import topic_for
from streams.bench import children
from streams.bench.sizes import Sizes
from streams.transport.port import partition_of


def test_a_full_run_holds_what_the_aims_are_about() -> None:
    full = Sizes(200_000)
    assert full.curve == (1_000, 10_000, 100_000)
    assert full.recovered == 15_000


@pytest.mark.parametrize("events", [1_000, 2_000, 5_000, 50_000, 200_000, 1_000_000])
def test_the_curve_grows_and_the_recovery_lies_on_it(events: int) -> None:
    sizes = Sizes(events)
    assert all(less < more for less, more in pairwise(sizes.curve))
    assert sizes.curve[1] <= sizes.recovered <= sizes.curve[2]
    assert sizes.curve_events > 0
    assert 2 <= sizes.latency_seconds <= 12


def test_what_the_curve_is_made_of_is_what_intake_accepts() -> None:
    made = [*children.registrations(range(50), 8).items(), *children.records("x", 400, 50, 8).items()]
    kinds = Counter[str]()
    for partition, pairs in made:
        for key, value in pairs:
            meta, raw = unpack(value or b"")
            event = orjson.loads(raw)
            found = check(raw, event["subject"].encode(), topic_for(event), meta["a"])
            assert isinstance(found, Accepted), found
            assert partition == partition_of((key or b"").decode(), 8)
            kinds[found.kind.name] += 1
    assert kinds.keys() == {"child.registered", "attendance.recorded", "health-check.recorded", "checkup.recorded"}
    assert kinds.total() == 450


def test_records_go_to_all_children_before_any_has_two() -> None:
    pairs = [pair for dealt in children.records("x", 60, 30, 8).values() for pair in dealt]
    assert set(Counter(key for key, _ in pairs).values()) == {2}
