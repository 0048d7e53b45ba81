"""What the sink tells a server to do with its inserts."""

from __future__ import annotations

from streams.sink.connection import SETTINGS, known_settings


def test_a_server_is_told_only_the_settings_that_it_has() -> None:
    older = {"async_insert", "insert_deduplicate", "max_threads"}
    assert known_settings(older) == {"async_insert": 0, "insert_deduplicate": 0, "max_threads": 1}
    assert known_settings(older | {"deduplicate_insert"}) == SETTINGS
