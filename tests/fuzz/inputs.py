"""Hostile records by class: each is made from a seed, and says only what was planted in it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tests.fuzz import bodies
from tests.fuzz.bodies import SUBJECTS, valid, written
from tests.support.builders import an_event
from tests.support.pipeline import topic_of
from tests.unit.catalogue.places import Event, changed, places

RESIDENTS = ("11010519491231002X", "440524188001010014")
MOBILES = ("13800138000", "19912345678")
TOPICS = ("clinic-events", "center-events", "registry-events")
WIDE = {ord(c): ord(c) + 0xFEE0 for c in "0123456789Xx"}


class Hostile(NamedTuple):
    """A record as it is published; `planted`: an identifier stands where it may not."""

    name: str
    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()
    planted: bool = False


def topic_for(event: Any) -> str:
    """Its kind's; of what has no kind any more, some topic."""
    try:
        return topic_of(event)
    except (KeyError, TypeError, AttributeError):
        return TOPICS[0]


def _sent(rng: random.Random, name: str, event: Any, value: bytes | None = None, planted: bool = False) -> Hostile:
    subject = event.get("subject") if isinstance(event, dict) else None
    key = subject.encode("utf-8", "replace") if isinstance(subject, str) and rng.random() < 0.8 else None
    return Hostile(name, topic_for(event), key, written(rng, event) if value is None else value, (), planted)


def untouched(rng: random.Random) -> Hostile:
    return _sent(rng, "untouched", valid(rng))


def value(rng: random.Random) -> Hostile:
    event = bodies.with_value(rng, valid(rng))
    return _sent(rng, "another value", bodies.with_value(rng, event) if rng.random() < 0.2 else event)


def time(rng: random.Random) -> Hostile:
    event = valid(rng)
    at = [p for p in places(event) if p[-1] in ("time", "recordedtime") or "date" in str(p[-1]) or "at" in str(p[-1])]
    return _sent(rng, "another time", changed(event, rng.choice(at), rng.choice(bodies.TIMES)))


def missing(rng: random.Random) -> Hostile:
    return _sent(rng, "a field left out", bodies.with_less(rng, valid(rng)))


def added(rng: random.Random) -> Hostile:
    return _sent(rng, "a field too many", bodies.with_more(rng, valid(rng)))


def renamed(rng: random.Random) -> Hostile:
    return _sent(rng, "a field renamed", bodies.with_other_name(rng, valid(rng)))


def twice(rng: random.Random) -> Hostile:
    event = valid(rng)
    return _sent(rng, "a name twice", event, bodies.with_a_name_twice(rng, json.dumps(event).encode()))


def spoiled(rng: random.Random) -> Hostile:
    event = valid(rng)
    return _sent(rng, "other bytes", event, bodies.spoiled(rng, json.dumps(event, ensure_ascii=False).encode()))


def nothing(rng: random.Random) -> Hostile:
    made = rng.choice((None, b"", b" ", b"null", b"0", b'""', b"[]", b"{}", b"\x00", b"true", b"[[[]]]", b'{"":""}'))
    return Hostile("nothing", rng.choice(TOPICS), rng.choice((None, b"", SUBJECTS[0].encode())), made)


def nested(rng: random.Random) -> Hostile:
    depth = rng.choice((29, 30, 31, 32, 33, 34, 200, 1_030, 9_000, 30_000))
    opened, closed = rng.choice(((b"[", b"]"), (b'{"a":', b"}")))
    deep = opened * depth + b"1" + rng.choice((closed * depth, b""))
    event = valid(rng)
    inside = json.dumps({**event, "x": "@"}).encode().replace(b'"@"', deep)
    return _sent(rng, "nested", event, rng.choice((deep, inside))[: 1 << 20])


