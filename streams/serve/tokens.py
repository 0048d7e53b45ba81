"""The sources' tokens: who holds one may write as its source. Only hashes are kept; a token is shown once, when made.

A token is 256 random bits, so that its SHA-256 cannot be turned back: nothing slower is needed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import orjson

from schemas.envelope import side_and_id
from streams.embedded.private_file import write_private
from streams.errors import DataUnusable, Failure
from streams.settings import Settings

BEGINS = "huiyu_"
SHOWN = 8
"""Hex digits of its hash by which a token is called."""


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token: enough to recognise it, not to be it."""

    source: str
    sha256: str
    created_at: str

    @property
    def id(self) -> str:
        return self.sha256[:SHOWN]


def tokens_file(settings: Settings) -> Path:
    """HUIYU_SOURCE_TOKENS, else in DATA."""
    return settings.source_tokens or settings.data / "source-tokens.json"


def create(file: Path, source: str, at: datetime) -> str:
    """A new token of this source, beside those that it has. Raises Failure, DataUnusable."""
    if not side_and_id(source)[0]:
        raise Failure(f"{source!r} is no source: clinic:ID, center:ID or registry:ID")
    secret = BEGINS + secrets.token_urlsafe(32)
    made = Token(source, _hash(secret), at.isoformat(timespec="seconds"))
    _change(file, lambda known: [*known, made])
    return secret


def revoke(file: Path, source: str, id: str | None = None) -> int:
    """Forget all tokens of this source, or the one with this id; how many. Raises DataUnusable."""
    gone: list[Token] = []

    def without(known: Sequence[Token]) -> list[Token]:
        gone.extend(token for token in known if token.source == source and id in (None, token.id))
        return [token for token in known if token not in gone]

    _change(file, without)
    return len(gone)


def read(file: Path) -> list[Token]:
    """Every token; none where there is no file. Raises DataUnusable."""
    try:
        return [Token(**each) for each in orjson.loads(file.read_bytes())]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DataUnusable(f"the tokens' file {file} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise DataUnusable(f"the tokens' file {file} is not as `huiyu source-token` writes it: restore it") from error


class Holders:
    """Whose token it is, by the file as it is now: what is made or revoked holds from the next request on."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: tuple[int, int, int] | None = None
        self._sources: dict[str, str] = {}

    def source_of(self, secret: str) -> str | None:
        """None for a token that there is not. Raises DataUnusable."""
        now = _stamp(self._file)
        if now != self._seen:
            self._sources = {token.sha256: token.source for token in read(self._file)}
            self._seen = now
        return self._sources.get(_hash(secret))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DataUnusable(f"the tokens' file {file} cannot be read: {error.strerror}") from error
    return found.st_ino, found.st_mtime_ns, found.st_size


def _change(file: Path, change: Callable[[Sequence[Token]], Sequence[Token]]) -> None:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(file):
            told = [asdict(token) for token in change(read(file))]
            write_private(file, orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")
    except OSError as error:
        raise DataUnusable(f"the tokens' file {file} cannot be written: {error.strerror}") from error


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """One change at a time: the second sees what the first wrote."""
    lock = os.open(file.with_name(f"{file.name}.lock"), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
