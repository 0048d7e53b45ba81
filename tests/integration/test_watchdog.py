"""The watchdog of a real stage's process on a real broker: it ends with code 70 when the stage works no longer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from streams.embedded.stack import Stack
from streams.transport.fatal import EXIT_CODE
from tests.support.builders import a_registration, a_source
from tests.support.pipeline import publish

SHORT = """
import asyncio, sys
from streams.cli import main
from streams.transport import faust_app, shard, watchdog
watchdog.LIMIT_S, watchdog.EVERY_S = 15.0, 1.0
"""
"""A stage with a watchdog that loses its patience sooner."""

BLOCKED = """
async def process(self, parts):
    await asyncio.sleep(3_600)

shard.Shard.process = process
sys.argv = ["huiyu", "run", "intake"]
main()
"""
"""Planted: it folds no batch."""

LEFT_OUT = """
def nothing(sources, partitions, sound=faust_app.together):
    kind = sound(sources, partitions)
    kind._get_copartitioned_groups = classmethod(lambda cls, *_: {})
    return kind

faust_app.together = nothing
sys.argv = ["huiyu", "run", "centers"]
main()
"""
"""Planted: the leader assigns nothing to anybody, as Faust's does when its metadata lack the topic."""


def a_stage(script: str, stack: Stack, folder: Path) -> subprocess.Popen[bytes]:
    settings = {"KAFKA": stack.kafka, "PARTITIONS": str(stack.settings.partitions), "DATA": str(folder)}
    env = os.environ | {f"HUIYU_{name}": value for name, value in settings.items()}
    command = [sys.executable, "-c", SHORT + script]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_a_stage_that_takes_nothing_and_one_that_was_given_nothing_end_with_70(tmp_path: Path) -> None:
    with Stack(tmp_path / "data", stages=(), partitions=2) as stack:
        publish(stack.kafka, [a_source("clinic:chengguan"), a_registration("ann")])
        blocked, left_out = (a_stage(script, stack, tmp_path) for script in (BLOCKED, LEFT_OUT))
        try:
            said = [process.communicate(timeout=120)[0].decode() for process in (blocked, left_out)]
        finally:
            for process in (blocked, left_out):
                process.kill()
    assert (blocked.returncode, left_out.returncode) == (EXIT_CODE, EXIT_CODE), said
    assert "input waits and nothing is committed" in said[0]
    assert "nothing is assigned, and partitions have no owner" in said[1]
