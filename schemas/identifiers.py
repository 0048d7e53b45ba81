"""Identifiers: subjects from identity numbers, children from subjects; never the other way.

The resident identity number is GB 11643-1999: 17 digits and a check character (ISO 7064 MOD 11-2).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from datetime import date

from schemas.envelope import side_and_id

SCHEMES = ("cn-id", "birth-cert", "local")
CHILD_SCHEMES = tuple(f"{scheme}:" for scheme in SCHEMES)
"""How the subject of a child begins."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_RESIDENT = re.compile(r"[0-9]{17}[0-9Xx]")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def is_resident_number(text: str) -> bool:
    """True for 18 characters with a valid date and the right check character."""
    if _RESIDENT.fullmatch(text) is None:
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return _CHECK[total % 11] == text[17].upper()


def is_mobile_number(text: str) -> bool:
    """True for a Chinese mobile number: `1[3-9]` and nine digits."""
    return _MOBILE.fullmatch(text) is not None


def normalised(value: str) -> str:
    """NFKC, without white space, upper case: what a token is made of."""
    return "".join(unicodedata.normalize("NFKC", value).split()).upper()


def subject(scheme: str, value: str, county_key: bytes, source: str | None = None) -> str:
    """The subject for an identifier: scheme + first 32 hex of HMAC-SHA256(county key, `scheme:VALUE`).

    For scheme `local` the source that numbered the child is part of it. Raises ValueError for an unknown scheme, a
    missing or malformed source or an empty value.
    """
    if scheme not in SCHEMES:
        raise ValueError(f"scheme must be one of {', '.join(SCHEMES)}")
    if scheme == "local" and not source:
        raise ValueError("a local number needs the source that gave it, for example center:yucai")
    if scheme == "local" and side_and_id(source) == ("", ""):
        raise ValueError("the source is clinic:ID, center:ID or registry:ID, ID of a-z, 0-9 and -, as center:yucai")
    cleaned = normalised(value)
    if not cleaned:
        raise ValueError("the identifier is empty")
    named = f"local:{source}:{cleaned}" if scheme == "local" else f"{scheme}:{cleaned}"
    return f"{scheme}:{hmac.new(county_key, named.encode(), hashlib.sha256).hexdigest()[:32]}"


def child_id(subject_text: str) -> str:
    """The child of a subject: first 32 hex of SHA-256(subject)."""
    return hashlib.sha256(subject_text.encode()).hexdigest()[:32]
