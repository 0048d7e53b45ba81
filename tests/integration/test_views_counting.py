"""The numbers of the county: what the views count, each worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from streams.settings import Settings
from streams.sink.rows import Row
from streams.store.calls import calls
from streams.store.client import connect
from streams.store.read import Queries
from tests.support.stores import PARTITIONS, a_migrated_stack, a_row, ask, store, truncate
from tests.unit.sink.messages import a_timeline_row, an_alert_row

TODAY = "2026-03-02T04:00:00.000Z"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with a_migrated_stack(tmp_path_factory.mktemp("stack")) as settings:
        yield settings


@pytest.fixture
def empty(settings: Settings) -> Settings:
    """The store without a row."""
    truncate(settings)
    return settings


def ticked(stage: str, at: str = TODAY, partitions: int = PARTITIONS) -> list[Row]:
    return [a_row("watermarks", stage=stage, partition=p, now=at) for p in range(partitions)]


def a_milestone(child: str, milestone: str, status: str, due_on: str, **more: Any) -> Row:
    return a_row("milestones", child_id=child, milestone=milestone, status=status, due_on=due_on, clinic_id="x", **more)


def a_day(center: str, day: str, enrolled: int = 0) -> Row:
    names = ["present", "absent", "absent_sick", "absent_unknown", "checked", "fever", "symptomatic", "sent_home"]
    return a_row("center_days", center_id=center, date=day, enrolled=enrolled, **dict.fromkeys(names, 0))


def test_clinic_months_count_what_is_due_by_now(empty: Settings) -> None:
    store(
        empty,
        a_milestone("c1", "m1", "done", "2026-01-10"),
        a_milestone("c2", "m1", "done-late", "2026-01-31"),
        a_milestone("c3", "m1", "missed", "2026-01-01"),
        a_milestone("c4", "m1", "not-applicable", "2026-01-02"),
        a_milestone("c5", "m1", "excused", "2026-01-02"),
        a_milestone("c1", "m3", "overdue", "2026-02-01"),
        a_milestone("c2", "m3", "open", "2026-03-02"),
        a_milestone("c3", "m3", "open", "2026-03-03"),
        a_milestone("c1", "m6", "upcoming", "2026-05-01"),
        *ticked("timeline"),
    )
    months = (
        "SELECT clinic_id, toString(month), milestone, due, done_on_time, done_late, missed, open FROM clinic_months"
    )
    assert ask(empty, f"{months} ORDER BY month") == [
        ("x", "2026-01-01", "m1", 3, 1, 1, 1, 0),
        ("x", "2026-02-01", "m3", 1, 0, 0, 0, 1),
        ("x", "2026-03-01", "m3", 1, 0, 0, 0, 1),
    ]


def test_before_every_partition_has_ticked_nothing_is_due(empty: Settings) -> None:
    store(empty, a_milestone("c1", "m1", "done", "2026-01-10"), *ticked("timeline", partitions=PARTITIONS - 1))
    assert ask(empty, "SELECT count() FROM clinic_months") == [(0,)]
    assert ask(empty, "SELECT now, checkups_due, contracted_centers_pct FROM county_overview") == [(None, 0, None)]


def test_now_is_that_of_the_slowest_partition(empty: Settings) -> None:
    slow = a_row("watermarks", version=9, stage="timeline", partition=1, now="2026-01-31T15:59:59.000Z")
    store(empty, *ticked("timeline"), slow, a_milestone("c1", "m1", "open", "2026-02-01"))
    assert ask(empty, "SELECT toString(now) FROM county_overview") == [("2026-01-31 23:59:59.000",)]
    assert ask(empty, "SELECT count() FROM clinic_months") == [(0,)]


def test_the_overview_of_an_empty_store_is_one_row_of_nothing(empty: Settings) -> None:
    assert ask(empty, "SELECT * FROM county_overview") == [(0, 0, 0, None, 0, None, None, 0, 0, 0, 0, None)]


def test_the_overview_counts_what_is_in_force_today(empty: Settings) -> None:
    def center(name: str, **more: Any) -> Row:
        return a_row("centers", center_id=name, places=60, inclusive_places=40, **more)

    def contract(name: str, center_id: str, **more: Any) -> Row:
        return a_row("contracts", contract_id=name, center_id=center_id, **{"from_date": "2026-01-01", **more})

    def carer(name: str, **more: Any) -> Row:
        return a_row("staff", staff_id=name, center_id="a", certificate="C", **more)

    def child(name: str, status: str) -> Row:
        return a_row("children", child_id=name, status=status)

    store(
        empty,
        *(center("a"), center("b"), center("c"), center("d", closed_on="2026-03-03")),
        center("closed", closed_on="2026-03-02"),
        *(contract("1", "a"), contract("2", "a", until="2026-03-02"), contract("3", "b", until="2026-03-01")),
        *(contract("4", "c", ended_on="2026-03-02"), contract("5", "d", from_date="2026-03-03")),
        contract("6", "closed"),
        *(carer("p1"), carer("p2", valid_until="2026-03-02"), carer("p3", valid_until="2026-03-01")),
        *(carer("p4", left_on="2026-03-02"), carer("p5", left_on="2026-03-03", valid_until="2026-02-01")),
        *(a_day("a", "2026-03-01", 30), a_day("a", "2026-03-02", 12), a_day("b", "2026-03-02", 7)),
        *(child("c1", "active"), child("c2", "active"), child("c3", "departed")),
        a_row("populations", region="130423", residents=400_000),
        a_row("populations", region="130424", residents=100_000),
        a_row("populations", region="130423001", residents=5_000),
        *(Row("alerts", 1, False, 0, an_alert_row(alert_id=s, state=s)) for s in ("open", "escalated", "resolved")),
        a_milestone("c1", "m1", "missed", "2026-01-10"),
        a_milestone("c1", "m3", "done", "2026-02-10"),
        *ticked("timeline"),
        *ticked("centers"),
    )
    columns = "centers, inclusive_places, residents, places_per_1000, enrolled, contracted_centers_pct"
    assert ask(empty, f"SELECT {columns} FROM county_overview") == [(4, 160, 500_000, 0.32, 19, 25.0)]
    columns = "certified_staff_pct, children, checkups_due, checkups_missed, active_alerts, toString(now)"
    assert ask(empty, f"SELECT {columns} FROM county_overview") == [(50.0, 2, 2, 1, 2, "2026-03-02 12:00:00.000")]


def test_a_center_that_is_not_filed_has_unknown_places(empty: Settings) -> None:
    store(empty, a_day("a", "2026-03-01", 3), a_day("b", "2026-03-01", 4), a_row("centers", center_id="a", places=60))
    assert ask(empty, "SELECT center_id, enrolled, places FROM center_days ORDER BY 1") == [
        ("a", 3, 60),
        ("b", 4, None),
    ]


def _silence(source: str, state: str) -> Row:
    at = "2026-01-20T00:00:00.000Z"
    told = {"clinic_id": source.removeprefix("clinic:"), "state": state, "rule_version": 1, "detail": {}}
    told |= {"raised_at": at, "changed_at": at}
    return a_row("alerts", alert_id=source, rule="source-silent", **told)


def test_sources_say_whether_they_are_registered_and_heard(empty: Settings) -> None:
    def heard(source: str, partition: int, until: str) -> Row:
        return a_row("source_heard", source=source, partition=partition, heard_until=f"{until}T00:00:00.000Z")

    store(
        empty,
        a_row("sources", source="clinic:a", side="clinic", cadence="weekly"),
        a_row("sources", source="clinic:b", side="clinic", cadence="working-days"),
        *(heard("clinic:a", 0, "2026-01-01"), heard("clinic:a", 1, "2026-01-02")),
        *(heard("registry:bureau", 0, "2026-01-03"), heard("center:u", 1, "2026-01-04")),
        a_row("sources", source="clinic:c", side="clinic", cadence="weekly"),
        *(heard("clinic:c", 0, "2026-01-01"), _silence("clinic:c", "open"), _silence("clinic:a", "resolved")),
    )
    assert ask(empty, "SELECT source FROM sources WHERE silent_since IS NOT NULL") == [("clinic:c",)]
    columns = "source, side, cadence, state, substring(toString(heard_until), 1, 10)"
    assert ask(empty, f"SELECT {columns} FROM sources ORDER BY source") == [
        ("center:u", "center", "", "unregistered", "2026-01-04"),
        ("clinic:a", "clinic", "weekly", "heard", "2026-01-02"),
        ("clinic:b", "clinic", "working-days", "registered", None),
        ("clinic:c", "clinic", "weekly", "silent", "2026-01-01"),
        ("registry:bureau", "registry", "irregular", "heard", "2026-01-03"),
    ]


def test_what_waits_is_added_up_over_those_who_hold_it(empty: Settings) -> None:
    def waits(writer: str, records: int, day: str, version: int = 1, deleted: bool = False) -> Row:
        at = f"2026-01-{day}T00:00:00.000Z"
        key = {"subject": "cn-id:5f", "source": "clinic:a", "writer": writer, "partition": 0}
        return a_row("unlinked", version, deleted, **key, records=records, first_at=at, last_at=at)

    store(empty, waits("intake", 3, "02"), waits("timeline", 2, "05"))
    totals = "SELECT subject, source, records, dateDiff('day', first_at, last_at) FROM unlinked_subjects"
    assert ask(empty, totals) == [("cn-id:5f", "clinic:a", 5, 3)]
    store(empty, waits("intake", 0, "02", 2, deleted=True), waits("timeline", 0, "05", 2))
    assert ask(empty, totals) == []


def a_visit(child: str, on: str, record: str, **columns: Any) -> Row:
    """A girl's visit at clinic x, born 2025-01-31 unless `age_days` says another age."""
    age = (date.fromisoformat(on) - date(2025, 1, 31)).days
    at = f"{on}T01:00:00.000Z"
    row = {"child_id": child, "record_id": record, "local_date": on, "occurred_at": at, "age_days": age, "flags": []}
    scores = dict.fromkeys(("waz", "haz", "wlz", "baz", "hcz", "wst_wfa", "wst_lhfa", "wst_wfl"))
    return a_row("timeline", **a_timeline_row(**{**row, **scores, "clinic_id": "x"} | columns))


