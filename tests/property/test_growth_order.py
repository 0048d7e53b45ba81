"""Growth does not depend on when a child's sex, birth and gestation became known or were corrected: visits before or
after, in any batches, with restarts between. The rows are the simulator's own reckoning of what holds in the end."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.test_timeline_order import ANN, CHILD, VISITS, deliver, growth_in, measured
from tests.property.timeline_oracle import Event, Truth
from tests.support.builders import an_event
from tests.unit.timeline.shard import Shard, event_message

BORN = date(2024, 2, 29)


@st.composite
def registrations(draw: st.DrawFn) -> Event:
    """Revisions of one registration; a later one corrects what an earlier said."""
    day = BORN + timedelta(days=draw(st.sampled_from((0, 0, 1, 31))))
    data = {"sex": draw(st.sampled_from(("female", "male", "unknown"))), "birth_date": str(day), "clinic_id": "x"}
    data |= draw(st.sampled_from(({}, {"gestational_weeks": 30}, {"gestational_weeks": 36}, {"gestational_weeks": 37})))
    more = {"recordid": "R", "revision": draw(st.integers(1, 4))}
    return an_event("child.registered", "clinic:x", ANN, data, f"{BORN}T10:00:00+08:00", **more)


@st.composite
def visits(draw: st.DrawFn) -> Event:
    near = st.sampled_from((0, 28, 70, 274, 700, 730, 731, 760, 1826, 1857, 2556))
    on = BORN + timedelta(days=draw(near | st.integers(-3, 900)))
    data = {"clinic_id": "x", "weight_kg": draw(st.sampled_from((3.3, 7.9, 12.4))), **measured(draw)}
    more = {"recordid": draw(st.sampled_from("123")), "revision": draw(st.integers(1, 2))}
    return an_event("checkup.recorded", "clinic:x", ANN, data, f"{on}T09:00:00+08:00", **more)


@settings(max_examples=200, deadline=None)
@given(st.lists(registrations(), min_size=1, max_size=3), st.lists(visits(), min_size=1, max_size=4), st.data())
def test_every_visit_is_judged_by_what_holds_of_the_child(
    told: list[Event], seen: list[Event], data: st.DataObject
) -> None:
    published = [event_message(e, child=CHILD, number=number) for number, e in enumerate([*told, *seen])]
    shard = Shard(partitions=2)

    deliver(shard, data.draw(st.permutations(published)), data.draw)

    rows = [row for row in shard.tables.of("timeline") if row["kind"] in VISITS]
    found = {(row["kind"], row["source"], row["record_id"]): growth_in(row) for row in rows}
    assert found == Truth([*told, *seen], None).growth()
