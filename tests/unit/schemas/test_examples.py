"""Every example file is run; every kind has one that is valid and one that is not; none belongs to nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from schemas.check import Accepted, Refused, check
from schemas.kinds import KINDS
from schemas.problems import CODES
from tests.unit.schemas.published import EXAMPLES, NOON, topic_of

VALID = sorted((EXAMPLES / "valid").iterdir())
INVALID = sorted(path for path in (EXAMPLES / "invalid").iterdir() if not path.name.endswith(".record.json"))
RECORDS = sorted((EXAMPLES / "invalid").glob("*.record.json"))


def kind_of(path: Path) -> str:
    """`checkup.recorded` of checkup.recorded-2.json and checkup.recorded--bad-value-revision.json."""
    stem = path.name.removesuffix(".json")
    return max((kind for kind in KINDS if stem == kind or stem.startswith(f"{kind}-")), key=len, default="")


def expected_code(path: Path) -> str:
    rest = path.name.removesuffix(".json").partition("--")[2]
    return max((code for code in CODES if rest == code or rest.startswith(f"{code}-")), key=len, default="")


def run(path: Path) -> Accepted | Refused:
    """The check of an example as its kind's topic would bring it, or as the file beside it says."""
    beside = path.with_name(f"{path.stem}.record.json")
    record = json.loads(beside.read_text()) if beside.exists() else {}
    raw = path.read_bytes()
    try:
        event = json.loads(raw)
        named = event["data"]["kind"] if event["type"] == "record.retracted.v1" else event["type"].removesuffix(".v1")
        side = event["source"].partition(":")[0]
    except (KeyError, ValueError):
        named, side = kind_of(path), "clinic"
    topic = f"{side}-events" if named == "reporting.completed" else topic_of(named)
    key = record["key"].encode() if "key" in record else None
    return check(raw, key, record.get("topic", topic), NOON)


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_what_is_given_as_valid_is_accepted(path: Path) -> None:
    answer = run(path)
    assert isinstance(answer, Accepted), answer.problems
    assert json.loads(path.read_bytes())["type"] == f"{kind_of(path)}.v1"


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_what_is_given_as_invalid_is_refused_with_the_code_in_its_name(path: Path) -> None:
    answer = run(path)
    assert isinstance(answer, Refused)
    assert answer.code == expected_code(path)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_an_example_that_is_valid_and_one_that_is_not(kind: str) -> None:
    assert kind in map(kind_of, VALID)
    assert kind in map(kind_of, INVALID)


def test_no_example_belongs_to_nothing() -> None:
    assert [path.name for path in (*VALID, *INVALID) if not kind_of(path)] == []
    assert [path.name for path in INVALID if not expected_code(path)] == []
    assert [
        path.name for path in RECORDS if path.with_name(path.name.replace(".record.json", ".json")) not in INVALID
    ] == []
    assert {path.name for path in EXAMPLES.iterdir()} == {"README.md", "valid", "invalid"}


def test_an_example_has_one_thing_wrong() -> None:
    several = [path.stem for path in INVALID if len(getattr(run(path), "problems", ())) > 2]
    assert several == []
