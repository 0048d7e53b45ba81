"""The spool: what is in it is on disk, in order, once; it is one process's."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from streams.publish.group_commit import GroupCommit
from streams.publish.offline import Valid
from streams.publish.spool import Spool, SpoolTaken, SpoolUnusable
from tests.support.pipeline import until
from tests.unit.publish.spools import NOW_MS, valid

TOPIC = "clinic-events"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.spool"


def numbers(spool: Spool) -> list[int]:
    return [event.number for event in spool.oldest(TOPIC, 100)]


def test_what_was_given_is_there_in_order_when_the_spool_is_opened_again(path: Path) -> None:
    spool = Spool(path)
    assert list(spool.add([valid("a", 1), valid("b", 2)], NOW_MS)) == [1, 2]
    assert list(spool.add([valid("a", 3)], NOW_MS)) == [3]
    spool.close()
    again = Spool(path)
    assert again.pending == 3
    assert [event.value for event in again.oldest(TOPIC, 100)] == [
        valid(*e).value for e in (("a", 1), ("b", 2), ("a", 3))
    ]


def test_a_number_is_never_given_twice_although_everything_was_delivered(path: Path) -> None:
    spool = Spool(path)
    spool.remove(spool.add([valid("a", 1)], NOW_MS))
    spool.close()
    again = Spool(path)
    assert (again.pending, list(again.add([valid("a", 2)], NOW_MS))) == (0, [2])


def test_what_was_delivered_is_gone_and_the_oldest_that_waits_is_known(path: Path) -> None:
    spool = Spool(path)
    spool.add([valid("a", 1), valid("a", 2)], 1_000)
    spool.add([valid("a", 3)], 2_000)
    assert (spool.given_first(), spool.holds_up_to(1)) == (1_000, True)
    spool.remove([1, 2])
    assert (numbers(spool), spool.pending, spool.given_first()) == ([3], 1, 2_000)
    assert (spool.holds_up_to(2), spool.holds_up_to(3)) == (False, True)


def test_what_was_delivered_gives_its_room_back(path: Path) -> None:
    spool = Spool(path)
    spool.remove(spool.add([valid("a", number, size=6_000) for number in range(1_000)], NOW_MS))
    spool.close()
    assert path.stat().st_size < 100_000


def test_a_second_publisher_of_the_same_process_is_told_at_once(path: Path) -> None:
    spool = Spool(path)
    with pytest.raises(SpoolTaken, match="another program publishes through it"):
        Spool(path)
    spool.close()
    Spool(path).close()


def test_another_process_is_told_at_once_until_the_first_is_killed(path: Path) -> None:
    code = (
        f"import sys; from pathlib import Path; from streams.publish.spool import Spool; Spool(Path({str(path)!r})); "
    )
    holder = subprocess.Popen([sys.executable, "-c", code + "print('held', flush=True); sys.stdin.read()"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(SpoolTaken):
        Spool(path)
    holder.kill()
    holder.communicate()
    Spool(path).close()


@pytest.mark.parametrize("wrong", ["a folder", "no spool", "no parent"])
def test_what_is_no_spool_is_told_in_one_line(path: Path, wrong: str) -> None:
    if wrong == "a folder":
        path.mkdir()
    elif wrong == "no spool":
        path.write_bytes(b"my letters, which nobody may overwrite" * 100)
    else:
        path = path / "below" / "nothing"
    with pytest.raises(SpoolUnusable, match="cannot be used"):
        Spool(path)


def test_threads_that_publish_at_once_share_commits_and_each_gets_its_own_numbers(path: Path) -> None:
    spool, commits = Spool(path), list[int]()
    entered, go_on = threading.Event(), threading.Event()

    def commit(events: Sequence[Valid]) -> range:
        entered.set()
        go_on.wait()
        commits.append(len(events))
        return spool.add(events, NOW_MS)

    together, found = GroupCommit(commit), dict[int, range]()

    def give(number: int) -> None:
        found[number] = together.add([valid("a", number), valid("b", number)])

    threads = [threading.Thread(target=give, args=(number,)) for number in range(10)]
    threads[0].start()
    entered.wait()  # the first is under way: the others come meanwhile
    for thread in threads[1:]:
        thread.start()
    until(lambda: len(together._waiting) == 9, "nine calls wait for the first")
    go_on.set()
    for thread in threads:
        thread.join()
    assert commits == [2, 18]
    stored = {event.number: event.value for event in spool.oldest(TOPIC, 100)}
    for number, (first, second) in found.items():
        assert (stored[first], stored[second]) == (valid("a", number).value, valid("b", number).value)


def test_a_commit_that_fails_is_told_to_every_call_in_it_and_the_next_one_works() -> None:
    answers = [OSError("no"), range(1, 2)]

    def commit(_: Sequence[Valid]) -> range:
        answer = answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    together = GroupCommit(commit)
    with pytest.raises(OSError, match="no"):
        together.add([valid("a", 1)])
    assert together.add([valid("a", 1)]) == range(1, 2)
