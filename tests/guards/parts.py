"""The services and their contracts, as every guard looks at them."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from google.protobuf.descriptor import Descriptor, FileDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from gateway import rpcs
from gateway.acts import ACTS
from gateway.rpc import Rpc
from services.accounts.service import SERVICE as ACCOUNTS
from services.chassis.events.envelope import event_type
from services.chassis.grpc.rpc import Table
from services.chassis.service import Service
from services.dossiers.service import SERVICE as DOSSIERS
from services.notifications.service import SERVICE as NOTIFICATIONS

ROOT = Path(__file__).resolve().parents[2]
SERVICES: dict[str, Service] = {service.name: service for service in (ACCOUNTS, DOSSIERS, NOTIFICATIONS)}
#: Streams that no service of ours needs to read: they are for other systems (docs/events.md, *External*).
EXTERNAL = {"civil-status"}


def contracts_of_events() -> Iterator[FileDescriptor]:
    """The files of events, in the order of the services."""
    for service in SERVICES:
        yield importlib.import_module(f"caunoi.{service}.v1.events_pb2").DESCRIPTOR


def event_types() -> dict[str, Descriptor]:
    """Event type → its payload's descriptor."""
    found: dict[str, Descriptor] = {}
    for file in contracts_of_events():
        module = importlib.import_module(file.name.removesuffix(".proto").replace("/", ".") + "_pb2")
        for name, descriptor in file.message_types_by_name.items():
            try:
                found[event_type(getattr(module, name))] = descriptor
            except LookupError:
                continue  # a part of events, such as DossierFacts
    return found


def rpc_names() -> set[str]:
    return {method.name for service in SERVICES.values() for method in service.methods}


def unserved(service: Service) -> set[str]:
    """RPCs of the contracts that have no row in the service's table."""
    return {method.name for method in service.methods} - set(table_of(service.name))


def table_of(service: str) -> Table:
    """The RPCs of a service: its servicer's tables, one a contract."""
    module = importlib.import_module(f"services.{service}.servicer")
    tables = [each for name, each in vars(module).items() if name.isupper() and isinstance(each, dict)]
    return {name: rpc for table in tables for name, rpc in table.items()}


def request_of(service: Service, rpc: str) -> Message:
    """An empty request of the RPC."""
    (kind,) = (method.input_type for method in service.methods if method.name == rpc)
    return GetMessageClass(kind)()


def gateway_rpcs() -> list[Rpc[..., Message]]:
    """The RPCs that the gateway calls: those of its table, and of the acts on a dossier."""
    return [each for each in vars(rpcs).values() if isinstance(each, Rpc)] + [act.rpc for act in ACTS.values()]


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Path from the root and syntax of every module below the folders."""
    for folder in folders:
        for path in _modules(folder):
            yield str(path.relative_to(ROOT)), _syntax(path)


def nodes(*folders: str) -> Iterator[tuple[str, ast.AST]]:
    """Path from the root and node, of all syntax below the folders."""
    for folder in folders:
        for path in _modules(folder):
            name = str(path.relative_to(ROOT))
            for node in _nodes(path):
                yield name, node


@cache
def _modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@cache
def _nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(_syntax(path)))


@cache
def _syntax(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
