"""Commands for the read side: timeline, alerts, overview, query. Times are shown in the county's zone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import typer

from streams.errors import Failure

if TYPE_CHECKING:
    from streams.store.read import Answer, Queries

AS_JSON = typer.Option(False, "--json", help="print JSON, nothing left out")


class AlertState(StrEnum):
    open = "open"
    escalated = "escalated"
    resolved = "resolved"


def register(app: typer.Typer) -> None:
    """Add this group's commands to the application."""
    app.command()(timeline)
    app.command()(alerts)
    app.command()(overview)
    app.command()(query)


def timeline(
    child: str = typer.Argument(help="child_id, or a subject of the child such as cn-id:5f2c0e…"),
    as_json: bool = AS_JSON,
) -> None:
    """One child's records in the order in which they happened."""
    with open_store() as store:
        child_id = known_child(child, store)
        answer, head = store.timeline(child_id), store.child(child_id)
    if as_json:
        _json(answer)
        return
    _print_child(head)
    show_rows(("when", "age", "kind", "by", "what", "notes"), [_timeline_row(row) for row in answer.objects()])


def alerts(
    clinic: str = typer.Option("", help="only this clinic's, e.g. chengguan"),
    state: AlertState | None = typer.Option(None, help="only these"),
    limit: int = typer.Option(0, min=0, help="at most so many; 0: all"),
    as_json: bool = AS_JSON,
) -> None:
    """Alerts: active ones first, then by their latest change."""
    with open_store() as store:
        answer = store.alerts(clinic, state.value if state else "", limit)
    if as_json:
        _json(answer)
        return
    shown = ("rule", "state", "resolution", "milestone", "due_on", "clinic_id", "child_id", "raised_at", "changed_at")
    show_rows(shown, [[row[name] for name in shown] for row in answer.objects()])


def overview(as_json: bool = AS_JSON) -> None:
    """The county at a glance."""
    from streams.cli.answers import print_json

    with open_store() as store:
        answer, labels = store.overview(), store.labels("county_overview")
    row = answer.objects()[0]
    if as_json:
        print_json(row)
        return
    show_rows((), [[*_two_languages(labels[name]), _counted(value)] for name, value in row.items()])


def query(
    sql: str = typer.Argument(help="e.g. 'SELECT * FROM children LIMIT 5'; nothing can be written"),
    as_json: bool = AS_JSON,
) -> None:
    """Ask the store in SQL (database huiyu)."""
    with open_store() as store:
        answer = store.query(sql)
    if as_json:
        from streams.cli.answers import print_json

        print_json([dict(zip(answer.names, row, strict=True)) for row in answer.rows])
        return
    show_rows(answer.names, answer.rows)


@contextmanager
def open_store() -> Iterator[Queries]:
    """The store of the settings, for the questions of one command."""
    from streams.settings import Settings
    from streams.store.client import connect
    from streams.store.read import Queries

    settings = Settings()
    client = connect(settings)
    try:
        yield Queries(client, settings)
    finally:
        client.close()


def _json(answer: Answer) -> None:
    from streams.cli.answers import print_json

    print_json(answer.objects())


def show_rows(names: Any, rows: Any) -> None:
    """A table, or a word that there is nothing."""
    from streams.cli.answers import print_rows

    if rows:
        print_rows(names, rows)
    else:
        print("(no rows)")


def known_child(child: str, store: Queries) -> str:
    """The child_id of a registered child. Raises Failure."""
    child_id = store.child_of(child)
    if child_id is not None:
        return child_id
    waiting = store.waiting(child)
    if waiting:
        raise Failure(f"{child} is not registered yet: {waiting} of its records wait for a registration or a link")
    raise Failure(f"no child {child}: give the child_id or the subject of a registered child")


def _print_child(head: Answer) -> None:
    """One line on who it is, above the records."""
    for row in head.objects():
        parts = [row["child_id"], row["sex"], f"born {row['birth_date']}", f"clinic {row['clinic_id']}", row["status"]]
        if row["center_id"]:
            parts.append(f"enrolled at {row['center_id']}")
        if row["next_milestone"]:
            parts.append(f"next {row['next_milestone']} due {row['next_due_on']}")
        parts.append(f"active alerts: {row['open_alerts']}")
        print(" · ".join(parts))


def _timeline_row(row: dict[str, Any]) -> list[Any]:
    age = row["age_days"]
    return [
        row["occurred_at"],
        "" if age is None else f"{age} d",
        row["kind"],
        row["source"],
        {name: value for name, value in row["data"].items() if name not in ("clinic_id", "center_id")},
        row["flags"],
    ]


def _counted(value: Any) -> Any:
    return f"{value:,}" if isinstance(value, int) else value


def _two_languages(comment: str) -> tuple[str, str]:
    chinese, _, english = comment.partition(" / ")
    return chinese, english
