"""WHO's z-scores of many visits at once, with numpy: the same formula as for one. Pure.

Imported by who has a batch only: numpy is no part of the base installation.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.clinical.growth.ages import LYING_IS_LONGER_CM, STANDING_FROM_DAYS, UPRIGHT_FROM_DAYS
from streams.clinical.growth.formula import RESTRICTED_BEYOND, above_three, below_three, lms_z
from streams.clinical.growth.who import HEIGHTS_CM, LAST_DAY, LENGTHS_CM, tables

Floats = npt.NDArray[np.float64]
FEMALE, MALE, UNKNOWN = 0, 1, -1
LYING, STANDING, NOT_SAID = 0, 1, -1


def batch_z(
    sex: npt.ArrayLike,
    age_days: npt.ArrayLike,
    weight_kg: npt.ArrayLike,
    length_height_cm: npt.ArrayLike,
    position: npt.ArrayLike,
    head_cm: npt.ArrayLike,
    oedema: npt.ArrayLike,
) -> Mapping[str, Floats]:
    """Arrays of shape (n,) → waz, haz, wlz, baz, hcz of shape (n,), to two decimals.

    `sex`: FEMALE, MALE, UNKNOWN; `position`: LYING, STANDING, NOT_SAID; kg, cm; nan: not measured, and no z.
    """
    row, days = np.asarray(sex, np.int64), np.asarray(age_days, np.float64)
    known = (row >= 0) & (days >= 0) & (days <= LAST_DAY)
    day = np.where(known, days, 0).astype(np.int64)
    weight = np.where(known & ~np.asarray(oedema, bool), np.asarray(weight_kg, np.float64), np.nan)
    standing = day >= STANDING_FROM_DAYS
    cm = np.where(known, _as_taken(np.asarray(length_height_cm, np.float64), np.asarray(position), day), np.nan)
    head = np.where(known, np.asarray(head_cm, np.float64), np.nan)
    return {
        "waz": _restricted(weight, _rows("wfa")[row, day]),
        "haz": _plain(cm, _rows("lfa")[row, day]),
        "wlz": _restricted(weight, _of_length(row, cm, standing)),
        "baz": _restricted(weight / (cm / 100) ** 2, _rows("bmifa")[row, day]),
        "hcz": _plain(head, _rows("hcfa")[row, day]),
    }


@cache
def _rows(table: str) -> Floats:
    """(2, rows, 3): l, m, s by sex and day or tenth of a cm."""
    return np.array([tables()[table, sex] for sex in ("female", "male")])


def _as_taken(cm: Floats, position: npt.NDArray[Any], day: npt.NDArray[np.int64]) -> Floats:
    shorter = (position == LYING) & (day >= STANDING_FROM_DAYS)
    longer = (position == STANDING) & (day < STANDING_FROM_DAYS) & (day >= UPRIGHT_FROM_DAYS)
    adjusted = np.round(cm + LYING_IS_LONGER_CM * longer - LYING_IS_LONGER_CM * shorter, 6)
    return np.where(shorter | longer, adjusted, cm)


def _of_length(row: npt.NDArray[np.int64], cm: Floats, standing: npt.NDArray[np.bool_]) -> Floats:
    """(n, 3): linear between rows of 0.1 cm; nan outside of the table."""
    found = np.full((len(cm), 3), np.nan)
    for table, (least, most), chosen in (("wfl", LENGTHS_CM, ~standing), ("wfh", HEIGHTS_CM, standing)):
        of = chosen & (cm >= least) & (cm <= most)
        place = np.round((cm[of] - least) * 10, 6)
        low = np.floor(place).astype(np.int64)
        rows, sexes = _rows(table), row[of]
        lower, upper = rows[sexes, low], rows[sexes, np.minimum(low + 1, rows.shape[1] - 1)]
        found[of] = lower + (upper - lower) * (place - low)[:, None]
    return found


def _plain(y: Floats, rows: Floats) -> Floats:
    return _rounded(lms_z(y, *rows.T))


def _restricted(y: Floats, rows: Floats) -> Floats:
    z = np.asarray(lms_z(y, *rows.T))
    for beyond, formula in ((z > RESTRICTED_BEYOND, above_three), (z < -RESTRICTED_BEYOND, below_three)):
        z[beyond] = formula(y[beyond], *rows[beyond].T)
    return _rounded(z)


def _rounded(z: Floats) -> Floats:
    return np.rint(z * 100) / 100 + 0.0
