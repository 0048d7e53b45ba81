"""The audit's SQL and the simulator's books agree on every cell: two people's answers to one log, and no stage between.

A disagreement is a mistake of one of them: domain.md and the contract say whose.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from streams.audit import engine
from streams.audit.log import load_records, load_ticks
from streams.clock.moments import utc_text
from streams.simulate import Plan, simulate
from tests.support.pipeline import topic_of
from tests.unit.audit.logs import ZONE, Desk

# truth/TABLE.jsonl → the check whose `expected` says the same, and the columns that name a row in both.
TABLES = {
    "timeline": ("timeline", "child_id, kind, source, record_id"),
    "children": ("children", "child_id"),
    "checkup_milestones": ("checkup_milestones", "child_id, milestone"),
    "alerts": ("active_alerts", "alert_id"),
    "center_days": ("center_days", "center_id, date"),
    "clinic_months": ("clinic_months", "clinic_id, month, milestone"),
    "growth_months": ("growth_months", "place_kind, center_id, clinic_id, month, band, standard"),
    "unlinked_subjects": ("unlinked_subjects", "subject, source"),
    "identity_issues": ("identity_issues", "subject, problem"),
    "centers": ("centers", "center_id"),
    "clinics": ("clinics", "clinic_id"),
    "contracts": ("contracts", "contract_id"),
    "staff": ("staff", "staff_id"),
    "trainings": ("trainings", "staff_id, source, record_id"),
    "guidance_visits": ("guidance_visits", "center_id, source, record_id"),
    "calendars": ("calendars", "year"),
    "populations": ("populations", "region"),
    "sources": ("sources", "source"),
}
PLANS = [
    Plan(children=160, days=40, seed=21, faults="none"),
    Plan(children=160, days=40, seed=22, faults="light"),
    Plan(children=160, days=40, seed=23, faults="heavy"),
    Plan(children=90, days=25, until=date(2026, 3, 3), seed=24, faults="heavy"),
    Plan(children=60, days=400, until=date(2025, 10, 20), seed=25, faults="light"),
    *(Plan(children=10, days=10, seed=seed, faults="heavy") for seed in (0, 2, 4, 6)),
]


RECOMPUTED = ("checkup-overdue", "vaccination-overdue")
"""The rules whose alerts the audit tells from the log; how many there are of others it takes from the store."""


@contextmanager
def a_county(plan: Plan, folder: Path) -> Iterator[Desk]:
    """A county's log, with its faults and its last tick."""
    simulate(plan, folder)
    now = datetime.fromisoformat(orjson.loads((folder / "schedule.json").read_bytes())[-1]["tick_at"])
    appended_at = int(now.timestamp() * 1000)
    rows: list[tuple[Any, ...]] = []
    offsets = dict.fromkeys(("clinic-events", "center-events", "registry-events"), 0)
    for topic, key, value in published(folder):
        rows.append((len(rows), topic, 0, offsets[topic], appended_at, key, value))
        offsets[topic] += 1
    with engine.an_engine(ZONE) as connection:
        load_records(connection, rows)
        load_ticks(connection, [(utc_text(now), topic, 0, end) for topic, end in offsets.items()])
        engine.derive(connection)
        yield Desk(connection)


def published(folder: Path) -> Iterator[tuple[str, bytes | None, bytes | None]]:
    """(topic, key, value) of every event, and of the faulty records in between."""
    faults = [orjson.loads(line) for line in (folder / "faults.jsonl").read_bytes().splitlines()]
    for count, line in enumerate((folder / "events.jsonl").read_bytes().splitlines(), 1):
        event = orjson.loads(line)
        yield topic_of(event), event["subject"].encode(), line
        while faults and faults[0]["after"] <= count:
            fault = faults.pop(0)
            yield fault["topic"], bytes_of(fault, "key"), bytes_of(fault, "value")


def bytes_of(fault: dict[str, Any], name: str) -> bytes | None:
    if f"{name}_base64" in fault:
        return base64.b64decode(fault[f"{name}_base64"])
    text = fault.get(name)
    return None if text is None else str(text).encode()


