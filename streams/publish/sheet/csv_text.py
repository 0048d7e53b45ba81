"""A CSV file as programs write it: UTF-8 with or without a mark, UTF-16, GBK; commas, semicolons, tabs. Pure."""

from __future__ import annotations

import codecs
import csv
import io

from streams.publish.sheet.grid import MOST_ROWS, Grid, bounded
from streams.publish.sheet.table import WrongSheet

LARGEST_CSV = 128 << 20
DELIMITERS = (",", "\t", ";")


def csv_grid(content: bytes) -> Grid:
    """The rows of a CSV file. Raises WrongSheet."""
    text = _text(content)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True):
            rows.append(row)
            if len(rows) > MOST_ROWS:
                break
    except csv.Error as error:
        raise WrongSheet(f"the file is no CSV: {error}") from error
    bounded("", len(rows), max(map(len, rows), default=0))
    return Grid("", rows)


def _text(content: bytes) -> str:
    if len(content) > LARGEST_CSV:
        raise WrongSheet(f"the file is larger than {LARGEST_CSV >> 20} MiB: divide it into several files")
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_utf16 else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WrongSheet("the file is neither UTF-8 nor GBK text: save it as CSV (UTF-8)")


def _delimiter(text: str) -> str:
    """The one that stands most often in the first lines."""
    head = text[:4096]
    return max(DELIMITERS, key=head.count)
