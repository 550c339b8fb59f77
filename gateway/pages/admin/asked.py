"""What the administrator's pages ask the ward for, and how their addresses name it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol, TypeVar

from caunoi.accounts.v1.accounts_pb2 import Station
from caunoi.accounts.v1.stations_pb2 import Duty
from google.protobuf.message import Message

from gateway import rpcs
from gateway.pages.asking import services_of
from gateway.pages.identity import own_ward
from gateway.rpc import Rpc
from gateway.wards import Response, WardClient
from services.chassis.refusal import not_found


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Found = TypeVar("Found", bound=_Named)


def services() -> WardClient:
    """The services of the administrator's ward."""
    return services_of(own_ward())


def stations(since: date | None = None, until: date | None = None) -> list[Station]:
    """The ward's stations, also the closed ones; with the opening sessions from one day to another, both included."""
    days = {"since": since.isoformat(), "until": until.isoformat()} if since and until else {}
    return list(services().call(rpcs.LIST_ADMINISTERED_STATIONS, **days).stations)


def duties(since: date, until: date) -> dict[str, list[Duty]]:
    """Opening session → the volunteers on duty for it, by name; without those who were taken off."""
    found: dict[str, list[Duty]] = {}
    for duty in services().call(rpcs.LIST_DUTIES, since=since.isoformat(), until=until.isoformat()).duties:
        if not duty.taken_off_at.seconds:
            found.setdefault(duty.opening.id, []).append(duty)
    for on_duty in found.values():
        on_duty.sort(key=lambda duty: duty.volunteer.full_name)
    return found


def change(services: WardClient, rpc: Rpc[..., Response], row: Message, **changes: Any) -> Response:
    """Saves a row with some fields changed. A request replaces the whole row, so every other field that both have is
    sent unchanged, also fields that no page asks for.
    """
    known = rpc.descriptor.fields_by_name
    same = {field.name: value for field, value in row.ListFields() if field.name in known}
    return services.call(rpc, **{**same, **changes})


def by_id(found: Iterable[Found], id: object) -> Found:
    """The item with this id. Raises a Refusal (NOT_FOUND `not-found`)."""
    for one in found:
        if one.id == str(id):
            return one
    raise not_found("not-found", "Không tìm thấy mục này. Có thể người khác vừa thay đổi; xin quay lại danh sách.")
