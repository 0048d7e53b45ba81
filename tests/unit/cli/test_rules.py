"""`huiyu rules show` tells what is in force and who set it; a stage does not start by a pack that is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from streams.cli import build
from tests.support.pages import ROOT


def shown(monkeypatch: pytest.MonkeyPatch, *arguments: str, county: bool = True) -> str:
    if county:
        monkeypatch.setenv("HUIYU_RULES", str(ROOT / "examples/county-rules"))
    result = CliRunner().invoke(build(), ["rules", "show", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_each_value_names_the_pack_that_set_it(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [line.split() for line in shown(monkeypatch, "checkup-overdue").splitlines()]
    told = {line[0]: line[1:] for line in lines}
    assert told["parameters.grace_days_after_registration"] == ["60", "jing-county", "1"]
    assert told["severity.open"] == ["notice", "jing-county", "1"]
    assert told["severity.escalated"] == ["serious", "cn-national", "1"]


def test_what_is_off_is_said_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "off: growth-high (jing-county 1): The county has" in shown(monkeypatch)


def test_json_holds_the_whole_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    told = orjson.loads(shown(monkeypatch, "--json", county=False))
    assert (told["id"], told["off"]) == ("cn-national", [])
    one = orjson.loads(shown(monkeypatch, "anaemia", "--json", county=False))
    assert one == next(rule for rule in told["rules"] if rule["id"] == "anaemia")


def test_a_stage_refuses_a_pack_that_is_wrong_before_it_asks_for_the_broker(tmp_path: Path) -> None:
    (tmp_path / "jing.toml").write_text('id = "jing"\nversion = 1\n[[off]]\nrule = "anemia"\nreason = "x"\n', "utf-8")
    more = {"HUIYU_RULES": str(tmp_path), "HUIYU_KAFKA": "127.0.0.1:1"}
    command = [sys.executable, "-m", "streams.cli", "run", "timeline"]
    run = subprocess.run(command, env=os.environ | more, capture_output=True, text=True, check=False, cwd=ROOT)
    assert run.returncode == 18
    assert f"{tmp_path}/jing.toml:4: off.0.rule: there is no 'anemia'" in run.stderr
    assert "Traceback" not in run.stderr
