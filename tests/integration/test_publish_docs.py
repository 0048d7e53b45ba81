"""Every command of docs/clinic-system.md, run as written against a real broker, says what the page says it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from streams.embedded.stack import Stack

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands_and_answers(page: Path) -> list[tuple[str, str | None]]:
    """(`sh` block, the `text` block behind it if there is one); `sh install` is what test_base_install does."""
    blocks = [(language, more.strip(), text) for language, more, text in BLOCK.findall(page.read_text("utf-8"))]
    following = [*blocks[1:], ("", "", "")]
    return [
        (text, answer if kind == "text" else None)
        for (language, more, text), (kind, _, answer) in zip(blocks, following, strict=True)
        if language == "sh" and not more
    ]


def said(script: str, folder: Path, kafka: str) -> str:
    """What a shell shows that has `huiyu` and `python` on its path and stands in a checkout."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "HUIYU_KAFKA": kafka, "COLUMNS": "200"}
    done = subprocess.run(
        ["sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder, env=env, check=False
    )
    return done.stdout.decode()


def test_the_clinics_page_is_true(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    pages = [ROOT / "docs" / "clinic-system.md", ROOT / "examples" / "who-survey" / "README.md"]
    steps = [step for page in pages for step in commands_and_answers(page)]
    assert len(steps) >= 9
    with Stack(data=tmp_path / "data", stages=()) as stack:
        for script, answer in steps:
            shown = said(script, tmp_path, stack.kafka)
            assert "Traceback" not in shown
            assert "huiyu: " not in shown, script
            assert answer is None or shown == answer, script
