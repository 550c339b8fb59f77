"""Data about people, who may see them, and who has looked; staff, stations and the seeds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from caunoi.accounts.v1 import accounts_pb2
from sqlalchemy import func, select

from services.accounts.service import SERVICE
from services.accounts.tables import AccountRow, StaffRow, StationRow
from services.chassis.clock import VIETNAM, SystemClock
from services.chassis.database.pagination import mark_of, write_cursor
from services.chassis.database.tables import OutboxRow
from services.chassis.refusal import Kind, Refusal
from services.chassis.service import main
from services.chassis.tokens import Role, load_verifier
from tests.fakes.clock import SettableClock
from tests.services.accounts.service import NAM_DUONG, THANH_BINH, WARDS, Accounts
from tests.services.accounts.ward import Ward, refused

PEOPLE = "deploy/local/people.toml"
DEMO_PASSWORD = "cau-noi-chay-thu"
SEEDED = (3, 6, 2)  # residents, staff, stations of a ward


def contact(accounts: Accounts, account_id: str, token: str) -> accounts_pb2.Contact:
    answer = accounts.call("GetContact", accounts_pb2.GetContactRequest(account_id=account_id), token=token)
    assert isinstance(answer, accounts_pb2.Contact)
    return answer


def access_log(accounts: Accounts, account_id: str, **asked: int | str) -> accounts_pb2.ListOwnAccessLogResponse:
    request = accounts_pb2.ListOwnAccessLogRequest(**asked)  # type: ignore[arg-type] # each test names real fields
    answer = accounts.call("ListOwnAccessLog", request, token=accounts.token(account_id))
    assert isinstance(answer, accounts_pb2.ListOwnAccessLogResponse)
    return answer


def counts(accounts: Accounts, ward: str) -> tuple[int, ...]:
    with accounts.cells[ward].database.transaction() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(table)) or 0 for table in (AccountRow, StaffRow, StationRow)
        )


def seed() -> int:
    return main(SERVICE, ["seed", "--people", PEOPLE])


def test_notifications_of_any_ward_gets_a_citizens_contact_and_the_citizen_can_see_that(
    accounts: Accounts, citizen: str
) -> None:
    told = contact(accounts, citizen, accounts.service_token("notifications", THANH_BINH))
    assert (told.full_name, told.phone, told.email) == ("Nguyễn Thị Sáu", "+84905201101", "sau@example.com")
    (look,) = access_log(accounts, citizen).entries
    assert (look.action, look.role, look.subject) == ("view-contact", "service", f"account:{citizen}")
    assert look.who == "Hệ thống Cầu Nối: gửi tin báo"
    assert look.at.ToDatetime(UTC).year >= 2024  # when it was, by the database's clock


def test_the_access_log_is_paged_newest_first_without_own_acts(accounts: Accounts, citizen: str) -> None:
    accounts.sign_in("0905201101")
    for ward in (NAM_DUONG, THANH_BINH, NAM_DUONG):
        contact(accounts, citizen, accounts.service_token("notifications", ward))
    first = access_log(accounts, citizen, page_size=2)
    second = access_log(accounts, citizen, page_size=2, cursor=first.next_cursor)
    assert [len(first.entries), len(second.entries)] == [2, 1]
    at = [entry.at.ToDatetime(UTC) for entry in [*first.entries, *second.entries]]
    assert at == sorted(at, reverse=True)
    assert second.next_cursor == ""


@pytest.mark.parametrize("ward", WARDS)
@pytest.mark.parametrize("service", ["accounts", "dossiers"])
def test_no_other_service_is_told_where_to_reach_a_citizen(
    accounts: Accounts, citizen: str, service: str, ward: str
) -> None:
    with pytest.raises(Refusal) as no:
        contact(accounts, citizen, accounts.service_token(service, ward))
    assert no.value.kind is Kind.FORBIDDEN
    assert access_log(accounts, citizen).entries == []


@pytest.mark.parametrize("position", [["x"], ["9" * 30], ["1", "2"]])
def test_a_cursor_of_somebody_elses_making_is_refused(accounts: Accounts, citizen: str, position: list[str]) -> None:
    mark = mark_of("ListOwnAccessLog", NAM_DUONG, "accounts", citizen)
    access_log(accounts, citizen, cursor=write_cursor(mark, "1"))
    strangers = mark_of("ListOwnAccessLog", NAM_DUONG, "accounts", str(uuid4()))
    of_dossiers = mark_of("ListOwnAccessLog", NAM_DUONG, "dossiers", citizen)
    elsewhere = mark_of("ListOwnAccessLog", THANH_BINH, "accounts", citizen)
    others = [write_cursor(each, "1") for each in (strangers, of_dossiers, elsewhere)]
    for cursor in ("x", write_cursor(mark, *position), *others):
        with pytest.raises(Refusal) as no:
            access_log(accounts, citizen, cursor=cursor)
        assert (no.value.kind, no.value.type) == (Kind.INVALID, "invalid-cursor")


@pytest.mark.parametrize("account_id", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_nobody_without_an_account_can_be_reached(accounts: Accounts, account_id: str) -> None:
    with pytest.raises(Refusal) as no:
        contact(accounts, account_id, accounts.service_token("notifications", NAM_DUONG))
    assert no.value.kind is Kind.NOT_FOUND


def test_a_pending_account_has_not_shown_that_the_phone_is_its_own(accounts: Accounts) -> None:
    pending = accounts.open().account_id
    with pytest.raises(Refusal) as no:
        contact(accounts, pending, accounts.service_token("notifications", NAM_DUONG))
    assert no.value.kind is Kind.NOT_FOUND


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.VOLUNTEER, Role.SIGNER])
def test_people_are_not_told_where_others_can_be_reached(accounts: Accounts, citizen: str, role: Role) -> None:
    with pytest.raises(Refusal) as no:
        contact(accounts, citizen, accounts.token("somebody", role))
    assert no.value.kind is Kind.FORBIDDEN


def test_a_token_of_an_account_that_is_gone_is_no_token(accounts: Accounts) -> None:
    token = accounts.token("00000000-0000-0000-0000-000000000000")
    with pytest.raises(Refusal) as no:
        accounts.call("GetOwnAccount", accounts_pb2.GetOwnAccountRequest(), token=token)
    assert no.value.kind is Kind.UNAUTHENTICATED


def test_seeding_fills_every_ward_once_and_a_second_run_adds_nothing(
    accounts: Accounts, capsys: pytest.CaptureFixture[str]
) -> None:
    assert seed() == 0
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        told = session.scalar(select(func.count()).select_from(OutboxRow))
    assert told == 6  # opened and activated, so that the directories hear of them
    assert seed() == 0
    assert [counts(accounts, ward) for ward in WARDS] == [SEEDED, SEEDED]
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == told
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"{ward}: {added} added" for added in (11, 0) for ward in WARDS]


def test_a_seeded_station_is_open_today_and_its_volunteer_on_duty_whenever_the_stack_starts(
    accounts: Accounts, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.service.SystemClock", lambda: clock)
    ward = Ward(accounts)
    assert seed() == 0
    request = accounts_pb2.ListStationsRequest(since="2020-10-06", until="2020-12-01")

    def days() -> list[int]:
        return [len(station.openings) for station in accounts.call("ListStations", request).stations]

    assert days() == [0, 15]
    clock.set(datetime(2020, 10, 9, 23, 59, 30, tzinfo=VIETNAM))  # the last minute of a day
    assert seed() == 0
    assert days() == [0, 18]
    clock.set(datetime(2020, 10, 24, 0, 0, tzinfo=VIETNAM))
    duties = ward.duties(since="2020-10-06", until="2020-12-01")
    assert [duty.volunteer.username for duty in duties] == ["tinhnguyen.nam-duong"] * 18


def test_seeded_devices_are_enrolled_once_after_each_start(accounts: Accounts) -> None:
    ward = Ward(accounts)
    assert seed() == 0
    accounts.clock.set(SystemClock().now())
    kiosk = ward.session(ward.enrol("TRYME-KSK22").credential)
    scanner = ward.session(ward.enrol("TRYME-SCAN2", "scanner").credential)
    assert scanner.device.kiosk_id == kiosk.device.id
    assert ward.session(ward.enrol("TRYME-KSK33").credential).device.name == "Máy 2"
    refused("code-used", ward.enrol, "TRYME-KSK22")
    assert seed() == 0
    again = ward.session(ward.enrol("TRYME-KSK22").credential)
    assert again.device.id == kiosk.device.id
    ward.revoke(kiosk.device.id)
    assert seed() == 0
    assert ward.session(ward.enrol("TRYME-KSK22").credential).device.id != kiosk.device.id


def test_nobody_is_seeded_where_people_are_real(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    assert seed() == 2
    assert counts(accounts, NAM_DUONG) == (0, 0, 0)


@pytest.mark.parametrize(
    ("login", "title", "roles"),
    [
        ("motcua.nam-duong", "Công chức Bộ phận Một cửa", {Role.RECEPTIONIST}),
        ("Hotich.Nam-Duong", "Công chức tư pháp – hộ tịch", {Role.CIVIL_STATUS_OFFICER}),
        ("chutich.nam-duong", "Chủ tịch UBND phường", {Role.SIGNER}),
        ("tinhnguyen.nam-duong", "Đoàn viên tình nguyện", {Role.VOLUNTEER}),
        ("048155091001", "", {Role.CITIZEN}),
        ("0905209101", "", {Role.CITIZEN}),
    ],
)
def test_seeded_people_sign_in_with_their_roles_and_see_themselves(
    accounts: Accounts, keys: Path, login: str, title: str, roles: set[Role]
) -> None:
    seed()
    session = accounts.sign_in(login, DEMO_PASSWORD)
    principal = load_verifier(keys / "trusted.json").verify(session.access_token)
    assert (principal.roles, principal.title) == (frozenset(roles), title)
    own = accounts.call("GetOwnAccount", accounts_pb2.GetOwnAccountRequest(), token=session.access_token)
    assert own == session.account
    assert set(own.roles) == roles


def test_stations_are_listed_for_everybody(accounts: Accounts) -> None:
    seed()
    stations = accounts.call("ListStations", accounts_pb2.ListStationsRequest()).stations
    assert len(stations) == 2
    assert all(station.name.endswith("Phường Nam Dương") and station.opening_hours for station in stations)


def test_the_office_knows_its_colleagues_and_nobody_else_does(accounts: Accounts, citizen: str) -> None:
    assert seed() == 0
    request = accounts_pb2.ListStaffRequest()
    found = accounts.call("ListStaff", request, token=accounts.token(citizen, Role.RECEPTIONIST)).staff
    assert {role for each in found for role in each.roles} == {"receptionist", "civil_status_officer", "signer"}
    assert all(each.id and each.full_name and each.title for each in found)
    for token in (accounts.token(citizen), accounts.token(citizen, Role.VOLUNTEER), ""):
        with pytest.raises(Refusal) as caught:
            accounts.call("ListStaff", request, token=token)
        assert caught.value.kind in (Kind.FORBIDDEN, Kind.UNAUTHENTICATED)
