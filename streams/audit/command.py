"""The command `huiyu audit`: progress on a terminal, the report on standard output, 1 when anything differs."""

from __future__ import annotations

import logging

from rich.console import Console

from streams.audit import audit
from streams.audit.show import as_json, lines, table
from streams.cli.answers import print_json, print_rows
from streams.settings import Settings


def run_audit(limit: int, json: bool) -> int:
    """Audit the configured stack and print the report; returns the exit code."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)
    console = Console(stderr=True)
    with console.status("auditing") as status:
        report = audit(Settings(), limit, lambda doing, count: status.update(f"{doing} {count:,}" if count else doing))
    if json:
        print_json(as_json(report))
    else:
        print_rows(("check", "compared", "differences", "of"), table(report))
        print()
        for line in lines(report):
            print(line)
    return 1 if report.differing else 0
