"""The ports of a stack: one block that moves as a whole, so that several stacks run side by side."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, fields

import psutil

HOST = "127.0.0.1"
DEFAULT = 8080
_OTHERS = (
    7104,
    7101,
    7102,
    7103,
    7110,
    7114,
    7111,
    7112,
    7113,
    7025,
    7026,
    7027,
    7092,
    7093,
)  # where the gateway has DEFAULT
_LOWEST = min(_OTHERS)
_USABLE = range(1024, 65536)  # lower ports are for root only
#: Gateways of blocks that share no port: no two ports of a block end in the same two digits. All are below the kernel's
#: ports for outgoing connections.
_FREE = range(DEFAULT + 13_000, DEFAULT + 23_000, 100)


class PortFault(Exception):
    """The stack cannot listen on its ports; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Ports:
    gateway: int
    streams: int
    accounts: int
    dossiers: int
    notifications: int
    gateway_metrics: int
    streams_metrics: int
    accounts_metrics: int
    dossiers_metrics: int
    notifications_metrics: int
    smtp: int
    catcher: int
    payments: int
    kafka: int
    kafka_controller: int

    def items(self) -> Mapping[str, int]:
        return {field.name.replace("_", " "): getattr(self, field.name) for field in fields(self)}


def ports_from(gateway: int) -> Ports:
    """The block whose gateway listens on `gateway` (8080: the documented ports); 0 finds a free block.

    Raises PortFault if the block would exceed the usable ports, or if there is no free block.
    """
    if gateway != 0:
        block = _block(gateway)
        if not all(port in _USABLE for port in block.items().values()):
            raise PortFault(
                f"CAUNOI_PORT={gateway} will not do: all ports move with the gateway's, and they have to stay between "
                f"{_USABLE.start} and {_USABLE.stop - 1}.\n"
                f"Choose one from {_USABLE.start + DEFAULT - _LOWEST} to {_USABLE.stop - 1}, or 0 for any that is free."
            )
        return block
    for turn in range(len(_FREE)):
        # Starts at the process id, so that two stacks that start at the same moment try different blocks.
        ports = _block(_FREE[(os.getpid() + turn) % len(_FREE)])
        if not any(is_taken(port) for port in ports.items().values()):
            return ports
    raise PortFault("No free block of ports was found between 20000 and 31000.")


def _block(gateway: int) -> Ports:
    return Ports(gateway, *(port + gateway - DEFAULT for port in _OTHERS))


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        # As servers bind: a port in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError as fault:
            if fault.errno in (errno.EADDRINUSE, errno.EACCES):
                return True
            raise
    return False


def require_free(ports: Ports) -> None:
    """Raises PortFault naming each port that is in use and, if the system knows, the process."""
    taken = {name: port for name, port in ports.items().items() if is_taken(port)}
    if not taken:
        return
    holders = _holders()
    lines = [f"  {port} ({name}){holders.get(port, '')}" for name, port in taken.items()]
    elsewhere = ports.gateway + 10000 if ports.gateway < 50000 else DEFAULT
    raise PortFault(
        "These ports are taken:\n"
        + "\n".join(lines)
        + f"\nStop what holds them, or move this stack's whole block: CAUNOI_PORT={elsewhere} make run"
    )


def _holders() -> dict[int, str]:
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return {}
    listening = [one for one in connections if one.status == psutil.CONN_LISTEN and one.pid]
    return {int(getattr(one.laddr, "port", 0)): _name(one.pid or 0) for one in listening}


def _name(pid: int) -> str:
    try:
        return f", held by process {pid} ({psutil.Process(pid).name()})"
    except psutil.Error:
        return f", held by process {pid}"
