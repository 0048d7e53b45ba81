"""absence-unexplained: three working days on which a child is away and nobody says why."""

from __future__ import annotations

from datetime import date, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.clinical.center.case import SubjectCase
from streams.clinical.center.seen import Attendance, Enrolment
from streams.clinical.center.working_days import Calendar
from streams.clinical.center_rules import absence_unexplained as rule
from streams.clinical.episode import Held
from tests.spec.center_cases import FULL, a_case, an_attendance, by_day, day

THREE = rule.Parameters(working_days=3)
AWAY = [an_attendance(n, "unknown") for n in (1, 2, 3)]


def names(case: SubjectCase) -> list[str]:
    return [episode.name.rpartition("|")[2] for episode in rule.find(case, THREE).episodes]


def ended(case: SubjectCase, number: int) -> str:
    return rule.ended(case, Held(case.episode(day(number)), {}), THREE)


def test_three_unexplained_days_are_an_alert_named_by_the_first() -> None:
    case = a_case(3, attendances=AWAY)
    assert names(case) == [day(1).isoformat()]
    assert rule.find(case, THREE).episodes[0].due_on == day(1)


def test_two_days_are_none() -> None:
    assert names(a_case(2, attendances=AWAY[:2])) == []


def test_a_weekend_neither_counts_nor_interrupts() -> None:
    away = [an_attendance(4, "unknown"), an_attendance(5, "unknown"), an_attendance(8, "unknown")]
    assert names(a_case(7, attendances=away)) == []
    assert names(a_case(8, attendances=away)) == [day(4).isoformat()]


def test_a_day_off_is_no_working_day_and_an_extra_one_is() -> None:
    away = [an_attendance(4, "unknown"), an_attendance(5, "unknown"), an_attendance(6, "unknown")]
    assert names(a_case(6, attendances=away)) == []
    assert names(a_case(6, attendances=away, calendar=Calendar({day(6): True}))) == [day(4).isoformat()]
    assert names(a_case(6, attendances=away, calendar=Calendar({day(6): True, day(5): False}))) == []


def test_a_day_without_the_childs_record_counts_once_it_is_over() -> None:
    assert names(a_case(3, attendances=AWAY[:2], others_on=[3])) == []
    assert names(a_case(4, attendances=AWAY[:2], others_on=[3])) == [day(1).isoformat()]


def test_a_centre_that_reports_nothing_alarms_nobody() -> None:
    assert names(a_case(5, attendances=[AWAY[0], AWAY[1]])) == []


def test_silence_of_the_centre_does_not_end_an_alert() -> None:
    assert names(a_case(5, attendances=AWAY)) == [day(1).isoformat()]


def test_a_reason_or_presence_ends_it_as_done() -> None:
    for reason in ("", "sick", "personal"):
        case = a_case(4, attendances=[*AWAY, an_attendance(4, reason)])
        assert names(case) == []
        assert ended(case, 1) == "done"


def test_a_reason_given_later_for_its_first_day_corrects_it() -> None:
    case = a_case(3, attendances=[*AWAY, an_attendance(1, "sick", hour=9)])
    assert names(case) == []
    assert ended(case, 1) == "corrected"


def test_a_child_that_left_is_departed() -> None:
    case = a_case(4, attendances=AWAY, others_on=[4], enrolments=[FULL._replace(last=day(3))])
    assert names(case) == []
    assert ended(case, 1) == "departed"


def test_children_of_by_the_hour_care_may_come_when_they_like() -> None:
    assert names(a_case(3, attendances=AWAY, enrolments=[FULL._replace(service="hourly")])) == []


def plain(case: SubjectCase) -> list[str]:
    """The definition, day by day from the first enrolment on."""
    start, count = None, 0
    for number in range(-20, (case.today - day(0)).days + 1):
        d = day(number)
        if d.weekday() > 4:
            continue
        regular = [e for e in case.enrolments if e.first <= d <= e.last and e.service in ("full-day", "half-day")]
        own = sorted((a for a in case.seen.get(d, ()) if isinstance(a, Attendance)), key=lambda a: a.rank)
        if not regular or (own and (own[-1].present or own[-1].reason != "unknown")):
            count = 0
        elif own or (d in case.reported and d < case.today):
            start, count = (d if count == 0 else start), count + 1
        elif d not in case.reported and count < 3:
            count = 0
    return [start.isoformat()] if count >= 3 and start else []


ATTENDANCES = st.builds(an_attendance, st.integers(1, 16), st.sampled_from(["", "unknown", "unknown", "sick"]),
                        st.sampled_from([7, 8]))  # fmt: skip
ENROLMENTS = st.builds(
    lambda first, length, service: Enrolment(day(first), day(first + length), "c1", service),
    st.integers(-6, 10), st.integers(0, 30), st.sampled_from(["full-day", "half-day", "hourly"]),
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.integers(1, 16), st.lists(ATTENDANCES, max_size=12, unique_by=lambda a: a.rank), st.lists(st.integers(1, 16)),
       st.lists(ENROLMENTS, min_size=1, max_size=2))  # fmt: skip
def test_looking_back_finds_what_counting_from_the_start_finds(
    today: int, attendances: list[Attendance], others: list[int], enrolments: list[Enrolment]
) -> None:
    reported: set[date] = {a.day for a in attendances} | {day(n) for n in others}
    case = SubjectCase("cn-id:ann", day(today), time(18), Calendar(), by_day(attendances), enrolments, reported)
    assert names(case) == plain(case)


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 15), st.lists(ATTENDANCES, max_size=12, unique_by=lambda a: a.rank), st.lists(st.integers(1, 16)),
       st.lists(ENROLMENTS, min_size=1, max_size=2))  # fmt: skip
def test_nothing_changes_before_the_day_on_which_the_rule_wakes(
    today: int, attendances: list[Attendance], others: list[int], enrolments: list[Enrolment]
) -> None:
    reported: set[date] = {a.day for a in attendances} | {day(n) for n in others}
    make = lambda t: SubjectCase("x", t, time(18), Calendar(), by_day(attendances), enrolments, reported)  # noqa: E731
    wake_on = rule.find(make(day(today)), THREE).wake_on or day(60)
    for number in range((wake_on - day(today)).days):
        assert names(make(day(today) + timedelta(days=number))) == names(make(day(today)))
