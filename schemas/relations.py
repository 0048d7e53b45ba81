"""What must hold between an event's parts, its record and the clock: who may send what, where, about whom, when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from schemas.envelope import side_and_id
from schemas.event import RETRACTION
from schemas.fields import is_any_time
from schemas.kinds import KINDS, REGISTRATION_OF_SOURCE, REPORTING, SUBJECT_WORDS, TOPICS, Kind
from schemas.problems import Problem

DAY_MS = 24 * 3600 * 1000
Body = dict[str, Any]
_REGISTERS_A_CHILD = "child.registered"


def broken_relations(
    body: Body, kind: Kind, key: bytes | None, topic: str | None, appended_at: int | None
) -> list[Problem]:
    """Problems beyond the shape of the parts; made for bodies that may have problems of shape as well.

    `topic` and `key` None: not compared. `appended_at`: ms since 1970, None: not compared.
    """
    side, own = side_and_id(body.get("source"))
    retracted = _retracted_kind(body) if kind.name == RETRACTION else None
    named = retracted or kind
    found = _topic(kind, retracted, side, topic) + broken_envelope(body, key, appended_at)
    if side != "registry":
        found += _side(named, side) + _own(body, kind, named, side, own)
    if kind.name in _OWN_RULES:
        found += _OWN_RULES[kind.name](body, retracted)
    return found


def broken_envelope(body: Body, key: bytes | None, appended_at: int | None) -> list[Problem]:
    """Those of them that can be told of an event of any kind, also of an unknown one."""
    return _key(body, key) + in_future(body.get("time"), appended_at, "/time")


def _retracted_kind(body: Body) -> Kind | None:
    """The kind that a retraction names, None when it names none."""
    data = body.get("data")
    name = data.get("kind") if isinstance(data, dict) else None
    return KINDS.get(name) if isinstance(name, str) else None


def _side(named: Kind, side: str) -> list[Problem]:
    if not side or named.may_be_sent_by(side):
        return []
    allowed = " or ".join(dict.fromkeys((f"{named.side}:ID", "registry:ID")))
    return [Problem("wrong-side", "/type", f"a {side} source may not send this kind", allowed)]


def _topic(kind: Kind, retracted: Kind | None, side: str, topic: str | None) -> list[Problem]:
    decides = retracted if kind.name == RETRACTION else kind
    if topic is None or decides is None:
        return []
    wanted = TOPICS.get(decides.side or side)
    if wanted is None or wanted == topic or (kind.name == RETRACTION and decides.side is None):
        return []
    return [Problem("wrong-topic", "", f"this kind does not go to {topic}", wanted)]


def _key(body: Body, key: bytes | None) -> list[Problem]:
    subject = body.get("subject")
    if key is None or not isinstance(subject, str) or key == subject.encode():
        return []
    return [Problem("key-mismatch", "/subject", "the record's key is another", "key = subject, or no key")]


def _own(body: Body, kind: Kind, named: Kind, side: str, own: str) -> list[Problem]:
    data = body.get("data")
    if not side or named.name == _REGISTERS_A_CHILD or not isinstance(data, dict):
        return []
    if data.get("clinic_id", own) == own and data.get("center_id", own) == own:
        return []
    return [
        Problem("not-your-own", f"/data/{field}", "names another clinic or centre", "the source's own ID")
        for field in ("clinic_id", "center_id")
        if field in kind.model.model_fields and data.get(field) not in (None, own)
    ]


def _retraction(body: Body, retracted: Kind | None) -> list[Problem]:
    data, subject = body.get("data"), body.get("subject")
    if not isinstance(data, dict) or not isinstance(data.get("kind"), str):
        return []
    if retracted is None or not retracted.retractable:
        allowed = ", ".join(sorted(name for name, each in KINDS.items() if each.retractable))
        return [Problem("bad-value", "/data/kind", "is not a kind that can be retracted", allowed)]
    problems = []
    if isinstance(subject, str) and not retracted.subject_fits(subject):
        allowed = SUBJECT_WORDS[retracted.subject]
        problems.append(Problem("bad-value", "/subject", "is no subject of the retracted kind", allowed))
    if retracted.side == "center" and data.get("center_id") is None and _is_of_the_registry(body):
        problems.append(Problem("missing-field", "/data/center_id", "is missing", "the centre whose record it was"))
    return problems


def _is_of_the_registry(body: Body) -> bool:
    return side_and_id(body.get("source"))[0] == "registry"


def _registration(body: Body, _: Kind | None) -> list[Problem]:
    data, subject = body.get("data"), body.get("subject")
    prefix = side_and_id(subject.removeprefix("source:"))[0] if isinstance(subject, str) else ""
    side = data.get("side") if isinstance(data, dict) else None
    if not prefix or not isinstance(side, str) or side not in TOPICS or side == prefix:
        return []
    return [Problem("bad-value", "/data/side", "is not the side of the source's name", "the source's prefix")]


def _reporting(body: Body, _: Kind | None) -> list[Problem]:
    subject = body.get("subject")
    if not isinstance(subject, str) or subject == f"source:{body.get('source')}":
        return []
    return [Problem("bad-value", "/subject", "is not the sending source", "source:SOURCE of the event")]


def in_future(time: object, appended_at: int | None, path: str) -> list[Problem]:
    """The problem of a time that lies too far after the broker's append time, ms since 1970; None: not compared."""
    if appended_at is None or not isinstance(time, str):
        return []
    try:
        seconds = datetime.fromisoformat(time.upper()).timestamp()
    except (ValueError, OverflowError):  # no time: told already
        return []
    # Both sides are correctly rounded quotients of integers, so equal times compare as equal.
    if seconds <= (appended_at + DAY_MS) / 1000 or not is_any_time(time):
        return []
    return [Problem("time-in-future", path, "is in the future", "at most 24 h after the broker received it")]


_OWN_RULES: Mapping[str, Callable[[Body, Kind | None], list[Problem]]] = {
    RETRACTION: _retraction,
    REGISTRATION_OF_SOURCE: _registration,
    REPORTING: _reporting,
}
