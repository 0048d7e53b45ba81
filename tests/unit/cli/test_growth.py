"""`huiyu growth`: one child at the desk by both standards, and a survey as WHO's tools write it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import orjson
import pytest

from streams.publish.survey import survey_csv
from tests.support.commands import huiyu, one_line

A_BOY = ("growth", "--sex", "male", "--birth", "2025-06-01", "--date", "2026-05-30")


def told(*arguments: str) -> dict[str, Any]:
    done = huiyu(*A_BOY, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = orjson.loads(done.stdout)
    return found


def test_each_standard_says_its_own_of_one_child() -> None:
    """10.7 kg at 71 cm: WHO's row of 71.0 cm has its +2 line at 10.2 and +3 at 11.2 kg; +1SD, +2SD, +3SD of
    WS/T 423-2022 are 9.7, 10.5 and 11.5 kg."""
    standards = told("--weight", "10.7", "--length", "71")["standards"]

    assert standards["WHO 2006"]["wlz"]["verdict"] == "overweight"
    assert 2 < standards["WHO 2006"]["wlz"]["z"] < 3
    china = standards["WS/T 423-2022"]["weight_for_length_height"]
    assert china == {"sd": 2, "percentile": 97, "level": "上", "verdict": "obese"}


def test_words_are_chinese_unless_english_is_asked_for() -> None:
    chinese, english = (huiyu(*A_BOY, "--weight", "7.2", "--length", "71", *more) for more in ((), ("--lang", "en")))

    assert "11 月龄（363 天）" in chinese.stdout
    assert "重度低体重" in chinese.stdout
    assert "11 months (363 days)" in english.stdout
    assert "severely underweight" in english.stdout


def test_a_preterm_child_is_told_by_corrected_age_with_the_other_beside() -> None:
    corrected, by_calendar = told("--length", "71", "--weeks", "33"), told("--length", "71")

    assert corrected["corrected_age_days"] == 363 - 49
    assert corrected["uncorrected"]["haz"] == by_calendar["standards"]["WHO 2006"]["haz"]["z"]
    assert corrected["standards"]["WHO 2006"]["haz"]["z"] > corrected["uncorrected"]["haz"]
    assert "uncorrected" not in by_calendar


def test_what_is_hardly_possible_is_no_verdict() -> None:
    done = huiyu(*A_BOY, "--length", "100", "--lang", "en")

    assert "implausible: measure again" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("growth",), "--sex and --birth"),
        (A_BOY, "nothing was measured"),
        ((*A_BOY[:-1], "2025-05-31", "--weight", "3"), "before the birth"),
        ((*A_BOY[:-1], "yesterday", "--weight", "3"), "'yesterday' is no date"),
        (("growth", "nowhere.csv"), "nowhere.csv cannot be read"),
    ],
)
def test_what_cannot_be_told_is_said_in_one_line(arguments: tuple[str, ...], said: str) -> None:
    done = huiyu(*arguments)

    assert done.returncode == 1
    assert said in one_line(done.stderr)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_whos_survey_comes_back_with_whos_own_scores_and_flags(tmp_path: Path) -> None:
    """Its sheet holds them already, of WHO's tool: it is given without, and compared."""
    names = ("zlen", "zwei", "zwfl", "zbmi", "zhc", "flen", "fwei", "fwfl", "fbmi", "fhc")
    with survey_csv().open() as file:
        head, *found = csv.reader(file)
    places = [place for place, name in enumerate(head) if name not in names]
    given, out = tmp_path / "survey.csv", tmp_path / "scored.csv"
    with given.open("w", newline="") as file:
        csv.writer(file).writerows([row[place] for place in places] for row in (head, *found))

    done = huiyu("growth", str(given), "--out", str(out))

    assert (done.returncode, done.stdout) == (0, f"{out} written: 498 rows\n"), done.stderr
    for whos, ours in zip(found, rows(out.read_text()), strict=True):
        for name in names:
            value = whos[head.index(name)]
            assert ours[name] == (f"{float(value):.2f}" if value and name[0] == "z" else value), (whos[0], name)


def test_ages_may_be_months_or_two_dates(tmp_path: Path) -> None:
    sheets = {
        "age": "sex,age,lenhei\n2,183,66.5\n",
        "months": "sex,agemons,lenhei\nf,6.01,66.5\n",
        "dates": "性别,出生日期,体检日期,身长\n女,2025-06-01,2025/12/1,66.5\n".replace("2025/12/1", "2025/12/01"),
    }
    found = set()
    for name, text in sheets.items():
        file = tmp_path / f"{name}.csv"
        file.write_text(text, "utf-8")
        [row] = rows(huiyu("growth", str(file)).stdout)
        found.add(row["zlen"])
    assert len(found) == 1
    assert found != {""}


def test_a_cell_that_cannot_be_read_is_named_and_counts_as_empty(tmp_path: Path) -> None:
    file = tmp_path / "survey.csv"
    file.write_text("sex,age,weight,lenhei,oedema\n1,183,seven,66.5,n\nx,183,7,66.5,n\n1,183,7.0,66.5,NA\n")

    done = huiyu("growth", str(file))

    assert done.returncode == 1
    assert [(bool(row["zwei"]), bool(row["zlen"])) for row in rows(done.stdout)] == [
        (False, True),
        (False, False),
        (True, True),
    ]
    assert "row 2: weight: 'seven'" in done.stderr
    assert "row 3: sex: 'x'" in done.stderr
    assert done.stderr.count("counts as empty") == 2


def test_a_sheet_without_ages_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "survey.csv"
    file.write_text("sex,weight\n1,7\n")

    done = huiyu("growth", str(file))

    assert (done.returncode, done.stdout) == (1, "")
    assert "needs the columns sex and age" in one_line(done.stderr)
