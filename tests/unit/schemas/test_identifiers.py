"""Identity numbers, subjects and children, with numbers that others published."""

from __future__ import annotations

import pytest

from schemas.identifiers import child_id, is_mobile_number, is_resident_number, normalised, subject

KEY = b"test-county-key"
SAMPLES = ("11010519491231002X", "440524188001010014", "34052419800101001X")
"""The samples of GB 11643-1999 and of the encyclopaedia's article about it."""


def test_the_contracts_worked_example() -> None:
    token = subject("cn-id", "11010519491231002X", KEY)
    assert token == "cn-id:9350d5bc5f0d67b484016b03a93dfbe9"
    assert child_id(token) == "509a7072d10db6c7f61bf27adc7a0703"


@pytest.mark.parametrize("number", SAMPLES)
def test_the_standards_own_samples_are_valid(number: str) -> None:
    assert is_resident_number(number)
    assert is_resident_number(number.lower())


@pytest.mark.parametrize("number", SAMPLES)
def test_any_other_check_character_is_wrong(number: str) -> None:
    wrong = [number[:17] + other for other in "0123456789X" if other != number[17]]
    assert not any(map(is_resident_number, wrong))


@pytest.mark.parametrize(
    "number",
    [
        "",
        "11010519491231002",
        "11010519491231002XX",
        "1101051949123100 2X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X",
    ],
)
def test_what_is_not_eighteen_plain_characters_is_no_number(number: str) -> None:
    assert not is_resident_number(number)


def test_a_number_whose_date_is_none_is_no_number_though_its_check_character_fits() -> None:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    for birth in ("19490230", "19491301", "19490001", "00000101"):
        digits = f"110105{birth}002"
        check = "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]
        assert not is_resident_number(digits + check)


def test_mobile_numbers_begin_with_13_to_19_and_have_eleven_digits() -> None:
    assert all(is_mobile_number(f"1{second}012345678") for second in "3456789")
    others = ("12012345678", "23012345678", "1301234567", "130123456789", "1301234567a")
    assert not any(map(is_mobile_number, others))


def test_a_value_is_the_same_child_however_it_is_typed() -> None:
    typed = [
        "11010519491231002x",
        " 110105 19491231 002X\n",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105\u300019491231002X",
    ]
    assert {normalised(value) for value in typed} == {"11010519491231002X"}
    assert len({subject("cn-id", value, KEY) for value in typed}) == 1


def test_a_local_number_is_anothers_with_another_source() -> None:
    ours, theirs = (subject("local", "17", KEY, source=source) for source in ("center:yucai", "center:xinxing"))
    assert ours.startswith("local:")
    assert ours != theirs


def test_the_scheme_and_the_key_are_part_of_the_token() -> None:
    assert subject("cn-id", "P123", KEY)[-32:] != subject("birth-cert", "P123", KEY)[-32:]
    assert subject("cn-id", "P123", KEY) != subject("cn-id", "P123", b"another county")


@pytest.mark.parametrize(
    ("scheme", "value", "told"),
    [("passport", "x", "cn-id, birth-cert, local"), ("local", "x", "source"), ("cn-id", " \u3000", "empty")],
)
def test_what_cannot_be_a_subject_is_said_so(scheme: str, value: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        subject(scheme, value, KEY)


@pytest.mark.parametrize("source", ["yucai", "center:", "center:Yucai", "school:yucai", "center:yu cai", "center:a:b"])
def test_a_local_number_is_of_a_source_that_can_be(source: str) -> None:
    with pytest.raises(ValueError, match="center:ID"):
        subject("local", "17", b"key", source)
