"""The simulator's own reading of a child's life."""

from __future__ import annotations

from datetime import date

from streams.simulate.books import JSON, Entry
from streams.simulate.schedule_truth import ChildTruth


def an_entry(kind: str, record: str, on: str, data: JSON) -> Entry:
    return Entry("cn-id:1", kind, "clinic:chengguan", record, f"{on}T10:00:00+08:00", data, date.fromisoformat(on))


def a_registration(record: str, on: str) -> Entry:
    return an_entry("child.registered", record, on, {"birth_date": "2025-06-01", "clinic_id": "chengguan"})


def a_departure(record: str, date_: str, entered: str) -> Entry:
    return an_entry("child.departed", record, entered, {"date": date_, "reason": "moved"})


def test_a_departure_that_was_ended_does_not_hide_one_that_stands() -> None:
    died, older = a_departure("D-1", "2025-12-01", "2025-12-01"), a_departure("D-2", "2025-09-01", "2026-01-05")
    born, back = a_registration("R-1", "2025-06-01"), a_registration("R-2", "2025-10-15")
    assert ChildTruth("1", [born, died, older]).departed_on == date(2025, 9, 1)
    assert ChildTruth("1", [born, died, older, back]).departed_on == date(2025, 12, 1)
    assert ChildTruth("1", [born, died, older, a_registration("R-2", "2025-12-02")]).departed_on is None
