"""What the sink makes of each topic's messages."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from streams.sink.rows import READERS, BadMessage, Row, rows_of
from streams.topics import TOPICS
from tests.unit.sink.messages import (
    AMessage,
    a_rejection,
    a_store_row,
    a_timeline_entry,
    a_timeline_row,
    an_accepted_event,
    an_alert,
    an_alert_row,
)


def test_every_topic_that_is_read_exists() -> None:
    assert READERS.keys() <= {topic.name for topic in TOPICS}


def test_a_timeline_entry_is_one_row_of_the_timeline() -> None:
    assert rows_of(a_timeline_entry(version=9)) == [Row("timeline", 9, False, 1_772_415_000_123, a_timeline_row())]


def test_a_deleted_entry_is_a_tombstone() -> None:
    (row,) = rows_of(a_timeline_entry(deleted=True))
    assert row.deleted


def test_a_store_row_names_its_table() -> None:
    (row,) = rows_of(a_store_row("clinics", {"clinic_id": "x"}, version=4))
    assert (row.table, row.version, row.values) == ("clinics", 4, {"clinic_id": "x"})


def test_an_alert_is_its_present_state_and_a_line_of_history() -> None:
    state, history = rows_of(an_alert(version=8, state="resolved", resolution="done-late"))
    assert (state.table, state.values) == ("alerts", an_alert_row(state="resolved", resolution="done-late"))
    assert history.table == "alert_history"
    assert history.values == {
        "alert_id": "a1",
        "transition": 8,
        "at": "2026-03-02T01:30:00.000Z",
        "state": "resolved",
        "resolution": "done-late",
    }


def test_an_accepted_event_is_kept_byte_for_byte_with_its_origin_and_where_it_went() -> None:
    (row,) = rows_of(an_accepted_event("facility-events", origin="center-events/3/17", key=b"yucai"))
    assert row.table == "events"
    assert row.values == {
        "topic": "center-events",
        "partition": 3,
        "offset": 17,
        "via": "facility-events",
        "child_id": "",
        "center_id": "yucai",
        "appended_at": 1_772_415_000_000,
        "visible_at": 1_772_415_000_100,
        "raw": b'{"type":"checkup.recorded.v1"}',
    }


def test_of_a_fact_that_every_shard_was_told_one_copy_is_kept() -> None:
    copies = [
        an_accepted_event(topic, "fact", "registry-events/2/5", key=b"center:yucai", partition=partition)
        for topic in ("child-events", "facility-events")
        for partition in range(8)
    ]
    kept = [row.values for copy in copies for row in rows_of(copy)]
    assert len(kept) == 1
    assert (kept[0]["via"], kept[0]["child_id"], kept[0]["center_id"]) == ("facility-events", "", "")


@pytest.mark.parametrize("kind", ["watermark", "route"])
def test_what_stages_tell_each_other_is_no_event(kind: str) -> None:
    assert rows_of(an_accepted_event(kind=kind)) == []


def test_a_rejection_tells_where_the_event_lies_and_what_is_wrong() -> None:
    (row,) = rows_of(a_rejection())
    assert row.table == "rejections"
    assert {name: row.values[name] for name in ("topic", "partition", "offset", "code", "path", "size")} == {
        "topic": "clinic-events",
        "partition": 3,
        "offset": 17,
        "code": "missing-field",
        "path": "/data/sex",
        "size": 512,
    }


def test_a_rejection_tells_the_ids_of_the_event_where_they_can_be_read() -> None:
    def ids(value: bytes) -> tuple[str, str]:
        (row,) = rows_of(replace(a_rejection(), value=value))
        return row.values["event_id"], row.values["record_id"]

    assert ids(b'{"id": "e-1", "recordid": "V-1"}') == ("e-1", "V-1")
    assert ids(b'{"id": "e-1"}') == ("e-1", "e-1")
    assert ids(b'{"id": 5, "recordid": ["V-1"]}') == ("", "")
    assert ids(orjson.dumps({"id": "e" * 65})) == ("", "")
    assert ids(b"\xff\xfe") == ids(b"[]") == ids(b"") == ("", "")


def test_the_path_of_a_rejection_is_that_of_the_problem_that_gave_the_code() -> None:
    (row,) = rows_of(a_rejection(code="bad-value"))
    assert row.values["path"] == "/data/weight_kg"


@pytest.mark.parametrize(
    "message",
    [
        AMessage("timeline-entries", b"no json"),
        AMessage("timeline-entries", b'{"version": 1}'),
        AMessage("store-rows", None),
        AMessage("alerts", b'{"version": 1, "row": {}}'),
        AMessage("rejected-events", b""),
        an_accepted_event(origin="nowhere"),
    ],
)
def test_a_message_no_stage_may_write_is_an_error_that_tells_where_but_not_what(message: AMessage) -> None:
    with pytest.raises(BadMessage, match=f"{message.topic}/3/70") as caught:
        rows_of(message)
    assert caught.value.__cause__ is None
    assert "nowhere" not in str(caught.value)
