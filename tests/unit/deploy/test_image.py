"""deploy/Dockerfile: pinned, hashed, not root; and what it copies is enough to build the whole package."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.support.compose import ROOT, own

LINES = (ROOT / "deploy" / "Dockerfile").read_text("utf-8").splitlines()
LAST = LINES[[index for index, line in enumerate(LINES) if line.startswith("FROM ")][-1] :]


def test_both_stages_start_from_one_pinned_slim_image() -> None:
    images = {line.split()[1] for line in LINES if line.startswith("FROM ")}
    assert len(images) == 1
    version = re.fullmatch(r"python:(3\.\d+)\.\d+-slim-[a-z]+", images.pop())
    assert version
    assert f'requires-python = ">={version[1]}"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_what_is_installed_is_pinned_by_hash() -> None:
    installs = [line for line in LINES if " install " in line]
    assert [line.partition(" install ")[2] for line in installs] == [
        "--require-hashes -r requirements.lock",
        "--no-deps --no-build-isolation .",
    ]


def test_the_last_stage_installs_nothing_and_is_not_root() -> None:
    assert not [line for line in LAST if re.search(r"\b(pip|apt-get|apt)\b", line)]
    assert [line for line in LAST if line.startswith("COPY")] == ["COPY --from=build /opt/huiyu /opt/huiyu"]
    assert {f"USER {service['user']}" for service in own().values()} == {
        line for line in LAST if line.startswith("USER")
    }
    assert LAST[-1] == 'ENTRYPOINT ["huiyu"]'


def copied() -> list[str]:
    """What the first stage copies out of the repository; each to the same place."""
    pairs = [line.split()[1:] for line in LINES if line.startswith("COPY ") and "--from" not in line]
    assert all(target == "./" or sources == [target] for *sources, target in pairs)
    return [source for *sources, _ in pairs for source in sources]


def test_dockerignore_lets_through_what_is_copied_and_nothing_else() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert lines[0] == "*"
    assert sorted(line.removeprefix("!") for line in lines if line.startswith("!")) == sorted(copied())


def test_the_package_is_built_whole_from_what_is_copied(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in copied():
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source / name)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "."]
    done = subprocess.run(pip, cwd=source, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = source.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if not name.startswith("huiyu-")}
    assert needed() - packed == set()


def needed() -> set[str]:
    """Every file under the two packages, those behind the two links included, but prose."""
    found = [Path(folder) / name for top in ("schemas", "streams") for folder, _, names in walk(top) for name in names]
    return {str(path.relative_to(ROOT)) for path in found if path.suffix != ".md"}


def walk(top: str) -> list[tuple[str, list[str], list[str]]]:
    return [step for step in os.walk(ROOT / top, followlinks=True) if "__pycache__" not in step[0]]
