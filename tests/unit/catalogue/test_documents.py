"""What is checked in is what the models say today, and no page leads nowhere."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from schemas.kinds import KINDS
from streams.catalogue.documents import FOLDER, documents, present, write
from streams.catalogue.markdown import anchor
from tests.unit.catalogue.places import EXAMPLES, REFERENCE, ROOT

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def test_the_catalogue_is_not_stale() -> None:
    wanted = documents(ROOT)
    stale = [str(path) for path, text in wanted.items() if _text(ROOT / path) != text]
    assert (stale, sorted(wanted)) == ([], present(ROOT)), "run `make docs`"


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def test_writing_twice_changes_nothing_and_removes_what_is_no_longer_there(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "examples" / "events")
    shutil.copytree(EXAMPLES.parent / "rules", tmp_path / "examples" / "rules")
    gone = tmp_path / FOLDER / "schemas" / "child.vanished.json"
    gone.parent.mkdir(parents=True)
    gone.write_text("{}")
    write(tmp_path)
    first = {path: (tmp_path / path).read_bytes() for path in present(tmp_path)}
    write(tmp_path)
    assert {path: (tmp_path / path).read_bytes() for path in present(tmp_path)} == first
    assert not gone.exists()


def test_the_environment_does_not_show_in_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    before = documents(ROOT)
    for name, value in {
        "TIMEZONE": "Asia/Urumqi",
        "PARTITIONS": "3",
        "COUNTY_KEY": "secret",
        "CLOCK": "manual",
    }.items():
        monkeypatch.setenv(f"HUIYU_{name}", value)
    assert documents(ROOT) == before


@pytest.mark.parametrize("page", ["events.md", "events.zh.md"])
def test_every_kind_has_its_section_and_its_example(page: str) -> None:
    text = (REFERENCE / page).read_text("utf-8")
    sections = set(HEADING.findall(text))
    assert set(KINDS) <= sections
    for kind in KINDS:
        assert (EXAMPLES / "valid" / f"{kind}.json").read_text("utf-8").strip() in text


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    astray = [link for link in LINK.findall(page.read_text("utf-8")) if "//" not in link and not _leads(page, link)]
    assert astray == []


def _leads(page: Path, link: str) -> bool:
    name, _, fragment = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.exists() or not fragment:
        return target.exists()
    headings = HEADING.findall(CODE.sub("", target.read_text("utf-8")))
    return f"#{fragment}" in map(anchor, headings)
