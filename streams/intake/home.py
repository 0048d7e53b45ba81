"""The partition in which a subject is at home: where Java's default partitioner puts its key."""

from __future__ import annotations

from functools import lru_cache

from kafka.partitioner.default import murmur2


@lru_cache(maxsize=1 << 18)
def home_partition(subject: str, partitions: int) -> int:
    """murmur2 of the key, as Kafka's own clients do it; others' records are forwarded there."""
    return int((murmur2(subject.encode()) & 0x7FFFFFFF) % partitions)
