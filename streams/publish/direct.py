"""Publishing without a spool: what is on its way is in memory, and a program that ends loses it. For one thread."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Sequence
from typing import Any

from kafka.errors import KafkaError, KafkaTimeoutError

from streams.intake.home import home_partition
from streams.publish.link import Link
from streams.publish.offline import Valid
from streams.publish.outcomes import Sent

IN_FLIGHT = 20_000
"""Events that may wait for their acknowledgement; kafka-python itself has no limit to what it buffers."""
ATTEMPTS = 3


class Direct:
    """Sends at once. `deliver_within_s`: for an acknowledgement, restarts of the broker included. Raises BrokerAway."""

    def __init__(self, link: Link, deliver_within_s: float) -> None:
        self.acknowledged = 0
        self._link, self._deliver_within_s = link, deliver_within_s
        self._waiting: deque[Sent] = deque()
        self._producer = link.producer(linger_ms=5, delivery_timeout_ms=int(deliver_within_s * 1000))

    @property
    def pending(self) -> int:
        return len(self._waiting)

    def take(self, events: Sequence[Valid]) -> list[Sent]:
        """Send them. Raises BrokerAway, WrongTopics, NotDelivered, also for earlier ones."""
        return [self._take(event) for event in events]

    def flush(self, timeout: float | None) -> None:
        """Wait until everything is acknowledged. Raises BrokerAway, NotDelivered; may be called again."""
        self._send_failed_again()
        self._settle(0, None if timeout is None else time.monotonic() + timeout)

    def leave(self) -> None:
        """At the end of a program that has no other error."""
        self.flush(None)

    def close(self) -> None:
        # What could not be delivered has been raised already, or the caller is leaving with another error.
        with contextlib.suppress(KafkaTimeoutError):
            self._producer.close(timeout=5)

    def _take(self, event: Valid) -> Sent:
        partition = home_partition(event.subject, self._link.partitions_of(self._producer, event.topic))
        key = event.subject.encode()
        sent = Sent(event.topic, partition, key, event.value, self._send(event.topic, partition, key, event.value))
        self._waiting.append(sent)
        if len(self._waiting) >= IN_FLIGHT:
            self._settle(IN_FLIGHT // 2, None)
        return sent

    def _settle(self, keep: int, deadline: float | None) -> None:
        """Wait for the oldest until at most `keep` are unknown; what failed on the way is sent again."""
        while len(self._waiting) > keep:
            sent = self._waiting[0]
            seconds = self._deliver_within_s + self._link.answer_within_s
            if deadline is not None:
                seconds = min(seconds, max(deadline - time.monotonic(), 0.0))
            try:
                if not sent.future.succeeded():
                    sent.future.get(seconds)
            except KafkaTimeoutError as error:
                raise self._link.away(min(seconds, self._deliver_within_s), self.acknowledged) from error
            except KafkaError as error:
                if sent.attempts >= ATTEMPTS:
                    raise self._link.refused(sent.topic, error) from error
                self._send_failed_again()
                continue
            self._waiting.popleft()
            self.acknowledged += 1

    def _send_failed_again(self) -> None:
        """A producer that lost its place fails what was in flight; publishing an event twice changes nothing."""
        for sent in self._waiting:
            if sent.future.failed():
                sent.attempts += 1
                sent.future = self._send(sent.topic, sent.partition, sent.key, sent.value)

    def _send(self, topic: str, partition: int, key: bytes, value: bytes) -> Any:
        return self._link.send(self._producer, topic, partition, key, value)
