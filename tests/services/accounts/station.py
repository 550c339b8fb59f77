"""A station that is open now, with a computer and volunteers, and citizens who sit down there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from caunoi.accounts.v1 import guidance_pb2
from google.protobuf.message import Message
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.accounts.adapters.wording import CONSENTS
from services.accounts.tables import Base, DeviceRow, DutyRow, OpeningRow, PhraseRow, StaffRow, StationRow
from services.chassis.clock import day_in_vietnam
from services.chassis.database.tables import AuditRow
from services.chassis.refusal import Refusal
from services.chassis.tokens import Principal, Role
from tests.fakes.clock import SettableClock
from tests.services.accounts.service import NAM_DUONG, THANH_BINH, Accounts

PLACE = guidance_pb2.Place(
    page="form",
    procedure="1.001193",
    procedure_version="2020-09-15",
    part="child-name",
    fields=["/child/full_name"],
    open_points=[
        guidance_pb2.OpenPoint(field="/child/birth_date", check="birth-date"),
        guidance_pb2.OpenPoint(field="documents/birth-certificate-of-hospital"),
    ],
)


class Stations:
    """Calls of citizens and volunteers at the stations of a ward; rows are made as the administrator would."""

    def __init__(self, accounts: Accounts, clock: SettableClock, ward: str = NAM_DUONG) -> None:
        self.accounts, self.clock, self.ward = accounts, clock, ward
        self.station = self.add_station("Nhà văn hóa tổ 12")
        self.kiosk = self.add_kiosk(self.station)
        self.volunteer = self.add_volunteer("lan")
        self.duty = self.put_on_duty(self.volunteer, self.station)
        self.phrase = self.add(PhraseRow(id=uuid4(), text="Ông/bà đọc kỹ câu này ạ.", position=1))

    # --- rows

    def add(self, row: Any) -> UUID:
        with self.accounts.cells[self.ward].database.transaction() as session:
            session.add(row)
            id: UUID = row.id
        return id

    def change(self, kind: type[Base], id: UUID, **values: object) -> None:
        with self.accounts.cells[self.ward].database.transaction() as session:
            row = session.get(kind, id)
            for name, value in values.items():
                setattr(row, name, value)

    def rows(self, kind: type[Any]) -> list[Any]:
        with self.accounts.cells[self.ward].database.transaction() as session:
            found = list(session.scalars(select(kind)).all())
            session.expunge_all()
        return found

    def add_station(self, name: str) -> UUID:
        return self.add(StationRow(id=uuid4(), name=name, address="Tổ 12", opening_hours=""))

    def add_kiosk(self, station: UUID, name: str = "Máy 1") -> UUID:
        now, id = self.clock.now(), uuid4()
        return self.add(
            DeviceRow(id=id, kind="kiosk", station_id=station, name=name, added_at=now, enrolled_at=now,
                      credential_digest=id.bytes)
        )  # fmt: skip

    def add_volunteer(self, username: str) -> UUID:
        return self.add(
            StaffRow(id=uuid4(), username=username, full_name=f"Trần Thị {username.title()}", title="",
                     roles=["volunteer"], created_at=self.clock.now())
        )  # fmt: skip

    def put_on_duty(self, volunteer: UUID, station: UUID, hours: float = 2) -> UUID:
        now = self.clock.now()
        opening = self.add(
            OpeningRow(id=uuid4(), station_id=station, starts_at=now - timedelta(hours=1),
                       ends_at=now + timedelta(hours=hours), note="")
        )  # fmt: skip
        return self.add(DutyRow(id=uuid4(), opening_id=opening, volunteer_id=volunteer, put_on_at=now))

    def audited(self, action: str) -> int:
        with self.accounts.cells[self.ward].database.transaction() as session:
            return _count(session, action)

    # --- calls

    def kiosk_token(self, kiosk: UUID | None = None, ward: str = "", role: Role = Role.KIOSK) -> str:
        ward = ward or self.ward
        id = kiosk or self.kiosk
        principal = Principal(str(id), ward, frozenset({role}), station=str(self.station), enrolment=id.bytes[:8].hex())
        return self.accounts.cells[ward].issuer.issue(principal)

    def citizen(self, ward: str = THANH_BINH) -> str:
        """The token of a citizen, of another ward unless told otherwise."""
        return self.accounts.token(str(uuid4()), ward=ward)

    def token_of(self, volunteer: UUID | None = None) -> str:
        return self.accounts.token(str(volunteer or self.volunteer), Role.VOLUNTEER, ward=self.ward)

    def call(self, rpc: str, request: Message, token: str = "", kiosk: str = "", key: str = "") -> Any:
        return self.accounts.call(rpc, request, ward=self.ward, token=token, kiosk=kiosk, key=key)

    def request(
        self, citizen: str, kiosk: str = "", place: guidance_pb2.Place = PLACE
    ) -> guidance_pb2.RequestGuidedSessionResponse:
        asked = guidance_pb2.RequestGuidedSessionRequest(text_version=text_in_force(self.clock), place=place)
        answer = self.call("RequestGuidedSession", asked, citizen, kiosk or self.kiosk_token())
        assert isinstance(answer, guidance_pb2.RequestGuidedSessionResponse)
        return answer

    def own(self, citizen: str) -> guidance_pb2.OwnGuidedSession:
        answer = self.call("GetOwnGuidedSession", guidance_pb2.GetOwnGuidedSessionRequest(), citizen)
        assert isinstance(answer, guidance_pb2.OwnGuidedSession)
        return answer

    def show(
        self, citizen: str, session: str, place: guidance_pb2.Place = PLACE, dossier: str = "", page: str = ""
    ) -> guidance_pb2.OwnGuidedSession:
        asked = guidance_pb2.ShowPlaceRequest(
            session_id=session,
            place=place,
            dossier_ward=self.ward if dossier else "",
            dossier_id=dossier,
            dossier_page=page,
        )
        answer = self.call("ShowPlace", asked, citizen)
        assert isinstance(answer, guidance_pb2.OwnGuidedSession)
        return answer

    def join(self, code: str, volunteer: UUID | None = None, duty: str = "") -> guidance_pb2.GuidedSession:
        asked = guidance_pb2.JoinGuidedSessionRequest(code=code, duty_id=duty)
        answer = self.call("JoinGuidedSession", asked, self.token_of(volunteer))
        assert isinstance(answer, guidance_pb2.GuidedSession)
        return answer

    def guided(self, session: str, volunteer: UUID | None = None) -> guidance_pb2.GuidedSession:
        asked = guidance_pb2.GetGuidedSessionRequest(session_id=session)
        answer = self.call("GetGuidedSession", asked, self.token_of(volunteer))
        assert isinstance(answer, guidance_pb2.GuidedSession)
        return answer

    def guide(self, session: str, kind: str, subject: str, volunteer: UUID | None = None) -> guidance_pb2.GuidedSession:
        asked = guidance_pb2.GuideRequest(session_id=session, kind=kind, subject=subject)
        answer = self.call("Guide", asked, self.token_of(volunteer))
        assert isinstance(answer, guidance_pb2.GuidedSession)
        return answer

    def end(self, token: str, session: str, because: str = "") -> None:
        self.call("EndGuidedSession", guidance_pb2.EndGuidedSessionRequest(session_id=session, because=because), token)

    def watch(
        self, *sessions: str, told: Mapping[str, tuple[int, bool]] = MappingProxyType({}), wait: int = 0
    ) -> dict[str, tuple[int, bool]]:
        """Versions by session; `told` is what the caller knows of them."""
        known = [
            guidance_pb2.GuidedSessionVersion(session_id=each, version=version, ended=ended)
            for each, (version, ended) in {**dict.fromkeys(sessions, (0, False)), **told}.items()
        ]
        asked = guidance_pb2.WatchGuidedSessionsRequest(told=known, wait_seconds=wait)
        answer = self.call("WatchGuidedSessions", asked)
        return {each.session_id: (each.version, each.ended) for each in answer.versions}

    def is_silent(self, session: str, *, told: bool = False, wait: int = 0) -> bool:
        """Whether the session's citizen is silent; `told` is what the caller knows."""
        known = self.guided(session)
        asked = guidance_pb2.GuidedSessionVersion(session_id=session, version=known.version, citizen_silent=told)
        answer = self.call(
            "WatchGuidedSessions", guidance_pb2.WatchGuidedSessionsRequest(told=[asked], wait_seconds=wait)
        )
        (told_of,) = answer.versions
        return bool(told_of.citizen_silent)

    def note_presence(self, keys: Mapping[str, bytes]) -> None:
        present = [guidance_pb2.Presence(session_id=session, key=key) for session, key in keys.items()]
        self.call("NotePresence", guidance_pb2.NotePresenceRequest(present=present))

    def opened(self) -> tuple[str, str]:
        """The token of a citizen, and the id of their session, which the volunteer has joined."""
        citizen = self.citizen()
        asked = self.request(citizen)
        self.join(asked.code)
        return citizen, asked.session.id


def forward(clock: SettableClock, **how: float) -> None:
    clock.set(clock.now() + timedelta(**how))


def text_in_force(clock: SettableClock) -> str:
    """The version of the text that a citizen agrees to now."""
    return CONSENTS["guided-session"].in_force(day_in_vietnam(clock.now())).version


def consents(stations: Stations, citizen: str) -> list[guidance_pb2.Consent]:
    return list(stations.call("ListOwnConsents", guidance_pb2.ListOwnConsentsRequest(), citizen).consents)


def refusal(act: Any, *arguments: Any, **named: Any) -> Refusal:
    """The refusal that a call meets."""
    try:
        act(*arguments, **named)
    except Refusal as no:
        return no
    raise AssertionError("it was not refused")


def _count(session: Session, action: str) -> int:
    return session.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.action == action)) or 0
