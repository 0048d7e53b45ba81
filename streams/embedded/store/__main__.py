"""`python -m streams.embedded.store DATA PORT`: the store's process."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from aiohttp import web

from streams import logs
from streams.embedded.layout import Layout
from streams.embedded.ports import LOOPBACK
from streams.embedded.secrets import passwords_of
from streams.embedded.store import access
from streams.embedded.store.gateway import Gateway
from streams.embedded.store.spool import Spool
from streams.settings import Settings

LAST_REQUESTS_S = 5.0
LAST_MOMENT_S = 12.0
"""After SIGTERM, whatever the engine still does: a query that it does not end would keep the process for ever. What was
acknowledged survives any end."""


def main() -> None:
    """Serve the engine of a stack's DATA until SIGTERM."""
    logs.configure("store")
    layout, port = Layout.of(Path(sys.argv[1])), int(sys.argv[2])
    passwords = passwords_of(layout)
    spool, users = Spool(layout.store / "inserts"), access.users(passwords.huiyu, passwords.analyst)
    gateway = Gateway(str(layout.store / "engine"), Settings().timezone, spool, users)
    application = gateway.application()
    application.on_shutdown.append(_end_in_any_case)
    web.run_app(
        application,
        host=LOOPBACK,
        port=port,
        print=None,
        access_log=None,
        handler_cancellation=True,
        shutdown_timeout=LAST_REQUESTS_S,
    )


async def _end_in_any_case(_application: web.Application) -> None:
    timer = threading.Timer(LAST_MOMENT_S, os._exit, (0,))
    timer.daemon = True
    timer.start()


if __name__ == "__main__":
    main()
