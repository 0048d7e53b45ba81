"""`huiyu child`: who is who, by whose word, and what of it does not fit together."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from streams.settings import Settings
from streams.sink.rows import Row
from tests.integration.test_views_commands import huiyu
from tests.support.builders import child_of, subject_of
from tests.support.stores import a_migrated_stack, a_row, store
from tests.unit.sink.messages import a_timeline_row

JOINED, NUMBER, WAITING = subject_of("mei"), subject_of("mei", "local"), subject_of("nobody yet")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with a_migrated_stack(tmp_path_factory.mktemp("stack")) as settings:
        waiting = a_row("unlinked", subject=WAITING, source="clinic:x", writer="intake", partition=0, records=4)
        store(settings, *_joined(), waiting)
        yield settings


def _joined() -> list[Row]:
    """A child under two subjects, whom two clinics registered with different birth dates."""
    mei = {"child_id": child_of(JOINED), "clinic_id": ""}
    first = {"kind": "child.registered", "record_id": "R-1", "data": {"sex": "female", "birth_date": "2025-06-01"}}
    second = {"kind": "child.registered", "record_id": "R-2", "data": {"sex": "female", "birth_date": "2025-06-02"}}
    link = {"kind": "identity.linked", "record_id": "L-1", "data": {"same_as": JOINED}, "source": "clinic:b"}
    rows = [(JOINED, first), (NUMBER, second | {"source": "clinic:b"}), (NUMBER, link)]
    return [
        a_row("children", child_id=mei["child_id"], subject=JOINED, status="active"),
        *(Row("timeline", 1, False, 0, a_timeline_row(subject=name, **mei, **row)) for name, row in rows),
    ]


@pytest.mark.parametrize("name", [child_of(JOINED), JOINED, NUMBER])
def test_a_child_is_told_with_its_subjects_and_who_says_so(settings: Settings, name: str) -> None:
    told = json.loads(huiyu(settings, "child", name, "--json").stdout)
    assert (told["child_id"], [each["subject"] for each in told["subjects"]]) == (child_of(JOINED), [JOINED, NUMBER])
    said = [(row["source"], row["record_id"], row["same_as"]) for row in told["subjects"][1]["said_by"]]
    assert said == [("clinic:b", "L-1", JOINED), ("clinic:b", "R-2", "")]
    assert {(issue["problem"], issue["subject"]) for issue in told["issues"]} == {
        ("contradicting-registrations", JOINED),
        ("contradicting-registrations", NUMBER),
    }


def test_a_child_with_its_subjects_is_shown_as_text(settings: Settings) -> None:
    ran = huiyu(settings, "child", NUMBER)
    assert ran.returncode == 0, ran.stderr
    head, names, root, *_ = ran.stdout.splitlines()
    assert head == f"{child_of(JOINED)} · subjects: 2 · issues: 2"
    assert names.split("  ")[0] == "subject"
    assert root.startswith(JOINED)
    assert f"same as {JOINED}"[:40] in ran.stdout
    assert "contradicting-registrations" in ran.stdout


def test_a_child_that_nobody_knows_has_no_subjects(settings: Settings) -> None:
    for name, told in (("0" * 32, "no child 0000"), (WAITING, "4 of its records wait")):
        ran = huiyu(settings, "child", name)
        assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
        assert told in ran.stderr
