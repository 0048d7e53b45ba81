"""The commands of README.md and of the pages for operator, analyst and growth, run as written, to a stopped stack."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.clock.wait import wait
from streams.demo.county import County, days
from streams.embedded.layout import Layout
from streams.embedded.marked import belonging_to
from streams.embedded.stack import Stack
from streams.simulate import simulate
from streams.store.client import connect
from streams.store.read import Queries
from tests.support.county import plan
from tests.support.pages import ROOT, blocks, shell


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the commands need of a checkout, in a folder of its own."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / ".venv").symlink_to(Path(sys.prefix), target_is_directory=True)
    return tmp_path


def test_a_newcomer_types_what_the_readme_says(checkout: Path) -> None:
    (script,) = [text for text in blocks(ROOT / "README.md", "sh") if "huiyu up" in text]
    try:
        ran = shell(script, checkout)
    finally:
        Stack(data=checkout / "huiyu-data").down()
    assert ran.returncode == 0, ran.stdout
    assert "ready after" in ran.stdout
    assert "3 published and acknowledged, 0 refused" in ran.stdout
    assert re.search(r"checkup\.recorded +2\d{3}-\d\d-\d\d +\d+", ran.stdout), ran.stdout
    assert "stopped in" in ran.stdout
    assert belonging_to(Layout.of(checkout / "huiyu-data")) == []


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack that runs, and that holds a county."""
    folder = tmp_path_factory.mktemp("docs")
    simulate(plan(seed=31, faults="light", children=60, days=30), folder / "county")
    with Stack(data=folder / "huiyu-data", clock="manual") as stack:
        with County(stack.settings) as publishing:
            for day in days(folder / "county", "daily"):
                publishing.publish(day.messages)
                publishing.tick(day.tick_at)
        wait(stack.settings, 120)
        yield stack


def test_the_analysts_commands_run(county: Stack, tmp_path: Path) -> None:
    endpoints = {"HUIYU_CLICKHOUSE": county.clickhouse, "HUIYU_KAFKA": county.kafka}
    for script in blocks(ROOT / "docs" / "analyst.md", "sh"):
        ran = shell(script, tmp_path, **endpoints)
        assert ran.returncode == 0, ran.stdout
        assert "Code: " not in ran.stdout, ran.stdout


def test_the_analysts_questions_have_answers(county: Stack) -> None:
    questions = [sql for page in ("analyst.md", "growth.md") for sql in blocks(ROOT / "docs" / page, "sql")]
    assert len(questions) >= 8
    store = Queries(connect(county.settings), county.settings)
    without = [sql for sql in questions if not store.query(sql).rows]
    assert [sql for sql in without if "as_of" not in sql] == []


def test_a_childs_growth_is_told_as_the_page_says(tmp_path: Path) -> None:
    chinese, corrected = (shell(line, tmp_path) for line in blocks(ROOT / "docs" / "growth.md", "sh")[0].splitlines())
    assert (chinese.returncode, corrected.returncode) == (0, 0), chinese.stdout + corrected.stdout
    assert "重度低体重" in chinese.stdout
    assert "corrected 10 months" in corrected.stdout


def test_the_operators_commands_run(county: Stack, tmp_path: Path) -> None:
    """On the stack that runs: `up` says so, and `down` is left to the end of the test's own stack."""
    data = str(county.layout.data)
    for script in blocks(ROOT / "docs" / "operator.md", "sh"):
        ran = shell(script.replace("huiyu down", "true"), tmp_path, HUIYU_DATA=data)
        assert ran.returncode == 0, ran.stdout
        assert "Traceback" not in ran.stdout
