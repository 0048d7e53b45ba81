"""The models are documented in two languages, frozen, and agree with the reference tables and the contract's fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import streams.clinical.reference as reference
from schemas.clinic import CheckupRecorded
from schemas.kinds import KINDS
from schemas.vaccines import CODES

TABLES = Path(next(iter(reference.__path__)))
ATTRIBUTES = {"specversion", "id", "source", "type", "time", "subject", "recordid", "revision", "recordedtime", "data"}


def fields(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from schema["properties"].items()
    for inner in schema.get("$defs", {}).values():
        yield from fields(inner)


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_described_in_english_and_chinese(kind: str) -> None:
    bare = [
        name
        for name, node in fields(KINDS[kind].event_model.model_json_schema())
        if not node.get("description") or not any("\u4e00" <= character <= "\u9fff" for character in node.get("zh", ""))
    ]
    assert bare == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_title_in_both(kind: str) -> None:
    model = KINDS[kind].model
    assert str(model.__doc__).endswith(".")
    assert "\u4e00" <= model.zh[0] <= "\u9fff"


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_event_has_its_attributes_and_the_data_of_its_kind(kind: str) -> None:
    schema = KINDS[kind].event_model.model_json_schema()
    assert set(schema["properties"]) == ATTRIBUTES
    assert {"recordid", "revision", "recordedtime"}.isdisjoint(schema["required"])
    data = schema["$defs"][KINDS[kind].model.__name__]
    assert data["additionalProperties"] is False


def test_models_are_frozen() -> None:
    checkup = CheckupRecorded(clinic_id="chengguan", weight_kg=9.6)
    with pytest.raises(ValidationError):
        checkup.weight_kg = 9.7  # type: ignore[misc]


def test_the_vaccines_are_those_of_the_schedule() -> None:
    schedule = json.loads((TABLES / "vaccines.json").read_text(encoding="utf-8"))
    assert {dose["code"] for dose in schedule["doses"]} == CODES


def test_the_warning_signs_are_those_of_the_table() -> None:
    ages = json.loads((TABLES / "warning_signs.json").read_text(encoding="utf-8"))["ages_months"]
    assert all(0 <= int(age) <= 84 for age in ages)
    assert all([sign["no"] for sign in signs] == [1, 2, 3, 4] for signs in ages.values())


def test_every_reference_table_names_its_source() -> None:
    named = (TABLES / "SOURCES.md").read_text(encoding="utf-8")
    tables = [path.name for path in TABLES.iterdir() if path.suffix in (".json", ".csv")]
    assert len(tables) == 30
    assert [name for name in tables if name not in named and not name.startswith("wst423_2022_")] == []
    assert "wst423_2022_*.csv" in named
