"""ClickHouse's errors: code and text of the engine's, the HTTP status that a server would send with them."""

from __future__ import annotations

import re

NOT_IMPLEMENTED, UNKNOWN_SETTING, READONLY, AUTHENTICATION_FAILED = 48, 115, 164, 516
BAD_ARGUMENTS, SYNTAX_ERROR, TOO_MANY_SIMULTANEOUS_QUERIES = 36, 62, 202
SESSION_NOT_FOUND, SESSION_IS_LOCKED, NOT_ENOUGH_SPACE, STD_EXCEPTION = 372, 373, 243, 1001
NAMES = {
    BAD_ARGUMENTS: "BAD_ARGUMENTS",
    NOT_IMPLEMENTED: "NOT_IMPLEMENTED",
    SYNTAX_ERROR: "SYNTAX_ERROR",
    TOO_MANY_SIMULTANEOUS_QUERIES: "TOO_MANY_SIMULTANEOUS_QUERIES",
    UNKNOWN_SETTING: "UNKNOWN_SETTING",
    READONLY: "READONLY",
    AUTHENTICATION_FAILED: "AUTHENTICATION_FAILED",
    SESSION_NOT_FOUND: "SESSION_NOT_FOUND",
    SESSION_IS_LOCKED: "SESSION_IS_LOCKED",
    NOT_ENOUGH_SPACE: "NOT_ENOUGH_SPACE",
}
_FORBIDDEN, _NOT_FOUND, _BAD, _TIMEOUT, _UNAVAILABLE = 403, 404, 400, 408, 503
_STATUS = dict.fromkeys((516, 193, 497, 164), _FORBIDDEN) | dict.fromkeys((60, 81, 47, 46, 16), _NOT_FOUND)
_STATUS |= dict.fromkeys((62, 27, 6, 26, 117, 36, 115, 48, 53, 70), _BAD) | {159: _TIMEOUT, 202: _UNAVAILABLE}
_CODE = re.compile(r"Code: (\d+)")


class StoreError(Exception):
    """An error of the gateway's own, worded as ClickHouse words its errors."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"Code: {code}. DB::Exception: {text}. ({NAMES.get(code, 'UNKNOWN')})")


def told(error: BaseException) -> tuple[int, int, str]:
    """(HTTP status, ClickHouse's code, text) of an error of the engine or of ours."""
    text = str(error)
    start = text.find("Code: ")
    text = text[start:] if start >= 0 else f"Code: {STD_EXCEPTION}. DB::Exception: {text}"
    found = _CODE.match(text)
    code = int(found.group(1)) if found else STD_EXCEPTION
    return _STATUS.get(code, 500), code, text.strip()
