"""A plain number is refused at every place of every kind where text may stand, and kept nowhere as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from schemas.check import Refused, check
from schemas.internal import Origin
from streams.rejecting import rejected
from streams.sink.rows import rows_of
from tests.fuzz.inputs import MOBILES, RESIDENTS, WIDE, topic_for
from tests.fuzz.judge import shown
from tests.fuzz.line import Line
from tests.fuzz.rules import KINDS, REFERENCE
from tests.support.simulated_broker import Stored
from tests.unit.catalogue.places import EXAMPLES, Event, Place, loaded
from tests.unit.schemas.published import NOON

RESIDENT, MOBILE = RESIDENTS[0], MOBILES[0]
OF_A_CLOUDEVENT = ("specversion", "id", "source", "type")
FORMS = {
    "as it is": str,
    "lower case": str.lower,
    "full-width": lambda number: number.translate(WIDE),
    "mathematical digits": lambda number: "".join(chr(0x1D7D8 + int(c)) if c.isdigit() else c for c in number),
    "behind Chinese": lambda number: f"证件{number}号",
    "between signs": lambda number: f"(№{number})",
    "between control characters": lambda number: f"\x00{number}\n",
    "beside invisible ones": lambda number: f"\u200b{number}\u202e",
}


def texts_of(kind: str) -> list[Place]:
    """Every place of an event of this kind where a text may stand; an item stands for all of its list."""
    schema = loaded(REFERENCE / f"{kind}.json")
    return sorted(set(_texts(schema, schema, ())), key=str)


def _texts(root: Any, node: Any, place: Place) -> Iterator[Place]:
    if "$ref" in node:
        node = root["$defs"][node["$ref"].rpartition("/")[2]]
    for option in node.get("anyOf", ()):
        yield from _texts(root, option, place)
    for name, inner in node.get("properties", {}).items():
        yield from _texts(root, inner, (*place, name))
    if "items" in node:
        yield from _texts(root, node["items"], (*place, 0))
    if node.get("type") == "string" or "enum" in node or "const" in node:
        yield place


def put(value: Any, place: Place, text: Any) -> Any:
    """The value with a text at a place, which is made when it is not there."""
    if not place:
        return text
    first, *rest = place
    if first == 0:
        return [put(value[0] if isinstance(value, list) and value else None, tuple(rest), text)]
    held = value if isinstance(value, dict) else {}
    return {**held, first: put(held.get(first), tuple(rest), text)}


def example(kind: str) -> Event:
    event: Event = loaded(EXAMPLES / "valid" / f"{kind}.json")
    return event


def what_is_kept(event: Event, raw: bytes, key: bytes | None) -> tuple[Refused, list[bytes]]:
    """The refusal, and all that goes to rejected-events and from there into the store."""
    refusal = check(raw, key, topic_for(event), NOON)
    assert isinstance(refusal, Refused)
    message = rejected(0, Origin("clinic-events", 0, 7, NOON), refusal)
    stored = Stored("rejected-events", 0, 1, NOON, message.key, message.value, tuple(message.headers))
    (row,) = rows_of(stored)
    texts = [str(value).encode() for value in row.values.values()]
    return refusal, [message.key or b"", message.value or b"", *(value for _, value in message.headers), *texts]


def is_kept_nowhere(kept: list[bytes], number: str) -> bool:
    return not any(number.upper() in shown(part.decode("utf-8", "replace")) for part in kept)


def refused(event: Event, number: str, place: Place, ascii_only: bool) -> None:
    """An event with the number somewhere is refused for it, and nothing that is kept shows it."""
    raw = json.dumps(event, ensure_ascii=ascii_only).encode()
    subject = event.get("subject")
    refusal, kept = what_is_kept(event, raw, subject.encode() if isinstance(subject, str) else None)
    codes = {problem.code for problem in refusal.problems}
    assert "raw-identifier" in codes, (place, raw)
    assert refusal.code == "raw-identifier" or place[0] in OF_A_CLOUDEVENT, (place, raw)
    assert is_kept_nowhere(kept, number), (place, raw)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_at_every_place_where_a_text_may_stand(kind: str, form: str) -> None:
    found = texts_of(kind)
    assert {("id",), ("source",), ("subject",), ("recordid",)} <= set(found)
    for place in found:
        for number in (RESIDENT, MOBILE) if place[0] == "data" else (RESIDENT,):
            for ascii_only in (False, True):
                refused(put(example(kind), place, FORMS[form](number)), number, place, ascii_only)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_as_the_name_of_a_field_and_within_what_is_no_field(kind: str, form: str) -> None:
    text = FORMS[form](RESIDENT)
    for place in [("extension",), ("data", "extra"), *(p[:-1] for p in texts_of(kind) if len(p) > 1)]:
        for value in ({text: 1}, {"a": [{"b": text}]}, [[text]], {"a": {text: {}}}):
            refused(put(example(kind), place, value), RESIDENT, place or ("data",), True)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_written_with_escapes_at_every_place(kind: str) -> None:
    for number in (RESIDENT, RESIDENT.lower()):
        escaped = "".join(f"\\u{ord(c):04x}" for c in number)
        for some in (escaped, f"\\u{ord(number[0]):04X}{number[1:]}", number[:9] + escaped[54:]):
            for place in texts_of(kind):
                event = put(example(kind), place, "@")
                raw = json.dumps(event).encode().replace(b'"@"', f'"{some}"'.encode())
                refusal, kept = what_is_kept(event, raw, None)
                assert "raw-identifier" in {problem.code for problem in refusal.problems}
                assert is_kept_nowhere(kept, number)


@pytest.mark.parametrize("ending", [b"", b"}", b"\xff", b"\x00"])
def test_in_what_is_no_json_and_in_a_key_that_is_no_text(ending: bytes) -> None:
    for form in FORMS.values():
        for number in (RESIDENT, MOBILE):
            text = json.dumps({"a": form(number)}, ensure_ascii=False).encode()[:-1] + ending
            _, kept = what_is_kept({}, text + b",", b"\xfe" + form(number).encode())
            assert is_kept_nowhere(kept, number), text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "gbk"])
def test_in_another_encoding_as_value_and_as_key(encoding: str) -> None:
    for form in (str, FORMS["full-width"], FORMS["behind Chinese"]):
        raw = json.dumps({"姓名": form(RESIDENT)}, ensure_ascii=False).encode(encoding)
        _, kept = what_is_kept({}, raw, raw)
        for part in kept:
            assert RESIDENT not in shown(part.decode(encoding, "ignore"))


def test_in_the_headers_of_an_event_which_nobody_keeps() -> None:
    line, event = Line(), example("checkup.recorded")
    for headers in ([("ce_id", RESIDENT.encode())], [(RESIDENT, b"\xff")]):
        line.append("clinic-events", event["subject"].encode(), json.dumps(event).encode(), headers)
        line.append("clinic-events", b"another key", json.dumps(event).encode(), headers)
    line.settle()
    told = [part for topic in ("rejected-events", "child-events", "store-rows") for r in line.all(topic) for part in
            (r.key or b"", r.value or b"", *(value for _, value in r.headers))]  # fmt: skip
    assert len(line.all("rejected-events")) == 2
    assert is_kept_nowhere(told, RESIDENT)
