"""Where everything of one embedded stack lies in DATA, and that DATA can be used at all."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from streams.embedded.private_file import write_private
from streams.errors import DataUnusable, DiskFull

LAYOUT_VERSION = "1"
FULL = (errno.ENOSPC, errno.EDQUOT)
LONGEST_SOCKET_PATH = 96
"""Bytes. The kernel takes 108; the supervisor first binds a name that is a little longer."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders and files of one stack; `data` is absolute."""

    data: Path

    @classmethod
    def of(cls, data: Path) -> Layout:
        return cls(data.expanduser().resolve())

    @property
    def run(self) -> Path:
        return self.data / "run"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def broker(self) -> Path:
        return self.data / "broker"

    @property
    def store(self) -> Path:
        return self.data / "store"

    @property
    def ready(self) -> Path:
        return self.run / "ready"

    @property
    def version(self) -> Path:
        return self.data / "version"

    @property
    def secrets(self) -> Path:
        return self.data / "secrets.json"

    @property
    def ports(self) -> Path:
        return self.data / "ports.json"

    @property
    def socket(self) -> Path:
        """The supervisor's socket; the kernel bounds the length of its path, so a deep DATA gets a short one."""
        near = self.run / "supervisor.sock"
        if len(os.fsencode(near)) <= LONGEST_SOCKET_PATH:
            return near
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"huiyu-{os.getuid()}" / f"{name}.sock"

    def log(self, process: str) -> Path:
        return self.logs / f"{process}.log"

    def prepare(self) -> None:
        """Make the folders; DATA holds children's records, so nobody else may look in. Raises DataUnusable."""
        with usable(self):
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._check_version()
            for folder in (self.run, self.logs, self.broker, self.store, self.ready):
                folder.mkdir(exist_ok=True)
            self._make_socket_folder()
            write_private(self.run / "writable", "")

    def _check_version(self) -> None:
        if not self.version.exists():
            write_private(self.version, LAYOUT_VERSION + "\n")
        elif (found := self.version.read_text().strip()) != LAYOUT_VERSION:
            raise DataUnusable(
                f"DATA {self.data} is of layout {found}, this huiyu knows {LAYOUT_VERSION}: upgrade huiyu"
            )

    def _make_socket_folder(self) -> None:
        folder = self.socket.parent
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder != self.run and (folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o077):
            raise DataUnusable(f"{folder} is open to other users: remove it, or choose a DATA with a shorter path")


@contextmanager
def usable(layout: Layout) -> Iterator[None]:
    """Turn what the disk refuses into one line that says what to do. Raises DataUnusable, DiskFull."""
    try:
        yield
    except OSError as error:
        raise _refused(layout, error) from error


def _refused(layout: Layout, error: OSError) -> DataUnusable:
    told = f"DATA {layout.data} cannot be used: {error.strerror or error}"
    if error.errno in FULL:
        return DiskFull(f"{told}: make room on its disk")
    return DataUnusable(f"{told}: choose another with --data or HUIYU_DATA")
