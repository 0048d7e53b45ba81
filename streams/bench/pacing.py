"""An open-loop schedule and percentiles. Pure.

Open loop: an event is due when the schedule says so, however slow the system is just then. A publisher that waited
for answers would publish less while the system stalls, and so leave out just the latencies that matter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def due(number: int, rate: float) -> float:
    """Seconds after the start at which event `number` (from 0) is to be published at `rate` events a second."""
    return number / rate


def due_by(elapsed: float, rate: float, total: int) -> int:
    """How many of `total` events are due `elapsed` seconds after the start."""
    return max(0, min(total, math.floor(elapsed * rate + 1e-9) + 1))


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that at least `share` of the values do not exceed (nearest rank). Raises ValueError for none."""
    if not values:
        raise ValueError("no values have no percentile")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
