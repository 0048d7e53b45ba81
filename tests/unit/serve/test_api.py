"""The API's answers: who may write what, what is said of each event, and how everything else is refused."""

from __future__ import annotations

import asyncio
import gzip
import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from schemas.check import Accepted, check
from streams.errors import StoreAway
from streams.serve import tokens
from streams.serve.answers import Receipt
from streams.serve.problem import HttpProblem
from streams.serve.receipts import receipt
from tests.support.builders import a_checkup, an_event
from tests.support.http_api import CLINIC, Api, problem

GOOD = a_checkup("a", "2026-03-02T09:30:00+08:00")
WRONG = a_checkup("a", "2026-03-02T09:30:00+08:00", weight_kg=960, heigth=3)
IDENTITY = "11010519491231002X"


@pytest.fixture
def api(tmp_path: Path) -> Api:
    return Api(tmp_path)


def test_an_event_is_sent_as_it_came_and_told_where_it_lies(api: Api) -> None:
    raw = orjson.dumps(GOOD, option=orjson.OPT_INDENT_2)
    answer = api.send(raw)
    assert answer.status_code == 202
    where = {"topic": "clinic-events", "partition": 0, "offset": 0}
    result = {"id": GOOD["id"], "status": "accepted", **where}
    assert answer.json() == {"accepted": 1, "refused": 0, "results": [result]}
    (sent,) = api.log.taken
    assert (sent.topic, sent.subject, sent.value) == ("clinic-events", GOOD["subject"], raw)


def test_a_list_is_answered_event_by_event_and_what_is_refused_is_not_sent(api: Api) -> None:
    answer = api.send(orjson.dumps([WRONG, GOOD, 3])).json()
    assert (answer["accepted"], answer["refused"]) == (1, 2)
    first, second, third = answer["results"]
    assert [result["status"] for result in answer["results"]] == ["refused", "accepted", "refused"]
    assert first["id"] == WRONG["id"]
    told = {(problem["code"], problem["path"]): problem["allowed"] for problem in first["problems"]}
    assert told[("bad-value", "/data/weight_kg")] == "number from 0.3 to 60"
    assert ("unknown-field", "/data/heigth") in told
    assert second["offset"] == 0
    assert (third["id"], third["problems"][0]["code"]) == (None, "not-cloudevents")
    assert len(api.log.taken) == 1


@pytest.mark.parametrize(
    ("content", "type", "headers"),
    [
        (orjson.dumps(GOOD), "application/json", {}),
        (orjson.dumps([GOOD]), "application/json; charset=utf-8", {}),
        (orjson.dumps(GOOD), "application/cloudevents+json", {}),
        (orjson.dumps([GOOD]), "application/cloudevents-batch+json", {}),
        (b"\n" + orjson.dumps(GOOD) + b"\n\n", "application/x-ndjson", {}),
        (gzip.compress(orjson.dumps(GOOD)), "application/json", {"content-encoding": "gzip"}),
        (
            orjson.dumps(GOOD["data"]),
            "application/json",
            {f"CE-{name}": value for name, value in GOOD.items() if name != "data"},
        ),
    ],
    ids=["event", "list", "structured", "batch", "lines", "gzip", "binary"],
)
def test_every_form_sends_the_same_event(content: bytes, type: str, headers: dict[str, str], api: Api) -> None:
    answer = api.send(content, type, headers=headers)
    assert answer.json()["accepted"] == 1
    (sent,) = api.log.taken
    read = check(sent.value, sent.subject.encode(), "clinic-events", None)
    expected = check(orjson.dumps(GOOD), None, None, None)
    assert isinstance(read, Accepted)
    assert isinstance(expected, Accepted)
    assert read.event == expected.event


def test_nothing_of_a_refused_event_is_repeated(api: Api) -> None:
    bad = {**GOOD, "id": f"x-{IDENTITY}", "data": {**GOOD["data"], "conclusions": [IDENTITY]}}
    answer = api.send(orjson.dumps(bad))
    assert answer.json()["results"][0]["problems"][0]["code"] == "raw-identifier"
    assert IDENTITY not in answer.text


def test_without_a_token_of_ours_nothing_is_read(api: Api) -> None:
    for token in (None, "huiyu_wrong", "", api.token + "x"):
        given = {} if token is None else {"authorization": f"Bearer {token}"}
        answer = api.send(orjson.dumps(GOOD), token=None, headers=given)
        problem(answer, 401, "no-token")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    basic = api.send(b"{}", token=None, headers={"authorization": f"Basic {api.token}"})
    problem(basic, 401, "no-token")
    twice = [("authorization", f"Bearer {api.token}"), ("authorization", f"Bearer {api.other}")]
    problem(api.send(b"{}", token=None, headers=twice), 401, "no-token")
    assert api.log.taken == []


def test_a_revoked_token_is_refused_from_then_on(api: Api) -> None:
    assert api.send(orjson.dumps(GOOD)).status_code == 202
    tokens.revoke(api.file, CLINIC)
    problem(api.send(orjson.dumps(GOOD)), 401, "no-token")


def test_a_token_writes_as_its_own_source_only_and_then_nothing_of_the_request(api: Api) -> None:
    others = an_event(
        "reporting.completed", "center:yucai", "source:center:yucai", {"through": GOOD["time"]}, GOOD["time"]
    )
    body = problem(api.send(orjson.dumps([GOOD, others])), 403, "not-your-source")
    assert body["index"] == 1
    assert "center:yucai" not in body["detail"]
    problem(api.send(orjson.dumps({**WRONG, "source": "clinic:other"})), 403, "not-your-source")
    assert api.log.taken == []
    assert api.send(orjson.dumps(others), token=api.other).json()["accepted"] == 1


