"""Searches logs for everything about children that a county's records held: identifiers, ids, names, raw values."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

SHORTEST = 6
"""A shorter value is in any log by chance."""

PUBLIC = {"specversion", "source", "type", "time", "recordedtime", "center_id", "clinic_id", "class_id", "side", "kind"}
"""Fields that tell nothing of a child; clinics, centres and kinds are in the registry that everybody may see."""

A_TIME, A_CODE = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"[a-z -]+")
LONG_PARTS = re.compile(rb"[0-9a-fA-F]{32}|\d{10,17}[\dXx]?")
PUBLIC_SUBJECTS = ("source:", "center:", "clinic:", "contract:", "calendar:", "region:")
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def secrets_of(county: Path) -> set[str]:
    """What events.jsonl and faults.jsonl of a simulated county hold of children, and their ids."""
    found: set[str] = set()
    for line in (county / "events.jsonl").read_bytes().splitlines():
        found.update(_of_event(orjson.loads(line)))
    for line in (county / "faults.jsonl").read_bytes().splitlines():
        found.update(_of_fault(orjson.loads(line)))
    return {secret for secret in found if len(secret) >= SHORTEST}


def leaks(logs: Path, secrets: Iterable[str]) -> list[str]:
    """file:line of every line that holds a secret, as it is or escaped; never the secret itself."""
    known = defaultdict[str, list[str]](list)
    for secret in secrets:
        known[secret[:SHORTEST]].append(secret)
    return [
        f"{path.name}:{number}"
        for path in sorted(logs.rglob("*"))
        if path.is_file()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if _holds(line, known) or ("\\u" in line and _holds(ESCAPED.sub(_character, line), known))
    ]


def _holds(line: str, known: Mapping[str, list[str]]) -> bool:
    starts = (at for at in range(len(line) - SHORTEST + 1) if line[at : at + SHORTEST] in known)
    return any(line.startswith(secret, at) for at in starts for secret in known[line[at : at + SHORTEST]])


def _character(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))


def _of_event(event: Any) -> Iterator[str]:
    for value in _texts(event):
        if value.startswith(PUBLIC_SUBJECTS):
            continue
        yield value
        if ":" in value:  # a subject: its token alone, and the child's id
            yield value.partition(":")[2]
            yield hashlib.sha256(value.encode()).hexdigest()[:32]


def _of_fault(fault: Mapping[str, Any]) -> Iterator[str]:
    raw = base64.b64decode(fault["value_base64"]) if "value_base64" in fault else str(fault["value"]).encode()
    yield from (part.decode() for part in LONG_PARTS.findall(raw))
    if fault.get("key"):
        yield from _of_event(fault["key"])
    try:
        yield from _of_event(orjson.loads(raw))
    except orjson.JSONDecodeError:
        yield raw.decode(errors="replace")


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value but public fields, times and the words of enumerations."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in PUBLIC:
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str) and not A_TIME.match(value) and not A_CODE.fullmatch(value):
        yield value
