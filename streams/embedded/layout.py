"""Where everything of one embedded stack lies in DATA, and that DATA can be used at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from streams.errors import DataUnusable

LAYOUT_VERSION = "1"
LONGEST_SOCKET_PATH = 100


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
    def secrets(self) -> Path:
        return self.data / "secrets.json"

    @property
    def ports(self) -> Path:
        return self.data / "ports.json"

    @property
    def socket(self) -> Path:
        """The supervisor's socket; the kernel bounds the length of its path, so a deep DATA gets a short one."""
        near = self.run / "supervisor.sock"
        if len(str(near)) <= LONGEST_SOCKET_PATH:
            return near
        name = hashlib.sha256(str(self.data).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"huiyu-{name}.sock"

    def prepare(self) -> None:
        """Make the folders. Raises DataUnusable."""
        try:
            for folder in (self.run, self.logs, self.broker, self.store, self.ready):
                folder.mkdir(parents=True, exist_ok=True)
            self._check_version()
        except OSError as error:
            message = f"DATA {self.data} cannot be used: {error.strerror}: choose another with --data or HUIYU_DATA"
            raise DataUnusable(message) from error
        if not os.access(self.data, os.W_OK):
            raise DataUnusable(f"DATA {self.data} cannot be written: choose another with --data or HUIYU_DATA")

    def _check_version(self) -> None:
        path = self.data / "version"
        if not path.exists():
            path.write_text(LAYOUT_VERSION + "\n")
        elif (found := path.read_text().strip()) != LAYOUT_VERSION:
            raise DataUnusable(
                f"DATA {self.data} is of layout {found}, this huiyu knows {LAYOUT_VERSION}: upgrade huiyu"
            )
