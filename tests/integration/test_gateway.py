"""The store's HTTP interface as clients of a ClickHouse server use it: one store, asked in every way."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import clickhouse_connect
import psutil
import pytest
import requests
from clickhouse_connect.driver.client import Client

from streams.embedded.probes import store_answers
from streams.settings import Settings
from streams.store.migrate import migrate
from tests.support.stores import eventually

ENDLESS = "SELECT count() FROM system.numbers WHERE sleep(0.1) = 1"
"""It waits and does not compute: what is tried is who keeps whom waiting, not how the engine shares two cores."""


@dataclass(frozen=True, slots=True)
class Store:
    """A store's process alone, its users' passwords, and plain requests to it."""

    port: int
    passwords: dict[str, str]

    def url(self, user: str = "huiyu", database: str = "") -> str:
        return f"http://{user}:{self.passwords[user]}@127.0.0.1:{self.port}/{database}"

    def post(self, sql: str | bytes, user: str = "huiyu", **more: Any) -> requests.Response:
        return requests.post(self.url(user), data=sql.encode() if isinstance(sql, str) else sql, timeout=60, **more)

    def get(self, sql: str, user: str = "huiyu", **arguments: str) -> requests.Response:
        return requests.get(self.url(user), params={"query": sql} | arguments, timeout=60)

    def client(self, user: str = "huiyu") -> Client:
        return clickhouse_connect.get_client(dsn=self.url(user), autogenerate_session_id=False)

    def asked(self, sql: str) -> str:
        """The answer to a query that must succeed, as tab-separated text."""
        answer = self.post(sql)
        assert answer.status_code == 200, answer.text
        return answer.text.rstrip("\n")

    def running(self, like: str) -> int:
        """How many queries with this in their text run now."""
        pattern = like.replace("'", "\\'")
        return int(self.asked(f"SELECT count() FROM system.processes WHERE position(query, '{pattern}') = 1"))


def code(answer: requests.Response) -> int:
    """ClickHouse's code of a refusal, 0 for success."""
    return int(answer.headers.get("X-ClickHouse-Exception-Code", 0))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    data = tmp_path_factory.mktemp("store")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    process = psutil.Popen([sys.executable, "-m", "streams.embedded.store", ".", str(port)], cwd=data)
    try:
        eventually(lambda: (data / "secrets.json").exists(), "passwords")
        started = Store(port, passwords(data))
        eventually(lambda: store_answers(started.url()), "an answer")
        migrate(Settings(clickhouse=started.url()))
        yield started
    finally:
        process.terminate()
        _, alive = psutil.wait_procs([process], timeout=30)
        for left in alive:
            left.kill()
        assert alive == []


def passwords(data: Path) -> dict[str, str]:
    return dict(json.loads((data / "secrets.json").read_text()))


@pytest.fixture
def table(store: Store) -> str:
    store.asked("DROP TABLE IF EXISTS t")
    store.asked("CREATE TABLE t (n Int64, s String) ENGINE = MergeTree ORDER BY n")
    return "t"


# Statements


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SHOW TABLES FROM huiyu LIKE 'center_days'", "center_days"),
        ("EXISTS huiyu.timeline", "1"),
        ("DESCRIBE (SELECT 1 AS one)", "one\tUInt8\t\t\t\t\t"),
        ("-- what is there\n/* SELECT */ SHOW DATABASES LIKE 'huiyu'", "huiyu"),
        ("WITH 2 AS two SELECT two;", "2"),
        ("FROM numbers(1) SELECT number", "0"),
        ("(SELECT 1)", "1"),
        ("SELECT 1; -- and no more\n", "1"),
        ("SELECT 'into outfile', 'x; y', \"s; t\" FROM (SELECT 1 AS `s; t`)", "into outfile\tx; y\t1"),
        ("SELECT 'the format TSV'", "the format TSV"),
        ("SELECT $$a; 'b$$", "a; \\'b"),
    ],
)
def test_every_statement_that_reads_is_answered_in_the_streamed_formats(store: Store, sql: str, expected: str) -> None:
    assert store.asked(sql) == expected


def test_a_plan_is_explained(store: Store) -> None:
    assert "ReadFromSystemNumbers" in store.asked("EXPLAIN SELECT number FROM system.numbers LIMIT 1")


def test_stock_clients_describe_and_show(store: Store) -> None:
    client = store.client()
    assert "center_id" in [row[0] for row in client.query("DESCRIBE huiyu.center_days").result_rows]
    assert client.command("EXISTS TABLE huiyu.timeline") == 1
    assert ("timeline",) in client.query("SHOW TABLES FROM huiyu").result_rows


@pytest.mark.parametrize("sql", ["SELECT clinic_id, name FROM huiyu.clinics WHERE 0", "SELECT 'a' AS a WHERE 0; -- b"])
def test_an_empty_answer_has_its_columns(store: Store, sql: str) -> None:
    client = store.client()
    names = ["clinic_id", "name"] if "clinics" in sql else ["a"]
    assert list(client.query(sql).column_names) == names
    assert client.query_arrow(sql.partition(";")[0]).column_names == names
    for waits in ("0", "1"):
        assert store.post(f"{sql.partition(';')[0]} FORMAT Native", params={"wait_end_of_query": waits}).content


