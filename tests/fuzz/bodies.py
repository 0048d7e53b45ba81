"""Valid events, and what may be done to them: values of every sort at every place, names that are none, other bytes."""

from __future__ import annotations

import gzip
import json
import random
from copy import deepcopy
from functools import cache
from typing import Any

from tests.support.builders import subject_of
from tests.unit.catalogue.places import EXAMPLES, Event, Place, changed, loaded, places, without

SUBJECTS = tuple(subject_of(f"hostile {n}", scheme) for n in range(3) for scheme in ("cn-id", "birth-cert", "local"))
RAW = "@raw:"
"""A text that begins so is written as what follows: JSON that Python's writer would not make."""

NUMBERS = (
    "1e400", "-1e400", "1" + "0" * 5_000, "1" + "0" * 300, "NaN", "Infinity", "-Infinity", "-0", "-0.0", "1e-400",
    "0." + "0" * 4_400 + "1", "9223372036854775808", "18446744073709551616", "2147483648", "1.7976931348623159e308",
    "01", "+1", ".5", "1.", "0x10", "1_000", "1e12", "1000000000001", "9007199254740993", "1.0", "2E0", "true", "null",
)  # fmt: skip
TEXTS = (
    "", " ", "x", "x" * 64, "x" * 65, "x" * 1_001, "\x00", "a\nb", "2026-03-02\n", "\u202eevil\u202c", "\u200b",
    "\ufeff", "１２３", "𝟙𝟚", "㊗", "e\u0301", "é", "👶🏽", "\u2028", "\x7f", "../../etc/passwd", "'; DROP TABLE x --",
    "{{7*7}}", "=1+1", "%s%n", "<b>", "null", "true", "1", "NaN", "constructor", "__proto__", "~1~0", "\\", '"',
    "\ud83d", "\udc76",
)  # fmt: skip
TIMES = (
    "1970-01-01T23:59:59Z", "1970-01-02T00:00:00Z", "1970-01-02T00:00:00+23:59", "1970-01-02T00:00:00-23:59",
    "2099-12-31T23:59:59Z", "2099-12-31T23:59:59-23:59", "2100-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59", "0000-01-01T00:00:00Z", "2026-03-02T23:59:60Z", "2026-06-30T23:59:60+00:00",
    "2026-02-29T00:00:00Z", "2024-02-29T00:00:00Z", "2026-03-02T24:00:00Z", "2026-03-02T09:30:00", "2026-03-02",
    "2026-03-02T09:30:00+24:00", "2026-03-02T09:30:00+08", "2026-03-02T09:30:00+0800", "2026-03-02 09:30:00Z",
    "2026-03-02t09:30:00z", "2026-W10-1", "20260302T093000Z", "2026-03-02T09:30:00.123456789Z", "2026-03-02T09:30Z",
    "２０２６-03-02T09:30:00Z", "2026-03-02T09:30:00." + "9" * 3_000 + "+08:00", "2026-03-02T09:30:00Z\n",
    "1969-12-31", "1970-01-01", "1970-01-02", "2099-12-31", "2100-01-01", "2026-13-01", "2026-00-10", "2026-3-2",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 0.5, -1e15,
    10**15, 2**31, 2**31 - 1, 2**63, [], [None], {}, {"a": 1}, [[[]]], ["x"] * 50,
    *TEXTS, *TIMES, *(RAW + number for number in NUMBERS),
)  # fmt: skip
NAMES = (
    "",
    "x" * 300,
    "\x00",
    "__proto__",
    "\u202edi",
    "Data",
    "ＤＡＴＡ",
    "a/b~c",
    "data ",
    "\ufeffid",
    "体重",
    "wieght_kg",
)


@cache
def _valid() -> tuple[Event, ...]:
    return tuple(loaded(path) for path in sorted((EXAMPLES / "valid").iterdir()))


def valid(rng: random.Random) -> Event:
    """An event of some kind, of one of a few children, sources and records."""
    event: Event = deepcopy(rng.choice(_valid()))
    if event["subject"].partition(":")[0] in ("cn-id", "birth-cert", "local"):
        stranger = rng.random() < 0.2 and event["type"] != "child.registered.v1"
        event["subject"] = subject_of(f"stranger {rng.randrange(50)}") if stranger else rng.choice(SUBJECTS)
    event["recordid"], event["revision"] = f"R{rng.randrange(6)}", rng.choice((1, 1, 1, 2, 3, 2**31 - 1))
    event["time"] = f"2026-0{rng.randint(1, 5)}-0{rng.randint(1, 9)}T09:30:00+08:00"
    if event["type"] == "identity.linked.v1":
        event["data"]["same_as"] = rng.choice(SUBJECTS)
    return event


