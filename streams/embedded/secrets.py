"""Passwords of the embedded store's users, made once per DATA and readable by its owner only."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass

from streams.embedded.layout import Layout
from streams.embedded.private_file import write_private


@dataclass(frozen=True, slots=True)
class Passwords:
    """`huiyu` may do everything, `analyst` may only read."""

    huiyu: str
    analyst: str


def passwords_of(layout: Layout) -> Passwords:
    """The stack's passwords."""
    if layout.secrets.exists():
        return Passwords(**json.loads(layout.secrets.read_text()))
    made = Passwords(secrets.token_urlsafe(16), secrets.token_urlsafe(16))
    write_private(layout.secrets, json.dumps(asdict(made)))
    return made
