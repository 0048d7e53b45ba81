"""How far the publication of a file got, kept beside it until it is complete: an interrupted one goes on there."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from streams.errors import Failure

SUFFIX = ".huiyu-progress"
Places = dict[str, dict[int, int]]
"""topic → partition → offset."""


class NotResumable(Failure):
    """Nothing is known of an earlier publication of the file, or the file is another by now."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Up to and including line `lines` everything is acknowledged, or was refused and named.

    `digest`: SHA-256 of those lines. `next`: what was sent after them lies at these offsets or behind them.
    """

    lines: int = 0
    refused: int = 0
    sent: int = 0
    digest: str = ""
    next: Places = field(default_factory=dict)


def progress_file(file: str) -> Path:
    return Path(file + SUFFIX)


def load(file: str) -> Progress | None:
    """None: no publication of the file was interrupted. Raises NotResumable when what is kept cannot be read."""
    path = progress_file(file)
    try:
        kept = orjson.loads(path.read_bytes())
        places = {topic: {int(p): int(at) for p, at in each.items()} for topic, each in kept.pop("next").items()}
        return Progress(**kept, next=places)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        message = f"{path} cannot be read ({type(error).__name__}): remove it and publish the file from its beginning"
        raise NotResumable(message) from error


def save(file: str, progress: Progress) -> None:
    """Whole or not at all. Raises OSError."""
    path = progress_file(file)
    half = path.with_name(path.name + ".half")
    with half.open("wb") as stream:
        stream.write(orjson.dumps(progress, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_INDENT_2))
        stream.flush()
        os.fsync(stream.fileno())
    half.replace(path)


def forget(file: str) -> None:
    """The publication is complete."""
    with contextlib.suppress(FileNotFoundError):
        progress_file(file).unlink()
