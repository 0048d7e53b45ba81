"""Codes by precedence, and how a problem is told."""

from __future__ import annotations

from random import Random

from schemas.problems import CODES, MOST_LISTED, Problem, in_order

CONTRACT = """too-large not-json not-cloudevents raw-identifier unknown-type wrong-side wrong-topic key-mismatch
not-your-own unknown-field missing-field bad-value time-in-future parking-overflow too-many-records"""


def test_the_codes_are_the_contracts_in_its_order() -> None:
    assert list(CODES) == CONTRACT.split()


def test_problems_come_in_that_order_each_once() -> None:
    shuffled = [Problem(code, "/x", "m") for code in CODES] * 2
    Random(1).shuffle(shuffled)
    assert [problem.code for problem in in_order(shuffled)] == list(CODES)


def test_among_equals_the_first_found_comes_first() -> None:
    found = [Problem("bad-value", path, "m") for path in ("/c", "/a", "/b")]
    assert [problem.path for problem in in_order(found)] == ["/c", "/a", "/b"]


def test_ten_thousand_problems_fit_into_a_header() -> None:
    told = in_order(Problem("bad-value", f"/data/{n}", "m") for n in range(10_000))
    assert len(told) == MOST_LISTED + 1
    assert told[-1].message == "and 9800 more problems"


def test_a_problem_is_told_with_pointer_and_allowed_range() -> None:
    problem = Problem("bad-value", "/data/weight_kg", "is out of range", "number from 0.3 to 60")
    assert str(problem) == "bad-value /data/weight_kg: is out of range (allowed: number from 0.3 to 60)"
    assert problem.as_dict() == {
        "code": "bad-value",
        "path": "/data/weight_kg",
        "message": "is out of range",
        "allowed": "number from 0.3 to 60",
    }
    assert str(Problem("not-json", "", "not JSON")) == "not-json: not JSON"
