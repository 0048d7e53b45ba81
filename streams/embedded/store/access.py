"""Who may do what: users, their passwords, and the settings that bound them."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from streams.embedded.store.errors import AUTHENTICATION_FAILED, StoreError


@dataclass(frozen=True, slots=True)
class User:
    """`settings` are set on every handle of the user, `readonly` last. `queries`: as many may run at a time."""

    name: str
    password: str
    settings: Mapping[str, str]
    queries: int


ANALYST_LIMITS = {"max_execution_time": "60", "max_memory_usage": str(4 << 30), "readonly": "1"}
HUIYU_QUERIES, ANALYST_QUERIES = 32, 8


def users(huiyu: str, analyst: str) -> dict[str, User]:
    """`huiyu` may do everything, `analyst` may only read, within limits of time and memory."""
    return {
        "huiyu": User("huiyu", huiyu, {}, HUIYU_QUERIES),
        "analyst": User("analyst", analyst, ANALYST_LIMITS, ANALYST_QUERIES),
    }


def authenticated(known: Mapping[str, User], headers: Mapping[str, str], arguments: Mapping[str, str]) -> User:
    """The user of a request, by header, basic authentication or URL. Raises StoreError."""
    name, password = _credentials(headers, arguments)
    user = known.get(name)
    if user is None or not hmac.compare_digest(user.password.encode(), password.encode()):
        message = f"{name}: Authentication failed: password is incorrect, or there is no user with such name"
        raise StoreError(AUTHENTICATION_FAILED, message)
    return user


def _credentials(headers: Mapping[str, str], arguments: Mapping[str, str]) -> tuple[str, str]:
    if "X-ClickHouse-User" in headers:
        return headers["X-ClickHouse-User"], headers.get("X-ClickHouse-Key", "")
    scheme, _, encoded = headers.get("Authorization", "").partition(" ")
    if scheme == "Basic":
        try:
            name, _, password = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise StoreError(AUTHENTICATION_FAILED, "the Authorization header cannot be read") from None
        return name or "default", password
    return arguments.get("user") or "default", arguments.get("password", "")
