"""In by HTTP on the real stack: what was answered with 202 is queryable, once, whatever broker and API went through."""

from __future__ import annotations

import os
import random
import re
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from streams.clock.wait import wait
from streams.embedded.stack import EVERYTHING, Stack
from streams.serve.tokens import create, revoke, tokens_file
from streams.settings import Settings
from tests.support.builders import a_checkup, a_registration, a_source
from tests.support.commands import huiyu
from tests.support.pages import BLOCK, ROOT, shell
from tests.support.pipeline import publish, read_topic, until
from tests.support.stores import ask
from tests.unit.publish.template_sheets import KEY, ZHANG, ZHANGS_TOKEN, a_csv

CLIENTS, REQUESTS, EVENTS = 50, 6, 10
AGAIN = (429, 503)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("serve") / "data"
    with Stack(folder, stages=EVERYTHING, settings=Settings(county_key=KEY.decode())) as running:
        clinics = [f"c{number}" for number in range(CLIENTS)]
        publish(running.kafka, [a_source(f"clinic:{clinic}") for clinic in clinics])
        publish(running.kafka, [a_registration(f"child of {clinic}", clinic=clinic) for clinic in clinics])
        yield running


def test_a_sheet_becomes_rows_of_the_timeline(stack: Stack) -> None:
    headers = a_token(stack, "clinic:c6")
    publish(stack.kafka, [{**a_registration("Zhang", clinic="c6"), "subject": ZHANGS_TOKEN}])
    file = a_csv("身份证号,体检日期,体重(kg)", f"{ZHANG},2026-03-02,9.6")
    answer = httpx.post(f"{stack.page}/api/sheets", files={"file": ("体检.csv", file)}, headers=headers, timeout=60)
    assert (answer.status_code, answer.json()["problems"]) == (202, []), answer.text
    wait(stack.settings, 60)
    where = f"subject = '{ZHANGS_TOKEN}' AND source = 'clinic:c6'"
    kinds = ask(stack.settings, f"SELECT kind FROM huiyu.timeline WHERE {where} ORDER BY kind")
    assert kinds == [("checkup.recorded",), ("child.registered",)]
    assert ZHANG.encode() not in b"".join(path.read_bytes() for path in stack.layout.logs.iterdir())


def a_token(stack: Stack, source: str) -> dict[str, str]:
    """The header of a client of this source."""
    return {"Authorization": f"Bearer {create(tokens_file(stack.settings), source, datetime.now(UTC))}"}


def checkups(clinic: str, batch: str, count: int = EVENTS) -> list[dict[str, Any]]:
    at = "2026-03-02T09:30:00+08:00"
    return [a_checkup(f"child of {clinic}", at, clinic, recordid=f"{batch}-{number}") for number in range(count)]


def test_what_was_sent_is_queryable_and_its_source_is_told_what_became_of_it(stack: Stack) -> None:
    with httpx.Client(base_url=stack.page, headers=a_token(stack, "clinic:c1")) as client:
        first, corrected = (
            a_checkup("child of c1", "2026-03-02T09:30:00+08:00", "c1", recordid="V-1", revision=revision)
            for revision in (1, 2)
        )
        early = a_checkup("registered by nobody", "2026-03-02T09:30:00+08:00", "c1", recordid="V-2")
        sent = [first, corrected, {**first, "type": "checkup.thought.v1"}, early]
        answer = client.post("/api/events", json=sent).json()
        assert (answer["accepted"], answer["refused"]) == (3, 1)
        wait(stack.settings, 60)
        told = [client.get(f"/api/events/{event['id']}").json() for event in (first, corrected, early)]
        assert [each["status"] for each in told] == ["superseded", "accepted", "parked"]
        assert told[-1]["waits_for"] == "child"
        assert client.get("/api/events/never-sent").status_code == 404
    others = httpx.get(f"{stack.page}/api/events/{first['id']}", headers=a_token(stack, "clinic:c2"))
    assert others.status_code == 404
    result = answer["results"][1]
    (lies,) = ask(stack.settings, f"SELECT origin FROM huiyu.timeline WHERE event_id = '{corrected['id']}'")
    assert lies == (f"{result['topic']}/{result['partition']}/{result['offset']}",)


def test_the_stack_says_where_the_api_is(stack: Stack) -> None:
    data = stack.layout.data
    assert f"export HUIYU_PAGE={stack.page}\n" in huiyu("env", data=data).stdout
    processes = orjson.loads(huiyu("status", "--json", data=data).stdout)["processes"]
    (serve,) = [process for process in processes if process["process"] == "serve"]
    assert (serve["state"], serve["address"]) == ("running", stack.page)


class Client:
    """One of many systems: it sends its requests one after the other, each again until it is answered with 202."""

    def __init__(self, stack: Stack, clinic: str) -> None:
        self._page, self._headers = stack.page, a_token(stack, f"clinic:{clinic}")
        self._clinic = clinic
        self.accepted: list[tuple[str, int, int]] = []

    def run(self) -> None:
        for number in range(REQUESTS):
            batch = checkups(self._clinic, f"{self._clinic}-{number}")
            answer = until(lambda named=f"{number}", batch=batch: self._sent(named, batch), "a request is taken", 120)
            assert [result["status"] for result in answer["results"]] == ["accepted"] * EVENTS
            self.accepted += [(result["id"], result["partition"], result["offset"]) for result in answer["results"]]

    def _sent(self, name: str, batch: list[dict[str, Any]]) -> dict[str, Any] | None:
        headers = self._headers | {"Idempotency-Key": name}
        try:
            answer = httpx.post(f"{self._page}/api/events", json=batch, headers=headers, timeout=60)
        except httpx.TransportError:  # the API itself was killed
            return None
        assert answer.status_code in (202, *AGAIN), answer.text
        return answer.json() if answer.status_code == 202 else None


