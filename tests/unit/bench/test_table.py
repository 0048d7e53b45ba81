"""The table of a run, on a terminal and in a page."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console

from streams.bench.figures import Aim, Report
from streams.bench.page import BEGIN, END, rewrite, text_of, with_table
from streams.bench.picture import draw
from streams.bench.table import markdown, number, rich_table, verdict
from streams.errors import Failure
from tests.support.pages import ROOT
from tests.unit.bench.reports import a_report

PAGE = ROOT / "docs" / "figures.md"


def ratio(report: Report, name: str) -> float:
    return next(figure.value for figure in report.figures if figure.name == f"ratio.{name}")


def test_ratios_are_of_figures_of_the_same_run() -> None:
    report = a_report(stage__timeline=16_000, peer__faust=800, curve__1=90, curve__3=99, ceiling__checked=4_000)
    assert ratio(report, "peer") == 20
    assert ratio(report, "curve") == pytest.approx(1.1)
    assert ratio(report, "check") == 4
    assert ratio(report, "intake") == 0.25


def test_the_slowest_stage_is_named() -> None:
    report = a_report(stage__sink=500, whole__rate=400)
    (figure,) = [f for f in report.figures if f.name == "ratio.slowest"]
    assert figure.value == pytest.approx(0.8)
    assert "(sink)" in figure.title


@pytest.mark.parametrize(
    ("aim", "value", "told"),
    [
        (None, 1, ""),
        (Aim(10_000), 10_000, "≥ 10,000: reached"),
        (Aim(10_000), 9_999, "≥ 10,000: missed"),
        (Aim(5, less=True), 5, "< 5: missed"),
        (Aim(5, less=True), 4.9, "< 5: reached"),
    ],
)
def test_an_aim_that_is_missed_is_said_to_be(aim: Aim | None, value: float, told: str) -> None:
    assert verdict(aim, value) == told


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12_345.6, "12,346"),
        (100, "100"),
        (99.96, "100"),
        (12.34, "12.3"),
        (9.999, "10.0"),
        (1.234, "1.23"),
        (0.05, "0.05"),
    ],
)
def test_a_number_has_three_figures_that_matter(value: float, text: str) -> None:
    assert number(value) == text


def test_a_terminal_and_a_page_are_told_every_figure() -> None:
    report, out = a_report(), io.StringIO()
    Console(file=out, width=160).print(rich_table(report))
    for figure in report.figures:
        assert figure.title in out.getvalue()
        assert f"| {figure.title} | {number(figure.value)} {figure.unit} |" in markdown(report)
    assert "Run of 2026-07-01 12:00+00:00, about 200,000 events, on 2 cores." in markdown(report)


def test_a_page_keeps_all_that_is_not_the_table(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"above\n{BEGIN}\nan earlier table\n{END}\nbelow\n")
    rewrite(page, a_report())
    text = page.read_text()
    assert text.startswith(f"above\n{BEGIN}\n")
    assert text.endswith(f"{END}\nbelow\n")
    assert "earlier" not in text
    assert with_table(text, a_report()) == text


@pytest.mark.parametrize("text", ["no marks", f"{BEGIN} only", f"{END} before {BEGIN}"])
def test_a_page_without_marks_is_refused_before_anything_runs(text: str, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(text)
    with pytest.raises(Failure, match="lacks the lines"):
        text_of(tmp_path / "page.md")


def test_the_page_of_figures_has_a_table_of_a_run() -> None:
    text = text_of(PAGE)
    table = text.partition(BEGIN)[2].partition(END)[0]
    assert "Run of " in table
    for figure in a_report().figures:
        if figure.group == "ratio" and "(" not in figure.title:
            assert f"| {figure.title} |" in table


def test_the_curve_is_drawn_with_its_numbers(tmp_path: Path) -> None:
    assert draw(a_report().curve, tmp_path / "curve.svg") == ""
    text = (tmp_path / "curve.svg").read_text()
    for label in ("1,000", "10,000", "100,000", "CPU of the process", "by the clock"):
        assert label in text
    assert "<script" not in text


def test_without_the_library_a_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygal", None)
    assert "pip install 'huiyu[bench]'" in draw(a_report().curve, tmp_path / "curve.svg")
    assert list(tmp_path.iterdir()) == []
