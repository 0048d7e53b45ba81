"""What is remembered of what was sent: only changes are sent again, each under the revision that makes it hold."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from streams.publish.envelope import Envelope
from streams.publish.sheet.sent import NoMemory, Sent
from tests.unit.publish.template_sheets import ZHANG, a_workbook, sheet_of

HEADINGS = ["身份证号", "体检日期", "体重"]


def events(*weights: float) -> list[Envelope]:
    """Checkups of the days of March, of these weights."""
    rows = [[ZHANG, f"2026-03-{day:02d}", weight] for day, weight in enumerate(weights, 1)]
    return [event for _, _, event in sheet_of(a_workbook(HEADINGS, *rows)).events]


def imported(path: Path, *weights: float, cluster: str = "county", ends: str = "", least: int = 1) -> list[Envelope]:
    """What an import sends; `ends`: how far it comes, "" to the end."""
    with Sent(path, cluster) as memory:
        plan = memory.plan(events(*weights), least)
        assert len(plan.to_send) + plan.unchanged == len(weights)
        if ends != "before sending":
            memory.sending(plan.to_send)
        if not ends:
            memory.acknowledged(plan.to_send)
    return list(plan.to_send)


def revisions(sent: list[Envelope]) -> dict[str, int]:
    """Day → revision."""
    return {event["time"][:10]: event["revision"] for event in sent}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new-folder" / "sent.sqlite"


def test_a_sheet_that_was_sent_is_not_sent_again(path: Path) -> None:
    assert imported(path, 9.1, 9.2) == events(9.1, 9.2)
    assert imported(path, 9.1, 9.2) == []


def test_only_the_row_that_changed_is_sent_under_a_higher_revision(path: Path) -> None:
    imported(path, 9.1, 9.2)
    sent = imported(path, 9.1, 9.3, 9.4)
    assert revisions(sent) == {"2026-03-02": 2, "2026-03-03": 1}
    assert sent[0]["recordid"] == events(9.1, 9.2)[1]["recordid"]
    assert len({event["id"] for event in (*sent, *events(9.1, 9.3))}) == 4


def test_a_row_that_becomes_what_it_was_before_is_a_third_revision(path: Path) -> None:
    imported(path, 9.1)
    imported(path, 9.2)
    assert revisions(imported(path, 9.1)) == {"2026-03-01": 3}


def test_what_was_not_acknowledged_is_sent_again_as_it_was(path: Path) -> None:
    first = imported(path, 9.1, ends="before it is acknowledged")
    assert imported(path, 9.1) == first


def test_what_may_have_arrived_is_corrected_by_a_higher_revision(path: Path) -> None:
    imported(path, 9.1, ends="before it is acknowledged")
    assert revisions(imported(path, 9.2)) == {"2026-03-01": 2}


def test_what_was_only_planned_is_not_remembered(path: Path) -> None:
    imported(path, 9.1, ends="before sending")
    assert revisions(imported(path, 9.2)) == {"2026-03-01": 1}


def test_another_cluster_has_nothing_of_it(path: Path) -> None:
    imported(path, 9.1)
    assert revisions(imported(path, 9.1, cluster="another")) == {"2026-03-01": 1}


def test_a_revision_that_is_asked_for_is_the_least(path: Path) -> None:
    assert revisions(imported(path, 9.1, least=5)) == {"2026-03-01": 5}
    assert revisions(imported(path, 9.2, least=5)) == {"2026-03-01": 6}


def test_without_the_memory_the_same_sheet_makes_the_same_events(path: Path) -> None:
    first = imported(path, 9.1, 9.2)
    path.unlink()
    assert imported(path, 9.1, 9.2) == first


def test_no_child_is_in_the_file(path: Path) -> None:
    (event,) = imported(path, 9.1)
    held = path.read_bytes()
    subject = event["subject"].partition(":")[2]
    assert event["recordid"].encode() in held
    assert not any(text.encode() in held for text in (ZHANG, subject, "2026-03-01", "9.1"))


def test_a_file_that_is_no_memory_is_named(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database, but a text that is long enough to be looked at as one" * 10)
    with pytest.raises(NoMemory, match=r"sent\.sqlite, which remembers what was sent, cannot be used: file is not a"):
        imported(path, 9.1)


def test_a_folder_in_which_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NoMemory, match=r"cannot be used: (Not a directory|File exists)"):
        imported(tmp_path / "file" / "sent.sqlite", 9.1)


def test_two_imports_at_once_do_not_lose_a_row(path: Path) -> None:
    imported(path, 9.1)
    with Sent(path, "county") as one, Sent(path, "county") as other:
        one.sending(one.plan(events(9.2)).to_send)
        plan = other.plan(events(9.3))
    assert revisions(list(plan.to_send)) == {"2026-03-01": 3}
    with sqlite3.connect(path) as file:
        assert file.execute("SELECT count(*) FROM sent").fetchone() == (1,)
    file.close()
