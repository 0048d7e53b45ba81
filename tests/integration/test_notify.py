"""Delivery of alerts to receivers that fail, hang and answer twice, with kills of notify in between.

The receivers are real HTTP and SMTP servers on this machine; the alerts are what the stages would have told.
"""

from __future__ import annotations

import email
import hmac
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from kafka import KafkaAdminClient, KafkaProducer

from streams.embedded.stack import Stack
from streams.settings import Settings
from streams.topics import ALERTS
from tests.support.stores import ask, eventually

SECRET = "a secret of the receiver"
AT = "2026-03-02T01:00:00.000Z"


class Receiver(ThreadingHTTPServer):
    """`answers`: what it says to the first requests, `hang`, `lost` or a status; then 200. `got`: what it took."""

    daemon_threads = True

    def __init__(self, *answers: int | str) -> None:
        self.answers, self.got, self.forged = list(answers), list[tuple[str, dict[str, Any]]](), list[str]()
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/alerts"

    @property
    def taken(self) -> set[str]:
        """Keys of what it answered 200 to."""
        return {key for key, _ in self.got}


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Idempotency-Key"]
        if not _is_signed(self.headers["Huiyu-Signature"], body):
            self.server.forged.append(key)
        answer = self.server.answers.pop(0) if self.server.answers else 200
        if answer == "hang":
            threading.Event().wait(30)
        elif answer == "lost":  # it was taken, and nobody hears of it
            self.server.got.append((key, json.loads(body)))
            self.close_connection = True
            return
        elif answer == 200:
            self.server.got.append((key, json.loads(body)))
        self.send_response(answer if isinstance(answer, int) else 500)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Not on the tests' output."""


def _is_signed(header: str, body: bytes) -> bool:
    told = dict(part.split("=", 1) for part in header.split(","))
    expected = hmac.new(SECRET.encode(), told["t"].encode() + b"." + body, "sha256").hexdigest()
    return hmac.compare_digest(expected, told["v1"]) and abs(time.time() - int(told["t"])) < 300


@contextmanager
def receiving(*answers: int | str) -> Iterator[Receiver]:
    receiver = Receiver(*answers)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        receiver.server_close()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(data=tmp_path_factory.mktemp("stack"), stages=("sink",), partitions=2) as stack:
        yield stack


class County:
    """A county whose alerts one test tells, under a name of its own so that tests do not meet."""

    def __init__(self, stack: Stack, folder: Path, name: str) -> None:
        self.stack, self.folder, self.name = stack, folder, name
        self.version = 0
        (folder / "secret").write_text(SECRET + "\n")
        self.settings = Settings(kafka=stack.kafka, clickhouse=stack.clickhouse, partitions=2)

    def subscribe(self, text: str) -> None:
        with (self.folder / "subscriptions.toml").open("a") as file:
            file.write(text)

    def webhook(self, receiver: Receiver, name: str = "", to: str = "", more: str = "") -> None:
        named = f'[[subscription]]\nid = "{self.name}{name}"\nreceiver = "{to or "clinic:" + self.name}"\n{more}\n'
        channel = f'[subscription.channel]\ntype = "webhook"\nurl = "{receiver.url}"\nsecret_file = "secret"\n'
        self.subscribe(named + channel)

    def tells(self, alert: str, state: str = "open", resolution: str = "", **more: Any) -> str:
        """A transition of an alert; what it is called in a key."""
        self.version += 1
        detail = {
            "subject": "cn-id:1",
            "registered_by": "clinic:x",
            "registration_record": "R-1",
            "birth_date": "2025-01-01",
        }
        detail |= {"to": [f"clinic:{self.name}", f"center:{self.name}"], "records": [], "haemoglobin_g_l": 57}
        row = {"alert_id": f"{self.name}-{alert}", "rule": "anaemia", "rule_version": 1, "severity": "warning"}
        row |= {"child_id": "k", "center_id": self.name, "clinic_id": self.name, "milestone": "", "due_on": None}
        row |= {"detail": detail, "state": state, "resolution": resolution, "raised_at": AT, "changed_at": AT, **more}
        transition = {"at": AT, "state": state, "resolution": resolution}
        body = {"version": self.version, "transition": transition, "row": row}
        producer = KafkaProducer(bootstrap_servers=self.stack.kafka, acks="all")
        producer.send(ALERTS, json.dumps(body).encode(), b"k", partition=0).get(30)
        producer.close()
        return f"{self.name}-{alert}-{self.version}-{self.name}"

    @contextmanager
    def notify(self) -> Iterator[subprocess.Popen[bytes]]:
        """A process of notify, ended in order unless the test killed it."""
        told = {"HUIYU_KAFKA": self.stack.kafka, "HUIYU_CLICKHOUSE": self.stack.clickhouse, "HUIYU_PARTITIONS": "2"}
        told |= {"HUIYU_SUBSCRIPTIONS": str(self.folder / "subscriptions.toml")}
        command = [sys.executable, "-m", "streams.cli", "run", "notify"]
        with (self.folder / "log").open("ab") as out:
            process = subprocess.Popen(command, env=os.environ | told, stdout=out, stderr=out)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(40)

    def results(self) -> list[tuple[str, str, int]]:
        """(key, result, attempt) of every line of the log, as the store tells it."""
        like = f"alert_id LIKE '{self.name}-%'"
        return ask(self.settings, f"SELECT key, result, attempt FROM deliveries WHERE {like} ORDER BY at, attempt")


@pytest.fixture
def county(stack: Stack, tmp_path: Path, request: pytest.FixtureRequest) -> County:
    return County(stack, tmp_path, request.node.name.removeprefix("test_").replace("_", "-")[:60])


