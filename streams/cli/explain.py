"""The command that tells why an alert stands, or stood: `huiyu explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from streams.cli.growth import Language
from streams.cli.reading import AS_JSON, open_store
from streams.errors import Failure


def register(app: typer.Typer) -> None:
    """Add this group's command to the application."""
    app.command()(explain)


def explain(
    alert: Annotated[str, typer.Argument(metavar="ALERT_ID", help="as `huiyu alerts --json` shows it")],
    lang: Annotated[Language, typer.Option(help="language of the words")] = Language.zh,
    as_json: bool = AS_JSON,
) -> None:
    """Why an alert stands: its rule, what each of its transitions was decided on, and the records as they are now."""
    from streams.cli.answers import print_json
    from streams.cli.explaining import explanation
    from streams.clinical.pack import load
    from streams.settings import Settings
    from streams.store.beside import not_counted

    pack = load(Settings().rules)
    with open_store() as store:
        held = store.alert(alert).objects()
        if not held:
            raise Failure(f"no alert {alert}")
        [row] = held
        transitions = store.transitions(alert).objects()
        named = {tuple(name) for name in row["detail"].get("records", [])}
        timeline = store.timeline(row["child_id"]).objects() if row["child_id"] else []
        beside = not_counted(store, row["child_id"]) if row["child_id"] else []
    records = [each for each in timeline if (each["kind"], each["source"], each["record_id"]) in named]
    if as_json:
        print_json({"alert": row, "transitions": transitions, "records": records, "not_counted": beside})
        return
    for line in explanation(row, transitions, records, beside, pack, "zh" if lang is Language.zh else "en"):
        print(line)
