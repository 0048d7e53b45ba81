"""What is delivered: whatever fails, whenever notify is killed, and however often alerts are read again, each wanted
transition that is not overtaken comes at least once, and nothing comes twice under two keys."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.clinical.pack import national
from streams.notify.desk import Desk, fold
from streams.notify.entries import Entry
from streams.notify.subscriptions import Subscription

ZONE = ZoneInfo("Asia/Shanghai")
NOON = 1_772_424_000.0  # 2026-03-02T12:00:00+08:00
CHANNEL = {"type": "webhook", "url": "http://127.0.0.1:1/x", "secret_file": "secret"}
Message = dict[str, Any]


def a_subscription(name: str = "s", **more: Any) -> Subscription:
    return Subscription.model_validate({"id": name, "receiver": "clinic:chengguan", "channel": CHANNEL, **more})


def a_message(alert: str, version: int, state: str, resolution: str = "", child: str = "k") -> Message:
    detail = {"subject": "cn-id:1", "to": ["clinic:chengguan"], "records": []}
    row = {"alert_id": alert, "rule": "anaemia", "rule_version": 1, "severity": "warning", "child_id": child}
    row |= {"center_id": "", "clinic_id": "chengguan", "milestone": "", "due_on": None, "detail": detail}
    row |= {"state": state, "resolution": resolution, "raised_at": "", "changed_at": ""}
    return {"version": version, "row": row, "transition": {"at": f"2026-03-02T{version % 1000 // 2:03d}"}}


def a_desk(*subscriptions: Subscription) -> Desk:
    return Desk.of({one.id: one for one in subscriptions}, national(), ZONE)


@st.composite
def _messages(draw: st.DrawFn) -> list[Message]:
    """As one partition tells them: each alert opens, may escalate, resolves, opens again."""
    states: dict[str, str] = {}
    told = []
    for version in range(draw(st.integers(0, 14))):
        alert = draw(st.sampled_from(["a", "b", "c"]))
        nexts = {"": ["open"], "open": ["escalated", "resolved"], "escalated": ["resolved"], "resolved": ["open"]}
        states[alert] = draw(st.sampled_from(nexts[states.get(alert, "")]))
        why = draw(st.sampled_from(["done", "corrected"])) if states[alert] == "resolved" else ""
        told.append(a_message(alert, version, states[alert], why))
    return told


class World:
    """Notify on a log: `log` is what survives a kill, `position` what was committed of the alerts."""

    def __init__(self, messages: list[Message], *subscriptions: Subscription) -> None:
        self.messages, self.subscriptions = messages, subscriptions
        self.log: list[Entry] = []
        self.received: list[str] = []
        self.position, self.now = 0, NOON
        self.start()

    def start(self) -> None:
        self.desk = fold(a_desk(*self.subscriptions), self.log)

    def write(self, entries: list[Entry]) -> None:
        self.log += [Entry.unpacked(entry.packed()) for entry in entries]
        fold(self.desk, entries)

    def read(self, number: int, commits: bool) -> None:
        for message in self.messages[self.position : self.position + number]:
            self.write(list(self.desk.take(message, self.now)))
        if commits:
            self.position = min(len(self.messages), self.position + number)

    def finish(self) -> None:
        """Everything is read and delivered."""
        self.read(len(self.messages), commits=True)
        while self.desk.waiting:
            self.now += 3_600.0
            self.send(arrives=True, is_told=True)

    def rebuild(self) -> None:
        """The stages tell everything anew, under other versions."""
        if self.position == len(self.messages) < 100:
            self.messages = self.messages + [m | {"version": m["version"] + 1_000} for m in self.messages]

    def fly(self, number: int) -> None:
        """Something is on its way while more is read."""
        flying = self.desk.due(self.now)[:1]
        self.read(number, commits=True)
        for parcel in flying:
            self.received += [entry.key for entry in parcel.entries]
            self.write(self.desk.outcome(parcel, "", self.now, 0.5))

    def send(self, arrives: bool, is_told: bool) -> None:
        """One attempt of what is due first. `is_told`: notify lives to hear of it and to write it down."""
        for parcel in self.desk.due(self.now)[:1]:
            self.received += [entry.key for entry in parcel.entries] if arrives else []
            if is_told:
                self.write(self.desk.outcome(parcel, "" if arrives else "HTTP 503", self.now, 0.5))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.integers(1, 4), st.booleans()),
        st.tuples(st.just("send"), st.booleans(), st.booleans()),
        st.tuples(st.just("kill")),
        st.tuples(st.just("wait"), st.sampled_from([1.0, 60.0, 4_000.0])),
        st.tuples(st.just("again")),
        st.tuples(st.just("rebuild")),
        st.tuples(st.just("fly"), st.integers(1, 4)),
    ),
    max_size=30,
)


@settings(max_examples=400, deadline=None)
@given(_messages(), STEPS)
def test_every_alert_that_stands_is_told_and_a_log_read_again_plans_nothing(
    messages: list[Message], steps: Any
) -> None:
    world = World(messages, a_subscription(most_per_hour=3))
    for name, *more in steps:
        match name:
            case "read":
                world.read(*more)
            case "send":
                world.send(*more)
            case "kill":
                world.start()
            case "wait":
                world.now += more[0]
            case "again":
                world.position = 0
            case "rebuild":
                world.rebuild()
            case "fly":
                world.fly(*more)
    world.finish()
    newest = {message["row"]["alert_id"]: message for message in messages}
    active = {alert: m["version"] for alert, m in newest.items() if m["row"]["state"] != "resolved"}
    for alert, version in active.items():
        assert {f"{alert}-{version + 1_000 * turn}-s" for turn in range(9)} & set(world.received)
    assert set(world.received) <= {f"{m['row']['alert_id']}-{m['version']}-s" for m in world.messages}
    planned, taken = [e.key for e in world.log if e.result == "planned"], len(world.received)
    assert len(planned) == len(set(planned))
    world.position = 0
    world.start()
    world.read(len(world.messages), commits=True)
    assert (world.desk.waiting, len(world.received)) == ({}, taken)


@settings(max_examples=300, deadline=None)
@given(_messages())
def test_what_was_told_and_is_not_over_is_not_told_again_when_the_stages_tell_everything_anew(
    messages: list[Message],
) -> None:
    world = World(messages, a_subscription())
    world.finish()
    before = set(world.received)
    world.rebuild()
    world.finish()
    resolved = {m["row"]["alert_id"] for m in messages if m["row"]["state"] == "resolved"}
    assert {key.partition("-")[0] for key in set(world.received) - before} <= resolved


@settings(max_examples=200, deadline=None)
@given(_messages())
def test_what_nobody_could_deliver_for_a_day_is_given_up_and_an_operator_hears_of_it_once(
    messages: list[Message],
) -> None:
    operator = a_subscription("op", receiver="operator")
    world = World(messages, a_subscription(), operator)
    world.read(len(messages), commits=True)
    planned = {key for key, entry in world.desk.waiting.items() if entry.subscription == "s"}
    for _ in range(200):
        world.now += 1_800.0
        for parcel in world.desk.due(world.now):
            problem = "" if parcel.subscription.id == "op" else "HTTP 503"
            world.write(world.desk.outcome(parcel, problem, world.now, 1.0))
    dead = {entry.key for entry in world.log if entry.result == "dead"}
    told = [entry for entry in world.log if entry.subscription == "op" and entry.result == "sent"]
    assert (dead, len(told), world.desk.waiting) == (planned, bool(planned), {})
    assert all("cn-id:" not in str(entry.body) for entry in told)
