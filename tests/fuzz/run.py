"""`make fuzz`: a hundred thousand hostile records in rounds, and what came of them written into docs/fuzzing.md."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from schemas.problems import CODES
from tests.chaos.results import machine
from tests.fuzz.campaign import Findings, round_of

PAGE = Path(__file__).parents[2] / "docs" / "fuzzing.md"
BEGIN, END = "<!-- made by make fuzz: begin -->", "<!-- made by make fuzz: end -->"
A_ROUND = 500
TAKEN = {"applied", "fact", "reported"}


def rounds(seed: int, inputs: int) -> Findings:
    """Rounds of 500, each of a seed of its own, on all cores."""
    sizes = [min(A_ROUND, inputs - done) for done in range(0, inputs, A_ROUND)]
    found = Findings()
    with ProcessPoolExecutor() as pool:
        for number, one in enumerate(pool.map(round_of, range(seed, seed + len(sizes)), sizes), 1):
            found += one
            if number % 20 == 0:
                print(f"{number * A_ROUND:,} records, {len(found.violations)} violations", flush=True)
    return found


def tables(found: Findings, seed: int, at: str, on: str) -> str:
    """What came of each class, and how often each code was the answer, as Markdown."""
    total = found.answers.total()
    header = f"{total:,} records, {len(found.violations)} violations; seed {seed}, {at} UTC; {on}."
    return f"{header}\n\n{_classes(found.answers)}\n\n{_codes(found.answers)}\n"


def _classes(answers: Counter[tuple[str, str]]) -> str:
    rows = []
    for name in sorted({name for name, _ in answers}):
        of = {answer: count for (one, answer), count in answers.items() if one == name}
        rows.append((name, *_split(of)))
    every: Counter[str] = Counter()
    for (_, answer), count in answers.items():
        every[answer] += count
    return _table(("class", "records", "taken", "parked", "refused"), [*rows, ("**all**", *_split(every))])


def _split(of: dict[str, int] | Counter[str]) -> tuple[str, ...]:
    taken, parked = sum(of.get(answer, 0) for answer in TAKEN), of.get("parked", 0)
    total = sum(of.values())
    return tuple(f"{number:,}" for number in (total, taken, parked, total - taken - parked))


def _codes(answers: Counter[tuple[str, str]]) -> str:
    rows = [(f"`{code}`", f"{sum(n for (_, a), n in answers.items() if a == code):,}") for code in CODES]
    return _table(("refused with", "records"), rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_page(text: str, page: Path = PAGE) -> None:
    """Put the tables between the marks of the page."""
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", "utf-8")


def main() -> int:
    now = datetime.now(UTC)
    asked = argparse.ArgumentParser(description="hostile records through every stage in memory")
    asked.add_argument("--inputs", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=int(now.strftime("%Y%m%d")) * 1_000)
    asked.add_argument("--write", action="store_true", help="write the tables into docs/fuzzing.md")
    given = asked.parse_args()
    found = rounds(given.seed, given.inputs)
    text = tables(found, given.seed, now.strftime("%Y-%m-%d %H:%M"), machine())
    print(text, *found.violations[:20], sep="\n")
    if given.write:
        write_page(text)
    return 1 if found.violations else 0


if __name__ == "__main__":
    sys.exit(main())
