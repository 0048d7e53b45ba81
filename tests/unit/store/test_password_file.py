"""The store's password from a file: where it goes, and that it is never shown."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from streams.endpoints import clickhouse
from streams.errors import Failure
from streams.settings import Settings
from streams.store.client import place


def _password(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("address", "user"), [("http://huiyu@store:8123", "huiyu"), ("http://store:8123", "default")])
def test_an_address_without_a_password_takes_the_one_of_the_file(address: str, user: str, tmp_path: Path) -> None:
    file = _password(tmp_path / "password", " a b/c@d:e%20é\n")
    settings = Settings(clickhouse=address, clickhouse_password_file=file)
    url = urlsplit(clickhouse(settings))
    assert (url.username, unquote(url.password or ""), url.hostname, url.port) == (
        user,
        " a b/c@d:e%20é",
        "store",
        8123,
    )
    assert place(settings) == "http://store:8123"


def test_a_password_in_the_address_holds(tmp_path: Path) -> None:
    address = "http://huiyu:its-own@store:8123"
    file = _password(tmp_path / "password", "another")
    assert clickhouse(Settings(clickhouse=address, clickhouse_password_file=file)) == address


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    settings = Settings(clickhouse="http://huiyu@store:8123", clickhouse_password_file=tmp_path / "none")
    with pytest.raises(Failure, match=r"HUIYU_CLICKHOUSE_PASSWORD_FILE=.*none cannot be read"):
        clickhouse(settings)
    (tmp_path / "binary").write_bytes(b"\xff")
    with pytest.raises(Failure, match="not UTF-8"):
        clickhouse(settings.model_copy(update={"clickhouse_password_file": tmp_path / "binary"}))
