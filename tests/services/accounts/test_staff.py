"""The ward's administrator says who works for the ward: adds them with a link, changes and ends them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from caunoi.accounts.v1 import accounts_pb2, events_pb2, staff_pb2
from sqlalchemy import select

from services.accounts.adapters.hashing import Hasher
from services.accounts.tables import CredentialRow, DutyRow, OpeningRow, StaffRow, StationRow
from services.chassis.capacity import Capacity
from services.chassis.database.tables import AuditRow, OutboxRow
from services.chassis.events.envelope import event_type
from services.chassis.refusal import Refusal
from services.chassis.tokens import Role
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.race import race
from tests.services.accounts.service import NAM_DUONG, PASSWORD, THANH_BINH, Accounts

NEW_PASSWORD = "sông Hàn mùa nước lớn"
ADMIN = "quantri.nam-duong"


def _capacity(roles: list[str]) -> dict[str, Any]:
    return {"capacity": "deputy"} if "signer" in roles else {}


class Administration:
    """A ward's administrator at work."""

    def __init__(self, accounts: Accounts, clock: SettableClock) -> None:
        self.accounts, self.clock = accounts, clock
        self.id = self.worker(ADMIN, Role.WARD_ADMIN)
        self.token = accounts.sign_in(ADMIN).access_token

    def worker(self, username: str, role: Role) -> str:
        id, now = uuid4(), self.clock.now()
        row = StaffRow(id=id, username=username, full_name="Phạm Gia Bảo", title="", roles=[str(role)], created_at=now)
        hash = Hasher(self.accounts.settings).hash(PASSWORD)
        with self.accounts.cells[NAM_DUONG].database.transaction() as session:
            session.add(row)
            session.add(CredentialRow(person_id=id, password_hash=hash, changed_at=now))
        return str(id)

    def call(self, rpc: str, request: Any, *, token: str | None = None, key: str = "", ward: str = NAM_DUONG) -> Any:
        token = self.token if token is None else token
        return self.accounts.call(rpc, request, token=token, key=key or uuid4().hex, ward=ward)

    def add(self, *, key: str = "", token: str | None = None, **changes: Any) -> Any:
        fields = {
            "full_name": "Lê Thị  Thu Hà",
            "username": "ha.le",
            "title": "Phó Chủ tịch UBND phường",
            "roles": ["signer"],
            "phone": "0905 300 300",
        }
        fields |= _capacity(changes.get("roles", ["signer"]))
        return self.call("AddStaff", staff_pb2.AddStaffRequest(**{**fields, **changes}), token=token, key=key)

    def open(self, ticket: str, password: str = NEW_PASSWORD) -> str:
        request = staff_pb2.OpenStaffAccountRequest(ticket=ticket, password=password)
        return str(self.accounts.call("OpenStaffAccount", request).username)

    def change(self, id: str, *, token: str | None = None, **changes: Any) -> Any:
        fields = {"full_name": "Lê Thị Thu Hà", "title": "Phó Chủ tịch UBND phường", "roles": ["signer"]}
        fields |= _capacity(changes.get("roles", ["signer"]))
        return self.call("ChangeStaff", staff_pb2.ChangeStaffRequest(staff_id=id, **{**fields, **changes}), token=token)

    def end(self, id: str, *, token: str | None = None, version: int = 0) -> Any:
        return self.call("EndStaff", staff_pb2.EndStaffRequest(staff_id=id, expected_version=version), token=token)

    def staff(self) -> dict[str, Any]:
        found = self.call("ListAdministeredStaff", staff_pb2.ListAdministeredStaffRequest())
        return {one.username: one for one in found.staff}

    def audited(self) -> list[tuple[str, str]]:
        with self.accounts.cells[NAM_DUONG].database.transaction() as session:
            return [(row.action, row.actor_id) for row in session.scalars(select(AuditRow).order_by(AuditRow.seq))]


@pytest.fixture
def ward(accounts: Accounts, clock: SettableClock) -> Administration:
    return Administration(accounts, clock)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as no:
        act()
    return no.value.type


