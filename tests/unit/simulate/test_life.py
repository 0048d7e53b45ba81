"""The county's life: all that can happen in one happens in a simulated one, and the same for the same seed."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import pytest

from schemas.kinds import KINDS
from streams.simulate import Plan, simulate
from tests.support.commands import huiyu
from tests.support.pages import ROOT

Event = dict[str, Any]
PLAN = Plan(children=400, days=60, until=date(2026, 4, 20), seed=5, faults="light")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("life")
    simulate(PLAN, folder)
    return folder


@pytest.fixture(scope="module")
def events(county: Path) -> list[Event]:
    return lines(county / "events.jsonl")


def lines(path: Path) -> list[Any]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def kind(event: Event) -> str:
    return str(event["type"]).removesuffix(".v1")


def test_the_same_seed_is_the_same_county_byte_by_byte(county: Path, tmp_path: Path) -> None:
    simulate(PLAN, tmp_path)
    for path in sorted(county.rglob("*.json*")):
        assert path.read_bytes() == (tmp_path / path.relative_to(county)).read_bytes(), path


def test_every_event_is_one_that_publish_takes(county: Path) -> None:
    done = huiyu("check", str(county / "events.jsonl"))
    assert done.returncode == 0, done.stderr[-2_000:]


def test_every_kind_of_the_contract_is_sent(events: list[Event]) -> None:
    assert {kind(event) for event in events} == {*KINDS}


def test_a_clinic_is_silent_for_three_weeks_and_then_sends_a_stack_of_paper(county: Path, events: list[Event]) -> None:
    schedule = orjson.loads((county / "schedule.json").read_bytes())
    told: dict[str, Counter[date]] = defaultdict(Counter)
    done = 0
    for day in schedule:
        for event in events[done : day["lines"]]:
            told[event["source"]][date.fromisoformat(day["date"])] += 1
        done = day["lines"]
    silences = []
    for source, counts in told.items():
        heard = sorted(counts)
        pauses = [(b - a, counts[b]) for a, b in pairwise(heard)]
        longest, stack = max(pauses, default=(date.min - date.min, 0))
        if source.startswith("clinic:") and source != "clinic:unlisted" and longest.days > 21:
            silences.append((source, stack > 5 * median(counts.values())))
    assert [stack for _, stack in silences] == [True]


def test_children_come_in_waves_and_for_every_service(events: list[Event]) -> None:
    enrolled = [event["data"] for event in events if kind(event) == "child.enrolled"]
    assert {data["service"] for data in enrolled} == {"full-day", "half-day", "hourly", "temporary"}
    (often,) = Counter(data["from_date"] for data in enrolled).most_common(1)
    assert often[0] == "2026-03-01"


def test_the_bureau_takes_back_a_centres_record_with_its_center_id(events: list[Event]) -> None:
    taken = [e for e in events if kind(e) == "record.retracted" and e["source"] == "registry:bureau"]
    assert any(e["data"].get("center_id") for e in taken)


def test_one_record_identity_stands_under_two_children(events: list[Event]) -> None:
    subjects: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for event in events:
        if event["subject"].startswith("cn-id:"):
            subjects[event["source"], kind(event), event["recordid"]].add(event["subject"])
    assert max(map(len, subjects.values())) == 2


def test_some_children_in_a_hundred_have_several_subjects_and_some_of_them_three(county: Path) -> None:
    subjects: dict[str, set[str]] = defaultdict(set)
    for row in lines(county / "truth" / "timeline.jsonl"):
        subjects[row["child_id"]].add(row["subject"])
    joined = [len(names) for names in subjects.values() if len(names) > 1]
    assert orjson.loads((county / "summary.json").read_bytes())["joined"] == len(joined)
    assert 0.02 < len(joined) / len(subjects) < 0.2
    assert {2, 3} <= set(joined)


def test_an_alias_is_linked_through_another_or_has_a_registration_of_its_own(events: list[Event]) -> None:
    links = {e["subject"]: e["data"]["same_as"] for e in events if kind(e) == "identity.linked"}
    assert any(to in links for to in links.values())
    assert any(kind(event) == "child.registered" and event["subject"] in links for event in events)


def test_links_come_before_registrations_from_others_and_after_their_own_withdrawal(events: list[Event]) -> None:
    registered: dict[str, str] = {}
    withdrawn: set[tuple[str, str]] = set()
    seen = set()
    for event in events:
        identity = (event["source"], event["recordid"])
        if kind(event) == "child.registered":
            registered.setdefault(event["subject"], event["source"])
        elif kind(event) == "record.retracted" and event["data"]["kind"] == "identity.linked":
            withdrawn.add(identity)
        elif kind(event) == "identity.linked":
            known = registered.get(event["data"]["same_as"])
            seen |= {"first"} if known is None else {"by another"} if known != event["source"] else set()
            seen |= {"overtaken"} if identity in withdrawn else set()
    assert seen == {"first", "by another", "overtaken"}


def test_only_a_heavy_county_has_links_that_go_round_or_contradict_each_other(county: Path, tmp_path: Path) -> None:
    def problems(folder: Path) -> set[str]:
        return {row["problem"] for row in lines(folder / "truth" / "identity_issues.jsonl")}

    simulate(Plan(children=400, days=60, until=PLAN.until, seed=6, faults="heavy"), tmp_path)
    wrong = {"link-cycle", "contradicting-links", "contradicting-registrations"}
    assert problems(tmp_path) >= {*wrong, "enrolled-unregistered", "same-identity-two-children"}
    assert "link-cycle" not in problems(county)
    assert "contradicting-links" not in problems(county)


def test_some_records_are_published_to_a_partition_of_another_key(county: Path, events: list[Event]) -> None:
    schedule = orjson.loads((county / "schedule.json").read_bytes())
    misrouted = {int(line) for day in schedule for line in day["partitions"]}
    assert misrouted
    assert misrouted <= set(range(1, len(events) + 1))
    topics = {event["source"].partition(":")[0] for event in events if events.index(event) + 1 in misrouted}
    assert topics >= {"clinic", "center"}
    assert any("partition" in fault for fault in lines(county / "faults.jsonl"))


def test_a_centre_closes_a_contract_and_a_carer_go_and_the_books_say_so(county: Path) -> None:
    truth = county / "truth"
    for table, column in (("centers", "closed_on"), ("contracts", "ended_on"), ("staff", "left_on")):
        rows = lines(truth / f"{table}.jsonl")
        assert any(row[column] for row in rows), table
        assert any(row[column] is None for row in rows), table


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_the_countys_calendar_knows_the_holidays_of(year: int, tmp_path: Path) -> None:
    simulate(Plan(children=20, days=10, until=date(year, 3, 1)), tmp_path)
    (calendar,) = lines(tmp_path / "truth" / "calendars.jsonl")
    assert calendar["year"] == year
    assert f"{year}-01-01" in calendar["days_off"]
    assert all(date.fromisoformat(day).weekday() < 5 for day in calendar["days_off"])
    assert all(date.fromisoformat(day).weekday() >= 5 for day in calendar["extra_workdays"])


@pytest.mark.parametrize("seed", range(8))
def test_the_smallest_county_is_written_too(seed: int, tmp_path: Path) -> None:
    assert simulate(Plan(children=10, days=10, seed=seed, faults="heavy"), tmp_path)["events"] > 0


def test_the_page_tells_every_file_and_every_column(county: Path) -> None:
    page = (ROOT / "docs" / "simulator.md").read_text()
    for path in (county / "truth").iterdir():
        assert f"`{path.stem}`" in page or f"`{path.name}`" in page, path.name
        if path.suffix == ".jsonl":
            (told,) = [line for line in page.splitlines() if line.startswith(f"| `{path.stem}` |")]
            assert {name for row in lines(path) for name in row} <= set(re.findall(r"[a-z_0-9]+", told)), path.name


def test_the_default_is_the_reference_county_at_its_end(tmp_path: Path) -> None:
    """30 filed centres, 2,565 inclusive places, 5.63 of them for a thousand residents, every centre contracted."""
    simulate(Plan(days=20), tmp_path)
    county = orjson.loads((tmp_path / "truth" / "county_overview.json").read_bytes())
    assert (county["centers"], county["inclusive_places"], county["residents"]) == (30, 2_565, 455_600)
    assert round(county["places_per_1000"], 2) == 5.63
    assert (county["contracted_centers_pct"], county["certified_staff_pct"]) == (100, 100)
