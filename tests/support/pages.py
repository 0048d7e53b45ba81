"""The commands of a page of documentation, and a shell that runs them as a reader would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    """The texts of a page's blocks in one language; those with more behind it (`sh install`) are left out."""
    found = BLOCK.findall(page.read_text("utf-8"))
    return [text for name, more, text in found if name == language and not more.strip()]


def commands_and_answers(page: Path) -> list[tuple[str, str | None]]:
    """(`sh` block, the `text` block behind it if there is one); `sh install` is what test_base_install does."""
    found = [(language, more.strip(), text) for language, more, text in BLOCK.findall(page.read_text("utf-8"))]
    following = [*found[1:], ("", "", "")]
    return [
        (text, answer if kind == "text" else None)
        for (language, more, text), (kind, _, answer) in zip(found, following, strict=True)
        if language == "sh" and not more
    ]


def shell(script: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """What a shell says that has `huiyu` and `python` on its path and stands in `folder`; the first error ends it."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "COLUMNS": "200", **settings}
    return subprocess.run(
        ["sh", "-e", "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        cwd=folder,
        env=env,
        text=True,
        check=False,
    )
