"""Replay: sending a stage or the sink back to the beginning of its topics changes no query's answer."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient
from kafka.errors import NonEmptyGroupError, UnknownMemberIdError
from kafka.structs import OffsetAndMetadata

from streams.clock.wait import wait
from streams.demo.county import County, days
from streams.embedded.stack import Stack
from streams.embedded.supervision import Supervisor
from streams.errors import StoreAway
from streams.settings import Settings
from streams.simulate import simulate
from streams.store.client import connect
from streams.store.read import Queries
from tests.support.county import plan
from tests.support.pipeline import until

VIEWS = (
    "timeline",
    "children",
    "checkup_milestones",
    "vaccination_status",
    "alerts",
    "alert_history",
    "center_days",
    "clinic_months",
    "growth_months",
    "centers",
    "sources",
    "unlinked_subjects",
    "identity_issues",
    "rejections",
    "county_overview",
)


def _answers(store: Queries) -> dict[str, tuple[Any, ...]]:
    """One row a view: how many rows, and a sum over what they hold."""
    return {v: store.ask(f"SELECT count(), sum(cityHash64(*)) FROM huiyu.{v}").rows[0] for v in VIEWS}


def _back_to_the_beginning(stack: Stack, stage: str) -> None:
    """Stop the stage, forget its group's positions, and start it again."""
    supervisor = Supervisor(stack.layout)
    supervisor.halt([stage])
    admin = KafkaAdminClient(bootstrap_servers=stack.kafka)
    group = f"huiyu-{stage}"
    committed = admin.list_group_offsets({group: None})[group]
    beginning = {tp: OffsetAndMetadata(0, "", -1) for tp in committed}
    until(lambda: _altered(admin, group, beginning), f"{group} is at the beginning")
    admin.close()
    supervisor.begin([stage])


def _altered(admin: KafkaAdminClient, group: str, offsets: dict[Any, Any]) -> bool:
    """False while the group still has the member that was just stopped."""
    try:
        admin.alter_group_offsets(group, offsets)
    except (UnknownMemberIdError, NonEmptyGroupError):
        return False
    return True


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("replay")
    simulate(plan(seed=77, faults="heavy", children=60, days=30), folder / "county")
    with Stack(data=folder / "data", clock="manual") as running:
        settings = Settings(kafka=running.kafka, clickhouse=running.clickhouse, clock="manual")
        with County(settings) as county:
            for day in days(folder / "county", "daily"):
                county.publish(day.messages)
                county.tick(day.tick_at)
        wait(settings, 120)
        yield running


@pytest.mark.parametrize("stage", ["intake", "timeline", "centers", "sink"])
def test_a_stage_that_reads_everything_again_changes_no_answer(stack: Stack, stage: str) -> None:
    settings = Settings(kafka=stack.kafka, clickhouse=stack.clickhouse, clock="manual")
    store = Queries(connect(settings), settings)
    before = _answers(store)
    _back_to_the_beginning(stack, stage)
    wait(settings, 120)
    assert _answers(store) == before


def test_a_store_that_was_killed_holds_what_it_acknowledged(stack: Stack, tmp_path: Path) -> None:
    settings = Settings(kafka=stack.kafka, clickhouse=stack.clickhouse, clock="manual")
    before = _answers(Queries(connect(settings), settings))
    pid = stack.pid("store")
    stack.kill("store", signal.SIGKILL)
    until(lambda: stack.pid("store") not in (None, pid), "the store was started again")
    until(lambda: _answers_if_it_is_up(settings) == before, "every view answers as before", 30)


def _answers_if_it_is_up(settings: Settings) -> dict[str, tuple[Any, ...]] | None:
    try:
        return _answers(Queries(connect(settings), settings))
    except StoreAway:
        return None
