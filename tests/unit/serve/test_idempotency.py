"""A request that names itself may be sent again: it is answered the same, and nothing is sent twice."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import orjson
import pytest

from streams.serve.idempotency import Remembered
from tests.support.builders import a_checkup
from tests.support.http_api import Api, problem

GOOD = a_checkup("a", "2026-03-02T09:30:00+08:00")
OTHER = a_checkup("a", "2026-03-03T09:30:00+08:00")
NAMED = {"idempotency-key": "day-17"}


@pytest.fixture
def api(tmp_path: Path) -> Api:
    return Api(tmp_path)


def test_the_same_request_is_answered_the_same_and_sent_once(api: Api) -> None:
    first, second = (api.send(orjson.dumps(GOOD), headers=NAMED) for _ in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert ("idempotent-replayed" in first.headers, second.headers["idempotent-replayed"]) == (False, "true")
    assert len(api.log.taken) == 1


def test_other_events_under_the_same_key_are_refused(api: Api) -> None:
    api.send(orjson.dumps(GOOD), headers=NAMED)
    problem(api.send(orjson.dumps(OTHER), headers=NAMED), 422, "key-reused")
    problem(api.send(orjson.dumps([GOOD, OTHER]), headers=NAMED), 422, "key-reused")
    assert len(api.log.taken) == 1


def test_a_key_is_its_sources_own(api: Api) -> None:
    api.send(orjson.dumps(GOOD), headers=NAMED)
    assert api.send(b"[]", token=api.other, headers=NAMED).json()["accepted"] == 0


def test_without_a_key_every_request_is_sent(api: Api) -> None:
    for _ in range(2):
        api.send(orjson.dumps(GOOD))
    assert len(api.log.taken) == 2


def test_what_failed_is_tried_again(api: Api) -> None:
    api.log.away = True
    problem(api.send(orjson.dumps(GOOD), headers=NAMED), 503, "away")
    api.log.away = False
    answer = api.send(orjson.dumps(GOOD), headers=NAMED)
    assert (answer.status_code, "idempotent-replayed" in answer.headers) == (202, False)


def test_one_that_comes_while_the_first_is_at_work_waits_for_its_answer(api: Api) -> None:
    async def both() -> list[Any]:
        api.log.held = True
        first, second = (asyncio.create_task(api.post(orjson.dumps(GOOD), headers=NAMED)) for _ in range(2))
        while not api.log.waiting:
            await asyncio.sleep(0)
        api.log.release()
        return [await first, await second]

    first, second = asyncio.run(both())
    assert first.content == second.content
    assert len(api.log.taken) == 1


def test_what_is_remembered_is_bounded(tmp_path: Path) -> None:
    api = Api(tmp_path, remembered=Remembered(kept_bytes=2_000))
    for number in range(40):
        api.send(orjson.dumps(GOOD), headers={"idempotency-key": f"k-{number}"})
    again = [api.send(orjson.dumps(GOOD), headers={"idempotency-key": f"k-{number}"}) for number in (39, 0)]
    assert ["idempotent-replayed" in answer.headers for answer in again] == [True, False]


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_key_is_a_short_text(key: str, api: Api) -> None:
    problem(api.send(orjson.dumps(GOOD), headers={"idempotency-key": key}), 400, "not-readable")


def test_two_keys_are_none(api: Api) -> None:
    headers = [("idempotency-key", "a"), ("idempotency-key", "b")]
    problem(api.send(orjson.dumps(GOOD), headers=headers), 400, "not-readable")
