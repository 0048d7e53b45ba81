"""What the demo prints at its end: the overview, a day's alerts, one child's timeline, and what to try next."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from streams.demo.alerts_by_rule import Score
from streams.demo.compare import Comparison
from streams.store.read import Answer, Queries

NEXT = """Try next:
  {huiyu} up                                   a stack of your own: empty, and it stays
  eval "$({huiyu} env)"                        its endpoints, for any Kafka or ClickHouse client
  {huiyu} publish examples/first-event.jsonl   an event, queryable about a second later
  {huiyu} wait && {huiyu} overview
  {huiyu} query "SELECT source, count() AS records FROM huiyu.timeline GROUP BY source"
  {huiyu} query "SELECT milestone, status, due_on FROM huiyu.checkup_milestones ORDER BY due_on"
  {huiyu} audit                                the log against the store, record by record
  {huiyu} down"""


def show_overview(console: Console, store: Queries) -> None:
    (row,) = store.overview().objects()
    labels = store.labels("county_overview")
    figures = [(name, _text(value), labels.get(name, "")) for name, value in row.items()]
    _print(console, "The county 县域总览", Answer(("figure", "value", "说明 / what it is"), figures))
    console.print(f"children joined from several subjects: {store.joined():,}", markup=False, highlight=False)


def show_alerts(console: Console, store: Queries) -> None:
    rows = store.ask(
        "SELECT clinic_id, rule, milestone, state, due_on, child_id FROM huiyu.alerts"
        " WHERE toDate(changed_at) = (SELECT max(toDate(changed_at)) FROM huiyu.alerts WHERE state != 'resolved')"
        " AND state != 'resolved' ORDER BY clinic_id, due_on LIMIT 10"
    )
    _print(console, "Alerts of the last day on which any opened or escalated (first 10) 当日预警", rows)


def show_scores(console: Console, scores: Sequence[Score]) -> None:
    names = ("rule", "truth 应有", "found 实有", "right 一致", "precision", "recall")
    rows = [
        (s.rule, f"{s.truth:,}", f"{s.found:,}", f"{s.right:,}", _share(s.precision), _share(s.recall)) for s in scores
    ]
    _print(console, "Active alerts by rule, against the county's own books 各规则预警与账本核对", Answer(names, rows))


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def show_timeline(console: Console, store: Queries) -> None:
    rows = store.ask(
        "SELECT local_date, age_days, kind, source, record_id, revision FROM huiyu.timeline WHERE child_id ="
        " (SELECT child_id FROM huiyu.timeline GROUP BY child_id"
        "  ORDER BY uniqExact(kind) DESC, child_id LIMIT 1)"
        " AND kind NOT IN ('attendance.recorded', 'health-check.recorded')"
        " ORDER BY occurred_at LIMIT 14"
    )
    _print(console, "One child's timeline (first 14 entries, without attendance and morning checks) 儿童时间轴", rows)


def show_differences(console: Console, comparison: Comparison) -> None:
    for difference in comparison.differences[:50]:
        console.print(f"  {difference}", markup=False, highlight=False, soft_wrap=True)


def show_next(console: Console) -> None:
    console.print(f"\n{NEXT.format(huiyu=_as_started())}\n", markup=False, highlight=False, soft_wrap=True)


def _as_started() -> str:
    """How the user calls huiyu: by its name when a shell finds this very one, else by its path."""
    program = Path(sys.argv[0])
    found = shutil.which("huiyu")
    if program.name != "huiyu" or (found and Path(found).resolve() == program.resolve()):
        return "huiyu"
    here = Path.cwd()
    absolute = program if program.is_absolute() else here / program
    return shlex.quote(str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute))


def _print(console: Console, title: str, answer: Answer) -> None:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for name in answer.names:
        table.add_column(name, overflow="fold")
    for row in answer.rows:
        table.add_row(*map(_text, row))
    console.print(table)


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else "" if value is None else str(value)
