"""The views that people query: names, types and comments as the contract has them, rows exact at every moment."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from streams.settings import Settings
from streams.sink.rows import Row
from streams.store.migrate import files, migrate
from streams.store.tables import BOOKKEEPING, TABLES
from tests.support.stores import a_migrated_stack, a_row, ask, store, truncate
from tests.unit.sink.messages import a_timeline_row

CONTRACT = {
    "timeline": "child_id subject occurred_at local_date kind source record_id revision age_days center_id class_id "
    "clinic_id data waz haz wlz baz hcz flags recorded_at accepted_at",
    "children": "child_id subject registered_by registration_record sex birth_date clinic_id status center_id class_id "
    "band service enrolled_from last_checkup_on next_milestone next_due_on open_alerts",
    "checkup_milestones": "child_id clinic_id milestone opens_on due_on overdue_on missed_on status done_on",
    "alerts": "alert_id rule rule_version severity child_id center_id clinic_id milestone state resolution due_on "
    "raised_at changed_at acknowledged_at acknowledged_by acknowledged_until acknowledged_reason detail",
    "alert_history": "alert_id at state resolution",
    "center_days": "center_id date enrolled present absent absent_sick absent_unknown checked fever symptomatic "
    "sent_home places",
    "clinic_months": "clinic_id month milestone due done_on_time done_late missed open",
    "centers": "center_id name kind ownership places inclusive_places",
    "clinics": "clinic_id name kind",
    "contracts": "contract_id center_id clinic_id services from_date until",
    "staff": "staff_id center_id role certificate valid_until",
    "trainings": "staff_id center_id course hours date",
    "guidance_visits": "center_id clinic_id topics date findings",
    "sources": "source side cadence heard_until state",
    "unlinked_subjects": "subject source records first_at last_at",
    "rejections": "topic partition offset source type subject code path detail received_at",
    "county_overview": "centers inclusive_places residents places_per_1000 enrolled contracted_centers_pct "
    "certified_staff_pct children checkups_due checkups_missed active_alerts",
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with a_migrated_stack(tmp_path_factory.mktemp("stack")) as settings:
        yield settings


@pytest.fixture
def empty(settings: Settings) -> Settings:
    """The store without a row."""
    truncate(settings)
    return settings


def test_every_view_of_the_contract_is_there_with_its_columns(settings: Settings) -> None:
    found: dict[str, set[str]] = {}
    for table, column in ask(settings, "SELECT table, name FROM system.columns WHERE database = 'huiyu'"):
        found.setdefault(table, set()).add(column)
    assert {view: set(columns.split()) - found.get(view, set()) for view, columns in CONTRACT.items()} == {
        view: set() for view in CONTRACT
    }


def test_every_view_and_column_is_commented_in_chinese_and_english(settings: Settings) -> None:
    comments = ask(
        settings,
        "SELECT name, '', comment FROM system.tables WHERE database = 'huiyu' "
        "UNION ALL SELECT table, name, comment FROM system.columns WHERE database = 'huiyu'",
    )
    assert len(comments) > 150
    both = re.compile(r"^[^/]*[\u4e00-\u9fff][^/]* / .*[A-Za-z]{2}")
    assert [(table, column) for table, column, comment in comments if not both.match(comment)] == []


def test_types_are_those_of_the_contract(settings: Settings) -> None:
    types = ask(settings, "SELECT table || '.' || name, name, type FROM system.columns WHERE database = 'huiyu'")
    wrong = []
    for place, name, kind in types:
        time = "DateTime64(3, 'Asia/Shanghai')"
        if name.endswith("_id") and kind != "String":
            wrong.append(place)
        if "DateTime" in kind and kind not in (time, f"Nullable({time})"):
            wrong.append(place)
        if "Date" in kind and "DateTime" not in kind and kind not in ("Nullable(Date)", "Array(Date)"):
            wrong.append(place)
        if name in ("kind", "state", "status", "resolution", "sex", "band", "milestone", "code") and kind != (
            "LowCardinality(String)"
        ):
            wrong.append(place)
    assert wrong == []


def test_the_tables_are_as_the_sink_fills_them(settings: Settings) -> None:
    columns: dict[str, dict[str, str]] = {}
    for table, name, kind in ask(
        settings, "SELECT table, name, type FROM system.columns WHERE database = 'huiyu_store'"
    ):
        columns.setdefault(table, {})[name] = kind.replace(", 'Asia/Shanghai'", "")
    for table in TABLES.values():
        expected = {name: kind.type for name, kind in table.columns.items()}
        expected |= dict(zip(BOOKKEEPING, ("UInt64", "UInt8", "DateTime64(3)"), strict=True))
        for target in table.targets:
            assert columns[target] == expected, target


def test_the_key_of_every_table_is_what_names_a_row(settings: Settings) -> None:
    keys = dict(ask(settings, "SELECT name, sorting_key FROM system.tables WHERE database = 'huiyu_store'"))
    for table in TABLES.values():
        assert keys[table.name] == ", ".join(table.key)
        if table.logged:
            assert keys[f"{table.name}_log"] == ", ".join((*table.key, "version"))


def test_migrating_again_does_nothing(settings: Settings) -> None:
    assert migrate(settings) == []


def test_another_time_zone_is_another_text_and_is_applied(settings: Settings) -> None:
    elsewhere = settings.model_copy(update={"timezone": "Asia/Urumqi"})
    try:
        assert migrate(elsewhere) == [name for name, _ in files(elsewhere)]
        assert ask(settings, "SELECT toTypeName(occurred_at) FROM (SELECT occurred_at FROM timeline) LIMIT 1") == []
        zones = ask(settings, "SELECT type FROM system.columns WHERE database = 'huiyu' AND name = 'occurred_at'")
        assert {zone for (zone,) in zones} == {"DateTime64(3, 'Asia/Urumqi')"}
    finally:
        migrate(settings)


def test_only_the_greatest_version_is_seen_and_no_tombstone(empty: Settings) -> None:
    store(empty, a_row("clinics", 2, clinic_id="a", name="new"), a_row("clinics", 1, clinic_id="a", name="old"))
    store(empty, a_row("clinics", 1, clinic_id="b", name="gone"))
    store(empty, a_row("clinics", 2, True, clinic_id="b"))
    assert ask(empty, "SELECT clinic_id, name FROM clinics") == [("a", "new")]


def test_nothing_is_ever_seen_twice_while_versions_are_written_and_merged(empty: Settings) -> None:
    names = [f"c{n}" for n in range(40)]
    store(empty, *(a_row("clinics", 1, clinic_id=name) for name in names))
    done = threading.Event()

    def write() -> None:
        for version in range(2, 42):
            store(empty, *(a_row("clinics", version, clinic_id=name) for name in names))
        done.set()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        seen = set()
        while not done.is_set() and not writing.done():
            seen |= set(ask(empty, "SELECT count(), uniqExact(clinic_id) FROM clinics"))
        writing.result()
    assert seen == {(40, 40)}


def test_a_date_that_is_not_given_is_null_and_not_1970(empty: Settings) -> None:
    store(empty, a_row("contracts", contract_id="k", from_date=None, until="2026-12-31"))
    assert ask(empty, "SELECT isNull(from_date), toString(until) FROM contracts") == [(1, "2026-12-31")]


def test_the_timeline_as_of_a_moment_is_what_was_known_then(empty: Settings) -> None:
    def entry(version: int, known_at: int, deleted: bool = False, **columns: Any) -> Row:
        return Row("timeline", version, deleted, known_at, a_timeline_row(**columns))

    march = 1_772_323_200_000  # 2026-03-01 08:00 in Shanghai
    hour = 3_600_000
    store(
        empty,
        entry(1, march, record_id="r1", revision=1),
        entry(2, march + 2 * hour, record_id="r1", revision=2),
        entry(1, march, record_id="r2"),
        entry(3, march + 4 * hour, deleted=True, record_id="r2"),
    )

    def known(at: str) -> list[tuple[Any, ...]]:
        return ask(empty, f"SELECT record_id, revision FROM timeline_as_of(as_of = '{at}') ORDER BY record_id")

    assert known("2026-03-01T07:59:59.999+08:00") == []
    assert known("2026-03-01T00:00:00Z") == [("r1", 1), ("r2", 2)]
    assert known("2026-03-01 09:59:59") == [("r1", 1), ("r2", 2)]
    assert known("2026-03-01T10:00:00+08:00") == [("r1", 2), ("r2", 2)]
    assert known("2026-03-01T12:00:00+08:00") == [("r1", 2)]
    assert ask(empty, "SELECT record_id, revision FROM timeline") == [("r1", 2)]
