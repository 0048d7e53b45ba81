"""Plain identifiers in texts and bytes: found however they are written, and replaced by asterisks of the same length.

An identifier is a run of exactly 18 (identity number) or 11 (mobile number) ASCII letters and digits after NFKC, so it
ends where Chinese text begins: 电话13800000000 holds one; and beside a sign that NFKC would write as letters, ℡ or №.
Written full-width, with JSON escapes, in GBK beside a character whose second byte is a letter, in UTF-16 or UTF-32,
it is still one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from schemas.identifiers import is_mobile_number, is_resident_number

_RUN = re.compile(r"(?<![0-9A-Za-z])(?:[0-9]{17}[0-9Xx]|1[3-9][0-9]{9})(?![0-9A-Za-z])")
# The X is left out: less to look for.
_CANDIDATE = re.compile(rb"(?<![0-9A-Za-z])(?:[0-9]{17}|1[3-9][0-9]{9}(?![0-9A-Za-z]))")
_CANDIDATE_WITHIN = re.compile(rb"[0-9]{17}|[0-9]*?1[3-9][0-9]{9}")
_ELEVEN_DIGITS = b"0" * 11
_PLAIN_DIGITS = bytes.maketrans(b"123456789", b"000000000")
(_BACKSLASH,) = b"\\"
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
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
    try:
        return _has_candidate(raw) if raw.isascii() else _has_digits(raw.decode())
    except UnicodeDecodeError:
        return True


def _has_candidate(plain: bytes, candidate: re.Pattern[bytes] = _CANDIDATE) -> bool:
    """Looks only where eleven digits stand together, which `translate` and `find` see much faster than a pattern."""
    digits = plain.translate(_PLAIN_DIGITS)
    at = digits.find(_ELEVEN_DIGITS)
    while at >= 0:
        if candidate.match(plain, at) is not None:
            return True
        at = digits.find(_ELEVEN_DIGITS, at + 11)
    return False


def _has_digits(text: str) -> bool:
    """True when enough digits stand together; what delimits them in such a text is told character by character."""
    plain = unicodedata.normalize("NFKC", text).encode("utf-8", "surrogatepass")
    return _has_candidate(plain, _CANDIDATE_WITHIN)


def _may_hold_identifier(text: str) -> bool:
    return _has_candidate(text.encode()) if text.isascii() else _has_digits(text)


def identifiers_in(text: str) -> list[str]:
    """The identity and mobile numbers between other characters than letters and digits, in plain characters."""
    return [found for found, _ in _identifiers(text)] if _may_hold_identifier(text) else []


def masked(text: str) -> str:
    """The text with every identity number and mobile number replaced by asterisks."""
    if not _may_hold_identifier(text):
        return text
    pieces, done = list[str](), 0
    for _, (start, end) in _identifiers(text):
        pieces += [text[done:start], "*" * (end - start)]
        done = end
    return "".join([*pieces, text[done:]])


def masked_bytes(raw: bytes, most: int | None = None) -> bytes:
    """Published bytes without identifiers, cut to `most`; what is no identifier stays byte for byte where it was."""
    seen = raw if most is None else raw[: most + _LONGEST]
    if may_hold_identifier(seen):
        seen = _masked_as(seen, "utf-8")
        plain = _is_utf8(seen)
        if not plain:
            seen = _masked_as(seen, "ascii")  # every other byte by itself, as GBK needs it
        for encoding in () if plain and 0 not in seen else _WIDE:
            seen = _masked_wide(seen, encoding)
    return seen if most is None else seen[:most]


def _masked_as(raw: bytes, encoding: str) -> bytes:
    text = raw.decode(encoding, "surrogateescape")
    pieces, done = [], 0
    for _, (start, end) in _identifiers(text, as_bytes=True):
        pieces += [_bytes(text[done:start]), b"*" * len(_bytes(text[start:end]))]
        done = end
    return b"".join([*pieces, _bytes(text[done:])])


def _masked_wide(raw: bytes, encoding: str) -> bytes:
    """The same where each character is two bytes or four, from the first byte on."""
    width, errors = (2, "surrogatepass") if "16" in encoding else (4, "replace")
    text = raw[: len(raw) - len(raw) % width].decode(encoding, errors)
    kept, place, done = bytearray(raw), 0, 0
    for _, (start, end) in _identifiers(text, as_bytes=True):
        first = place + len(text[done:start].encode(encoding, "surrogatepass"))
        place, done = first + len(text[start:end].encode(encoding, "surrogatepass")), end
        kept[first:place] = b"*" * (place - first)
    return bytes(kept)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


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
        return unit if unit < "\x80" else _letter_or_digit(unit)
    if unit.startswith("\\u"):
        codes = bytes.fromhex(unit.replace("\\u", ""))
        return _letter_or_digit(codes.decode("utf-16-be", "replace"))
    return unit[0] if unit.endswith("\x00") else _of_gbk(unit)


def _of_gbk(unit: str) -> str:
    """What two bytes say that are no UTF-8; what begins with a backslash and is no \\u says nothing."""
    character = _bytes(unit).decode("gbk", "replace")
    return _letter_or_digit(character) if len(character) == 1 else " "


def _letter_or_digit(character: str) -> str:
    """As NFKC writes it, when it is one itself: ℡ is none, though NFKC writes it TEL; and ① or ² stands for itself."""
    if character.isascii():
        return character
    counts = character.isalnum() and unicodedata.category(character) != "No"
    return unicodedata.normalize("NFKC", character) if counts else " "
