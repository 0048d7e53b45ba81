"""Imports a sheet that follows a template: reads it, names what is wrong with it, sends or checks the rest."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from streams.cli.line_by_line import progress
from streams.cli.publishing import end
from streams.errors import Failure
from streams.publish.sheet.telling import DROPPED, MARKED

if TYPE_CHECKING:
    from streams.publish.envelope import Envelope
    from streams.publish.offline import Target
    from streams.publish.sheet.found import Sheet
    from streams.publish.sheet.sent import Plan
    from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `huiyu import` was told; see its options."""

    file: Path
    source: str
    template: str | None
    errors: Path | None
    memory: Path | None
    revision: int


def import_by_template(wanted: Wanted, target: Target | None, done: str, to_stderr: bool) -> None:
    """Import the sheet into the target, or send what changed (None). Exit 1 when rows were refused."""
    from streams.settings import Settings

    settings = Settings()
    content = _content(wanted)
    sheet = _read(content, wanted, settings)
    _name_what_is_wrong(sheet, wanted, content)
    if target is not None:
        events, unchanged = _into(target, sheet, wanted.revision), ""
    else:
        plan = _sent(sheet, wanted, settings)
        events, unchanged = plan.to_send, f", {plan.unchanged:,} unchanged"
    refused = len({(problem.sheet, problem.row) for problem in sheet.problems})
    summary = f"{sheet.rows:,} rows: {_by_kind(events)}; {refused:,} refused{unchanged} ({done})"
    end(summary, refused, to_stderr)


def _content(wanted: Wanted) -> bytes:
    from streams.publish.sheet.csv_text import LARGEST_CSV
    from streams.publish.sheet.table import WrongSheet

    if wanted.errors is not None and wanted.errors.resolve() == wanted.file.resolve():
        raise Failure("--errors would overwrite the sheet itself: say another file")
    try:
        if wanted.file.stat().st_size > LARGEST_CSV:
            raise WrongSheet(f"{wanted.file} is larger than {LARGEST_CSV >> 20} MiB: divide it into several files")
        return wanted.file.read_bytes()
    except OSError as error:
        raise WrongSheet(f"{wanted.file} cannot be read: {error.strerror}") from error


def _read(content: bytes, wanted: Wanted, settings: Settings) -> Sheet:
    from streams.publish.county_key import county_key
    from streams.publish.sheet.reading import read_sheet
    from streams.publish.sheet.table import WrongSheet

    key, now_ms = county_key(settings), time.time_ns() // 1_000_000
    try:
        return read_sheet(
            content, wanted.file.name, wanted.source, key, settings.zone, template=wanted.template, now_ms=now_ms
        )
    except WrongSheet as wrong:
        raise WrongSheet(f"{wanted.file}: {wrong}") from wrong


def _name_what_is_wrong(sheet: Sheet, wanted: Wanted, content: bytes) -> None:
    if sheet.dropped_columns:
        columns = ("、" if sheet.language == "zh" else ", ").join(sheet.dropped_columns)
        print(f"{wanted.file}: {DROPPED.said(sheet.language).format(columns=columns)}", file=sys.stderr)
    for problem in sheet.problems:
        print(f"{wanted.file}: {problem}", file=sys.stderr)
    if wanted.errors is None or not sheet.problems:
        return
    from streams.publish.sheet.marking import marked_workbook

    try:
        wanted.errors.write_bytes(marked_workbook(content, wanted.file.name, sheet.problems))
    except OSError as error:
        raise Failure(f"--errors {wanted.errors} cannot be written: {error.strerror}") from error
    print(f"{wanted.errors}: {MARKED.said(sheet.language)}", file=sys.stderr)


def _into(target: Target, sheet: Sheet, revision: int) -> tuple[Envelope, ...]:
    from streams.publish.sheet.sent import with_revision

    events = tuple(with_revision(each.event, revision) for each in sheet.events)
    for event in events:
        target.publish(event)
    return events


def _sent(sheet: Sheet, wanted: Wanted, settings: Settings) -> Plan:
    from streams.publish import Publisher
    from streams.publish.sheet.delivering import cluster_of, deliver
    from streams.publish.sheet.sent import FILE, Sent

    path = wanted.memory or settings.data / FILE
    events = [each.event for each in sheet.events]
    with (
        Publisher(settings=settings) as publisher,
        Sent(path, cluster_of(settings)) as memory,
        progress("publishing", None),
    ):
        return deliver(events, publisher, memory, wanted.revision)


def _by_kind(events: Iterable[Envelope]) -> str:
    kinds = Counter(event["type"].removesuffix(".v1") for event in events)
    return ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items())) or "nothing"
