"""A round: hostile records among well-formed ones of other children, and all that is wrong with what came of it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.fuzz.inputs import Hostile, hostile
from tests.fuzz.judge import answer_of, answers, leaks, rows_of
from tests.fuzz.line import Line
from tests.fuzz.storable import unstorable
from tests.support.builders import a_checkup, a_registration, a_source
from tests.support.simulated_broker import Stored

GOOD = tuple(f"good {n}" for n in range(12))
SOURCES = ("clinic:chengguan", "center:yucai", "clinic:shiliting")
AT = "2026-03-02T09:30:00+08:00"


@dataclass
class Findings:
    """How many records of each class got which answer, and what is wrong, each with how to see it again."""

    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def __iadd__(self, other: Findings) -> Findings:
        self.answers += other.answers
        self.violations += other.violations
        return self


def round_of(seed: int, count: int) -> Findings:
    """`count` hostile records, a well-formed one before and after each, in one log; `seed` makes the same again."""
    rng, line, findings = random.Random(seed), Line(seed), Findings()
    line.publish([*map(a_source, SOURCES), *(a_registration(name) for name in GOOD)])
    sent: list[tuple[Hostile, Stored]] = []
    good = [_good(line, 0)]
    try:
        for number in range(1, count + 1):
            made = hostile(rng)
            sent.append((made, line.append(made.topic, made.key, made.value, made.headers)))
            good.append(_good(line, number))
            if number % 250 == 0 or number == count:
                line.settle(most=rng.choice((1, 7, 400)), reload_rate=0.02)
    except Exception as error:
        error.add_note(f"seed {seed}, by record {len(sent)}: python -m tests.fuzz.run --seed {seed} --inputs {count}")
        raise
    _judge(seed, line, sent, good, findings)
    return findings


def _good(line: Line, number: int) -> str:
    name = f"G{number}"
    line.publish([a_checkup(GOOD[number % len(GOOD)], AT, recordid=name)])
    return name


def _judge(seed: int, line: Line, sent: list[tuple[Hostile, Stored]], good: list[str], findings: Findings) -> None:
    found = answers(line)
    for number, (made, stored) in enumerate(sent, 1):
        answer, wrong = answer_of(found, made, stored)
        findings.answers[made.name, answer] += 1
        if wrong:
            findings.violations.append(f"seed {seed}, record {number}, {made.name}: {wrong}: {_start(made)}")
    rows = rows_of(line, good)
    findings.violations += [f"seed {seed}: {rows[name]} rows of {name}" for name in good if rows[name] != 1]
    findings.violations += [f"seed {seed}: {wrong}" for wrong in unstorable(line)]
    findings.violations += [f"seed {seed}: an identifier in {place}" for place in leaks(line)]


def _start(made: Hostile) -> Any:
    return {"topic": made.topic, "key": (made.key or b"")[:60], "value": (made.value or b"")[:700]}
