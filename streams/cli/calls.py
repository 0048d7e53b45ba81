"""A health worker's list for one day: whom to call, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

import typer

from streams.cli.growth import Language
from streams.cli.reading import AS_JSON, open_store, show_rows
from streams.errors import Failure

SHOWN = (
    *("why", "milestone", "due_on", "days_late", "since", "registered_by", "registration_record", "center_id"),
    *("last_checkup_on", "acknowledged_by", "acknowledged_until"),
)


def register(app: typer.Typer) -> None:
    """Add this group's commands to the application."""
    app.command()(calls)


def calls(
    clinic: str = typer.Option(help="the clinic's id, e.g. chengguan"),
    on: str = typer.Option("", "--date", help="due dates are reckoned from it; the county's today if unset"),
    lang: Language = typer.Option(Language.zh, help="zh or en: the rules' own titles"),
    as_json: bool = AS_JSON,
) -> None:
    """Whom a clinic is to call: escalated alerts, then open ones, longest overdue first, then who is due in 14 days.

    Alerts and states are those of now, whatever the date. Children who departed or died are never on it.
    """
    from streams.cli.answers import print_json
    from streams.clinical.pack import load
    from streams.settings import Settings
    from streams.store.calls import calls as whom_to_call

    with open_store() as store:
        rows = whom_to_call(store, clinic, _day(on))
    titles = {rule.id: getattr(rule.text, lang.value).title for rule in load(Settings().rules).rules}
    for row in rows:
        row["why"] = _why(row, titles, lang.value)
    if as_json:
        print_json(rows)
    else:
        show_rows(SHOWN, [[row[name] for name in SHOWN] for row in rows])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Failure(f"--date {text!r} is no date such as 2026-03-02") from None


def _why(row: dict[str, Any], titles: dict[str, str], lang: str) -> str:
    if not row["rule"]:
        return "应检" if lang == "zh" else "due"
    title = titles.get(row["rule"], row["rule"])
    return f"{title} ↑" if row["state"] == "escalated" else title
