"""What came of each run: kept as JSON lines, shown as a table, written into docs/chaos.md."""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson
import psutil

from streams.demo.compare import Difference
from tests.chaos.matrix import runs
from tests.support.injuries import every_injury

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".chaos" / "results.jsonl"
PAGE = ROOT / "docs" / "chaos.md"
BEGIN, END = "<!-- made by make chaos: begin -->", "<!-- made by make chaos: end -->"


@dataclass(frozen=True, slots=True)
class Result:
    """One run: rows that are missing, that are there twice or should not be, that differ; and what the audit found."""

    run: str
    at: str
    machine: str
    events: int
    injuries: Mapping[str, int]
    lost: int
    double: int
    wrong: int
    audit: int
    stall_s: float | None
    seconds: float


def result(
    run: str,
    events: int,
    injuries: Counter[str],
    differences: Iterable[Difference],
    audit: int,
    stall_s: float,
    seconds: float,
) -> Result:
    """Differences counted by what they mean."""
    kinds = Counter(_kind(difference.problem) for difference in differences)
    counts = {name: kinds[name] for name in ("lost", "double", "wrong")}
    at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    return Result(run, at, machine(), events, dict(injuries), **counts, audit=audit, stall_s=stall_s, seconds=seconds)


def _kind(problem: str) -> str:
    return {"missing": "lost", "double": "double", "unexpected": "double"}.get(problem, "wrong")


def machine() -> str:
    """How large this machine is."""
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def keep(found: Result) -> None:
    """Add a result to those of earlier runs."""
    KEPT.parent.mkdir(exist_ok=True)
    with KEPT.open("ab") as file:
        file.write(orjson.dumps(asdict(found)) + b"\n")


def kept() -> list[Result]:
    """The last result of each run, in the order of the matrix."""
    lines = KEPT.read_bytes().splitlines() if KEPT.exists() else []
    last = {found.run: found for found in (Result(**orjson.loads(line)) for line in lines)}
    return [last[str(run)] for run in runs() if str(run) in last]


def tables(found: Sequence[Result]) -> str:
    """The runs, and how often each injury befell each process, as Markdown."""
    return f"{_header(found)}\n\n{_runs(found)}\n\n{_injuries(found)}\n"


def _header(found: Sequence[Result]) -> str:
    first, last = min(r.at for r in found), max(r.at for r in found)
    machines = "; ".join(sorted({r.machine for r in found}))
    total = sum(sum(r.injuries.values()) for r in found)
    return f"{len(found)} of {len(runs())} runs, {total} injuries, {first} to {last} UTC; {machines}."


def _runs(found: Sequence[Result]) -> str:
    rows = [
        (r.run, f"{r.events:,}", sum(r.injuries.values()), r.lost, r.double, r.wrong, r.audit, _stall([r]))
        for r in found
    ]
    total = [sum(getattr(r, name) for r in found) for name in ("lost", "double", "wrong", "audit")]
    events, injuries = sum(r.events for r in found), sum(sum(r.injuries.values()) for r in found)
    rows.append(("**all**", f"{events:,}", injuries, *total, _stall(found)))
    heads = ("run", "events", "injuries", "lost", "double", "wrong", "audit", "longest stall, s")
    return _table(heads, rows)


def _stall(found: Sequence[Result]) -> str:
    """The longest; a dash where it was not measured."""
    known = [r.stall_s for r in found if r.stall_s is not None]
    return f"{max(known):.1f}" if known else "–"


def _injuries(found: Sequence[Result]) -> str:
    counts: Counter[str] = Counter()
    for one in found:
        counts.update(one.injuries)
    targets = list(dict.fromkeys(injury.target for injury in every_injury()))
    rows = []
    for how in dict.fromkeys(injury.how for injury in every_injury()):
        numbers = [counts[f"{how} {target}"] for target in targets]
        rows.append((how, *(number or "" for number in numbers), sum(numbers)))
    return _table(("injury", *targets, "all"), rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def write_page() -> None:
    """Put the tables between the marks of docs/chaos.md."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{tables(kept())}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    write_page()
