"""Whom an alert is for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

ORDER = ("clinic", "contracted-clinic", "center", "bureau")
"""A pack's words for receivers, in the order in which an alert names them."""


def receivers(routing: Sequence[str], clinic_id: str, center_id: str, contracted: Iterable[str]) -> list[str]:
    """`clinic:ID`, `center:ID` and `bureau`, each once; `contracted`: the clinics with a contract with the centre."""
    found = {
        "clinic": [f"clinic:{clinic_id}"] if clinic_id else [],
        "contracted-clinic": [f"clinic:{contracted_id}" for contracted_id in contracted],
        "center": [f"center:{center_id}"] if center_id else [],
        "bureau": ["bureau"],
    }
    return list(dict.fromkeys(receiver for word in ORDER if word in routing for receiver in found[word]))
