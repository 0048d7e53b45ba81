"""Every setting of huiyu, typed, read from environment variables with the prefix `HUIYU_`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Unset `kafka` and `clickhouse` mean the embedded broker and store of `data`."""

    model_config = SettingsConfigDict(env_prefix="HUIYU_", frozen=True, extra="ignore")

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
    county_key: SecretStr | None = Field(default=None, description="Key from which subjects are derived (HMAC-SHA256)")
    county_key_file: Path | None = Field(default=None, description="File that holds the county key")

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is no IANA time zone such as Asia/Shanghai") from error
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
