"""`huiyu status` on a real stack: every figure, and what it says while a part of the stack is away."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from streams.embedded.stack import Stack
from tests.support.builders import a_checkup, a_registration, a_source
from tests.support.commands import huiyu, one_line
from tests.support.pipeline import publish, until

STAGES = ("intake", "timeline", "centers", "sink")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("status") / "data", partitions=2) as running:
        publish(running.kafka, [a_source("clinic:chengguan"), a_registration("ann"), _checkup("ann", 1)])
        publish(running.kafka, [_checkup("a stranger", 1), _checkup("a stranger", 2), _checkup("another", 1)])
        assert _huiyu(running, "tick", "--at", "2026-03-01T08:00:00Z").returncode == 0
        assert _huiyu(running, "wait", "--timeout", "60").returncode == 0
        yield running


def _checkup(name: str, day: int) -> dict[str, Any]:
    return a_checkup(name, f"2025-09-{day:02}T09:00:00+08:00")


def _huiyu(stack: Stack, *arguments: str) -> Any:
    return huiyu(*arguments, data=stack.layout.data, PARTITIONS="2")


def _status(stack: Stack, code: int | None = None) -> dict[str, Any]:
    done = _huiyu(stack, "status", "--json")
    assert done.stderr == ""
    assert code in (None, done.returncode), done.stdout
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _lags(stack: Stack) -> dict[str, Any]:
    return {stage["stage"]: stage["lag"] for stage in _status(stack)["stages"]}


@contextmanager
def _frozen(stack: Stack, name: str) -> Iterator[None]:
    pid = until(lambda: stack.pid(name), f"{name} runs")
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_sound_stack(stack: Stack) -> None:
    status = _status(stack, code=0)
    processes = {process["process"]: process for process in status["processes"]}
    assert set(processes) == {"broker", "store", *STAGES}
    for name, process in processes.items():
        assert (process["state"], process["restarts"], process["pid"]) == ("running", 0, stack.pid(name))
        assert process["memory_bytes"] > 10_000_000
    assert processes["broker"]["address"] == stack.kafka
    assert status["clock"] == {
        "last_tick": "2026-03-01T08:00:00+00:00", "now": "2026-03-01T08:00:00+00:00", "behind_s": 0
    }  # fmt: skip
    assert {s["stage"]: s["lag"] for s in status["stages"]} == dict.fromkeys(STAGES, 0)
    assert status["unknown"] == []
    disk = status["disk"]
    assert 0 < disk["logs_bytes"] < disk["broker_bytes"] < disk["free_bytes"] < disk["total_bytes"]


def test_what_is_parked_is_counted_and_ages(stack: Stack) -> None:
    status = _status(stack)
    parked = status["parked"]
    assert (parked["records"], parked["subjects"]) == (3, 2)
    since = datetime.fromisoformat(status["at"]) - datetime.fromisoformat(parked["oldest_at"])
    assert abs(since.total_seconds() - parked["oldest_age_s"]) < 2
    until(lambda: _status(stack)["parked"]["oldest_age_s"] > parked["oldest_age_s"], "it is older")


def test_the_table_says_the_same(stack: Stack) -> None:
    shown = _huiyu(stack, "status")
    assert shown.returncode == 0
    lines = [" ".join(line.split()) for line in shown.stdout.splitlines()]
    assert "last tick 2026-03-01 16:00:00" in lines
    assert any(line.startswith("parked 3 records of 2 subjects") for line in lines), shown.stdout
    assert [line.split()[0] for line in lines if " running " in line] == ["broker", "store", *STAGES]


def test_a_stage_that_stands_still_is_behind_and_so_is_now(stack: Stack) -> None:
    with _frozen(stack, "timeline"):
        publish(stack.kafka, [_checkup("ann", day) for day in range(3, 9)])
        assert _huiyu(stack, "tick", "--at", "2026-03-02T08:00:00Z").returncode == 0
        until(lambda: _lags(stack)["timeline"] >= 6 + 1, "timeline is behind by the records and the tick")
        status = _status(stack, code=0)
        assert status["clock"]["last_tick"] == "2026-03-02T08:00:00+00:00"
        assert (status["clock"]["now"], status["clock"]["behind_s"]) == ("2026-03-01T08:00:00+00:00", 86_400)
    until(lambda: _lags(stack) == dict.fromkeys(STAGES, 0), "all was caught up")
    until(lambda: _status(stack)["clock"]["behind_s"] == 0, "queries stand at the last tick")


@contextmanager
def _unanswered(stack: Stack, part: str) -> Iterator[dict[str, Any]]:
    """The status while a part is frozen: that part is unknown, all processes are seen to run."""
    with _frozen(stack, part):
        status = _status(stack, code=1)
        (unknown,) = status["unknown"]
        assert unknown["part"] == part
        assert "answers at http" in unknown["why"] or "answers at 127" in unknown["why"]
        assert [p["state"] for p in status["processes"]] == ["running"] * 6
        assert part in _huiyu(stack, "status").stdout.partition("unknown")[2]
        yield status
    until(lambda: _status(stack)["unknown"] == [], f"the {part} answers again")


def test_a_broker_that_does_not_answer_hides_nothing_of_the_store(stack: Stack) -> None:
    with _unanswered(stack, "broker") as status:
        assert {s["lag"] for s in status["stages"]} == {None}
        assert status["clock"] == {"last_tick": None, "now": "2026-03-02T08:00:00+00:00", "behind_s": None}
        assert status["parked"]["records"] == 3


def test_a_store_that_does_not_answer_hides_nothing_of_the_broker(stack: Stack) -> None:
    with _unanswered(stack, "store") as status:
        assert all(isinstance(s["lag"], int) for s in status["stages"])
        assert status["clock"] == {"last_tick": "2026-03-02T08:00:00+00:00", "now": None, "behind_s": None}
        assert set(status["parked"].values()) == {None}


def test_restarts_are_counted(stack: Stack) -> None:
    pid = stack.pid("sink")
    stack.kill("sink")
    until(lambda: stack.pid("sink") not in (None, pid), "it was started again")
    processes = {process["process"]: process["restarts"] for process in _status(stack)["processes"]}
    assert processes == dict.fromkeys(processes, 0) | {"sink": 1}


def test_a_broker_and_a_store_without_a_stack_are_shown_too(stack: Stack, tmp_path: Path) -> None:
    """As where containers run the stages: nothing is known of processes, the rest is."""
    until(lambda: set(_lags(stack).values()) == {0}, "the sink reads again")
    external = {"KAFKA": stack.kafka, "CLICKHOUSE": stack.clickhouse}
    done = huiyu("status", "--json", data=tmp_path, **external)
    status = json.loads(done.stdout)
    assert (done.returncode, status["processes"]) == (0, [])
    assert {s["stage"]: s["lag"] for s in status["stages"]} == dict.fromkeys(STAGES, 0)
    assert status["parked"]["records"] == 3
    assert "intake" in huiyu("status", data=tmp_path, **external).stdout

    away = {"KAFKA": "127.0.0.1:1", "CLICKHOUSE": "http://huiyu:x@127.0.0.1:1"}
    nothing = huiyu("status", data=tmp_path, **away)
    assert nothing.returncode == 3
    assert "no stack is running" in one_line(nothing.stderr)


def test_the_stack_of_data_is_shown_whatever_the_shell_is_set_to(stack: Stack) -> None:
    elsewhere = {"KAFKA": "127.0.0.1:1", "CLICKHOUSE": "http://huiyu:x@127.0.0.1:1"}
    until(lambda: {p["state"] for p in _status(stack)["processes"]} == {"running"}, "the sink is ready again")
    done = huiyu("status", "--json", data=stack.layout.data, **elsewhere)
    assert (done.returncode, json.loads(done.stdout)["unknown"]) == (0, [])
