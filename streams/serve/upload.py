"""The spreadsheet of a request: its name and its bytes, from the body itself or from a form. Pure.

Forms are read here and not by the framework, which would put a large file, full of identity numbers, on the disk.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from email.message import Message
from pathlib import PurePath
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import File, FormParser

from streams.serve.bodies import LARGEST
from streams.serve.problem import HttpProblem

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {XLSX: "sheet.xlsx", "text/csv": "sheet.csv"}
FORM = "multipart/form-data"
TAKEN = ", ".join((*TYPES, FORM))
LARGEST_UNPACKED = 64 << 20
"""Bytes of a workbook's parts, as they say; a reader stops there whatever comes."""


def upload_of(content_type: str, filename: str, body: bytes) -> tuple[str, bytes]:
    """(file name, content); `filename`: as the request's address says it. Raises HttpProblem (400, 413, 415)."""
    parsed = Message()
    parsed["content-type"] = content_type
    given = parsed.get_content_type() if content_type else ""
    if given == FORM:
        name, content = _in_form(str(parsed.get_param("boundary", "")), body)
    elif given in TYPES:
        name, content = filename or TYPES[given], body
    else:
        raise HttpProblem("wrong-type", f"Content-Type is not one of {TAKEN}", {"Accept-Post": TAKEN})
    _check_unpacked(content)
    return PurePath(name).name, content


def _in_form(boundary: str, body: bytes) -> tuple[str, bytes]:
    """The one file of a form."""
    found: list[tuple[str, bytes]] = []

    def keep(file: File) -> None:
        file.file_object.seek(0)
        found.append(((file.file_name or b"").decode("utf-8", "replace"), file.file_object.read()))

    ignore: Callable[[Any], None] = lambda field: None  # noqa: E731 - the library wants one
    bounds = {"MAX_MEMORY_FILE_SIZE": LARGEST + 1, "MAX_FIELDS": 20, "MAX_FIELD_SIZE": 1_000, "MAX_BODY_SIZE": LARGEST}
    try:
        parser = FormParser(FORM, ignore, keep, boundary=boundary, config=bounds)
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise HttpProblem("not-readable", "the body is not a form as its Content-Type says") from error
    if len(found) != 1 or not found[0][0]:
        raise HttpProblem("not-readable", "the form does not hold exactly one file with a name")
    return found[0]


def _check_unpacked(content: bytes) -> None:
    """What is no archive the reader of sheets says better."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return
    if size > LARGEST_UNPACKED:
        raise HttpProblem("too-large", f"the workbook unpacks to more than {LARGEST_UNPACKED >> 20} MiB: divide it")
