"""The ports of a stack, and a start that finds one taken."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from streams.embedded.layout import Layout
from streams.embedded.ports import ports_of
from streams.embedded.stack import Stack
from streams.endpoints import endpoints_file
from streams.errors import PortTaken


def test_a_start_that_finds_its_port_taken_leaves_the_stack_that_has_it_as_it_is(tmp_path: Path) -> None:
    """Its supervisor cannot be asked where DATA is known by two paths that are too long for a socket's name."""
    layout = Layout.of(tmp_path / "data")
    layout.prepare()
    endpoints_file(layout.data).write_text("{}")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        layout.ports.write_text(json.dumps({"broker": port, "controller": 1, "store": 2}))
        with pytest.raises(PortTaken, match=f"port {port} of the broker"):
            Stack(layout.data).up()
    assert endpoints_file(layout.data).exists()


def test_a_stack_of_an_earlier_huiyu_is_given_the_port_that_it_did_not_know(tmp_path: Path) -> None:
    layout = Layout.of(tmp_path / "data")
    layout.prepare()
    layout.ports.write_text(json.dumps({"broker": 15_001, "controller": 15_002, "store": 15_003}))
    ports = ports_of(layout, [])
    assert (ports.broker, ports.controller, ports.store) == (15_001, 15_002, 15_003)
    assert ports.page not in (0, 15_001, 15_002, 15_003)
    assert ports_of(layout, []) == ports


def test_the_pages_port_may_be_chosen_and_is_not_remembered(tmp_path: Path) -> None:
    layout = Layout.of(tmp_path / "data")
    layout.prepare()
    own = ports_of(layout, [])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert ports_of(layout, [], port).page == port
        with pytest.raises(PortTaken, match=f"port {port} of the page is taken"):
            ports_of(layout, ["page"], port)
    assert ports_of(layout, []) == own
