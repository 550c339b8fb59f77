"""A station with one computer, for pages that are shown at it."""

from __future__ import annotations

from caunoi.accounts.v1 import accounts_pb2 as accounts_v1
from caunoi.accounts.v1 import stations_pb2 as stations_v1
from google.protobuf.empty_pb2 import Empty

from tests.conftest import NAM_DUONG
from tests.unit.gateway.fakes import FakeWards

CREDENTIAL, TOKEN = f"{NAM_DUONG}.secret", "of-the-computer"
_DEVICE = stations_v1.Device(id="d1", kind="kiosk", name="Máy 1")
_STATION = accounts_v1.Station(id="s1", name="Trạm tổ 3")


def put_station(wards: FakeWards) -> None:
    """From now on the ward has a station's computer that can be enrolled, and opens sessions for it."""
    opened = stations_v1.DeviceSession(token=TOKEN, expires_in=600, device=_DEVICE, station=_STATION)
    wards.answers("OpenDeviceSession", opened)
    wards.answers("EnrolDevice", stations_v1.EnrolledDevice(credential=CREDENTIAL, device=_DEVICE))
    wards.answers("ClearKiosk", Empty())
