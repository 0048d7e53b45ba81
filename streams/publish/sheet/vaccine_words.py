"""How vaccines are called in Chinese, from the table of the national schedule."""

from __future__ import annotations

import json
from importlib.resources import files

_SCHEDULE = json.loads(files("streams.clinical.reference").joinpath("vaccines.json").read_text(encoding="utf-8"))
VACCINE_WORDS: tuple[tuple[str, str], ...] = tuple(
    {dose["code"]: (dose["code"], dose["vaccine_zh"]) for dose in _SCHEDULE["doses"]}.values()
)
"""(code, name in Chinese), in the order of the schedule."""
