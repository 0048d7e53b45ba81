"""An insert's data on their way into the engine: written to a file that the engine then reads.

The engine's own streaming insert must not be used: what fails when its last block is committed, such as a full disk, it
reports as success.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from streams.embedded.store.errors import NOT_ENOUGH_SPACE, StoreError
from streams.embedded.store.statements import Insert, quoted

FULL = (errno.ENOSPC, errno.EDQUOT)


class Spool:
    """The folder of such files; what a killed process left there is removed when the next one opens it."""

    def __init__(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        # The engine takes characters such as * and { in a path as a pattern: name as little of it as possible.
        self._folder = os.path.relpath(folder)

    @contextmanager
    def file(self) -> Iterator[IO[bytes]]:
        """A file for one insert's data, removed afterwards. Raises StoreError when the disk is full."""
        try:
            with tempfile.NamedTemporaryFile(dir=self._folder) as file:
                yield file
        except OSError as error:
            if error.errno in FULL:
                raise StoreError(NOT_ENOUGH_SPACE, "No space left on device") from error
            raise


def insert_from(file: IO[bytes], connection: Any, insert: Insert) -> int:
    """Insert what was written to the file; the number of rows. Raises the engine's errors."""
    file.flush()
    return int(connection.query(insert.from_file(os.path.relpath(file.name))).rows_read())


def table_from(file: IO[bytes], connection: Any, name: str, structure: str, form: str) -> None:
    """Make a temporary table of what was written to the file. Raises the engine's errors."""
    file.flush()
    source = ", ".join(map(quoted, (os.path.relpath(file.name), form, structure, "none")))
    connection.query(f"CREATE TEMPORARY TABLE {name} AS SELECT * FROM file({source})")
