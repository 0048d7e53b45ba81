"""Whether broker and store answer: by their own protocols, not by an open port."""

from __future__ import annotations

import socket
import urllib.error
import urllib.parse
import urllib.request

from kafka import KafkaAdminClient
from kafka.errors import KafkaError


def broker_answers(servers: str) -> bool:
    """True when the broker tells its metadata.

    Where nobody listens no client is made: one of kafka-python 3.0.12 that cannot be made leaves its thread behind,
    which goes on looking for the broker, and logging, until the process ends.
    """
    if not any(map(listens, servers.split(","))):
        return False
    try:
        admin = KafkaAdminClient(bootstrap_servers=servers, bootstrap_timeout_ms=1_000, request_timeout_ms=2_000)
    except (KafkaError, OSError, ValueError):
        return False
    try:
        admin.list_topics()
    except KafkaError:
        return False
    finally:
        admin.close()
    return True


def listens(server: str) -> bool:
    """True when somebody takes connections there (host:port)."""
    host, _, port = server.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), 2):
            return True
    except (OSError, ValueError):
        return False


def store_answers(url: str) -> bool:
    """True when the store answers on /ping."""
    parts = urllib.parse.urlsplit(url)
    try:
        with urllib.request.urlopen(f"{parts.scheme}://{parts.hostname}:{parts.port}/ping", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
