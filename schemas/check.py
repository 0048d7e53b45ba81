"""Published bytes → an accepted event, or every problem with it. The same check in the SDK, the CLI and intake.

One parse, one pass of the model of its kind over attributes and data, then what must hold between them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, NamedTuple

from schemas.envelope import Envelope
from schemas.event import Event, event_of
from schemas.kinds import KINDS, Kind, kind_of_type
from schemas.masking import masked, masked_bytes, may_hold_identifier
from schemas.parsing import LARGEST_BYTES, parsed, readable
from schemas.plain_identifiers import plain_identifiers
from schemas.problems import Problem, in_order
from schemas.ranges import shape_problems
from schemas.relations import broken_envelope, broken_relations

LONGEST_HEADER = 200
LONGEST_IDENTIFIER = 18


class Accepted(NamedTuple):
    """A valid event. `kind`: the kind of the record, for a retraction the kind it retracts.

    `center_id`: the centre whose folds count it, "" when it is not of a centre's side.
    """

    event: Event
    kind: Kind
    center_id: str

    @property
    def side(self) -> str:
        """The side of its kind; of `reporting.completed`, the side of its source."""
        return self.kind.side or self.event.source.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Refused:
    """Every problem, the first by precedence; all texts are masked, `value` and `key` are cut to 64 KiB.

    `sha256` (hex) and `size` are of the bytes as received; source, type and subject "" where not readable.
    """

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
    body = parsed(raw)
    if isinstance(body, Problem):
        return refused(raw, key, [body])
    kind = kind_of_type(body.get("type"))
    found = shape_problems(Envelope if kind is None else kind.event_model, body)
    if may_hold_identifier(raw):
        found += plain_identifiers(raw, body)
    compared = key if topic is not None else None
    if kind is None:
        found += _unknown_type(found) + broken_envelope(body, compared, appended_at)
    else:
        found += broken_relations(body, kind, compared, topic, appended_at)
    return refused(raw, key, _told_once(found)) if found else _accepted(body)


def refused(raw: bytes, key: bytes | None, problems: list[Problem]) -> Refused:
    """The refusal of these bytes for these problems: masked, cut, and with what could be read of it."""
    body = readable(raw)
    return Refused(
        problems=in_order(problems),
        value=masked_bytes(raw, LARGEST_BYTES),
        key=None if key is None else masked_bytes(key, LARGEST_BYTES),
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        source=_header(body.get("source")),
        type=_header(body.get("type")),
        subject=_header(body.get("subject")),
    )


def _header(text: Any) -> str:
    """Cut before it is masked, for it may be a mebibyte; an identifier that begins within the length is whole."""
    return masked(text[: LONGEST_HEADER + LONGEST_IDENTIFIER])[:LONGEST_HEADER] if isinstance(text, str) else ""


def _told_once(found: list[Problem]) -> list[Problem]:
    """A time after the last that the store holds is in the future, and that is all that is wrong with it."""
    if not any(problem.code == "time-in-future" for problem in found):
        return found
    return [problem for problem in found if (problem.code, problem.path) != ("bad-value", "/time")]


def _unknown_type(found: list[Problem]) -> list[Problem]:
    if any(problem.path == "/type" and problem.code == "not-cloudevents" for problem in found):
        return []
    return [Problem("unknown-type", "/type", "unknown type", "the kinds of the catalogue, with .v1")]


def _accepted(body: dict[str, Any]) -> Accepted:
    event = event_of(body)
    kind = KINDS[event.kind]
    return Accepted(event, kind, _center_of(event) if kind.side == "center" else "")


def _center_of(event: Event) -> str:
    """A centre's own retraction need not name the centre."""
    return event.data.get("center_id") or event.source.partition(":")[2]
