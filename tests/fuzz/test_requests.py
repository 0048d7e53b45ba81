"""A request, whatever it holds, has one answer: what was taken and what was not, or a problem; none is our failure."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from schemas.check import Accepted, check
from streams.serve.problem import MEDIA_TYPE, TITLES
from tests.fuzz.inputs import MOBILES, RESIDENTS
from tests.fuzz.judge import shown
from tests.fuzz.requests import Answer, Request, answered, request, sheet_request
from tests.support.http_api import Api

OUR_OWN = (500, 502, 504)


def judged(api: Api, given: Request) -> Answer:
    """The answer, which must be one that the API may give, and what it took, which must be valid."""
    before = len(api.log.taken)
    answer = asyncio.run(answered(api.app, given))
    taken = api.log.taken[before:]
    assert answer.status not in OUR_OWN, answer
    assert len(answer.body) == int(answer.headers["content-length"])
    if given.method != "HEAD":
        (assert_is_a_problem if answer.status >= 400 else assert_tells_what_was_taken)(answer, len(taken))
    for event in taken:
        assert isinstance(check(event.value, event.subject.encode(), event.topic, None), Accepted)
    told = shown(answer.body.decode()) + str(answer.headers)
    assert not any(number in told for number in (*RESIDENTS, *MOBILES)), answer
    return answer


def assert_is_a_problem(answer: Answer, taken: int) -> None:
    body = orjson.loads(answer.body)
    assert answer.headers["content-type"] == MEDIA_TYPE, answer
    assert TITLES[body["code"]] == (answer.status, body["title"]) == (body["status"], body["title"])
    assert 0 < len(body["detail"]) < 1_000
    assert taken == 0


def assert_tells_what_was_taken(answer: Answer, taken: int) -> None:
    body = orjson.loads(answer.body)
    if "results" not in body:
        assert set(body) == {"status"}
        return
    events = body["results"] if "rows" not in body else [e for row in body["results"] for e in row["events"]]
    states = Counter(each.get("status", "accepted") for each in events)
    assert states["accepted"] == taken or answer.headers.get("idempotent-replayed") == "true"
    assert set(states) <= {"accepted", "refused", "unchanged"}


@pytest.mark.parametrize(("make", "count"), [(request, 1_500), (sheet_request, 300)])
def test_any_request_has_one_answer(make: Callable[[random.Random, str], Request], count: int, tmp_path: Path) -> None:
    api, statuses = Api(tmp_path, per_minute=10**9), Counter[int]()
    for seed in range(count):
        try:
            statuses[judged(api, make(random.Random(seed), api.token)).status] += 1
        except BaseException as error:
            error.add_note(f"{make.__name__}, seed {seed}")
            raise
    assert {202, 400, 415} <= set(statuses), statuses
