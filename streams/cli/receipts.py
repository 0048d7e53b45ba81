"""The command `receipts`: what became of what a source sent."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.errors import Failure

if TYPE_CHECKING:
    from streams.settings import Settings
    from streams.store.receipts import Told

LOOKS_EVERY_S = 0.5
SHOWN = ("told_at", "state", "event_id", "record_id", "kind", "subject", "why")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(receipts)


def receipts(
    source: Annotated[str, typer.Option(help="who sent it, for example clinic:chengguan")],
    follow: Annotated[bool, typer.Option("--follow", help="go on until Ctrl-C, a line as soon as it is known")] = False,
    since: Annotated[str, typer.Option(help="RFC 3339; only what the store was told from then on")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line, nothing left out")] = False,
) -> None:
    """What became of a source's events: accepted, superseded, retracted, parked (and what for), rejected (and why)."""
    from streams.settings import Settings
    from streams.store.receipts import Receipts

    settings = Settings()
    with Receipts(settings, source, _moment(since, settings)) as found:
        if follow:
            _follow(found.follow(_pause), as_json)
        elif as_json:
            _follow(iter(found), as_json)
        else:
            _table(list(found))


def _moment(text: str, settings: Settings) -> datetime | None:
    from streams.clock.moments import parse_moment

    try:
        return parse_moment(text, settings.zone) if text else None
    except ValueError:
        raise Failure(f"--since {text!r} is no RFC 3339 time such as 2026-03-02T18:00:00+08:00") from None


def _pause() -> bool:
    time.sleep(LOOKS_EVERY_S)
    return True


def _follow(found: Any, as_json: bool) -> None:
    line: Callable[[Told], str] = _json if as_json else _line
    try:
        for told in found:
            print(line(told), flush=True)
    except KeyboardInterrupt:
        return


def _json(told: Told) -> str:
    import orjson

    return orjson.dumps(told).decode()


def _line(told: Told) -> str:
    from streams.cli.answers import shown

    return " ".join(filter(None, map(shown, _cells(told))))


def _table(found: list[Told]) -> None:
    from streams.cli.answers import print_rows

    if found:
        print_rows(SHOWN, [_cells(told) for told in found], widest=120)
    else:
        print("(no rows)")


def _cells(told: Told) -> list[Any]:
    return [told.told_at, told.state, told.event_id, told.record_id, told.kind, told.subject, _why(told)]


def _why(told: Told) -> str:
    """In one line: every problem, or what is waited for."""
    if told.problems:
        return "; ".join(map(_problem, told.problems))
    if not told.waits_for:
        return ""
    what = {"source": "the registration of the source", "child": "the registration of the child, or a link"}
    who = "waits for " if told.state == "parked" else "its timeline waits for "
    return who + what[told.waits_for]


def _problem(problem: dict[str, Any]) -> str:
    allowed = f" (allowed: {problem['allowed']})" if problem.get("allowed") else ""
    return " ".join(filter(None, (problem["code"], problem.get("path"), problem.get("message")))) + allowed
