"""Bodies are bounded: in size, also unpacked, in time, and in what all requests hold together."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi import Request

from streams.serve.bodies import LARGEST, announced_size, body_of
from streams.serve.problem import HttpProblem
from tests.support.builders import a_checkup
from tests.support.http_api import Api, problem

EVENT = a_checkup("a", "2026-03-02T09:30:00+08:00")


def a_request(parts: list[bytes], *, ends: bool = True, **headers: str) -> Request:
    """One whose body comes in these parts, and then ends, or nothing more comes."""
    coming = iter(parts)

    async def receive() -> dict[str, Any]:
        part = next(coming, None)
        if part is not None:
            return {"type": "http.request", "body": part, "more_body": True}
        if not ends:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": b"", "more_body": False}

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw}, receive)


def refused(status: int, request: Request, **bounds: float) -> None:
    with pytest.raises(HttpProblem) as caught:
        asyncio.run(body_of(request, **bounds))
    assert caught.value.status == status


def test_a_body_comes_whole_also_packed_and_in_parts() -> None:
    packed = gzip.compress(b"some events")
    parts = [packed[at : at + 1] for at in range(len(packed))]
    assert asyncio.run(body_of(a_request([b"some ", b"", b"events"]))) == b"some events"
    assert asyncio.run(body_of(a_request(parts, content_encoding="GZIP"))) == b"some events"
    assert asyncio.run(body_of(a_request([b"x" * LARGEST]))) == b"x" * LARGEST


def test_a_body_that_is_too_large_is_refused_before_it_is_read() -> None:
    for size in (str(LARGEST + 1), "9" * 30, "-1", "x"):
        with pytest.raises(HttpProblem) as caught:
            announced_size(a_request([], content_length=size))
        assert caught.value.status == 413
    assert announced_size(a_request([], content_length="10")) == 10


def test_a_body_that_does_not_say_its_size_is_read_up_to_the_bound() -> None:
    refused(413, a_request([b"x" * LARGEST, b"y"], ends=False))
    refused(413, a_request([gzip.compress(b"x" * (LARGEST + 1))], ends=False, content_encoding="gzip"))


def test_a_gzip_bomb_takes_no_more_memory_than_a_body_may() -> None:
    bomb = gzip.compress(b"\0" * (200 << 20))
    request = a_request([bomb], content_encoding="gzip")
    tracemalloc.start()
    refused(413, request)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 * LARGEST


@pytest.mark.parametrize(
    "body",
    [b"", b"no gzip", gzip.compress(b"cut")[:-3], gzip.compress(b"a") + b"more", gzip.compress(b"a") * 2],
    ids=["empty", "plain", "cut", "more behind it", "two"],
)
def test_what_is_not_one_whole_gzip_stream_is_refused(body: bytes) -> None:
    refused(400, a_request([body], content_encoding="gzip"))


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "x-gzip-like"])
def test_another_encoding_is_not_taken(encoding: str) -> None:
    refused(415, a_request([b"x"], content_encoding=encoding))


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    refused(408, a_request([b"[", b"1"], ends=False), patience_s=0.05)


def test_one_that_goes_away_has_sent_nothing(tmp_path: Path) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    request = Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)
    refused(400, request)


def test_what_all_hold_together_is_bounded(tmp_path: Path) -> None:
    api = Api(tmp_path, room=LARGEST)

    async def both() -> tuple[Any, Any]:
        api.log.held = True
        first = asyncio.create_task(api.post(in_parts()))
        while not api.log.waiting:
            await asyncio.sleep(0)
        second = await api.post(in_parts())
        api.log.release()
        return await first, second

    async def in_parts() -> AsyncIterator[bytes]:
        yield orjson.dumps(EVENT)

    first, second = asyncio.run(both())
    assert first.status_code == 202
    assert problem(second, 503, "away")
    assert second.headers["retry-after"] == "1"
    assert api.send(gzip.compress(b"[]"), headers={"content-encoding": "gzip"}).status_code == 202
