"""Plain identifiers in texts and bytes: found however they are written, and replaced by asterisks of the same length.

An identifier is a run of exactly 18 (identity number) or 11 (mobile number) ASCII letters and digits after NFKC, so it
ends where Chinese text begins: 电话13800000000 holds one. Written full-width, with JSON escapes, in GBK beside a
character whose second byte is a letter, or in UTF-16, it is still one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from schemas.identifiers import is_mobile_number, is_resident_number

_RUN = re.compile(r"(?<![0-9A-Za-z])(?:[0-9]{17}[0-9Xx]|1[3-9][0-9]{9})(?![0-9A-Za-z])")
_ELEVEN_DIGITS = re.compile(r"[0-9]{11}")
_PLAIN_DIGITS = bytes.maketrans(b"123456789", b"000000000")
(_BACKSLASH,) = b"\\"
_LONGEST = 18 * 12  # bytes of an identity number, every character a pair of escaped surrogates
_UNIT = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}"  # a JSON escape is one character
    r'|\\["\\/bfnrt]'  # of the others none is a letter or a digit
    r"|[\udc81-\udcfe][@-~\udc80-\udcfe]"  # two bytes of GBK
    r"|[0-9A-Za-z]\x00"  # UTF-16
    r"|.",
    re.DOTALL,
)

Span = tuple[int, int]


def may_hold_identifier(raw: bytes) -> bool:
    """False when no identifier can be in these bytes, however they are read; cheap, for the common case."""
    if _BACKSLASH in raw or 0 in raw:
        return True
    if not raw.isascii():
        raw = unicodedata.normalize("NFKC", raw.decode("utf-8", "replace")).encode()
    return b"00000000000" in raw.translate(_PLAIN_DIGITS)


def holds_resident_number(text: str) -> bool:
    """True when the text holds a valid identity number between other characters than letters and digits."""
    return any(is_resident_number(found) for found, _ in _identifiers(text))


def holds_mobile_number(text: str) -> bool:
    """True when the text holds a Chinese mobile number between other characters than letters and digits."""
    return any(is_mobile_number(found) for found, _ in _identifiers(text))


def masked(text: str) -> str:
    """The text with every identity number and mobile number replaced by asterisks."""
    for _, (start, end) in _identifiers(text):
        text = text[:start] + "*" * (end - start) + text[end:]
    return text


def masked_bytes(raw: bytes, most: int | None = None) -> bytes:
    """Published bytes without identifiers, cut to `most`; what is no identifier stays byte for byte where it was."""
    seen = raw if most is None else raw[: most + _LONGEST]
    if may_hold_identifier(seen):
        seen = _masked_bytes(seen)
    return seen if most is None else seen[:most]


def _masked_bytes(raw: bytes) -> bytes:
    text = raw.decode("utf-8", "surrogateescape")
    pieces, done = [], 0
    for _, (start, end) in _identifiers(text, as_bytes=True):
        pieces += [_bytes(text[done:start]), b"*" * len(_bytes(text[start:end]))]
        done = end
    return b"".join([*pieces, _bytes(text[done:])])


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _identifiers(text: str, as_bytes: bool = False) -> Iterator[tuple[str, Span]]:
    """(identifier as plain characters, where it stands in the text); as_bytes: the text is undecoded JSON or worse."""
    folded, places = _folded(text, as_bytes)
    for match in _RUN.finditer(folded):
        found, (start, end) = match.group(), match.span()
        if is_resident_number(found) or is_mobile_number(found):
            yield found, (start, end) if places is None else (places[start][0], places[end - 1][1])


def _folded(text: str, as_bytes: bool) -> tuple[str, list[Span] | None]:
    """The text in plain characters, and where each comes from (None: from its own place)."""
    if text.isascii() and not (as_bytes and ("\\" in text or "\x00" in text)):
        return text, None
    if not as_bytes and _ELEVEN_DIGITS.search(unicodedata.normalize("NFKC", text)) is None:
        return "", []
    characters: list[str] = []
    places: list[Span] = []
    for unit in _UNIT.finditer(text) if as_bytes else re.finditer(".", text, re.DOTALL):
        plain = _plain(unit.group())
        characters.append(plain)
        places += [unit.span()] * len(plain)
    return "".join(characters), places


def _plain(unit: str) -> str:
    """One character as NFKC writes it; each by itself, so that no combining mark hides its neighbour."""
    if len(unit) == 1:
        return unit if unit < "\x80" else unicodedata.normalize("NFKC", unit)
    if unit.startswith("\\u"):
        codes = bytes.fromhex(unit.replace("\\u", ""))
        return unicodedata.normalize("NFKC", codes.decode("utf-16-be", "replace"))
    return unit[0] if unit.endswith("\x00") else " "
