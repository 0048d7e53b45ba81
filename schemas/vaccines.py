"""Vaccine codes of the national immunisation schedule (2026 edition), and `other:NAME` for the rest."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from schemas.fields import allowing

CODES = frozenset(
    {
        "BCG",
        "DTaP",
        "HepA-I",
        "HepA-L",
        "HepB",
        "IPV",
        "JE-I",
        "JE-L",
        "MMR",
        "MPSV-A",
        "MPSV-AC",
        "bOPV",
    }
)
ALLOWED = f"{', '.join(sorted(CODES))}, or other:NAME"


def _known(value: str) -> str:
    if value not in CODES and not (value.startswith("other:") and len(value) > len("other:")):
        raise ValueError(ALLOWED)
    return value


_PATTERN = f"^({'|'.join(sorted(CODES))}|other:.+)$"
Vaccine = Annotated[
    str,
    Field(max_length=70, json_schema_extra={"pattern": _PATTERN}),
    AfterValidator(_known),
    allowing(ALLOWED),
]
"""The pattern is for readers of the JSON Schema; what decides is `_known`."""
