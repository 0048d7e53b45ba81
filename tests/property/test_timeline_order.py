"""A child's timeline, milestones and active alerts do not depend on how its records came: any order, any number of
times, in any batches, with ticks and restarts anywhere; and they are what a walk through the calendar finds."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.property.timeline_oracle import NAMES, Event, Truth
from tests.support.builders import an_event, child_of, subject_of
from tests.unit.timeline.shard import Message, Row, Shard, Tables, event_message, watermark

ANN = subject_of("ann")
ALIAS = subject_of("ann's certificate", "birth-cert")
CHILD = child_of(ANN)
BIRTHS = ("2019-05-31", "2024-01-31", "2024-02-29", "2024-08-31", "2025-06-01")
HOURS = ("00:10:00+08:00", "09:00:00+08:00", "16:30:00Z", "23:50:00+08:00")
VISITS = ("checkup.recorded", "measurement.recorded")
PROVENANCE = ("accepted_at", "origin", "event_id")


def days(born: str) -> st.SearchStrategy[str]:
    """Days that matter: around the dates of milestones, in the first months above all."""
    start = date.fromisoformat(born)
    near = st.sampled_from(
        (0, 1, 14, 15, 28, 29, 42, 43, 77, 92, 122, 168, 184, 214, 230, 365, 700, 1450, 1795, 2545, 2557)
    )
    return st.builds(lambda a, b: str(start + timedelta(days=a + b)), near, st.integers(-2, 2)) | st.builds(
        lambda count: str(start + timedelta(days=count)), st.integers(-40, 2700)
    )


@st.composite
def events_of(draw: st.DrawFn, born: str) -> Event:
    kind = draw(st.sampled_from(("checkup.recorded",) * 4 + tuple(DATA)))
    on, clinic = draw(days(born)), draw(st.sampled_from(("chengguan", "nanguan")))
    source = f"center:{clinic}" if kind in OF_CENTERS else f"clinic:{clinic}"
    more: dict[str, Any] = {"recordid": draw(st.sampled_from("123")), "revision": draw(st.integers(1, 3))}
    if draw(st.booleans()):
        more["recordedtime"] = f"2026-0{draw(st.integers(1, 3))}-01T09:00:00+08:00"
    subject, at = draw(st.sampled_from((ANN, ANN, ALIAS))), f"{on}T{draw(st.sampled_from(HOURS))}"
    if draw(st.integers(0, 5)) == 0:
        return an_event("record.retracted", source, subject, {"kind": kind, "reason": "mistaken"}, at, **more)
    return an_event(kind, source, subject, DATA[kind](draw, born, clinic, on), at, **more)


def registration(draw: st.DrawFn, born: str, clinic: str, on: str) -> Row:
    moved = timedelta(days=draw(st.sampled_from((0, 0, 0, 1, 40))))
    sex = draw(st.sampled_from(("female", "female", "male", "unknown")))
    data = {"sex": sex, "birth_date": str(date.fromisoformat(born) + moved), "clinic_id": clinic}
    return data | draw(st.sampled_from(({}, {"gestational_weeks": 30}, {"gestational_weeks": 36})))


def checkup(draw: st.DrawFn, born: str, clinic: str, on: str) -> Row:
    named = draw(st.sampled_from(("", "", "", *NAMES)))
    return {"clinic_id": clinic} | ({"milestone": named} if named else {}) | measured(draw)


def measured(draw: st.DrawFn) -> Row:
    """Some of what growth is judged by, likely or not."""
    values = {
        "weight_kg": st.sampled_from((2.4, 3.3, 6.1, 7.9, 11.8, 14.2, 30)),
        "length_height_cm": st.sampled_from((44.9, 49, 62.3, 70.05, 87.4, 110.6, 121)),
        "position": st.sampled_from(("lying", "standing")),
        "head_circumference_cm": st.sampled_from((34, 43.2, 52.1)),
        "oedema": st.booleans(),
    }
    return {name: draw(value) for name, value in values.items() if draw(st.booleans())}


def measurement(draw: st.DrawFn, born: str, clinic: str, on: str) -> Row:
    found = measured(draw)
    found.pop("oedema", None)
    return {"center_id": clinic, **found}


def enrolment(draw: st.DrawFn, born: str, clinic: str, on: str) -> Row:
    data = {"center_id": clinic, "class_id": "c1", "band": "mixed", "service": "full-day", "from_date": on}
    until = date.fromisoformat(on) + timedelta(days=draw(st.integers(0, 300)))
    return data | ({"until": str(until)} if draw(st.booleans()) else {})


def attendance(draw: st.DrawFn, born: str, clinic: str, on: str) -> Row:
    return {"center_id": clinic, "class_id": "c1", "date": on, "status": draw(st.sampled_from(("present", "absent")))}


def departure(draw: st.DrawFn, born: str, clinic: str, on: str) -> Row:
    return {"date": on, "reason": draw(st.sampled_from(("moved", "died")))}


def withdrawal(draw: st.DrawFn, born: str, clinic: str, on: str) -> Row:
    return {"center_id": clinic, "date": on}


DATA = {
    "child.registered": registration,
    "checkup.recorded": checkup,
    "child.departed": departure,
    "child.enrolled": enrolment,
    "child.withdrawn": withdrawal,
    "attendance.recorded": attendance,
    "measurement.recorded": measurement,
}
OF_CENTERS = ("child.enrolled", "child.withdrawn", "attendance.recorded", "measurement.recorded")


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Event], str | None]:
    """A child's events in the order of publication, and the day of the last tick (None: there was none)."""
    born = draw(st.sampled_from(BIRTHS))
    at = f"{draw(st.sampled_from((born, draw(days(born)))))}T10:00:00+08:00"
    data = {"sex": "female", "birth_date": born, "clinic_id": "chengguan"}
    first = an_event("child.registered", "clinic:chengguan", ANN, data, at, recordid="R")
    events = [first, *draw(st.lists(events_of(born), max_size=9))]
    return [*events, *draw(st.lists(st.sampled_from(events).map(typed_in_again), max_size=2))], draw(
        last_ticks(born, events)
    )


