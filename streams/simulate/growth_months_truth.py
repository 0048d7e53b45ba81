"""How many children of each place lie where, by month and standard: counted from the rows of their visits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from streams.simulate.books import JSON
from streams.simulate.calendar import months_later

WHO, CHINA = "WHO 2006", "WS/T 423-2022"
BANDS = ((6, "0-5"), (12, "6-11"), (24, "12-23"), (36, "24-35"), (48, "36-47"), (60, "48-59"), (84, "60-83"))


def months(rows: Iterable[JSON], born: dict[str, date]) -> Iterable[JSON]:
    """`growth_months` of a county's timeline: child by child, the last visit of a month that can be judged counts."""
    last: dict[tuple[str, ...], tuple[JSON, dict[str, Any]]] = {}
    for row in sorted((r for r in rows if "waz" in r), key=lambda r: (r["instant"], r["source"], r["record_id"])):
        for standard in (WHO, CHINA):
            verdict = _verdict(standard, row)
            if verdict is not None:
                place = ("clinic", "", row["clinic_id"]) if row["kind"] == "checkup.recorded" else None
                place = place or ("center", row["center_id"], "")
                last[row["child_id"], *place, row["local_date"][:7], standard] = (row, verdict)
    counts: dict[tuple[str, ...], JSON] = {}
    for (child, kind, center, clinic, month, standard), (row, verdict) in last.items():
        day = date.fromisoformat(row["local_date"])
        band = next((name for until, name in BANDS if day < months_later(born[child], until)), BANDS[-1][1])
        key = (kind, center, clinic, f"{month}-01", band, standard)
        sums = counts.setdefault(key, {"assessed": 0} | dict.fromkeys(verdict, 0))
        sums["assessed"] += 1
        for name, holds in verdict.items():
            sums[name] += bool(holds)
    names = ("place_kind", "center_id", "clinic_id", "month", "band", "standard")
    return [dict(zip(names, key, strict=True)) | sums for key, sums in counts.items()]


def _verdict(standard: str, row: JSON) -> dict[str, Any] | None:
    if standard == WHO:
        weight, length, both = (
            None if f"{name}-implausible" in row["flags"] else row[name] for name in ("waz", "haz", "wlz")
        )
        heavy = both is not None and both > 2, both is not None and both > 3
    else:
        weight, length, both = row["wst_wfa"], row["wst_lhfa"], row["wst_wfl"]
        heavy = both is not None and both >= 1, both is not None and both >= 2
    if weight is None and length is None and both is None:
        return None
    low = {"stunted": length, "underweight": weight, "wasted": both}
    return {name: value is not None and value < -2 for name, value in low.items()} | {
        "overweight": heavy[0],
        "obese": heavy[1],
    }
