"""Counties small enough for a test, with every kind of life and fault in them."""

from __future__ import annotations

from datetime import date

from streams.simulate import Faults, Plan


def plan(seed: int, faults: Faults, children: int = 120, days: int = 45) -> Plan:
    """A county of 120 children over 45 days, 3 centres, 4 clinics."""
    return Plan(children=children, days=days, until=date(2026, 5, 31), seed=seed, faults=faults)
