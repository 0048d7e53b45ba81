"""The command by which a person says what was done about an alert: `huiyu ack`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from streams.errors import Failure


def register(app: typer.Typer) -> None:
    """Add this group's command to the application."""
    app.command()(ack)


def ack(
    alert: Annotated[str, typer.Argument(metavar="ALERT_ID", help="as `huiyu alerts --json` shows it")],
    by: Annotated[str, typer.Option(help="who, by role or staff number; no name")],
    snooze: Annotated[str, typer.Option(help="quiet until this day, YYYY-MM-DD, or until it escalates")] = "",
    done_elsewhere: Annotated[str, typer.Option(help="done elsewhere on this day, YYYY-MM-DD")] = "",
    wrong: Annotated[bool, typer.Option("--wrong", help="the alert is wrong; needs --reason")] = False,
    reopen: Annotated[bool, typer.Option("--reopen", help="take back what was said of it")] = False,
    reason: Annotated[str, typer.Option(help="why")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="print the action as it was sent")] = False,
) -> None:
    """Say what was done about an alert: without an option, that it was seen. It changes no record."""
    from streams.publish.action import publish_action
    from streams.settings import Settings

    chosen = {"snoozed": snooze, "done-elsewhere": done_elsewhere, "wrong": wrong, "reopened": reopen}
    named = [name for name, value in chosen.items() if value]
    if len(named) > 1:
        raise Failure(f"one of --snooze, --done-elsewhere, --wrong and --reopen at a time, not {', '.join(named)}")
    body: dict[str, Any] = {"alert_id": alert, "action": named[0] if named else "acknowledged", "by": by}
    body |= {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "until": snooze, "date": done_elsewhere}
    sent = publish_action({name: value for name, value in (body | {"reason": reason}).items() if value}, Settings())
    if as_json:
        from streams.cli.answers import print_json

        print_json(sent)
    else:
        print(f"{sent['action']}: alert {alert}")
