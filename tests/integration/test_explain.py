"""`huiyu explain`: the rule, what each transition was decided on, and the records, from the real store."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from streams.settings import Settings
from streams.sink.rows import Row
from tests.integration.test_views_commands import huiyu
from tests.support.builders import child_of, subject_of
from tests.support.stores import a_migrated_stack, a_row, store
from tests.unit.sink.messages import a_timeline_row, an_alert_row

CHILD = child_of(subject_of("lin"))
STANDS, GONE = ["checkup.recorded", "clinic:chengguan", "V-1"], ["checkup.recorded", "clinic:chengguan", "V-0"]
TOLD = (
    (5, "open", "", "2026-03-02T01:30:00.000Z", {"haemoglobin_g_l": 101, "subject": "cn-id:5f", "records": [GONE]}),
    (9, "escalated", "", "2026-03-09T01:30:00.000Z", {"haemoglobin_g_l": 57, "records": [STANDS, GONE]}),
    (12, "resolved", "caught-up", "2026-04-09T01:30:00.000Z", {"haemoglobin_g_l": 57, "records": [STANDS, GONE]}),
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with a_migrated_stack(tmp_path_factory.mktemp("stack")) as settings:
        store(settings, *_alert(), Row("timeline", 1, False, 0, _record()))
        yield settings


def _record() -> dict[str, object]:
    named = dict(zip(("kind", "source", "record_id"), STANDS, strict=True))
    return a_timeline_row(child_id=CHILD, subject=subject_of("lin"), data={"haemoglobin_g_l": 57}, **named)


def _alert() -> Iterator[Row]:
    for version, state, resolution, at, detail in TOLD:
        told = {"state": state, "resolution": resolution, "changed_at": at, "detail": detail}
        alert = an_alert_row(rule="anaemia", milestone="", child_id=CHILD, due_on=None, **told)
        yield Row("alerts", version, False, 0, alert)
        line = {"at": at, "state": state, "resolution": resolution}
        yield a_row("alert_history", version, alert_id="a1", transition=version, **line)


def test_each_transition_is_told_with_what_it_was_decided_on(settings: Settings) -> None:
    ran = huiyu(settings, "explain", "a1", "--lang", "en")
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert lines[0] == "rule: anaemia 1"
    assert "parameters severe_below_g_l = 60" in ran.stdout
    told = [line for line in lines if line.startswith("2026-") or "decided on" in line]
    assert told == [
        "2026-03-02 09:30  opened",
        "  decided on haemoglobin_g_l = 101",
        "2026-03-09 09:30  escalated",
        "  decided on haemoglobin_g_l = 57",
        "2026-04-09 09:30  resolved: caught up by a later one",
        "  decided on haemoglobin_g_l = 57",
    ]


def test_what_was_refused_and_not_sent_again_stands_beside_it(settings: Settings) -> None:
    told = {"topic": "clinic-events", "partition": 0, "source": "clinic:chengguan", "type": "checkup.recorded.v1"}
    told |= {"subject": subject_of("lin"), "code": "bad-value", "path": "/data/weight_kg", "detail": "[]"}
    told |= {"received_at": "2026-03-03T01:30:00.000Z", "sha256": "", "size": 1, "event_id": ""}
    store(
        settings,
        a_row("rejections", **told, offset=1, record_id="V-7"),
        a_row("rejections", **told, offset=2, record_id="V-1"),
    )
    lines = huiyu(settings, "explain", "a1", "--lang", "en").stdout.splitlines()
    assert [line for line in lines if line.startswith("refused")] == [
        "refused, and not sent again since: checkup.recorded.v1 clinic:chengguan 2026-03-03 09:30 bad-value "
        "/data/weight_kg"
    ]


def test_a_record_that_counts_no_more_is_said_to(settings: Settings) -> None:
    lines = huiyu(settings, "explain", "a1", "--lang", "en").stdout.splitlines()
    stands, gone = (line for line in lines if line.startswith("record "))
    assert stands.startswith("record checkup.recorded clinic:chengguan V-1: ")
    assert "57" in stands
    assert gone.endswith("V-0: corrected or retracted: counts no more")


def test_chinese_is_the_first_language_and_json_holds_all(settings: Settings) -> None:
    assert huiyu(settings, "explain", "a1").stdout.startswith("规则: anaemia 1\n  贫血: ")
    told = json.loads(huiyu(settings, "explain", "a1", "--json").stdout)
    assert [each["state"] for each in told["transitions"]] == ["open", "escalated", "resolved"]
    assert (told["alert"]["alert_id"], len(told["records"])) == ("a1", 1)


def test_an_alert_that_is_not_there_is_refused_in_one_line(settings: Settings) -> None:
    ran = huiyu(settings, "explain", "a2")
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", "huiyu: no alert a2\n")
