"""The page of what was found: every class and every code, and nothing else of the page changed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.fuzz.campaign import Findings
from tests.fuzz.run import BEGIN, END, PAGE, tables, write_page

FOUND = Findings(
    Counter({("links", "applied"): 1_200, ("links", "parked"): 3, ("nothing", "not-json"): 40}), ["seed 1: x"]
)


def test_classes_and_codes_are_counted() -> None:
    told = tables(FOUND, 7, "2026-03-02 09:30", "2 cores").splitlines()
    assert told[0] == "1,243 records, 1 violations; seed 7, 2026-03-02 09:30 UTC; 2 cores."
    assert "| links | 1,203 | 1,200 | 3 | 0 |" in told
    assert "| nothing | 40 | 0 | 0 | 40 |" in told
    assert "| **all** | 1,243 | 1,200 | 3 | 40 |" in told
    assert "| `not-json` | 40 |" in told
    assert "| `too-large` | 0 |" in told


def test_only_what_stands_between_the_marks_is_written(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nbehind\n", "utf-8")
    write_page("new", page)
    write_page("newer", page)
    assert page.read_text("utf-8") == f"before\n{BEGIN}\n\nnewer\n{END}\nbehind\n"


def test_the_page_says_what_was_found() -> None:
    text = PAGE.read_text("utf-8")
    assert ", 0 violations; seed " in text.partition(BEGIN)[2].partition(END)[0]
