"""The sink between a real broker and a real store: nothing lost, nothing double, positions that pass everything."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from kafka import KafkaProducer

from streams.errors import BrokerAway, StoreAway, StoreRefused
from streams.settings import Settings
from streams.sink.reader import Reader
from streams.sink.rows import BadMessage
from streams.sink.writer import Writer
from tests.support.stores import PARTITIONS, Offsets, a_migrated_stack, a_sink, ask, change, eventually, run_sink
from tests.unit.sink.messages import (
    AMessage,
    a_rejection,
    a_store_row,
    a_timeline_entry,
    an_accepted_event,
    an_alert,
)

LISTED = "2026-01-01T00:00:00.000Z"
VIEWS = ("timeline", "children", "alerts", "alert_history", "clinics", "rejections")
STORED = ("timeline_log", "alerts_log", "events", "watermarks")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with a_migrated_stack(tmp_path_factory.mktemp("stack")) as settings:
        yield settings


@pytest.fixture
def offsets(settings: Settings) -> Iterator[Offsets]:
    found = Offsets(str(settings.kafka))
    yield found
    found.close()


class Publisher:
    """Writes messages as the stages do: in transactions."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._producer = KafkaProducer(bootstrap_servers=settings.kafka, transactional_id=name)
        self._producer.init_transactions()

    def commit(self, *messages: AMessage) -> None:
        self._send(messages)
        self._producer.commit_transaction()

    def abort(self, *messages: AMessage) -> None:
        self._send(messages)
        self._producer.abort_transaction()

    def _send(self, messages: tuple[AMessage, ...]) -> None:
        self._producer.begin_transaction()
        for m in messages:
            self._producer.send(m.topic, m.value, m.key, headers=list(m.headers), partition=m.partition % PARTITIONS)
        self._producer.flush()

    def close(self) -> None:
        self._producer.close()


@pytest.fixture
def publisher(settings: Settings, request: pytest.FixtureRequest) -> Iterator[Publisher]:
    publisher = Publisher(settings, request.node.name)
    yield publisher
    publisher.close()


