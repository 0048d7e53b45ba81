"""The command that tells who is who: `huiyu child`."""

from __future__ import annotations

from typing import Any

import typer

from streams.cli.reading import AS_JSON, known_child, open_store, show_rows


def register(app: typer.Typer) -> None:
    """Add this group's command to the application."""
    app.command()(child)


def child(
    child: str = typer.Argument(help="child_id, or a subject of the child such as cn-id:5f2c0e…"),
    as_json: bool = AS_JSON,
) -> None:
    """Which subjects make up a child, since when and by whose records; and what does not fit together about that."""
    from streams.cli.answers import print_json

    with open_store() as store:
        child_id = known_child(child, store)
        subjects, issues = store.subjects(child_id), store.issues(child_id)
    if as_json:
        print_json({"child_id": child_id, "subjects": subjects, "issues": issues.objects()})
        return
    print(f"{child_id} · subjects: {len(subjects)} · issues: {len(issues.rows)}")
    show_rows(("subject", "since", "records", "said by", "record", "when", "what"), _subject_rows(subjects))
    if issues.rows:
        print()
        show_rows(issues.names, issues.rows)


def _subject_rows(subjects: list[dict[str, Any]]) -> list[list[Any]]:
    """A line for each registration and link of each subject, and one for a subject that others only name."""
    rows = []
    for each in subjects:
        head = [each["subject"], each["since"], each["records"]]
        for said in each["said_by"] or [None]:
            rows.append([*head, *(_said(said) if said else ["", "", "", "named by a link"])])
            head = ["", None, ""]
    return rows


def _said(row: dict[str, Any]) -> list[Any]:
    what = f"same as {row['same_as']}" if row["same_as"] else "registered"
    return [row["source"], row["record_id"], row["occurred_at"], what if row["counts"] else f"{what} (does not count)"]
