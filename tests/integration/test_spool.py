"""Publishing through a spool: programs that are killed, a broker that is away, a full disk. Real broker, real disk."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import pytest

from streams.embedded.stack import Stack
from streams.errors import BrokerAway
from streams.publish import NotDelivered, Publisher, Refused, SpoolTaken
from streams.publish.spool import RESERVE
from tests.support.builders import a_checkup, subject_of
from tests.support.pipeline import read_topic, until

AT = "2026-03-02T09:30:00+08:00"
CHILDREN = 7

PROGRAM = """
import sys
from streams.publish import Publisher
from tests.integration.test_spool import a_numbered_checkup
kafka, spool, name = sys.argv[1:]
publisher = Publisher(kafka, spool=spool, answer_within_s=1)
number = 0
while True:
    publisher.publish(a_numbered_checkup(name, number))
    print(number, flush=True)
    number += 1
"""

ON_A_SMALL_DISK = """
import sys
from pathlib import Path
from orjson import loads
from streams.publish import Publisher, SpoolFull, spool
from tests.integration.test_spool import a_numbered_checkup
from tests.support.volume import BALLAST, Volume
folder, spool.RESERVE = Path(sys.argv[1]), int(sys.argv[2])
with Volume(folder, 16) as disk:
    (folder / BALLAST).write_bytes(bytes(8 << 20))
    publisher = Publisher("127.0.0.1:1", spool=folder / "spool", answer_within_s=0.2)
    given = 0
    try:
        while True:
            publisher.publish_many([a_numbered_checkup("full", given + each, 60_000) for each in range(3)])
            given += 3
    except SpoolFull as full:
        print(full)
    print(given > 0, publisher.pending == given)
    disk.free()
    publisher.publish(a_numbered_checkup("full", given))
    print(publisher.pending == given + 1)
    publisher.close()
    kept = spool.Spool(folder / "spool").oldest("clinic-events", given + 2)
    print([int(loads(event.value)["recordid"]) for event in kept] == list(range(given + 1)))
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(data=tmp_path_factory.mktemp("spool") / "data", stages=()) as running:
        yield running


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "events.spool"


