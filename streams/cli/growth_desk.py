"""One child's growth as a person at the desk reads it: two standards side by side, never mixed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from streams.clinical.growth import Position, Scores, implausible, reference_birth, visit_z, wst423
from streams.clinical.growth.ages import months_of_age
from streams.clinical.growth.china import BMI, HEAD, LHFA, TABLE_1, WFA, WFLH
from streams.clinical.growth.china import STANDARD as CHINA
from streams.clinical.growth.who import STANDARD as WHO
from streams.clinical.growth.words import WORDS, who_verdict, wst423_verdict

INDICATORS = {"waz": WFA, "haz": LHFA, "wlz": WFLH, "baz": BMI, "hcz": HEAD}
TITLES: Mapping[str, tuple[str, str]] = {
    "waz": ("年龄别体重", "weight for age"),
    "haz": ("年龄别身长（身高）", "length or height for age"),
    "wlz": ("身长（身高）别体重", "weight for length or height"),
    "baz": ("年龄别体质指数", "BMI for age"),
    "hcz": ("年龄别头围", "head circumference for age"),
}
HEADINGS = (
    ("指标", f"{WHO} Z", f"{WHO} 评价", f"{CHINA} 标准差", "百分位", "等级", f"{CHINA} 评价"),
    ("indicator", f"{WHO} z", f"by {WHO}", f"{CHINA} SD", "percentile", "level", f"by {CHINA}"),
)
LEVELS = {"上": "upper", "中上": "upper middle", "中": "middle", "中下": "lower middle", "下": "lower"}
IMPLAUSIBLE = ("数值不可信，请核对", "implausible: measure again")


@dataclass(frozen=True, slots=True)
class Visit:
    """What was measured of a child; `measured`: the arguments of the same names of `visit_z` and `wst423`."""

    sex: str
    born: date
    on: date
    measured: Mapping[str, Any]
    weeks: int | None = None

    @property
    def since(self) -> date:
        """What age is counted from."""
        return reference_birth(self.born, self.on, self.weeks)

    @property
    def scores(self) -> Scores:
        return visit_z(self.sex, (self.on - self.since).days, **self.measured)

    @property
    def positions(self) -> dict[str, Position]:
        return wst423(self.sex, self.since, self.on, **self.measured)

    def heading(self, language: int) -> str:
        """The age in a line; `language`: 0 Chinese, 1 English."""
        told = [_age(self.born, self.on, language)]
        if self.since != self.born:
            corrected = (
                _age(self.since, self.on, language)
                if self.on >= self.since
                else ("未到预产期", "not due yet")[language]
            )
            told.append(f"{('矫正', 'corrected')[language]} {corrected}")
        return " · ".join(told)

    def names(self, language: int) -> tuple[str, ...]:
        return HEADINGS[language]

    def lines(self, language: int) -> Iterator[list[str]]:
        """A row for each indicator that either standard can judge."""
        scores, positions = self.scores, self.positions
        doubtful = implausible(scores)
        for index, z in scores._asdict().items():
            position = positions.get(INDICATORS[index])
            if z is None and position is None:
                continue
            whos = ["", ""] if z is None else [f"{z:+.2f}", _who_word(index, z, index in doubtful, language)]
            yield [TITLES[index][language], *whos, *_chinas(INDICATORS[index], position, language)]

    def as_json(self) -> dict[str, Any]:
        """Everything that `lines` says, by standard, and the scores by calendar age where age was corrected."""
        scores, positions = self.scores, self.positions
        whos = {
            index: {"z": z, "verdict": who_verdict(index, z), "implausible": index in implausible(scores)}
            for index, z in scores._asdict().items()
            if z is not None
        }
        chinas = {
            name: {**each._asdict(), "level": TABLE_1[each.percentile], "verdict": wst423_verdict(name, each.sd)}
            for name, each in positions.items()
        }
        told: dict[str, Any] = {"age_days": (self.on - self.born).days, "standards": {WHO: whos, CHINA: chinas}}
        if self.since != self.born:
            told["corrected_age_days"] = (self.on - self.since).days
            told["uncorrected"] = visit_z(self.sex, told["age_days"], **self.measured)._asdict()
        return told


def _who_word(index: str, z: float, is_doubtful: bool, language: int) -> str:
    if is_doubtful:
        return IMPLAUSIBLE[language]
    return "" if index == "hcz" else WORDS[who_verdict(index, z)][language]


def _chinas(indicator: str, position: Position | None, language: int) -> list[str]:
    if position is None:
        return ["", "", "", ""]
    level = TABLE_1[position.percentile]
    word = "" if indicator == HEAD else WORDS[wst423_verdict(indicator, position.sd)][language]
    return [_between(position.sd), _percentile(position.percentile), level if language == 0 else LEVELS[level], word]


def _between(sd: int) -> str:
    """The lines between which a value lies, as the standard writes them."""
    if sd in (-4, 3):
        return "<-3SD" if sd == -4 else ">=+3SD"
    return f"{_line(sd)}~{_line(sd + 1)}"


def _line(sd: int) -> str:
    return f"{sd:+d}SD" if sd else "0SD"


def _percentile(reached: int) -> str:
    return f">=P{reached}" if reached else "<P3"


def _age(born: date, on: date, language: int) -> str:
    months, _ = months_of_age(born, on)
    days = (on - born).days
    return (f"{months} 月龄（{days} 天）", f"{months} months ({days} days)")[language]
