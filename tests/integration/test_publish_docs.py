"""Every command of docs/clinic-system.md, run as written against a real broker, says what the page says it says."""

from __future__ import annotations

import shutil
from pathlib import Path

from streams.embedded.stack import Stack
from tests.support.pages import ROOT, commands_and_answers, shell


def test_the_clinics_page_is_true(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    pages = [ROOT / "docs" / "clinic-system.md", ROOT / "examples" / "who-survey" / "README.md"]
    steps = [step for page in pages for step in commands_and_answers(page)]
    assert len(steps) >= 9
    with Stack(data=tmp_path / "data", stages=()) as stack:
        for script, answer in steps:
            shown = shell(script, tmp_path, HUIYU_KAFKA=stack.kafka).stdout
            assert "Traceback" not in shown
            assert "huiyu: " not in shown, script
            assert answer is None or shown == answer, script
