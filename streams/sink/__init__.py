"""The sink: what the stages decided becomes rows of ClickHouse, at least once and idempotent.

Kafka's positions are committed only after ClickHouse has acknowledged the rows; a row written twice is the same row.
"""

from __future__ import annotations

from streams.settings import Settings


def run(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, then write what was read and leave. Raises Failure when the world stays bad."""
    from streams.sink.loop import run_until_stopped

    run_until_stopped(settings)
