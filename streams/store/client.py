"""Connections to ClickHouse, and its errors as failures that an operator can act on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, OperationalError

from streams import endpoints
from streams.errors import DiskFull, Failure, StoreAway, StoreRefused
from streams.settings import Settings

DATABASE = "huiyu"

UNKNOWN_DATABASE, UNKNOWN_TABLE, WRONG_PASSWORD, NO_SPACE = 81, 60, 516, 243
PASSING = {NO_SPACE, 202, 209, 210, 241, 242, 252, 319, 999}
"""Refusals that may end by themselves: no space, too many queries, time-outs, no memory, read-only, too many parts."""


class StoreBusy(StoreRefused):
    """ClickHouse refuses for a reason that may pass: trying again is sensible."""


class StoreFull(StoreBusy):
    """The disk of ClickHouse is full."""

    exit_code = DiskFull.exit_code


def connect(settings: Settings, database: str = DATABASE) -> Client:
    """A client of the configured store. Raises StoreAway, StoreRefused.

    No session: clients in several threads and processes never wait for each other.
    """
    url = urlsplit(endpoints.clickhouse(settings))
    if url.scheme not in ("http", "https") or not url.hostname:
        raise Failure("HUIYU_CLICKHOUSE is no address such as http://user:password@host:8123")
    # The driver also logs every error that it raises, with the address and the server's text.
    logging.getLogger("clickhouse_connect").setLevel(logging.CRITICAL)
    with failures(place(settings)):
        return clickhouse_connect.get_client(
            host=url.hostname,
            port=url.port or (8443 if url.scheme == "https" else 8123),
            secure=url.scheme == "https",
            username=unquote(url.username or "default"),
            password=unquote(url.password or ""),
            database=database,
            autogenerate_session_id=False,
            compress=False,  # the store is on this machine or in the same room: compressing costs more than it saves
            connect_timeout=5,
            client_name="huiyu",
        )


def place(settings: Settings) -> str:
    """The store's address as it may be shown: without the password."""
    url = urlsplit(endpoints.clickhouse(settings))
    return f"{url.scheme}://{url.netloc.rpartition('@')[2]}"


@contextmanager
def failures(address: str) -> Iterator[None]:
    """Turn the driver's errors into StoreAway, StoreBusy or StoreRefused.

    Only ClickHouse's code and name are told, not its text, which may quote what was sent.
    """
    try:
        yield
    except ClickHouseError as error:
        raise _failure(error, address) from error
    except OSError as error:
        raise StoreAway(f"no ClickHouse answers at {address}: is it running? ({type(error).__name__})") from error


def _failure(error: ClickHouseError, address: str) -> Failure:
    code = getattr(error, "code", None)
    if code is None:
        if "No space left" in str(error):
            return _full(address)
        if isinstance(error, OperationalError):
            return StoreAway(f"no ClickHouse answers at {address}: is it running?")
        return StoreRefused(f"the driver of ClickHouse refuses what was to be sent ({type(error).__name__})")
    if code == WRONG_PASSWORD:
        return StoreRefused(f"ClickHouse at {address} refuses the user or the password (set in HUIYU_CLICKHOUSE)")
    if code in (UNKNOWN_DATABASE, UNKNOWN_TABLE):
        return StoreRefused(f"ClickHouse at {address} lacks a database or table: run `huiyu store migrate`")
    if code == NO_SPACE or "No space left" in str(error):
        return _full(address)
    kind = StoreBusy if code in PASSING else StoreRefused
    return kind(f"ClickHouse at {address} refuses: {getattr(error, 'name', None) or 'error'} (code {code})")


def _full(address: str) -> StoreFull:
    return StoreFull(f"the disk of ClickHouse at {address} is full: make room on it")
