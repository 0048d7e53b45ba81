"""Statements told apart by their keywords, never by what stands in literals, quoted names and comments."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.embedded.store.lexing import blanked
from streams.embedded.store.statements import bare, format_of, insert_of, quoted, reads, selects

WORDS = st.sampled_from(
    ["'", "''", '"', "`", "\\", "--", "/*", "*/", "\n", ";", " FORMAT CSV ", " SELECT ", "x", "#", "$$"]
)
TEXTS = st.lists(WORDS, max_size=8).map("".join)


@given(TEXTS)
def test_no_text_in_a_literal_is_a_keyword(text: str) -> None:
    sql = f"INSERT INTO t VALUES ({quoted(text)})"
    assert insert_of(sql.encode()) is None
    assert b"FORMAT" not in blanked(sql.encode())
    assert blanked(sql.encode()).endswith(b")")


@given(TEXTS)
def test_every_place_stays_its_own(text: str) -> None:
    sql = f"SELECT {quoted(text)} /* {text.replace('*', '')} */ FORMAT TSV".encode()
    assert len(blanked(sql)) == len(sql)
    assert format_of(sql, "Native") == "TSV"
    assert len(blanked(text.encode())) == len(text)


@given(TEXTS, TEXTS)
def test_data_after_the_format_stay_as_they_are(comment: str, data: str) -> None:
    head = f"/* {comment.replace('*/', '').replace('*', '')} */ INSERT INTO t (n) "
    insert = insert_of(f"{head}FORMAT CSV\n{data}".encode())
    assert insert is not None
    assert (insert.statement, insert.format, insert.rest) == (head, "CSV", data.encode())


def test_a_query_is_bared_of_its_format_and_of_what_follows() -> None:
    for tail in ("", ";", " FORMAT Native", " FORMAT JSON SETTINGS max_threads = 1;", " -- FORMAT x", " ; /* ; */"):
        assert bare(b"SELECT 'FORMAT CSV'" + tail.encode()) == b"SELECT 'FORMAT CSV'"


def test_what_shows_and_describes_reads_but_is_no_query_proper() -> None:
    for sql in (b"SHOW TABLES", b"# all\nDESCRIBE t", b"EXISTS t", b"EXPLAIN SELECT 1"):
        assert (reads(sql), selects(sql)) == (True, False)
    for sql in (b"((SELECT 1))", b"WITH 1 AS a SELECT a, 'INSERT INTO'", b"FROM t SELECT 1"):
        assert (reads(sql), selects(sql)) == (True, True)
    writes = b"WITH 1 AS a INSERT INTO t SELECT a"
    assert (reads(writes), selects(writes)) == (False, False)
