"""A clinic's workbooks on the real broker and store: imported, corrected, imported again; what a query then shows."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from streams.clock.wait import wait
from streams.embedded.stack import Stack
from streams.publish.sheet.sent import FILE
from tests.support.builders import a_source
from tests.support.commands import huiyu
from tests.support.pipeline import publish, read_topic
from tests.unit.publish.template_sheets import ZHANG, ZHANGS_TOKEN, a_workbook

REGISTRATIONS = (
    ["姓名", "身份证号", "建档日期", "性别", "出生日期"],
    ["张三", ZHANG, "2025-06-03", "女", "2025-06-01"],
)
CHECKUPS = (
    ["姓名", "身份证号", "体检日期", "体重（千克）"],
    ["张三", ZHANG, "2025-07-10", "4.6kg"],
    ["张三", ZHANG, "2025-09-01", "12斤"],
    ["张三", ZHANG, "2025-12-01", 8.1],
)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(data=tmp_path_factory.mktemp("sheets") / "data", clock="manual") as running:
        publish(running.kafka, [a_source("clinic:chengguan")])
        yield running


def imported(stack: Stack, file: Path, *more: str) -> subprocess.CompletedProcess[str]:
    arguments = ("import", str(file), "--source", "clinic:chengguan", *more)
    return huiyu(*arguments, data=stack.layout.data, COUNTY_KEY="test-county-key")


def weights(stack: Stack) -> dict[str, tuple[float, int]]:
    """Day → (weight, revision), of the child's checkups as a query shows them."""
    wait(stack.settings, 120)
    said = huiyu("timeline", ZHANGS_TOKEN, "--json", data=stack.layout.data)
    assert said.returncode == 0, said.stderr
    records: list[dict[str, Any]] = json.loads(said.stdout)
    checkups = [record for record in records if record["kind"] == "checkup.recorded"]
    return {each["local_date"]: (each["data"]["weight_kg"], each["revision"]) for each in checkups}


def test_what_a_clinic_keeps_in_workbooks_is_the_childs_timeline(stack: Stack, tmp_path: Path) -> None:
    registrations, sheet, marked = (tmp_path / name for name in ("建档.xlsx", "体检.xlsx", "改.xlsx"))
    registrations.write_bytes(a_workbook(*REGISTRATIONS))
    sheet.write_bytes(a_workbook(*CHECKUPS))

    assert imported(stack, registrations).stdout.startswith("1 rows: 1 child.registered; 0 refused, 0 unchanged")
    first = imported(stack, sheet, "--errors", str(marked))
    assert first.stdout == "3 rows: 2 checkup.recorded; 1 refused, 0 unchanged (published and acknowledged)\n"
    assert first.returncode == 1
    assert weights(stack) == {"2025-07-10": (4.6, 1), "2025-12-01": (8.1, 1)}

    book = load_workbook(marked)
    assert book.worksheets[0]["D3"].comment is not None
    book.worksheets[0]["D3"].value = 6
    book.worksheets[0]["D4"].value = 8.2
    book.save(marked)
    corrected = imported(stack, marked)
    assert corrected.stdout == "3 rows: 2 checkup.recorded; 0 refused, 1 unchanged (published and acknowledged)\n"
    assert weights(stack) == {"2025-07-10": (4.6, 1), "2025-09-01": (6, 1), "2025-12-01": (8.2, 2)}

    assert "3 rows: nothing; 0 refused, 3 unchanged" in imported(stack, marked).stdout


def test_without_the_memory_importing_again_is_harmless(stack: Stack, tmp_path: Path) -> None:
    sheet = tmp_path / "体检.xlsx"
    sheet.write_bytes(a_workbook(CHECKUPS[0], CHECKUPS[1]))
    before = weights(stack)
    shutil.move(stack.layout.data / FILE, tmp_path / "elsewhere")
    again = imported(stack, sheet)
    assert again.stdout == "1 rows: 1 checkup.recorded; 0 refused, 0 unchanged (published and acknowledged)\n"
    assert weights(stack) == before


def test_no_identifier_and_no_name_is_in_the_log(stack: Stack) -> None:
    sent = b"".join(record.value + record.key for record in read_topic(stack.kafka, "clinic-events"))
    assert ZHANGS_TOKEN.encode() in sent
    assert not any(text.encode() in sent for text in (ZHANG, "张三"))
