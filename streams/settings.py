"""Every setting of huiyu, typed, read from environment variables with the prefix `HUIYU_`."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "HUIYU_"
NOT_SETTINGS = ("HUIYU_PAGE", "HUIYU_READY_FILE", "HUIYU_STACK")
"""Variables that huiyu sets for its own processes and for the shells of its users."""


class Settings(BaseSettings):
    """Unset `kafka` and `clickhouse` mean the embedded broker and store of `data`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)

    kafka: str | None = Field(
        default=None, description="Kafka bootstrap servers, host:port[,host:port…]; unset: the embedded broker"
    )
    clickhouse: str | None = Field(
        default=None, description="http(s)://user:password@host:port of ClickHouse; unset: the embedded store"
    )
    clickhouse_password_file: Path | None = Field(
        default=None, description="File that holds the password, for an address of ClickHouse that has none"
    )
    data: Path = Field(default=Path("huiyu-data"), description="Folder of the embedded stack: logs, broker, store")
    clock: Literal["live", "manual"] = Field(
        default="live", description="live: ticks at start and hourly; manual: `huiyu tick`"
    )
    timezone: str = Field(default="Asia/Shanghai", description="IANA time zone in which dates are local dates")
    partitions: int = Field(default=8, ge=1, le=256, description="Partitions of every topic, fixed when first created")
    rules: Path | None = Field(
        default=None,
        description="Folder of the county's rule packs (*.toml), which change the national one; unset: none",
    )
    subscriptions: Path | None = Field(
        default=None, description="File of who is told of which alerts (TOML); unset: nobody, and `notify` does not run"
    )
    county_key: SecretStr | None = Field(default=None, description="Key from which subjects are derived (HMAC-SHA256)")
    county_key_file: Path | None = Field(default=None, description="File that holds the county key")

    serve_host: str = Field(default="127.0.0.1", description="Address at which `huiyu run serve` listens")
    serve_port: int | None = Field(
        default=None, ge=1, le=65_535, description="Its port; unset: the embedded stack's own, else 8080"
    )
    serve_certificate: Path | None = Field(
        default=None, description="File of its TLS certificate and those between (PEM); unset: no TLS"
    )
    serve_private_key: Path | None = Field(default=None, description="File of the certificate's private key (PEM)")
    serve_events_per_minute: int = Field(
        default=60_000, ge=1, le=10_000_000, description="Events that one source may send by HTTP within a minute"
    )
    source_tokens: Path | None = Field(
        default=None, description="File of the sources' tokens for HTTP; unset: source-tokens.json in DATA"
    )

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is no IANA time zone such as Asia/Shanghai") from error
        return value

    @field_validator("clickhouse")
    @classmethod
    def _an_address(cls, value: str | None) -> str | None:
        """An empty one is as good as none. What it holds is never told: it may be a password."""
        if value and not _is_address(value):
            raise ValueError("no address such as http://user:password@host:8123")
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


def unknown_variables(names: Iterable[str]) -> list[str]:
    """One line for each HUIYU_ variable that is none of ours, with the setting that was probably meant."""
    known = [*(PREFIX + name.upper() for name in Settings.model_fields), *NOT_SETTINGS]
    strange = sorted(name for name in names if name.upper().startswith(PREFIX) and name.upper() not in known)
    return [_unknown(name, known[: -len(NOT_SETTINGS)]) for name in strange]


def _unknown(name: str, known: list[str]) -> str:
    nearest = difflib.get_close_matches(name.upper(), known, 1)
    return f"unknown setting {name}: " + (f"is it {nearest[0]}?" if nearest else f"there are {', '.join(known)}")


def _is_address(value: str) -> bool:
    try:
        url = urlsplit(value)
        return url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:  # a port that is no number, half a bracket
        return False
