"""`huiyu run serve` as a process: it listens whatever the broker does, with TLS if told so, and ends when asked."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.commands import INHERITED, huiyu, one_line
from tests.support.pages import ROOT
from tests.support.pipeline import until

TLS = ROOT / "tests" / "support" / "tls"
CERTIFICATE, KEY = str(TLS / "certificate.pem"), str(TLS / "key.pem")
NOWHERE = {"KAFKA": "127.0.0.1:1", "CLICKHOUSE": "http://127.0.0.1:1"}


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(data: Path, **settings: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """The process, and its port."""
    port = a_free_port()
    given = NOWHERE | {"DATA": str(data), "SERVE_PORT": str(port)} | settings
    env = {name: os.environ[name] for name in INHERITED if name in os.environ}
    command = [sys.executable, "-m", "streams.cli", "run", "serve"]
    process = subprocess.Popen(
        command, env=env | {f"HUIYU_{name}": value for name, value in given.items()}, stderr=subprocess.PIPE, text=True
    )
    try:
        until(lambda: process.poll() is not None or _listens(port), "it listens")
        yield port, process
    finally:
        process.kill()
        process.communicate()


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_without_a_broker_it_lives_is_not_ready_and_ends_in_order(tmp_path: Path) -> None:
    with serving(tmp_path, READY_FILE=str(tmp_path / "ready")) as (port, process):
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            assert client.get("/healthz").status_code == 200
            away = client.get("/readyz")
            assert (away.status_code, away.json()["code"]) == (503, "away")
            assert client.post("/api/events", json={}).status_code == 401
        assert not (tmp_path / "ready").exists()
        process.terminate()
        said = process.communicate(timeout=60)[1]
        assert process.returncode == 0, said
        assert "Traceback" not in said


def test_with_a_certificate_it_speaks_tls_and_nothing_else(tmp_path: Path) -> None:
    with serving(tmp_path, SERVE_CERTIFICATE=CERTIFICATE, SERVE_PRIVATE_KEY=KEY) as (port, _):
        trusting = ssl.create_default_context(cafile=CERTIFICATE)
        assert httpx.get(f"https://127.0.0.1:{port}/healthz", verify=trusting).status_code == 200
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"http://127.0.0.1:{port}/healthz")


@pytest.mark.parametrize(
    ("certificate", "key"), [("none.pem", KEY), (CERTIFICATE, "none.pem"), (KEY, CERTIFICATE), (CERTIFICATE, "")]
)
def test_a_certificate_that_cannot_be_used_is_told(certificate: str, key: str, tmp_path: Path) -> None:
    tls = {"SERVE_CERTIFICATE": certificate} | ({"SERVE_PRIVATE_KEY": key} if key else {})
    done = huiyu("run", "serve", data=tmp_path, SERVE_PORT=str(a_free_port()), **NOWHERE, **tls)
    assert done.returncode == 1
    assert "HUIYU_SERVE_CERTIFICATE or HUIYU_SERVE_PRIVATE_KEY cannot be used" in one_line(done.stderr)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = huiyu("run", "serve", data=tmp_path, SERVE_PORT=port, **NOWHERE)
    assert done.returncode == 9
    assert f"HUIYU_SERVE_PORT={port}" in one_line(done.stderr)
