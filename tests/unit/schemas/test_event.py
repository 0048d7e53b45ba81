"""An accepted event as the folds read it, and the digest by which publications compare."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from zoneinfo import ZoneInfo

from schemas.event import read
from tests.unit.schemas.published import CHILD, a_retraction, an_event

SHANGHAI = ZoneInfo("Asia/Shanghai")


def bytes_of(**changes: object) -> bytes:
    return json.dumps(an_event(**changes), ensure_ascii=False).encode()


def test_what_the_envelope_does_not_say_has_its_default() -> None:
    event = read(bytes_of(id="m-1", recordid=None, revision=None, recordedtime=None))
    assert (event.recordid, event.revision, event.recordedtime) == ("m-1", 1, None)


def test_a_retraction_is_of_the_kind_it_retracts() -> None:
    event = read(json.dumps(a_retraction("checkup.recorded", "clinic:chengguan")).encode())
    assert (event.kind, event.retraction) == ("checkup.recorded", True)


def test_the_digest_is_of_the_canonical_json_of_time_subject_and_data() -> None:
    event = read(bytes_of(time="2026-03-02T09:30:00+08:00", data={"weight_kg": 9.60, "conclusions": ["好"]}))
    canonical = (
        '{"data":{"clinic_id":"chengguan","conclusions":["好"],"length_height_cm":75.2,"position":"lying",'
        f'"weight_kg":9.6}},"subject":"{CHILD}","time":"2026-03-02T09:30:00+08:00"}}'
    )
    assert event.digest() == hashlib.sha256(canonical.encode()).hexdigest()


def test_the_order_of_names_and_the_way_numbers_are_written_do_not_count() -> None:
    plain = bytes_of(data={"weight_kg": 9.5})
    other = json.dumps(dict(reversed(json.loads(plain).items())), indent=2).replace("9.5", "95e-1").encode()
    assert read(plain).digest() == read(other).digest()
    assert read(plain).digest() != read(bytes_of(data={"weight_kg": 9.51})).digest()


def test_who_sent_it_and_how_often_does_not_count_towards_the_digest() -> None:
    assert read(bytes_of()).digest() == read(bytes_of(id="other", revision=9, recordedtime=None)).digest()


def test_the_local_date_is_the_datas_or_else_the_countys_day_of_its_time() -> None:
    late = "2026-03-01T16:30:00Z"
    assert read(bytes_of(time=late)).local_date(SHANGHAI) == date(2026, 3, 2)
    attendance = an_event("attendance.recorded", time=late, data={"date": "2026-02-27"})
    event = read(json.dumps(attendance).encode())
    assert event.local_date(SHANGHAI) == date(2026, 2, 27)
    assert event.local_day(SHANGHAI) == date(2026, 3, 2)


def test_lower_case_times_are_times() -> None:
    assert read(bytes_of(time="2026-03-02t01:30:00z")).at == read(bytes_of(time="2026-03-02T09:30:00+08:00")).at
