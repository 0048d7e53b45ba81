"""The API as an application: each address, and how what goes wrong is answered."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated, Any

import structlog
from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from streams import logs
from streams.errors import Failure
from streams.serve import described
from streams.serve.answers import Receipt, SheetTaken, State, Taken
from streams.serve.bodies import announced_size, body_of
from streams.serve.forms import events_of, form_of
from streams.serve.idempotency import key_of
from streams.serve.parts import Parts
from streams.serve.problem import HttpProblem, answer, away
from streams.serve.sheets import PATIENCE_S as SHEET_PATIENCE_S
from streams.serve.upload import upload_of

TOKEN = [Depends(HTTPBearer(auto_error=False, description="a source's token, of `huiyu source-token create`"))]
JSON = "application/json"

log = structlog.get_logger("huiyu.serve")


def application(parts: Parts | None = None) -> FastAPI:
    """The whole API; without `parts` it can only be described."""
    app = FastAPI(title="huiyu 汇育", version=version("huiyu"), docs_url=None, redoc_url=None, openapi_url=None)
    app.state.parts = parts
    _take_addresses(app)
    for kind, told in ((HttpProblem, _refused), (Failure, _not_now), (HTTPException, _no_such_address)):
        app.add_exception_handler(kind, told)
    app.add_exception_handler(Exception, _failed)
    return app


def _take_addresses(app: FastAPI) -> None:
    read = ("not-readable", "no-token", "not-your-source", "too-slow", "too-large", "wrong-type", "key-reused")
    post: dict[str, Any] = {"status_code": 202, "dependencies": TOKEN}
    errors = described.problems(*read, "too-many", "away")
    more = described.problems("wrong-sheet", "no-sheets")
    app.post("/api/events", response_model=Taken, responses=errors, openapi_extra=described.EVENTS, **post)(send_events)
    app.post("/api/sheets", response_model=SheetTaken, responses=errors | more, openapi_extra=described.SHEETS, **post)(
        send_sheet
    )
    get = described.problems("no-token", "not-found", "too-many", "away")
    app.get("/api/events/{event_id:path}", response_model=Receipt, responses=get, dependencies=TOKEN)(receipt)
    app.get("/healthz", response_model=State)(alive)
    app.get("/readyz", response_model=State, responses=described.problems("away"))(ready)


def _parts_of(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


Given = Annotated[Parts, Depends(_parts_of)]


async def send_events(request: Request, parts: Given) -> Response:
    """Send events; the answer comes when the broker has them all.

    They are one transaction: those that are accepted are all there, or none is. A refused event is not sent.
    """
    source = parts.source_of(request)
    parts.rates.may_begin(source)
    headers = request.headers.items()
    key, form = key_of(request.headers.getlist("idempotency-key")), form_of(headers)
    with parts.room.reserved(announced_size(request)):
        events = await run_in_threadpool(events_of, form, headers, await body_of(request))
        parts.rates.count(source, len(events))
        begun, again = parts.remembered.once(source, key, events, lambda: parts.begin(source, events))
        told = await parts.settled(begun)
    return _taken(told, again)


async def send_sheet(request: Request, parts: Given) -> Response:
    """Send a spreadsheet; the answer names every row, and every cell that is wrong.

    Its source is the token's. Rows that are right are sent, in one transaction; a corrected sheet becomes corrections.
    """
    source = parts.source_of(request)
    parts.rates.may_begin(source)
    if parts.sheets is None:
        raise HttpProblem("no-sheets", "no county key is set here, and without it no child can be told from another")
    key, type = key_of(request.headers.getlist("idempotency-key")), request.headers.get("content-type", "")
    with parts.room.reserved(announced_size(request)):
        body, begin = await body_of(request), parts.sheets.begin
        name, content = await run_in_threadpool(upload_of, type, request.query_params.get("filename", ""), body)
        same = [b"sheet", name.encode(), content]
        begun, again = parts.remembered.once(source, key, same, lambda: begin(source, name, content))
        told = await parts.settled(begun, SHEET_PATIENCE_S)
    return _taken(told, again)


def _taken(told: bytes, again: bool) -> Response:
    return Response(told, 202, {"Idempotent-Replayed": "true"} if again else None, JSON)


async def receipt(event_id: str, request: Request, parts: Given) -> Response:
    """What became of an event that this token's source sent."""
    source = parts.source_of(request)
    parts.rates.count(source, 1)
    return JSONResponse(await parts.settled(parts.asking.submit(parts.receipts, source, event_id)))


async def alive() -> Response:
    """The process lives."""
    return JSONResponse({"status": "alive"})


async def ready(parts: Given) -> Response:
    """Events would be taken now."""
    if not await run_in_threadpool(parts.ready):
        raise away("no broker answers")
    return JSONResponse({"status": "ready"})


async def _refused(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, HttpProblem)
    return answer(problem)


async def _not_now(_: Request, failure: Exception) -> Response:
    """Its text is the operator's: it names addresses and files."""
    log.warning("not now", failure=type(failure).__name__, reason=str(failure))
    return answer(away("a part that this needs does not answer: try again"))


async def _no_such_address(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = "wrong-method" if error.status_code == 405 else "not-found"
    return answer(HttpProblem(code, "see docs/reference/openapi.json for the addresses", error.headers))


async def _failed(_: Request, error: Exception) -> Response:
    log.error("request failed", error=type(error).__name__, where=logs.where(error))
    return answer(HttpProblem("failed", "this is a mistake of huiyu: its log says where"))
