"""Rejections as the audit's SQL judges them: each code, and the same verdict as the check that the stages run."""

from __future__ import annotations

import json

import pytest

from schemas.check import Refused, check
from tests.support.builders import a_checkup, a_registration, an_event, subject_of
from tests.support.pages import ROOT
from tests.unit.audit.logs import Published, Sent, a_log, of_center, sent
from tests.unit.audit.verdicts import VALID, spoiled

AT = "2025-09-01T10:00:00+08:00"
VISIT = a_checkup("anna", AT)
DAY = of_center("attendance.recorded", "anna", AT, class_id="A", date="2025-09-01", status="present")
SPOILED = 6_000
LONG_AFTER = 1_893_456_000_000  # 2030-01-01: no example is of the future then


def verdict(published: Published) -> str | None:
    with a_log(published) as desk:
        found = desk.ask("SELECT code FROM refused")
    return found[0][0] if found else None


CASES: dict[str, Published] = {
    "too-large": sent(VISIT, value=b"x" * 65_537),
    "not-json": sent(VISIT, value=b'{"a": NaN}'),
    "not-cloudevents": {**VISIT, "specversion": "0.3"},
    "raw-identifier": a_checkup("anna", AT, conclusions=["id 11010519491231002X"]),
    "unknown-type": {**VISIT, "type": "checkup.recorded.v2"},
    "wrong-side": sent({**DAY, "source": "clinic:chengguan"}),
    "wrong-topic": sent(VISIT, topic="center-events"),
    "key-mismatch": sent(VISIT, key=b"another"),
    "not-your-own": {**VISIT, "source": "clinic:elsewhere"},
    "unknown-field": a_checkup("anna", AT, wieght_kg=8.1),
    "missing-field": {name: value for name, value in VISIT.items() if name != "time"} | {"data": VISIT["data"]},
    "bad-value": a_checkup("anna", AT, weight_kg=61),
    "time-in-future": a_checkup("anna", "2026-02-27T06:13:21Z"),
}


@pytest.mark.parametrize("code", CASES)
def test_each_code_has_its_case(code: str) -> None:
    assert verdict(CASES[code]) == code


def test_every_example_of_the_catalogue_is_accepted_also_by_the_audits_own_list_of_kinds_and_fields() -> None:
    examples = [json.loads(path.read_bytes()) for path in sorted((ROOT / "examples/events/valid").glob("*.json"))]
    assert len(examples) > 30
    with a_log(*(sent(example, appended_at=LONG_AFTER) for example in examples)) as desk:
        assert desk.ask("SELECT code, codes FROM refused") == []


def test_the_first_code_that_applies_is_the_verdict_and_all_are_known() -> None:
    with a_log(sent(a_checkup("anna", AT, wieght_kg=8.1, weight_kg=61), key=b"another")) as desk:
        assert desk.ask("SELECT code, codes FROM refused") == [
            ("key-mismatch", ["bad-value", "key-mismatch", "unknown-field"])
        ]


def test_an_unknown_kind_hides_no_problem_of_the_envelope() -> None:
    event = {**VISIT, "type": "checkup.recorded.v2", "revision": 0, "time": "2126-02-27T06:13:21Z"}
    with a_log(sent(event, key=b"another")) as desk:
        assert desk.ask("SELECT code, codes FROM refused") == [
            ("unknown-type", ["bad-value", "key-mismatch", "time-in-future", "unknown-type"])
        ]


def test_however_far_in_the_future_it_is_the_future_and_not_a_bad_value() -> None:
    assert verdict(a_checkup("anna", "2100-01-01T00:00:00Z")) == "time-in-future"
    assert verdict(a_checkup("anna", AT, recordedtime="2100-01-01T00:00:00Z")) == "bad-value"


@pytest.mark.parametrize("text", ["℡13812345678", "№11010519491231002X", "13812345678㎡", "①13812345678"])
def test_a_sign_beside_a_number_hides_nothing(text: str) -> None:
    assert verdict(a_checkup("anna", AT, conclusions=[text])) == "raw-identifier"


def test_a_key_may_be_missing_and_a_day_ahead_is_no_future() -> None:
    assert verdict(sent(VISIT, key=None)) is None
    assert verdict(a_checkup("anna", "2026-02-26T06:13:20Z")) is None


def test_every_kind_of_the_contract_is_accepted() -> None:
    events = [
        an_event(kind, source, subject, data, AT) | {"topic": f"{side}-events"}
        for side, source, kind, subject, data in VALID
    ]
    with a_log(*(sent(event, topic=event.pop("topic")) for event in events)) as desk:
        assert desk.ask("FROM refused") == []
        assert desk.one("SELECT count(*) FROM accepted") == len(VALID)


def test_a_registry_source_says_whose_record_it_retracts() -> None:
    told = {"kind": "attendance.recorded", "reason": "x"}
    bare = an_event("record.retracted", "registry:bureau", subject_of("anna"), told, AT)
    assert verdict(bare) == "missing-field"
    assert verdict({**bare, "data": {**told, "center_id": "yucai"}}) is None
    assert verdict({**a_registration("anna"), "source": "registry:bureau"}) is None


@pytest.mark.parametrize("seed", [1, 2])
def test_spoiled_events_are_judged_as_the_stages_judge_them(seed: int) -> None:
    records = list(spoiled(seed, SPOILED))
    with a_log(*records) as desk:
        found = dict(desk.ask("SELECT seq, code FROM refused"))
    differing = [(each, found.get(n)) for n, each in enumerate(records) if found.get(n) != by_the_stages(each)]
    assert differing == []
    assert len(set(found.values())) >= 12


def by_the_stages(record: Sent) -> str | None:
    checked = check(record.value, record.key, record.topic, record.appended_at)
    return checked.code if isinstance(checked, Refused) else None