def typed_in_again(event: Event) -> Event:
    """The same content, published once more; only when it was typed in differs."""
    return event | {"id": event["id"][::-1], "recordedtime": "2026-02-15T09:00:00+08:00"}


def last_ticks(born: str, events: list[Event]) -> st.SearchStrategy[str | None]:
    """Any day that matters, or one on which a place in a centre begins or ends."""
    named = [e["data"][field] for e in events for field in ("from_date", "until", "date") if field in e["data"]]
    following = [str(date.fromisoformat(day) + timedelta(days=1)) for day in named]
    return st.none() | days(born) | days(born) | st.sampled_from([born, *named, *following])


def deliver(shard: Shard, messages: list[Message], draw: Any) -> None:
    """Send messages in batches of any size, each decided twice; kill the stage between some of them."""
    while messages:
        size = draw(st.integers(1, 5))
        batch, messages = messages[:size], messages[size:]
        if draw(st.integers(0, 3)) == 0:
            shard.restart()
        records = shard.records(batch)
        tried, decision = (shard.stage.decide(records, {}) for _ in range(2))
        assert (tried.outputs, tried.changes) == (decision.outputs, decision.changes)
        shard.commit(decision)


def with_ticks(events: list[Message], last: str | None, draw: Any) -> list[Message]:
    """Ticks of both of intake's partitions anywhere between the events, none of them later than the last."""
    messages = list(events)
    if last is None:
        return messages
    earlier = sorted(draw(st.lists(st.integers(1, 3) | st.integers(1, 900), max_size=3)), reverse=True)
    ticks = [str(date.fromisoformat(last) - timedelta(days=back)) for back in earlier] + [last]
    for origin in (0, 1):
        place = 0
        for now in ticks[:-1]:
            place = draw(st.integers(place, len(messages)))
            messages.insert(place, watermark(now, origin))
    return [*messages, watermark(last, 0), watermark(last, 1)]


