"""Identifiers are found however they are written, and nothing else is touched."""

from __future__ import annotations

import json

import pytest

from schemas.masking import identifiers_in, masked, masked_bytes, may_hold_identifier

NUMBER = "11010519491231002X"
PHONE = "13800138000"
WIDE = "１１０１０５１９４９１２３１００２Ｘ"


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        NUMBER.lower(),
        f"id {NUMBER}.",
        f"身份证{NUMBER}号",
        f"_{NUMBER}_",
        f"a/{NUMBER}/b",
        WIDE,
        f"证{WIDE}",
        f"\n{NUMBER}\t",
    ],
)
def test_an_identity_number_between_other_characters_is_found_and_masked(text: str) -> None:
    assert [found.upper() for found in identifiers_in(text)] == [NUMBER]
    hidden = masked(text)
    assert identifiers_in(hidden) == []
    assert len(hidden) == len(text)
    assert hidden.count("*") == 18


@pytest.mark.parametrize(
    "text", [f"a{NUMBER}", f"{NUMBER}a", f"1{NUMBER}", f"Ａ{NUMBER}", "110105194912310021", "", "X"]
)
def test_what_runs_on_or_fails_the_check_is_no_identity_number(text: str) -> None:
    assert identifiers_in(text) == []
    assert masked(text) == text


def test_a_combining_mark_does_not_hide_the_check_character() -> None:
    assert identifiers_in(NUMBER + "\u0308") == [NUMBER]


def test_a_mobile_number_is_found_beside_chinese_text_and_a_plus_sign() -> None:
    for text in (PHONE, f"电话{PHONE}", f"+86-{PHONE}", "１３８００１３８０００", f"a\u0308{PHONE}"):
        assert identifiers_in(text) == [PHONE]
    for text in (f"86{PHONE}", f"{PHONE}0", f"x{PHONE}", f"{PHONE}a\u0308", "12800138000"):
        assert identifiers_in(text) == []


SIGNS = "℡№㎡㏂™℠㍙Ⓐ⒜🄰㉐㋀㎥①⑴⒈²"
"""NFKC writes each with letters or digits; none of them is one, or a digit like others."""


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_that_unicode_writes_with_letters_delimits_all_the_same(sign: str) -> None:
    for number in (NUMBER, PHONE, WIDE):
        for text in (f"{sign}{number}", f"{number}{sign}", f"{sign}{number}{sign}", f"电话{sign}{number}"):
            (found,) = identifiers_in(text)
            assert masked(text) == text.replace(number, "*" * len(number))
            for raw in (text.encode(), json.dumps(text).encode()):
                assert may_hold_identifier(raw)
                assert masked_bytes(raw).count(b"*") >= len(found)


def test_a_roman_ten_is_an_x() -> None:
    assert identifiers_in(f"{NUMBER[:17]}Ⅹ") == [NUMBER]


def test_several_identifiers_in_one_text_are_all_masked() -> None:
    assert masked(f"{NUMBER},{PHONE} {NUMBER}") == f"{'*' * 18},{'*' * 11} {'*' * 18}"


HIDDEN = {
    "plain": json.dumps({"a": NUMBER}).encode(),
    "as a name": json.dumps({NUMBER: 1}).encode(),
    "as a number": b'{"a":440524188001010014}',
    "one escape": b'{"a":"\\u00311010519491231002X"}',
    "all escapes": ('{"a":"' + "".join(f"\\u{ord(c):04x}" for c in NUMBER) + '"}').encode(),
    "escaped full-width": json.dumps({"a": WIDE}).encode(),
    "full-width": json.dumps({"a": WIDE}, ensure_ascii=False).encode(),
    "mathematical digits": json.dumps({"a": "".join(chr(0x1D7CE + int(c)) for c in NUMBER[:17]) + "x"}).encode(),
    "after an escaped newline": json.dumps({"a": f"\n{NUMBER}"}).encode(),
    "after an escaped quote": json.dumps({"a": f'"{NUMBER}"'}).encode(),
    "cut off, no JSON": json.dumps({"a": f"\t{NUMBER}"})[:-2].encode(),
    "escapes in what is no JSON": b'{"a":NaN,"b":"\\u00311010519491231002\\u0058',
    "after a backslash": f"C:\\{NUMBER}".encode(),
    "not UTF-8": b"\xff" + NUMBER.encode() + b"\xfe",
    "GBK, second byte a letter": "张玥".encode("gbk") + NUMBER.encode() + "号".encode("gbk"),
    "UTF-16": f'{{"a":"{NUMBER}"}}'.encode("utf-16"),
    "UTF-16, other order": f'{{"a":"{NUMBER}"}}'.encode("utf-16-be"),
    "full-width in GBK": f"证{WIDE}号".encode("gbk"),
    "full-width in UTF-16": f'{{"a":"{WIDE}"}}'.encode("utf-16"),
    "full-width in UTF-16, other order": f'{{"a":"{WIDE}"}}'.encode("utf-16-be"),
    "escaped in UTF-16": json.dumps({"a": WIDE}).encode("utf-16-le"),
    "UTF-32": f'{{"a":"{NUMBER}"}}'.encode("utf-32"),
    "full-width in UTF-32, other order": f'{{"a":"{WIDE}"}}'.encode("utf-32-be"),
    "UTF-16, cut in a character": f'{{"a":"{WIDE}"}}'.encode("utf-16-le")[:-1],
}


@pytest.mark.parametrize("way", HIDDEN)
def test_whatever_hides_an_identifier_it_does_not_survive_in_stored_bytes(way: str) -> None:
    raw = HIDDEN[way]
    kept = masked_bytes(raw)
    assert may_hold_identifier(raw)
    assert len(kept) == len(raw)
    for encoding in ("utf-8", "gbk", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        assert identifiers_in(kept.decode(encoding, "replace")) == []
    assert not may_hold_identifier(kept.replace(b"\\", b"").replace(b"\x00", b"").decode("ascii", "ignore").encode())
    assert kept != raw


@pytest.mark.parametrize("way", ["plain", "as a name", "one escape", "full-width", "after an escaped newline"])
def test_masked_json_is_still_json(way: str) -> None:
    assert "*" * 17 in json.dumps(json.loads(masked_bytes(HIDDEN[way])))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\\u12",
        '{"a":"发育正常\\n","b":"\\u53d1"}'.encode(),
        json.dumps({"a": "A" + NUMBER, "b": 0.125, "c": "138001380001"}).encode(),
        bytes(range(256)) * 8,
    ],
)
def test_what_is_no_identifier_stays_byte_for_byte(raw: bytes) -> None:
    assert masked_bytes(raw) == raw


def test_a_cut_lets_no_part_of_an_identifier_through() -> None:
    raw = b"x" * 90 + b" " + NUMBER.encode() + b" "
    assert masked_bytes(raw, 100) == b"x" * 90 + b" " + b"*" * 9
    assert masked_bytes(raw, 90) == b"x" * 90
    assert masked_bytes(b"x" * 200, 100) == b"x" * 100


def test_most_events_are_cleared_at_a_glance() -> None:
    assert not may_hold_identifier(json.dumps({"a": "2026-03-02T09:30:00+08:00", "w": 9.6}).encode())
    assert not may_hold_identifier('{"a":"城关社区"}'.encode())
    assert not may_hold_identifier('{"a":"城关社区","id":"0b6c8a5e-000000000001"}'.encode())
    assert not may_hold_identifier(b'{"id":"0b6c8a5e-000000000001","recordid":"HIS2026030209300012345"}')
