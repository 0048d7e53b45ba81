"""A county day by day, with a clinic that is off for weeks and others on paper: no alarm about who was seen in time."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from streams.simulate import Plan, simulate
from streams.topics import ALERTS
from tests.support.simulated_county import PARTITIONS, told_of

PLAN = Plan(children=160, days=75, until=date(2026, 5, 31), seed=31, faults="none")
Row = dict[str, Any]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("silent")
    simulate(PLAN, folder)
    return folder


@pytest.fixture(scope="module")
def transitions(county: Path) -> list[Row]:
    return transitions_of(county)


def transitions_of(county: Path) -> list[Row]:
    """Every transition of an alert, in the order of its alert's."""
    told = [orjson.loads(record.value or b"") for record in told_of(county, seed=7).all(ALERTS, PARTITIONS)]
    return [{**body["row"], **body["transition"]} for body in sorted(told, key=lambda body: body["version"])]


def truth(county: Path, table: str) -> list[Row]:
    return [orjson.loads(line) for line in (county / "truth" / f"{table}.jsonl").read_bytes().splitlines()]


def test_no_alert_was_ever_raised_about_a_checkup_that_was_done_in_time(county: Path, transitions: list[Row]) -> None:
    in_time = {(m["child_id"], m["milestone"]) for m in truth(county, "checkup_milestones") if m["status"] == "done"}
    raised = {(t["child_id"], t["milestone"]) for t in transitions if t["rule"] == "checkup-overdue"}
    assert len(raised) > 10
    assert raised & in_time == set()


def test_the_silence_of_a_clinic_is_one_alert_that_ends_when_its_data_comes(transitions: list[Row]) -> None:
    of_source: dict[str, list[str]] = {}
    for told in transitions:
        if told["rule"] == "source-silent":
            of_source.setdefault(told["clinic_id"] or told["center_id"], []).append(told["resolution"] or told["state"])
    silent = [told for told in of_source.values() if told[-1] == "done"]
    assert of_source["weijiazhuang"] == ["open"], "it never sent anything"
    assert ["open", "done"] in silent


COUNTIES = (
    (31, "none", 60, "2026-05-29"),
    (32, "light", 24, "2026-05-28"),
    (33, "heavy", 40, "2026-04-24"),
    (34, "heavy", 90, "2026-05-31"),
    (35, "light", 16, "2026-05-20"),
    (36, "light", 60, "2026-05-06"),
)
"""Seed, faults, days and last day: working days among these, for some alerts are about today and yesterday only."""


@pytest.fixture(scope="module", params=COUNTIES, ids=lambda county: f"{county[0]}-{county[1]}")
def simulated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    seed, faults, days, until = request.param
    folder = tmp_path_factory.mktemp("county")
    simulate(Plan(children=200, days=days, until=date.fromisoformat(until), seed=seed, faults=faults), folder)
    return folder


def test_the_active_alerts_are_those_of_the_books(simulated: Path) -> None:
    newest = {told["alert_id"]: told["state"] for told in transitions_of(simulated)}
    active = {name: state for name, state in newest.items() if state != "resolved"}
    assert active == {alert["alert_id"]: alert["state"] for alert in truth(simulated, "alerts")}


def test_rules_about_children_in_centres_find_something_in_these_counties(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    found: set[str] = set()
    for seed, faults, days, until in COUNTIES:
        folder = tmp_path_factory.mktemp("county")
        simulate(Plan(children=200, days=days, until=date.fromisoformat(until), seed=seed, faults=faults), folder)
        found |= {alert["rule"] for alert in truth(folder, "alerts")}
    assert {"absence-unexplained", "sick-absence", "fever-admitted", "not-checked", "cluster"} <= found