@pytest.mark.parametrize("form", ["", " FORMAT JSON", " FORMAT Native", " FORMAT Null"])
@pytest.mark.parametrize("user", ["huiyu", "analyst"])
@pytest.mark.parametrize("sql", ["SELECT 1; SELECT 2", "SHOW DATABASES; DROP TABLE t", "SET max_threads = 1; SELECT 1"])
def test_several_statements_at_once_are_refused(store: Store, table: str, user: str, sql: str, form: str) -> None:
    answers = [store.post(sql + form, user), store.get(sql + form, user)]
    assert [(answer.status_code, code(answer)) for answer in answers] == [(400, 62)] * 2
    assert store.asked(f"EXISTS {table}") == "1"


def test_text_in_values_is_no_format(store: Store, table: str) -> None:
    store.asked(f"INSERT INTO {table} VALUES (4, 'the format of it '), (5, 'SELECT; into outfile')")
    assert store.asked(f"SELECT * FROM {table} ORDER BY n") == "4\tthe format of it \n5\tSELECT; into outfile"


def test_data_may_hold_anything(store: Store, table: str) -> None:
    data = '1,"it\'s; FORMAT TSV -- "\n2,"SELECT * FROM input(\'x\')"\n'
    store.asked(f"/* SELECT ' */ INSERT INTO {table} (n, s) FORMAT CSV\n{data}")
    assert store.asked(f"SELECT s FROM {table} ORDER BY n FORMAT CSV").splitlines() == [
        '"it\'s; FORMAT TSV -- "',
        "\"SELECT * FROM input('x')\"",
    ]


def test_an_insert_through_input_is_refused_and_never_loses_its_data(store: Store, table: str) -> None:
    sql = f"INSERT INTO {table} SELECT n + 1, s FROM input('n Int64, s String') FORMAT CSV"
    for answer in (store.post(f"{sql}\n1,a\n"), store.post("1,a\n", params={"query": sql})):
        assert code(answer) == 48
        assert "input()" in answer.text


@pytest.mark.parametrize("name", ["Kafka", "`Kafka`", '"Kafka"', "/* */ kafka"])
def test_what_would_poison_the_store_is_refused_however_it_is_written(store: Store, name: str) -> None:
    assert code(store.post(f"CREATE TABLE k (n UInt64) ENGINE = {name}")) == 48


# Methods and users


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t VALUES (1, 'a')",
        "INSERT INTO t SELECT 1, 'a'",
        "WITH 1 AS n INSERT INTO t SELECT n, 'a'",
        "INSERT INTO t FORMAT CSV",
        "DROP TABLE t",
        "TRUNCATE TABLE t",
    ],
)
@pytest.mark.parametrize("session", [{}, {"session_id": "of the test of GET"}])
def test_get_only_reads(store: Store, table: str, sql: str, session: dict[str, str]) -> None:
    answer = store.get(sql, **session)
    assert (answer.status_code, code(answer)) == (403, 164)
    assert store.asked(f"SELECT count() FROM {table}") == "0"
    assert store.get(f"SELECT count() FROM {table}", **session).text == "0\n"


@pytest.mark.parametrize("user", ["huiyu", "analyst"])
def test_a_query_may_bring_its_own_tables(store: Store, user: str) -> None:
    answer = store.post(
        b"",
        user,
        params={
            "query": "SELECT sum(n), max(s) FROM mine",
            "mine_structure": "n Int64, s String",
            "mine_format": "CSV",
        },
        files={"mine": ("mine", b"1,a\n2,b\n")},
    )
    assert (answer.status_code, answer.text) == (200, "3\tb\n")


@pytest.mark.parametrize(
    "arguments",
    [
        {"mine_structure": "n Int64) AS SELECT 1; DROP TABLE t; --"},
        {"mine_structure": "n Int64", "mine_format": "CSV', 'n Int64'); DROP TABLE t; --"},
    ],
)
def test_a_table_brought_along_is_no_way_to_write(store: Store, table: str, arguments: dict[str, str]) -> None:
    files = {"mine": ("mine", b"1\n")}
    answer = store.post(b"", "analyst", params={"query": "SELECT 1"} | arguments, files=files)
    assert code(answer) != 0
    named = store.post(
        b"", "analyst", params={"query": "SELECT 1"}, files={"m (a Int8); DROP TABLE t; --": ("m", b"1")}
    )
    assert code(named) != 0
    assert store.asked(f"EXISTS {table}") == "1"


@pytest.mark.parametrize("sql", ["CREATE TEMPORARY TABLE x (n Int8)", "DROP TABLE t", "INSERT INTO t VALUES (1, 'a')"])
def test_the_analyst_writes_nothing(store: Store, table: str, sql: str) -> None:
    assert code(store.post(sql, "analyst", params={"readonly": "0"})) == 164
    assert store.asked(f"SELECT count() FROM {table}") == "0"


# Time


