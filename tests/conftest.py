"""No test sees the settings of whoever runs it: a HUIYU_KAFKA of the shell must never be written to."""

from __future__ import annotations

import os
import signal

signal.signal(signal.SIGHUP, signal.SIG_DFL)
"""Behind `nohup` it is ignored, and what is started here would inherit that: some tests close a terminal."""


def pytest_configure() -> None:
    """Before anything of the project is imported, also in each worker of xdist."""
    for name in [name for name in os.environ if name.upper().startswith("HUIYU_")]:
        del os.environ[name]
