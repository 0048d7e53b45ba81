"""`huiyu bench` as a user starts it: every figure from this run, and nothing left whoever stops it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from streams.bench.page import BEGIN, END
from tests.integration.test_demo import processes
from tests.support.commands import INHERITED
from tests.support.pipeline import until

STAGES = ("intake", "timeline", "centers", "sink")
PROCESSES = ("broker", "store", *STAGES)
EXPECTED = {
    *("whole.rate", "whole.seconds", "stage.sink.rows", "cpu.publisher", "cpu.busy", "peer.faust"),
    *(f"stage.{name}" for name in STAGES),
    *(f"stage.{name}.cpu" for name in STAGES),
    *(f"latency.{rate}.p{share}" for rate in (500, 2_500) for share in (50, 99)),
    *("latency.500.decided", "latency.2500.decided"),
    *("recovery.at_once", "recovery.given_up", "disk.broker", "disk.store"),
    *("ceiling.getmany", "ceiling.checked", "ceiling.producer"),
    *("curve.1", "curve.2", "curve.3"),
    *("growth.batch", "growth.visit", "growth.ratio"),
    *(f"{what}.{name}" for what in ("memory", "cpu") for name in PROCESSES),
    *(f"ratio.{name}" for name in ("peer", "intake", "check", "slowest", "publisher", "curve")),
}


def a_bench(folder: Path, *options: str) -> subprocess.Popen[str]:
    """A run whose stacks lie in `folder`/work, with no terminal; its output in `folder`/said."""
    env = {name: os.environ[name] for name in INHERITED if name in os.environ}
    work = folder / "work"
    work.mkdir()
    with (folder / "said").open("w") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "streams.cli", "bench", "--events", "2000", *options],
            env=env | {"TMPDIR": str(work), "HUIYU_KAFKA": "127.0.0.1:1"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
        )


def left(folder: Path) -> list[object]:
    """Processes and folders of a run that should be over."""
    return [*processes(folder), *(folder / "work").glob("huiyu-bench-*")]


def test_a_run_measures_everything_and_leaves_nothing(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"above\n{BEGIN}\n{END}\n")
    began = datetime.now(UTC).replace(second=0, microsecond=0)
    outputs = ("--json", f"{tmp_path}/run.json", "--write", str(page), "--picture", f"{tmp_path}/curve.svg")
    done = a_bench(tmp_path, *outputs).wait(600)
    said = (tmp_path / "said").read_text()
    assert done == 0, said
    report: dict[str, Any] = json.loads((tmp_path / "run.json").read_bytes())
    values = {figure["name"]: figure["value"] for figure in report["figures"]}
    assert values.keys() == EXPECTED
    assert {name: value for name, value in values.items() if not value > 0} == {}
    assert report["events"] == 2_000
    assert began <= datetime.fromisoformat(report["at"]) <= datetime.now(UTC)
    assert [point["children"] for point in report["curve"]] == [10, 100, 1_000]
    for figure in report["figures"]:
        assert f"| {figure['title']} |" in page.read_text()
    assert "100" in (tmp_path / "curve.svg").read_text()
    assert left(tmp_path) == []


def test_a_run_that_is_stopped_ends_in_order(tmp_path: Path) -> None:
    bench = a_bench(tmp_path)
    until(lambda: "each stage alone" in (tmp_path / "said").read_text(), "the second stack is up", 180)
    bench.send_signal(signal.SIGTERM)
    assert bench.wait(90) == 143, (tmp_path / "said").read_text()
    assert left(tmp_path) == []
