"""Builds events: the CloudEvents envelope around what a clinic, a centre or the bureau has to say. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from streams.publish.encoding import plain

Envelope = dict[str, Any]


def new_event(
    kind: str,
    source: str,
    subject: str,
    data: Mapping[str, Any],
    time: datetime | str,
    *,
    recordid: str | None = None,
    revision: int = 1,
    recordedtime: datetime | str | None = None,
    id: str | None = None,
) -> Envelope:
    """One event of version 1, ready to publish; times are aware datetimes or RFC 3339.

    Give `recordid`, your own stable number of the record: corrections and retractions name it. An `id` that is not
    given follows from the content, so that building the same event again gives the same event. Numbers may be finite
    Decimals; what JSON cannot say (NaN, a set, a name that is no text) raises Refused with its place.
    """
    body: Envelope = {
        "specversion": "1.0",
        "source": source,
        "type": f"{kind}.v1",
        "time": _moment(time),
        "subject": subject,
        "revision": revision,
        "data": dict(data),
    }
    if recordid is not None:
        body["recordid"] = recordid
    if recordedtime is not None:
        body["recordedtime"] = _moment(recordedtime)
    body = plain(body)
    body["id"] = id or hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
    return body


def new_retraction(
    kind: str,
    source: str,
    subject: str,
    recordid: str,
    revision: int,
    reason: str,
    time: datetime | str,
    *,
    center_id: str | None = None,
) -> Envelope:
    """Removes a record of `source`; `revision` must be higher than the one it removes.

    `center_id`: the centre whose record it was; a registry source must name it for a record of a centre's side.
    """
    data = {"kind": kind, "reason": reason}
    if center_id is not None:
        data["center_id"] = center_id
    return new_event("record.retracted", source, subject, data, time, recordid=recordid, revision=revision)


def new_reporting_completed(source: str, through: datetime, time: datetime) -> Envelope:
    """Everything of `source` up to `through` has been sent: from then on silence means that nothing happened."""
    data = {"through": _moment(through)}
    recordid = f"through-{through.astimezone().timestamp():.0f}"
    return new_event("reporting.completed", source, f"source:{source}", data, time, recordid=recordid)


def _moment(moment: datetime | str) -> str:
    if isinstance(moment, str):
        return moment
    if moment.tzinfo is None:
        raise ValueError("a time without an offset could be any of 24 hours: give the datetime a time zone")
    return moment.isoformat()
