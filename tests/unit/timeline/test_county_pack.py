"""A county's packs change the national one; what is wrong with one is told with its file, line and field."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from streams.clinical.pack import BadPack, RulePack, load, national, read_pack
from streams.clinical.pack.lines import lines_of
from streams.clinical.pack.reading import Source

TEXT = files("streams.clinical.rules").joinpath("national.toml").read_text("utf-8")
HEAD = 'id = "jing"\nversion = 3\n'
OVERRIDE = f'{HEAD}[[override]]\nrule = "checkup-overdue"\nversion = 1001\n'
EXAMPLE = Path(__file__).parents[3] / "examples/county-rules"


def changed_by(*texts: str) -> RulePack:
    return read_pack(TEXT, "national.toml", [Source(f"{place}.toml", text) for place, text in enumerate(texts)])


def test_what_is_given_replaces_and_the_rest_stays() -> None:
    rule = changed_by(
        OVERRIDE + 'parameters = { grace_days_after_registration = 60 }\nseverity = { open = "notice" }\n'
    )
    [checkup, *_] = rule.rules_of("child")
    assert (checkup.version, checkup.parameters.grace_days_after_registration) == (1001, 60)
    assert (checkup.severity.open, checkup.severity.escalated) == ("notice", "serious")
    assert checkup.routing == national().rule("checkup-overdue").routing
    assert rule.origins["checkup-overdue.severity.open"] == "jing 3"
    assert "checkup-overdue.severity.escalated" not in rule.origins


def test_the_later_pack_holds() -> None:
    pack = changed_by(OVERRIDE, OVERRIDE.replace("1001", "1002").replace('"jing"', '"town"'))
    assert (pack.rule("checkup-overdue").version, pack.origins["checkup-overdue.version"]) == (1002, "town 3")


def test_a_rule_that_is_off_is_in_no_stage_and_its_reason_stays() -> None:
    pack = changed_by(f'{HEAD}[[off]]\nrule = "anaemia"\nreason = "measured elsewhere"\n')
    assert "anaemia" not in {entry.id for entry in pack.rules_of("child")}
    assert [(off.rule, off.reason) for off in pack.off] == [("anaemia", "measured elsewhere")]


def test_a_window_of_the_schedule_may_open_earlier() -> None:
    pack = changed_by(f'{HEAD}[[window]]\nmilestone = "m3"\nopens_days_before = 21\n')
    assert pack.schedule.windows(date(2025, 6, 1))[2].opens_on == date(2025, 8, 11)


def test_the_example_is_a_pack_with_a_rule_of_its_own_on_an_evaluator_that_there_is() -> None:
    pack = load(EXAMPLE)
    late = next(entry for entry in pack.rules_of("child") if entry.id == "referral-late")
    assert (late.parameters.days_after_due, late.routing) == (14, ("clinic", "bureau"))
    assert pack.text_of("checkup-overdue", "zh").advice == "请先在微信群联系，再打电话。"
    assert pack.text_of("checkup-overdue", "en") == national().text_of("checkup-overdue", "en")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{HEAD}[[override\n", "0.toml: .*line 3"),
        (f"{OVERRIDE}parameters = {{ grace = 1 }}\n", "0.toml:6: rules.0.parameters.grace: Extra inputs"),
        (f"{OVERRIDE}[override.parameters]\ngrace_days_after_registration = -1\n", "0.toml:7: .*greater than or equal"),
        (f'{OVERRIDE}severity = {{ open = "loud" }}\n', "0.toml:6: .*'notice', 'warning' or 'serious'"),
        (f'{OVERRIDE}routing = ["clinic", "mother"]\n', "0.toml:6: .*routing.1.*contracted-clinic"),
        (f'{HEAD}[[override]]\nrule = "anaemia"\n', "0.toml:3: override.0.version: Field required"),
        (f'{HEAD}[[override]]\nrule = "anemia"\nversion = 2\n', "0.toml:4: override.0.rule: there is no 'anemia'"),
        (f'{HEAD}[[off]]\nrule = "anaemia"\n', "0.toml:3: off.0.reason: Field required"),
        (f'{HEAD}[[window]]\nmilestone = "m4"\n', "0.toml:4: window.0.milestone: there is no 'm4'"),
        (f"{HEAD}colour = 1\n", "0.toml:3: colour: Extra inputs"),
        (f'{HEAD}[[rules]]\nid = "new"\nversion = 1\n', "0.toml:3: rules.19.evaluator: .*no evaluator 'new'"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, says: str) -> None:
    with pytest.raises(BadPack, match=says):
        changed_by(text)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(BadPack) as told:
        changed_by(OVERRIDE + 'severity = { open = "loud" }\nrouting = ["clinic", "mother"]\n')
    assert [line.split(" ")[0] for line in str(told.value).splitlines()] == ["0.toml:6:", "0.toml:7:"]


def test_a_folder_without_a_pack_and_one_that_is_not_there_are_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(BadPack):
            load(folder)


def test_a_pack_comes_back_from_its_bytes_the_same() -> None:
    for pack in (national(), load(EXAMPLE)):
        again = RulePack.loads(pack.dumps())
        assert (again, again.dumps()) == (pack, pack.dumps())
        assert again.rules_of("child") == pack.rules_of("child")


def test_a_rule_holds_from_its_first_to_its_last_day() -> None:
    pack = changed_by(OVERRIDE + "effective_from = 2026-03-01\neffective_until = 2026-03-31\n")
    [entry, *_] = pack.rules_of("child")
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [entry.is_effective(day) for day in days] == [False, True, True, False]
    assert [entry.changes_after(day) for day in days] == [date(2026, 3, 1), date(2026, 4, 1), date(2026, 4, 1), None]


def test_lines_are_those_of_a_reader_who_counts() -> None:
    text = '# head\na = 1\n\n[[rules]]\nid = """\n[x]\nb = 2"""\nlist = [\n  { c = 1 },\n]\n'
    text += '[rules.text.zh]\nd = "#"\n[[rules]]\n"e.f".g = 1\n'
    found = lines_of(text)
    assert found == {
        (): 1, ("a",): 2, ("rules",): 4, ("rules", 0): 4, ("rules", 0, "id"): 5, ("rules", 0, "list"): 8,
        ("rules", 0, "text"): 11, ("rules", 0, "text", "zh"): 11, ("rules", 0, "text", "zh", "d"): 12,
        ("rules", 1): 13, ("rules", 1, "e.f"): 14, ("rules", 1, "e.f", "g"): 14,
    }  # fmt: skip