def shown(tables: Tables) -> dict[str, Any]:
    """What does not depend on how the records came."""
    history = ("alert_id", "rule", "severity", "center_id", "clinic_id", "milestone", "state", "due_on", "detail")
    return {
        "timeline": [{c: v for c, v in r.items() if c not in PROVENANCE} for r in by_key(tables, "timeline")],
        "children": by_key(tables, "children"),
        "milestones": by_key(tables, "milestones"),
        "alerts": [{c: r[c] for c in history} for r in by_key(tables, "alerts") if r["state"] != "resolved"],
    }


def by_key(tables: Tables, table: str) -> list[Row]:
    return [row for _, row in sorted(tables.rows[table].items())]


def as_sent(data: Row) -> Row:
    return {name: value for name, value in data.items() if name != "uncorrected"}


def growth_in(row: Row) -> Row:
    """What a visit's row says of growth."""
    columns = ("waz", "haz", "wlz", "baz", "hcz", "wst_wfa", "wst_lhfa", "wst_wfl", "data")
    return {c: row[c] for c in columns} | {"flags": [flag for flag in row["flags"] if flag.endswith("-implausible")]}


def matches(tables: Tables, truth: Truth) -> None:
    """Cell by cell what the calendar says."""
    parsed = datetime.fromisoformat
    entries = {
        (r["kind"], r["source"], r["record_id"]): (
            *(
                r["subject"],
                r["revision"],
                parsed(r["occurred_at"]),
                as_sent(r["data"]),
                date.fromisoformat(r["local_date"]),
            ),
            *(r["age_days"], parsed(r["recorded_at"])),
            *("equal-revision-conflict" in r["flags"], "milestone-too-early" in r["flags"]),
            "enrolled-after-departure" in r["flags"],
        )
        for r in tables.of("timeline")
    }
    assert entries == truth.timeline()
    grown = {
        (r["kind"], r["source"], r["record_id"]): growth_in(r) for r in tables.of("timeline") if r["kind"] in VISITS
    }
    assert grown == truth.growth()
    columns = ("opens_on", "due_on", "overdue_on", "missed_on", "status", "done_on", "clinic_id")
    expected = {name: tuple(v and str(v) for v in row) for name, row in truth.milestones().items()}
    assert {r["milestone"]: tuple(r[c] for c in columns) for r in tables.of("milestones")} == expected
    active = {r["milestone"]: r["state"] for r in tables.of("alerts") if r["state"] != "resolved"}
    assert active == truth.active()
    child = truth.child()
    assert [{c: r[c] for c in child or ()} for r in tables.of("children")] == ([child] if child else [])


@settings(max_examples=400, deadline=None)
@given(histories(), st.data())
def test_however_its_records_come_a_childs_tables_are_what_the_calendar_says(
    history: tuple[list[Event], str | None], data: st.DataObject
) -> None:
    events, last = history
    published = [event_message(e, child=CHILD, number=number) for number, e in enumerate(events)]
    at_once, piecemeal = Shard(partitions=2), Shard(partitions=2)
    at_once.send(*published, *([watermark(last, 0), watermark(last, 1)] if last else []))
    sent = data.draw(st.permutations(published + data.draw(st.lists(st.sampled_from(published), max_size=4))))
    deliver(piecemeal, with_ticks(sent, last, data.draw), data.draw)
    truth = Truth(events, date.fromisoformat(last) if last else None)
    event(f"active: {truth.active() or 'none'}")
    matches(at_once.tables, truth)
    assert shown(piecemeal.tables) == shown(at_once.tables)


@settings(max_examples=100, deadline=None)
@given(histories(), st.data())
def test_reading_everything_again_says_nothing_new(
    history: tuple[list[Event], str | None], data: st.DataObject
) -> None:
    events, last = history
    shard = Shard(partitions=2)
    published = [event_message(e, child=CHILD, number=number) for number, e in enumerate(events)]
    messages = with_ticks(published, last, data.draw)
    deliver(shard, list(messages), data.draw)
    shard.restart()
    again = shard.send(*data.draw(st.permutations(messages)))
    assert (again.outputs, again.changes) == ([], {})
