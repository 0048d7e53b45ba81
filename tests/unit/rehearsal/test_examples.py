"""Every rule has examples, and the real stage agrees with each; an example that is wrong is told of."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from streams.cli import build
from streams.clinical.pack import BadPack, national
from streams.rehearsal.example import Example
from streams.rehearsal.files import read_examples
from streams.rehearsal.play import differences, play

ZONE = ZoneInfo("Asia/Shanghai")
FOLDER = Path(__file__).parents[3] / "examples/rules"
EXAMPLES = [(path.stem, example) for path in sorted(FOLDER.glob("*.toml")) for example in read_examples(path)]
ANAEMIA = FOLDER / "anaemia.toml"


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=[example.name for _, example in EXAMPLES])
def test_the_stage_agrees_with_an_example(rule: str, example: Example) -> None:
    assert differences(example, play(example, national(), ZONE)) == []


def test_every_rule_has_an_example_in_which_it_opens_and_one_in_which_it_does_not() -> None:
    opens = {rule for rule, example in EXAMPLES if example.expect}
    quiet = {rule for rule, example in EXAMPLES if not [e for e in example.expect if e.state != "resolved"]}
    assert opens == quiet == {rule.id for rule in national().rules}


def test_what_differs_is_named_both_ways(tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(ANAEMIA.read_text("utf-8").replace('state = "open"', 'state = "escalated"', 1), "utf-8")
    result = CliRunner().invoke(build(), ["rules", "test", str(path)])
    assert result.exit_code == 1
    assert "expected rule=anaemia state=escalated; there is rule=anaemia state=open" in result.output
    assert "not expected: rule=anaemia state=open" in result.output


def test_the_file_that_agrees_ends_well() -> None:
    result = CliRunner().invoke(build(), ["rules", "test", str(ANAEMIA)])
    assert (result.exit_code, result.output.count("ok: ")) == (0, 3)


def test_a_record_that_the_pipeline_would_refuse_is_refused_here(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(ANAEMIA.read_text("utf-8").replace("haemoglobin_g_l = 105", "haemoglobin_g_l = 1050"), "utf-8")
    with pytest.raises(BadPack, match=r"bad.toml:1: example.0: .*record 2 \(checkup.recorded\).*haemoglobin_g_l"):
        read_examples(path)
