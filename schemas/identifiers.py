"""Identifiers: subjects from identity numbers, children from subjects; plain identifiers found and masked.

The resident identity number is GB 11643-1999: 17 digits and a check character (ISO 7064 MOD 11-2).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from datetime import date
from typing import Any

import orjson

SCHEMES = ("cn-id", "birth-cert", "local")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_RESIDENT = re.compile(r"(?<![^\W_])\d{17}[\dXx](?![^\W_])")
_MOBILE = re.compile(r"(?<![^\W_])1[3-9]\d{9}(?![^\W_])")
# Longer runs than an identifier never match: both neighbours must be something else than a letter or a digit.
_SUSPICIOUS = re.compile(rb"\d{11}|\\u|[\x80-\xff]")


def is_resident_number(text: str) -> bool:
    """True for 18 characters with a valid date and the right check character."""
    if not re.fullmatch(r"[0-9]{17}[0-9Xx]", text):
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return _CHECK[total % 11] == text[17].upper()


def normalised(value: str) -> str:
    """NFKC, without white space, upper case: what a token is made of."""
    return "".join(unicodedata.normalize("NFKC", value).split()).upper()


def subject(scheme: str, value: str, county_key: bytes, source: str | None = None) -> str:
    """The subject for an identifier: scheme + first 32 hex of HMAC-SHA256(county key, `scheme:VALUE`).

    For scheme `local` the source that numbered the child is part of it. Raises ValueError for an unknown scheme, a
    missing source or an empty value.
    """
    if scheme not in SCHEMES:
        raise ValueError(f"scheme must be one of {', '.join(SCHEMES)}")
    if scheme == "local" and not source:
        raise ValueError("a local number needs the source that gave it, for example center:yucai")
    cleaned = normalised(value)
    if not cleaned:
        raise ValueError("the identifier is empty")
    named = f"local:{source}:{cleaned}" if scheme == "local" else f"{scheme}:{cleaned}"
    return f"{scheme}:{hmac.new(county_key, named.encode(), hashlib.sha256).hexdigest()[:32]}"


def child_id(subject_text: str) -> str:
    """The child of a subject: first 32 hex of SHA-256(subject)."""
    return hashlib.sha256(subject_text.encode()).hexdigest()[:32]


def may_hold_identifier(raw: bytes) -> bool:
    """False when no identifier can be in these bytes, however they are read; cheap, for the common case."""
    return _SUSPICIOUS.search(raw) is not None


def holds_resident_number(text: str) -> bool:
    """True when the text holds a valid identity number between non-alphanumerics or its ends; also full-width."""
    return any(is_resident_number(m.group()) for m in _RESIDENT.finditer(_folded(text)))


def holds_mobile_number(text: str) -> bool:
    """True when the text holds a Chinese mobile number between non-alphanumerics or its ends."""
    return _MOBILE.search(_folded(text)) is not None


def masked(text: str, mobiles: bool = True) -> str:
    """The text with every identity number (and mobile number) replaced by asterisks of the same length."""
    folded = _folded(text)
    if len(folded) != len(text):
        hidden = holds_resident_number(text) or (mobiles and holds_mobile_number(text))
        return "*" * len(text) if hidden else text
    spans = [m.span() for m in _RESIDENT.finditer(folded) if is_resident_number(m.group())]
    spans += [m.span() for m in _MOBILE.finditer(folded)] if mobiles else []
    for start, end in spans:
        text = text[:start] + "*" * (end - start) + text[end:]
    return text


def masked_bytes(raw: bytes) -> bytes:
    """Published bytes without identifiers: masked as text, and where an escape still hides one, as masked JSON."""
    if not may_hold_identifier(raw):
        return raw
    text = masked(raw.decode("utf-8", "surrogateescape"))
    cleaned = text.encode("utf-8", "surrogateescape")
    try:
        body = orjson.loads(cleaned)
    except orjson.JSONDecodeError:
        return cleaned
    again = _masked_json(body)
    return cleaned if again == body else orjson.dumps(again)


def _masked_json(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {masked(key): _masked_json(item) for key, item in value.items()}
    return [_masked_json(item) for item in value] if isinstance(value, list) else value


def _folded(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)
