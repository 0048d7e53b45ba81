"""A disk that can be full: a file system of its own, and a store that is told that it has no room."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path

from streams.settings import Settings
from tests.support.stores import ask, change

BALLAST = "ballast"
ROOM = 1 << 20
"""Bytes that are taken at once, until there is no byte left."""


class Volume:
    """A small file system in memory at a folder; a context manager. Needs the right to mount, as in `unshare -r -m`."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self._folder, self._megabytes = folder, megabytes

    def __enter__(self) -> Volume:
        self._folder.mkdir(parents=True, exist_ok=True)
        options = f"size={self._megabytes}m,mode=700"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "huiyu-chaos", str(self._folder)], check=True)
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "--lazy", str(self._folder)], check=True)

    def fill(self) -> None:
        """Take every byte that is left: the next write of anybody is answered with ENOSPC."""
        step = ROOM
        with (self._folder / BALLAST).open("ab", buffering=0) as file:
            while step:
                try:
                    if file.write(bytes(step)) < step:
                        step //= 2
                except OSError:
                    step //= 2
            os.fsync(file.fileno())

    def free(self) -> None:
        """Give it all back."""
        with suppress(FileNotFoundError):
            (self._folder / BALLAST).unlink()


class Refusal:
    """The store refuses every insert as with a full disk: more room is asked for than any disk has."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def fill(self) -> None:
        self._alter(f"MODIFY SETTING min_free_disk_bytes_to_perform_insert = {10**18}")

    def free(self) -> None:
        self._alter("RESET SETTING min_free_disk_bytes_to_perform_insert")

    def _alter(self, how: str) -> None:
        named = "name FROM system.tables WHERE database = 'huiyu_store' AND engine LIKE '%MergeTree'"
        tables = ask(self._settings, f"SELECT {named}")
        change(self._settings, *(f"ALTER TABLE huiyu_store.{table} {how}" for (table,) in tables))
