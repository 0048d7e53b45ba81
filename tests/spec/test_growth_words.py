"""What a score or a band is called: the reference's own table of words and lines says which."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files

import pytest

from streams.clinical.growth.china import TABLE_1
from streams.clinical.growth.words import WORDS, who_verdict, wst423_verdict

THRESHOLDS = json.loads(files("streams.clinical.reference").joinpath("thresholds.json").read_text("utf-8"))
BMI_TOO = "weight_for_length_height and bmi_for_age"
LINE = re.compile(r"(<|>=|<=)?([+-]\d)SD")


def holds(condition: str, x: float) -> bool:
    """A condition as the reference writes it: `-3SD<=x<-2SD`, `<-3SD`, `>=+3SD`."""
    between = re.fullmatch(r"([+-]\d)SD<=x<([+-]\d)SD", condition)
    if between:
        return float(between[1]) <= x < float(between[2])
    sign, line = LINE.fullmatch(condition).groups()  # type: ignore[union-attr]
    return x < float(line) if sign == "<" else x >= float(line)


def of_table_3() -> Iterator[tuple[str, int, str]]:
    """(indicator, line that is reached, Chinese word or "")."""
    for indicators, words in THRESHOLDS["wst423_2022_table3"].items():
        for indicator in indicators.split(" and "):
            for sd in range(-4, 4):
                yield indicator, sd, next((word for word, when in words.items() if holds(when, sd + 0.5)), "")


@pytest.mark.parametrize(("indicator", "sd", "word"), list(of_table_3()))
def test_wst_423_has_the_words_of_its_table_3(indicator: str, sd: int, word: str) -> None:
    verdict = wst423_verdict(indicator, sd)

    assert (WORDS[verdict][0] if verdict else "") == word


def test_heads_have_no_word_in_either_standard() -> None:
    assert {wst423_verdict("head_for_age", sd) for sd in range(-4, 4)} == {""}
    assert {who_verdict("hcz", z) for z in (-4.0, -2.5, 0.0, 2.5, 4.0)} == {""}


def test_levels_are_those_of_table_1() -> None:
    percentiles = (0, 3, 10, 25, 50, 75, 90, 97)
    for reached in percentiles:
        [level] = [
            name
            for name, when in THRESHOLDS["wst423_2022_table1_percentile"].items()
            if holds(
                re.sub(r"P(\d+)", lambda p: f"+{percentiles.index(int(p[1]))}SD", when), percentiles.index(reached)
            )
        ]
        assert TABLE_1[reached] == level


@pytest.mark.parametrize(
    ("index", "z", "verdict"),
    [
        ("haz", -2.0, ""),
        ("haz", -2.01, "stunted"),
        ("haz", -3.0, "stunted"),
        ("haz", -3.01, "severely-stunted"),
        ("haz", 3.5, ""),
        ("waz", -2.01, "underweight"),
        ("waz", 3.5, ""),
        ("wlz", -3.01, "severely-wasted"),
        ("wlz", 1.0, ""),
        ("wlz", 1.01, "risk-of-overweight"),
        ("wlz", 2.0, "risk-of-overweight"),
        ("wlz", 2.01, "overweight"),
        ("baz", 3.0, "overweight"),
        ("baz", 3.01, "obese"),
    ],
)
def test_who_has_the_words_of_its_table_of_interpretation(index: str, z: float, verdict: str) -> None:
    assert who_verdict(index, z) == verdict