def growth(settings: Settings, standard: str) -> list[tuple[Any, ...]]:
    """(place, month, band, assessed, stunted, underweight, wasted, overweight, obese)."""
    columns = "concat(center_id, clinic_id), toString(month), band, assessed, stunted, underweight, wasted, overweight"
    return ask(settings, f"SELECT {columns}, obese FROM growth_months WHERE standard = '{standard}' ORDER BY ALL")


def test_growth_months_count_the_latest_visit_of_each_child_that_could_be_judged(empty: Settings) -> None:
    store(
        empty,
        a_visit("c1", "2026-03-02", "a", haz=-2.01, waz=-2.0, wlz=0.1),
        a_visit("c1", "2026-03-09", "b", haz=-2.0, waz=-2.01, wlz=2.01),
        a_visit("c1", "2026-03-30", "c"),
        a_visit("c2", "2026-03-05", "d", wlz=-3.5),
        a_visit("c2", "2026-04-05", "e", wlz=3.01),
        a_visit("c3", "2026-03-05", "f", center_id="y", clinic_id="", kind="measurement.recorded", haz=-4.0),
    )
    assert growth(empty, "WHO 2006") == [
        ("x", "2026-03-01", "12-23", 2, 0, 1, 1, 1, 0),
        ("x", "2026-04-01", "12-23", 1, 0, 0, 0, 1, 1),
        ("y", "2026-03-01", "12-23", 1, 1, 0, 0, 0, 0),
    ]
    assert growth(empty, "WS/T 423-2022") == []


