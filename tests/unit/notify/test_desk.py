"""When a message goes out, by the county's local hours."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from streams.clinical.pack import national
from streams.clinical.pack.reading import BadPack
from streams.notify.desk import Desk
from streams.notify.message import body_of, plain
from streams.notify.subscriptions import BadSubscriptions, read
from streams.notify.timing import due_at, pause_after
from tests.property.test_deliveries import NOON, a_message, a_subscription

ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> float:
    return datetime.fromisoformat(f"{text}+08:00").timestamp()


def due(text: str, told: int = 0, **more: Any) -> tuple[str, bool]:
    moment, bundled = due_at(a_subscription(**more), at(text), told, ZONE)
    return datetime.fromtimestamp(moment, ZONE).isoformat()[:16], bundled


def test_an_alert_goes_out_at_once() -> None:
    assert due("2026-03-02T12:34") == ("2026-03-02T12:34", False)


def test_a_digest_goes_out_at_its_hour_of_the_next_day_that_has_it_still_to_come() -> None:
    assert due("2026-03-02T07:59", mode="digest") == ("2026-03-02T08:00", True)
    assert due("2026-03-02T08:00", mode="digest") == ("2026-03-03T08:00", True)


def test_in_quiet_hours_over_midnight_everything_waits_for_their_end() -> None:
    quiet = {"quiet_hours": {"from_hour": 21, "until_hour": 7}}
    assert due("2026-03-02T20:59", **quiet) == ("2026-03-02T20:59", False)
    assert due("2026-03-02T21:00", **quiet) == ("2026-03-03T07:00", True)
    assert due("2026-03-03T06:59", **quiet) == ("2026-03-03T07:00", True)


def test_what_is_more_than_so_many_in_an_hour_waits_for_the_full_hour() -> None:
    assert due("2026-03-02T12:34", told=19) == ("2026-03-02T12:34", False)
    assert due("2026-03-02T12:34", told=20) == ("2026-03-02T13:00", True)


def test_pauses_double_up_to_half_an_hour() -> None:
    assert [pause_after(attempt, 1.0) for attempt in (1, 2, 3, 20)] == [5.0, 10.0, 20.0, 1800.0]
    assert pause_after(1, 0.0) == 2.5


def test_a_departed_child_withdraws_what_waits_about_it() -> None:
    desk = Desk.of({"s": a_subscription()}, national(), ZONE)
    for entry in desk.take(a_message("a", 1, "open"), NOON):
        desk.noted(entry)
    [entry] = desk.take(a_message("b", 2, "resolved", "departed"), NOON)
    assert (entry.alert_id, entry.result, entry.reason) == ("a", "withdrawn", "departed")


def test_what_is_resolved_is_told_only_to_who_asked_for_it_and_was_told_that_it_was_open() -> None:
    desk = Desk.of({"s": a_subscription(resolved=True), "t": a_subscription("t")}, national(), ZONE)
    for entry in desk.take(a_message("a", 1, "open"), NOON):
        desk.noted(entry)
    for parcel in desk.due(NOON):
        for entry in desk.outcome(parcel, "", NOON, 0.5):
            desk.noted(entry)
    told = list(desk.take(a_message("a", 2, "resolved", "done"), NOON))
    results = [(entry.subscription, entry.result, entry.state) for entry in told]
    assert results == [("s", "planned", "resolved"), ("s", "over", "resolved"), ("t", "over", "resolved")]
    assert list(desk.take(a_message("b", 3, "resolved", "done"), NOON)) == []


def test_severities_rules_and_areas_choose() -> None:
    row = a_message("a", 1, "open")["row"]
    assert a_subscription(severities=["warning"], rules=["anaemia"], clinics=["chengguan"]).wants(row)
    assert a_subscription(receiver="clinic:*").wants(row)
    for other in ({"severities": ["serious"]}, {"rules": ["cluster"]}, {"centers": ["x"]}, {"receiver": "bureau"}):
        assert not a_subscription(**other).wants(row)


def test_a_message_for_people_is_in_their_language() -> None:
    row = a_message("a", 1, "open")["row"]
    chinese, english = a_subscription(), a_subscription(language="en")
    assert plain([body_of(row, chinese, national())], chinese)[0] == "贫血"
    assert plain([body_of(row, english, national())] * 2, english)[0] == "2 alerts"


GOOD = """[[subscription]]
id = "day"
receiver = "clinic:chengguan"
[subscription.channel]
type = "webhook"
url = "https://example.org/x"
secret_file = "secret"
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace('"day"', '"Day"'), "subscriptions.toml:2: subscription.0.id"),
        (GOOD.replace("clinic:chengguan", "doctor:x"), "subscriptions.toml:3: subscription.0.receiver"),
        (GOOD.replace('"webhook"', '"fax"'), "subscriptions.toml:4: subscription.0.channel"),
        (GOOD + GOOD, "a subscription must stand once: day"),
        (GOOD.replace('id = "day"', 'id = "day"\ndigest_hour = 24'), "less than or equal to 23"),
    ],
)
def test_what_is_wrong_with_subscriptions_is_told_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    (tmp_path / "subscriptions.toml").write_text(text)
    with pytest.raises(BadPack, match=said):
        read(tmp_path / "subscriptions.toml")


def test_a_secret_that_cannot_be_read_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "subscriptions.toml").write_text(GOOD)
    with pytest.raises(BadSubscriptions, match="secret cannot be read: No such file"):
        read(tmp_path / "subscriptions.toml")
