"""Every client of the broker that lives on looks for it every second while it is away."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.pages import ROOT

CLIENTS = {"KafkaConsumer", "KafkaProducer", "KafkaAdminClient"}
ASK_ONCE = {"embedded/probes.py", "embedded/topics_admin.py", "status/broker.py"}
"""Modules whose clients ask one question and are closed."""
BENCH = "bench/"
"""It measures a broker that nobody restarts meanwhile."""


def _made(path: Path) -> list[ast.Call]:
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in CLIENTS]


def _lives_on(path: Path) -> bool:
    name = path.relative_to(ROOT / "streams").as_posix()
    return name not in ASK_ONCE and not name.startswith(BENCH)


MAKERS = [path for path in sorted((ROOT / "streams").rglob("*.py")) if _lives_on(path) and _made(path)]


def test_there_are_clients() -> None:
    assert len(MAKERS) > 5


@pytest.mark.parametrize("path", MAKERS, ids=lambda path: path.name)
def test_a_client_does_not_wait_for_half_a_minute_between_two_tries(path: Path) -> None:
    assert path.read_text("utf-8").count("reconnect_backoff_max_ms") == len(_made(path))
