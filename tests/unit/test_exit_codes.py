"""docs/operator.md lists every exit code that a failure can have, and no other."""

from __future__ import annotations

import importlib
import pkgutil
import re

import streams
from streams.demo.signals import ENDING
from streams.errors import Failure
from streams.transport.fatal import EXIT_CODE
from tests.support.pages import ROOT

USAGE = 2
"""typer's, for an unknown command or option."""


def _failures(kind: type[Failure] = Failure) -> set[type[Failure]]:
    return {kind}.union(*(_failures(each) for each in kind.__subclasses__()))


def _import_all() -> None:
    for module in pkgutil.walk_packages(streams.__path__, "streams."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def _documented() -> set[int]:
    page = (ROOT / "docs" / "operator.md").read_text()
    rows = re.findall(r"^\| ([\d, ]+) \|", page.partition("## When something fails")[2], re.MULTILINE)
    return {int(code) for row in rows for code in row.split(",")}


def test_the_documented_codes_are_those_that_there_are() -> None:
    _import_all()
    raised = {failure.exit_code for failure in _failures()}
    assert _documented() == raised | {USAGE, EXIT_CODE} | {128 + number for number in ENDING}


def test_failures_that_are_no_kin_have_codes_of_their_own() -> None:
    """One that shares its code is a kind of another, or tells the command's own "no" (1), or is told as a full disk."""
    _import_all()
    codes: dict[int, list[type[Failure]]] = {}
    for failure in _failures() - {Failure}:
        codes.setdefault(failure.exit_code, []).append(failure)
    shared = {code: kinds for code, kinds in codes.items() if len(kinds) > 1 and code != 1}
    for code, kinds in shared.items():
        told = {kind for kind in kinds if not any(issubclass(kind, other) for other in kinds if other is not kind)}
        assert len(told) == 1 or {kind.__name__ for kind in told} == {"DiskFull", "StoreFull"}, (code, told)
