"""`python -m streams.embedded.store DATA PORT`: the store's process."""

from __future__ import annotations

import sys
from pathlib import Path

from aiohttp import web

from streams.embedded.layout import Layout
from streams.embedded.ports import LOOPBACK
from streams.embedded.secrets import passwords_of
from streams.embedded.store import access
from streams.embedded.store.gateway import Gateway
from streams.embedded.store.spool import Spool
from streams.settings import Settings

LAST_REQUESTS_S = 5.0


def main() -> None:
    """Serve the engine of a stack's DATA until SIGTERM."""
    layout, port = Layout.of(Path(sys.argv[1])), int(sys.argv[2])
    passwords = passwords_of(layout)
    spool, users = Spool(layout.store / "inserts"), access.users(passwords.huiyu, passwords.analyst)
    gateway = Gateway(str(layout.store / "engine"), Settings().timezone, spool, users)
    web.run_app(
        gateway.application(),
        host=LOOPBACK,
        port=port,
        print=None,
        access_log=None,
        handler_cancellation=True,
        shutdown_timeout=LAST_REQUESTS_S,
    )


if __name__ == "__main__":
    main()
