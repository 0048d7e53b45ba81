"""A spreadsheet by HTTP: every row is answered, every wrong cell named, and no identifier leaves."""

from __future__ import annotations

import asyncio
import io
import zipfile
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from streams.serve.upload import XLSX
from tests.support.http_api import CLINIC, Api, problem
from tests.unit.publish.template_sheets import ROW, ZHANG, ZHANGS_TOKEN, a_csv, a_workbook

HEADINGS = ("身份证号", "体检日期", "体重(kg)")
RIGHT, WRONG = (ZHANG, ROW["体检日期"], 9.6), ("110105194912310020", "2026-03-03", 960)


@pytest.fixture
def api(tmp_path: Path) -> Api:
    return Api(tmp_path)


def sent(api: Api, content: bytes, type: str = XLSX, path: str = "/api/sheets", **more: Any) -> httpx.Response:
    headers = {"content-type": type} | more.pop("headers", {})
    return asyncio.run(api.ask("POST", path, content=content, headers=headers, **more))


def form(api: Api, *files: tuple[str, bytes]) -> httpx.Response:
    named = [("file", (name, content, XLSX)) for name, content in files]
    return asyncio.run(api.ask("POST", "/api/sheets", files=named, data={"note": "x"}))


def test_a_row_becomes_an_event_of_the_tokens_source(api: Api) -> None:
    answer = sent(api, a_workbook(HEADINGS, RIGHT))
    assert answer.status_code == 202, answer.text
    body = answer.json()
    assert (body["rows"], body["accepted"], body["refused"], body["problems"]) == (1, 1, 0, [])
    ((result,), (outgoing,)) = (body["results"], api.log.taken)
    assert (result["row"], result["status"], result["events"][0]["status"]) == (2, "accepted", "accepted")
    event = orjson.loads(outgoing.value)
    assert (event["source"], event["subject"], event["data"]["weight_kg"]) == (CLINIC, ZHANGS_TOKEN, 9.6)
    assert ZHANG.encode() not in outgoing.value + answer.content


def test_wrong_cells_are_named_and_the_other_rows_are_sent(api: Api) -> None:
    body = sent(api, a_workbook(HEADINGS, WRONG, RIGHT)).json()
    assert [(row["row"], row["status"]) for row in body["results"]] == [(2, "refused"), (3, "accepted")]
    assert {(each["row"], each["column"]) for each in body["problems"]} == {(2, "身份证号")}
    assert all(each["message"] and each["place"] for each in body["problems"])
    assert len(api.log.taken) == 1


def test_a_csv_file_and_a_form_do_as_well(api: Api) -> None:
    line = ",".join(map(str, RIGHT))
    assert sent(api, a_csv(",".join(HEADINGS), line), "text/csv; charset=utf-8").json()["accepted"] == 1
    again = form(api, ("体检.xlsx", a_workbook(HEADINGS, RIGHT))).json()
    assert [event["status"] for row in again["results"] for event in row["events"]] == ["unchanged"]
    named = sent(api, a_csv(",".join(HEADINGS), line), XLSX, "/api/sheets?filename=..%2Fa.csv")
    assert named.json()["accepted"] == 1
    assert len(api.log.taken) == 1


def test_a_corrected_sheet_becomes_a_correction(api: Api) -> None:
    sent(api, a_workbook(HEADINGS, RIGHT))
    sent(api, a_workbook(HEADINGS, (ZHANG, RIGHT[1], 9.7)))
    first, second = (orjson.loads(outgoing.value) for outgoing in api.log.taken)
    assert (first["revision"], second["revision"]) == (1, 2)
    assert first["recordid"] == second["recordid"]


def test_a_sheet_that_the_broker_did_not_take_is_sent_again(api: Api) -> None:
    api.log.away = True
    problem(sent(api, a_workbook(HEADINGS, RIGHT)), 503, "away")
    api.log.away = False
    assert sent(api, a_workbook(HEADINGS, RIGHT)).json()["results"][0]["events"][0]["status"] == "accepted"
    assert len(api.log.taken) == 1


def test_the_same_request_is_answered_the_same(api: Api) -> None:
    named = {"idempotency-key": "sheet-1"}
    first, second = (sent(api, a_workbook_of_bytes(), headers=named) for _ in range(2))
    assert (first.content, second.headers["idempotent-replayed"]) == (second.content, "true")


def a_workbook_of_bytes(known: list[bytes] = []) -> bytes:  # noqa: B006 - a workbook is never saved twice alike
    if not known:
        known.append(a_workbook(HEADINGS, RIGHT))
    return known[0]


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 cut", a_workbook(("a", "b"), (1, 2))])
def test_what_is_no_sheet_of_ours_is_told_in_a_line(content: bytes, api: Api) -> None:
    told = problem(sent(api, content), 422, "wrong-sheet")
    assert "\n" not in told["detail"]


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(api: Api) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (65 << 20))
    problem(sent(api, packed.getvalue()), 413, "too-large")


@pytest.mark.parametrize("count", [0, 2])
def test_a_form_holds_one_file(count: int, api: Api) -> None:
    problem(
        form(api, *[("a.xlsx", b"x")] * count),
        415 if count == 0 else 400,
        "wrong-type" if count == 0 else "not-readable",
    )


@pytest.mark.parametrize(
    "type", ["multipart/form-data", "multipart/form-data; boundary=b", "multipart/form-data; boundary="]
)
def test_a_form_that_is_none_is_refused(type: str, api: Api) -> None:
    problem(sent(api, b"--c\r\nx", type), 400, "not-readable")


def test_another_type_is_not_taken(api: Api) -> None:
    problem(sent(api, b"{}", "application/json"), 415, "wrong-type")
    problem(asyncio.run(api.ask("POST", "/api/sheets", None, content=b"")), 401, "no-token")


def test_without_the_countys_key_no_sheet_is_taken(tmp_path: Path) -> None:
    problem(sent(Api(tmp_path, county_key=None), b""), 501, "no-sheets")


def test_a_sheet_counts_its_events(tmp_path: Path) -> None:
    api = Api(tmp_path, per_minute=1)
    assert sent(api, a_workbook(HEADINGS, RIGHT)).status_code == 202
    problem(sent(api, a_workbook(HEADINGS, RIGHT)), 429, "too-many")
