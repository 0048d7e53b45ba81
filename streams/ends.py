"""End offsets as kafka-python tells them, and also while it does not know yet where each partition lies."""

from __future__ import annotations

import time
from collections.abc import Collection

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaTimeoutError

PATIENCE_MS = 30_000
POLL_S = 0.05


def end_offsets(
    consumer: KafkaConsumer, partitions: Collection[TopicPartition], timeout_ms: int = PATIENCE_MS
) -> dict[TopicPartition, int]:
    """Offset behind the last record of each partition. Raises KafkaError.

    Just after its restart a broker may not name some topics. kafka-python 3.0.12 then asks for the other partitions
    only and raises a KeyError for those it left out, having asked for new metadata: so it is asked again.
    """
    deadline = time.monotonic() + timeout_ms / 1_000
    while True:
        try:
            found: dict[TopicPartition, int] = consumer.end_offsets(list(partitions), timeout_ms)
        except KeyError as error:
            if time.monotonic() > deadline:
                raise KafkaTimeoutError(f"the broker does not say where {error} lies") from error
            time.sleep(POLL_S)
        else:
            return found