def large(rng: random.Random) -> Hostile:
    """To the byte below, at and above what is allowed, up to the most that the broker takes."""
    event = valid(rng)
    size = rng.choice((65_535, 65_536, 65_537, 70_000, (1 << 20) - 2_000))
    padding = rng.choice(("x", "1", '\\"', "\\u0031", "１", "\\\\", "[", "13700137000 "))
    empty = len(json.dumps({**event, "pad": ""}))
    body = padding * ((size - empty) // len(padding.encode()))
    body += "x" * (size - empty - len(body.encode()))
    raw = json.dumps({**event, "pad": "@"}).encode().replace(b'"@"', b'"' + body.encode() + b'"')
    return _sent(rng, "large", event, raw)


def many(rng: random.Random) -> Hostile:
    """As many problems as an event has room for."""
    event, count = valid(rng), rng.choice((199, 200, 201, 3_000))
    filled: Any = {f"f{n}": n for n in range(count)}
    event["data"] = rng.choice(
        (filled, [filled], {**event["data"], **filled}, {**event["data"], "items": [{}] * count})
    )
    return _sent(rng, "many problems", event)


def keyed(rng: random.Random) -> Hostile:
    event = valid(rng)
    subject = event["subject"].encode()
    keys = (
        None, b"", subject, subject.upper(), subject + b"\n", b" " + subject, subject + b"\x00", b"\xff\xfe",
        b"\x80" * 40, rng.choice(SUBJECTS).encode(), subject.decode().encode("utf-16"), rng.randbytes(40), b"null",
        b"k" * 70_000, RESIDENTS[0].encode(), RESIDENTS[1].translate(WIDE).encode(), RESIDENTS[0].encode("utf-16-be"),
        MOBILES[0].encode(),
    )  # fmt: skip
    return Hostile("another key", topic_for(event), rng.choice(keys), written(rng, event))


def headed(rng: random.Random) -> Hostile:
    sent = _sent(rng, "headers", valid(rng))
    names = ("content-type", "ce_id", "", "\x00", "x" * 300, "体重", "code", "origin")
    values = (b"", b"\xff\xfe", b"application/json; charset=utf-16", b"\x00" * 30, RESIDENTS[0].encode(), b"h" * 2_000)
    count = rng.choice((1, 2, 300))
    return sent._replace(headers=tuple((rng.choice(names), rng.choice(values)) for _ in range(count)))


def misdirected(rng: random.Random) -> Hostile:
    """By somebody who may not send it, to a topic where it does not go, or about another's record."""
    event = valid(rng)
    sources = (
        "clinic:chengguan",
        "center:yucai",
        "registry:bureau",
        "clinic:nobody",
        "center:nobody",
        "center:chengguan",
    )
    if rng.random() < 0.7:
        event["source"] = rng.choice(sources)
    sent = _sent(rng, "misdirected", event)
    return sent._replace(topic=rng.choice((sent.topic, *TOPICS)))


def of_no_kind(rng: random.Random) -> Hostile:
    """Well-formed types that no kind has, and some that are malformed."""
    types = (
        "checkup.recorded.v2", "checkup.recorded.v0", "checkup.recorded.v01", "a.b.v1", "child.born.v1", "x-y.z_1.v99",
        "envelope.schema.v1", "Checkup.recorded.v1", "checkup.recorded", "checkup.recorded.v", "checkup.recorded.v1\n",
        "checkup..v1", "checkup.recorded.extra.v1", "体检.recorded.v1", "record.retracted.v2", f"{'a' * 5_000}.b.v1",
    )  # fmt: skip
    return _sent(rng, "of no kind", {**valid(rng), "type": rng.choice(types)})


def retraction(rng: random.Random) -> Hostile:
    kinds = (
        "checkup.recorded", "attendance.recorded", "child.registered", "source.registered", "identity.linked",
        "record.retracted", "center.filed", "nothing.known", "", 1, None, "child.enrolled", "envelope",
    )  # fmt: skip
    event = valid(rng)
    data = {"kind": rng.choice(kinds), "reason": "mistaken"}
    if rng.random() < 0.4:
        data["center_id"] = rng.choice(("yucai", "nobody"))
    sent = {**event, "type": "record.retracted.v1", "data": data, "revision": 5}
    return _sent(rng, "retraction", sent)._replace(topic=rng.choice(TOPICS))


def linked(rng: random.Random) -> Hostile:
    """Between a few subjects, in circles, to themselves, withdrawn, in any order."""
    alias, to = rng.choice(SUBJECTS), rng.choice(SUBJECTS)
    more = {"recordid": f"L{rng.randrange(3)}", "revision": rng.randint(1, 4)}
    at = f"2026-02-0{rng.randint(1, 9)}T08:00:00+08:00"
    if rng.random() < 0.2:
        gone = {"kind": "identity.linked", "reason": "mistaken"}
        return _sent(rng, "links", an_event("record.retracted", "clinic:chengguan", alias, gone, at, **more))
    return _sent(rng, "links", an_event("identity.linked", "clinic:chengguan", alias, {"same_as": to}, at, **more))


def identifying(rng: random.Random) -> Hostile:
    """An identity number anywhere, or a mobile number in data, in one of the ways in which numbers are written."""
    event, resident = valid(rng), rng.random() < 0.7
    number = rng.choice(RESIDENTS if resident else MOBILES)
    number = rng.choice((number, number.lower(), number.translate(WIDE), _mathematical(number)))
    text = rng.choice(("", "证", "-", " ", "_", "/", "№", "\n", '"')) + number + rng.choice(("", "号", ".", "\t", "'"))
    with_number = _planted(rng, event, text, resident)
    raw = written(rng, with_number)
    if rng.random() < 0.3:
        raw = "".join(f"\\u{ord(c):04x}" if c in number and ord(c) < 128 else c for c in text).join(
            raw.decode().split(text)
        ).encode() if text in raw.decode() else raw  # fmt: skip
    return _sent(rng, "identifiers", event, raw, planted=True)


def _mathematical(number: str) -> str:
    return "".join(chr(0x1D7CE + int(c)) if c.isdigit() else c for c in number)


def _planted(rng: random.Random, event: Event, text: str, resident: bool) -> Event:
    """As a value or a name, somewhere in data; an identity number also beside it."""
    event = {**event, "data": dict(event["data"])}
    holder = rng.choice((event, event["data"])) if resident else event["data"]
    if rng.random() < 0.3:
        holder[text] = rng.choice(bodies.TEXTS[:20])
    else:
        within = [
            p for p in places(event) if (resident or p[0] == "data") and p[0] not in ("specversion", "type", "source")
        ]
        at = rng.choice([p for p in within if p not in (("id",), ("data",))])
        event = changed(event, at, rng.choice((text, [text], {"a": [{"b": text}]}, {text: 1})))
    return event


CLASSES: Mapping[str, tuple[Callable[[random.Random], Hostile], int]] = {
    made.__name__: (made, weight)
    for made, weight in (
        (untouched, 8), (value, 20), (time, 6), (missing, 6), (added, 6), (renamed, 5), (twice, 4), (spoiled, 12),
        (nothing, 1), (nested, 2), (large, 1), (many, 1), (keyed, 6), (headed, 2), (misdirected, 6), (retraction, 5),
        (linked, 5), (of_no_kind, 2), (identifying, 8),
    )
}  # fmt: skip


def hostile(rng: random.Random) -> Hostile:
    """A record of some class, the costly ones more seldom."""
    makers, weights = zip(*CLASSES.values(), strict=True)
    (make,) = rng.choices(makers, weights)
    made: Hostile = make(rng)
    return made