def test_each_standard_counts_by_its_own_lines(empty: Settings) -> None:
    store(
        empty,
        a_visit("c1", "2026-03-02", "a", wlz=1.9, wst_wfl=1, wst_lhfa=-3, wst_wfa=-2),
        a_visit("c2", "2026-03-02", "b", wlz=2.5, wst_wfl=2, wst_lhfa=-2, wst_wfa=-3),
        a_visit("c3", "2026-03-02", "c", wlz=-1.9, wst_wfl=-3, wst_lhfa=-4, wst_wfa=-4),
    )
    assert growth(empty, "WHO 2006") == [("x", "2026-03-01", "12-23", 3, 0, 0, 0, 1, 0)]
    assert growth(empty, "WS/T 423-2022") == [("x", "2026-03-01", "12-23", 3, 2, 2, 1, 2, 1)]


def test_what_is_hardly_possible_is_not_counted_and_a_retracted_visit_neither(empty: Settings) -> None:
    store(
        empty,
        a_visit("c1", "2026-03-02", "a", haz=-6.5, waz=-1.0, flags=["haz-implausible"]),
        a_visit("c2", "2026-03-02", "b", haz=-6.5, flags=["haz-implausible"]),
        a_visit("c3", "2026-03-02", "c", haz=-3.0),
        a_row("timeline", version=9, deleted=True, **a_timeline_row(child_id="c3", record_id="c")),
    )
    assert growth(empty, "WHO 2006") == [("x", "2026-03-01", "12-23", 1, 0, 0, 0, 0, 0)]


