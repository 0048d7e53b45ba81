"""What is said when the store cannot be reached: short, and never the password."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from streams.errors import StoreAway
from streams.settings import Settings
from streams.store.client import connect, place


def test_the_address_is_shown_without_user_and_password() -> None:
    assert place(Settings(clickhouse="https://huiyu:s3%40cret@store:8443")) == "https://store:8443"


def test_an_address_that_is_none_is_named_by_its_setting() -> None:
    with pytest.raises(ValidationError, match="clickhouse") as refused:
        Settings(clickhouse="huiyu:s3cret@store:8123")
    assert "s3cret" not in str(refused.value)


def test_a_store_that_does_not_answer_is_away() -> None:
    with pytest.raises(StoreAway, match=r"no ClickHouse answers at http://127\.0\.0\.1:1"):
        connect(Settings(clickhouse="http://huiyu:s3cret@127.0.0.1:1"))
