"""Every method of Faust and aiokafka that the transport overrides is there, with the signature it was written for."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
from aiokafka.consumer import fetcher
from faust import App
from faust.assignor.partition_assignor import PartitionAssignor
from faust.transport.drivers import aiokafka as driver

from streams.transport import batches
from streams.transport.faust_app import BatchApp, BatchConsumer, BatchTransport, CommittedReader, make_app, together

OVERRIDDEN = [
    (driver.Consumer, "getmany", ["self", "timeout"]),
    (driver.Consumer, "perform_seek", ["self"]),
    (driver.Consumer, "_wait_next_records", ["self", "timeout"]),
    (driver.Consumer, "_new_offset", ["self", "tp"]),
    (driver.Consumer, "_add_gap", ["self", "tp", "offset_from", "offset_to"]),
    (driver.Consumer, "_filter_tps_with_pending_acks", ["self", "topics"]),
    (driver.Consumer, "on_partitions_revoked", ["self", "revoked"]),
    (driver.Consumer, "_new_consumer_thread", ["self"]),
    (driver.Consumer, "seek", ["self", "partition", "offset"]),
    (driver.AIOKafkaConsumerThread, "_create_worker_consumer", ["self", "transport"]),
    (PartitionAssignor, "_get_copartitioned_groups", ["topics", "cluster", "subscriptions"]),
    (App, "_new_transport", ["self"]),
    (App, "_create_directories", ["self"]),
    (fetcher.FetchResult, "getall", ["self", "max_records"]),
    (fetcher.FetchResult, "check_assignment", ["self", "tp"]),
    (fetcher.FetchResult, "has_more", ["self"]),
]


@pytest.mark.parametrize(("owner", "name", "parameters"), OVERRIDDEN, ids=lambda value: str(value)[:60])
def test_an_overridden_method_keeps_its_signature(owner: type[Any], name: str, parameters: list[str]) -> None:
    assert list(inspect.signature(getattr(owner, name)).parameters) == parameters


OURS = {
    BatchConsumer: {"_seek_quietly", "_is_wanted", "_message"},
    CommittedReader: set(),
    BatchApp: set(),
    BatchTransport: set(),
    together(("clinic-events",), 1): set(),
    batches.ExactFetchResult: set(),
}
"""Our classes on theirs: the methods that are ours alone."""


@pytest.mark.parametrize("ours", OURS, ids=lambda value: value.__name__)
def test_every_override_is_listed_here_and_overrides_something(ours: type[Any]) -> None:
    listed = {(owner, name) for owner, name, _ in OVERRIDDEN}
    written = {name for name, value in vars(ours).items() if inspect.isroutine(value) and not name.startswith("__")}
    assert OURS[ours] <= written
    for name in written - OURS[ours]:
        assert any((theirs, name) in listed for theirs in ours.__mro__[1:]), f"{ours.__name__}.{name}"
    for name in OURS[ours]:
        assert not any(hasattr(theirs, name) for theirs in ours.__mro__[1:]), f"{name} is theirs now"


async def test_the_ledger_finds_what_it_replaces() -> None:
    """State of Faust's consumer that the overrides read or reset, and the place where a reader's isolation is kept."""
    app = make_app("huiyu-intake", "nowhere:1", ("clinic-events",), 1)
    consumer = app.consumer
    assert isinstance(consumer, BatchConsumer)
    for name in ("_acked", "_acked_index", "_read_offset", "_buffered_partitions", "flow_active", "should_stop"):
        assert hasattr(consumer, name), name
    assert isinstance(app.consumer_generation_id, int)
    reader = consumer._new_consumer_thread()
    assert reader._create_worker_consumer(app.transport)._isolation_level == "read_committed"


def test_the_fetcher_builds_our_results_once_installed() -> None:
    batches.install()
    assert fetcher.FetchResult is batches.ExactFetchResult
    assert "FetchResult(" in inspect.getsource(fetcher.Fetcher)


async def test_a_worker_leaves_no_folder_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    await make_app("huiyu-intake", "nowhere:1", ("clinic-events",), 1).on_first_start()
    assert list(tmp_path.iterdir()) == []


def test_a_batch_of_markers_alone_still_counts_as_something_to_handle() -> None:
    batch = batches.Batch()
    assert not batch
    batch.start, batch.end = 7, 9
    assert batch
    assert len(batch) == 0
