"""A client that speaks slowly does not keep a connection; on a real socket."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest
import uvicorn

from streams.serve.connections import PatientConnection
from tests.support.builders import a_checkup
from tests.support.http_api import Api

GOOD = orjson.dumps(a_checkup("a", "2026-03-02T09:30:00+08:00"))


class Impatient(PatientConnection):
    patience_s = 0.2


@contextmanager
def served(api: Api) -> Iterator[int]:
    """The API on a port of the loopback."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        api.app, http=Impatient, ws="none", lifespan="off", log_config=None, access_log=False, timeout_keep_alive=60
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=asyncio.run, args=(server._serve([listening]),))
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def a_request(token: str) -> bytes:
    head = (
        f"POST /api/events HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n"
    )
    return f"{head}content-length: {len(GOOD)}\r\n\r\n".encode() + GOOD


def until_closed(client: socket.socket, dribble: bytes = b"") -> bytes:
    """What comes until the other side closes; meanwhile one byte after the other is sent."""
    client.settimeout(0.05)
    found, coming = b"", iter(dribble)
    while True:
        try:
            if (byte := next(coming, None)) is not None:
                client.send(bytes([byte]))
            part = client.recv(4_096)
        except TimeoutError:
            continue
        except ConnectionError:
            return found
        if not part:
            return found
        found += part


@pytest.mark.parametrize("dribble", [b"", b"POST /api/events HTTP/1.1\r\nhost: h\r\nx-slow: " + b"y" * 10_000])
def test_a_connection_that_never_says_what_it_wants_is_closed(dribble: bytes, tmp_path: Path) -> None:
    with served(Api(tmp_path)) as port, socket.create_connection(("127.0.0.1", port)) as client:
        assert until_closed(client, dribble) == b""


def test_one_that_is_answered_may_stay_and_its_next_request_is_bounded_too(tmp_path: Path) -> None:
    api = Api(tmp_path)
    with served(api) as port, socket.create_connection(("127.0.0.1", port)) as client:
        for _ in range(2):
            client.sendall(a_request(api.token))
            answer = b""
            while not answer.endswith(b"]}"):
                answer += client.recv(4_096)
            assert answer.startswith(b"HTTP/1.1 202")
        client.sendall(b"GET /healthz HTTP/1.1\r\n")
        assert until_closed(client) == b""
    assert len(api.log.taken) == 2


@pytest.mark.parametrize(
    "head",
    [
        b"content-length: 5\r\ncontent-length: 6\r\n",
        b"content-length: -1\r\n",
        b"transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n",
        b"content-length : 5\r\n",
        b"host: other\r\n",
        b"bad header\r\n",
    ],
)
def test_a_request_that_two_readers_could_read_in_two_ways_is_refused(head: bytes, tmp_path: Path) -> None:
    api = Api(tmp_path)
    request = b"POST /api/events HTTP/1.1\r\nhost: h\r\nauthorization: Bearer " + api.token.encode() + b"\r\n"
    with served(api) as port, socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(request + b"content-type: application/json\r\n" + head + b"\r\n" + GOOD)
        assert until_closed(client).split(b" ")[1] in (b"400", b"501")
    assert api.log.taken == []


def test_a_body_that_is_refused_is_not_waited_for(tmp_path: Path) -> None:
    api = Api(tmp_path)
    request = b"POST /api/events HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\ncontent-length: 999999999\r\n"
    with served(api) as port, socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(request + b"expect: 100-continue\r\n\r\n")
        answer = until_closed(client)
    assert answer.startswith(b"HTTP/1.1 401")
    assert b"100 Continue" not in answer
