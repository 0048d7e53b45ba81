"""The smaller pages: nothing that can be set, typed or refused is left out; both languages say something."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from schemas.envelope import Envelope
from schemas.kinds import KINDS
from schemas.problems import CODES
from streams.catalogue.fields import Field, fields_of
from streams.catalogue.json_schemas import plain_schema
from streams.catalogue.remedies import REMEDIES
from streams.catalogue.words import range_of, type_of
from streams.cli import build
from streams.settings import Settings
from tests.unit.catalogue.places import REFERENCE

CHINESE = re.compile("[一-鿿]")
HEADING = re.compile(r"^## huiyu (.*)$", re.MULTILINE)
CLI = (REFERENCE / "cli.md").read_text("utf-8")
MODELS = {"envelope": Envelope} | {name: kind.model for name, kind in KINDS.items()}


def fields(name: str) -> list[Field]:
    return list(fields_of(plain_schema(MODELS[name])))


def test_every_code_has_its_cause_and_remedy_in_both_languages() -> None:
    assert set(REMEDIES) == set(CODES)
    for told in (text for explanation in REMEDIES.values() for text in explanation):
        assert CHINESE.search(told.zh)
        assert told.en.isascii() or not CHINESE.search(told.en)


def test_codes_stand_in_the_order_of_their_precedence() -> None:
    page = (REFERENCE / "rejections.md").read_text("utf-8")
    assert tuple(re.findall(r"^\| \d+ \| `([a-z-]+)`", page, re.MULTILINE)) == CODES


def test_every_setting_is_there_with_its_default() -> None:
    page = (REFERENCE / "settings.md").read_text("utf-8")
    for name, field in Settings.model_fields.items():
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `HUIYU_{name.upper()}` |")]
        assert field.description in row
        assert field.default is None or f"`{field.default}`" in row


@pytest.mark.parametrize("command", HEADING.findall(CLI))
def test_every_option_that_help_shows_is_there(command: str) -> None:
    """`--help` is typer's own rendering."""
    shown = CliRunner().invoke(build(), [*command.split(), "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
    assert shown.exit_code == 0, shown.output
    section = CLI.partition(f"\n## huiyu {command}\n")[2].partition("\n## ")[0]
    options = set(re.findall(r"--[a-z][a-z-]+", re.sub("\x1b\\[[0-9;]*m", "", shown.output))) - {"--help"}
    assert options <= set(re.findall(r"--[a-z][a-z-]+", section))


def test_every_command_that_help_shows_is_there() -> None:
    shown = CliRunner().invoke(build(), ["--help"], env={"COLUMNS": "200", "TERM": "dumb"}).output
    commands = re.sub("\x1b\\[[0-9;]*m", "", shown).partition("Commands")[2]
    named = set(re.findall(r"^\W*([a-z-]+)  ", commands, re.MULTILINE))
    assert len(named) >= 15
    assert named == {command.split()[0] for command in HEADING.findall(CLI)}


@pytest.mark.parametrize("name", MODELS)
def test_every_field_has_a_meaning_in_both_languages(name: str) -> None:
    assert [field.path for field in fields(name) if not field.en or not CHINESE.search(field.zh)] == []


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_told_in_both_languages(name: str) -> None:
    assert CHINESE.search(KINDS[name].model.zh)
    assert KINDS[name].model.__doc__


def said(name: str, path: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """(type, range) of a field, in English and in Chinese."""
    (node,) = [field.node for field in fields(name) if field.path == path]
    return (type_of(node, "en"), range_of(node, "en")), (type_of(node, "zh"), range_of(node, "zh"))


def test_ranges_are_told_in_words() -> None:
    assert said("checkup.recorded", "weight_kg") == (("number", "from 0.3 to 60"), ("数字", "0.3 至 60"))
    assert said("checkup.recorded", "screenings[].result") == (
        ("string", "`pass`, `refer`, `inconclusive`"),
        ("文本", "`pass`, `refer`, `inconclusive`"),
    )
    assert said("checkup.recorded", "warning_signs.positive") == (
        ("list of integer", "at most 4 of: from 1 to 4"),
        ("列表：整数", "至多 4 项：1 至 4"),
    )
    assert said("child.enrolled", "until")[1] == ("日期", "YYYY-MM-DD，1970-01-02 至 2099-12-31")


@pytest.mark.parametrize("name", MODELS)
def test_the_chinese_page_says_no_range_in_english(name: str) -> None:
    told = [re.sub("`[^`]*`", "", range_of(field.node, "zh")) for field in fields(name)]
    assert [text for text in told if re.search(r"\b(from|or|of|at most|an?|only)\b", text)] == []
