"""A ward with a station, as its administrator sets it up."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from caunoi.accounts.v1 import stations_pb2
from google.protobuf.message import Message

from services.chassis.refusal import Refusal
from services.chassis.tokens import Role
from tests.services.accounts.service import NAM_DUONG, Accounts

TODAY, TOMORROW = "2020-10-06", "2020-10-07"


class Ward:
    """The administrator does everything, unless another caller is named."""

    def __init__(self, accounts: Accounts, code: str = NAM_DUONG) -> None:
        self.accounts = accounts
        self.code = code
        self.admin = accounts.token(str(uuid4()), Role.WARD_ADMIN, ward=code)
        self.citizen = accounts.token(str(uuid4()), ward=code)

    def call(self, rpc: str, request: Message, token: str = "", key: str = "", kiosk: str = "") -> Any:
        return self.accounts.call(rpc, request, ward=self.code, token=token or self.admin, key=key, kiosk=kiosk)

    def station(self, name: str = "Trạm tổ 12", **values: Any) -> Any:
        request = stations_pb2.SaveStationRequest(**{"name": name, "address": "12 Lê Đình Thám", **values})
        return self.call("SaveStation", request)

    def opening(self, station: str, on: str = TODAY, starts: str = "08:00", ends: str = "11:00", **values: Any) -> Any:
        request = stations_pb2.SaveOpeningRequest(station_id=station, on=on, starts=starts, ends=ends, **values)
        return self.call("SaveOpening", request)

    def volunteer(self, username: str = "lan.tran", full_name: str = "Trần Thị Lan", key: str = "") -> Any:
        request = stations_pb2.AddVolunteerRequest(full_name=full_name, username=username)
        return self.call("AddVolunteer", request, key=key)

    def duty(self, opening: str, volunteer: str) -> Any:
        return self.call("PutOnDuty", stations_pb2.PutOnDutyRequest(opening_id=opening, volunteer_id=volunteer))

    def duties(self, token: str = "", since: str = TODAY, until: str = TOMORROW) -> Any:
        return self.call("ListDuties", stations_pb2.ListDutiesRequest(since=since, until=until), token).duties

    def device(self, station: str, kind: str = "kiosk", name: str = "Máy 1", kiosk: str = "", key: str = "") -> Any:
        request = stations_pb2.AddDeviceRequest(station_id=station, kind=kind, name=name, kiosk_id=kiosk)
        return self.call("AddDevice", request, key=key)

    def enrol(self, code: str, kind: str = "kiosk") -> Any:
        request = stations_pb2.EnrolDeviceRequest(code=code, kind=kind)
        return self.accounts.call("EnrolDevice", request, ward=self.code)

    def session(self, credential: str) -> Any:
        request = stations_pb2.OpenDeviceSessionRequest(credential=credential)
        return self.accounts.call("OpenDeviceSession", request, ward=self.code)

    def revoke(self, device: str) -> Any:
        return self.call("RevokeDevice", stations_pb2.RevokeDeviceRequest(device_id=device))

    def enrolled(self, station: str, kind: str = "kiosk", name: str = "Máy 1", kiosk: str = "") -> Any:
        """A device with a session: id at `.device.id`, token at `.token`."""
        return self.session(self.enrol(self.device(station, kind, name, kiosk).code, kind).credential)


def refused(type: str, act: Callable[..., object], *args: Any, **kwargs: Any) -> Refusal:
    """The refusal of an act, which is of this type."""
    with pytest.raises(Refusal) as no:
        act(*args, **kwargs)
    assert no.value.type == type
    return no.value


def at_once(act: Callable[[], Any], times: int = 2) -> list[Any]:
    """The results of doing it this many times at the same moment: answers and Refusals."""

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(came_of, [act] * times))


def came_of(act: Callable[[], Any]) -> Any:
    """The answer to an act, or its Refusal."""
    try:
        return act()
    except Refusal as no:
        return no
