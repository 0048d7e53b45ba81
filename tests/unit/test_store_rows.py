"""Rows on their way to the store: all of them arrive, in few messages that the broker takes."""

from __future__ import annotations

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.store_rows import MOST_BYTES, StoreRow, StoreRows, unpacked

rows = st.builds(
    lambda table, version, deleted, size: StoreRow(table, version, deleted, {"text": "字" * size}),
    st.sampled_from(["children", "milestones"]),
    st.integers(0, 2**40),
    st.booleans(),
    st.sampled_from([0, 1, 200, 20_000, 60_000]),
)


@settings(deadline=None)
@given(st.lists(rows, max_size=12))
def test_every_row_arrives_once_in_its_order_and_no_message_of_several_is_too_large(written: list[StoreRow]) -> None:
    collected = StoreRows()
    for row in written:
        collected.add(row.table, row.version, row.row, row.deleted)
    messages = [output.value or b"" for output in collected.outputs(3)]
    assert [row for message in messages for row in unpacked(message)] == written
    assert all(len(message) <= MOST_BYTES + 2 or len(unpacked(message)) == 1 for message in messages)


def test_a_thousand_small_rows_are_one_message() -> None:
    collected = StoreRows()
    for number in range(1_000):
        collected.add("children", number, {"child_id": "c"})
    assert [(output.topic, output.partition) for output in collected.outputs(3)] == [("store-rows", 3)]


def test_a_message_of_one_row_as_a_log_of_long_ago_has_them_is_read() -> None:
    body = {"table": "children", "version": 4, "deleted": True, "row": {"child_id": "c"}}
    assert unpacked(orjson.dumps(body)) == [StoreRow("children", 4, True, {"child_id": "c"})]
