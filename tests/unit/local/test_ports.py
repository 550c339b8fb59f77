"""Ports of a stack move as one block."""

from __future__ import annotations

import pytest

from deploy.local.ports import _FREE, PortFault, ports_from


def test_the_documented_ports_are_the_default() -> None:
    ports = ports_from(8080)
    assert (ports.accounts, ports.dossiers, ports.notifications) == (7101, 7102, 7103)
    assert (ports.smtp, ports.catcher, ports.payments) == (7025, 7026, 7027)
    assert (ports.kafka, ports.kafka_controller) == (7092, 7093)


def test_all_ports_move_with_the_gateways() -> None:
    here, there = ports_from(8080).items(), ports_from(9080).items()
    assert {name: port - here[name] for name, port in there.items()} == dict.fromkeys(here, 1000)


def test_blocks_that_are_looked_for_share_no_port() -> None:
    taken = [port for gateway in _FREE for port in ports_from(gateway).items().values()]
    assert len(taken) == len(set(taken))
    assert min(taken) >= 20000
    assert max(taken) < 32768, "where the kernel takes the ports of outgoing connections from"


@pytest.mark.parametrize("gateway", [80, 2078, 65536, 99999, -1])
def test_a_block_that_leaves_the_ports_that_there_are_is_refused_with_those_that_do(gateway: int) -> None:
    with pytest.raises(PortFault, match=r"Choose one from 2079 to 65535, or 0"):
        ports_from(gateway)


@pytest.mark.parametrize("gateway", [2079, 65535])
def test_the_outermost_blocks_are_usable(gateway: int) -> None:
    assert ports_from(gateway).gateway == gateway
