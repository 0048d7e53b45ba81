"""Many visits at once and each alone: the same scores, whatever is measured."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.clinical.growth import visit_z
from streams.clinical.growth.batch import batch_z

SEX, POSITION = ("female", "male", "unknown"), ("lying", "standing", None)


class Visit(NamedTuple):
    sex: int
    days: int
    weight: float | None
    cm: float | None
    position: int
    head: float | None
    oedema: bool


def maybe(least: float, most: float) -> st.SearchStrategy[float | None]:
    return st.none() | st.floats(least, most).map(lambda value: round(value, 3))


days = st.integers(-3, 1900) | st.sampled_from((0, 273, 274, 730, 731, 1826, 1856, 1857))
lengths = maybe(20, 150) | st.sampled_from((45.0, 64.3, 65.0, 65.7, 109.3, 110.0, 119.3, 120.0, 120.7))
visits = st.builds(
    Visit,
    st.sampled_from((0, 1, -1)),
    days,
    maybe(0.3, 60),
    lengths,
    st.sampled_from((0, 1, -1)),
    maybe(20, 65),
    st.booleans(),
)


@given(st.lists(visits, min_size=1, max_size=30))
def test_a_batch_says_of_each_visit_what_it_says_of_it_alone(found: list[Visit]) -> None:
    columns = [np.array(column, float) for column in zip(*found, strict=True)]
    together = batch_z(*columns)

    for place, visit in enumerate(found):
        sex, position = SEX[visit.sex], POSITION[visit.position]
        alone = visit_z(sex, visit.days, visit.weight, visit.cm, position, visit.head, visit.oedema)
        for name, z in alone._asdict().items():
            assert np.isnan(together[name][place]) if z is None else together[name][place] == z