def test_a_new_member_of_staff_opens_the_account_by_the_link_and_has_their_roles(
    ward: Administration, accounts: Accounts
) -> None:
    link = ward.add()
    assert (link.member.username, link.member.opened, link.member.phone_masked) == (
        "ha.le.nam-duong",
        False,
        "•••••••300",
    )
    assert refused(lambda: accounts.sign_in("ha.le.nam-duong", NEW_PASSWORD)) == "wrong-login"
    assert ward.open(link.ticket) == ward.open(link.ticket) == "ha.le.nam-duong"
    assert refused(lambda: ward.open(link.ticket, "một câu khác hẳn")) == "unknown-link"
    who = accounts.named_by(accounts.sign_in("ha.le.nam-duong", NEW_PASSWORD).access_token)
    assert (who.signs_as, sorted(who.roles)) == ("Lê Thị Thu Hà, Phó Chủ tịch UBND phường", [Role.SIGNER])
    assert ward.staff()["ha.le.nam-duong"].opened
    assert ("add-staff", ward.id) in ward.audited()


def test_a_repetition_of_the_same_request_gets_the_same_link(ward: Administration) -> None:
    assert ward.add(key="k" * 20).ticket == ward.add(key="k" * 20).ticket
    assert refused(lambda: ward.add(key="l" * 20)) == "username-taken"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"roles": []}, "roles"),
        ({"roles": ["citizen"]}, "roles"),
        ({"roles": ["signer", "volunteer"]}, "roles"),
        ({"title": " "}, "title"),
        ({"capacity": ""}, "capacity"),
        ({"capacity": "chairman"}, "capacity"),
        ({"roles": ["receptionist"], "capacity": "head"}, "capacity"),
        ({"full_name": ""}, "full_name"),
        ({"username": "Quản trị"}, "username"),
        ({"phone": "", "email": ""}, "phone"),
        ({"phone": "113"}, "phone"),
        ({"email": "không có"}, "email"),
    ],
)
def test_what_cannot_be_taken_is_named(ward: Administration, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as no:
        ward.add(**changes)
    assert (no.value.type, [fault.field for fault in no.value.fields]) == ("invalid-field", [field])


def test_only_the_wards_administrator_says_who_works_there(ward: Administration, accounts: Accounts) -> None:
    ward.worker("motcua.nam-duong", Role.RECEPTIONIST)
    token = accounts.sign_in("motcua.nam-duong").access_token
    assert refused(lambda: ward.add(token=token)) == "not-allowed"
    request = staff_pb2.ListAdministeredStaffRequest()
    assert refused(lambda: ward.call("ListAdministeredStaff", request, ward=THANH_BINH)) == "not-allowed"


def test_other_roles_end_the_sessions_and_count_at_the_next_sign_in(
    ward: Administration, accounts: Accounts, notifications: FakeNotifications
) -> None:
    link = ward.add(roles=["receptionist"])
    ward.open(link.ticket)
    session = accounts.sign_in("ha.le.nam-duong", NEW_PASSWORD)
    ward.change(link.member.id, roles=["civil_status_officer", "signer"])
    refresh = accounts_pb2.RefreshSessionRequest(refresh_token=session.refresh_token)
    assert refused(lambda: accounts.call("RefreshSession", refresh)) == "session-ended"
    own = accounts_pb2.GetOwnSessionRequest()
    assert not accounts.call("GetOwnSession", own, token=session.access_token).open
    again = accounts.sign_in("ha.le.nam-duong", NEW_PASSWORD)
    assert list(again.account.roles) == ["civil_status_officer", "signer"]
    assert ("change-roles", ward.id) in ward.audited()
    accounts.hand_over()
    assert [one.template for one in notifications.notices.values()] == ["account-roles-changed"]


def test_in_what_capacity_a_signer_signs_is_chosen_and_not_read_from_the_title(
    ward: Administration, accounts: Accounts, notifications: FakeNotifications
) -> None:
    link = ward.add(title="Phó Chủ tịch phụ trách", capacity="head")
    assert link.member.capacity == "head"
    ward.open(link.ticket)
    session = accounts.sign_in("ha.le.nam-duong", NEW_PASSWORD)
    assert accounts.named_by(session.access_token).capacity is Capacity.HEAD
    ward.change(link.member.id, title="Phó Chủ tịch phụ trách", capacity="deputy")
    refresh = accounts_pb2.RefreshSessionRequest(refresh_token=session.refresh_token)
    assert refused(lambda: accounts.call("RefreshSession", refresh)) == "session-ended"
    again = accounts.sign_in("ha.le.nam-duong", NEW_PASSWORD)
    assert accounts.named_by(again.access_token).capacity is Capacity.DEPUTY
    assert ward.staff()["ha.le.nam-duong"].capacity == "deputy"
    accounts.hand_over()
    assert [one.template for one in notifications.notices.values()] == ["account-roles-changed"]
    assert ward.change(link.member.id, title="Quyền Chủ tịch", capacity="acting").capacity == "acting"
    anew = accounts.sign_in("ha.le.nam-duong", NEW_PASSWORD)
    assert accounts.named_by(anew.access_token).capacity is Capacity.ACTING
    assert ward.change(link.member.id, roles=["receptionist"]).capacity == ""


def test_nobody_changes_the_capacity_in_which_they_sign_themselves(ward: Administration, accounts: Accounts) -> None:
    both = ["signer", "ward_admin"]
    link = ward.add(roles=both)
    ward.open(link.ticket)
    own = accounts.sign_in("ha.le.nam-duong", NEW_PASSWORD).access_token
    promoted = partial(ward.change, link.member.id, token=own, roles=both, capacity="head")
    assert refused(promoted) == "own-roles"
    assert ward.change(link.member.id, token=own, roles=both, title="Phó Chủ tịch").capacity == "deputy"


def test_another_phone_alone_ends_no_session_and_what_is_left_out_stays(
    ward: Administration, accounts: Accounts
) -> None:
    link = ward.add(email="ha@example.com")
    ward.open(link.ticket)
    session = accounts.sign_in("ha.le.nam-duong", NEW_PASSWORD)
    changed = ward.change(link.member.id, phone="0905 300 301")
    assert (changed.phone_masked, changed.email_masked) == ("•••••••301", "h•••@example.com")
    refresh = accounts_pb2.RefreshSessionRequest(refresh_token=session.refresh_token)
    assert accounts.call("RefreshSession", refresh).access_token


def test_nobody_changes_their_own_roles(ward: Administration) -> None:
    assert refused(lambda: ward.change(ward.id, roles=["signer", "ward_admin"])) == "own-roles"
    assert ward.change(ward.id, roles=["ward_admin"], title="Quản trị").title == "Quản trị"


def test_a_volunteer_is_changed_without_roles_and_stays_one(ward: Administration) -> None:
    volunteer = ward.worker("chin.nam-duong", Role.VOLUNTEER)
    changed = ward.change(volunteer, full_name="Phan Thị Chính", title="Tình nguyện viên", roles=[])
    assert (changed.full_name, list(changed.roles)) == ("Phan Thị Chính", ["volunteer"])
    assert refused(lambda: ward.change(volunteer, roles=["signer"])) == "invalid-field"
    signer = ward.worker("ky.nam-duong", Role.SIGNER)
    assert refused(lambda: ward.change(signer, roles=[])) == "invalid-field"


def test_a_person_whose_work_ends_loses_access_at_once_and_repeating_it_changes_nothing(
    ward: Administration, accounts: Accounts
) -> None:
    link = ward.add()
    ward.open(link.ticket)
    session = accounts.sign_in("ha.le.nam-duong", NEW_PASSWORD)
    ended = ward.end(link.member.id).ended_at
    assert ward.end(link.member.id).ended_at == ended
    own = accounts_pb2.GetOwnSessionRequest()
    assert not accounts.call("GetOwnSession", own, token=session.access_token).open
    assert refused(lambda: accounts.sign_in("ha.le.nam-duong", NEW_PASSWORD)) == "wrong-login"
    staff = accounts.call("ListStaff", accounts_pb2.ListStaffRequest(), token=session.access_token)
    assert [one.full_name for one in staff.staff] == []
    assert refused(lambda: ward.change(link.member.id)) == "unknown-staff"
    assert [action for action, _ in ward.audited()].count("end-staff") == 1


def test_of_two_administrators_neither_overwrites_the_other_unseen(ward: Administration, accounts: Accounts) -> None:
    link = ward.add()
    id, read = link.member.id, link.member.version
    changed = ward.change(id, title="Chủ tịch UBND phường", capacity="head", expected_version=read)
    assert changed.version > read
    assert ward.staff()["ha.le.nam-duong"].version == changed.version
    assert refused(partial(ward.change, id, roles=["receptionist"], expected_version=read)) == "stale-version"
    assert refused(partial(ward.end, id, version=read)) == "stale-version"
    kept = ward.staff()["ha.le.nam-duong"]
    assert (kept.title, kept.capacity, kept.ended_at.seconds) == ("Chủ tịch UBND phường", "head", 0)
    same = ward.change(id, title="Chủ tịch UBND phường", capacity="head", expected_version=changed.version)
    assert same.version == changed.version, "nothing was changed"
    assert ward.change(id, phone="0905 300 301").version > changed.version, "who names no version takes whatever it is"
    latest = ward.staff()["ha.le.nam-duong"].version
    ended = ward.end(id, version=latest)
    assert ward.end(id, version=latest).ended_at == ended.ended_at, "once more changes nothing"


def test_of_two_administrators_who_save_at_once_one_is_told(ward: Administration, accounts: Accounts) -> None:
    ward.worker("hai.nam-duong", Role.WARD_ADMIN)
    token = accounts.sign_in("hai.nam-duong").access_token
    link = ward.add()
    for _ in range(5):
        read = ward.staff()["ha.le.nam-duong"].version
        one = partial(ward.change, link.member.id, title=f"Chủ tịch {read}", expected_version=read)
        two = partial(ward.change, link.member.id, roles=["receptionist"], token=token, expected_version=read)
        outcomes = race(one, two)
        [no] = [each for each in outcomes if isinstance(each, Refusal)]
        [saved] = [each for each in outcomes if not isinstance(each, Refusal)]
        assert no.type == "stale-version"
        assert ward.staff()["ha.le.nam-duong"] == saved
        ward.change(link.member.id)  # a signer again


def test_of_a_change_and_an_end_at_once_one_is_told(ward: Administration, accounts: Accounts) -> None:
    link = ward.add()
    read = link.member.version
    changed, ended = race(
        partial(ward.change, link.member.id, title="Chủ tịch", expected_version=read),
        partial(ward.end, link.member.id, version=read),
    )
    kept = ward.staff()["ha.le.nam-duong"]
    if isinstance(ended, Refusal):
        assert (ended.type, kept.title, kept.ended_at.seconds) == ("stale-version", "Chủ tịch", 0)
    else:
        assert isinstance(changed, Refusal)
        assert (changed.type, kept.title) == ("unknown-staff", link.member.title)


def test_the_link_of_a_person_whose_work_has_ended_opens_nothing(ward: Administration) -> None:
    link = ward.add()
    ward.end(link.member.id)
    assert refused(lambda: ward.open(link.ticket)) == "unknown-link"


def test_the_last_administrator_stays(ward: Administration, accounts: Accounts) -> None:
    assert refused(lambda: ward.end(ward.id)) == "last-administrator"
    unopened = ward.add(username="hai", roles=["ward_admin"])  # has no password: administers nothing yet
    assert refused(lambda: ward.end(ward.id)) == "last-administrator"
    ward.open(unopened.ticket)
    assert ward.end(ward.id).ended_at.seconds
    token = accounts.sign_in("hai.nam-duong", NEW_PASSWORD).access_token
    assert refused(lambda: ward.end(unopened.member.id, token=token)) == "last-administrator"


def test_of_two_administrators_who_end_each_other_at_once_one_stays(ward: Administration, accounts: Accounts) -> None:
    other = ward.worker("hai.nam-duong", Role.WARD_ADMIN)
    token = accounts.sign_in("hai.nam-duong").access_token
    outcomes = race(partial(ward.end, other), partial(ward.end, ward.id, token=token))
    assert sorted(isinstance(one, Refusal) for one in outcomes) == [False, True]


def test_a_new_link_sets_another_password_and_the_old_one_is_good_until_then(
    ward: Administration, accounts: Accounts, clock: SettableClock, notifications: FakeNotifications
) -> None:
    first = ward.add()
    renew = staff_pb2.RenewStaffLinkRequest(staff_id=first.member.id)
    second = ward.call("RenewStaffLink", renew)
    assert refused(lambda: ward.open(first.ticket)) == "unknown-link"
    ward.open(second.ticket)
    clock.advance(timedelta(minutes=5))
    third = ward.call("RenewStaffLink", renew)
    assert accounts.sign_in("ha.le.nam-duong", NEW_PASSWORD).access_token
    ward.open(third.ticket, "một câu khác hẳn")
    assert refused(lambda: accounts.sign_in("ha.le.nam-duong", NEW_PASSWORD)) == "wrong-login"
    assert accounts.sign_in("ha.le.nam-duong", "một câu khác hẳn").access_token
    assert refused(lambda: ward.call("RenewStaffLink", staff_pb2.RenewStaffLinkRequest(staff_id=ward.id))) == (
        "own-account"
    )
    accounts.hand_over()
    assert [one.template for one in notifications.notices.values()] == ["account-link-made"] * 2


def test_all_other_administrators_are_told_of_one_more_whichever_way_they_become_one(
    ward: Administration, accounts: Accounts, notifications: FakeNotifications
) -> None:
    """Also who adds them: somebody else may be doing it in their name."""
    mine = "0905 400 400"
    ward.change(ward.id, full_name="Phạm Gia Bảo", title="Quản trị viên", roles=["ward_admin"], phone=mine)
    ward.token = accounts.sign_in(ADMIN).access_token
    accounts.hand_over()
    notifications.notices.clear()

    def told() -> list[tuple[str, str]]:
        accounts.hand_over()
        found = [(one.template, one.phone) for one in notifications.notices.values()]
        notifications.notices.clear()
        return found

    link = ward.add(roles=["ward_admin"], title="Quản trị viên")
    assert told() == [("account-administrator-link", "+84905400400")]
    ward.open(link.ticket)
    ward.open(link.ticket)
    assert told() == [("account-administrator-added", "+84905400400")]
    again = ward.call("RenewStaffLink", staff_pb2.RenewStaffLinkRequest(staff_id=link.member.id))
    ward.open(again.ticket, "một câu khác hẳn")
    assert told() == [("account-link-made", "+84905300300")], "a password set anew makes no administrator"
    other = ward.add(username="an", phone="0905 500 500", roles=["receptionist"])
    assert told() == []
    ward.change(other.member.id, title="Công chức", roles=["receptionist", "ward_admin"])
    assert sorted(told()) == [
        ("account-administrator-added", "+84905300300"),
        ("account-administrator-added", "+84905400400"),
        ("account-roles-changed", "+84905500500"),
    ]
    ward.change(other.member.id, title="Công chức", roles=["signer", "ward_admin"], capacity="deputy")
    assert told() == [("account-roles-changed", "+84905500500")], "they were one before"


def test_since_when_somebody_administers_the_ward_is_known_whichever_way_they_become_one(
    ward: Administration, clock: SettableClock
) -> None:
    """Their first page shows the other administrators who became one lately: some are told by no message."""

    def since(username: str) -> Any:
        found = ward.staff()[username]
        return found.administrator_since.ToDatetime() if found.HasField("administrator_since") else None

    def now() -> Any:
        return clock.now().replace(tzinfo=None)

    link = ward.add(roles=["ward_admin"], title="Quản trị viên")
    made = now()
    assert since("ha.le.nam-duong") == made
    clock.advance(timedelta(hours=1))
    ward.open(link.ticket)
    assert since("ha.le.nam-duong") == now(), "from now on they can do something"
    opened = now()
    other = ward.add(username="an", phone="0905 500 500", roles=["receptionist"]).member.id
    assert since("an.nam-duong") is None
    clock.advance(timedelta(days=40))
    ward.token = ward.accounts.sign_in(ADMIN).access_token
    ward.change(other, title="Công chức", roles=["receptionist", "ward_admin"])
    assert (since("an.nam-duong"), since("ha.le.nam-duong")) == (now(), opened)
    promoted = now()
    clock.advance(timedelta(minutes=1))
    ward.change(other, title="Công chức mới", roles=["ward_admin"])
    assert since("an.nam-duong") == promoted, "they were one before"
    ward.change(other, title="Công chức", roles=["receptionist"])
    assert since("an.nam-duong") is None
    ward.change(other, title="Công chức", roles=["ward_admin"])
    assert since("an.nam-duong") == now(), "taken away and given again"


def test_a_link_is_good_for_a_day(ward: Administration, clock: SettableClock) -> None:
    link = ward.add()
    clock.advance(timedelta(hours=24))
    assert refused(lambda: ward.open(link.ticket)) == "unknown-link"


def test_phones_of_staff_do_not_lie_open(ward: Administration) -> None:
    link = ward.add(email="ha@example.com")
    with ward.accounts.cells[NAM_DUONG].database.transaction() as session:
        row = session.get_one(StaffRow, UUID(link.member.id))
        assert b"0905300300"[1:] not in (row.phone or b"")
        assert b"ha@example.com" not in (row.email or b"")


def left(accounts: Accounts) -> list[str]:
    """Of whom the dossiers service was told that they left the office."""
    type = event_type(events_pb2.StaffDeparted)
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.type == type)).all()
        told = [events_pb2.StaffDeparted.FromString(row.payload) for row in rows]
    assert {each.ward for each in told} <= {NAM_DUONG}
    return [each.staff_id for each in told]


