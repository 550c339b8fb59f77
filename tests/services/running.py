"""A service as its process runs it: on real PostgreSQL, behind real gRPC."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from services.chassis.cells import Cells
from services.chassis.grpc.server import CallInterceptor, Server
from services.chassis.service import Parts, Service, cells_of
from services.chassis.settings import ServiceSettings
from services.chassis.tokens import load_verifier
from tests.district import DISTRICT
from tests.fakes.clock import SettableClock

#: Seconds for a call: a busy machine is slow, not wrong.
PATIENCE = 120

OwnParts = TypeVar("OwnParts", bound=Parts)


class RunningService(Generic[OwnParts]):
    """Put together by `build`, and listening at `address` until it is stopped."""

    def __init__(
        self,
        service: Service,
        build: Callable[[Any, Cells, SettableClock], OwnParts],
        settings: ServiceSettings,
        clock: SettableClock,
        keys: Path,
    ) -> None:
        self.clock = clock
        self.cells = cells_of(service, settings)
        self.parts = build(settings, self.cells, clock)
        self._server = Server(
            service_names=[contract.full_name for contract in service.contracts],
            interceptor=CallInterceptor(
                service.rules,
                frozenset(self.cells),
                load_verifier(keys / "trusted.json"),
                DISTRICT,
                polls=service.polls,
            ),
            listen="127.0.0.1:0",
            threads=settings.rpc_threads,
            reflected=False,
        )
        self.parts.register(self._server.grpc)
        self._server.start()
        self.address = f"127.0.0.1:{self._server.port}"

    def stop(self) -> None:
        self._server.stop(0)
        self.parts.close()
        for cell in self.cells.values():
            cell.database.close()
