"""Every range and every closed enumeration of the contract, at its ends and one step beyond."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from schemas.check import Refused
from schemas.fields import is_date, is_time
from tests.unit.schemas.published import LEFT_OUT, a_retraction, an_event, checked, problems

# (kind, field, least, greatest, a step beyond)
RANGES: list[tuple[str, str, Any, Any, Any]] = [
    ("child.registered", "gestational_weeks", 22, 44, 1),
    ("child.registered", "birth_weight_g", 300, 7000, 1),
    ("checkup.recorded", "weight_kg", 0.3, 60, 0.001),
    ("checkup.recorded", "length_height_cm", 20, 150, 0.1),
    ("checkup.recorded", "head_circumference_cm", 20, 65, 0.1),
    ("checkup.recorded", "haemoglobin_g_l", 20, 250, 0.5),
    ("checkup.recorded", "teeth", 0, 24, 1),
    ("checkup.recorded", "caries", 0, 24, 1),
    ("health-check.recorded", "temperature_c", 30, 45, 0.1),
    ("measurement.recorded", "weight_kg", 0.3, 60, 0.001),
    ("measurement.recorded", "length_height_cm", 20, 150, 0.1),
    ("measurement.recorded", "head_circumference_cm", 20, 65, 0.1),
    ("center.filed", "lat", -90, 90, 0.01),
    ("center.filed", "lon", -180, 180, 0.01),
    ("vaccination.recorded", "dose_no", 1, 2**31 - 1, 1),
]


@pytest.mark.parametrize(("kind", "field", "least", "greatest", "step"), RANGES)
def test_a_number_may_be_what_the_contract_says_and_no_more(
    kind: str, field: str, least: Any, greatest: Any, step: Any
) -> None:
    for inside in (least, greatest):
        assert problems(an_event(kind, data={field: inside})) == []
    for outside in (least - step, greatest + step):
        answer = checked(an_event(kind, data={field: outside}))
        assert isinstance(answer, Refused)
        (problem,) = answer.problems
        assert (problem.code, problem.path) == ("bad-value", f"/data/{field}")
        assert f"from {least} to {greatest}" in problem.allowed


@pytest.mark.parametrize(("kind", "field", "least", "greatest", "step"), RANGES)
def test_a_number_is_never_a_text_nor_a_flag(kind: str, field: str, least: Any, greatest: Any, step: Any) -> None:
    for wrong in (str(greatest), True, [greatest], {"value": greatest}):
        assert problems(an_event(kind, data={field: wrong})) == [("bad-value", f"/data/{field}")]


SYMPTOMS = "fever cough rash mouth-sores vomiting diarrhoea red-eye runny-nose other"
ENUMERATIONS: list[tuple[str, str, str]] = [
    ("child.registered", "sex", "female male unknown"),
    ("child.departed", "reason", "moved died other"),
    ("checkup.recorded", "milestone", "home m1 m3 m6 m8 m12 m18 m24 m30 m36 y4 y5 y6"),
    ("checkup.recorded", "position", "lying standing"),
    ("checkup.recorded", "vision", "pass refer"),
    ("checkup.recorded", "hearing", "pass refer"),
    ("vaccination.deferred", "reason", "contraindication illness refused out-of-stock"),
    (
        "diagnosis.recorded",
        "condition",
        "hfmd influenza chickenpox mumps norovirus scarlet-fever conjunctivitis covid-19 measles other",
    ),
    ("referral.closed", "outcome", "attended declined not-needed"),
    ("child.enrolled", "band", "nursing toddler senior mixed"),
    ("child.enrolled", "service", "full-day half-day hourly temporary"),
    ("attendance.recorded", "status", "present absent"),
    ("health-check.recorded", "kind", "morning noon observation"),
    ("health-check.recorded", "action", "admitted observed isolated sent-home"),
    ("measurement.recorded", "position", "lying standing"),
    ("incident.recorded", "kind", "fall bite choking burn missing other"),
    ("incident.recorded", "severity", "minor treated hospital"),
    ("source.registered", "cadence", "working-days weekly irregular"),
    ("center.filed", "kind", "community kindergarten employer hospital family independent"),
    ("center.filed", "ownership", "public private"),
    ("clinic.listed", "kind", "county-hospital tcm-hospital mch-hospital township village health-post"),
    ("staff.certified", "role", "director carer health-carer teacher cook guard"),
]


@pytest.mark.parametrize(("kind", "field", "words"), ENUMERATIONS)
def test_an_enumeration_is_closed(kind: str, field: str, words: str) -> None:
    for word in words.split():
        assert problems(an_event(kind, data={field: word})) == []
    for wrong in ("", words.split()[0].upper(), "其他", 1, None if field in ("sex", "status") else 0):
        answer = checked(an_event(kind, data={field: wrong}))
        assert isinstance(answer, Refused)
        assert [(p.code, p.path) for p in answer.problems] == [("bad-value", f"/data/{field}")]
        assert answer.problems[0].allowed == ", ".join(words.split())


@pytest.mark.parametrize("kind", ["attendance.recorded", "health-check.recorded"])
def test_symptoms_are_a_list_of_the_words(kind: str) -> None:
    assert problems(an_event(kind, data={"symptoms": SYMPTOMS.split()})) == []
    assert problems(an_event(kind, data={"symptoms": []})) == []
    assert problems(an_event(kind, data={"symptoms": ["fever", "tired"]})) == [("bad-value", "/data/symptoms/1")]
    assert problems(an_event(kind, data={"symptoms": "fever"})) == [("bad-value", "/data/symptoms")]


def test_the_services_of_a_contract_are_a_list_of_the_words() -> None:
    every = ["checkup", "guidance", "health-talk", "referral", "tcm"]
    assert problems(an_event("contract.signed", data={"services": every})) == []
    assert problems(an_event("contract.signed", data={"services": ["x"]})) == [("bad-value", "/data/services/0")]


def test_screenings_and_items_name_what_is_wrong_inside_them() -> None:
    screenings = [{"instrument": "DST", "result": "pass"}, {"result": "maybe", "score": "9", "extra": 1}]
    items = [{"code": "a", "value": "b"}, {"code": "c", "value": None}, {"code": "d", "value": {"deep": 1}}]
    assert set(problems(an_event(data={"screenings": screenings, "items": items}))) == {
        ("missing-field", "/data/screenings/1/instrument"),
        ("bad-value", "/data/screenings/1/result"),
        ("bad-value", "/data/screenings/1/score"),
        ("unknown-field", "/data/screenings/1/extra"),
        ("bad-value", "/data/items/1/value"),
        ("bad-value", "/data/items/2/value"),
    }


@pytest.mark.parametrize("value", ["text", "", 2.5, -3, True, False])
def test_an_item_may_be_a_text_a_number_or_a_flag(value: object) -> None:
    assert problems(an_event(data={"items": [{"code": "a", "value": value}]})) == []


def test_a_conclusion_has_at_most_64_characters() -> None:
    assert problems(an_event(data={"conclusions": ["好" * 64, ""]})) == []
    assert problems(an_event(data={"conclusions": ["好" * 65]})) == [("bad-value", "/data/conclusions/0")]


@pytest.mark.parametrize("vaccine", ["BCG", "JE-L", "MPSV-AC", "bOPV", "other:EV71", "other:水痘"])
def test_a_vaccine_is_a_code_of_the_schedule_or_other(vaccine: str) -> None:
    assert problems(an_event("vaccination.recorded", data={"vaccine": vaccine})) == []


@pytest.mark.parametrize("vaccine", ["bcg", "other:", "other", "", 1])
def test_no_other_vaccine_is(vaccine: object) -> None:
    assert problems(an_event("vaccination.recorded", data={"vaccine": vaccine})) == [("bad-value", "/data/vaccine")]


@pytest.mark.parametrize("age", [0, 3, 4, 12, 13, 72, 84])
def test_warning_signs_are_those_of_the_table_at_any_age_of_a_childs_six_years(age: int) -> None:
    signs = {"age_months": age, "positive": [1, 2, 3, 4]}
    assert problems(an_event("development.observed", data=signs)) == []
    assert problems(an_event(data={"warning_signs": signs})) == []


@pytest.mark.parametrize(
    ("signs", "wrong"),
    [
        ({"age_months": 85, "positive": []}, "age_months"),
        ({"age_months": -1, "positive": []}, "age_months"),
        ({"age_months": 3.0, "positive": []}, "age_months"),
        ({"age_months": "3", "positive": []}, "age_months"),
        ({"age_months": 3, "positive": [5]}, "positive/0"),
        ({"age_months": 3, "positive": [0]}, "positive/0"),
        ({"age_months": 3, "positive": [True]}, "positive/0"),
        ({"age_months": 3, "positive": [1, 2, 3, 4, 1]}, "positive"),
    ],
)
def test_a_sign_that_the_table_does_not_have_is_refused(signs: dict[str, Any], wrong: str) -> None:
    assert problems(an_event("development.observed", data=signs)) == [("bad-value", f"/data/{wrong}")]
    assert problems(an_event(data={"warning_signs": signs})) == [("bad-value", f"/data/warning_signs/{wrong}")]


@pytest.mark.parametrize("reason", ["sick", "personal", "vaccination", "checkup", "unknown"])
def test_a_reason_of_absence_goes_with_absence_only(reason: str) -> None:
    absent = {"status": "absent", "absence_reason": reason}
    present = {"status": "present", "absence_reason": reason}
    assert problems(an_event("attendance.recorded", data=absent)) == []
    assert problems(an_event("attendance.recorded", data=present)) == [("bad-value", "/data/absence_reason")]


def test_it_is_told_beside_everything_else_that_is_wrong() -> None:
    data = {"status": "present", "absence_reason": "sick", "date": "yesterday", "mood": "good", "class_id": LEFT_OUT}
    assert set(problems(an_event("attendance.recorded", data=data))) == {
        ("bad-value", "/data/absence_reason"),
        ("bad-value", "/data/date"),
        ("unknown-field", "/data/mood"),
        ("missing-field", "/data/class_id"),
    }


def test_an_absence_needs_no_reason() -> None:
    assert problems(an_event("attendance.recorded", data={"status": "absent"})) == []


@pytest.mark.parametrize("text", ["1970-01-02", "2024-02-29", "2099-12-31"])
def test_dates_that_are(text: str) -> None:
    assert is_date(text)
    assert problems(an_event(data={"next_due": text})) == []


@pytest.mark.parametrize(
    "wrong",
    ["1970-01-01", "2100-01-01", "2025-02-29", "2025-13-01", "2025-3-1", "20250301", "2025-W10-1", "2025-03-01 ",
     "2025-03-01T00:00:00Z", "２０２５-03-01", "", 20250301, None, ["2025-03-01"]],
)  # fmt: skip
def test_dates_that_are_not(wrong: object) -> None:
    assert problems(an_event("child.departed", data={"date": wrong})) == [("bad-value", "/data/date")]


@pytest.mark.parametrize(
    "text",
    ["2026-03-02T09:30:00+08:00", "2026-03-02t01:30:00z", "2026-03-02T01:30:00.5Z", "2026-03-02T01:30:00.123456789Z",
     "2026-03-01T23:59:59-12:00", "1970-01-02T00:00:00Z", "2026-03-02T00:00:00+23:59", "2026-03-02T01:30:00-00:00"],
)  # fmt: skip
def test_times_that_are(text: str) -> None:
    assert is_time(text)
    assert problems(an_event(time=text)) == []
    assert problems(an_event(recordedtime=text)) == []


@pytest.mark.parametrize(
    "wrong",
    ["2026-03-02T09:30:00", "2026-03-02T09:30+08:00", "2026-03-02 09:30:00+08:00", "2026-03-02T09:30:60Z",
     "2026-03-02T24:00:00Z", "2026-02-30T09:30:00Z", "2026-03-02T09:30:00+0800", "2026-03-02T09:30:00+24:00",
     "2026-03-02T09:30:00.Z", "1969-12-31T23:59:59Z", "2100-02-29T00:00:00Z", "2026-03-02", "20260302T093000Z",
     "2026-03-02T09:30:00Z\n", "", "now", 1772415000, True, []],
)  # fmt: skip
def test_times_that_are_not(wrong: object) -> None:
    assert problems(an_event(time=wrong)) == [("bad-value", "/time")]
    assert problems(an_event(recordedtime=wrong)) == [("bad-value", "/recordedtime")]
    assert problems(an_event("reporting.completed", data={"through": wrong})) == [("bad-value", "/data/through")]


@pytest.mark.parametrize("wrong", ["", "a" * 65, "a b", "a/b", "班级", 7])
def test_ids_of_classes_contracts_and_referrals_have_their_form(wrong: object) -> None:
    assert problems(an_event("child.enrolled", data={"class_id": wrong})) == [("bad-value", "/data/class_id")]
    assert problems(an_event("referral.closed", data={"referral_id": wrong})) == [("bad-value", "/data/referral_id")]
    assert problems(an_event("referral.closed", data={"referral_id": "A.b_c-1" + "x" * 57})) == []


@pytest.mark.parametrize("kind", ["checkup.recorded", "center.filed", "record.retracted"])
def test_a_field_that_may_be_left_out_may_be_null(kind: str) -> None:
    field = {"checkup.recorded": "milestone", "center.filed": "community", "record.retracted": "center_id"}[kind]
    assert problems(an_event(kind, data={field: None})) == []


def test_a_field_that_must_be_there_may_not_be_null() -> None:
    assert problems(an_event(data={"clinic_id": None})) == [("bad-value", "/data/clinic_id")]


def test_a_centres_retraction_may_name_its_own_centre() -> None:
    event = a_retraction("attendance.recorded", "center:yucai", center_id="yucai")
    assert problems(event, topic="center-events") == []


def test_dates_are_the_calendars() -> None:
    start, end = date(1970, 1, 2), date(2099, 12, 31)
    days = (start + timedelta(days=n) for n in range(0, (end - start).days, 97))
    assert all(is_date(day.isoformat()) for day in days)