def test_times_are_in_the_zone_of_the_stack_unless_asked_otherwise(store: Store) -> None:
    assert store.asked("SELECT toDateTime(0)") == "1970-01-01 08:00:00"
    abroad = store.post("SELECT toDateTime(0)", params={"session_timezone": "Europe/Lisbon"})
    assert abroad.text == "1970-01-01 01:00:00\n"
    assert abroad.headers["X-ClickHouse-Timezone"] == "Europe/Lisbon"
    assert store.post("SELECT 1").headers["X-ClickHouse-Timezone"] == "Asia/Shanghai"


def test_the_zone_of_a_session_is_what_the_session_sets(store: Store) -> None:
    def asked(sql: str) -> str:
        answer = store.post(sql, params={"session_id": "of the test of zones"})
        assert code(answer) == 0, answer.text
        return answer.text.strip()

    assert asked("SELECT toDateTime(0)") == "1970-01-01 08:00:00"
    asked("SET session_timezone = 'UTC'")
    assert asked("SELECT toDateTime(0)") == "1970-01-01 00:00:00"


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Lisbon"])
def test_stock_clients_read_times_as_they_are(store: Store, zone: str | None) -> None:
    settings = {} if zone is None else {"session_timezone": zone}
    sql = "SELECT toDateTime64('2026-03-02 09:30:00.250', 3, 'Asia/Shanghai') AS at, now64(3) AS now, now() AS plain"
    client = store.client()
    at, now, plain = client.query(sql, settings=settings, tz_mode="aware").result_rows[0]
    assert at.isoformat() == "2026-03-02T09:30:00.250000+08:00"
    for moment in (now, plain):
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC if zone == "UTC" else None).astimezone()
        assert abs(aware - datetime.now(UTC)) < timedelta(minutes=1)


def test_as_of_now_means_now(store: Store) -> None:
    said = "parseDateTime64BestEffort({at:String}, 3, 'Asia/Shanghai')"
    near = f"SELECT abs(dateDiff('second', {said}, now64(3))) < 60 AS near"
    store.asked(f"CREATE OR REPLACE VIEW moment_as_of AS {near}")
    assert store.asked("SELECT near FROM moment_as_of(at = now64(3))") == "1"


# Many at once


def test_a_session_is_free_for_who_has_read_its_answer(store: Store) -> None:
    session = {"session_id": "of the test of one after the other"}
    assert {code(store.post("SELECT number FROM numbers(9)", params=session)) for _ in range(50)} == {0}


@dataclass(slots=True)
class Asking:
    """Clients that ask an endless query until they hang up."""

    connections: list[socket.socket]

    def hang_up(self) -> None:
        for connection in self.connections:
            connection.close()


def asking(store: Store, sql: str, count: int, user: str = "huiyu") -> Asking:
    arguments = f"user={user}&password={store.passwords[user]}"
    head = f"POST /?{arguments} HTTP/1.1\r\nHost: store\r\nContent-Length: {len(sql)}\r\n\r\n{sql}"
    connections = []
    for _ in range(count):
        connections.append(socket.create_connection(("127.0.0.1", store.port)))
        connections[-1].sendall(head.encode())
    return Asking(connections)


@pytest.mark.parametrize("form", ["TabSeparated", "JSON"])
def test_slow_queries_keep_nobody_else_waiting_and_end_with_their_clients(store: Store, table: str, form: str) -> None:
    slow = f"{ENDLESS} FORMAT {form}"
    clients = asking(store, slow, 24)
    eventually(lambda: store.running(ENDLESS) == 24, "24 queries at once")
    store.asked(f"INSERT INTO {table} FORMAT CSV\n1,a\n")
    assert store.asked(f"SELECT count() FROM {table}") == "1"
    clients.hang_up()
    eventually(lambda: store.running(ENDLESS) == 0, "an end of all of them")


def test_an_analyst_asks_a_bounded_number_of_queries_at_once(store: Store) -> None:
    clients = asking(store, ENDLESS, 8, "analyst")
    eventually(lambda: store.running(ENDLESS) == 8, "8 queries at once")
    answer = store.post("SELECT 1", "analyst")
    assert (answer.status_code, code(answer)) == (503, 202)
    assert "TOO_MANY_SIMULTANEOUS_QUERIES" in answer.text
    assert store.asked("SELECT 1") == "1"
    clients.hang_up()
    eventually(lambda: code(store.post("SELECT 1", "analyst")) == 0, "places for other queries")


def test_a_client_that_hangs_up_at_once_leaves_its_session_free(store: Store) -> None:
    session = {"session_id": "of the test of hanging up"}
    arguments = f"user=huiyu&password={store.passwords['huiyu']}&session_id={session['session_id'].replace(' ', '+')}"
    head = f"POST /?{arguments} HTTP/1.1\r\nHost: store\r\nContent-Length: {len(ENDLESS)}\r\n\r\n{ENDLESS}"
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", store.port)) as connection:
            connection.sendall(head.encode())
    eventually(lambda: code(store.post("SELECT 1", params=session)) == 0, "a free session")