def test_a_receiver_that_fails_gets_the_alert_in_the_end_and_the_log_tells_every_attempt(county: County) -> None:
    with receiving(500, 503) as receiver:
        county.webhook(receiver)
        key = county.tells("a")
        with county.notify():
            eventually(lambda: key in receiver.taken, "delivered")
            eventually(lambda: (key, "sent", 3) in county.results(), "told to the store")
        assert county.results() == [(key, "planned", 0), (key, "failed", 1), (key, "failed", 2), (key, "sent", 3)]
        assert receiver.forged == []


def test_one_that_hangs_holds_up_nobody_else(county: County) -> None:
    with receiving("hang") as slow, receiving() as quick:
        county.webhook(slow)
        county.webhook(quick, "-b")
        key = county.tells("a")
        with county.notify():
            eventually(lambda: f"{key}-b" in quick.taken, "delivered to the other", 12)
            assert slow.taken == set()
            eventually(lambda: key in slow.taken, "delivered in the end")


def test_what_was_taken_without_an_answer_comes_again_under_the_same_key(county: County) -> None:
    with receiving("lost") as receiver:
        county.webhook(receiver)
        key = county.tells("a")
        with county.notify():
            eventually(lambda: len(receiver.got) == 2, "sent again")
        assert [got for got, _ in receiver.got] == [key, key]


def test_kills_lose_nothing_and_repeat_only_under_the_same_key(county: County) -> None:
    with receiving(*[500, 200, 200, 503, 200] * 4) as receiver:
        county.webhook(receiver, more="most_per_hour = 1000")
        keys = set()
        for turn in range(5):
            keys |= {county.tells(f"{turn}-{number}") for number in range(4)}
            least = turn * 2 + 1
            with county.notify() as process:
                eventually(lambda wanted=least: len(receiver.taken) >= wanted, "something is delivered")  # type: ignore[misc]
                process.kill()
        with county.notify():
            eventually(lambda: receiver.taken == keys, "all are delivered")
        bodies: dict[str, str] = {}
        for key, body in receiver.got:
            assert bodies.setdefault(key, body["alerts"][0]["alert_id"]) == body["alerts"][0]["alert_id"]
        assert receiver.forged == []


def test_reading_all_alerts_again_sends_nothing(county: County) -> None:
    with receiving() as receiver:
        county.webhook(receiver)
        key = county.tells("a")
        with county.notify():
            eventually(lambda: (key, "sent", 1) in county.results(), "delivered")
        admin = KafkaAdminClient(bootstrap_servers=county.stack.kafka)
        admin.delete_groups(["huiyu-notify"])
        admin.close()
        after = county.tells("b")
        with county.notify():
            eventually(lambda: after in receiver.taken, "the new one is delivered")
        assert [got for got, _ in receiver.got] == [key, after]


def test_what_is_over_before_it_was_sent_is_not_sent(county: County) -> None:
    with receiving() as receiver:
        county.webhook(receiver)
        first, _ = county.tells("a"), county.tells("a", "resolved", "done")
        other = county.tells("b")
        with county.notify():
            eventually(lambda: other in receiver.taken, "the other is delivered")
            eventually(lambda: (first, "withdrawn", 0) in county.results(), "told as withdrawn")
        assert receiver.taken == {other}


def test_a_centre_is_told_no_clinical_value_and_a_clinic_is(county: County) -> None:
    with receiving() as clinic, receiving() as centre:
        county.webhook(clinic)
        county.webhook(centre, "-c", to=f"center:{county.name}")
        county.tells("a")
        with county.notify():
            eventually(lambda: bool(clinic.got and centre.got), "delivered")
        [(_, to_clinic)], [(_, to_centre)] = clinic.got, centre.got
        assert to_clinic["alerts"][0]["decided_on"]["haemoglobin_g_l"] == 57
        assert to_clinic["alerts"][0]["registration_record"] == "R-1"
        for hidden in ("57", "birth", "haemoglobin", "R-1"):
            assert hidden not in json.dumps(to_centre)
        assert to_centre["alerts"][0]["subject"] == "cn-id:1"


def test_a_storm_becomes_few_messages_and_a_digest(county: County) -> None:
    with receiving() as receiver:
        county.webhook(receiver, more="most_per_hour = 3")
        keys = {county.tells(str(number)) for number in range(9)}
        with county.notify():
            planned = lambda: {key for key, result, _ in county.results() if result == "planned"}  # noqa: E731
            eventually(lambda: planned() == keys, "all are planned")
            eventually(lambda: len(receiver.taken) == 3, "three go out at once")
        assert len(receiver.got) == 3


class Mailbox:
    """Refuses the first mail, then takes everything."""

    def __init__(self) -> None:
        self.refused, self.got = 0, list[str]()

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        if self.refused < 1:
            self.refused += 1
            return "451 try again later"
        self.got.append(envelope.content.decode())
        return "250 taken"


def test_an_alert_comes_by_mail_though_the_server_refused_it_first(county: County) -> None:
    mailbox = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        (county.folder / "mail").write_text(f"mailto://127.0.0.1:{port}?from=huiyu@example.org&to=doctor@example.org")
        county.subscribe(
            f'[[subscription]]\nid = "{county.name}"\nreceiver = "clinic:{county.name}"\nlanguage = "en"\n'
            '[subscription.channel]\ntype = "apprise"\nurl_file = "mail"\n'
        )
        county.tells("a")
        with county.notify():
            eventually(lambda: bool(mailbox.got), "the mail has come")
        subject = str(email.message_from_string(mailbox.got[0])["Subject"])
        assert (mailbox.refused, subject) == (1, "Anaemia")
    finally:
        controller.stop()
