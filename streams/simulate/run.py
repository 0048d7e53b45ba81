"""Writes a county into a folder: what is published, in what order, with which ticks, and what must come of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, time
from pathlib import Path
from random import Random
from typing import Any

import orjson

from streams.simulate.books import JSON, Books
from streams.simulate.calendar import CHINA, at, span
from streams.simulate.centre_life import make_centre_life
from streams.simulate.county_truth import overview, registry
from streams.simulate.facilities import Facilities, make_facilities
from streams.simulate.faults import ANY_PARTITION, Rejected, make_faults
from streams.simulate.links import make_links
from streams.simulate.lives import make_children
from streams.simulate.plan import Plan
from streams.simulate.strangers import make_strangers
from streams.simulate.truth import Truth

SINGLE = ("county_overview", "rejections")


def simulate(plan: Plan, out: Path) -> JSON:
    """Write events.jsonl, faults.jsonl, schedule.json and truth/ into `out`; returns summary.json's content."""
    books = Books(plan, Random(f"{plan.seed}/books"))
    places = make_facilities(plan, books, Random(f"{plan.seed}/facilities"))
    children = make_children(plan, books, places, Random(f"{plan.seed}/children"))
    make_strangers(plan, books, places, children, Random(f"{plan.seed}/strangers"))
    make_centre_life(plan, books, places, children, Random(f"{plan.seed}/centres"))
    make_links(plan, books, places, children, Random(f"{plan.seed}/links"))
    _say_that_all_is_sent(plan, books, places, Random(f"{plan.seed}/reporting"))
    published = sorted(books.published, key=lambda publication: (publication.day, publication.turn))
    events = [publication.event for publication in published]
    faults, codes = make_faults(plan, events, Random(f"{plan.seed}/faults"))
    out.mkdir(parents=True, exist_ok=True)
    _lines(out / "events.jsonl", events)
    _lines(out / "faults.jsonl", faults)
    misrouted = _misrouted(plan, len(events), Random(f"{plan.seed}/partitions"))
    _schedule(plan, out, [publication.day for publication in published], misrouted)
    truth = Truth(books)
    tables = _truth(plan, books, truth, out, codes)
    rows = {name: len(found) for name, found in tables.items()}
    summary = {"events": len(events), "faults": len(faults), "mishaps": books.mishaps, "rows": rows, "seed": plan.seed}
    summary["joined"] = truth.joined()
    (out / "summary.json").write_bytes(orjson.dumps(summary, option=orjson.OPT_INDENT_2))
    return summary


def _say_that_all_is_sent(plan: Plan, books: Books, places: Facilities, random: Random) -> None:
    for day in span(plan.first_day, plan.until)[::7]:
        known = [c.source for c in places.clinics if c.known_from <= day and not c.on_paper]
        known += [center.source for center in places.centers if center.known_from <= day]
        for source in [source for source in known if books.heard_on(source, day) == day]:
            time, data = at(day, 19, random), {"through": at(day, 18, random)}
            books.record("reporting.completed", source, f"source:{source}", time, data, day, calm=True)


def _misrouted(plan: Plan, lines: int, random: Random) -> dict[int, int]:
    """Line of events.jsonl → the partition it is published to, whatever its key says: another client's partitioner."""
    return {
        line: random.randrange(ANY_PARTITION) for line in range(1, lines + 1) if random.random() < plan.misrouted_share
    }


def _schedule(plan: Plan, out: Path, days: list[Any], misrouted: dict[int, int]) -> None:
    ticks, lines = [], 0
    for day in span(plan.first_day, plan.until):
        before = lines
        while lines < len(days) and days[lines] <= day:
            lines += 1
        partitions = {str(line): misrouted[line] for line in range(before + 1, lines + 1) if line in misrouted}
        moment = datetime.combine(day, time(23, 59), CHINA).isoformat()
        ticks.append({"date": day.isoformat(), "tick_at": moment, "lines": lines, "partitions": partitions})
    (out / "schedule.json").write_bytes(orjson.dumps(ticks))


def _truth(plan: Plan, books: Books, truth: Truth, out: Path, codes: Counter[Rejected]) -> dict[str, list[JSON]]:
    tables = truth.tables() | registry(books)
    folder = out / "truth"
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        _lines(folder / f"{name}.jsonl", rows)
    single = {"county_overview": overview(truth, tables, plan.residents), "rejections": _by_topic(codes)}
    for name in SINGLE:
        (folder / f"{name}.json").write_bytes(orjson.dumps(single[name], option=orjson.OPT_INDENT_2))
    return tables


def _by_topic(codes: Counter[Rejected]) -> JSON:
    """Topic → code → how many."""
    counts: JSON = {}
    for (topic, code), count in codes.items():
        counts.setdefault(topic, {})[code] = count
    return counts


def _lines(path: Path, rows: Iterable[JSON]) -> None:
    with path.open("wb") as file:
        file.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
