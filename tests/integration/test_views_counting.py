"""The numbers of the county: what the views count, each worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from streams.settings import Settings
from streams.sink.rows import Row
from tests.support.stores import PARTITIONS, a_migrated_stack, a_row, ask, store, truncate
from tests.unit.sink.messages import an_alert_row

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
        return a_row("children", child_id=name, status=status, open_alerts=0)

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


def test_sources_say_whether_they_are_registered_and_heard(empty: Settings) -> None:
    def heard(source: str, partition: int, until: str) -> Row:
        return a_row("source_heard", source=source, partition=partition, heard_until=f"{until}T00:00:00.000Z")

    store(
        empty,
        a_row("sources", source="clinic:a", side="clinic", cadence="weekly"),
        a_row("sources", source="clinic:b", side="clinic", cadence="working-days"),
        *(heard("clinic:a", 0, "2026-01-01"), heard("clinic:a", 1, "2026-01-02")),
        *(heard("registry:bureau", 0, "2026-01-03"), heard("center:u", 1, "2026-01-04")),
    )
    columns = "source, side, cadence, state, substring(toString(heard_until), 1, 10)"
    assert ask(empty, f"SELECT {columns} FROM sources ORDER BY source") == [
        ("center:u", "center", "", "unregistered", "2026-01-04"),
        ("clinic:a", "clinic", "weekly", "heard", "2026-01-02"),
        ("clinic:b", "clinic", "working-days", "registered", None),
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
