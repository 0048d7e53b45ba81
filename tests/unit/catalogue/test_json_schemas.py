"""The JSON Schemas say what the check says, wherever a JSON Schema can: they are run by jsonschema, not by pydantic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from schemas.kinds import KINDS
from schemas.ranges import shape_problems
from tests.unit.catalogue.places import EXAMPLES, REFERENCE, Event, Place, changed, loaded, places, without

VALID = sorted((EXAMPLES / "valid").iterdir())
SAID_BY_SHAPE = ("--unknown-field", "--missing-field", "--bad-value", "--not-cloudevents", "--wrong-side")
CANNOT_SAY = {
    "attendance.recorded--bad-value-reason-of-presence": "one field's value depends on another's",
    "record.retracted--missing-field-center": "required of a registry's retraction of a centre's record only",
    "record.retracted--wrong-side": "who may retract depends on the kind that is retracted",
    "reporting.completed--bad-value-subject": "the subject repeats another attribute",
    "source.registered--bad-value-side": "a field repeats a part of another attribute",
}
INVALID = sorted(
    path
    for path in (EXAMPLES / "invalid").iterdir()
    if any(code in path.name for code in SAID_BY_SHAPE) and not path.name.endswith(".record.json")
)
NAMES = sorted(path.stem for path in (REFERENCE / "schemas").iterdir())
OTHERS: tuple[Any, ...] = (None, "", "x", "x" * 2000, "2026-03-02", -1e15, 10**15, 0.5, True, [], [None], {}, {"a": 1})
TOLD_ELSEWHERE = {("type",), ("source",)}
"""A schema is of one kind and its senders; the check looks at these two in another step."""


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(loaded(REFERENCE / "schemas" / f"{name}.json"), format_checker=FormatChecker())


def kind_of(path: Path) -> str:
    return max((kind for kind in KINDS if path.stem.startswith(kind)), key=len)


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_one(name: str) -> None:
    schema = loaded(REFERENCE / "schemas" / f"{name}.json")
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_there_is_one_for_each_kind_and_one_for_the_envelope() -> None:
    assert set(NAMES) == {*KINDS, "envelope"}


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_what_is_given_as_valid_is_valid_of_its_kind_and_of_no_other(path: Path) -> None:
    event = loaded(path)
    validator(kind_of(path)).validate(event)
    validator("envelope").validate(event)
    assert [kind for kind in KINDS if validator(kind).is_valid(event)] == [kind_of(path)]


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_what_has_a_wrong_shape_is_refused_where_a_schema_can_say_so(path: Path) -> None:
    assert validator(kind_of(path)).is_valid(loaded(path)) == (path.stem in CANNOT_SAY)


def test_each_exception_is_an_example_that_there_is() -> None:
    assert set(CANNOT_SAY) <= {path.stem for path in INVALID}


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_a_spoiled_event_is_refused_by_the_schema_exactly_when_the_check_refuses_its_shape(path: Path) -> None:
    event, kind = loaded(path), kind_of(path)
    told = validator(kind)
    differing = [
        (place, value)
        for place, value, spoiled in _spoiled(event)
        if place not in TOLD_ELSEWHERE
        and told.is_valid(spoiled) != (shape_problems(KINDS[kind].event_model, spoiled) == [])
        and not _says_the_schema_alone(kind, place)
    ]
    assert differing == []


def _spoiled(event: Event) -> list[tuple[Place, Any, Event]]:
    every = list(places(event))
    replaced = [(place, value, changed(event, place, value)) for place in every for value in OTHERS]
    return replaced + [(place, "left out", without(event, place)) for place in every]


def _says_the_schema_alone(kind: str, place: Place) -> bool:
    """The kinds that can be retracted are in the schema; the check looks at them when it looks at relations."""
    return kind == "record.retracted" and place == ("data", "kind")


def test_an_unknown_field_is_refused_in_data_and_ignored_beside_it() -> None:
    event = loaded(EXAMPLES / "valid" / "checkup.recorded.json")
    told = validator("checkup.recorded")
    assert told.is_valid({**event, "traceparent": "00-1-1-00"})
    assert not told.is_valid({**event, "data": {**event["data"], "wieght_kg": 9.6}})
