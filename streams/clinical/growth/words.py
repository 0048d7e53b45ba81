"""What a score or a band is called by its own standard, in Chinese and English (reference/thresholds.json). Pure.

The same word means another line in the other standard: overweight begins above +2 by WHO, at +1SD by WS/T 423-2022.
"""

from __future__ import annotations

from collections.abc import Mapping

from streams.clinical.growth.china import BMI, LHFA, WFA, WFLH

LOW: Mapping[str, str] = {
    "waz": "underweight",
    "haz": "stunted",
    "wlz": "wasted",
    "baz": "wasted",
    WFA: "underweight",
    LHFA: "stunted",
    WFLH: "wasted",
    BMI: "wasted",
}
HEAVY = ("wlz", "baz", WFLH, BMI)

WORDS: Mapping[str, tuple[str, str]] = {
    "": ("未见异常", "nothing remarkable"),
    "underweight": ("低体重", "underweight"),
    "severely-underweight": ("重度低体重", "severely underweight"),
    "stunted": ("生长迟缓", "stunted"),
    "severely-stunted": ("重度生长迟缓", "severely stunted"),
    "wasted": ("消瘦", "wasted"),
    "severely-wasted": ("重度消瘦", "severely wasted"),
    "risk-of-overweight": ("可能超重风险", "possible risk of overweight"),
    "overweight": ("超重", "overweight"),
    "obese": ("肥胖", "obese"),
    "severely-obese": ("重度肥胖", "severely obese"),
}
"""Verdict → (Chinese, English)."""


def who_verdict(index: str, z: float) -> str:
    """By WHO's table of interpretation, for children under five; "" where it has no word."""
    if index in LOW and z < -2:
        return f"severely-{LOW[index]}" if z < -3 else LOW[index]
    if index in HEAVY and z > 1:
        return "obese" if z > 3 else "overweight" if z > 2 else "risk-of-overweight"
    return ""


def wst423_verdict(indicator: str, sd: int) -> str:
    """By WS/T 423-2022, table 3; `sd`: the line that is reached (`Position.sd`)."""
    if indicator in LOW and sd < -2:
        return f"severely-{LOW[indicator]}" if sd < -3 else LOW[indicator]
    if indicator in HEAVY and sd >= 1:
        return ("overweight", "obese", "severely-obese")[sd - 1]
    return ""
