"""Ports on the machine: whether one is taken, and by whom."""

from __future__ import annotations

import os
import socket

import pytest

from deploy.local.ports import HOST, PortFault, is_taken, ports_from, require_free


def test_a_free_block_is_free_and_has_no_port_twice() -> None:
    ports = list(ports_from(0).items().values())
    assert len(set(ports)) == len(ports)
    assert not any(is_taken(port) for port in ports)


def test_a_taken_port_is_named_with_its_holder_and_a_way_out() -> None:
    ports = ports_from(0)
    with socket.create_server((HOST, ports.kafka)):
        assert is_taken(ports.kafka)
        with pytest.raises(PortFault) as caught:
            require_free(ports)
    text = str(caught.value)
    assert f"{ports.kafka} (kafka), held by process {os.getpid()}" in text
    assert "CAUNOI_PORT=" in text
    assert "(dossiers)" not in text


def test_a_port_with_only_closing_connections_is_free() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((HOST, port)) as client, server.accept()[0] as accepted:
            accepted.close()  # the side that closes first keeps the connection in TIME_WAIT
            client.recv(1)
    assert not is_taken(port)
