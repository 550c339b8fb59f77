"""The stations of the ward behind the pages, in memory."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from caunoi.accounts.v1 import accounts_pb2 as accounts_v1
from caunoi.accounts.v1 import guidance_pb2
from caunoi.accounts.v1 import stations_pb2 as stations_v1
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.texts import local
from services.chassis.clock import VIETNAM, SystemClock, today_in_vietnam
from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, invalid, not_found, stale

INITIAL_PASSWORD, CODE = "k7qf-2m9x-rw4t", "K7QF2-9XMRT"


def now(later: timedelta = timedelta()) -> Timestamp:
    made = Timestamp()
    made.FromDatetime(datetime.now(UTC) + later)
    return made


def moment(on: str, hour: str) -> Timestamp:
    """A day and a time HH:MM in Đà Nẵng. Raises a Refusal as the service does."""
    try:
        at = datetime.fromisoformat(f"{on}T{hour}").replace(tzinfo=VIETNAM)
    except ValueError:
        raise invalid("invalid-opening", "Xin xem lại.", FieldFault("starts", "Xin ghi giờ mở cửa.")) from None
    made = Timestamp()
    made.FromDatetime(at.astimezone(UTC))
    return made


def before(opening: accounts_v1.Opening) -> Timestamp:
    """From when a volunteer guides in a session."""
    return Timestamp(seconds=opening.starts_at.seconds - 15 * 60)


def day_from_now(days: int) -> date:
    return today_in_vietnam(SystemClock()) + timedelta(days)


class Stations:
    """Answers the RPCs of stations as the accounts service does, as far as the pages see it."""

    def __init__(self) -> None:
        self.stations = [
            accounts_v1.Station(
                id=str(uuid4()),
                name="Nhà văn hóa tổ 5",
                address="12 Lê Đình Dương",
                opening_hours="8 giờ – 11 giờ, thứ bảy",
                version=1,
            )
        ]
        self.volunteers = [stations_v1.Volunteer(id=str(uuid4()), full_name="Phan Thị Chín", username="chin.nam-duong")]
        self.duties: list[stations_v1.Duty] = []
        self.devices: list[stations_v1.Device] = []
        self.phrases = [
            stations_v1.Phrase(id=str(uuid4()), text=text, position=place, version=1)
            for place, text in enumerate(("Xin xem lại ô đang sáng.", "Đúng rồi, xin bấm Tiếp tục."))
        ]

    def open(self, on: date, starts: str = "18:00", ends: str = "20:30", **more: Any) -> accounts_v1.Opening:
        """A session at the first station."""
        return self.stations[0].openings.add(
            id=str(uuid4()), starts_at=moment(on.isoformat(), starts), ends_at=moment(on.isoformat(), ends), **more
        )

    def rpc_list_stations(self, request: Any) -> Any:
        found = self.rpc_list_administered_stations(request).stations
        return accounts_v1.ListStationsResponse(stations=[one for one in found if not one.closed or one.openings])

    def rpc_list_administered_stations(self, request: Any) -> Any:
        answer = accounts_v1.ListStationsResponse()
        for station in self.stations:
            listed = answer.stations.add()
            listed.CopyFrom(station)
            del listed.openings[:]
            if request.since:
                days = (request.since, request.until)
                listed.openings.extend(one for one in station.openings if days[0] <= self._day(one) <= days[1])
        return answer

    def rpc_save_station(self, request: Any) -> Any:
        if not request.address:
            raise invalid("invalid-station", "Xin xem lại.", FieldFault("address", "Xin ghi địa chỉ."))
        if any(one.name == request.name and one.id != request.id for one in self.stations):
            raise Refusal(Kind.EXISTS, "station-exists", "Phường đã có điểm hỗ trợ mang tên này. Xin đặt tên khác.")
        if request.id:
            station = self._find(self.stations, request.id)
            if request.expected_version not in (0, station.version):
                raise stale(station.version)
        else:
            station = accounts_v1.Station(id=str(uuid4()))
            self.stations.append(station)
        for field, value in request.ListFields():
            if field.name not in ("id", "expected_version"):
                setattr(station, field.name, value)
        station.step_free, station.closed = request.step_free, request.closed
        station.version += 1
        return station

    def rpc_save_opening(self, request: Any) -> Any:
        station = self._find(self.stations, request.station_id)
        starts, ends = moment(request.on, request.starts), moment(request.on, request.ends)
        if any(
            one.id != request.id and one.starts_at.seconds < ends.seconds and starts.seconds < one.ends_at.seconds
            for one in station.openings
        ):
            raise conflict("openings-overlap", "Buổi này trùng giờ với một buổi khác của điểm hỗ trợ.")
        opening = self._find(station.openings, request.id) if request.id else station.openings.add(id=str(uuid4()))
        if request.expected_version not in (0, opening.version):
            raise stale(opening.version)
        opening.version += 1
        opening.starts_at.CopyFrom(starts)
        opening.ends_at.CopyFrom(ends)
        opening.note = request.note
        return opening

    def rpc_cancel_opening(self, request: Any) -> Any:
        opening = self._find([one for station in self.stations for one in station.openings], request.id)
        if not request.note:
            raise invalid("invalid-field", "Xin ghi mục này.", FieldFault("note", "Xin ghi mục này."))
        if request.expected_version not in (0, opening.version):
            raise stale(opening.version)
        opening.version += 1
        opening.note = request.note
        opening.cancelled_at.CopyFrom(now())
        return opening

    def rpc_list_volunteers(self, _: Any) -> Any:
        return stations_v1.ListVolunteersResponse(volunteers=self.volunteers)

    def rpc_add_volunteer(self, request: Any) -> Any:
        username = f"{request.username}.nam-duong"
        if any(one.username == username for one in self.volunteers):
            raise Refusal(Kind.EXISTS, "username-taken", "Tên đăng nhập này đã có người dùng. Xin chọn tên khác.")
        if not request.full_name:
            raise invalid("invalid-field", "Xin ghi mục này.", FieldFault("full_name", "Xin ghi mục này."))
        self.volunteers.append(stations_v1.Volunteer(id=str(uuid4()), full_name=request.full_name, username=username))
        return stations_v1.FirstPassword(volunteer=self.volunteers[-1], password=INITIAL_PASSWORD)

    def rpc_renew_password(self, request: Any) -> Any:
        volunteer = self._find(self.volunteers, request.volunteer_id)
        return stations_v1.FirstPassword(volunteer=volunteer, password=INITIAL_PASSWORD)

    def rpc_list_duties(self, request: Any) -> Any:
        days = (request.since, request.until)
        found = [one for one in self.duties if days[0] <= self._day(one.opening) <= days[1]]
        return stations_v1.ListDutiesResponse(duties=found)

    def rpc_list_guided_sessions(self, _: Any) -> Any:
        return guidance_pb2.ListGuidedSessionsResponse()

    def rpc_put_on_duty(self, request: Any) -> Any:
        for station in self.stations:
            for opening in station.openings:
                if opening.id == request.opening_id:
                    volunteer = self._find(self.volunteers, request.volunteer_id)
                    for other in self.duties:
                        apart = other.opening.ends_at.seconds <= opening.starts_at.seconds
                        apart = apart or opening.ends_at.seconds <= other.opening.starts_at.seconds
                        if other.volunteer.id == volunteer.id and not apart:
                            raise conflict("duty-overlaps", f"Đã trực ở {other.station_name} lúc ấy.")
                    self.duties.append(
                        stations_v1.Duty(
                            id=str(uuid4()),
                            opening=opening,
                            station_id=station.id,
                            station_name=station.name,
                            volunteer=volunteer,
                            on_duty_from=before(opening),
                        )
                    )
                    return self.duties[-1]
        raise not_found("unknown-opening", "Không có buổi mở cửa này.")

    def rpc_take_off_duty(self, request: Any) -> Any:
        duty = self._find(self.duties, request.duty_id)
        duty.taken_off_at.CopyFrom(now())
        return duty

    def rpc_list_devices(self, _: Any) -> Any:
        return stations_v1.ListDevicesResponse(devices=self.devices)

    def rpc_add_device(self, request: Any) -> Any:
        if not request.name:
            raise invalid("invalid-field", "Xin ghi mục này.", FieldFault("name", "Xin ghi mục này."))
        self.devices.append(
            stations_v1.Device(
                id=str(uuid4()),
                kind=request.kind,
                station_id=request.station_id,
                kiosk_id=request.kiosk_id,
                name=request.name,
            )
        )
        return self._code(self.devices[-1])

    def rpc_renew_enrolment_code(self, request: Any) -> Any:
        device = self._find(self.devices, request.device_id)
        device.ClearField("enrolled_at")
        return self._code(device)

    def rpc_revoke_device(self, request: Any) -> Any:
        device = self._find(self.devices, request.device_id)
        device.revoked_at.CopyFrom(now())
        return device

    def rpc_list_phrases(self, _: Any) -> Any:
        return stations_v1.ListPhrasesResponse(phrases=sorted(self.phrases, key=lambda one: one.position))

    def rpc_save_phrase(self, request: Any) -> Any:
        if not request.text:
            raise invalid("invalid-field", "Xin ghi mục này.", FieldFault("text", "Xin ghi mục này."))
        if request.id:
            phrase = self._find(self.phrases, request.id)
            if request.expected_version not in (0, phrase.version):
                raise stale(phrase.version)
        else:
            phrase = stations_v1.Phrase(id=str(uuid4()))
            self.phrases.append(phrase)
        phrase.version += 1
        phrase.text, phrase.position = request.text, request.position
        return phrase

    def rpc_retire_phrase(self, request: Any) -> Any:
        phrase = self._find(self.phrases, request.id)
        self.phrases.remove(phrase)
        return phrase

    @staticmethod
    def _code(device: stations_v1.Device) -> stations_v1.EnrolmentCode:
        return stations_v1.EnrolmentCode(device=device, code=CODE, expires_at=now(timedelta(hours=1)))

    @staticmethod
    def _day(opening: accounts_v1.Opening) -> str:
        return local(opening.starts_at).date().isoformat()

    @staticmethod
    def _find(found: Any, id: str) -> Any:
        for one in found:
            if one.id == id:
                return one
        raise not_found("not-found", "Không có mục này.")
