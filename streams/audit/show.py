"""Prints an audit: a line a check, then what differs; ids and values only, on standard output."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from streams.audit.compare import Report


def as_json(report: Report) -> dict[str, Any]:
    """The report as one JSON object."""
    checks = [
        {
            "check": check.name,
            "about": check.about,
            "compared": check.compared,
            "differences": check.differing,
            "shown": [asdict(difference) | {"key": dict(difference.key)} for difference in check.differences],
        }
        for check in report.checks
    ]
    return {"differences": report.differing, "notes": report.notes, "checks": checks}


def table(report: Report) -> list[tuple[str, str, str, str]]:
    """(check, rows compared, differences, what it is about)."""
    return [(c.name, f"{c.compared:,}", f"{c.differing:,}", c.about.partition(": ")[0]) for c in report.checks]


def lines(report: Report) -> list[str]:
    """Every difference that was kept, and how many more there are; the notes; the sum."""
    told = []
    for check in report.checks:
        told += [str(difference) for difference in check.differences]
        if check.differing > len(check.differences):
            told.append(f"{check.name}: {check.differing - len(check.differences):,} more")
    return [*told, *(f"note: {note}" for note in report.notes), summary(report)]


def summary(report: Report) -> str:
    compared = sum(check.compared for check in report.checks)
    return f"{compared:,} rows compared in {len(report.checks)} checks, {report.differing:,} differences"
