"""The forms of a request: each event's own bytes come out, and what is no such form is told."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.serve.forms import MOST_EVENTS, Form, events_of, form_of
from streams.serve.problem import HttpProblem

JSON = ("content-type", "application/json")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
SPACES = st.text(" \t\r\n", max_size=3)


def refusal(call: Any, *arguments: Any) -> HttpProblem:
    with pytest.raises(HttpProblem) as caught:
        call(*arguments)
    return caught.value


@pytest.mark.parametrize(
    ("headers", "form"),
    [
        ([JSON], Form.EVENT_OR_LIST),
        ([("content-type", 'Application/JSON; charset="UTF-8"')], Form.EVENT_OR_LIST),
        ([("content-type", "application/cloudevents+json; charset=utf-8")], Form.EVENT),
        ([("content-type", "application/cloudevents-batch+json")], Form.LIST),
        ([("content-type", "application/x-ndjson")], Form.LINES),
        ([("content-type", "application/jsonl")], Form.LINES),
        ([JSON, ("ce-specversion", "1.0")], Form.DATA),
        ([("content-type", "application/cloudevents+json"), ("ce-specversion", "1.0")], Form.EVENT),
    ],
)
def test_the_headers_say_the_form(headers: list[tuple[str, str]], form: Form) -> None:
    assert form_of(headers) is form


@pytest.mark.parametrize(
    "type", ["", "text/plain", "application/xml", "application/json; charset=gbk", "json", "application/json,text/html"]
)
def test_another_type_or_charset_is_not_taken(type: str) -> None:
    refused = refusal(form_of, [("content-type", type)])
    assert (refused.status, "application/cloudevents+json" in refused.headers["Accept-Post"]) == (415, True)


def test_no_type_is_not_taken_and_two_are_no_type() -> None:
    assert refusal(form_of, []).status == 415
    assert refusal(form_of, [JSON, JSON]).status == 400


@given(st.lists(st.tuples(ANYTHING, SPACES, SPACES)), SPACES, SPACES, st.booleans())
def test_a_list_gives_the_bytes_of_its_elements(
    elements: list[tuple[Any, str, str]], before: str, after: str, plain: bool
) -> None:
    texts = [json.dumps(value, ensure_ascii=plain) for value, _, _ in elements]
    body = ",".join(f"{left}{text}{right}" for text, (_, left, right) in zip(texts, elements, strict=True))
    try:
        whole = f"{before}[{body}]{after}".encode()
    except UnicodeEncodeError:  # half a character that is not escaped is no UTF-8
        return
    assert events_of(Form.EVENT_OR_LIST, [JSON], whole) == [text.encode() for text in texts]


@given(st.binary(max_size=40), st.integers(0, 3))
def test_whatever_comes_gives_events_or_a_refusal(noise: bytes, at: int) -> None:
    for body in (noise, b"[" + noise, b'[{"a":1}' + noise + b"]"):
        with contextlib.suppress(HttpProblem):
            assert isinstance(events_of(list(Form)[at], [JSON, ("ce-specversion", "1.0")], body), list)


def test_what_a_parser_would_hide_is_still_there() -> None:
    twice, strange = b'{"a": 1, "a": 2}', b'{"b": NaN}'
    assert events_of(Form.LIST, [JSON], b"[" + twice + b" , " + strange + b"]") == [twice, strange]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[",
        b"[1",
        b"[1,]",
        b"[,1]",
        b"[1 2]",
        b"[1]]",
        b"[1] x",
        b"{}",
        b"\xff[1]",
        b"[" * 100_000,
        b"[[[" * 9_999,
    ],
)
def test_what_is_no_list_is_refused(body: bytes) -> None:
    assert refusal(events_of, Form.LIST, [JSON], body).status == 400


def test_a_number_of_a_million_digits_is_an_element_like_any_other() -> None:
    huge = b"9" * 1_000_000
    assert events_of(Form.LIST, [JSON], b"[" + huge + b"]") == [huge]


def test_lines_are_events_and_blank_ones_are_none() -> None:
    assert events_of(Form.LINES, [], b'{"a":1}\r\n\n  \n{"b":2}') == [b'{"a":1}', b'{"b":2}']


def test_more_events_than_a_transaction_takes_are_refused() -> None:
    assert len(events_of(Form.LINES, [], b"1\n" * MOST_EVENTS)) == MOST_EVENTS
    assert refusal(events_of, Form.LINES, [], b"1\n" * (MOST_EVENTS + 1)).status == 413


def test_binary_mode_makes_attributes_of_headers() -> None:
    headers = [JSON, ("ce-specversion", "1.0"), ("ce-id", "a%20%22b%22%20%E6%B1%87"), ("ce-revision", "3")]
    headers += [("ce-recordid", '"quoted \\"q\\""'), ("x-other", "1")]
    (event,) = events_of(Form.DATA, headers, b' {"weight_kg": 9.60} ')
    assert json.loads(event) == {
        "specversion": "1.0",
        "id": 'a "b" 汇',
        "revision": 3,
        "recordid": 'quoted "q"',
        "data": {"weight_kg": 9.6},
    }
    assert b'{"weight_kg": 9.60}' in event


@pytest.mark.parametrize(
    ("name", "value", "data"),
    [
        ("ce-id", "1", b'1}, "source":"clinic:other", "more":{"a":1'),
        ("ce-id", "1", b""),
        ("ce-id", "%FF", b"{}"),
        ("ce-id", "\xe6\xb1\x87", b"{}"),
        ("ce-data", "1", b"{}"),
        ("ce-specversion", "1.0", b"{}"),
    ],
)
def test_binary_mode_cannot_be_tricked(name: str, value: str, data: bytes) -> None:
    headers = [JSON, ("ce-specversion", "1.0"), ("ce-source", "clinic:a"), (name, value)]
    assert refusal(events_of, Form.DATA, headers, data).status == 400


@pytest.mark.parametrize("revision", ["1.0", "-1", "x", "", "٣", "9" * 400])
def test_a_revision_that_is_no_number_stays_a_text_that_the_check_refuses(revision: str) -> None:
    headers = [JSON, ("ce-specversion", "1.0"), ("ce-revision", revision)]
    if not revision.isascii():
        assert refusal(events_of, Form.DATA, headers, b"{}").status == 400
        return
    (event,) = events_of(Form.DATA, headers, b"{}")
    assert json.loads(event)["revision"] == revision
