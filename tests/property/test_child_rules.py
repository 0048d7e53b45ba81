"""Active alerts of every rule about a child, and its doses, are what a plain look at all its records finds: in whatever
order these came, whenever ticks came, whatever was heard of its clinic in between, with restarts anywhere."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from streams.clinical.pack import national
from tests.property.doses_oracle import doses_of
from tests.property.rules_oracle import alerts_of
from tests.property.test_timeline_order import ANN, CHILD, HOURS, days, deliver, measured
from tests.property.timeline_oracle import Event, Truth
from tests.support.builders import an_event
from tests.unit.timeline.shard import Message, Row, Shard, Tables, event_message, fact, heard, watermark

BIRTHS = ("2022-03-31", "2024-08-31", "2025-01-01", "2025-06-01")
CLINICS = ("chengguan", "nanguan")
UNCONFIRMED = {"working-days": 3, "weekly": 10, "irregular": 0}
CODES = ("HepB", "BCG", "IPV", "bOPV", "DTaP", "MPSV-A", "MPSV-AC", "MMR", "JE-L", "JE-I", "HepA-L", "HepA-I")
SIGNS: tuple[Row, ...] = ({"positive": []}, {"positive": [1]}, {"positive": [2, 3]})


def dose(draw: st.DrawFn, born: str, on: str) -> Row:
    return {
        "clinic_id": "chengguan",
        "vaccine": draw(st.sampled_from((*CODES, "other:flu"))),
        "dose_no": draw(st.integers(1, 5)),
    }


def deferral(draw: st.DrawFn, born: str, on: str) -> Row:
    until = str(date.fromisoformat(on) + timedelta(days=draw(st.integers(-5, 90))))
    reason = draw(st.sampled_from(("contraindication", "illness", "refused", "out-of-stock")))
    return dose(draw, born, on) | {"reason": reason} | ({"until": until} if draw(st.booleans()) else {})


def checkup(draw: st.DrawFn, born: str, on: str) -> Row:
    found: Row = {"clinic_id": "chengguan"} | measured(draw)
    if draw(st.booleans()):
        found["haemoglobin_g_l"] = draw(st.sampled_from((59, 60, 89, 90, 99, 100, 109, 110, 144, 145, 150)))
    if draw(st.booleans()):
        found["warning_signs"] = {"age_months": 6} | draw(st.sampled_from(SIGNS))
    if draw(st.booleans()):
        results = draw(st.lists(st.sampled_from(("pass", "refer", "inconclusive")), max_size=2))
        found["screenings"] = [{"instrument": "ASQ-3", "result": result} for result in results]
    return found


def observation(draw: st.DrawFn, born: str, on: str) -> Row:
    return {"center_id": "yucai", "age_months": 6} | draw(st.sampled_from(SIGNS))


def measurement(draw: st.DrawFn, born: str, on: str) -> Row:
    return {"center_id": "yucai"} | {name: value for name, value in measured(draw).items() if name != "oedema"}


def referral(draw: st.DrawFn, born: str, on: str) -> Row:
    due = str(date.fromisoformat(on) + timedelta(days=draw(st.integers(0, 60))))
    return {"referral_id": draw(st.sampled_from("AB")), "to_clinic": "city", "reason": "x", "due_date": due}


def closed(draw: st.DrawFn, born: str, on: str) -> Row:
    return {"referral_id": draw(st.sampled_from("AB")), "outcome": "attended"}


def enrolment(draw: st.DrawFn, born: str, on: str) -> Row:
    center = draw(st.sampled_from(("yucai", "other")))
    data = {"center_id": center, "class_id": "c1", "band": "mixed", "service": "full-day", "from_date": on}
    until = str(date.fromisoformat(on) + timedelta(days=draw(st.integers(0, 90))))
    return data | ({"until": until} if draw(st.booleans()) else {})


def withdrawal(draw: st.DrawFn, born: str, on: str) -> Row:
    return {"center_id": draw(st.sampled_from(("yucai", "other"))), "date": on}


def departure(draw: st.DrawFn, born: str, on: str) -> Row:
    return {"date": on, "reason": "moved"}


def registration(draw: st.DrawFn, born: str, on: str) -> Row:
    sex, clinic = draw(st.sampled_from(("female", "male"))), draw(st.sampled_from(CLINICS))
    data = {"sex": sex, "birth_date": born, "clinic_id": clinic}
    return data | draw(st.sampled_from(({}, {"gestational_weeks": 31})))


DATA = {
    "checkup.recorded": (checkup, 4),
    "vaccination.recorded": (dose, 5),
    "vaccination.deferred": (deferral, 2),
    "measurement.recorded": (measurement, 2),
    "development.observed": (observation, 1),
    "referral.made": (referral, 2),
    "referral.closed": (closed, 1),
    "child.enrolled": (enrolment, 2),
    "child.withdrawn": (withdrawal, 1),
    "child.departed": (departure, 1),
    "child.registered": (registration, 1),
}
OF_CENTERS = ("measurement.recorded", "development.observed", "child.enrolled", "child.withdrawn")
KINDS = tuple(kind for kind, (_, weight) in DATA.items() for _ in range(weight))


def close_days(born: str) -> st.SearchStrategy[str]:
    """Days of a few months, so that records have to do with each other, or any that matter."""
    start = date.fromisoformat(born) + timedelta(days=200)
    return st.builds(lambda count: str(start + timedelta(days=count)), st.integers(0, 240)) | days(born)


@st.composite
def events_of(draw: st.DrawFn, born: str) -> Event:
    kind, on = draw(st.sampled_from(KINDS)), draw(close_days(born))
    source = "center:yucai" if kind in OF_CENTERS else "clinic:chengguan"
    more: Row = {"recordid": draw(st.sampled_from("1234")), "revision": draw(st.integers(1, 2))}
    at = f"{on}T{draw(st.sampled_from(HOURS))}"
    if draw(st.integers(0, 9)) == 0:
        return an_event("record.retracted", source, ANN, {"kind": kind, "reason": "mistaken"}, at, **more)
    return an_event(kind, source, ANN, DATA[kind][0](draw, born, on), at, **more)


class Told:
    """What a run tells: a child's events, ticks with what was heard of its clinics, and the clinics' cadence ("": they
    are not registered and never send)."""

    def __init__(self, draw: st.DrawFn) -> None:
        born = draw(st.sampled_from(BIRTHS))
        data = {"sex": "female", "birth_date": born, "clinic_id": "chengguan"}
        on = draw(st.sampled_from((born, born, draw(close_days(born)))))
        first = an_event("child.registered", "clinic:chengguan", ANN, data, f"{on}T10:00:00+08:00", recordid="R")
        self.events = [first, *draw(st.lists(events_of(born), max_size=14))]
        self.cadence = draw(st.sampled_from(("", "", *UNCONFIRMED)))
        later = st.integers(260, 600).map(lambda count: str(date.fromisoformat(born) + timedelta(days=count)))
        last = date.fromisoformat(draw(later | later | close_days(born)))
        back = sorted(draw(st.lists(st.integers(1, 4) | st.integers(1, 200), max_size=12)), reverse=True)
        ticks = sorted({last, *(last - timedelta(days=days_back) for days_back in back)})
        lags = [draw(st.integers(0, 20)) if self.cadence else 0 for _ in ticks]
        self.ticks = [(tick, tick - timedelta(days=lag)) for tick, lag in zip(ticks, lags, strict=True)]

    @property
    def today(self) -> date:
        return self.ticks[-1][0]

    @property
    def heard(self) -> date:
        """H at the last tick: what was heard once stays so."""
        until = max(heard_on for _, heard_on in self.ticks)
        if self.cadence in ("", "irregular"):
            return self.today
        return min(self.today, until - timedelta(days=UNCONFIRMED[self.cadence]))

    def facts(self) -> list[Message]:
        return [fact(a_source(clinic, self.cadence), number) for number, clinic in enumerate(CLINICS) if self.cadence]

    def ticking(self, tick: date, heard_on: date) -> list[Message]:
        told = [heard(str(tick), **{clinic: str(heard_on) for clinic in CLINICS})] if self.cadence else []
        return [*told, watermark(str(tick))]


def a_source(clinic: str, cadence: str) -> Event:
    data, at = {"side": "clinic", "cadence": cadence}, "2020-01-01T08:00:00+08:00"
    return an_event("source.registered", "registry:bureau", f"source:clinic:{clinic}", data, at)


told_of_a_child = st.composite(lambda draw: Told(draw))


def active(tables: Tables) -> dict[str, tuple[Any, ...]]:
    rows = (row for row in tables.of("alerts") if row["state"] != "resolved" and row["rule"] != "checkup-overdue")
    return {row["alert_id"]: (row["rule"], row["state"], row["due_on"]) for row in rows}


def matches(tables: Tables, told: Told) -> None:
    truth = Truth(told.events, told.today)
    found = alerts_of(truth, told.heard)
    for rule, *_ in found:
        event(rule)
    expected = {
        hashlib.sha256(f"{rule}|{CHILD}|{episode}".encode()).hexdigest()[:32]: (rule, state, due_on)
        for rule, episode, state, due_on in found
    }
    assert active(tables) == expected
    columns = ("recommended_on", "earliest_on", "overdue_on", "done_on")
    rows = {r["dose"]: (*(r[c] for c in columns), r["status"]) for r in tables.of("vaccination_status")}
    doses = {
        name: (*(day and str(day) for day in (d.recommended, d.due, d.overdue, d.done)), d.status)
        for name, d in doses_of(truth, told.heard).items()
    }
    assert rows == doses
    for row in tables.of("alerts"):
        if row["rule"] == "vaccination-overdue" and row["state"] != "resolved":
            assert sorted(d["dose"] for d in row["detail"]["doses"]) == sorted(
                n for n in rows if rows[n][-1] == "overdue"
            )


@settings(max_examples=400, deadline=None)
@given(told_of_a_child(), st.data())
def test_alerts_and_doses_are_what_all_records_say_whenever_ticks_came(told: Told, data: st.DataObject) -> None:
    shard = Shard(pack=national())
    shard.send(*told.facts(), *(event_message(e, child=CHILD, number=n) for n, e in enumerate(told.events)))
    for tick, heard_on in told.ticks:
        if data.draw(st.integers(0, 5)) == 0:
            shard.restart()
        shard.send(*told.ticking(tick, heard_on))
    matches(shard.tables, told)


@settings(max_examples=400, deadline=None)
@given(told_of_a_child(), st.data())
def test_alerts_and_doses_do_not_depend_on_how_records_came(told: Told, data: st.DataObject) -> None:
    published = [event_message(e, child=CHILD, number=n) for n, e in enumerate(told.events)]
    sent = data.draw(st.permutations(published + data.draw(st.lists(st.sampled_from(published), max_size=4))))
    messages, place = [*told.facts(), *sent], 0
    *earlier, last = told.ticks
    for tick in earlier:
        place = data.draw(st.integers(place, len(messages)))
        messages[place:place] = told.ticking(*tick)
    shard = Shard(pack=national())
    deliver(shard, [*messages, *told.ticking(*last)], data.draw)
    matches(shard.tables, told)


@settings(max_examples=60, deadline=None)
@given(told_of_a_child())
def test_reading_the_ticks_again_tells_nothing(told: Told) -> None:
    shard = Shard(pack=national())
    messages = [*told.facts(), *(event_message(e, child=CHILD, number=n) for n, e in enumerate(told.events))]
    messages += [message for tick in told.ticks for message in told.ticking(*tick)]
    shard.send(*messages)
    shard.restart()
    again = shard.send(*messages)
    assert (again.outputs, again.changes) == ([], {})
