"""What becomes of an alert when the episodes change."""

from __future__ import annotations

from streams.alerting.alert import Alert, Wanted, is_transition, transitions

FIRST, LATER = "2026-03-01T04:00:00.000Z", "2026-03-02T04:00:00.000Z"
ROW = {"alert_id": "a", "detail": {"dose": 1}}
OPEN = Alert("open", "", FIRST, FIRST, ROW)


def why(name: str, alert: Alert) -> str:
    return f"{name} was {alert.state}"


def test_what_is_wanted_opens_and_what_is_wanted_no_longer_is_resolved_with_its_reason() -> None:
    changed = transitions({"old": OPEN}, {"new": Wanted("escalated", ROW)}, why, LATER)
    assert changed["new"] == Alert("escalated", "", LATER, LATER, ROW)
    assert changed["old"] == Alert("resolved", "old was open", FIRST, LATER, ROW)


def test_it_keeps_the_moment_when_it_was_first_raised() -> None:
    escalated = transitions({"a": OPEN}, {"a": Wanted("escalated", ROW)}, why, LATER)["a"]
    assert (escalated.raised_at, escalated.changed_at) == (FIRST, LATER)
    resolved = Alert("resolved", "done", FIRST, FIRST, {})
    again = transitions({"a": resolved}, {"a": Wanted("open", ROW)}, why, LATER)["a"]
    assert again == Alert("open", "", FIRST, LATER, ROW)


def test_other_values_are_told_without_a_transition() -> None:
    more = {**ROW, "detail": {"dose": 2}}
    changed = transitions({"a": OPEN}, {"a": Wanted("open", more)}, why, LATER)
    assert changed == {"a": Alert("open", "", FIRST, FIRST, more)}
    assert not is_transition(OPEN, changed["a"])


def test_nothing_changes_while_the_same_is_wanted_and_a_resolved_one_stays() -> None:
    held = {"a": OPEN, "b": Alert("resolved", "done", FIRST, FIRST, {})}
    assert transitions(held, {"a": Wanted("open", dict(ROW))}, why, LATER) == {}


def test_of_a_resolved_one_no_values_are_remembered() -> None:
    assert Alert("resolved", "done", FIRST, LATER, ROW).packed() == ["resolved", "done", FIRST, LATER, {}]
    assert Alert(*OPEN.packed()) == OPEN
