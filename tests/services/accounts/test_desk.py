"""The acts of the ward's desk on an account after it has seen the original of the identity paper."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from caunoi.accounts.v1 import accounts_pb2, events_pb2, recovery_pb2
from sqlalchemy import select, update

from services.accounts.tables import AccountRow, ResidentRow, SeenPaperRow
from services.chassis.database.tables import AuditRow
from services.chassis.events.envelope import Event, event_type, to_record
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Principal, Role
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.race import race
from tests.services.accounts.service import NAM_DUONG, PASSWORD, THANH_BINH, Accounts
from tests.services.accounts.test_directory import deliver, home, opened_in_both, status
from tests.services.accounts.test_recovery import told_by
from tests.services.accounts.ward import refused

OLD, NEW, EMAIL, NUMBER = "+84905201101", "+84905777888", "sau@example.com", "048155001001"
ACTIVATED, CLOSED = events_pb2.AccountActivated, events_pb2.AccountClosed


class Desk:
    """A receptionist of Nam Dương, with the original in hand."""

    def __init__(self, accounts: Accounts, notifications: FakeNotifications) -> None:
        self.accounts, self.notifications = accounts, notifications
        self.id = str(uuid4())
        self.token = self.token_of(Role.RECEPTIONIST)

    def token_of(self, *roles: Role, ward: str = NAM_DUONG, id: str = "") -> str:
        hoa = Principal(id or self.id, ward, frozenset(roles), "Lê Thị Hoa", "công chức Một cửa")
        return self.accounts.cells[ward].issuer.issue(hoa)

    def call(self, rpc: str, request: Any, token: str = "", ward: str = NAM_DUONG) -> Any:
        answer = self.accounts.call(rpc, request, token=token or self.token, ward=ward)
        self.accounts.hand_over()
        return answer

    def find(self, number: str = NUMBER, kind: str = "cccd", ward: str = NAM_DUONG, token: str = "") -> Any:
        request = recovery_pb2.FindAccountRequest(identity_kind=kind, identity_number=number)
        return self.call("FindAccount", request, token, ward)

    def confirm(
        self, id: str, number: str = NUMBER, kind: str = "cccd", *, seen: bool = True, token: str = "", **right: str
    ) -> Any:
        request = recovery_pb2.ConfirmIdentityRequest(
            account_id=id, identity_kind=kind, identity_number=number, original_seen=seen, **right
        )
        return self.call("ConfirmIdentity", request, token)

    def ask(self, id: str, number: str = NUMBER, phone: str = "0905 777 888", *, seen: bool = True) -> Any:
        request = recovery_pb2.RequestPhoneReplacementRequest(
            account_id=id, identity_kind="cccd", identity_number=number, original_seen=seen, phone=phone
        )
        return self.call("RequestPhoneReplacement", request)

    def code(self) -> str:
        return self.notifications.code(NEW, "replace-phone")

    def replace(self, change: str, otp: str = "", token: str = "", *, drops: bool = False) -> Any:
        request = recovery_pb2.ReplacePhoneRequest(change_id=change, otp=otp or self.code(), remove_email=drops)
        return self.call("ReplacePhone", request, token)

    def close(
        self,
        id: str,
        number: str = NUMBER,
        *,
        reason: str = "opened-by-other",
        seen: bool = True,
        ward: str = NAM_DUONG,
    ) -> Any:
        request = recovery_pb2.CloseAccountRequest(
            account_id=id, identity_kind="cccd", identity_number=number, original_seen=seen, reason=reason
        )
        token = self.token if ward == NAM_DUONG else self.token_of(Role.RECEPTIONIST, ward=ward)
        return self.call("CloseAccount", request, token, ward)


@pytest.fixture
def desk(accounts: Accounts, notifications: FakeNotifications) -> Desk:
    return Desk(accounts, notifications)


def seen_papers(accounts: Accounts) -> list[SeenPaperRow]:
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        return list(session.scalars(select(SeenPaperRow)).all())


def actions(accounts: Accounts, person: str) -> list[str]:
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        mine = select(AuditRow.action).where(AuditRow.person_id == person, AuditRow.actor_id != person)
        return list(session.scalars(mine.order_by(AuditRow.seq)).all())


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


# --- finding


def test_the_desk_finds_an_account_by_the_number_and_the_owner_reads_of_it(
    accounts: Accounts, desk: Desk, citizen: str
) -> None:
    found = desk.find("048 155 001 001")
    assert (found.account.id, found.account.phone_masked, found.account.identity_level) == (citizen, "•••••••101", 1)
    assert found.account.phone == found.account.identity_number == found.account.email == ""
    assert desk.call("GetAccount", recovery_pb2.GetAccountRequest(account_id=citizen)).account.id == citizen
    assert actions(accounts, citizen) == ["view-account"]


def test_the_owner_reads_once_an_hour_that_an_officer_has_looked_and_of_each_act(
    accounts: Accounts, desk: Desk, citizen: str
) -> None:
    request = recovery_pb2.GetAccountRequest(account_id=citizen)
    an_hour_ago(accounts, desk, citizen)
    for _ in range(3):
        desk.find()
        desk.call("GetAccount", request)
    assert actions(accounts, citizen) == ["view-account"] * 2
    desk.confirm(citizen)
    desk.call("GetAccount", request)
    desk.ask(citizen)
    desk.ask(citizen)
    acts = actions(accounts, citizen)[2:]
    assert acts.count("see-identity-paper") == 3
    assert "view-account" not in acts
    desk.find(token=desk.token_of(Role.CIVIL_STATUS_OFFICER, id=str(uuid4())))
    assert actions(accounts, citizen)[-1] == "view-account", "of a colleague"


def an_hour_ago(accounts: Accounts, desk: Desk, citizen: str) -> None:
    """The officer looked then, by the clock of the database, which no test sets."""
    about = {"actor_id": desk.id, "actor": "Lê Thị Hoa", "role": "receptionist", "request_id": ""}
    at = datetime.now(UTC) - timedelta(minutes=61)
    subject = f"account:{citizen}"
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        session.add(AuditRow(at=at, action="view-account", subject=subject, person_id=citizen, **about))


def test_a_number_of_nobody_or_of_another_ward_is_said_so(accounts: Accounts, desk: Desk, citizen: str) -> None:
    refused("unknown-account", desk.find, "048155009999")
    refused("invalid-identity", desk.find, "123")
    refused("invalid-identity", desk.find, NUMBER, "thẻ")
    deliver(accounts, THANH_BINH, *told_by(accounts, ACTIVATED))
    there = desk.token_of(Role.RECEPTIONIST, ward=THANH_BINH)
    no = refused("account-elsewhere", desk.find, ward=THANH_BINH, token=there)
    assert "phường Nam Dương" in no.text
    found = [each for ward in (NAM_DUONG, THANH_BINH) for each in looked_up(accounts, ward)]
    assert [person for _, person in found] == ["", citizen]
    assert NUMBER not in str(found)


def looked_up(accounts: Accounts, ward: str) -> list[tuple[str, str]]:
    with accounts.cells[ward].database.transaction() as session:
        query = select(AuditRow.subject, AuditRow.person_id).where(AuditRow.action == "look-up-account")
        return [(row.subject, row.person_id) for row in session.execute(query)]


def test_an_officer_does_not_look_up_number_after_number(
    accounts: Accounts, desk: Desk, clock: SettableClock, citizen: str
) -> None:
    for number in range(15):
        refused("unknown-account", desk.find, f"0481550090{number:02}")
        refused("identity-differs", desk.confirm, citizen, f"0481550090{number:02}")
    for act in (desk.find, partial(desk.confirm, citizen), partial(desk.ask, citizen), partial(desk.close, citizen)):
        no = refused("too-many-lookups", act)
        assert (no.kind, no.retry_after) == (Kind.THROTTLED, 3600)
    assert len(looked_up(accounts, NAM_DUONG)) == 15
    assert desk.find(token=desk.token_of(Role.RECEPTIONIST, id=str(uuid4()))), "a colleague goes on"
    clock.advance(timedelta(hours=1))
    assert desk.find().account.id == citizen


def test_a_pending_account_is_not_found(accounts: Accounts, desk: Desk) -> None:
    opened = accounts.open()
    refused("unknown-account", desk.find)
    refused("unknown-account", desk.confirm, opened.account_id)


@pytest.mark.parametrize("roles", [(Role.VOLUNTEER,), (Role.WARD_ADMIN,), (Role.SIGNER,), (Role.CITIZEN,)])
def test_nobody_else_sees_or_changes_an_account(desk: Desk, citizen: str, roles: tuple[Role, ...]) -> None:
    token = desk.token_of(*roles)
    for act in (partial(desk.find, token=token), partial(desk.confirm, citizen, token=token)):
        with pytest.raises(Refusal) as no:
            act()
        assert no.value.kind is Kind.FORBIDDEN


def test_the_desk_of_another_ward_changes_nothing(accounts: Accounts, desk: Desk, citizen: str) -> None:
    with pytest.raises(Refusal) as no:
        desk.confirm(citizen, token=desk.token_of(Role.RECEPTIONIST, ward=THANH_BINH))
    assert no.value.kind in (Kind.FORBIDDEN, Kind.UNAUTHENTICATED)


# --- the level


def test_the_level_is_raised_by_who_has_seen_the_original(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, clock: SettableClock, citizen: str
) -> None:
    shown = desk.confirm(citizen)
    assert notifications.told() == [("account-identity-confirmed", OLD, "")]
    assert shown.account.identity_level == 2
    assert shown.account.identity_seen_at.ToDatetime() == clock.now().replace(tzinfo=None)
    (paper,) = shown.papers
    assert (paper.who, paper.identity_kind, paper.purpose) == (
        "Lê Thị Hoa, công chức Một cửa",
        "cccd",
        "confirm-identity",
    )
    (row,) = seen_papers(accounts)
    assert (row.officer_id, row.account_id.hex) == (desk.id, citizen.replace("-", ""))
    assert NUMBER.encode() not in row.number
    own = accounts.call("GetOwnAccount", accounts_pb2.GetOwnAccountRequest(), token=accounts.token(citizen))
    assert own.identity_level == 2
    assert actions(accounts, citizen) == ["see-identity-paper", "confirm-identity"]


def test_a_wrong_name_and_birth_date_are_put_right_by_the_original(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, citizen: str
) -> None:
    shown = desk.confirm(citizen, full_name="  Nguyễn Thị  Tư ", date_of_birth="1955-02-03")
    assert (shown.account.full_name, shown.account.date_of_birth) == ("Nguyễn Thị Tư", "1955-02-03")
    assert {one[0] for one in notifications.told()} == {"account-identity-confirmed", "account-details-corrected"}
    assert actions(accounts, citizen) == [
        "see-identity-paper",
        "confirm-identity",
        "correct-name",
        "correct-birth-date",
    ]
    again = desk.confirm(citizen, full_name="Nguyễn Thị Tư")
    assert again.account.date_of_birth == "1955-02-03"
    assert "correct-name" not in actions(accounts, citizen)[4:]


@pytest.mark.parametrize(
    ("field", "wrong"), [("full_name", "Tư"), ("date_of_birth", "1955-02-30"), ("date_of_birth", "2999-01-01")]
)
def test_an_impossible_name_or_birth_date_is_not_written_to_an_account(
    accounts: Accounts, desk: Desk, citizen: str, field: str, wrong: str
) -> None:
    no = refused("invalid-account", desk.confirm, citizen, **{field: wrong})
    assert [fault.field for fault in no.fields] == [field]
    assert seen_papers(accounts) == []


@pytest.mark.parametrize(
    ("type", "field", "changed"),
    [
        ("original-not-seen", "original_seen", {"seen": False}),
        ("identity-differs", "identity_number", {"number": "048155001002"}),
        ("identity-differs", "identity_number", {"number": "048155001", "kind": "cmnd"}),
        ("invalid-identity", "identity_number", {"number": "x"}),
        ("invalid-identity", "identity_kind", {"kind": ""}),
    ],
)
def test_another_paper_or_no_paper_does_not_raise_the_level(
    accounts: Accounts,
    desk: Desk,
    notifications: FakeNotifications,
    citizen: str,
    type: str,
    field: str,
    changed: dict[str, Any],
) -> None:
    no = refused(type, desk.confirm, citizen, **changed)
    assert [fault.field for fault in no.fields] == [field]
    assert seen_papers(accounts) == []
    assert notifications.told() == []
    assert actions(accounts, citizen) == (["compare-identity-paper"] if type == "identity-differs" else [])
    assert desk.find().account.identity_level == 1


def test_who_has_another_paper_now_is_told_the_way(accounts: Accounts, desk: Desk, citizen: str) -> None:
    no = refused("identity-differs", desk.confirm, citizen, "048155001002")
    assert "nộp hồ sơ tại quầy" in no.text
    assert "giấy tờ tùy thân mới" not in no.text, "the number of a citizen card stays"
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        session.execute(update(AccountRow).where(AccountRow.id == citizen).values(identity_kind="cmnd"))
    no = refused("identity-differs", desk.confirm, citizen)
    assert "xin chọn “Ghi giấy tờ tùy thân mới” ở trang của tài khoản." in no.text


# --- a phone that was lost


def test_a_lost_phone_is_replaced_and_the_password_with_it(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, citizen: str
) -> None:
    session = accounts.sign_in("0905201101")
    asked = desk.ask(citizen)
    assert (asked.old_phone_masked, asked.new_phone_masked) == ("", "•••••••888")
    shown = desk.replace(asked.change_id)
    assert shown.account.phone_masked == "•••••••888"
    assert notifications.told() == [("account-phone-replaced", OLD, EMAIL), ("account-phone-replaced", NEW, "")]
    refresh = accounts_pb2.RefreshSessionRequest(refresh_token=session.refresh_token)
    refused("session-ended", accounts.call, "RefreshSession", refresh)
    for login in ("0905201101", "0905777888", NUMBER):
        refused("wrong-login", accounts.sign_in, login)
    ask = recovery_pb2.RequestRecoveryRequest(login="0905777888", date_of_birth="1955-03-08")
    recovery = accounts.call("RequestRecovery", ask).recovery_id
    accounts.hand_over()
    otp = notifications.code(NEW, "recover-account")
    new = recovery_pb2.RecoverAccountRequest(recovery_id=recovery, otp=otp, new_password="mùa xuân ở Sơn Trà")
    accounts.call("RecoverAccount", new)
    assert accounts.sign_in("0905777888", "mùa xuân ở Sơn Trà").account.id == citizen
    asked_to_file = accounts_pb2.IssueOneTimeCodeRequest(purpose="file-dossier", binding=b"d" * 32)
    refused("phone-just-changed", accounts.call, "IssueOneTimeCode", asked_to_file, token=accounts.token(citizen))
    assert [paper.purpose for paper in seen_papers(accounts)] == ["replace-phone"]


def test_the_former_holder_of_a_phone_that_the_desk_sets_is_told(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, citizen: str
) -> None:
    holder = accounts.open(
        full_name="Trần Văn Bảy", identity_number="048055001009", phone="0905777888", email="bay@example.com"
    )
    accounts.activate(holder.account_id, notifications.last().otp)
    desk.replace(desk.ask(citizen).change_id)
    assert [one for one in notifications.told() if one[0] == "account-phone-shared"] == [
        ("account-phone-shared", NEW, "bay@example.com")
    ]


def test_an_email_that_is_not_the_owners_goes_with_the_lost_phone(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, citizen: str
) -> None:
    assert desk.find().email_masked == "s•••@example.com"
    shown = desk.replace(desk.ask(citizen).change_id, drops=True)
    assert shown.email_masked == ""
    assert ("account-email-changed", NEW, EMAIL) in notifications.told()
    assert actions(accounts, citizen)[-2:] == ["change-email", "replace-phone"]


def test_who_asks_for_other_phones_all_day_does_not_keep_the_desk_from_replacing_it(
    accounts: Accounts, desk: Desk, clock: SettableClock, citizen: str
) -> None:
    token = accounts.token(citizen)
    for number in range(6):
        clock.set(clock.now() + timedelta(minutes=30))
        phone = f"090577700{number}"
        accounts.call(
            "RequestPhoneChange", recovery_pb2.RequestPhoneChangeRequest(password=PASSWORD, phone=phone), token=token
        )
    assert desk.replace(desk.ask(citizen).change_id)


def test_the_owners_change_does_not_overtake_the_desk(
    accounts: Accounts, notifications: FakeNotifications, desk: Desk, clock: SettableClock, citizen: str
) -> None:
    """Somebody who has the old phone and the password would do so each time."""
    token = accounts.token(citizen)
    request = recovery_pb2.RequestPhoneChangeRequest(password=PASSWORD, phone="0905777000")
    asked = accounts.call("RequestPhoneChange", request, token=token)
    accounts.hand_over()
    old = notifications.code("+84905201101", "change-phone-old")
    new = notifications.code("+84905777000", "change-phone-new")
    clock.set(clock.now() + timedelta(minutes=1))
    at_desk = desk.ask(citizen)
    change = recovery_pb2.ChangePhoneRequest(change_id=asked.change_id, old_otp=old, new_otp=new)
    refused("code-expired", accounts.call, "ChangePhone", change, token=token)
    assert desk.replace(at_desk.change_id)


def test_nothing_is_replaced_without_the_original_or_the_code(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, citizen: str
) -> None:
    refused("original-not-seen", desk.ask, citizen, seen=False)
    refused("identity-differs", desk.ask, citizen, "048155001002")
    refused("invalid-phone", desk.ask, citizen, phone="123")
    assert notifications.code(NEW, "replace-phone") == ""
    asked = desk.ask(citizen)
    refused("wrong-code", desk.replace, asked.change_id, wrong(desk.code()))
    assert accounts.sign_in("0905201101", PASSWORD).account.id == citizen
    assert notifications.told() == []


def test_a_colleague_does_not_finish_what_somebody_else_has_seen(desk: Desk, citizen: str) -> None:
    asked = desk.ask(citizen)
    colleague = desk.token_of(Role.CIVIL_STATUS_OFFICER, id=str(uuid4()))
    refused("unknown-change", desk.replace, asked.change_id, token=colleague)
    otp = desk.code()
    first = desk.replace(asked.change_id, otp)
    assert desk.replace(asked.change_id, otp) == first, "the answer was lost, or the button pressed twice"
    assert len(desk.notifications.told()) == 2
    refused("code-used", desk.replace, asked.change_id, wrong(otp))


def test_the_owners_own_change_is_not_finished_at_the_desk(accounts: Accounts, desk: Desk, citizen: str) -> None:
    own = recovery_pb2.RequestPhoneChangeRequest(password=PASSWORD, phone="0905 777 888")
    asked = accounts.call("RequestPhoneChange", own, token=accounts.token(citizen))
    refused("unknown-change", desk.replace, asked.change_id, "123456")


# --- an identity number that somebody else used


def test_a_closed_account_frees_its_number_in_the_whole_district(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, clock: SettableClock, citizen: str
) -> None:
    session = accounts.sign_in("0905201101")
    deliver(accounts, THANH_BINH, *told_by(accounts, ACTIVATED))
    shown = desk.close(citizen)
    assert shown.account.status == accounts_pb2.ACCOUNT_STATUS_CLOSED
    assert [paper.purpose for paper in shown.papers] == ["close-account"]
    assert notifications.told() == [("account-closed", OLD, EMAIL)]
    refresh = accounts_pb2.RefreshSessionRequest(refresh_token=session.refresh_token)
    refused("session-ended", accounts.call, "RefreshSession", refresh)
    refused("wrong-login", accounts.sign_in, NUMBER)
    refused("account-closed", accounts.sign_in, "0905201101")
    refused("wrong-login", accounts.sign_in, "0905201101", "sai")
    asked = accounts_pb2.IssueOneTimeCodeRequest(purpose="file-dossier", binding=b"d" * 32)
    refused("account-not-active", accounts.call, "IssueOneTimeCode", asked, token=accounts.token(citizen))
    another = accounts_pb2.ChangePasswordRequest(password=PASSWORD, new_password="mùa mưa ở Hòa Vang")
    refused("not-signed-in", accounts.call, "ChangePassword", another, token=accounts.token(citizen))

    refused("account-exists", accounts.open, ward=THANH_BINH)
    deliver(accounts, THANH_BINH, *told_by(accounts, CLOSED))
    clock.advance(timedelta(seconds=1))
    owner = accounts.open(ward=THANH_BINH, phone="0905 333 222")
    accounts.activate(owner.account_id, notifications.code("+84905333222", "activate-account"), ward=THANH_BINH)
    deliver(accounts, NAM_DUONG, *told_by(accounts, CLOSED), *told_by(accounts, ACTIVATED, ward=THANH_BINH))
    assert home(accounts, NAM_DUONG) == home(accounts, THANH_BINH) == THANH_BINH
    assert accounts.sign_in(NUMBER, ward=THANH_BINH).account.id == owner.account_id


@pytest.mark.parametrize(
    ("reason", "kept", "told"),
    [
        ("opened-by-other", "opened-by-other", "account-closed"),
        ("second-account", "second-account", "account-closed-second"),
        ("", "opened-by-other", "account-closed"),  # from a caller that does not know yet that there are two reasons
    ],
)
def test_why_an_account_is_closed_is_kept_and_told(
    accounts: Accounts,
    desk: Desk,
    notifications: FakeNotifications,
    citizen: str,
    reason: str,
    kept: str,
    told: str,
) -> None:
    (paper,) = desk.close(citizen, reason=reason).papers
    assert (paper.purpose, paper.ground) == ("close-account", kept)
    assert [row.ground for row in seen_papers(accounts)] == [kept]
    assert notifications.told() == [(told, OLD, EMAIL)]


def test_an_unknown_reason_does_not_close_an_account(accounts: Accounts, desk: Desk, citizen: str) -> None:
    no = refused("invalid-field", desk.close, citizen, reason="old-paper")
    assert [fault.field for fault in no.fields] == ["reason"]
    assert accounts.sign_in(NUMBER).account.id == citizen


def test_the_owner_opens_an_account_in_the_same_ward_at_once(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, citizen: str
) -> None:
    desk.close(citizen)
    owner = accounts.open(phone="0905 333 222", full_name="Nguyễn Thị Sáu")
    accounts.activate(owner.account_id, notifications.code("+84905333222", "activate-account"))
    assert accounts.sign_in(NUMBER).account.id == owner.account_id
    assert desk.find().account.id == owner.account_id


def test_the_closed_account_is_still_told_about_what_it_has_filed(accounts: Accounts, desk: Desk, citizen: str) -> None:
    desk.close(citizen)
    request = accounts_pb2.GetContactRequest(account_id=citizen)
    contact = accounts.call("GetContact", request, token=accounts.service_token("notifications", NAM_DUONG))
    assert contact.phone == OLD


def test_a_repeated_activation_event_after_the_closing_is_ignored(accounts: Accounts, desk: Desk, citizen: str) -> None:
    desk.close(citizen)
    told = [*told_by(accounts, ACTIVATED), *told_by(accounts, CLOSED)]
    for ward in (NAM_DUONG, THANH_BINH):
        deliver(accounts, ward, told[1])
        deliver(accounts, ward, told[0])
        assert home(accounts, ward) == ""


def test_a_later_account_of_the_same_number_returns_when_the_earlier_is_closed(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, clock: SettableClock
) -> None:
    earlier, later = opened_in_both(accounts, notifications, clock)
    told = [*told_by(accounts, ACTIVATED), *told_by(accounts, ACTIVATED, ward=THANH_BINH)]
    for ward in (NAM_DUONG, THANH_BINH):
        deliver(accounts, ward, *told)
    assert status(accounts, THANH_BINH, later) == "ACCOUNT_STATUS_CLOSED"
    desk.close(earlier)
    for ward in (NAM_DUONG, THANH_BINH):
        deliver(accounts, ward, *told_by(accounts, CLOSED))
        assert home(accounts, ward) == THANH_BINH
    assert status(accounts, THANH_BINH, later) == "ACCOUNT_STATUS_ACTIVE"
    assert accounts.sign_in(NUMBER, ward=THANH_BINH).account.id == later
    accounts.hand_over()
    told = [one.template for one in notifications.notices.values() if one.account_id == later]
    assert sorted(told) == ["account-moved", "account-returned"]


def test_a_ward_closes_its_own_accounts_only(accounts: Accounts, desk: Desk, citizen: str) -> None:
    forged = CLOSED(account_id=citizen, ward=THANH_BINH)
    forged.identity_fingerprint = told_fingerprint(accounts)
    forged.closed_at.FromDatetime(accounts.clock.now())
    source, now, payload = f"/wards/{THANH_BINH}/accounts", accounts.clock.now(), forged.SerializeToString()
    deliver(accounts, NAM_DUONG, to_record(Event(str(uuid4()), event_type(CLOSED), source, citizen, now, payload)))
    assert told_fingerprint(accounts) == forged.identity_fingerprint, "it stands in the directory as before"


def told_fingerprint(accounts: Accounts) -> bytes:
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        found = session.scalars(select(ResidentRow.identity_fingerprint)).one()
    return bytes(found)


def test_closed_while_another_is_activated_leaves_one_active_account(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, citizen: str
) -> None:
    """In the other ward, where the news of the first account has not arrived when the second is opened."""
    second = accounts.open(ward=THANH_BINH, phone="0905 333 222")
    otp = notifications.code("+84905333222", "activate-account")
    race(
        partial(desk.close, citizen),
        partial(accounts.activate, second.account_id, otp, ward=THANH_BINH),
        partial(deliver, accounts, THANH_BINH, *told_by(accounts, ACTIVATED)),
    )
    told = [*told_by(accounts, ACTIVATED, CLOSED), *told_by(accounts, ACTIVATED, CLOSED, ward=THANH_BINH)]
    for ward in (NAM_DUONG, THANH_BINH):
        deliver(accounts, ward, *told)
    assert status(accounts, NAM_DUONG, citizen) == "ACCOUNT_STATUS_CLOSED"
    if home(accounts, THANH_BINH) == THANH_BINH:
        assert accounts.sign_in(NUMBER, ward=THANH_BINH).account.id == second.account_id
    else:  # it was activated while the first account was still at home
        third = accounts.open(ward=THANH_BINH, phone="0905 444 555")
        accounts.activate(third.account_id, notifications.code("+84905444555", "activate-account"), ward=THANH_BINH)
        assert accounts.sign_in(NUMBER, ward=THANH_BINH).account.id == third.account_id


def test_two_close_one_account_once(accounts: Accounts, desk: Desk, citizen: str) -> None:
    results = race(*[partial(desk.close, citizen)] * 2)
    assert [each.type for each in results if isinstance(each, Refusal)] == ["account-not-active"]
    assert len(told_by(accounts, CLOSED)) == 1
    assert len(seen_papers(accounts)) == 1


def test_who_was_activated_while_the_other_was_at_home_opens_another_account(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, citizen: str
) -> None:
    """It never counted in the directory, so that nothing of it returns."""
    second = accounts.open(ward=THANH_BINH, phone="0905 333 222")
    deliver(accounts, THANH_BINH, *told_by(accounts, ACTIVATED))
    otp = notifications.code("+84905333222", "activate-account")
    refused("account-elsewhere", accounts.activate, second.account_id, otp, ward=THANH_BINH)
    desk.close(citizen)
    deliver(accounts, THANH_BINH, *told_by(accounts, CLOSED))
    third = accounts.open(ward=THANH_BINH, phone="0905 444 555")
    accounts.activate(third.account_id, notifications.code("+84905444555", "activate-account"), ward=THANH_BINH)
    assert accounts.sign_in(NUMBER, ward=THANH_BINH).account.id == third.account_id
    assert status(accounts, THANH_BINH, second.account_id) == "ACCOUNT_STATUS_CLOSED"
