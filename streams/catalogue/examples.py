"""The examples that the catalogue shows: examples/events of a checkout, all of which run as tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Examples:
    root: Path

    def text(self, kind: str) -> str:
        """A valid event of a kind, as it is written in its file."""
        return (self.root / "examples" / "events" / "valid" / f"{kind}.json").read_text("utf-8").strip()

    def event(self, kind: str) -> dict[str, Any]:
        """A valid event of a kind."""
        loaded: dict[str, Any] = json.loads(self.text(kind))
        return loaded
