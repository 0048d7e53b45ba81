"""Whatever comes in, the check answers; and no identity number survives in what a rejection keeps."""

from __future__ import annotations

import json
import unicodedata
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.check import Accepted, Refused, check
from schemas.kinds import KINDS, topic_for
from schemas.masking import masked_bytes
from schemas.problems import CODES
from tests.unit.schemas.published import NOON, a_retraction, an_event

TOPICS = st.sampled_from(["clinic-events", "center-events", "registry-events", None])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["2026-03-02T09:30:00+08:00", "2026-03-02", "clinic:chengguan", "0001-01-01T00:00:00+23:59"])
    | st.sampled_from(["13800138000", "attendance.recorded", "source:clinic:chengguan", "checkup.recorded.v1"])
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
EVENTS = st.sampled_from([an_event(kind) for kind in KINDS] + [a_retraction("center.filed", "registry:b", "center:a")])


@st.composite
def spoiled(draw: st.DrawFn) -> dict[str, Any]:
    """A valid event with up to three of its attributes or fields changed, taken away or added."""
    event = deepcopy(draw(EVENTS))
    for _ in range(draw(st.integers(0, 3))):
        holder = draw(st.sampled_from([event, event["data"] if isinstance(event.get("data"), dict) else event]))
        name = draw(st.sampled_from([*holder, *event]) | st.text(max_size=8)) if holder else "x"
        if draw(st.booleans()):
            holder.pop(name, None)
        else:
            holder[name] = draw(JSON)
    return event


def answers(answer: Accepted | Refused) -> bool:
    """True when an answer is whole; a refusal's problems are known and in order."""
    if isinstance(answer, Accepted):
        return True
    ranks = [CODES.index(problem.code) for problem in answer.problems]
    return bool(ranks) and ranks == sorted(ranks)


@given(st.binary(max_size=300), st.none() | st.binary(max_size=40), TOPICS, st.none() | st.just(NOON))
def test_any_bytes_have_an_answer(value: bytes, key: bytes | None, topic: str | None, at: int | None) -> None:
    assert answers(check(value, key, topic, at))


@given(JSON, TOPICS)
def test_any_json_has_an_answer(value: Any, topic: str | None) -> None:
    assert answers(check(json.dumps(value).encode(), b"x", topic, NOON))


@given(spoiled(), TOPICS, st.none() | st.text(max_size=9), st.booleans())
def test_any_spoiled_event_has_an_answer(
    event: dict[str, Any], topic: str | None, key: str | None, plain: bool
) -> None:
    value = json.dumps(event, ensure_ascii=plain).encode()
    assert answers(check(value, None if key is None else key.encode(), topic, NOON))


@given(spoiled(), st.sampled_from([None, 1, "\t"]), st.booleans())
def test_the_verdict_does_not_depend_on_how_the_json_is_written(
    event: dict[str, Any], indent: Any, plain: bool
) -> None:
    def verdict(text: str) -> list[str]:
        answer = check(text.encode(), None, "clinic-events", NOON)
        return [problem.code for problem in answer.problems] if isinstance(answer, Refused) else []

    compact = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    assert verdict(json.dumps(event, indent=indent, ensure_ascii=plain, sort_keys=True)) == verdict(compact)


@given(EVENTS)
def test_a_valid_event_is_the_same_event_however_it_is_written(event: dict[str, Any]) -> None:
    first = check(json.dumps(event).encode(), None, topic_for(event), NOON)
    assert isinstance(first, Accepted)
    again = json.dumps(event, ensure_ascii=False, indent=2).encode()
    assert check(again, event["subject"].encode(), topic_for(event), NOON) == first


WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@st.composite
def identity_numbers(draw: st.DrawFn) -> str:
    """A valid number, computed here."""
    born = draw(st.dates()).strftime("%Y%m%d").zfill(8)
    digits = f"{draw(st.integers(110000, 659999))}{born}{draw(st.integers(0, 999)):03d}"
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]


def full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


DELIMITERS = st.sampled_from(["", " ", "号", "\n", '"', "\\", "_", "-", "/", "。", "\u0308", "\U0001f476", "\x00"])
WRITTEN = st.sampled_from([str, str.lower, full_width])
PLACES = st.sampled_from(["id", "recordid", "subject", "extension", "name", "data", "deep", "type", "source"])


def planted(event: dict[str, Any], place: str, text: str) -> dict[str, Any]:
    event = deepcopy(event)
    if place == "data":
        event["data"]["note"] = text
    elif place == "deep":
        event["data"]["items"] = [{"code": "x", "value": [text]}]
    elif place == "name":
        event["data"][text] = 1
    else:
        event[place] = text
    return event


@given(EVENTS, PLACES, identity_numbers(), WRITTEN, DELIMITERS, DELIMITERS, st.booleans())
def test_an_identity_number_anywhere_is_refused_and_not_kept(
    event: dict[str, Any], place: str, number: str, written: Any, before: str, after: str, plain: bool
) -> None:
    value = json.dumps(planted(event, place, before + written(number) + after), ensure_ascii=plain).encode()
    answer = check(value, (before + number).encode(), "clinic-events", NOON)
    assert isinstance(answer, Refused)
    assert "raw-identifier" in [problem.code for problem in answer.problems]
    told = [answer.source, answer.type, answer.subject, *map(str, answer.problems), (answer.key or b"").decode()]
    kept = [json.dumps(json.loads(answer.value), ensure_ascii=False), *told]
    assert not any(number in unicodedata.normalize("NFKC", text).upper() for text in kept)


@given(identity_numbers(), st.binary(max_size=30), st.binary(max_size=30), st.integers(0, 90))
def test_between_any_bytes_it_is_not_kept(number: str, before: bytes, after: bytes, cut: int) -> None:
    raw = before + b" " + number.encode() + b"," + after
    assert number.encode() not in masked_bytes(raw, 100)
    assert len(masked_bytes(raw, cut)) == min(cut, len(raw))


@given(st.text(max_size=60).filter(lambda text: sum(c.isnumeric() for c in unicodedata.normalize("NFKC", text)) < 11))
def test_what_holds_no_identifier_is_kept_byte_for_byte(text: str) -> None:
    for raw in (text.encode("utf-8", "surrogatepass"), json.dumps(text).encode(), text.encode("utf-16", "replace")):
        assert masked_bytes(raw) == raw