def place(rng: random.Random, event: Event) -> Place:
    return rng.choice(list(places(event)))


def with_value(rng: random.Random, event: Event, values: tuple[Any, ...] = VALUES) -> Event:
    return changed(event, place(rng, event), rng.choice(values))


def with_less(rng: random.Random, event: Event) -> Event:
    return without(event, place(rng, event))


def with_more(rng: random.Random, event: Event) -> Event:
    holders = [event, *(p for p in (_at(event, at) for at in places(event)) if isinstance(p, dict))]
    chosen = rng.randrange(len(holders))
    holders[chosen][rng.choice(NAMES)] = rng.choice(VALUES)
    return event


def with_other_name(rng: random.Random, event: Event) -> Event:
    at = place(rng, event)
    if isinstance(at[-1], int):
        return event
    holder = _at(event, at[:-1])
    holder[rng.choice((at[-1].upper(), at[-1] + "s", " " + at[-1], rng.choice(NAMES)))] = holder.pop(at[-1])
    return event


def _at(event: Any, at: Place) -> Any:
    for part in at:
        event = event[part]
    return event


def written(rng: random.Random, event: Any) -> bytes:
    """As JSON, in one of the ways in which JSON is written."""
    indent, separators = rng.choice(((None, (",", ":")), (None, (", ", ": ")), (1, (",", " :\t"))))
    text = json.dumps(event, ensure_ascii=rng.random() < 0.5, indent=indent, separators=separators)
    pieces = text.split(f'"{RAW}')
    told = [piece.partition('"') for piece in pieces[1:]]
    whole = pieces[0] + "".join(number + rest for number, _, rest in told)
    return whole.encode("utf-8", "surrogatepass")


def with_a_name_twice(rng: random.Random, raw: bytes) -> bytes:
    """A name of the event or of its data once more, behind or in front of what it says."""
    text = raw.decode()
    quotes = [n for n, c in enumerate(text) if c == "{"]
    at = rng.choice(quotes) + 1
    name = json.loads(text)["data"] if at > 1 else json.loads(text)
    again = json.dumps(rng.choice(list(name) or ["id"]) if isinstance(name, dict) else "id")
    if rng.random() < 0.3:
        again = f'"\\u{ord(again[1]):04x}' + again[2:]
    return (text[:at] + f"{again}{rng.choice(('', ' ', chr(9)))}:1," + text[at:]).encode()


def spoiled(rng: random.Random, raw: bytes) -> bytes:
    """Other bytes in place of these."""
    at, other = rng.randrange(len(raw)), bytes([rng.randrange(256)])
    text = raw.decode()
    return rng.choice((
        lambda: raw[:at],
        lambda: raw[at:],
        lambda: raw[:at] + other + raw[at + 1 :],
        lambda: raw[:at] + other + raw[at:],
        lambda: raw[:at] + raw[at + 1 :],
        lambda: raw[:at] + bytes([raw[at] ^ (1 << rng.randrange(8))]) + raw[at + 1 :],
        lambda: b"\xef\xbb\xbf" + raw,
        lambda: text.encode("utf-16"),
        lambda: text.encode("utf-16-be"),
        lambda: text.encode("utf-32"),
        lambda: text.encode("utf-7"),
        lambda: text.encode("gbk", "replace"),
        lambda: gzip.compress(raw, mtime=0),
        lambda: gzip.compress(raw, mtime=0)[: at // 2],
        lambda: raw + raw,
        lambda: raw + b"\n" + raw,
        lambda: raw + rng.choice((b"\x00", b" ", b"\n", b",", b"}", b"//", b"\x1a")),
        lambda: rng.choice((b"\x00", b" \t\r\n", b"\x0c", b"[", b"\x1e", b"data: ")) + raw,
        lambda: b"[" + raw + b"]",
        lambda: json.dumps(text).encode(),
        lambda: raw.replace(b'"', b"'"),
        lambda: rng.randbytes(rng.randrange(400)),
    ))()  # fmt: skip
