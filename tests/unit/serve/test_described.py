"""The pages and the OpenAPI document say what the API answers, and nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest

from streams.serve.forms import TYPES
from streams.serve.open_api import open_api
from streams.serve.problem import MEDIA_TYPE, TITLES
from streams.serve.upload import TYPES as SHEETS
from tests.support.pages import ROOT

PAGE = (ROOT / "docs" / "clinic-system.md").read_text("utf-8").partition("## By HTTP")[2].partition("\n## ")[0]
OURS = {"wrong-method", "failed"}
"""Not to be expected, so the page leaves them out."""


def test_the_page_tells_every_code_with_its_status() -> None:
    told = {code: int(status) for status, code in re.findall(r"(\d{3}),? `([a-z-]+)`", PAGE)}
    told |= {"no-sheets": 501} if "else 501" in PAGE else {}
    assert told == {code: status for code, (status, _) in TITLES.items() if code not in OURS}


def test_the_page_tells_every_type_of_body() -> None:
    assert [type for type in TYPES if f"`{type}`" not in PAGE and type != "application/x-jsonlines"] == []


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return open_api()


def test_the_document_has_the_bodies_and_the_errors(document: dict[str, Any]) -> None:
    post = document["paths"]["/api/events"]["post"]
    assert {*post["requestBody"]["content"]} == {*TYPES}
    assert {*document["paths"]["/api/sheets"]["post"]["requestBody"]["content"]} > {*SHEETS}
    errors = {status: answer["content"] for status, answer in post["responses"].items() if status >= "4"}
    assert {"400", "401", "403", "413", "415", "422", "429", "503"} <= {*errors}
    assert {type for content in errors.values() for type in content} == {MEDIA_TYPE}


def test_whatever_the_document_refers_to_is_there(document: dict[str, Any]) -> None:
    references = set(re.findall(r"'\$ref': '([^']+)'", repr(document)))
    assert references
    for reference in references:
        if reference.startswith("#/"):
            found: Any = document
            for part in reference[2:].split("/"):
                found = found[part]
        else:
            assert (ROOT / "docs" / "reference" / reference).is_file()