def a_numbered_checkup(name: str, number: int, size: int = 0) -> bytes:
    """The event with this number, of one of a few children."""
    more = {"conclusions": ["x" * 60] * (size // 63)} if size else {}
    return orjson.dumps(a_checkup(f"{name}-{number % CHILDREN}", AT, recordid=str(number), **more))


def arrived(kafka: str, name: str) -> dict[int, list[int]]:
    """By child the numbers of its events, in the order of the log."""
    children = {subject_of(f"{name}-{child}"): child for child in range(CHILDREN)}
    found: dict[int, list[int]] = {child: [] for child in range(CHILDREN)}
    for record in read_topic(kafka, "clinic-events"):
        event = orjson.loads(record.value)
        if event["subject"] in children:
            found[children[event["subject"]]].append(int(event["recordid"]))
    return found


def in_order(name: str, kafka: str, last: int) -> None:
    """All up to `last` are there, each child's in order; what comes again comes in order too."""
    for child, numbers in arrived(kafka, name).items():
        first = list(dict.fromkeys(numbers))
        assert first == list(range(child, first[-1] + 1, CHILDREN))
        assert numbers[-1] == first[-1]
        assert first[-1] > last - CHILDREN


def nobody() -> str:
    """An address at which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{listener.getsockname()[1]}"


def killed_after(kafka: str, spool: Path, name: str, events: int) -> int:
    """Kill a program that publishes; the last number that it was told is on disk."""
    command = [sys.executable, "-c", PROGRAM, kafka, str(spool), name]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert running.stdout is not None
    for line in running.stdout:
        if int(line) >= events:
            break
    running.kill()
    rest = running.communicate()[0]
    return max(map(int, rest.split()), default=events)


def test_what_a_killed_program_was_told_is_on_disk_arrives_in_order_when_the_broker_is_back(
    stack: Stack, spool: Path
) -> None:
    last = killed_after(nobody(), spool, "away", 300)
    with Publisher(stack.kafka, spool=spool) as publisher:
        assert publisher.pending > last
        publisher.flush()
        assert publisher.pending == 0
    in_order("away", stack.kafka, last)
    assert all(len(set(numbers)) == len(numbers) for numbers in arrived(stack.kafka, "away").values())


def test_a_program_that_is_killed_while_it_delivers_loses_nothing(stack: Stack, spool: Path) -> None:
    last = killed_after(stack.kafka, spool, "busy", 500)
    with Publisher(stack.kafka, spool=spool) as publisher:
        publisher.flush()
    in_order("busy", stack.kafka, last)


def test_while_the_broker_is_away_events_are_taken_and_they_arrive_when_it_is_back(stack: Stack, spool: Path) -> None:
    with Publisher(stack.kafka, spool=spool, answer_within_s=1) as publisher:
        for number in range(500):
            if number == 100:
                stack.kill("broker")
            publisher.publish(a_numbered_checkup("back", number))
        publisher.flush()
        assert (publisher.acknowledged, publisher.trouble) == (500, None)
    in_order("back", stack.kafka, 499)


def test_a_broker_that_is_away_is_told_by_flush_and_by_nothing_else(spool: Path) -> None:
    with Publisher(nobody(), spool=spool, answer_within_s=0.3) as publisher:
        publisher.publish(a_numbered_checkup("told", 0))
        until(lambda: publisher.trouble, "the broker is found to be away")
        with pytest.raises(BrokerAway, match=r"within 0\.3 s"):
            publisher.flush(timeout=0.1)
        assert publisher.pending == 1


def test_what_is_refused_is_told_at_once_and_keeps_back_what_was_given_with_it(spool: Path) -> None:
    with Publisher(nobody(), spool=spool, answer_within_s=0.3) as publisher:
        wrong = orjson.dumps(a_checkup("refused", AT, weight_kg=960))
        with pytest.raises(Refused) as refused:
            publisher.publish_many([a_numbered_checkup("refused", 0), wrong])
        assert (refused.value.index, publisher.pending) == (1, 0)


def test_an_event_that_is_not_taken_is_told_and_kept(stack: Stack, spool: Path) -> None:
    with Publisher(stack.kafka, spool=spool, client={"max_request_size": 100}) as publisher:
        publisher.publish(a_numbered_checkup("large", 0))
        until(lambda: publisher.trouble, "the event is not taken")
        with pytest.raises(NotDelivered, match="MessageSizeTooLarge"):
            publisher.flush(timeout=0)
        assert publisher.pending == 1
    with Publisher(stack.kafka, spool=spool) as publisher:
        publisher.flush()
    assert arrived(stack.kafka, "large")[0] == [0]


def test_a_receipt_tells_where_the_event_lies(stack: Stack, spool: Path) -> None:
    with Publisher(stack.kafka, spool=spool) as publisher:
        receipts = publisher.publish_many([a_numbered_checkup("receipt", number) for number in range(50)])
        publisher.flush()
        places = {receipt.position for receipt in receipts}
    found = read_topic(stack.kafka, "clinic-events")
    mine = [r for r in found if orjson.loads(r.value)["subject"] in {subject_of(f"receipt-{n}") for n in range(7)}]
    assert {(p.partition, p.offset) for p in places if p} == {(r.partition, r.offset) for r in mine}
    assert len(mine) == 50


def test_several_threads_publish_through_one_spool(stack: Stack, spool: Path) -> None:
    with Publisher(stack.kafka, spool=spool) as publisher:

        def give(child: int) -> None:
            for number in range(child, 700, CHILDREN):
                publisher.publish(a_numbered_checkup("threads", number))

        threads = [threading.Thread(target=give, args=(child,)) for child in range(CHILDREN)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert publisher.flush() == 700
    assert arrived(stack.kafka, "threads") == {child: list(range(child, 700, CHILDREN)) for child in range(CHILDREN)}


def test_a_second_program_on_the_same_spool_is_told_at_once(stack: Stack, spool: Path) -> None:
    code = "import sys; from streams.publish import Publisher; Publisher(sys.argv[1], spool=sys.argv[2])"
    with Publisher(stack.kafka, spool=spool):
        command = [sys.executable, "-c", code, stack.kafka, str(spool)]
        second = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
        assert SpoolTaken.__name__ in second.stderr
        assert "another program publishes through it" in second.stderr


def test_the_day_is_reported_complete_once_everything_is_there(stack: Stack, spool: Path) -> None:
    soon = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(seconds=2)
    source = "clinic:chengguan"
    with Publisher(stack.kafka, source, spool=spool, report_daily_at=soon.strftime("%H:%M:%S")) as publisher:
        publisher.publish(a_numbered_checkup("daily", 0))

        def reported() -> list[datetime]:
            found = [orjson.loads(record.value) for record in read_topic(stack.kafka, "clinic-events")]
            return [datetime.fromisoformat(e["data"]["through"]) for e in found if e["subject"] == f"source:{source}"]

        (through,) = until(reported, "the report is sent")
        assert soon.replace(microsecond=0) <= through <= datetime.now(soon.tzinfo)


@pytest.mark.parametrize("reserve", [RESERVE, -(1 << 40)], ids=["seen before", "met while writing"])
def test_a_full_disk_takes_nothing_and_spoils_nothing(tmp_path: Path, reserve: int) -> None:
    """On a file system of a few megabytes of its own, mounted in a namespace of its own."""
    (tmp_path / "disk").mkdir()
    command = ["unshare", "--mount", sys.executable, "-c", ON_A_SMALL_DISK, str(tmp_path / "disk"), str(reserve)]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=env, check=False)
    told = f"no room on the disk for the spool {tmp_path / 'disk' / 'spool'}: what was to be added was not taken"
    assert done.stdout.splitlines() == [told, "True True", "True", "True"], done.stderr