def test_who_leaves_the_office_is_told_to_the_dossiers_service_once(ward: Administration, accounts: Accounts) -> None:
    id = ward.add().member.id
    ward.change(id, title="Chủ tịch")
    ward.change(id, roles=["receptionist"])
    assert left(accounts) == []
    ward.end(id)
    ward.end(id)
    assert left(accounts) == [id]


def test_who_keeps_no_role_of_the_office_has_left_it(ward: Administration, accounts: Accounts) -> None:
    id = ward.add(roles=["receptionist"]).member.id
    ward.change(id, roles=["ward_admin"])
    assert left(accounts) == [id]
    ward.end(id)
    assert left(accounts) == [id], "there was nothing more to leave"


def test_a_volunteers_duties_ahead_are_counted_and_their_end_concerns_no_dossier(
    ward: Administration, accounts: Accounts
) -> None:
    id = ward.worker("tinhnguyen.nam-duong", Role.VOLUNTEER)
    now = ward.clock.now()
    hours = {"past": (-5, -2), "today": (1, 4), "tomorrow": (24, 27), "called off": (48, 51)}
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        station = StationRow(id=uuid4(), name="Trạm", address="1 Hoàng Diệu", opening_hours="Sáng thứ ba")
        session.add(station)
        session.flush()
        for name, (start, end) in hours.items():
            times = {"starts_at": now + timedelta(hours=start), "ends_at": now + timedelta(hours=end)}
            cancelled = now if name == "called off" else None
            opening = OpeningRow(id=uuid4(), station_id=station.id, note="", cancelled_at=cancelled, **times)
            session.add(opening)
            session.flush()
            session.add(DutyRow(id=uuid4(), opening_id=opening.id, volunteer_id=UUID(id), put_on_at=now))
    assert ward.staff()["tinhnguyen.nam-duong"].duties_ahead == 2
    assert ward.end(id).duties_ahead == 0
    assert left(accounts) == []


def test_all_that_is_wrong_with_a_new_member_is_told_at_once(ward: Administration) -> None:
    wrong = {"username": "Ha Le", "capacity": "", "phone": "12", "email": "x"}
    with pytest.raises(Refusal) as no:
        ward.add(**wrong)
    assert [each.field for each in no.value.fields] == ["username", "capacity", "phone", "email"]
    id = ward.add().member.id
    with pytest.raises(Refusal) as no:
        ward.change(id, capacity="", phone="12")
    assert [each.field for each in no.value.fields] == ["capacity", "phone"]