def test_bands_are_months_of_the_calendar_with_the_day_clamped(empty: Settings) -> None:
    """Born on 31 January 2025: six months old on 31 July, twelve on 31 January, 25 months on 28 February 2027."""
    days = ("2025-07-30", "2025-07-31", "2026-01-30", "2026-01-31", "2027-01-30", "2027-01-31", "2030-02-01")
    store(empty, *(a_visit(f"c{n}", day, "a", haz=0.0) for n, day in enumerate(days)))

    bands = ask(empty, "SELECT band, sum(assessed) FROM growth_months GROUP BY band ORDER BY band")
    assert bands == [("0-5", 1), ("12-23", 2), ("24-35", 1), ("6-11", 2), ("60-83", 1)]


def a_child(name: str, status: str = "active", clinic: str = "x") -> Row:
    named = {"child_id": name, "status": status, "clinic_id": clinic, "registration_record": f"R-{name}"}
    return a_row("children", **named, last_checkup_on="2025-12-01")


def overdue(child: str, milestone: str, state: str, due_on: str, **more: Any) -> Row:
    values = {"alert_id": f"a-{child}-{milestone}", "rule": "checkup-overdue", "child_id": child, "clinic_id": "x"}
    return Row("alerts", 1, False, 0, an_alert_row(**values, milestone=milestone, state=state, due_on=due_on, **more))


def a_worklist(settings: Settings) -> None:
    """On 2 March: one missed, one overdue, one overdue whose clinic is silent, some due, one of another clinic."""
    store(
        settings,
        *(a_child(name) for name in ("c1", "c2", "c3", "c4", "c5")),
        a_child("gone", "departed"),
        a_child("theirs", clinic="y"),
        a_milestone("c1", "m3", "missed", "2025-10-01"),
        overdue("c1", "m3", "escalated", "2025-10-01"),
        a_milestone("c2", "m6", "overdue", "2026-01-15"),
        overdue("c2", "m6", "open", "2026-01-15"),
        a_milestone("c3", "m6", "overdue", "2026-01-20"),
        a_milestone("c4", "m8", "open", "2026-03-16"),
        a_milestone("c5", "m8", "upcoming", "2026-03-17"),
        a_milestone("c5", "m6", "done", "2026-02-17"),
        a_milestone("gone", "m8", "open", "2026-03-03"),
        overdue("gone", "m6", "resolved", "2026-01-03"),
        a_milestone("theirs", "m8", "open", "2026-03-03"),
        *ticked("timeline"),
    )


def test_due_soon_is_who_has_an_alert_and_who_is_due_in_fourteen_days(empty: Settings) -> None:
    a_worklist(empty)
    found = ask(empty, "SELECT child_id, milestone, status, alert_state, days_late FROM due_soon ORDER BY child_id")
    assert found == [
        ("c1", "m3", "missed", "escalated", 152),
        ("c2", "m6", "overdue", "open", 46),
        ("c4", "m8", "open", "", -14),
        ("theirs", "m8", "open", "", -1),
    ]


def test_calls_are_in_the_order_in_which_one_would_call(empty: Settings) -> None:
    a_worklist(empty)
    store(empty, overdue("c4", "", "open", "2026-01-10", raised_at="2026-02-01T04:00:00.000Z"))
    client = connect(empty)
    try:
        today = calls(Queries(client, empty), "x")
        later = calls(Queries(client, empty), "x", date(2026, 3, 3))
    finally:
        client.close()
    assert [(row["child_id"], row["state"], row["days_late"]) for row in today] == [
        ("c1", "escalated", 152),
        ("c4", "open", 51),
        ("c2", "open", 46),
        ("c4", "open", -14),
    ]
    assert {row["registration_record"] for row in today} == {"R-c1", "R-c2", "R-c4"}
    assert [(row["child_id"], row["days_late"]) for row in later[3:]] == [("c4", -13), ("c5", -14)]