def test_fifty_clients_while_broker_and_api_are_killed(stack: Stack) -> None:
    clients = [Client(stack, f"c{number}") for number in range(CLIENTS)]
    done = threading.Event()

    def taken() -> int:
        return sum(len(client.accepted) for client in clients)

    def injure() -> None:
        for name in ("broker", "serve", "broker"):
            before = taken()
            until(lambda before=before: done.is_set() or taken() > before, "progress", 120)
            old = stack.pid(name)
            stack.kill(name)
            until(lambda name=name, old=old: stack.pid(name) not in (None, old), f"{name} is started again")

    with ThreadPoolExecutor(CLIENTS + 1) as many:
        injuring = many.submit(injure)
        running = [many.submit(client.run) for client in clients]
        for each in running:
            each.result()
        done.set()
        injuring.result()

    answered = [told for client in clients for told in client.accepted]
    assert len({id for id, _, _ in answered}) == len(answered) == CLIENTS * REQUESTS * EVENTS
    wait(stack.settings, 120)
    rows = ask(stack.settings, "SELECT event_id, count() FROM huiyu.timeline WHERE record_id LIKE 'c%-%' GROUP BY 1")
    assert dict(rows) == dict.fromkeys((id for id, _, _ in answered), 1)
    _each_request_is_there_whole(stack, answered)


def _each_request_is_there_whole(stack: Stack, answered: list[tuple[str, int, int]]) -> None:
    """A request that was sent again may stand in the log again: then all of it. Where 202 said it lies, it does."""
    log = [(record, orjson.loads(record.value)) for record in read_topic(stack.kafka, "clinic-events")]
    copies = Counter(event["recordid"] for _, event in log if re.match(r"c\d+-\d+-\d+$", event.get("recordid", "")))
    batches: dict[str, set[int]] = {}
    for recordid, count in copies.items():
        batches.setdefault(recordid.rpartition("-")[0], set()).add(count)
    assert [batch for batch, counts in batches.items() if len(counts) > 1] == []
    assert set(answered) <= {(event["id"], record.partition, record.offset) for record, event in log}


def test_without_a_broker_the_api_answers_and_takes_events_again_when_it_is_back(stack: Stack) -> None:
    headers = a_token(stack, "clinic:c3")
    stack.kill("broker")
    with httpx.Client(base_url=stack.page, headers=headers, timeout=60) as client:
        assert client.get("/healthz").status_code == 200
        answer = client.post("/api/events", json=checkups("c3", "away"))
        assert answer.status_code in (202, 503)
        assert answer.status_code == 202 or int(answer.headers["retry-after"]) > 0
        until(lambda: client.get("/readyz").status_code == 200, "the API is ready again")
        until(lambda: client.post("/api/events", json=checkups("c3", "back")).status_code == 202, "events are taken")
    wait(stack.settings, 60)
    assert ask(stack.settings, "SELECT count() FROM huiyu.timeline WHERE record_id LIKE 'back-%'") == [(EVENTS,)]


def test_hostile_requests_change_nothing_for_others(stack: Stack) -> None:
    headers = a_token(stack, "clinic:c4")
    chance = random.Random(5)

    def hostile(number: int) -> int:
        body = (b"[" * 100_000, chance.randbytes(100_000), b'{"a":"' + b"x" * 6_000_000 + b'"}')[number % 3]
        with suppress(httpx.TransportError):  # the connection is closed while the body is still being sent
            sent = headers | {"Content-Type": "application/json"}
            return httpx.post(f"{stack.page}/api/events", content=body, headers=sent, timeout=60).status_code
        return 413

    with ThreadPoolExecutor(8) as many:
        refused = many.map(hostile, range(24))
        good = httpx.post(f"{stack.page}/api/events", json=checkups("c4", "amid"), headers=headers, timeout=60)
        assert set(refused) == {400, 413}
    assert good.status_code == 202
    wait(stack.settings, 60)
    assert ask(stack.settings, "SELECT count() FROM huiyu.timeline WHERE record_id LIKE 'amid-%'") == [(EVENTS,)]


def test_no_log_holds_a_token_or_an_id(stack: Stack) -> None:
    token = create(tokens_file(stack.settings), "clinic:c5", datetime.now(UTC))
    event = checkups("c5", "logged", 1)[0]
    for given in (token, token[:-1]):
        headers = {"Authorization": f"Bearer {given}"}
        httpx.post(f"{stack.page}/api/events?token={given}", json=event, headers=headers)
        httpx.get(f"{stack.page}/api/events/{event['id']}", headers=headers)
    revoke(tokens_file(stack.settings), "clinic:c5")
    logs = b"".join(path.read_bytes() for path in stack.layout.logs.iterdir())
    for secret in (token[:-1], event["id"], event["subject"]):
        assert secret.encode() not in logs


def test_the_page_of_the_api_is_true(tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    found = BLOCK.findall((ROOT / "docs" / "clinic-system.md").read_text("utf-8"))
    scripts = [text for language, more, text in found if (language, more.strip()) == ("sh", "http")]
    answers = [orjson.loads(text) for language, more, text in found if (language, more.strip()) == ("json", "http")]
    assert len(scripts) == len(answers) == 3
    try:
        said = shell("\necho '=='\n".join(scripts), tmp_path, HUIYU_DATA=str(tmp_path / "data")).stdout
    finally:
        Stack(tmp_path / "data").down()
    assert [orjson.loads(part.strip().splitlines()[-1]) for part in said.split("==\n")] == answers, said
    assert os.environ.get("HUIYU_PAGE") is None
