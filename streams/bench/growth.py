"""How fast z-scores are made: of many visits at once and of one visit after the other, in this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from streams.bench.figures import Aim, Figure
from streams.clinical.growth import visit_z
from streams.clinical.growth.batch import batch_z

VISITS, ALONE, INDICES = 200_000, 20_000, 5
LEAST_A_SECOND = 500_000


def growth() -> Iterator[Figure]:
    """Scores a second by both ways, and how the one stands to the other."""
    sex, days, weight, length, head = _visits()
    taken, oedema = np.full(VISITS, -1), np.zeros(VISITS, bool)
    batch_z(sex[:1], days[:1], weight[:1], length[:1], taken[:1], head[:1], oedema[:1])  # reads the tables
    together = VISITS * INDICES / _seconds(lambda: batch_z(sex, days, weight, length, taken, head, oedema))
    rows = list(zip(sex.tolist(), days.tolist(), weight.tolist(), length.tolist(), head.tolist(), strict=True))[:ALONE]
    one_by_one = ALONE * INDICES / _seconds(lambda: [_alone(*row) for row in rows])
    yield Figure(
        "growth.batch", "z-scores, many visits at once", together, "z/s", f"{VISITS:,} visits", Aim(LEAST_A_SECOND)
    )
    yield Figure("growth.visit", "z-scores, one visit after the other", one_by_one, "z/s", f"{ALONE:,} visits")
    yield Figure("growth.ratio", "many at once / one after the other", together / one_by_one, "×", "figures above")


def _visits() -> tuple[Any, ...]:
    """Sex, days of age, kg, cm, cm of the head: under five, each likely enough to have all five scores."""
    random = np.random.default_rng(1)
    days = random.integers(0, 1826, VISITS)
    length = np.round(49 + 33 * np.sqrt(days / 700) * random.uniform(0.93, 1.07, VISITS), 1)
    weight = np.round((length / 100) ** 2 * random.uniform(13, 19, VISITS), 1)
    return random.integers(0, 2, VISITS), days, weight, length, np.round(34 + 14 * days / 1826, 1)


def _alone(sex: int, days: int, weight: float, length: float, head: float) -> Any:
    return visit_z("male" if sex else "female", days, weight, length, None, head)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
