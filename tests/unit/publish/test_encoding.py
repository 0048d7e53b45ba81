"""Values that Python has and JSON has not: each is refused with its place, or written exactly; none becomes another."""

from __future__ import annotations

import json
import math
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.publish import Refused, new_event, new_retraction
from streams.publish.encoding import encoded
from streams.publish.offline import Nowhere, validated
from tests.unit.publish.test_envelope import AT, CHILD, NOW_MS

CHECKUP = {"clinic_id": "a", "weight_kg": 9.6}


def a_checkup(**data: Any) -> dict[str, Any]:
    """An envelope built by hand, as a system does that does not use `new_event`."""
    body = new_event("checkup.recorded", "clinic:a", CHILD, CHECKUP, AT, recordid="V-17")
    return {**body, "data": {**CHECKUP, **data}}


UNSAYABLE: dict[str, tuple[Any, str]] = {
    "NaN": (math.nan, "/data/weight_kg"),
    "Infinity": (math.inf, "/data/weight_kg"),
    "minus Infinity": (-math.inf, "/data/weight_kg"),
    "a Decimal that is no number": (Decimal("NaN"), "/data/weight_kg"),
    "an infinite Decimal": (Decimal("Infinity"), "/data/weight_kg"),
    "a Decimal of many digits": (Decimal("9.6000000000000000000001"), "/data/weight_kg"),
    "a Decimal beyond all numbers": (Decimal("1E+400"), "/data/weight_kg"),
    "an integer beyond 64 bits": (2**64, "/data/weight_kg"),
    "a set": ({9.6}, "/data/weight_kg"),
    "bytes": (b"9.6", "/data/weight_kg"),
    "an object": (object(), "/data/weight_kg"),
    "a lone surrogate": ("\ud800", "/data/weight_kg"),
    "deep inside": ([{"a": (1, math.nan)}], "/data/weight_kg/0/a/1"),
    "a name that is a number": ({1: 2}, "/data/weight_kg"),
    "a name that is a surrogate": ({"\ud800": 2}, "/data/weight_kg"),
}


@pytest.mark.parametrize("way", UNSAYABLE)
@pytest.mark.parametrize(
    "send", [lambda event: validated(event, NOW_MS), Nowhere().publish, encoded], ids=["check", "publish", "encode"]
)
def test_what_json_cannot_say_is_refused_with_its_place(way: str, send: Callable[[Any], Any]) -> None:
    value, place = UNSAYABLE[way]
    with pytest.raises(Refused) as refusal:
        send(a_checkup(weight_kg=value))
    assert [(p.code, p.path) for p in refusal.value.problems] == [("not-json", place)]
    assert str(refusal.value).encode()
    with pytest.raises(Refused):
        new_event("checkup.recorded", "clinic:a", CHILD, {**CHECKUP, "weight_kg": value}, AT)


def test_all_of_them_are_told_at_once() -> None:
    with pytest.raises(Refused) as refusal:
        validated(a_checkup(weight_kg=math.nan, teeth=2**70, conclusions={"a"}), NOW_MS)
    assert {p.path for p in refusal.value.problems} == {"/data/weight_kg", "/data/teeth", "/data/conclusions"}


def test_what_runs_in_circles_is_nested_too_deeply() -> None:
    items: list[Any] = []
    items.append(items)
    with pytest.raises(Refused) as refusal:
        validated(a_checkup(items=items), NOW_MS)
    assert refusal.value.code == "not-json"


def test_what_is_no_object_is_no_event() -> None:
    with pytest.raises(Refused) as refusal:
        Nowhere().publish([a_checkup()])  # type: ignore[arg-type]
    assert refusal.value.code == "not-cloudevents"


def test_a_number_from_a_database_is_written_as_it_is() -> None:
    event = a_checkup(weight_kg=Decimal("9.60"), teeth=Decimal("8"), length_height_cm=Decimal("75.20"))
    sent = json.loads(validated(event, NOW_MS).value)["data"]
    assert (sent["weight_kg"], sent["teeth"], sent["length_height_cm"]) == (9.6, 8, 75.2)
    assert isinstance(sent["teeth"], int)
    plain = new_event("checkup.recorded", "clinic:a", CHILD, CHECKUP, AT)
    assert new_event("checkup.recorded", "clinic:a", CHILD, {**CHECKUP, "weight_kg": Decimal("9.6")}, AT) == plain


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_a_decimal_of_usual_length_keeps_its_value_exactly(number: Decimal) -> None:
    assert json.loads(encoded({"a": number}), parse_float=Decimal, parse_int=Decimal)["a"] == number


def test_null_stays_null_and_any_mapping_is_an_object() -> None:
    event = MappingProxyType({**a_checkup(milestone=None), "data": OrderedDict(CHECKUP, milestone=None)})
    assert json.loads(validated(event, NOW_MS).value)["data"]["milestone"] is None


def test_the_word_null_in_a_text_is_text() -> None:
    assert json.loads(encoded({"a": "null", "b": datetime(2026, 3, 2, tzinfo=UTC)}))["a"] == "null"


def test_a_bureau_says_whose_record_it_retracts() -> None:
    told = ("attendance.recorded", "registry:jingxian", CHILD, "A-1", 2, "wrong child", AT)
    with pytest.raises(Refused) as refusal:
        validated(new_retraction(*told), NOW_MS)
    assert [(p.code, p.path) for p in refusal.value.problems] == [("missing-field", "/data/center_id")]
    sent = validated(new_retraction(*told, center_id="yucai"), NOW_MS)
    assert sent.topic == "center-events"
