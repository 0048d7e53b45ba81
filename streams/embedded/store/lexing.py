"""A statement with everything blanked that is no keyword: what stands in literals, quoted names and comments."""

from __future__ import annotations

import re

_HIDDEN = re.compile(
    rb"""
      (?P<comment> --[^\n]* | \#[!\ \t][^\n]* | /\*.*?(?:\*/|\Z) )
    | \$(?P<tag>\w*)\$ .*? (?:\$(?P=tag)\$|\Z)
    | ' (?:[^'\\]+|\\.|'')* (?:'|\\?\Z)
    | " (?:[^"\\]+|\\.|"")* (?:"|\\?\Z)
    | ` (?:[^`\\]+|\\.|``)* (?:`|\\?\Z)
    """,
    re.S | re.X,
)


def blanked(sql: bytes) -> bytes:
    """The statement with comments as blanks and quoted text as underscores between quotes: every place stays its own.

    Of an insert with its data only what comes before the data means anything.
    """
    return _HIDDEN.sub(_filler, sql)


def _filler(found: re.Match[bytes]) -> bytes:
    text = found.group()
    if found.group("comment") is not None:
        return b" " * len(text)
    return b"'" + b"_" * (len(text) - 2) + b"'" if len(text) > 1 else b"'"
