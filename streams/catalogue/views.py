"""The views of database huiyu as the DDL declares them: columns, types, comments in two languages. Parses text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from streams.settings import Settings
from streams.store.migrate import files, statements

_TEXT = r"'(?:[^'\\]|''|\\.)*'"
_HEAD = re.compile(r"CREATE\s+(?:OR\s+REPLACE\s+)?VIEW\s+(?:IF\s+NOT\s+EXISTS\s+)?huiyu\.(\w+)\s*\(", re.IGNORECASE)
_PIECE = re.compile(rf"{_TEXT}|[(),]|[^'(),]+", re.DOTALL)
_COLUMN = re.compile(rf"\s*(\w+)\s+(.+?)\s+COMMENT\s+({_TEXT})\s*", re.DOTALL)
_COMMENT_OF_ALL = re.compile(rf"COMMENT\s+({_TEXT})\s*$")
_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as the DDL writes it: Chinese / English."""

    text: str

    @property
    def zh(self) -> str:
        return self.text.partition(" / ")[0]

    @property
    def en(self) -> str:
        return self.text.partition(" / ")[2]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str
    comment: Comment


@dataclass(frozen=True, slots=True)
class View:
    """`parameters`: (name, type) of what a query must give, of a parameterised view."""

    name: str
    columns: tuple[Column, ...]
    comment: Comment
    parameters: tuple[tuple[str, str], ...]


def views() -> dict[str, View]:
    """Every view of huiyu by its name, in the order of the files; a later declaration replaces an earlier one."""
    defaults = Settings.model_construct()  # the defaults, whatever the environment says
    declared = (view_of(statement) for _, sql in files(defaults) for statement in statements(sql))
    return {view.name: view for view in declared if view is not None}


def view_of(statement: str) -> View | None:
    """The view that a statement declares; None: it declares none. Raises ValueError on a column without a comment."""
    head = _HEAD.match(statement)
    if head is None:
        return None
    columns, rest = _parted(statement[head.end() :])
    comment = _COMMENT_OF_ALL.search(rest)
    if comment is None:
        raise ValueError(f"view {head[1]} has no comment")
    parameters = tuple(dict.fromkeys((found[1], found[2]) for found in _PARAMETER.finditer(rest)))
    return View(head[1], tuple(map(_column, columns)), Comment(_unquoted(comment[1])), parameters)


def _parted(text: str) -> tuple[list[str], str]:
    """The columns up to the parenthesis that closes their list, and what stands behind it."""
    columns, depth = [""], 1
    for piece in _PIECE.finditer(text):
        token = piece.group()
        depth += (token == "(") - (token == ")")
        if depth == 0:
            return columns, text[piece.end() :]
        if token == "," and depth == 1:
            columns.append("")
        else:
            columns[-1] += token
    raise ValueError("a list of columns does not end")


def _column(text: str) -> Column:
    found = _COLUMN.fullmatch(text)
    if found is None:
        raise ValueError(f"no column with a comment: {text.strip()}")
    return Column(found[1], " ".join(found[2].split()), Comment(_unquoted(found[3])))


def _unquoted(text: str) -> str:
    return re.sub(r"''|\\(.)", lambda match: match[1] or "'", text[1:-1])
