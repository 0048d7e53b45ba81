"""How right the active alerts are, rule by rule, by the county's own books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from streams.store.read import Queries

Named = tuple[str, str]
"""(alert_id, state)"""


class Score(NamedTuple):
    """`right`: alerts that are there as the books have them, in that state."""

    rule: str
    truth: int
    found: int
    right: int

    @property
    def precision(self) -> float | None:
        """The share of the alerts found that is right; None of none."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """The share of the books' alerts that was found; None of none."""
        return self.right / self.truth if self.truth else None


def score(store: Queries, truth: Path) -> list[Score]:
    """Of every rule that has an active alert on either side."""
    rows = [orjson.loads(line) for line in (truth / "alerts.jsonl").read_bytes().splitlines()]
    found = store.ask("SELECT rule, alert_id, state FROM huiyu.alerts WHERE state != 'resolved'").objects()
    return scores(rows, found)


def scores(truth: Iterable[dict[str, Any]], found: Iterable[dict[str, Any]]) -> list[Score]:
    """From rows with rule, alert_id and state."""
    books, shown = _by_rule(truth), _by_rule(found)
    return [
        Score(rule, len(books[rule]), len(shown[rule]), len(books[rule] & shown[rule]))
        for rule in sorted(books.keys() | shown.keys())
    ]


def _by_rule(rows: Iterable[dict[str, Any]]) -> defaultdict[str, set[Named]]:
    named: defaultdict[str, set[Named]] = defaultdict(set)
    for row in rows:
        named[row["rule"]].add((row["alert_id"], row["state"]))
    return named
