"""Whatever is published gets one answer, the one that the contract names; its neighbours are untouched."""

from __future__ import annotations

import random

import pytest

from tests.fuzz.campaign import round_of
from tests.fuzz.inputs import CLASSES, hostile
from tests.fuzz.judge import answer_of, answers, leaks
from tests.fuzz.line import Line

ROUNDS = range(2_026_000, 2_026_012)


@pytest.mark.parametrize("seed", ROUNDS)
def test_each_hostile_record_gets_its_one_answer_among_well_formed_neighbours(seed: int) -> None:
    found = round_of(seed, 500)
    assert found.violations[:5] == []
    assert found.answers.total() == 500


def test_a_seed_makes_the_same_records_again() -> None:
    one, again = (random.Random(7) for _ in range(2))
    assert [hostile(one) for _ in range(200)] == [hostile(again) for _ in range(200)]


@pytest.mark.parametrize("name", CLASSES)
def test_each_class_makes_records_of_its_own(name: str) -> None:
    make, _ = CLASSES[name]
    made = {make(random.Random(seed)) for seed in range(40)}
    assert len(made) > 10


def test_a_wrong_answer_two_answers_and_no_answer_are_each_told() -> None:
    """What judges can find: a refusal that is none, one that is missing, one that is there twice."""
    line, make = Line(1), CLASSES["nothing"][0]
    sent = make(random.Random(1))
    stored = line.append(sent.topic, sent.key, sent.value)
    assert "answers []" in answer_of(answers(line), sent, stored)[1]
    line.settle()
    assert answer_of(answers(line), sent, stored)[1] == ""
    untouched = CLASSES["untouched"][0](random.Random(1))
    assert answer_of(answers(line), untouched, stored)[1] != ""
    (refusal,) = line.all("rejected-events")
    line.broker.append("rejected-events", 0, None, b"", refusal.headers)
    assert answer_of(answers(line), sent, stored)[0] == "several"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "gbk"])
def test_an_identifier_that_is_kept_is_found_in_whatever_encoding(encoding: str) -> None:
    line = Line()
    line.broker.append("rejected-events", 0, "１１０１０５１９４９１２３１００２ｘ".encode(encoding), b"")
    assert len(leaks(line)) == 1
