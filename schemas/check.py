"""Published bytes → an accepted event, or every problem with it. The same check in the SDK, the CLI and intake.

A valid event takes one parse and one pass of its model; only when something is wrong are all problems collected.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from schemas import identifiers
from schemas.event import RETRACTION, Event
from schemas.fields import TIME_RANGE, is_time
from schemas.kinds import KINDS, REGISTRATION_OF_SOURCE, REPORTING, SUBJECT_WORDS, TOPICS, Kind, kind_of_type
from schemas.problems import Problem, in_order
from schemas.ranges import data_problems

LARGEST_BYTES = 64 * 1024
DEEPEST = 32
READABLE_BYTES = 1 << 20
DAY_MS = 24 * 3600 * 1000
SOURCE = re.compile(r"(clinic|center|registry):([a-z0-9][a-z0-9-]{0,62})\Z")
TYPE = re.compile(r"[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*\.v[0-9]+\Z")
REVISIONS = "an integer from 1 to 2147483647"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A valid event; `center_id`: the centre whose folds count it, "" when it is not of a centre's side."""

    event: Event
    kind: Kind
    center_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Every problem, the first by precedence; all texts are masked and `value` is cut to 64 KiB."""

    problems: tuple[Problem, ...]
    value: bytes
    key: bytes | None
    sha256: str
    size: int
    source: str
    type: str
    subject: str

    @property
    def code(self) -> str:
        return self.problems[0].code


def check(value: bytes | None, key: bytes | None, topic: str | None, appended_at: int | None) -> Accepted | Refused:
    """Check one record as it was published.

    `topic` None: sent by us, which chooses topic and key itself. `appended_at`: ms since 1970, None: time is not
    compared with it. Never raises on account of the bytes.
    """
    raw = value or b""
    body = _parsed(raw)
    if isinstance(body, Problem):
        return refused(raw, key, [body])
    problems = _problems(raw, body, key, topic, appended_at)
    return refused(raw, key, problems) if problems else _accepted(body)


def refused(raw: bytes, key: bytes | None, problems: list[Problem]) -> Refused:
    """The refusal of these bytes for these problems: masked, cut, and with what could be read of it."""
    readable = _readable(raw)
    named = [identifiers.masked(readable[n]) if isinstance(readable.get(n), str) else "" for n in _NAMED]
    return Refused(
        problems=in_order(problems),
        value=identifiers.masked_bytes(raw)[:LARGEST_BYTES],
        key=None if key is None else identifiers.masked_bytes(key),
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        source=named[0][:200],
        type=named[1][:200],
        subject=named[2][:200],
    )


_NAMED = ("source", "type", "subject")


def _readable(raw: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(raw) if len(raw) <= READABLE_BYTES else None
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _parsed(raw: bytes) -> dict[str, Any] | Problem:
    if len(raw) > LARGEST_BYTES:
        return Problem("too-large", "", "the event is too large", f"at most {LARGEST_BYTES:,} bytes")
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return Problem("not-json", "", "not JSON in UTF-8", "a JSON object in UTF-8, without NaN")
    if raw.count(b"{") + raw.count(b"[") > DEEPEST and _depth(body) > DEEPEST:
        return Problem("not-json", "", "nested too deeply", f"at most {DEEPEST} levels")
    if not isinstance(body, dict):
        return Problem("not-cloudevents", "", "no JSON object", "a CloudEvents 1.0 JSON object")
    return body


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


def _accepted(body: dict[str, Any]) -> Accepted:
    kind = kind_of_type(body["type"])
    assert kind is not None, "an unknown type has a problem"
    retraction = kind.name == RETRACTION
    if retraction:
        kind = KINDS[body["data"]["kind"]]
    event = Event(
        id=body["id"],
        source=body["source"],
        kind=kind.name,
        retraction=retraction,
        time=body["time"],
        subject=body["subject"],
        recordid=body.get("recordid", body["id"]),
        revision=body.get("revision", 1),
        recordedtime=body.get("recordedtime"),
        data=body["data"],
    )
    return Accepted(event, kind, _center_of(event) if kind.side == "center" else "")


def _center_of(event: Event) -> str:
    given = event.data.get("center_id")
    return str(given) if given is not None else event.source.partition(":")[2]


def _problems(
    raw: bytes, body: dict[str, Any], key: bytes | None, topic: str | None, appended_at: int | None
) -> list[Problem]:
    problems = _envelope(body)
    if identifiers.may_hold_identifier(raw):
        problems += _identifiers(body)
    event_type, data = body.get("type"), body.get("data")
    kind = kind_of_type(event_type) if isinstance(event_type, str) else None
    if kind is None:
        if isinstance(event_type, str) and TYPE.match(event_type):
            problems.append(Problem("unknown-type", "/type", "unknown type", "the kinds of the catalogue, with .v1"))
    elif "data" not in body:
        problems.append(Problem("missing-field", "/data", "is missing", "an object"))
    else:
        problems += data_problems(kind.model, data)
    retracted = _retracted(kind, data)
    if kind is not None:
        problems += _sender(body, kind, retracted, topic)
        problems += _attributes(body, kind, retracted, key, topic, appended_at)
    return problems


def _retracted(kind: Kind | None, data: Any) -> Kind | None:
    if kind is None or kind.name != RETRACTION or not isinstance(data, dict):
        return None
    name = data.get("kind")
    return KINDS.get(name) if isinstance(name, str) else None


def _envelope(body: dict[str, Any]) -> list[Problem]:
    source, event_type, event_id = body.get("source"), body.get("type"), body.get("id")
    problems = []
    if body.get("specversion") != "1.0":
        problems.append(Problem("not-cloudevents", "/specversion", "missing or malformed", "1.0"))
    if not isinstance(event_id, str) or not 1 <= len(event_id) <= 64:
        problems.append(Problem("not-cloudevents", "/id", "missing or malformed", "1–64 characters"))
    if not isinstance(source, str) or not SOURCE.match(source):
        allowed = "clinic:ID, center:ID or registry:ID; ID [a-z0-9][a-z0-9-]{0,62}"
        problems.append(Problem("not-cloudevents", "/source", "missing or malformed", allowed))
    if not isinstance(event_type, str) or not TYPE.match(event_type):
        problems.append(Problem("not-cloudevents", "/type", "missing or malformed", "thing.verb.v1"))
    return problems


def _identifiers(value: Any, path: str = "", in_data: bool = False) -> list[Problem]:
    if isinstance(value, str):
        if identifiers.holds_resident_number(value) or (in_data and identifiers.holds_mobile_number(value)):
            message = "holds a plain identity number or, in data, a mobile number"
            return [Problem("raw-identifier", identifiers.masked(path), message, "tokens only, see huiyu token")]
        return []
    if isinstance(value, dict):
        items = [(f"{path}/{_escaped(k)}", v, in_data or (not path and k == "data"), k) for k, v in value.items()]
        found = [p for where, item, inside, _ in items for p in _identifiers(item, where, inside)]
        return found + [p for where, _, inside, name in items for p in _identifiers(name, where, inside)]
    if isinstance(value, list):
        return [p for index, item in enumerate(value) for p in _identifiers(item, f"{path}/{index}", in_data)]
    return []


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _sender(body: dict[str, Any], kind: Kind, retracted: Kind | None, topic: str | None) -> list[Problem]:
    match = SOURCE.match(body["source"]) if isinstance(body.get("source"), str) else None
    if match is None:
        return []
    side, own = match.groups()
    named = retracted or kind
    problems = []
    if not named.may_be_sent_by(side):
        message = f"a {side} source may not send this kind"
        problems.append(Problem("wrong-side", "/type", message, f"sources of side {named.side} or registry"))
    wanted = _topic_of(kind, retracted, side)
    if topic is not None and wanted is not None and topic != wanted:
        problems.append(Problem("wrong-topic", "", f"this kind does not go to {topic}", wanted))
    data = body.get("data")
    if side != "registry" and isinstance(data, dict) and named.name != "child.registered":
        problems += [
            Problem("not-your-own", f"/data/{field}", "names another clinic or centre", "the source's own ID")
            for field in ("clinic_id", "center_id")
            if field in data and field in kind.model.model_fields and data[field] != own
        ]
    return problems


def _topic_of(kind: Kind, retracted: Kind | None, side: str) -> str | None:
    if kind.name == RETRACTION:
        return TOPICS[retracted.side] if retracted is not None and retracted.side else None
    return TOPICS[kind.side or side]


def _attributes(
    body: dict[str, Any],
    kind: Kind,
    retracted: Kind | None,
    key: bytes | None,
    topic: str | None,
    appended_at: int | None,
) -> list[Problem]:
    problems = _subject(body, kind, retracted, key if topic is not None else None)
    problems += _times(body, appended_at)
    recordid, revision = body.get("recordid", "1"), body.get("revision", 1)
    if not isinstance(recordid, str) or not 1 <= len(recordid) <= 64:
        problems.append(Problem("bad-value", "/recordid", "malformed", "1–64 characters"))
    if type(revision) is not int or not 1 <= revision <= 2**31 - 1:
        problems.append(Problem("bad-value", "/revision", "out of range", REVISIONS))
    return problems + _of_kind(body, kind, retracted)


def _subject(body: dict[str, Any], kind: Kind, retracted: Kind | None, key: bytes | None) -> list[Problem]:
    if "subject" not in body:
        return [Problem("missing-field", "/subject", "is missing", SUBJECT_WORDS[(retracted or kind).subject])]
    subject, named, problems = body["subject"], retracted or kind, []
    if key is not None and isinstance(subject, str) and key != subject.encode():
        problems.append(Problem("key-mismatch", "/subject", "the record's key is another", "key = subject, or no key"))
    any_subject = kind.name == RETRACTION and retracted is None
    if not isinstance(subject, str) or not (any_subject or named.subject_fits(subject)):
        problems.append(Problem("bad-value", "/subject", "malformed for this kind", SUBJECT_WORDS[named.subject]))
    elif kind.name == REPORTING and subject != f"source:{body.get('source')}":
        problems.append(Problem("bad-value", "/subject", "is not the sending source", "source:SOURCE of the event"))
    return problems


def _times(body: dict[str, Any], appended_at: int | None) -> list[Problem]:
    problems = []
    if "time" not in body:
        problems.append(Problem("missing-field", "/time", "is missing", TIME_RANGE))
    elif not is_time(body["time"]):
        problems.append(Problem("bad-value", "/time", "malformed or out of range", TIME_RANGE))
    elif appended_at is not None and _ms(body["time"]) > appended_at + DAY_MS:
        allowed = "at most 24 h after the broker received it"
        problems.append(Problem("time-in-future", "/time", "is in the future", allowed))
    if "recordedtime" in body and not is_time(body["recordedtime"]):
        problems.append(Problem("bad-value", "/recordedtime", "malformed or out of range", TIME_RANGE))
    return problems


def _ms(time: str) -> float:
    return datetime.fromisoformat(time.upper()).timestamp() * 1000


def _of_kind(body: dict[str, Any], kind: Kind, retracted: Kind | None) -> list[Problem]:
    data = body.get("data")
    if not isinstance(data, dict):
        return []
    if kind.name == REGISTRATION_OF_SOURCE:
        parts = str(body.get("subject")).split(":")
        if len(parts) == 3 and data.get("side") in TOPICS and parts[1] != data["side"]:
            return [Problem("bad-value", "/data/side", "is not the side of the source's name", "the source's prefix")]
    if kind.name == RETRACTION and isinstance(data.get("kind"), str):
        if retracted is None or not retracted.retractable:
            allowed = ", ".join(sorted(name for name, each in KINDS.items() if each.retractable))
            return [Problem("bad-value", "/data/kind", "is not a kind that can be retracted", allowed)]
        by_registry = str(body.get("source")).startswith("registry:")
        if retracted.side == "center" and by_registry and "center_id" not in data:
            return [Problem("missing-field", "/data/center_id", "is missing", "the centre whose record it was")]
    return []
