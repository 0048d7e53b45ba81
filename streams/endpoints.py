"""Where the broker and the store are: the settings say so, else the embedded stack of DATA wrote it down."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote, urlsplit

from streams.errors import Failure, NotRunning
from streams.settings import Settings

RECONNECT_MS = 1_000
"""How long a client of the broker pauses at most between two tries to reach it. kafka-python's own pauses double up to
30 s: a broker that was away for ten seconds would then be away for up to ten more."""


def endpoints_file(data: Path) -> Path:
    """Written by `huiyu up` when the stack is ready, removed by `huiyu down`."""
    return data / "run" / "endpoints.json"


def _embedded(settings: Settings, name: str) -> str:
    path = endpoints_file(settings.data)
    try:
        return str(json.loads(path.read_text())[name])
    except (FileNotFoundError, KeyError):
        unset = f"HUIYU_{name.upper()} is not set"
        raise NotRunning(f"no stack is running in {settings.data} and {unset}: start one with `huiyu up`") from None


def kafka(settings: Settings) -> str:
    """Bootstrap servers."""
    return settings.kafka or _embedded(settings, "kafka")


def clickhouse(settings: Settings) -> str:
    """URL http(s)://user:password@host:port; one that lacks the password is given its file's. Raises Failure."""
    url, file = settings.clickhouse or _embedded(settings, "clickhouse"), settings.clickhouse_password_file
    return url if file is None or urlsplit(url).password else _with_password(url, file)


def _with_password(url: str, file: Path) -> str:
    try:
        password = file.read_text(encoding="utf-8").rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise Failure(f"HUIYU_CLICKHOUSE_PASSWORD_FILE={file} cannot be read: {reason}") from error
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{parts.username or 'default'}:{quote(password, safe='')}@{host}").geturl()