def everything(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    """What every query can see."""
    tables = [f"huiyu.{view}" for view in VIEWS] + [f"huiyu_store.{table} FINAL" for table in STORED]
    return {table: sorted(ask(settings, f"SELECT * FROM {table}"), key=repr) for table in tables}


def test_a_message_of_every_topic_is_queryable(settings: Settings, publisher: Publisher, offsets: Offsets) -> None:
    publisher.commit(
        a_timeline_entry(),
        an_alert(),
        a_rejection(),
        a_store_row("clinics", {"clinic_id": "chengguan", "name": "城关", "kind": "township", "listed_at": LISTED}),
        an_accepted_event("child-events", key=b"c1"),
        an_accepted_event("facility-events", key=b"yucai", origin="center-events/1/4"),
    )
    with a_sink(settings):
        eventually(offsets.passed, "everything is read")
    assert ask(settings, "SELECT child_id, record_id, toString(occurred_at) FROM timeline") == [
        ("c1", "V-1", "2026-03-02 09:30:00.250")
    ]
    assert ask(settings, "SELECT JSONExtractFloat(data, 'weight_kg') FROM timeline") == [(9.6,)]
    assert ask(settings, "SELECT a.state, h.state FROM alerts a JOIN alert_history h USING alert_id") == [
        ("open", "open")
    ]
    assert ask(settings, "SELECT offset, code, path FROM rejections") == [(17, "missing-field", "/data/sex")]
    assert ask(settings, "SELECT name FROM clinics") == [("城关",)]
    assert ask(settings, "SELECT topic, via, child_id, center_id, raw FROM huiyu_store.events FINAL ORDER BY via") == [
        ("clinic-events", "child-events", "c1", "", '{"type":"checkup.recorded.v1"}'),
        ("center-events", "facility-events", "", "yucai", '{"type":"checkup.recorded.v1"}'),
    ]


def test_positions_pass_the_markers_of_committed_transactions(
    settings: Settings, publisher: Publisher, offsets: Offsets
) -> None:
    publisher.commit(*(a_timeline_entry(version=v, record_id="marker") for v in range(5)))
    with a_sink(settings):
        eventually(offsets.passed, "committed positions reach the end offsets")
    assert max(offsets.ends().values()) > 5


def test_positions_pass_an_aborted_transaction_and_none_of_it_is_stored(
    settings: Settings, publisher: Publisher, offsets: Offsets
) -> None:
    with a_sink(settings):
        publisher.commit(a_timeline_entry(record_id="before"))
        eventually(offsets.passed, "the first transaction is read")
        publisher.abort(a_timeline_entry(record_id="never"))
        eventually(offsets.passed, "the aborted transaction is passed")
    assert ask(settings, "SELECT count() FROM timeline WHERE record_id = 'never'") == [(0,)]
    assert ask(settings, "SELECT count() FROM huiyu_store.timeline_log WHERE record_id = 'never'") == [(0,)]


def test_the_greater_version_holds_and_a_tombstone_hides_the_row(
    settings: Settings, publisher: Publisher, offsets: Offsets
) -> None:
    with a_sink(settings):
        publisher.commit(a_timeline_entry(7, record_id="x", revision=7), a_timeline_entry(8, True, record_id="y"))
        eventually(offsets.passed, "the newer versions are stored")
        publisher.commit(a_timeline_entry(6, record_id="x", revision=6), a_timeline_entry(6, record_id="y"))
        eventually(offsets.passed, "the older versions are stored")
    assert ask(settings, "SELECT record_id, revision FROM timeline WHERE record_id IN ('x', 'y')") == [("x", 7)]
    assert ask(settings, "SELECT count() FROM huiyu_store.timeline_log FINAL WHERE record_id = 'y'") == [(2,)]


def test_reading_everything_again_changes_no_answer(settings: Settings, publisher: Publisher, offsets: Offsets) -> None:
    publisher.commit(*(a_timeline_entry(v, record_id=f"r{v % 7}", revision=v + 1) for v in range(50)), an_alert(9))
    with a_sink(settings):
        eventually(offsets.passed, "everything is read")
    before = everything(settings)
    offsets.rewind()
    assert not offsets.passed()
    with a_sink(settings):
        eventually(offsets.passed, "everything is read again")
    assert everything(settings) == before


def test_a_store_that_is_away_costs_no_row(settings: Settings, publisher: Publisher, offsets: Offsets) -> None:
    publisher.commit(a_timeline_entry(record_id="patient"))
    before = offsets.committed()
    with pytest.raises(StoreAway, match="is it running"):
        run_sink(settings.model_copy(update={"clickhouse": "http://127.0.0.1:1"}), lambda: False, patience=0.3)
    assert offsets.committed() == before
    with a_sink(settings):
        eventually(offsets.passed, "the row is stored after all")
    assert ask(settings, "SELECT count() FROM timeline WHERE record_id = 'patient'") == [(1,)]


def test_a_full_disk_costs_no_row_and_is_named(settings: Settings, publisher: Publisher, offsets: Offsets) -> None:
    """The engine refuses as with a full disk when more space is asked for than any disk has."""
    with a_sink(settings):
        eventually(offsets.passed, "everything before is read")
    publisher.commit(a_timeline_entry(record_id="patient too"))
    before, table = offsets.committed(), "huiyu_store.timeline"
    change(settings, f"ALTER TABLE {table} MODIFY SETTING min_free_disk_bytes_to_perform_insert = {10**18}")
    try:
        with pytest.raises(StoreRefused, match=r"disk of ClickHouse at .* is full"):
            run_sink(settings, lambda: False, patience=0.3)
    finally:
        change(settings, f"ALTER TABLE {table} RESET SETTING min_free_disk_bytes_to_perform_insert")
    assert offsets.committed() == before
    with a_sink(settings):
        eventually(offsets.passed, "the row is stored after all")
    assert ask(settings, "SELECT count() FROM timeline WHERE record_id = 'patient too'") == [(1,)]


def test_what_one_table_refuses_leaves_now_where_it_was_and_all_is_written_again(
    settings: Settings, publisher: Publisher, offsets: Offsets
) -> None:
    """The inserts of a batch go side by side: those of other tables may be done when one fails."""
    with a_sink(settings):
        eventually(offsets.passed, "everything before is read")
    before, table = offsets.committed(), "huiyu_store.timeline_log"
    rows = (
        "SELECT (SELECT count() FROM huiyu_store.clinics FINAL WHERE clinic_id = 'beside'),"
        " (SELECT count() FROM timeline WHERE record_id = 'refused'),"
        " (SELECT max(now) FROM huiyu_store.watermarks FINAL WHERE stage = 'refused')"
    )
    publisher.commit(
        a_timeline_entry(record_id="refused"),
        a_store_row("clinics", {"clinic_id": "beside", "name": "", "kind": "", "listed_at": LISTED}),
        a_store_row("watermarks", {"stage": "refused", "partition": 0, "now": LISTED}),
    )
    change(settings, f"ALTER TABLE {table} MODIFY SETTING min_free_disk_bytes_to_perform_insert = {10**18}")
    try:
        with pytest.raises(StoreRefused, match="is full"):
            run_sink(settings, lambda: False, patience=0.3)
    finally:
        change(settings, f"ALTER TABLE {table} RESET SETTING min_free_disk_bytes_to_perform_insert")
    assert offsets.committed() == before
    assert ask(settings, rows) == [(1, 0, None)]
    with a_sink(settings):
        eventually(offsets.passed, "everything is written again")
    ((beside, refused, now),) = ask(settings, rows)
    assert (beside, refused) == (1, 1)
    assert now is not None


def test_a_message_that_no_stage_may_write_ends_the_sink_before_anything_is_committed(
    settings: Settings, publisher: Publisher, offsets: Offsets
) -> None:
    with a_sink(settings):
        eventually(offsets.passed, "everything before is read")
    before = offsets.committed()
    publisher.commit(a_store_row("nothing", {}))
    with pytest.raises(BadMessage, match="does not exist"):
        run_sink(settings, lambda: False)
    assert offsets.committed() == before
    offsets.skip()


def test_the_command_stops_when_told_after_writing_what_it_read(
    settings: Settings, publisher: Publisher, offsets: Offsets
) -> None:
    environment = os.environ | {"HUIYU_KAFKA": str(settings.kafka), "HUIYU_CLICKHOUSE": str(settings.clickhouse)}
    process = subprocess.Popen([sys.executable, "-m", "streams.cli", "run", "sink"], env=environment)
    try:
        publisher.commit(a_timeline_entry(record_id="command"))
        eventually(lambda: offsets.passed() or process.poll() is not None, "the row is stored")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
    assert ask(settings, "SELECT count() FROM timeline WHERE record_id = 'command'") == [(1,)]


def test_a_wrong_password_is_told_at_once(settings: Settings) -> None:
    wrong = str(settings.clickhouse).replace("http://", "").rpartition("@")[2]
    writer = Writer(settings.model_copy(update={"clickhouse": f"http://huiyu:wrong@{wrong}"}), lambda: False)
    with pytest.raises(StoreRefused, match="user or the password"):
        writer.check()


def test_a_broker_that_is_away_is_named(settings: Settings) -> None:
    with pytest.raises(BrokerAway, match=r"127\.0\.0\.1:1"):
        Reader(settings.model_copy(update={"kafka": "127.0.0.1:1"}), 100)
