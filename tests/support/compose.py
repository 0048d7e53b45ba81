"""docker-compose.yml as Docker Compose reads it: anchors merged, `$$` written for `$`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]


def compose() -> dict[str, Any]:
    """The whole file."""
    read: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return read


def services() -> dict[str, dict[str, Any]]:
    """Every service by name."""
    return dict(compose()["services"])


def own() -> dict[str, dict[str, Any]]:
    """The services that run our image."""
    return {name: service for name, service in services().items() if service["image"].startswith("huiyu:")}


def stages() -> dict[str, dict[str, Any]]:
    """Those of them that run for ever."""
    return {name: service for name, service in own().items() if service["command"][0] == "run"}


def health_command(service: dict[str, Any]) -> str:
    """What Docker gives to `sh -c` inside the container."""
    form, command = service["healthcheck"]["test"]
    assert form == "CMD-SHELL"
    return str(command).replace("$$", "$")
