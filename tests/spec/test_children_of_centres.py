"""sick-absence, fever-admitted and not-checked: a child in a centre."""

from __future__ import annotations

from streams.clinical.center.case import SubjectCase
from streams.clinical.center_rules import fever_admitted, not_checked, sick_absence
from streams.clinical.episode import Held
from tests.spec.center_cases import FULL, a_case, a_check, an_attendance, day

SICK = sick_absence.Parameters(days=2, symptoms=("fever", "rash"))
FEVER = fever_admitted.Parameters(fever_c=37.5, open_days=1)
UNCHECKED = not_checked.Parameters(from_hour=12, open_days=1)


def first_days(rule: object, case: SubjectCase, parameters: object) -> list[str]:
    return [episode.name.rpartition("|")[2] for episode in rule.find(case, parameters).episodes]  # type: ignore[attr-defined]


def held(case: SubjectCase, number: int) -> Held:
    return Held(case.episode(day(number)), {})


def test_two_sick_days_are_an_alert_named_by_the_first_and_one_is_none() -> None:
    sick = [an_attendance(4, "sick"), an_attendance(8, "sick")]
    assert first_days(sick_absence, a_case(7, attendances=sick), SICK) == []
    assert first_days(sick_absence, a_case(8, attendances=sick), SICK) == [day(4).isoformat()]


def test_one_sick_day_with_a_rash_is_enough_whoever_saw_it() -> None:
    told = a_case(4, attendances=[an_attendance(4, "sick", symptoms=["rash"])])
    seen = a_case(4, attendances=[an_attendance(4, "sick")], checks=[a_check(4, symptoms=["fever"])])
    cough = a_case(4, attendances=[an_attendance(4, "sick", symptoms=["cough"])])
    assert first_days(sick_absence, told, SICK) == first_days(sick_absence, seen, SICK) == [day(4).isoformat()]
    assert first_days(sick_absence, cough, SICK) == []


def test_a_sick_child_that_comes_again_is_done_and_one_that_left_is_departed() -> None:
    sick = [an_attendance(3, "sick"), an_attendance(4, "sick")]
    back = a_case(5, attendances=[*sick, an_attendance(5)])
    left = a_case(5, attendances=sick, enrolments=[FULL._replace(last=day(4))])
    never = a_case(5, attendances=[an_attendance(3, "personal"), an_attendance(4, "sick")])
    assert first_days(sick_absence, back, SICK) == first_days(sick_absence, left, SICK) == []
    assert sick_absence.ended(back, held(back, 3), SICK) == "done"
    assert sick_absence.ended(left, held(left, 3), SICK) == "departed"
    assert sick_absence.ended(never, held(never, 3), SICK) == "corrected"


def test_who_is_let_in_with_37_5_is_an_alert_until_the_next_day() -> None:
    checks = [a_check(3, temperature=37.5)]
    assert first_days(fever_admitted, a_case(3, checks=[a_check(3, temperature=37.4)]), FEVER) == []
    assert first_days(fever_admitted, a_case(2, checks=checks), FEVER) == []
    for today in (3, 4):
        assert first_days(fever_admitted, a_case(today, checks=checks), FEVER) == [day(3).isoformat()]
    over = a_case(5, checks=checks)
    assert first_days(fever_admitted, over, FEVER) == []
    assert fever_admitted.ended(over, held(over, 3), FEVER) == "expired"


def test_a_later_check_that_sends_home_ends_it_and_an_earlier_one_does_not() -> None:
    hot = a_check(3, temperature=38.2, hour=9)
    later = a_case(3, checks=[hot, a_check(3, action="sent-home", hour=10)])
    earlier = a_case(3, checks=[hot, a_check(3, action="observed", hour=8)])
    assert first_days(fever_admitted, later, FEVER) == []
    assert fever_admitted.ended(later, held(later, 3), FEVER) == "done"
    assert first_days(fever_admitted, earlier, FEVER) == [day(3).isoformat()]
    assert fever_admitted.ended(a_case(3), held(a_case(3), 3), FEVER) == "corrected"


def test_of_checks_of_one_moment_the_record_id_decides() -> None:
    hot = a_check(3, temperature=38.2, record="B")
    before, after = (a_check(3, action="isolated", record=record) for record in "AC")
    assert first_days(fever_admitted, a_case(3, checks=[hot, before]), FEVER) == [day(3).isoformat()]
    assert first_days(fever_admitted, a_case(3, checks=[hot, after]), FEVER) == []


def test_a_present_child_without_a_check_is_told_of_at_noon_and_on_the_next_day() -> None:
    given = {"attendances": [an_attendance(3)], "morning": {day(3)}}
    assert first_days(not_checked, a_case(3, hour=11, **given), UNCHECKED) == []
    assert first_days(not_checked, a_case(3, hour=12, **given), UNCHECKED) == [day(3).isoformat()]
    assert first_days(not_checked, a_case(4, hour=0, **given), UNCHECKED) == [day(3).isoformat()]
    over = a_case(5, **given)
    assert first_days(not_checked, over, UNCHECKED) == []
    assert not_checked.ended(over, held(over, 3), UNCHECKED) == "expired"


def test_a_rule_that_waits_for_noon_is_asked_again_today() -> None:
    case = a_case(3, hour=11, attendances=[an_attendance(3)], morning={day(3)})
    assert not_checked.find(case, UNCHECKED).wake_on == day(3)


def test_nobody_is_missed_where_nobody_was_checked_or_who_was_absent() -> None:
    assert first_days(not_checked, a_case(3, attendances=[an_attendance(3)]), UNCHECKED) == []
    absent = a_case(3, attendances=[an_attendance(3, "sick")], morning={day(3)})
    assert first_days(not_checked, absent, UNCHECKED) == []
    assert not_checked.ended(absent, held(absent, 3), UNCHECKED) == "corrected"


def test_the_check_that_comes_in_late_ends_it_and_one_at_noon_does_not() -> None:
    came = a_case(4, attendances=[an_attendance(3)], checks=[a_check(3)])
    noon = a_case(4, attendances=[an_attendance(3)], checks=[a_check(3, kind="noon")], morning={day(3)})
    assert first_days(not_checked, came, UNCHECKED) == []
    assert not_checked.ended(came, held(came, 3), UNCHECKED) == "done"
    assert first_days(not_checked, noon, UNCHECKED) == [day(3).isoformat()]
