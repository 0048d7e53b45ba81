"""What a worker did about an alert, as it travels on topic alert-actions: JSON, key alert_id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from schemas.fields import Data, Day, Name, Note, OtherId, Time, about, allowing
from schemas.parsing import parsed
from schemas.plain_identifiers import plain_identifiers
from schemas.pointers import pointer
from schemas.problems import Problem, in_order
from schemas.ranges import allowed_range
from schemas.relations import in_future

ALERT_ID = "^[0-9a-f]{32}$"
NEEDED = {"snoozed": "until", "done-elsewhere": "date", "wrong": "reason"}
"""The field that an action cannot do without."""
_CODES = {"missing": "missing-field", "extra_forbidden": "unknown-field"}
_MESSAGES = {"missing-field": "is missing", "unknown-field": "is not a field of an action"}


class Action(Data):
    """One action about one alert."""

    zh = "对一条预警的一次处理。"

    alert_id: Annotated[str, Field(pattern=ALERT_ID), allowing("32 lower-case hex"), about("the alert", "预警编号")]
    action: Annotated[
        Literal["acknowledged", "snoozed", "done-elsewhere", "wrong", "reopened"],
        about("what was done", "处理", ("已知晓", "稍后提醒", "已在别处完成", "预警有误", "重新打开")),
    ]
    at: Annotated[Time, about("when", "处理时间")]
    by: Annotated[Name, about("who, by role or staff number", "处理人，岗位或工号")]
    until: Annotated[Day | None, about("quiet until this day; needed for snoozed", "推迟至；稍后提醒时必填")] = None
    date: Annotated[
        Day | None, about("done on this day; needed for done-elsewhere", "完成日期；已在别处完成时必填")
    ] = None
    reason: Annotated[Note | None, about("why; needed for wrong", "原因；预警有误时必填")] = None
    id: Annotated[OtherId | None, about("the sender's own id of this action", "发送方的处理编号")] = None


def action_of(raw: bytes, key: bytes | None, appended_at: int | None = None) -> Action | tuple[Problem, ...]:
    """The action of a published record, or every problem with it; no text of a problem repeats a value.

    `appended_at`: ms since 1970, None: the action's time is not compared with it. Never raises on account of the bytes.
    """
    body = parsed(raw)
    if isinstance(body, Problem):
        no_object = body.code == "not-cloudevents"
        return (Problem("not-json", "", body.message, "a JSON object") if no_object else body,)
    found = [*_plain(raw, body), *in_future(body.get("at"), appended_at, "/at")]
    try:
        action = Action.model_validate(body)
    except ValidationError as error:
        return in_order([*found, *(_problem(told["type"], told["loc"]) for told in error.errors(include_input=False))])
    found += _incomplete(action, key)
    return in_order(found) if found else action


def _plain(raw: bytes, body: dict[str, Any]) -> Iterator[Problem]:
    """Mobile numbers count everywhere in an action, as they do in an event's data."""
    for problem in plain_identifiers(raw, {"data": body}):
        yield Problem(problem.code, problem.path.removeprefix("/data"), problem.message, problem.allowed)


def _problem(kind: str, place: tuple[int | str, ...]) -> Problem:
    code = _CODES.get(kind, "bad-value")
    names = ", ".join(Action.model_fields)
    allowed = names if code == "unknown-field" else allowed_range(Action, place)
    return Problem(code, pointer(place), _MESSAGES.get(code, "is not allowed"), allowed)


def _incomplete(action: Action, key: bytes | None) -> Iterator[Problem]:
    needed = NEEDED.get(action.action)
    if needed is not None and getattr(action, needed) is None:
        yield Problem(
            "missing-field", f"/{needed}", f"is missing from {action.action}", allowed_range(Action, (needed,))
        )
    if key != action.alert_id.encode():
        yield Problem("key-mismatch", "/alert_id", "is not the record's key", "the key is the alert_id in UTF-8")
