"""Bugs planted in what the stages tell the store: the comparison with a county's own books reports each of them.

The stages run in memory, so that a county takes seconds; store, sink's rows, views and comparison are the real ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from streams.demo.compare import Comparison, compare
from streams.settings import Settings
from streams.simulate import simulate
from streams.store.client import connect
from streams.store.read import Queries
from streams.timeline.emission import Emission
from tests.support.county import plan
from tests.support.simulated_county import store_twice, told_of
from tests.support.stores import a_migrated_stack, truncate


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with a_migrated_stack(tmp_path_factory.mktemp("planted")) as settings:
        yield settings


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("county")
    simulate(plan(seed=108, faults="heavy", children=60, days=30), folder)
    return folder


def compared(settings: Settings, county: Path) -> Comparison:
    truncate(settings)
    store_twice(told_of(county, seed=1), settings)
    return compare(Queries(connect(settings), settings), county / "truth")


def test_a_county_as_it_is_agrees_with_its_books(settings: Settings, county: Path) -> None:
    comparison = compared(settings, county)
    assert [str(difference) for difference in comparison.differences[:20]] == []
    assert comparison.rows["timeline"] > 500


def test_rows_without_versions_are_reported(settings: Settings, county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound, sound_row = Emission._write, Emission.store_row

    def unversioned(self: Emission, topic: str, key: str, body: dict[str, Any]) -> None:
        sound(self, topic, key, body | {"version": 0})

    def unversioned_row(self: Emission, table: str, version: int, row: dict[str, Any], deleted: bool = False) -> None:
        sound_row(self, table, 0, row, deleted)

    monkeypatch.setattr(Emission, "_write", unversioned)
    monkeypatch.setattr(Emission, "store_row", unversioned_row)
    found = Counter(difference.table for difference in compared(settings, county).differences)
    assert {"timeline", "children", "checkup_milestones"} <= found.keys()


def test_a_tombstone_that_is_left_out_is_reported(
    settings: Settings, county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = Emission._write

    def undying(self: Emission, topic: str, key: str, body: dict[str, Any]) -> None:
        if not body.get("deleted"):
            sound(self, topic, key, body)

    monkeypatch.setattr(Emission, "_write", undying)
    found = {(d.table, d.problem) for d in compared(settings, county).differences}
    assert ("timeline", "unexpected") in found
