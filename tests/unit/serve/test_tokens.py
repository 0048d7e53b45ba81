"""Tokens of sources: only hashes are kept, in a file of their owner; what is revoked is refused at once."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.errors import DataUnusable, Failure
from streams.serve.tokens import Holders, create, read, revoke
from tests.support.commands import huiyu, one_line

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def test_a_token_is_its_sources_and_only_its_hash_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "new" / "tokens.json"
    token = create(file, "clinic:a", AT)
    assert Holders(file).source_of(token) == "clinic:a"
    assert token not in file.read_text()
    assert hashlib.sha256(token.encode()).hexdigest() in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert len({create(file, "clinic:a", AT) for _ in range(20)}) == 20
    assert len(token) > 40


def test_what_is_made_and_revoked_holds_from_the_next_question_on(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    holders = Holders(file)
    assert holders.source_of("huiyu_none") is None
    first, second = create(file, "clinic:a", AT), create(file, "clinic:a", AT)
    assert (holders.source_of(first), holders.source_of(second)) == ("clinic:a", "clinic:a")
    assert revoke(file, "clinic:b") == 0
    assert revoke(file, "clinic:a", read(file)[0].id) == 1
    assert (holders.source_of(first), holders.source_of(second)) == (None, "clinic:a")
    assert revoke(file, "clinic:a") == 1
    assert holders.source_of(second) is None


def test_tokens_that_are_made_at_once_are_all_kept(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    with ThreadPoolExecutor(8) as many:
        made = list(many.map(lambda number: create(file, f"clinic:c{number}", AT), range(24)))
    holders = Holders(file)
    assert [holders.source_of(token) for token in made] == [f"clinic:c{number}" for number in range(24)]


@pytest.mark.parametrize("source", ["clinic", "clinic:", "clinic:A", "doctor:a", "clinic:a b", ""])
def test_a_token_is_of_a_source(source: str, tmp_path: Path) -> None:
    with pytest.raises(Failure, match="is no source"):
        create(tmp_path / "tokens.json", source, AT)


@pytest.mark.parametrize("text", ["{", '[{"source": "clinic:a"}]', "[1]", "3"])
def test_a_file_that_is_spoilt_is_told_and_nobody_is_let_in(text: str, tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    file.write_text(text)
    with pytest.raises(DataUnusable, match="restore it"):
        Holders(file).source_of("huiyu_x")
    with pytest.raises(DataUnusable, match="restore it"):
        create(file, "clinic:a", AT)
    assert file.read_text() == text


def test_the_commands_make_list_and_revoke(tmp_path: Path) -> None:
    data = tmp_path / "data"
    made = huiyu("source-token", "create", "clinic:a", data=data)
    token = one_line(made.stdout)
    assert made.returncode == 0
    assert Holders(data / "source-tokens.json").source_of(token) == "clinic:a"
    assert data.stat().st_mode & 0o777 == 0o700
    elsewhere = {"SOURCE_TOKENS": str(tmp_path / "elsewhere.json")}
    other = huiyu("source-token", "create", "center:b", data=data, **elsewhere)
    assert Holders(tmp_path / "elsewhere.json").source_of(one_line(other.stdout)) == "center:b"
    listed = huiyu("source-token", "list", data=data).stdout
    assert "clinic:a" in listed
    assert "center:b" not in listed
    assert token not in listed
    assert huiyu("source-token", "revoke", "clinic:a", data=data).stdout == "1 revoked\n"
    again = huiyu("source-token", "revoke", "clinic:a", data=data)
    assert (again.returncode, "no such token" in one_line(again.stderr)) == (1, True)
