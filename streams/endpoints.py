"""Where the broker and the store are: the settings say so, else the embedded stack of DATA wrote it down."""

from __future__ import annotations

import json
from pathlib import Path

from streams.errors import NotRunning
from streams.settings import Settings


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
    """URL http(s)://user:password@host:port."""
    return settings.clickhouse or _embedded(settings, "clickhouse")
