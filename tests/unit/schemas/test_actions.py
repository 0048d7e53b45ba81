"""Actions about alerts: what is taken, and what is refused with which code."""

from __future__ import annotations

import json

import pytest

from schemas.actions import Action, action_of

ALERT = "0123456789abcdef" * 2
GOOD = {"alert_id": ALERT, "action": "acknowledged", "at": "2026-03-02T09:00:00+08:00", "by": "nurse-3"}


def codes(body: dict[str, object], key: str = ALERT) -> list[str]:
    found = action_of(json.dumps(body).encode(), key.encode())
    return [] if isinstance(found, Action) else [problem.code for problem in found]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"action": "reopened"},
        {"action": "snoozed", "until": "2026-03-09"},
        {"action": "done-elsewhere", "date": "2026-03-01", "id": "a-1"},
        {"action": "wrong", "reason": "twin"},
    ],
)
def test_an_action_is_taken(more: dict[str, object]) -> None:
    assert codes(GOOD | more) == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"action": "snoozed"}, "missing-field"),
        ({"action": "done-elsewhere"}, "missing-field"),
        ({"action": "wrong"}, "missing-field"),
        ({"action": "ignored"}, "bad-value"),
        ({"at": "2026-03-02T09:00:00"}, "bad-value"),
        ({"action": "snoozed", "until": "2026-02-30"}, "bad-value"),
        ({"colour": "red"}, "unknown-field"),
        ({"reason": "call 13812345678"}, "raw-identifier"),
        ({"by": "13812345678"}, "raw-identifier"),
    ],
)
def test_an_action_is_refused(more: dict[str, object], code: str) -> None:
    assert codes(GOOD | more) == [code]


def test_the_key_is_the_alert() -> None:
    assert codes(GOOD, "f" * 32) == ["key-mismatch"]