def test_a_source_that_is_none_is_a_refused_event(api: Api) -> None:
    answer = api.send(orjson.dumps({**GOOD, "source": 3})).json()
    assert answer["results"][0]["problems"][0]["path"] == "/source"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 3_000, b"[1", b'{"a":' * 3_000])
def test_a_body_that_is_no_json_is_refused_as_a_whole(body: bytes, api: Api) -> None:
    problem(api.send(body), 400, "not-readable")


def test_an_event_that_is_nested_too_deeply_or_too_large_is_refused_alone(api: Api) -> None:
    deep = b'{"a":' * 40 + b"1" + b"}" * 40
    large = orjson.dumps({**GOOD, "comment": "x" * 70_000})
    answer = api.send(b"[" + deep + b"," + large + b"," + orjson.dumps(GOOD) + b"]").json()
    codes = [result.get("problems", [{}])[0].get("code") for result in answer["results"]]
    assert codes == ["not-json", "too-large", None]


def test_an_empty_batch_is_taken(api: Api) -> None:
    answer = api.send(b"[]", "application/cloudevents-batch+json")
    assert (answer.status_code, answer.json()) == (202, {"accepted": 0, "refused": 0, "results": []})


def test_too_many_events_are_told_when_to_come_again(tmp_path: Path) -> None:
    api = Api(tmp_path, per_minute=3)
    assert api.send(orjson.dumps([GOOD, GOOD])).status_code == 202
    answer = api.send(orjson.dumps([GOOD, GOOD]))
    problem(answer, 429, "too-many")
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert api.send(orjson.dumps(GOOD)).status_code == 202
    problem(api.send(b"not even read"), 429, "too-many")
    problem(api.get("/api/events/x"), 429, "too-many")
    problem(api.get("/api/events/x", api.other), 404, "not-found")
    assert len(api.log.taken) == 3


def test_a_request_that_is_larger_than_the_rate_takes_all_of_it(tmp_path: Path) -> None:
    api = Api(tmp_path, per_minute=3)
    assert api.send(orjson.dumps([GOOD] * 10)).json()["accepted"] == 10
    problem(api.send(orjson.dumps(GOOD)), 429, "too-many")


def test_a_broker_that_is_away_is_no_answer_yet_and_its_address_is_not_told(api: Api) -> None:
    api.log.away = True
    answer = api.send(orjson.dumps(GOOD))
    problem(answer, 503, "away")
    assert "10.9.8.7" not in answer.text
    assert int(answer.headers["retry-after"]) > 0
    assert api.send(orjson.dumps(WRONG)).json()["refused"] == 1  # nothing of it is for the broker
    api.log.away = False
    assert api.send(orjson.dumps(GOOD)).status_code == 202


def test_what_does_not_begin_in_time_never_does(tmp_path: Path) -> None:
    api = Api(tmp_path, patience_s=0.05)
    api.log.held = True
    problem(api.send(orjson.dumps(GOOD)), 503, "away")
    api.log.release()
    assert api.log.taken == []


def test_other_addresses_and_methods_are_problems_too(api: Api) -> None:
    problem(api.get("/api/none"), 404, "not-found")
    answer = asyncio.run(api.ask("PUT", "/api/events"))
    problem(answer, 405, "wrong-method")
    assert answer.headers["allow"] == "POST"


def test_health_needs_no_token(api: Api) -> None:
    assert api.get("/healthz", None).json() == {"status": "alive"}
    assert api.get("/readyz", None).json() == {"status": "ready"}
    api.is_ready = False
    assert api.get("/healthz", None).status_code == 200
    problem(api.get("/readyz", None), 503, "away")


def test_a_receipt_is_asked_for_by_source_and_id(tmp_path: Path) -> None:
    asked: list[tuple[str, str]] = []

    def receipts(source: str, id: str) -> dict[str, Any]:
        asked.append((source, id))
        if source != CLINIC:
            raise HttpProblem("not-found", "no such event")
        return receipt(source, id, [("accepted", "", "", "clinic-events", 1, 2), ("accepted", "", "", "x", 1, 1)])

    api = Api(tmp_path, receipts=receipts)
    told = api.get("/api/events/a%2Fb%20c").json()
    assert Receipt(**told).model_dump() == told
    assert (told["id"], told["offset"], told["publications"]) == ("a/b c", 2, 2)
    problem(api.get("/api/events/a%2Fb%20c", api.other), 404, "not-found")
    problem(api.get("/api/events/x", None), 401, "no-token")
    assert asked == [(CLINIC, "a/b c"), ("center:yucai", "a/b c")]


def test_a_store_that_is_away_and_a_mistake_of_ours_tell_nothing_of_the_inside(tmp_path: Path) -> None:
    for error, status, code in ((StoreAway("at 10.9.8.7"), 503, "away"), (KeyError("secret"), 500, "failed")):

        def fails(source: str, id: str, error: Exception = error) -> None:
            raise error

        answer = Api(tmp_path, receipts=fails).get("/api/events/x")
        problem(answer, status, code)
        assert not re.search(r"10\.9|secret", answer.text)


def test_a_spoilt_file_of_tokens_lets_nobody_in(api: Api) -> None:
    api.file.write_text("{")
    problem(api.send(orjson.dumps(GOOD)), 503, "away")
