"""Markdown: tables, code spans, fences and links to headings, with what would break them escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

GENERATED = "<!-- Made by `make docs`: change what it is made from, not this page. -->"


def page(*blocks: str) -> str:
    """A whole page of blocks with an empty line between them; it says that it is generated."""
    return "\n\n".join((GENERATED, *(block.strip("\n") for block in blocks if block.strip()))) + "\n"


def code(text: object) -> str:
    """A code span; "" for nothing."""
    return f"`{text}`" if text != "" else ""


def codes(texts: Iterable[object], between: str = ", ") -> str:
    return between.join(map(code, texts))


def fence(language: str, text: str) -> str:
    return f"```{language}\n{text.strip()}\n```"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; lines of a cell become <br>, and a bar is no border."""
    lines = [list(heads), ["---"] * len(heads), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def anchor(heading: str) -> str:
    """The fragment by which GitHub and others name a heading."""
    return "#" + re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _cell(text: str) -> str:
    return text.strip().replace("|", "\\|").replace("\n", "<br>")
