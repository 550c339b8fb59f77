"""Stations: the timetable that everybody reads and the administrator changes, volunteers, duties and phrases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from caunoi.accounts.v1 import accounts_pb2, stations_pb2
from google.protobuf.message import Message
from sqlalchemy import select

from services.accounts.storage import stations as storage
from services.accounts.tables import ConsentRow, DeviceRow, GuidedSessionRow
from services.chassis.clock import VIETNAM
from services.chassis.database.tables import AuditRow, IdempotencyRow
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Role
from tests.fakes.clock import SettableClock
from tests.services.accounts.service import NAM_DUONG, THANH_BINH, Accounts
from tests.services.accounts.ward import TODAY, TOMORROW, Ward, at_once, came_of, refused


@pytest.fixture
def ward(accounts: Accounts) -> Ward:
    return Ward(accounts)


def listed(ward: Ward, since: str = TODAY, until: str = TOMORROW, token: str = "") -> Any:
    request = accounts_pb2.ListStationsRequest(since=since, until=until)
    return ward.accounts.call("ListStations", request, ward=ward.code, token=token).stations


def cancel(ward: Ward, opening: str, note: str = "Mất điện") -> Any:
    return ward.call("CancelOpening", stations_pb2.CancelOpeningRequest(id=opening, note=note))


def take_off(ward: Ward, duty: str) -> Any:
    return ward.call("TakeOffDuty", stations_pb2.TakeOffDutyRequest(duty_id=duty))


# --- the timetable


def test_everybody_reads_when_a_station_is_open(ward: Ward) -> None:
    station = ward.station(venue="Nhà văn hóa tổ 12", step_free=True, contact_phone="0236 3822 333")
    later = ward.opening(station.id, TOMORROW, "18:00", "20:30", note="Có cán bộ hộ tịch")
    first = ward.opening(station.id, TODAY, "14:00", "20:30")
    (seen,) = listed(ward)
    assert (seen.venue, seen.step_free, seen.contact_phone) == ("Nhà văn hóa tổ 12", True, "0236 3822 333")
    assert [opening.id for opening in seen.openings] == [first.id, later.id]
    assert seen.openings[1].starts_at.ToDatetime(UTC) == datetime(2020, 10, 7, 11, tzinfo=UTC)
    assert seen.openings[1].note == "Có cán bộ hộ tịch"
    assert [list(each.openings) for each in listed(ward, "", "")] == [[]]
    assert [len(each.openings) for each in listed(ward, TOMORROW, TOMORROW)] == [1]


def test_a_timetable_of_over_62_days_or_of_no_days_is_refused(ward: Ward) -> None:
    assert listed(ward, "2020-10-01", "2020-12-01") == []
    for days in (("2020-10-01", "2020-12-02"), (TOMORROW, TODAY), (TODAY, ""), ("", TODAY), ("hôm nay", TODAY)):
        assert refused("invalid-days", listed, ward, *days).fields


def all_stations(ward: Ward, token: str = "") -> Any:
    request = stations_pb2.ListAdministeredStationsRequest(since=TODAY, until=TOMORROW)
    return ward.call("ListAdministeredStations", request, token).stations


def test_a_closed_station_stays_in_the_timetable_with_its_sessions_called_off(ward: Ward) -> None:
    station = ward.station()
    opening = ward.opening(station.id)
    closed = ward.station(id=station.id, closed=True)
    assert (closed.closed, closed.version) == (True, 2)
    for found in (listed(ward), all_stations(ward)):
        (seen,) = found
        assert (seen.id, seen.closed) == (station.id, True)
        assert [(each.id, each.HasField("cancelled_at"), each.version) for each in seen.openings] == [
            (opening.id, True, 2)
        ]
        assert seen.openings[0].note == "Điểm hỗ trợ đã đóng."
    assert listed(ward, "", "") == [] == listed(ward, "2020-10-07", "2020-10-08"), "nothing of it in these days"
    refused("station-closed", ward.opening, station.id, TOMORROW)
    assert ward.station(id=station.id).closed is False
    assert [each.id for each in listed(ward, "", "")] == [station.id]


def test_the_administrators_list_is_the_administrators_alone(ward: Ward) -> None:
    ward.station()
    neighbour = Ward(ward.accounts, THANH_BINH)
    volunteer = ward.accounts.token(str(uuid4()), Role.VOLUNTEER)
    for token in (neighbour.admin, ward.citizen, volunteer):
        refused("not-allowed", all_stations, ward, token)
    assert [each.closed for each in all_stations(ward)] == [False]


def test_everybody_reads_one_station_and_one_session_with_their_versions(ward: Ward) -> None:
    station, other = ward.station(), ward.station("Trạm khác")
    opening = ward.opening(station.id)
    ward.station(id=station.id, closed=True)

    def read(rpc: str, request: Message) -> Any:
        return ward.accounts.call(rpc, request, ward=ward.code)

    seen = read("GetStation", stations_pb2.GetStationRequest(id=station.id))
    assert (seen.name, seen.closed, seen.version) == ("Trạm tổ 12", True, 2)
    session = read("GetOpening", stations_pb2.GetOpeningRequest(station_id=station.id, id=opening.id))
    assert (session.id, session.HasField("cancelled_at"), session.version) == (opening.id, True, 2)
    for id in (str(uuid4()), "trạm"):
        refused("unknown-station", read, "GetStation", stations_pb2.GetStationRequest(id=id))
        wrong = stations_pb2.GetOpeningRequest(station_id=station.id, id=id)
        refused("unknown-opening", read, "GetOpening", wrong)
    wrong = stations_pb2.GetOpeningRequest(station_id=other.id, id=opening.id)
    refused("unknown-opening", read, "GetOpening", wrong)


def test_a_change_names_the_version_it_was_made_on(ward: Ward) -> None:
    station = ward.station()
    assert ward.station(id=station.id, directions="Cạnh chợ", expected_version=1).version == 2
    no = refused("stale-version", ward.station, id=station.id, directions="Cạnh chùa", expected_version=1)
    assert no.kind is Kind.STALE
    assert ward.station(id=station.id, directions="Cạnh chùa").version == 3
    refused("unknown-station", ward.station, "Trạm khác", id=str(uuid4()))
    refused("unknown-station", ward.station, "Trạm khác", id="máy")


def test_a_change_of_an_opening_session_names_its_version_too(ward: Ward) -> None:
    station = ward.station()
    opening = ward.opening(station.id, TOMORROW)
    assert ward.opening(station.id, TOMORROW, "09:00", id=opening.id, expected_version=1).version == 2
    no = refused("stale-version", ward.opening, station.id, TOMORROW, "10:00", id=opening.id, expected_version=1)
    assert no.kind is Kind.STALE
    assert ward.opening(station.id, TOMORROW, "10:00", id=opening.id).version == 3


@pytest.mark.parametrize("what", ["station", "session", "calling off", "phrase"])
def test_of_two_administrators_at_once_the_second_is_told_the_version_of_the_first(ward: Ward, what: str) -> None:
    station = ward.station()
    opening = ward.opening(station.id, TOMORROW)
    phrase = save(ward, "Cháu chào ông/bà.")
    words = iter(["Mưa to", "Nghỉ lễ"])

    def change() -> Any:
        text = next(words)
        if what == "station":
            return ward.station(id=station.id, directions=text, expected_version=1)
        if what == "session":
            return ward.opening(station.id, TOMORROW, note=text, id=opening.id, expected_version=1)
        if what == "calling off":
            off = stations_pb2.CancelOpeningRequest(id=opening.id, note=text, expected_version=1)
            return ward.call("CancelOpening", off)
        return save(ward, text, id=phrase.id, version=1)

    came = at_once(change)
    (done,) = [each for each in came if not isinstance(each, Refusal)]
    (no,) = [each for each in came if isinstance(each, Refusal)]
    assert (no.kind, no.type, no.version) == (Kind.STALE, "stale-version", 2)
    assert done.version == 2


def test_a_phrase_is_changed_on_the_version_that_was_read(ward: Ward) -> None:
    phrase = save(ward, "Cháu chào ông/bà.")
    assert phrase.version == 1
    changed = save(ward, "Cháu chào ông/bà ạ.", id=phrase.id, version=1)
    no = refused("stale-version", save, ward, "Chào ông/bà.", id=phrase.id, version=1)
    assert (changed.version, no.version) == (2, 2)
    assert phrases(ward) == [changed.text]
    assert save(ward, "Chào ông/bà.", id=phrase.id).version == 3


def test_calling_off_names_its_version_unless_nothing_changes(ward: Ward) -> None:
    opening = ward.opening(ward.station().id, TOMORROW)
    request = stations_pb2.CancelOpeningRequest(id=opening.id, note="Mưa to", expected_version=1)
    first = ward.call("CancelOpening", request)
    assert ward.call("CancelOpening", request) == first, "the same again, after an answer that was lost"
    request.note = "Nghỉ lễ"
    assert refused("stale-version", ward.call, "CancelOpening", request).version == first.version == 2


def test_two_stations_of_one_name_are_not_added_even_at_once(ward: Ward) -> None:
    came = at_once(ward.station, 3)
    assert sorted(getattr(each, "type", "added") for each in came) == ["added", "station-exists", "station-exists"]


def test_what_is_wrong_with_a_station_is_named_field_by_field(ward: Ward) -> None:
    no = refused("invalid-station", ward.station, " \n", address="", directions="x" * 1001)
    assert [fault.field for fault in no.fields] == ["name", "address", "directions"]
    assert ward.station("  Trạm \t tổ  12 ").name == "Trạm tổ 12"


@pytest.mark.parametrize(
    ("on", "starts", "ends", "field"),
    [
        ("2020-10-32", "08:00", "11:00", "on"),
        ("2020-10-05", "08:00", "11:00", "on"),  # yesterday
        (TODAY, "07:00", "09:00", "on"),  # over now, at nine
        ("2021-10-08", "08:00", "11:00", "on"),
        (TODAY, "8:00", "11:00", "starts"),
        (TODAY, "25:00", "11:00", "starts"),
        (TODAY, "11:00", "11:00", "ends"),
        (TODAY, "22:00", "02:00", "ends"),
    ],
)
def test_hours_that_cannot_be_are_refused(ward: Ward, on: str, starts: str, ends: str, field: str) -> None:
    station = ward.station()
    no = refused("invalid-opening", ward.opening, station.id, on, starts, ends)
    assert [fault.field for fault in no.fields] == [field]


def test_sessions_of_a_station_do_not_overlap_even_when_entered_at_once(ward: Ward) -> None:
    station = ward.station()
    came = at_once(lambda: ward.opening(station.id), 3)
    overlapping = ["openings-overlap", "openings-overlap"]
    assert sorted(getattr(each, "type", "added") for each in came) == ["added", *overlapping]
    ward.opening(station.id, starts="11:00", ends="12:00")  # one after the other
    other = ward.station("Trạm khác")
    opening = ward.opening(other.id)
    moved = ward.opening(other.id, starts="08:30", id=opening.id)  # does not overlap itself
    assert (moved.id, moved.version) == (opening.id, 2)
    refused("unknown-opening", ward.opening, station.id, TOMORROW, id=opening.id)  # of another station


def test_a_session_is_called_off_with_the_reason_that_was_given_last_and_stays_in_the_timetable(ward: Ward) -> None:
    station = ward.station()
    opening = ward.opening(station.id, note="Buổi đầu tiên")
    refused("invalid-field", cancel, ward, opening.id, " ")
    first = cancel(ward, opening.id)
    assert cancel(ward, opening.id) == first, "the same again changes nothing"
    corrected = cancel(ward, opening.id, "Mất điện cả tổ")
    assert (corrected.note, corrected.version) == ("Mất điện cả tổ", first.version + 1)
    assert corrected.cancelled_at == first.cancelled_at
    (seen,) = listed(ward)
    assert [(each.note, each.HasField("cancelled_at")) for each in seen.openings] == [("Mất điện cả tổ", True)]
    refused("opening-cancelled", ward.opening, station.id, id=opening.id)
    ward.opening(station.id)  # another at the same hours
    elsewhere = stations_pb2.CancelOpeningRequest(id=opening.id, station_id=ward.station("Trạm khác").id, note="Mưa")
    refused("unknown-opening", ward.call, "CancelOpening", elsewhere)


def test_a_session_that_is_over_is_neither_changed_nor_called_off(ward: Ward, clock: SettableClock) -> None:
    station = ward.station()
    opening, volunteer = ward.opening(station.id), ward.volunteer().volunteer
    clock.set(datetime(2020, 10, 6, 11, 0, tzinfo=VIETNAM))
    refused("opening-over", cancel, ward, opening.id)
    refused("opening-over", ward.opening, station.id, TOMORROW, id=opening.id)
    refused("opening-over", ward.duty, opening.id, volunteer.id)


# --- volunteers and duties


def test_a_volunteer_signs_in_with_the_password_that_is_shown_once(ward: Ward) -> None:
    added = ward.volunteer(key="once")
    assert added.volunteer.username == "lan.tran.nam-duong"
    asked = accounts_pb2.CreateSessionRequest(
        login=added.volunteer.username, password=added.password, new_password="mùa xuân ở Sơn Trà"
    )
    assert list(ward.call("CreateSession", asked).account.roles) == [Role.VOLUNTEER]
    assert ward.volunteer(key="once") == added  # an answer that was lost
    with ward.accounts.cells[NAM_DUONG].database.transaction() as database:
        (kept,) = database.scalars(select(IdempotencyRow.response)).all()
        assert added.password.encode() not in kept
        assert added.volunteer.username.encode() not in kept
    (seen,) = ward.call("ListVolunteers", stations_pb2.ListVolunteersRequest()).volunteers
    assert seen == added.volunteer
    refused("username-taken", ward.volunteer, "Lan.Tran.nam-duong")
    for name in ("0905201101", "lan tran", "lan@tran", "", "a" * 41):
        refused("invalid-field", ward.volunteer, name)


def test_two_volunteers_of_one_user_name_are_not_added_at_once(ward: Ward) -> None:
    came = at_once(ward.volunteer)
    assert sorted(getattr(each, "type", "added") for each in came) == ["added", "username-taken"]


def test_a_volunteer_reads_their_own_duties_and_the_administrator_all(ward: Ward) -> None:
    station = ward.station()
    opening = ward.opening(station.id)
    lan, minh = ward.volunteer().volunteer, ward.volunteer("minh.le", "Lê Minh").volunteer
    for volunteer in (lan, minh):
        ward.duty(opening.id, volunteer.id)
    assert [each.volunteer.full_name for each in ward.duties()] == ["Lê Minh", "Trần Thị Lan"]
    token = ward.accounts.token(lan.id, Role.VOLUNTEER)
    (own,) = ward.duties(token)
    assert (own.volunteer.id, own.station_name, own.opening.id) == (lan.id, "Trạm tổ 12", opening.id)
    assert own.on_duty_from.ToDatetime() == opening.starts_at.ToDatetime() - timedelta(minutes=15)
    assert ward.duties(ward.accounts.token(str(uuid4()), Role.VOLUNTEER)) == []


def test_putting_on_duty_twice_or_at_once_is_one_duty(ward: Ward) -> None:
    opening, volunteer = ward.opening(ward.station().id), ward.volunteer().volunteer
    duties = at_once(lambda: ward.duty(opening.id, volunteer.id), 3)
    assert len({each.id for each in duties}) == 1
    off = take_off(ward, duties[0].id)
    assert off.HasField("taken_off_at")
    assert take_off(ward, duties[0].id) == off
    again = ward.duty(opening.id, volunteer.id)
    assert (again.id, again.HasField("taken_off_at")) == (off.id, False)


def test_nobody_has_duty_for_two_sessions_at_once(ward: Ward) -> None:
    here, there = ward.station(), ward.station("Trạm tổ 5")
    volunteer = ward.volunteer().volunteer
    first = ward.opening(here.id, starts="08:00", ends="11:00")
    same = ward.opening(there.id, starts="10:59", ends="12:00")
    after = ward.opening(here.id, starts="11:00", ends="13:00")
    kept = ward.duty(first.id, volunteer.id)
    no = refused("duty-overlaps", ward.duty, same.id, volunteer.id)
    assert no.text == "Trần Thị Lan đã trực ở Trạm tổ 12 từ 8 giờ đến 11 giờ: hai buổi trùng giờ."
    ward.duty(after.id, volunteer.id)
    ward.duty(same.id, ward.volunteer("minh.le", "Lê Minh").volunteer.id)
    assert ward.duty(first.id, volunteer.id) == kept, "it does not overlap itself"
    take_off(ward, kept.id)
    refused("duty-overlaps", ward.duty, same.id, volunteer.id)  # with the one after
    cancel(ward, after.id)
    ward.duty(same.id, volunteer.id)
    refused("duty-overlaps", ward.duty, first.id, volunteer.id)  # taken off before


def test_two_overlapping_duties_given_at_once_are_one(ward: Ward) -> None:
    volunteer = ward.volunteer().volunteer
    openings = [ward.opening(ward.station(name).id).id for name in ("Trạm tổ 1", "Trạm tổ 2")]
    with ThreadPoolExecutor(2) as pool:
        came = list(pool.map(lambda opening: came_of(lambda: ward.duty(opening, volunteer.id)), openings))
    assert sorted(getattr(each, "type", "put on") for each in came) == ["duty-overlaps", "put on"]


def test_only_a_volunteer_of_the_ward_has_duty(ward: Ward) -> None:
    opening = ward.opening(ward.station().id)
    neighbour = Ward(ward.accounts, THANH_BINH).volunteer().volunteer
    for who in (neighbour.id, str(uuid4()), "ai đó"):
        refused("unknown-volunteer", ward.duty, opening.id, who)
    refused("unknown-duty", take_off, ward, str(uuid4()))


def running(ward: Ward, volunteer: str) -> list[UUID]:
    with ward.accounts.cells[ward.code].database.transaction() as session:
        return [each.row.id for each in storage.running_duties(session, UUID(volunteer), ward.accounts.clock.now())]


def test_a_volunteer_is_on_duty_from_15_minutes_before_until_the_end(ward: Ward, clock: SettableClock) -> None:
    opening, volunteer = ward.opening(ward.station().id, starts="14:00", ends="16:00"), ward.volunteer().volunteer
    duty = UUID(ward.duty(opening.id, volunteer.id).id)
    for hour, minute, found in ((13, 44, []), (13, 45, [duty]), (15, 59, [duty]), (16, 0, [])):
        clock.set(datetime(2020, 10, 6, hour, minute, tzinfo=VIETNAM))
        assert running(ward, volunteer.id) == found
    clock.set(datetime(2020, 10, 6, 15, 0, tzinfo=VIETNAM))
    take_off(ward, str(duty))
    assert running(ward, volunteer.id) == []
    ward.duty(opening.id, volunteer.id)
    cancel(ward, opening.id)
    assert running(ward, volunteer.id) == []


def guided(ward: Ward, duty: Any) -> UUID:
    """An open guided session that rests on a duty."""
    id, now = uuid4(), ward.accounts.clock.now()
    with ward.accounts.cells[ward.code].database.transaction() as session:
        kiosk = DeviceRow(id=uuid4(), kind="kiosk", station_id=UUID(duty.station_id), name="Máy 1", added_at=now)
        consent = ConsentRow(
            id=uuid4(),
            account_id="ai",
            account_ward=ward.code,
            purpose="guided-session",
            text_version="1",
            given_at=now,
        )
        session.add_all([kiosk, consent])
        session.flush()
        row = GuidedSessionRow(
            id=id, version=3, station_id=kiosk.station_id, kiosk_id=kiosk.id, account_id="ai", account_ward=ward.code,
            consent_id=consent.id, code_digest=id.bytes, code_expires_at=now, requested_at=now,
            volunteer_id=UUID(duty.volunteer.id), duty_id=UUID(duty.id), joined_at=now,
            ends_at=now + timedelta(minutes=30), place={}, place_at=now, citizen_seen_at=now,
        )  # fmt: skip
        session.add(row)
    return id


def state(ward: Ward, id: UUID) -> tuple[str, int]:
    with ward.accounts.cells[ward.code].database.transaction() as session:
        row = session.get_one(GuidedSessionRow, id)
        return row.ended_because, row.version


@pytest.mark.parametrize("how", ["taken off", "cancelled", "moved to another day", "station closed"])
def test_a_guided_session_ends_with_the_duty_that_it_rests_on(ward: Ward, how: str) -> None:
    station = ward.station()
    opening, volunteer = ward.opening(station.id), ward.volunteer().volunteer
    duty = ward.duty(opening.id, volunteer.id)
    later = ward.opening(ward.station("Trạm khác").id, starts="11:30", ends="13:00")
    other = ward.duty(later.id, volunteer.id)
    ends, stays = guided(ward, duty), guided(ward, other)
    ward.opening(station.id, ends="11:30", id=opening.id)  # an hour longer ends nothing
    assert state(ward, ends) == ("", 3)
    {
        "taken off": lambda: take_off(ward, duty.id),
        "cancelled": lambda: cancel(ward, opening.id),
        "moved to another day": lambda: ward.opening(station.id, TOMORROW, id=opening.id),
        "station closed": lambda: ward.station(id=station.id, closed=True),
    }[how]()
    assert state(ward, ends) == ("duty-ended", 4)
    assert state(ward, stays) == ("", 3)


# --- phrases


def save(ward: Ward, text: str, position: int = 1, id: str = "", version: int = 0) -> Any:
    request = stations_pb2.SavePhraseRequest(id=id, text=text, position=position, expected_version=version)
    return ward.call("SavePhrase", request)


def phrases(ward: Ward, token: str = "") -> list[str]:
    found = ward.call("ListPhrases", stations_pb2.ListPhrasesRequest(), token).phrases
    return [each.text for each in found]


def test_volunteers_read_the_phrases_in_the_administrators_order(ward: Ward) -> None:
    second, first = save(ward, "Ông/bà xem lại ô đang sáng.", 2), save(ward, "Cháu chào ông/bà.", 1)
    assert phrases(ward, ward.accounts.token(str(uuid4()), Role.VOLUNTEER)) == [first.text, second.text]
    assert save(ward, first.text, 3, first.id).id == first.id
    assert phrases(ward) == [second.text, first.text]


def test_a_phrase_that_is_changed_keeps_its_id_and_one_that_is_taken_out_stays_out(ward: Ward) -> None:
    phrase = save(ward, "Cháu chào ông/bà.")
    changed = save(ward, "Cháu chào ông/bà ạ.", 5, phrase.id)
    assert (changed.id, changed.text, changed.position) == (phrase.id, "Cháu chào ông/bà ạ.", 5)
    assert phrases(ward) == [changed.text]
    retired = [ward.call("RetirePhrase", stations_pb2.RetirePhraseRequest(id=phrase.id)) for _ in range(2)]
    assert [(each.id, each.text) for each in retired] == [(changed.id, changed.text)] * 2
    assert retired[0] == retired[1], "once more changes nothing"
    assert phrases(ward) == []
    refused("unknown-phrase", save, ward, "Sửa lại", id=phrase.id)
    for unknown in (str(uuid4()), "câu"):
        refused("unknown-phrase", ward.call, "RetirePhrase", stations_pb2.RetirePhraseRequest(id=unknown))
    for text, position in (("", 1), ("x" * 301, 1), ("Chào", -1), ("Chào", 10_000)):
        refused("invalid-field", save, ward, text, position)


# --- who may


def test_what_the_administrator_changes_is_recorded(ward: Ward) -> None:
    station = ward.station()
    duty = ward.duty(ward.opening(station.id).id, ward.volunteer().volunteer.id)
    take_off(ward, duty.id)
    with ward.accounts.cells[ward.code].database.transaction() as session:
        rows = session.execute(select(AuditRow.action, AuditRow.role).order_by(AuditRow.seq)).all()
    actions = ["save-station", "save-opening", "add-volunteer", "put-on-duty", "take-off-duty"]
    assert [tuple(row) for row in rows] == [(action, "ward_admin") for action in actions]


def test_nobody_else_changes_stations(ward: Ward) -> None:
    neighbour = Ward(ward.accounts, THANH_BINH)
    roles = set(Role) - {Role.WARD_ADMIN, Role.SERVICE}
    tokens = [neighbour.admin, *(ward.accounts.token(str(uuid4()), role) for role in roles)]
    request = stations_pb2.SaveStationRequest(name="Trạm", address="Ở đây")
    for token in tokens:
        refused("not-allowed", ward.call, "SaveStation", request, token)
    assert listed(ward) == []
