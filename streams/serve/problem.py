"""What a request is refused with: a problem of RFC 9457. Its text names fields and bounds, never what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Response

MEDIA_TYPE = "application/problem+json"
TITLES: Mapping[str, tuple[int, str]] = {
    "not-readable": (400, "The body cannot be read"),
    "no-token": (401, "A bearer token is needed"),
    "not-your-source": (403, "The token is another source's"),
    "not-found": (404, "Nothing here"),
    "wrong-method": (405, "This address does not take that method"),
    "too-slow": (408, "The body did not come in time"),
    "too-large": (413, "The request is too large"),
    "wrong-type": (415, "The body's type or encoding is not taken"),
    "key-reused": (422, "The idempotency key stands for another request"),
    "wrong-sheet": (422, "The spreadsheet cannot be read"),
    "too-many": (429, "Too many events"),
    "failed": (500, "huiyu failed"),
    "no-sheets": (501, "Spreadsheets are not taken here"),
    "away": (503, "Not now"),
}
"""Code → status and title: all that can be answered."""


class HttpProblem(Exception):
    """Ends a request; `more` are further members of the body, `headers` go with the answer."""

    def __init__(self, code: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail
        self.headers, self.more = dict(headers or {}), more

    @property
    def status(self) -> int:
        return TITLES[self.code][0]

    def as_dict(self) -> dict[str, Any]:
        status, title = TITLES[self.code]
        return {"type": "about:blank", "title": title, "status": status, "code": self.code, "detail": self.detail} | (
            self.more
        )


def away(detail: str, after_s: int = 5) -> HttpProblem:
    """The world is bad, and may be better soon."""
    return HttpProblem("away", detail, {"Retry-After": str(after_s)})


def answer(problem: HttpProblem) -> Response:
    """The problem as it travels. A body that was not read to its end is not waited for: the connection closes."""
    headers = {"Connection": "close", **problem.headers} if problem.status in (401, 408, 413, 415) else problem.headers
    return Response(orjson.dumps(problem.as_dict()), problem.status, headers, MEDIA_TYPE)
