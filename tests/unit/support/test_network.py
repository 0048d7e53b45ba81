"""The network of the tests itself: it forwards, delays, swallows, drops and half-closes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from tests.support.network import DELAYS_S, LOOPBACK, Network


class Echo:
    """A server that sends back what it hears, and keeps what it heard."""

    def __init__(self) -> None:
        self._socket = socket.create_server((LOOPBACK, 0))
        self.port = self._socket.getsockname()[1]
        self.ended = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                threading.Thread(target=self._echo, args=(connection,), daemon=True).start()

    def _echo(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while piece := connection.recv(4096):
                connection.sendall(piece)
            self.ended.set()
            connection.recv(4096)

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def network() -> Iterator[Network]:
    with ExitStack() as running:
        echo = Echo()
        running.callback(echo.close)
        with socket.create_server((LOOPBACK, 0)) as probe:
            port = probe.getsockname()[1]
        yield running.enter_context(Network(port, echo.port))


@pytest.fixture
def client(network: Network) -> Iterator[socket.socket]:
    with socket.create_connection((LOOPBACK, network.port), 5) as connection:
        connection.settimeout(5)
        assert _echoed(connection, b"before") == b"before"
        yield connection


def _echoed(connection: socket.socket, text: bytes) -> bytes:
    connection.sendall(text)
    return connection.recv(4096)


def test_a_delay_lasts_until_it_is_healed(network: Network, client: socket.socket) -> None:
    network.delay()
    began = time.monotonic()
    assert _echoed(client, b"slow") == b"slow"
    assert time.monotonic() - began > 2 * DELAYS_S[0]  # there and back
    assert network.hit == 2
    network.heal()
    assert _echoed(client, b"fast") == b"fast"
    assert network.hit == 2


def test_what_was_swallowed_goes_on_when_it_is_healed(network: Network, client: socket.socket) -> None:
    network.swallow()
    client.settimeout(0.3)
    with pytest.raises(TimeoutError):
        _echoed(client, b"held")
    with socket.create_connection((LOOPBACK, network.port), 5) as another:
        another.settimeout(5)
        another.sendall(b"taken")
        network.heal()
        assert another.recv(4096) == b"taken"
    client.settimeout(5)
    assert client.recv(4096) == b"held"


def test_a_drop_resets_what_is_connected_and_nothing_later(network: Network, client: socket.socket) -> None:
    network.drop()
    with pytest.raises(ConnectionResetError):
        client.recv(4096)
    assert network.hit == 1
    with socket.create_connection((LOOPBACK, network.port), 5) as another:
        assert _echoed(another, b"again") == b"again"


def test_a_half_close_ends_one_direction_of_every_connection(network: Network, client: socket.socket) -> None:
    with ExitStack() as more:
        clients = [more.enter_context(socket.create_connection((LOOPBACK, network.port), 5)) for _ in range(20)]
        for connection in clients:
            assert _echoed(connection, b"x") == b"x"
        network.half_close()
        assert network.hit == 21
        ends = [connection.recv(4096) for connection in clients]  # a server that hears an end closes, too
        assert ends == [b""] * 20
    assert client.recv(4096) == b""


def test_nobody_behind_it_is_nobody_to_talk_to(network: Network) -> None:
    with Network(network.port + 1, 1) as broken, socket.create_connection((LOOPBACK, broken.port), 5) as connection:
        connection.settimeout(5)
        with suppress(ConnectionResetError):
            assert connection.recv(4096) == b""
