"""`huiyu publish --resume`: a publication that was killed goes on, and nothing lies on the topic twice. Real broker."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from streams.embedded.stack import Stack
from streams.publish.progress import Progress, load, progress_file
from tests.support.builders import a_checkup, subject_of
from tests.support.pipeline import read_topic, until

AT = "2026-03-02T09:30:00+08:00"
LINES = 30_000


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(data=tmp_path_factory.mktemp("resume") / "data", stages=()) as running:
        yield running


def huiyu(kafka: str, *arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "streams.cli", *map(str, arguments)]
    env = {**os.environ, "HUIYU_KAFKA": kafka}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, text=True)


def said(running: subprocess.Popen[str]) -> tuple[str, str, int]:
    out, err = running.communicate(timeout=120)
    return out, err, running.returncode


def lines_of(name: str, count: int) -> list[bytes]:
    return [orjson.dumps(a_checkup(f"{name}-{n % 50}", AT, recordid=str(n))) for n in range(count)]


def a_file(folder: Path, name: str, lines: list[bytes]) -> Path:
    path = folder / f"{name}.jsonl"
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def on_the_topic(kafka: str, name: str) -> Counter[bytes]:
    """How often each event of this test lies there."""
    mine = {subject_of(f"{name}-{n}") for n in range(50)}
    found = [record.value for record in read_topic(kafka, "clinic-events")]
    return Counter(value for value in found if orjson.loads(value)["subject"] in mine)


def interrupted(kafka: str, file: Path, *arguments: str | Path) -> Progress:
    """Kill a publication in the midst of its file, after it has noted some progress: that."""
    first = load(str(file))
    running = huiyu(kafka, "publish", *arguments, file)

    def moved() -> bool:
        now = load(str(file))
        return now is not None and now.lines > (first.lines if first else 0)

    until(moved, "some of the file is acknowledged")
    running.kill()
    said(running)
    known = load(str(file))
    assert known is not None
    assert known.lines < LINES
    return known


def test_a_file_whose_publication_is_killed_again_and_again_lies_there_once(stack: Stack, tmp_path: Path) -> None:
    lines = lines_of("killed", LINES)
    file = a_file(tmp_path, "killed", lines)
    interrupted(stack.kafka, file)
    interrupted(stack.kafka, file, "--resume")
    there = sum(on_the_topic(stack.kafka, "killed").values())
    out, err, code = said(huiyu(stack.kafka, "publish", "--resume", file))
    assert (err, code) == ("", 0)
    assert out == f"30,000 published and acknowledged ({there:,} of them before), 0 refused\n"
    assert on_the_topic(stack.kafka, "killed") == Counter(lines)
    assert not progress_file(str(file)).exists()


def test_what_is_complete_leaves_nothing_to_resume(stack: Stack, tmp_path: Path) -> None:
    file = a_file(tmp_path, "complete", lines_of("complete", 10))
    assert said(huiyu(stack.kafka, "publish", file))[2] == 0
    assert os.listdir(tmp_path) == [file.name]
    out, err, code = said(huiyu(stack.kafka, "publish", "--resume", file))
    assert (out, code) == ("", 1)
    assert err.startswith("huiyu: nothing is known of an interrupted publication")
    assert sum(on_the_topic(stack.kafka, "complete").values()) == 10


def test_a_file_that_was_changed_meanwhile_is_told_and_nothing_is_sent(stack: Stack, tmp_path: Path) -> None:
    lines = lines_of("changed", LINES)
    file = a_file(tmp_path, "changed", lines)
    interrupted(stack.kafka, file)
    before = on_the_topic(stack.kafka, "changed")
    a_file(tmp_path, "changed", [lines[1], *lines[1:]])
    out, err, code = said(huiyu(stack.kafka, "publish", "--resume", file))
    assert (out, code) == ("", 1)
    assert "is not the file whose publication was interrupted" in err
    a_file(tmp_path, "changed", lines[:10])
    assert (
        "is not the file whose publication was interrupted" in said(huiyu(stack.kafka, "publish", "--resume", file))[1]
    )
    assert on_the_topic(stack.kafka, "changed") == before


def test_a_file_that_grew_meanwhile_goes_on_and_refused_lines_are_counted_once(stack: Stack, tmp_path: Path) -> None:
    lines = [b"{", *lines_of("grown", LINES)]
    file = a_file(tmp_path, "grown", lines)
    interrupted(stack.kafka, file)
    file = a_file(tmp_path, "grown", [*lines, *lines_of("grown", LINES + 5)[-5:], b"}"])
    out, err, code = said(huiyu(stack.kafka, "publish", "--resume", file))
    assert out.startswith("30,005 published and acknowledged (")
    assert out.endswith("of them before), 2 refused\n")
    assert (err.count("\n"), code) == (1, 1)
    assert on_the_topic(stack.kafka, "grown") == Counter(lines_of("grown", LINES + 5))


def test_lines_that_stand_twice_in_a_file_lie_there_twice(stack: Stack, tmp_path: Path) -> None:
    lines = lines_of("twice", LINES // 2)
    file = a_file(tmp_path, "twice", [line for line in lines for _ in range(2)])
    interrupted(stack.kafka, file)
    assert said(huiyu(stack.kafka, "publish", "--resume", file))[2] == 0
    assert set(on_the_topic(stack.kafka, "twice").values()) == {2}


def test_published_from_the_beginning_it_says_that_it_was_interrupted(stack: Stack, tmp_path: Path) -> None:
    file = a_file(tmp_path, "again", lines_of("again", LINES))
    interrupted(stack.kafka, file)
    out, err, code = said(huiyu(stack.kafka, "publish", file))
    assert (out, code) == ("30,000 published and acknowledged, 0 refused\n", 0)
    assert "was interrupted before: it is published from its beginning" in err


def test_where_no_progress_can_be_kept_the_file_is_published_all_the_same(stack: Stack, tmp_path: Path) -> None:
    file = a_file(tmp_path, "unwritable", lines_of("unwritable", 10))
    Path(f"{progress_file(str(file))}.half").mkdir()
    out, err, code = said(huiyu(stack.kafka, "publish", file))
    assert (out, code) == ("10 published and acknowledged, 0 refused\n", 0)
    assert err == (
        f"huiyu: note: {progress_file(str(file))} cannot be written (Is a directory): --resume will not know of it\n"
    )
