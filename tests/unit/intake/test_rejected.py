"""What a refused event becomes on rejected-events, whether it was refused at once or in the park."""

from __future__ import annotations

import hashlib

import orjson
import pytest

from tests.support.builders import a_checkup, a_source, subject_of
from tests.unit.intake.shard import Shard, attendance

NUMBER = "11010519491231002X"
KIB_64 = 65_536


def headers(shard: Shard, at: int = -1) -> dict[str, str]:
    return {name: value.decode() for name, value in shard.rejected()[at].headers}


def test_a_refusal_says_what_and_where_and_keeps_no_identifier() -> None:
    shard, event = Shard(), a_checkup("ann", "2026-01-02T09:00:00+08:00", conclusions=[f"id {NUMBER}"], wieght_kg=1)
    raw = orjson.dumps(event)
    stored = shard.broker.append("clinic-events", 0, f"cn-id:{NUMBER}".encode(), raw)
    shard.settle()
    told = headers(shard)
    assert told["code"] == "raw-identifier"
    problems = orjson.loads(told["detail"])
    assert [p["code"] for p in problems] == ["raw-identifier", "key-mismatch", "unknown-field"]
    assert all(set(p) == {"code", "path", "message", "allowed"} for p in problems)
    assert told["origin"] == f"clinic-events/0/{stored.offset}"
    assert told["sha256"] == hashlib.sha256(raw).hexdigest()
    assert told["size"] == str(len(raw))
    (kept,) = shard.rejected()
    assert kept.key == b"cn-id:" + b"*" * 18
    assert kept.value == raw.replace(NUMBER.encode(), b"*" * 18)


def test_a_large_event_is_cut_and_its_size_and_hash_are_those_of_all_of_it() -> None:
    shard, raw = Shard(), b"x" * (KIB_64 + 5_000)
    shard.broker.append("clinic-events", 0, None, raw)
    shard.settle()
    told = headers(shard)
    assert (told["code"], told["size"]) == ("too-large", str(len(raw)))
    assert told["sha256"] == hashlib.sha256(raw).hexdigest()
    assert shard.rejected()[0].value == raw[:KIB_64]


@pytest.mark.parametrize("keyless", [True, False])
def test_an_overflow_keeps_the_key_as_received(keyless: bool) -> None:
    shard, subject = Shard(), subject_of("ann")
    shard.send(a_source("center:yucai"))
    shard.send(*(attendance(subject, number) for number in range(2_001)), keyless=keyless)
    (kept,) = shard.rejected()
    assert kept.key == (None if keyless else subject.encode())
    assert headers(shard)["subject"] == subject