def differing(desk: Desk, table: str, truth: Path) -> list[tuple[object, ...]]:
    """Rows that only one side has, over the columns that the books keep; a cell that they leave out is not compared."""
    check, keys = TABLES[table]
    desk.connection.execute(engine.text("checks", check))
    types = {row[0]: row[1] for row in desk.ask("DESCRIBE expected")}
    rows = f"read_ndjson_objects('{truth / f'{table}.jsonl'}')"
    kept = [name for (name,) in desk.ask(f"SELECT DISTINCT unnest(json_keys(json)) FROM {rows}") if name in types]
    if not kept:  # the books hold no row
        return desk.ask("SELECT 'audit', * FROM expected ORDER BY ALL LIMIT 5")
    names = keys.split(", ")
    told = ", ".join(f"{_cell(name, types[name])} AS {name}" for name in kept)
    cells = ", ".join(f"CASE WHEN list_contains(names, '{n}') OR e.{n} IS NULL THEN t.{n} ELSE e.{n} END" for n in kept)
    same = " AND ".join(f"e.{name} = t.{name}" for name in names)
    books = f"WITH t AS (SELECT json_keys(json) AS names, {told} FROM {rows}) SELECT {cells} FROM t LEFT JOIN expected AS e ON {same}"  # fmt: skip  # noqa: E501
    sides = (f"SELECT {', '.join(kept)} FROM expected", f"FROM ({books})")
    only = [
        desk.ask(f"SELECT '{side}', * FROM ({one} EXCEPT ALL {other}) ORDER BY ALL LIMIT 5")
        for side, one, other in (("audit", *sides), ("books", *sides[::-1]))
    ]
    return [row for rows in only for row in rows]


def show_alerts_of_other_rules(desk: Desk, truth: Path) -> None:
    """The store shows what the books say of them; the books keep the rest."""
    file = truth / "alerts.jsonl"
    alerts = [orjson.loads(line) for line in file.read_bytes().splitlines()]
    others = [(a["alert_id"], a["rule"], a["child_id"], a["state"]) for a in alerts if a["rule"] not in RECOMPUTED]
    if others:
        insert = "INSERT INTO store.alerts (alert_id, rule, child_id, state) VALUES (?, ?, ?, ?)"
        desk.connection.executemany(insert, others)
    kept = [alert for alert in alerts if alert["rule"] in RECOMPUTED]
    file.write_bytes(b"".join(orjson.dumps(alert, option=orjson.OPT_APPEND_NEWLINE) for alert in kept))


def refused(desk: Desk) -> dict[str, dict[str, int]]:
    """Topic → code → how many."""
    codes = "SELECT topic, code, count(*) AS count FROM refused JOIN log USING (seq) GROUP BY ALL"
    return dict(desk.ask(f"SELECT topic, map(list(code), list(count)) FROM ({codes}) GROUP BY topic"))


def _cell(name: str, kind: str) -> str:
    if name.endswith("_at"):
        return f"epoch_ms((json ->> '$.{name}')::TIMESTAMPTZ)"
    return f"(json {'->' if kind.endswith('[]') else '->>'} '$.{name}')::{kind}"


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.faults}-{plan.seed}")
def test_sql_and_the_countys_books_agree(plan: Plan, tmp_path: Path) -> None:
    with a_county(plan, tmp_path) as desk:
        truth = tmp_path / "truth"
        show_alerts_of_other_rules(desk, truth)
        assert {table: found for table in TABLES if (found := differing(desk, table, truth))} == {}
        assert refused(desk) == orjson.loads((truth / "rejections.json").read_bytes())
        desk.connection.execute(engine.text("checks", "county_overview"))
        columns = "SELECT * EXCLUDE (county, now) FROM expected"
        overview = dict(zip([row[0] for row in desk.ask(f"DESCRIBE {columns}")], desk.one(columns), strict=True))
        books = orjson.loads((truth / "county_overview.json").read_bytes())
        assert overview == {name: pytest.approx(books[name]) for name in overview}


def test_the_faults_of_a_heavy_county_meet_every_code_and_every_status(tmp_path: Path) -> None:
    with a_county(PLANS[2], tmp_path) as desk:
        assert desk.one("SELECT count(DISTINCT code) FROM refused") >= 12
        assert desk.one("SELECT count(DISTINCT status) FROM milestones") == 8
