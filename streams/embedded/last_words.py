"""What a process said last that tells why it ended, found in its log."""

from __future__ import annotations

import json

from streams.embedded.layout import Layout

TELLING = ("huiyu:", "Exception", "ERROR", "Error", "error")
LONGEST = 300


def last_words(layout: Layout, name: str) -> str:
    """One line that says why, as far as its log tells, and where the log is."""
    path = layout.log(name)
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    telling = [line for line in lines if any(word in line for word in TELLING)]
    return f"{_said(telling[-1])} – see {path}" if telling else f"see {path}"


def _said(line: str) -> str:
    """The reason of a line of ours, else the line; never more than a screen takes."""
    try:
        facts = json.loads(line)
    except ValueError:
        return line.strip()[:LONGEST]
    named = facts.get("reason") or facts.get("event", "") if isinstance(facts, dict) else line
    return str(named)[:LONGEST]
