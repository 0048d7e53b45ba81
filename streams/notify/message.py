"""What a receiver is told of an alert: no more about a child than it may know. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from streams.clinical.pack import RulePack
from streams.notify.subscriptions import OPERATOR, Row, Subscription

JSON = dict[str, Any]
TO_ALL = (
    *("alert_id", "rule", "rule_version", "severity", "state", "resolution", "due_on", "milestone"),
    *("center_id", "clinic_id", "raised_at", "changed_at"),
)
NAMING = ("subject", "registered_by", "registration_record", "center_subject")
"""Of whom it is: the receiver's own system shows the name."""
NOT_CLINICAL = ("subject", "center_subject")
HIDDEN = ("to", "records", *NAMING)
ENDED = {"zh": "已解除", "en": "resolved"}
ESCALATED = {"zh": "已升级", "en": "escalated"}


def body_of(row: Row, subscription: Subscription, pack: RulePack) -> JSON:
    """A clinic gets what it was decided on; a centre gets whom it is about, no clinical values; others neither."""
    detail = row["detail"]
    body = {name: row[name] for name in TO_ALL} | _words(row, subscription, pack)
    if subscription.side == "clinic":
        body |= {name: detail[name] for name in NAMING if name in detail}
        body["decided_on"] = {name: value for name, value in detail.items() if name not in HIDDEN}
    elif subscription.side == "center":
        body |= {name: detail[name] for name in NOT_CLINICAL if name in detail}
    elif subscription.side == OPERATOR:
        body |= detail
    return body


def _words(row: Row, subscription: Subscription, pack: RulePack) -> JSON:
    """The rule's own words; one that the pack has no longer is named only."""
    if row["rule"] not in {rule.id for rule in pack.rules}:
        return {"title": row["rule"], "text": "", "advice": ""}
    text = pack.text_of(row["rule"], subscription.language)
    said = {"resolved": text.ends, "escalated": text.escalates}.get(row["state"]) or text.opens
    return {"title": text.title, "text": said, "advice": "" if row["state"] == "resolved" else text.advice}


def plain(bodies: Sequence[JSON], subscription: Subscription) -> tuple[str, str]:
    """(title, text) for people: one line for each alert."""
    lines = [_line(body, subscription.language) for body in bodies]
    if len(bodies) == 1:
        [body] = bodies
        return lines[0], "\n".join(filter(None, (body["text"], body["advice"], _whom(body))))
    count = f"{len(bodies)} 条预警" if subscription.language == "zh" else f"{len(bodies)} alerts"
    return count, "\n".join(f"{line} · {_whom(body)}" for line, body in zip(lines, bodies, strict=True))


def _line(body: JSON, language: str) -> str:
    state = {"resolved": ENDED, "escalated": ESCALATED}.get(body["state"], {}).get(language, "")
    return " ".join(filter(None, (body["title"], body["milestone"], body["due_on"], state)))


def _whom(body: JSON) -> str:
    named = body.get("registration_record") or body.get("center_subject") or body.get("subject")
    return " ".join(filter(None, (named, body["clinic_id"], body["center_id"])))
