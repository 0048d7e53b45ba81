"""Puts a run's table into a page of the documentation, between two marks; the prose around it is written by people."""

from __future__ import annotations

from pathlib import Path

from streams.bench.figures import Report
from streams.bench.table import markdown
from streams.errors import Failure

BEGIN, END = "<!-- made by `make bench` -->", "<!-- end of what `make bench` makes -->"


def rewrite(page: Path, report: Report) -> None:
    """Replace what stands between the marks. Raises Failure when the page cannot be read or lacks them."""
    page.write_text(with_table(text_of(page), report), encoding="utf-8")


def text_of(page: Path) -> str:
    """The page's text. Raises Failure unless both marks are there, so that a run need not end to tell."""
    try:
        text = page.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{page} cannot be read ({type(error).__name__})") from error
    if not 0 <= text.find(BEGIN) < text.find(END):
        raise Failure(f"{page} lacks the lines {BEGIN} and {END}, between which the table goes")
    return text


def with_table(text: str, report: Report) -> str:
    """The text with the run's table between its marks."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n\n{markdown(report)}\n\n{END}{after}"
