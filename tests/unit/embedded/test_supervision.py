"""The supervisor of a stack, with small programs of the machine instead of the stack's."""

from __future__ import annotations

import xmlrpc.client
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from streams.embedded.layout import Layout
from streams.embedded.programs import Program
from streams.embedded.readiness import Readiness
from streams.embedded.supervision import Supervisor
from streams.errors import OtherVersion
from streams.status.machine import processes
from tests.support.pipeline import until

NOT_RUNNING = 70


class TooEarly(Supervisor):
    """Asks for the first stop just when the process has ended and is about to be started again."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self._refusals = 1

    def _remote(self) -> Any:
        return self if self._refusals else super()._remote()

    def stopProcess(self, name: str, _wait: bool) -> None:
        self._refusals -= 1
        raise xmlrpc.client.Fault(NOT_RUNNING, f"NOT_RUNNING: {name}")

    def getAllProcessInfo(self) -> Any:
        return super()._remote().getAllProcessInfo()


@pytest.fixture
def layout(tmp_path: Path) -> Iterator[Layout]:
    layout = Layout.of(tmp_path / "data")
    layout.prepare()
    yield layout
    Supervisor(layout).shutdown()


def _state(supervisor: Supervisor) -> str:
    (process,) = supervisor.processes()
    return str(process["statename"])


def test_a_process_that_is_restarted_while_it_is_halted_is_halted_all_the_same(layout: Layout) -> None:
    supervisor = Supervisor(layout)
    supervisor.start([Program("sleeper", ["sleep", "1000"], 300)], {})
    supervisor.begin(["sleeper"])
    until(lambda: _state(supervisor) == "RUNNING", "it runs", 20)
    TooEarly(layout).halt(["sleeper"])
    assert _state(supervisor) == "STOPPED"


def test_a_process_that_always_ends_by_itself_is_not_started_after_a_halt(layout: Layout) -> None:
    supervisor = Supervisor(layout)
    supervisor.start([Program("hasty", ["true"], 300)], {})
    supervisor.begin(["hasty"])
    until(lambda: _state(supervisor) == "BACKOFF", "it ended and will be started again", 20)
    supervisor.halt(["hasty"])
    assert _state(supervisor) in ("STOPPED", "FATAL")


def _ends_with(code: int, after_s: float = 0.0) -> Program:
    said = """{"event": "exit", "reason": "timeline-state/0 is of state version 9", "level": "error"}"""
    return Program("timeline", ["sh", "-c", f"sleep {after_s}; echo '{said}'; exit {code}"], 300)


def test_a_stage_whose_state_is_of_another_version_is_waited_for_no_longer(layout: Layout) -> None:
    """Also when it takes so long to find out that the supervisor takes it for running."""
    supervisor = Supervisor(layout)
    program = replace(_ends_with(OtherVersion.exit_code, after_s=1.5), settles_s=1)
    supervisor.start([program], {})
    supervisor.begin(["timeline"])
    with pytest.raises(OtherVersion, match="timeline does not start: timeline-state/0 is of state version 9 – see /"):
        Readiness(layout, supervisor).wait_for_stage("timeline")


def test_a_process_that_ended_is_told_with_its_exit_code_and_waits_to_be_started_again(layout: Layout) -> None:
    supervisor = Supervisor(layout)
    supervisor.start([_ends_with(70)], {})
    supervisor.begin(["timeline"])
    told = until(lambda: next((p for p in processes(layout) if p.state == "restarting"), None), "it ended", 20)
    assert told.reason.startswith("exit 70: timeline-state/0 is of state version 9")
    until(lambda: processes(layout)[0].restarts >= 2, "it was started again, and again", 20)
    assert len(processes(layout)) == 1
