"""Events as the SDK builds them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from streams.publish import Refused, new_event, new_reporting_completed, new_retraction
from streams.publish.offline import validated

CHILD = "cn-id:9350d5bc5f0d67b484016b03a93dfbe9"
BEIJING = timezone(timedelta(hours=8))
AT = datetime(2026, 3, 2, 9, 30, tzinfo=BEIJING)
NOW_MS = int(datetime(2026, 3, 2, 12, 0, tzinfo=BEIJING).timestamp() * 1000)


def test_an_event_is_a_cloudevent_that_huiyu_accepts() -> None:
    event = new_event("checkup.recorded", "clinic:a", CHILD, {"clinic_id": "a", "weight_kg": 9.6}, AT, recordid="V-17")
    assert event["specversion"] == "1.0"
    assert event["type"] == "checkup.recorded.v1"
    assert event["time"] == "2026-03-02T09:30:00+08:00"
    sent = validated(event, NOW_MS)
    assert (sent.topic, sent.subject) == ("clinic-events", CHILD)


def test_building_the_same_event_again_gives_the_same_event() -> None:
    data = {"clinic_id": "a", "weight_kg": 9.6}
    assert new_event("checkup.recorded", "clinic:a", CHILD, data, AT) == new_event(
        "checkup.recorded", "clinic:a", CHILD, dict(reversed(data.items())), AT
    )


def test_a_time_without_an_offset_is_refused_before_it_can_be_wrong_by_hours() -> None:
    with pytest.raises(ValueError, match="time zone"):
        new_event("checkup.recorded", "clinic:a", CHILD, {"clinic_id": "a"}, AT.replace(tzinfo=None))


def test_a_retraction_goes_where_the_record_went() -> None:
    event = new_retraction("attendance.recorded", "center:yucai", CHILD, "A-1", 2, "wrong child", AT)
    assert validated(event, NOW_MS).topic == "center-events"


@pytest.mark.parametrize("side", ["clinic", "center", "registry"])
def test_reporting_completed_goes_to_the_topic_of_the_sources_side(side: str) -> None:
    event = new_reporting_completed(f"{side}:a", AT, AT)
    assert validated(event, NOW_MS).topic == f"{side}-events"


def test_the_same_day_reported_as_complete_twice_is_one_record() -> None:
    first = new_reporting_completed("clinic:a", AT, AT)
    again = new_reporting_completed("clinic:a", AT.astimezone(UTC), AT + timedelta(minutes=5))
    assert again["recordid"] == first["recordid"]


def test_a_refusal_lists_every_problem_with_pointer_and_allowed_range() -> None:
    data = {"clinic_id": "a", "weight_kg": 960, "wieght": 9.6}
    with pytest.raises(Refused) as refusal:
        validated(new_event("checkup.recorded", "clinic:a", CHILD, data, AT), NOW_MS)
    found = {problem.path: problem for problem in refusal.value.problems}
    assert found.keys() == {"/data/weight_kg", "/data/wieght"}
    assert "0.3" in found["/data/weight_kg"].allowed
    assert refusal.value.code == "unknown-field"


def test_a_time_more_than_a_day_ahead_is_refused_before_it_is_sent() -> None:
    event = new_event("checkup.recorded", "clinic:a", CHILD, {"clinic_id": "a"}, AT + timedelta(hours=27))
    with pytest.raises(Refused) as refusal:
        validated(event, NOW_MS)
    assert refusal.value.code == "time-in-future"
