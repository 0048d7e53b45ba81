"""Reads examples of rules from TOML files; what is wrong with one is told with its line."""

from __future__ import annotations

from pathlib import Path

from streams.clinical.pack.reading import validated
from streams.errors import Failure
from streams.rehearsal.example import Example, Examples


def read_examples(path: Path) -> tuple[Example, ...]:
    """Raises Failure for a file that cannot be read, BadPack for one that is malformed."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{path} cannot be read: {error}") from error
    return validated(Examples, text, str(path)).example
