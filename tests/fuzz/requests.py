"""Hostile requests by HTTP from a seed, as a server hands them to the application: raw paths, headers, pieces."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, Protocol

import orjson

from tests.fuzz.inputs import RESIDENTS, hostile
from tests.fuzz.sheets import SHEETS
from tests.support.builders import a_checkup

Headers = list[tuple[bytes, bytes]]
TYPES = (
    b"application/json", b"application/json", b"application/cloudevents+json", b"application/cloudevents-batch+json",
    b"application/x-ndjson", b"application/json; charset=utf-16", b"application/json; charset*=utf-8''x", b"",
    b"text/csv", b"application/json;;;", b"multipart/form-data; boundary=x", b"\xff\xfe", b"application/json\x00",
    b"a" * 5_000, b"APPLICATION/JSON ; Charset=\"UTF-8\"", b"application/json, text/plain",
    b"multipart/form-data; boundary=\xff",
)  # fmt: skip
PATHS = (
    "/api/events", "/api/events/", "/api/events/%00", "/api/events/..%2f..%2fetc", "/api//events", "/", "",
    "/api/events/\x00", "/healthz", "/readyz", "/api/sheets", "/docs", "/openapi.json", "/api/events/" + "x" * 5_000,
    "*", "/api/events/体重", f"/api/events/{RESIDENTS[0]}", "/api/events/a/b/c", "/api/events/' OR 1=1 --",
)  # fmt: skip
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "CONNECT", "FOO", "")
LENGTHS = (b"0", b"1", b"-1", b"abc", b"99999999999999999999999", b"5242881", b"1e3", b"", b" 5", b"\xb2", b"0x10")
ODD = (
    b"",
    b"\xff\xfe",
    b"%",
    b"%ff",
    b"%41",
    b'"',
    b'"a\\"',
    "体重".encode(),
    b"x" * 20_000,
    b"\x00",
    b"a\tb",
    b"1" * 5_000,
)


class Request(NamedTuple):
    """What comes; `complete`: False when the connection ends before the body does."""

    method: str
    path: str
    headers: Headers
    body: Sequence[bytes]
    query: bytes = b""
    complete: bool = True


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


class App(Protocol):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


async def answered(app: App, request: Request) -> Answer:
    """The application's one answer. What it raises behind a 500 is the server's to log."""
    told: list[dict[str, Any]] = []
    pieces = [{"type": "http.request", "body": piece, "more_body": True} for piece in request.body]
    last = {"type": "http.request", "body": b"", "more_body": False}
    pieces.append(last if request.complete else {"type": "http.disconnect"})

    async def receive() -> dict[str, Any]:
        return pieces.pop(0) if pieces else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    await app(_scope(request), receive, send)
    (start,) = [message for message in told if message["type"] == "http.response.start"]
    bodies = [message for message in told if message["type"] == "http.response.body"]
    assert not bodies[-1].get("more_body")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
    return Answer(start["status"], headers, b"".join(body.get("body", b"") for body in bodies))


def _scope(request: Request) -> dict[str, Any]:
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": request.method, "scheme": "http",
        "path": request.path, "raw_path": request.path.encode(), "query_string": request.query, "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {},
    }  # fmt: skip


def events(rng: random.Random) -> list[bytes]:
    """What might be events: hostile values and, now and then, a good one."""
    good = orjson.dumps(a_checkup("good", "2026-03-02T09:30:00+08:00", id=f"G{rng.randrange(1000)}"))
    return [rng.choice((hostile(rng).value or b"", good)) for _ in range(rng.choice((0, 1, 1, 2, 7)))]


def body_of(rng: random.Random, found: list[bytes]) -> bytes:
    return rng.choice((
        lambda: found[0] if found else b"",
        lambda: b"[" + b",".join(found) + b"]",
        lambda: b"\n".join(found),
        lambda: b"\r\n".join(found) + b"\n\n",
        lambda: b"[" + b",".join(found),
        lambda: b"[" * rng.choice((10, 2_000, 200_000)),
        lambda: b"[" + b"0," * rng.choice((100, 6_000)) + b"0]",
        lambda: b"[" + b"1" * 100_000 + b"]",
        lambda: rng.randbytes(rng.randrange(300)),
    ))()  # fmt: skip


@cache
def _bomb() -> bytes:
    return gzip.compress(bytes(60 << 20), 9, mtime=0)


def packed(rng: random.Random, body: bytes) -> tuple[bytes, Headers]:
    """As a sender packs it, or says that it did."""
    whole, gzipped = gzip.compress(body, mtime=0), (b"content-encoding", b"gzip")
    return rng.choice((
        lambda: (body, []), lambda: (body, []), lambda: (body, []), lambda: (whole, [gzipped]),
        lambda: (body, [gzipped]), lambda: (whole[: len(whole) // 2], [gzipped]),
        lambda: (whole + b"more", [gzipped]), lambda: (whole + whole, [gzipped]), lambda: (_bomb(), [gzipped]),
        lambda: (gzip.compress(whole), [gzipped, gzipped]),
        lambda: (zlib.compress(body), [(b"content-encoding", b"deflate")]), lambda: (b" " * ((5 << 20) + 1), []),
        lambda: (body, [(b"content-encoding", rng.choice((b"br", b"GZIP ", b"\xff", b"identity, gzip", b"")))]),
    ))()  # fmt: skip


def in_pieces(rng: random.Random, body: bytes) -> list[bytes]:
    size = rng.choice((len(body) or 1, 1 << 16, max(1, len(body) // 3)))
    return [body[at : at + size] for at in range(0, len(body), size)] or [b""]


def odd_headers(rng: random.Random) -> Headers:
    """Attributes in headers, keys of requests, lengths: right, wrong, twice, not ASCII."""
    names = (
        "ce-id",
        "ce-source",
        "ce-subject",
        "ce-time",
        "ce-type",
        "ce-data",
        "ce-revision",
        "ce-",
        "ce-体重",
        "x",
        "host",
    )
    some: Headers = [(rng.choice(names).encode(), rng.choice(ODD)) for _ in range(rng.choice((0, 0, 1, 3, 300)))]
    if rng.random() < 0.3:
        good = a_checkup("good", "2026-03-02T09:30:00+08:00")
        some += [(f"ce-{name}".encode(), str(value).encode()) for name, value in good.items() if name != "data"]
    if rng.random() < 0.2:
        some += [(b"idempotency-key", rng.choice((b"a", b"b", *ODD))) for _ in range(rng.choice((1, 1, 2)))]
    if rng.random() < 0.2:
        some.append((b"content-length", rng.choice(LENGTHS)))
    return some


def request(rng: random.Random, token: str) -> Request:
    """Some request, mostly one with its token for an address that there is."""
    path = "/api/events" if rng.random() < 0.7 else rng.choice(PATHS)
    method = "POST" if rng.random() < 0.9 else rng.choice(METHODS)
    bearers = (
        b"",
        b"",
        b"Bearer",
        b"Bearer " + b"\xff" * 9,
        b"Basic " + token.encode(),
        b"Bearer  " + token.encode(),
        b"x" * 9_000,
    )
    bearer = f"Bearer {token}".encode() if rng.random() < 0.9 else rng.choice(bearers)
    body, encoding = packed(rng, body_of(rng, events(rng)))
    headers = [(b"authorization", bearer), (b"content-type", rng.choice(TYPES)), *encoding, *odd_headers(rng)]
    return Request(
        method,
        path,
        headers,
        in_pieces(rng, body),
        rng.choice((b"", b"a=1", b"\xff%", b"filename=")),
        rng.random() < 0.95,
    )


def sheet_request(rng: random.Random, token: str) -> Request:
    """A spreadsheet, as the body or in a form that holds it, or does not quite."""
    name, content = SHEETS[rng.choice(list(SHEETS))](rng)
    form = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + name.encode() + b'"\r\n\r\n' + content
        + rng.choice((b"\r\n--x--\r\n", b"\r\n--x\r\n", b"", b"\r\n--y--\r\n"))
    )  # fmt: skip
    forms = (b"multipart/form-data; boundary=x", b"multipart/form-data", b"multipart/form-data; boundary=" + b"x" * 500)
    excel = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    own = b"text/csv" if name.lower().endswith(".csv") else excel
    whole = (rng.choice((own, own, excel, b"text/csv", b"", b"\xff")), content)
    type_, body = rng.choice(((rng.choice(forms), form), whole, whole))
    query = rng.choice(
        (
            b"",
            b"",
            b"filename=a.csv",
            b"filename=..%2f..%2fa.xlsx",
            b"filename=%00",
            b"filename=%ff.csv",
            b"filename=a.exe",
        )
    )
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"content-type", type_), *odd_headers(rng)[:3]]
    return Request("POST", "/api/sheets", headers, in_pieces(rng, body), query)
