"""Intake and timeline together: whatever is published in whatever order, on whatever partition, with ticks and restarts
anywhere, in the end each child's tables are what the calendar says of the records that are its own."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import orjson
from hypothesis import event, given, settings
from hypothesis import strategies as st

from streams.intake.home import home_partition
from streams.intake.stage import IntakeStage
from streams.timeline.stage import TimelineStage
from streams.topics import CHILD_EVENTS, CLOCK, EXCHANGE, REJECTED_EVENTS, SOURCE_TOPICS
from tests.property.test_timeline_order import matches, shown
from tests.property.test_timeline_routes import PARTITIONS, only, tables_of
from tests.property.timeline_oracle import Event, Truth, kind_of, strength
from tests.support.builders import a_checkup, a_registration, a_source, an_event, child_of, subject_of
from tests.support.link_graphs import roots
from tests.support.pipeline import topic_of
from tests.support.simulated_broker import Runner, SimulatedBroker, Stored, run_to_end
from tests.unit.timeline import shard as rules
from tests.unit.timeline.shard import ZONE, Tables

ANN, BO = subject_of("ann"), subject_of("bo")
CERTIFICATE, OTHER = subject_of("a certificate", "birth-cert"), subject_of("another", "birth-cert")
SUBJECTS = (ANN, BO, CERTIFICATE, OTHER)
SOURCES = ("clinic:chengguan", "clinic:nanguan", "center:yucai")
DAYS = ("2025-06-05", "2025-07-10", "2025-09-02", "2025-10-05", "2025-12-02")
TICKS = ("2025-06-20", "2025-07-14", "2025-08-20", "2025-10-01", "2025-11-20", "2025-12-20")


def what_was_registered(draw: st.DrawFn, clinic: str, day: str) -> dict[str, Any]:
    return {"sex": "female", "birth_date": draw(st.sampled_from(("2025-06-01", "2025-05-31"))), "clinic_id": clinic}


def what_was_weighed(draw: st.DrawFn, clinic: str, day: str) -> dict[str, Any]:
    return {"clinic_id": clinic, "weight_kg": draw(st.sampled_from((8.1, 8.2)))}


def what_was_linked(draw: st.DrawFn, clinic: str, day: str) -> dict[str, Any]:
    return {"same_as": draw(st.sampled_from(SUBJECTS))}


def how_it_left(draw: st.DrawFn, clinic: str, day: str) -> dict[str, Any]:
    return {"date": day, "reason": "moved"}


def where_it_is(draw: st.DrawFn, clinic: str, day: str) -> dict[str, Any]:
    return {"center_id": "yucai", "class_id": "c", "band": "mixed", "service": "full-day", "from_date": day}


def whether_it_came(draw: st.DrawFn, clinic: str, day: str) -> dict[str, Any]:
    return {"center_id": "yucai", "class_id": "c", "date": day, "status": draw(st.sampled_from(("present", "absent")))}


DATA = {
    "child.registered": what_was_registered,
    "checkup.recorded": what_was_weighed,
    "identity.linked": what_was_linked,
    "child.departed": how_it_left,
    "child.enrolled": where_it_is,
    "attendance.recorded": whether_it_came,
}
OF_CENTERS = ("child.enrolled", "attendance.recorded")
KINDS = ("checkup.recorded", "identity.linked", *DATA)


@st.composite
def events_of_children(draw: st.DrawFn) -> Event:
    kind, day, clinic = draw(st.sampled_from(KINDS)), draw(st.sampled_from(DAYS)), draw(st.sampled_from(SOURCES[:2]))
    source = "center:yucai" if kind in OF_CENTERS else clinic
    subject = draw(st.sampled_from(SUBJECTS))
    at = f"{day}T{draw(st.sampled_from(('00:10', '09:00', '23:50')))}:00+08:00"
    more = {"recordid": draw(st.sampled_from("123")), "revision": draw(st.integers(1, 3))}
    if draw(st.integers(0, 4)) == 0:
        return an_event("record.retracted", source, subject, {"kind": kind, "reason": "mistaken"}, at, **more)
    return an_event(kind, source, subject, DATA[kind](draw, clinic.partition(":")[2], day), at, **more)


@st.composite
def counties(draw: st.DrawFn) -> list[Event]:
    """Sources that mostly are registered, a child or two, and what else is said of them and of two more subjects."""
    registered = [a_source(source, cadence="irregular") for source in SOURCES if draw(st.integers(0, 4))]
    born = {"sex": "male", "birth_date": "2025-06-01", "clinic_id": "chengguan"}
    known, at = draw(st.sampled_from(((ANN,), (ANN, BO)))), "2025-06-03T10:00:00+08:00"
    children = [an_event("child.registered", "registry:bureau", subject, born, at, recordid="R") for subject in known]
    said = draw(st.lists(events_of_children(), max_size=10))
    return [*registered, *children, *(e for e in said if kind_of(e) != "child.registered" or BO in known)]


class Line:
    """Both stages on a broker; what is published, and how far each stage gets in between, is up to a seed."""

    def __init__(self, seed: int) -> None:
        self.rng, self.broker = random.Random(seed), SimulatedBroker()
        intake = [self._runner((*SOURCE_TOPICS, CLOCK, EXCHANGE), p, an_intake) for p in range(PARTITIONS)]
        self.runners = intake + [self._runner((CHILD_EVENTS,), p, a_timeline) for p in range(PARTITIONS)]

    def _runner(self, topics: tuple[str, ...], partition: int, make: Any) -> Runner:
        return Runner(self.broker, topics, partition, make)

    def run(self, events: list[Event], last: str) -> None:
        """Publish in some order, some twice, some on a wrong partition; tick; let the stages come to their end."""
        published = [*events, *self.rng.choices(events, k=self.rng.randint(0, 3))]
        self.rng.shuffle(published)
        earlier = [day for day in TICKS if day < last and self.rng.random() < 0.4]
        ticks = sorted(self.rng.randint(0, len(published)) for _ in earlier)
        pace = self.rng.choice((0.0, 0.5, 2.0))
        for place, published_one in enumerate(published):
            for day, _ in (pair for pair in zip(earlier, ticks, strict=True) if pair[1] == place):
                self.tick(day)
            self.publish(published_one)
            self._go_on(pace)
        self.tick(last)
        run_to_end(self.runners, self.rng, most=self.rng.choice((1, 3, 40)), reload_rate=0.1)

    def publish_all(self, events: list[Event]) -> None:
        for told in self.rng.sample(events, len(events)):
            self.publish(told)

    def publish(self, told: Event) -> None:
        home = home_partition(told["subject"], PARTITIONS)
        partition = self.rng.randrange(PARTITIONS) if self.rng.random() < 0.2 else home
        self.broker.append(topic_of(told), partition, told["subject"].encode(), orjson.dumps(told))

    def tick(self, day: str) -> None:
        for partition in range(PARTITIONS):
            ends = {topic: self.broker.end(topic, partition) for topic in SOURCE_TOPICS}
            tick = {"at": f"{day}T04:00:00.000Z", "ends": ends}
            self.broker.append(CLOCK, partition, b"tick", orjson.dumps(tick))

    def _go_on(self, pace: float) -> None:
        while self.rng.random() < pace / (1 + pace) and (ready := [r for r in self.runners if r.behind()]):
            self.rng.choice(ready).step(self.rng, 5)

    def is_anything_on_its_way(self) -> bool:
        """True when a timeline still remembers a hand-over."""
        return any(key.startswith(b"m/") for runner in self.runners for key in runner.state)

    def told(self, topic: str) -> list[Stored]:
        return self.broker.all(topic, PARTITIONS)


def an_intake(partition: int) -> IntakeStage:
    return IntakeStage(partition, PARTITIONS)


def a_timeline(partition: int) -> TimelineStage:
    return TimelineStage(partition, PARTITIONS, ZONE, rules.only("checkup-overdue"))


class Owners:
    """Whose each record is, from all that was published: by the links that stand, followed to their end."""

    def __init__(self, events: list[Event]) -> None:
        sources = {e["subject"].removeprefix("source:") for e in events if kind_of(e) == "source.registered"}
        self.events = [e for e in events if not e["subject"].startswith("source:")]
        self.known = [e for e in self.events if e["source"] in {*sources, "registry:bureau"}]
        self.waiting = {e["source"] for e in self.events} - {*sources, "registry:bureau"}

        self._roots = roots(self.known)

    def child(self, subject: str) -> str:
        return child_of(self._roots.get(subject, subject))

    def truth(self, child: str, today: date) -> Truth:
        truth = Truth([e for e in self.known if self.child(e["subject"]) == child], today)
        truth.is_heard = not truth.registrations or f"clinic:{truth.holds['data']['clinic_id']}" not in self.waiting
        return truth

    def unlinked(self, today: date) -> dict[tuple[str, str], int]:
        """Subject and source → standing records that wait."""
        found: dict[tuple[str, str], int] = {}
        for e in strongest(self.events):
            waits = e not in self.known or not self.truth(self.child(e["subject"]), today).registrations
            if waits and not e["type"].startswith("record.retracted"):
                found[e["subject"], e["source"]] = found.get((e["subject"], e["source"]), 0) + 1
        return found


def each_transition_was_called_for(line: Line, owners: Owners) -> None:
    """An alert is in the state that the records published before its tick ask for."""
    for told in map(orjson.loads, (r.value or b"" for r in line.told("alerts"))):
        row, at = told["row"], date.fromisoformat(told["transition"]["at"][:10])
        called_for = owners.truth(row["child_id"], at).active().get(row["milestone"], "resolved")
        assert (row["milestone"], told["transition"]["state"]) == (row["milestone"], called_for)


def strongest(events: list[Event]) -> list[Event]:
    records: dict[tuple[str, ...], list[Event]] = {}
    for e in events:
        records.setdefault((e["subject"], kind_of(e), e["source"], e["recordid"]), []).append(e)
    return [max(versions, key=strength) for versions in records.values()]


def unlinked_shown(tables: Tables) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row in tables.of("unlinked"):
        found[row["subject"], row["source"]] = found.get((row["subject"], row["source"]), 0) + row["records"]
    return found


def after_all_of(events: list[Event], last: str, seed: int) -> Tables:
    line = Line(seed)
    line.run(events, last)
    assert line.told(REJECTED_EVENTS) == []
    assert not line.is_anything_on_its_way()
    return tables_of(line.broker)


@settings(max_examples=120, deadline=None)
@given(counties(), st.sampled_from(TICKS), st.integers(0, 10_000))
def test_each_childs_tables_are_what_the_calendar_says_of_its_own_records(
    events: list[Event], last: str, seed: int
) -> None:
    owners, today = Owners(events), date.fromisoformat(last)
    tables, again = after_all_of(events, last, seed), after_all_of(events, last, seed + 1)
    for subject in SUBJECTS:
        matches(only(tables, child_of(subject)), owners.truth(child_of(subject), today))
    assert shown(again) == shown(tables)
    retracted = {(e["subject"], e["source"]) for e in events if e["type"].startswith("record.retracted")}
    for found in (tables, again):
        differing = set(unlinked_shown(found).items()) ^ set(owners.unlinked(today).items())
        assert {waits for waits, _ in differing} <= retracted
    event(f"moved: {any(kind_of(e) == 'identity.linked' for e in owners.known)}")


@st.composite
def moves(draw: st.DrawFn) -> list[Event]:
    """Visits under a certificate, and revisions of its link: each to one of two children or withdrawn."""
    visits = draw(st.lists(st.sampled_from(("2025-06-05", "2025-07-10", "2025-09-02", "2025-12-02")), unique=True))
    found = [a_checkup("", f"{day}T09:00:00+08:00", subject=CERTIFICATE, recordid=day) for day in visits]
    for revision in range(1, draw(st.integers(2, 7))):
        said = {"recordid": "M", "revision": revision}
        to = draw(st.sampled_from((ANN, BO, "")))
        kind, data = ("identity.linked", {"same_as": to}) if to else ("record.retracted", RETRACTED_LINK)
        found.append(an_event(kind, SOURCES[0], CERTIFICATE, data, "2025-12-03T09:00:00+08:00", **said))
    return found


RETRACTED_LINK = {"kind": "identity.linked", "reason": "mistaken"}
last_ticks = st.lists(st.sampled_from(TICKS), min_size=1, max_size=3, unique=True)


@settings(max_examples=150, deadline=None)
@given(st.lists(events_of_children(), max_size=4), moves(), last_ticks, st.integers(0, 10_000))
def test_nobody_is_alerted_about_what_was_published_before_the_tick_and_is_still_on_its_way(
    events: list[Event], links: list[Event], ticks: list[str], seed: int
) -> None:
    children = [a_registration(name, recordid="R") for name in ("ann", "bo")]
    published = [*(a_source(source, cadence="irregular") for source in SOURCES), *children, *events, *links]
    line, owners = Line(seed), Owners(published)
    line.publish_all(published)
    for day in sorted(ticks):
        line.tick(day)
    run_to_end(line.runners, line.rng, most=line.rng.choice((1, 3, 40)), reload_rate=0.1)
    each_transition_was_called_for(line, owners)
    assert not line.is_anything_on_its_way()
