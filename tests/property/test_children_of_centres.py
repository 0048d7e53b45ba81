"""Alerts about children in a centre and clusters among them: in any order, doubled, with restarts and ticks anywhere,
those that the simulator's own reading of the same records calls for on the last day."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.internal import pack
from streams.centers.stage import CentersStage
from streams.clinical.center.card import Card, Diagnosed
from streams.simulate.books import Entry
from streams.simulate.centre_rules_truth import CentreBook, Known, alerts_of_centre
from streams.topics import ALERTS, FACILITY_EVENTS, STORE_ROWS
from tests.spec.center_cases import ZONE
from tests.support.builders import subject_of
from tests.support.simulated_broker import Runner, SimulatedBroker, run_to_end

FIRST, LAST = date(2026, 3, 9), date(2026, 3, 20)
DAYS = st.dates(FIRST, LAST)
CHILDREN = ("ann", "bea", "cui", "dai", "eve", "fan")
CLASSES = st.sampled_from(["c1", "c1", "c2"])
SIGNS = st.sampled_from([[], [], ["fever"], ["mouth-sores"], ["mouth-sores", "fever"]])
Sent = Callable[[SimulatedBroker], None]


@st.composite
def _attendance(draw: st.DrawFn, number: int) -> Entry:
    day, status = draw(DAYS), draw(st.sampled_from(["present", "absent", "absent"]))
    data: dict[str, Any] = {"center_id": "yucai", "class_id": draw(CLASSES), "date": day.isoformat(), "status": status}
    if status == "absent":
        data["absence_reason"] = draw(st.sampled_from(["unknown", "unknown", "sick", "personal"]))
        data["symptoms"] = draw(SIGNS)
    return _entry(draw, "attendance.recorded", day, data, number)


@st.composite
def _check(draw: st.DrawFn, number: int) -> Entry:
    data = {"center_id": "yucai", "class_id": draw(CLASSES), "kind": draw(st.sampled_from(["morning", "noon"]))}
    data |= {"temperature_c": draw(st.sampled_from([36.6, 37.4, 37.5, 38.2])), "symptoms": draw(SIGNS)}
    data |= {"action": draw(st.sampled_from(["admitted", "admitted", "sent-home"]))}
    return _entry(draw, "health-check.recorded", draw(DAYS), data, number)


@st.composite
def _enrolment(draw: st.DrawFn, number: int) -> Entry:
    first = draw(DAYS) - timedelta(days=draw(st.sampled_from([0, 20])))
    data = {"center_id": "yucai", "class_id": draw(CLASSES), "band": "mixed", "from_date": first.isoformat()}
    data |= {"service": draw(st.sampled_from(["full-day", "full-day", "hourly"]))}
    if draw(st.booleans()):
        data["until"] = (first + timedelta(days=draw(st.integers(0, 30)))).isoformat()
    return _entry(draw, "child.enrolled", first, data, number)


def _entry(draw: st.DrawFn, kind: str, day: date, data: dict[str, Any], number: int) -> Entry:
    child = subject_of(draw(st.sampled_from(CHILDREN)))
    time = f"{day}T{draw(st.integers(7, 9)):02d}:00:00+08:00"
    return Entry(child, kind, "center:yucai", f"R{number:03d}", time, data, day, stands=draw(st.integers(0, 9)) > 0)


@st.composite
def _records(draw: st.DrawFn) -> list[Entry]:
    made = st.sampled_from([_attendance, _attendance, _check, _enrolment])
    return [draw(draw(made)(number)) for number in range(draw(st.integers(0, 40)))]


@st.composite
def _known(draw: st.DrawFn) -> dict[str, Known]:
    """Subject → whom a clinic knows it as; two subjects may be one child."""
    found = {}
    for child in draw(st.sets(st.sampled_from(CHILDREN))):
        onset = {"onset_date": draw(DAYS).isoformat(), "condition": draw(st.sampled_from(["hfmd", "mumps"]))}
        told = Entry("", "diagnosis.recorded", "clinic:chengguan", f"D-{child}", "", onset, FIRST)
        name = "both" if child in ("ann", "bea") else child
        found[subject_of(child)] = Known(
            name, "chengguan", draw(st.integers(0, 9)) == 0, draw(st.sampled_from([(), (told,)]))
        )
    return found


@dataclass(frozen=True)
class Told:
    """Everything that comes, each as often as it comes; `cards`: with those that are taken back later."""

    records: list[Entry]
    known: dict[str, Known]
    mistaken: list[str]
    ticks: list[date]


def _published(told: Told, rng: random.Random) -> list[Sent]:
    """In any order, but that a card which is taken back comes before that, as its one writer sends it."""
    sent: list[Sent] = []
    for entry in told.records:
        sent += [_event(entry, 1, {})] * rng.choice([1, 1, 2])
        sent += [] if entry.stands else [_event(entry, 2, {"retracted": True})]
    sent += [_card(subject, known, known.child_id) for subject, known in told.known.items()]
    sent += [_tick(day, 2) for day in told.ticks]
    rng.shuffle(sent)
    wrong = [
        (_card(subject_of(c), Known("0", "x", False, ()), "0"), _card(subject_of(c), None, "0")) for c in told.mistaken
    ]
    for first, second in wrong:
        place = rng.randint(0, len(sent))
        sent.insert(place, first)
        sent.insert(rng.randint(place + 1, len(sent)), second)
    return [*sent, _tick(LAST, 8)]


def _event(entry: Entry, revision: int, more: dict[str, Any]) -> Sent:
    kind, data, time = entry.kind, entry.data, entry.time
    if more:
        kind, data = "record.retracted", {"kind": entry.kind, "reason": "mistaken"}
    event = {"specversion": "1.0", "id": f"{entry.record}-{revision}", "source": entry.source, "type": f"{kind}.v1"}
    event |= {"subject": entry.subject, "time": time, "recordid": entry.record, "revision": revision, "data": data}
    return lambda broker: _append(broker, b"yucai", {"t": "event"}, orjson.dumps(event))


def _card(subject: str, known: Known | None, child: str) -> Sent:
    card = None
    if known is not None:
        told = (
            Diagnosed(date.fromisoformat(d.data["onset_date"]), d.data["condition"], (d.kind, d.source, d.record))
            for d in known.diagnoses
        )
        card = Card(known.child_id, known.clinic_id, "s", "r", "R", known.has_died, tuple(told)).packed()
    meta = {"t": "card", "subject": subject, "child": child, "card": card}
    return lambda broker: _append(broker, b"yucai", meta, b"")


def _tick(day: date, hour: int) -> Sent:
    def send(broker: SimulatedBroker) -> None:
        for origin in (0, 1):
            _append(broker, b"w", {"t": "watermark", "now": f"{day}T{hour:02d}:00:00.000Z", "origin": origin}, b"")

    return send


def _append(broker: SimulatedBroker, key: bytes, meta: dict[str, Any], raw: bytes) -> None:
    told = {"o": f"x/0/{broker.clock}", "a": broker.clock, "v": broker.clock}
    broker.append(FACILITY_EVENTS, 0, key, pack(told | meta, raw))


def _active(broker: SimulatedBroker) -> set[tuple[str, ...]]:
    newest: dict[str, tuple[int, dict[str, Any]]] = {}
    bodies = [orjson.loads(record.value or b"") for record in broker.all(ALERTS, 1)]
    rows = [row for record in broker.all(STORE_ROWS, 1) for row in orjson.loads(record.value or b"")]
    for body in [*bodies, *(row for row in rows if row["table"] == "alerts")]:
        name = body["row"]["alert_id"]
        newest[name] = max(newest.get(name, (-1, {})), (body["version"], body["row"]), key=lambda told: told[0])
    return {_compared(row) for _, row in newest.values() if row["state"] != "resolved"}


def _compared(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("rule", "alert_id", "child_id", "clinic_id", "center_id", "due_on"))


def _expected(told: Told) -> set[tuple[str, ...]]:
    standing = [entry for entry in told.records if entry.stands]
    book = CentreBook("yucai", standing, lambda center, subject: told.known.get(subject), LAST)
    return {_compared(row) for row in alerts_of_centre(book, lambda day: day.weekday() < 5)}


TOLD = st.builds(Told, _records(), _known(), st.lists(st.sampled_from(CHILDREN), max_size=2, unique=True),
                 st.lists(DAYS, max_size=4))  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(TOLD, st.integers(0, 10_000))
def test_in_any_order_the_alerts_are_those_that_the_last_day_calls_for(told: Told, seed: int) -> None:
    rng, broker = random.Random(seed), SimulatedBroker()
    for send in _published(told, rng):
        send(broker)
    run_to_end([Runner(broker, (FACILITY_EVENTS,), 0, lambda p: CentersStage(p, 1, ZONE))], rng, 6, 0.2)
    assert _active(broker) == _expected(told)
