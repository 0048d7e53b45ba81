"""A workbook's parts, unpacked within bounds and looked at, before any library opens it. Pure.

What is handed on is a new archive of exactly the bytes that were looked at: sizes that an archive states may be lies.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from streams.publish.sheet.grid import bounded
from streams.publish.sheet.scanning import Scan, scanned
from streams.publish.sheet.table import WrongSheet

LARGEST_FILE, LARGEST_UNPACKED, MOST_PARTS, MOST_RATIO = 64 << 20, 512 << 20, 2_000, 200
SMALL = 1 << 20
"""A part of a megabyte may be packed as tightly as it likes: empty formatted rows are."""
PIECE = 1 << 20
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
NO_XLSX = "is no .xlsx workbook: save it as .xlsx or .csv (UTF-8)"


def unpacked(content: bytes) -> tuple[bytes, dict[str, Scan]]:
    """(the workbook without compression, what each worksheet's part holds by its name). Raises WrongSheet."""
    if content.startswith(OLD_EXCEL):
        raise WrongSheet("the file is an old .xls or protected by a password: save it as .xlsx without a password")
    if len(content) > LARGEST_FILE:
        raise WrongSheet(f"the file is larger than {LARGEST_FILE >> 20} MiB: divide it into several files")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _repacked(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise WrongSheet(f"the file {NO_XLSX}") from error


def _repacked(archive: zipfile.ZipFile) -> tuple[bytes, dict[str, Scan]]:
    names = archive.namelist()
    if len(names) > MOST_PARTS or len(set(names)) < len(names) or "xl/workbook.xml" not in names:
        raise WrongSheet(f"the file {NO_XLSX}")
    scans, left, packed = {}, LARGEST_UNPACKED, io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as copy:
        for info in archive.infolist():
            part = b"".join(_pieces(archive, info, left))
            left -= len(part)
            if info.filename.endswith((".xml", ".rels")):
                scans[info.filename] = _looked_at(part, info.filename)
            copy.writestr(info.filename, part)
    return packed.getvalue(), scans


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> Iterator[bytes]:
    """A part piece by piece, until it is more than it may be."""
    most = min(left, max(SMALL, info.compress_size * MOST_RATIO))
    with archive.open(info) as part:
        while piece := part.read(PIECE):
            most -= len(piece)
            if most < 0:
                raise WrongSheet("the file unpacks to far more than a sheet holds: copy the cells into a new workbook")
            yield piece


def _looked_at(part: bytes, name: str) -> Scan:
    try:
        scan = scanned(part)
    except expat.ExpatError as error:
        raise WrongSheet(f"the file {NO_XLSX}") from error
    bounded("", scan.height, scan.width)
    return scan
