"""Asking whether broker and store answer, where nobody does."""

from __future__ import annotations

import threading

from streams.embedded.ports import LOOPBACK
from streams.embedded.probes import broker_answers


def test_asking_a_broker_that_is_away_leaves_nothing_behind() -> None:
    before = set(threading.enumerate())
    assert not broker_answers(f"{LOOPBACK}:1")
    assert set(threading.enumerate()) <= before
