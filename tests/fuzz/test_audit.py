"""The audit, which reads the log in SQL, judges hostile records as the stages do and never reports what is right."""

from __future__ import annotations

import random

import pytest

from schemas.check import Refused, check
from tests.fuzz.inputs import hostile
from tests.unit.audit.logs import APPENDED_AT, Sent, a_log


@pytest.mark.parametrize("seed", range(3))
def test_the_audit_and_the_check_judge_alike(seed: int) -> None:
    rng = random.Random(seed)
    made = [hostile(rng) for _ in range(1_500)]
    with a_log(*(Sent(one.topic, one.key, one.value, APPENDED_AT) for one in made), now=None) as desk:
        audited = dict(desk.ask("SELECT seq, code FROM refused"))
    answers = [check(one.value, one.key, one.topic, APPENDED_AT) for one in made]
    codes = [answer.code if isinstance(answer, Refused) else None for answer in answers]
    differing = [(n, made[n].name, code, audited.get(n)) for n, code in enumerate(codes) if audited.get(n) != code]
    assert differing == []
