"""A child's growth by named standard: WHO 2006 as z-scores, WS/T 423-2022 as bands; never mixed. Pure.

`batch.py` does WHO's for many visits at once and needs numpy; nothing here does.
"""

from streams.clinical.growth.ages import reference_birth
from streams.clinical.growth.china import Position, wst423, wst423_sd
from streams.clinical.growth.who import NO_SCORES, Scores, implausible, visit_z

__all__ = ["NO_SCORES", "Position", "Scores", "implausible", "reference_birth", "visit_z", "wst423", "wst423_sd"]
