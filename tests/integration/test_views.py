"""The views that people query: names, types and comments as the contract has them, rows exact at every moment."""

from __future__ import annotations

import itertools
import random
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from streams.settings import Settings
from streams.sink.rows import Row
from streams.store.migrate import files, migrate
from streams.store.tables import BOOKKEEPING, TABLES
from tests.support.stores import a_migrated_stack, a_row, ask, change, store, truncate
from tests.unit.sink.messages import a_timeline_row, an_alert_row

CONTRACT = {
    "timeline": "child_id subject occurred_at local_date kind source record_id revision age_days center_id class_id "
    "clinic_id data waz haz wlz baz hcz wst_wfa wst_lhfa wst_wfl flags recorded_at accepted_at",
    "children": "child_id subject registered_by registration_record sex birth_date clinic_id status center_id class_id "
    "band service enrolled_from last_checkup_on next_milestone next_due_on open_alerts",
    "checkup_milestones": "child_id clinic_id milestone opens_on due_on overdue_on missed_on status done_on",
    "vaccination_status": "child_id dose vaccine dose_no earliest_on recommended_on overdue_on done_on status "
    "clinic_id",
    "alerts": "alert_id rule rule_version severity child_id center_id clinic_id milestone state resolution due_on "
    "raised_at changed_at acknowledged_at acknowledged_by acknowledged_until acknowledged_reason detail",
    "alert_history": "alert_id at state resolution",
    "center_days": "center_id date enrolled present absent absent_sick absent_unknown checked fever symptomatic "
    "sent_home places",
    "clinic_months": "clinic_id month milestone due done_on_time done_late missed open",
    "growth_months": "place_kind center_id clinic_id month band standard assessed stunted underweight wasted "
    "overweight obese",
    "centers": "center_id name kind ownership places inclusive_places",
    "clinics": "clinic_id name kind",
    "contracts": "contract_id center_id clinic_id services from_date until",
    "staff": "staff_id center_id role certificate valid_until",
    "trainings": "staff_id center_id course hours date",
    "guidance_visits": "center_id clinic_id topics date findings",
    "sources": "source side cadence heard_until state",
    "unlinked_subjects": "subject source records first_at last_at",
    "rejections": "topic partition offset source type subject code path detail received_at",
    "receipts": "source state waits_for event_id record_id kind revision subject code path detail",
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


def test_only_times_that_may_be_unknown_are_nullable(settings: Settings) -> None:
    nullable = ask(
        settings,
        "SELECT table, name FROM system.columns WHERE database = 'huiyu' AND type LIKE 'Nullable(DateTime%'",
    )
    assert set(nullable) == {
        ("alerts", "acknowledged_at"),
        ("sources", "heard_until"),
        ("sources", "registered_at"),
        ("sources", "silent_since"),
        ("county_overview", "now"),
    }


def test_a_store_of_before_is_brought_to_times_that_are_always_given(empty: Settings) -> None:
    nullable = "Nullable(DateTime64(3, 'Asia/Shanghai'))"
    store(empty, a_row("unlinked", subject="s", source="clinic:a", writer="intake", partition=0, records=3))
    change(
        empty,
        f"ALTER TABLE huiyu_store.unlinked MODIFY COLUMN first_at {nullable} DEFAULT NULL, "
        f"MODIFY COLUMN last_at {nullable} DEFAULT NULL",
        "INSERT INTO huiyu_store.unlinked SELECT * REPLACE ('gone' AS subject, NULL AS first_at, NULL AS last_at, "
        "1 AS is_deleted) FROM huiyu_store.unlinked",
        "DELETE FROM huiyu_store.migrations WHERE name = '006_always_given.sql'",
    )
    assert migrate(empty) == ["006_always_given.sql"]
    types = "SELECT DISTINCT type FROM system.columns WHERE table = 'unlinked' AND name IN ('first_at', 'last_at')"
    assert ask(empty, types) == [("DateTime64(3, 'Asia/Shanghai')",)]
    assert ask(empty, "SELECT subject, toString(first_at) FROM unlinked_subjects") == [("s", "2026-01-01 08:00:00.000")]


def test_the_tables_are_as_the_sink_fills_them(settings: Settings) -> None:
    columns: dict[str, dict[str, str]] = {}
    for table, name, kind in ask(
        settings,
        "SELECT table, name, type FROM system.columns WHERE database = 'huiyu_store' "
        "AND default_kind != 'MATERIALIZED'",
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
        here = dict(files(settings))
        assert migrate(elsewhere) == [name for name, text in files(elsewhere) if text != here[name]]
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


AS_OF = {
    "timeline": "child_id, kind, source, record_id, revision",
    "children": "child_id, status, community, open_alerts",
    "checkup_milestones": "child_id, milestone, status, done_on",
    "vaccination_status": "child_id, dose, dose_no, status",
    "alerts": "alert_id, state, resolution",
    "center_days": "center_id, date, enrolled, present",
}
MINUTE = 60_000


def a_version_of_everything(version: int, draw: random.Random) -> list[Row]:
    """New versions of some rows of every table with a log: changes, tombstones, rebirths."""
    known_at, n = 1_772_323_200_000 + version * MINUTE, draw.randrange(4)
    deleted, count = draw.random() < 0.3, draw.randrange(100)
    day = {"center_id": f"c{n}", "date": "2026-03-01", "enrolled": 100, "present": count, "absent": 0}
    day |= dict.fromkeys(("absent_sick", "absent_unknown", "checked", "fever", "symptomatic", "sent_home"), 0)
    status = draw.choice(("open", "overdue", "done-late"))
    state = draw.choice(("open", "escalated", "resolved"))
    rows = {
        "timeline": a_timeline_row(record_id=f"r{n}", revision=count),
        "children": {"child_id": f"k{n}", "status": "active", "community": f"v{count}"},
        "milestones": {"child_id": f"k{n}", "milestone": "m6", "status": status},
        "vaccination_status": {"child_id": f"k{n}", "dose": "MMR-1", "dose_no": 1, "status": status},
        "alerts": an_alert_row(alert_id=f"a{n}", child_id=f"k{draw.randrange(4)}", state=state),
        "center_days": day,
    }
    return [Row(table, version, deleted, known_at, row) for table, row in rows.items()]


def test_every_view_as_of_a_moment_is_the_view_as_it_was_then(empty: Settings) -> None:
    draw = random.Random(20_260_302)
    then: dict[int, dict[str, list[tuple[Any, ...]]]] = {}
    for version in range(1, 13):
        store(empty, *a_version_of_everything(version, draw))
        then[version] = snapshot(empty, dict.fromkeys(AS_OF, ""))
    for version, seen in then.items():
        at = datetime.fromtimestamp(1_772_323_200 + version * 60, UTC).isoformat()
        assert snapshot(empty, dict.fromkeys(AS_OF, f"_as_of(as_of = '{at}')")) == seen


def snapshot(settings: Settings, suffixes: dict[str, str]) -> dict[str, list[tuple[Any, ...]]]:
    return {
        view: ask(settings, f"SELECT {AS_OF[view]} FROM {view}{suffix} ORDER BY ALL")
        for view, suffix in suffixes.items()
    }


def test_as_of_now_is_what_the_view_says_now(empty: Settings) -> None:
    store(empty, *a_version_of_everything(1, random.Random(3)))
    assert snapshot(empty, dict.fromkeys(AS_OF, "_as_of(as_of = now64(3))")) == snapshot(
        empty, dict.fromkeys(AS_OF, "")
    )


def test_no_row_is_ever_counted_twice_while_rows_change_go_and_come_again(empty: Settings) -> None:
    """Of two halves one stands and the other does not, in turns: there are always as many as a half has."""
    halves = ([f"r{n}" for n in range(30)], [f"s{n}" for n in range(30)])
    none = ("present", "absent", "absent_sick", "absent_unknown", "checked", "fever", "symptomatic", "sent_home")

    def version_of(name: str, version: int, deleted: bool) -> list[Row]:
        day = {"center_id": name, "date": "2026-03-01", "enrolled": 1} | dict.fromkeys(none, 0)
        entry = a_timeline_row(record_id=name, revision=version)
        return [Row("timeline", version, deleted, 0, entry), Row("center_days", version, deleted, 0, day)]

    def turn(version: int) -> None:
        rows = [version_of(name, version, (version + half) % 2 == 0) for half in (0, 1) for name in halves[half]]
        store(empty, *itertools.chain.from_iterable(rows))

    turn(1)
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(lambda: [turn(version) for version in range(2, 30)])
        seen = set()
        while not writing.done():
            seen |= set(ask(empty, "SELECT 'timeline', count(), uniqExact(record_id) FROM timeline"))
            seen |= set(ask(empty, "SELECT 'center_days', count(), sum(enrolled) FROM center_days"))
        writing.result()
    assert seen == {("timeline", 30, 30), ("center_days", 30, 30)}
