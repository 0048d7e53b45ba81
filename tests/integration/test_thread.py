"""The thin thread: two events by plain kafka-python, through every stage, to a query and the command line."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import clickhouse_connect
import orjson

from streams.clock.wait import wait
from streams.embedded.stack import Stack
from streams.settings import Settings
from tests.support.builders import a_checkup, a_registration, a_source, child_of, subject_of
from tests.support.pipeline import publish, until


def test_a_clinic_publishes_and_an_analyst_finds_it_a_moment_later(tmp_path: Path) -> None:
    with Stack(data=tmp_path / "data", clock="manual") as stack:
        settings = Settings(kafka=stack.kafka, clickhouse=stack.clickhouse, data=tmp_path / "data", clock="manual")
        publish(stack.kafka, [a_source("clinic:chengguan"), a_registration("ann", born="2025-06-01")])
        wait(settings, 60)
        began = time.monotonic()
        publish(stack.kafka, [a_checkup("ann", "2025-09-02T09:30:00+08:00", recordid="V-1")])
        client = clickhouse_connect.get_client(dsn=stack.clickhouse)
        count = "SELECT count() FROM huiyu.timeline WHERE kind = 'checkup.recorded'"
        until(lambda: client.query(count).result_rows[0][0], "the checkup is queryable", 30)
        print(f"publish to queryable: {time.monotonic() - began:.2f} s")

        child = child_of(subject_of("ann"))
        env = {**os.environ, "HUIYU_KAFKA": stack.kafka, "HUIYU_CLICKHOUSE": stack.clickhouse}
        command = [sys.executable, "-m", "streams.cli", "timeline", child, "--json"]
        shown = orjson.loads(subprocess.run(command, env=env, capture_output=True, check=True).stdout)
        assert [(row["kind"], row["record_id"], row["age_days"]) for row in shown if row["record_id"] == "V-1"] == [
            ("checkup.recorded", "V-1", 93)
        ]
        assert {row["kind"] for row in shown} == {"child.registered", "checkup.recorded"}
