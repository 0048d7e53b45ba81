"""Precision and recall of the alerts of each rule."""

from __future__ import annotations

from streams.demo.alerts_by_rule import Score, scores


def alert(rule: str, name: str, state: str = "open") -> dict[str, str]:
    return {"rule": rule, "alert_id": name, "state": state}


def test_an_alert_is_right_in_the_state_that_the_books_have() -> None:
    truth = [alert("anaemia", "a"), alert("anaemia", "b", "escalated"), alert("anaemia", "c")]
    found = [alert("anaemia", "a"), alert("anaemia", "b"), alert("cluster", "x")]
    anaemia, cluster = scores(truth, found)
    assert anaemia == Score("anaemia", truth=3, found=2, right=1)
    assert (anaemia.precision, anaemia.recall) == (1 / 2, 1 / 3)
    assert cluster == Score("cluster", truth=0, found=1, right=0)
    assert (cluster.precision, cluster.recall) == (0.0, None)


def test_of_a_rule_without_any_alert_found_there_is_no_precision() -> None:
    [only] = scores([alert("anaemia", "a")], [])
    assert (only.precision, only.recall) == (None, 0.0)
