"""The desk notes a new identity paper in an account: the number changes, and nothing else of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from itertools import permutations
from threading import Event
from typing import Any
from uuid import UUID, uuid4

import pytest
from caunoi.accounts.v1 import accounts_pb2, events_pb2, recovery_pb2
from sqlalchemy import delete, select, text

from deploy.local.waiting import wait_until
from services.accounts.storage.people import identity_fingerprint, seal
from services.accounts.storage.recovery import replaced_number
from services.accounts.storage.rows import lock
from services.accounts.tables import (
    AccountRow,
    GivenUpClaimRow,
    LaterClaimRow,
    OutgoingRow,
    ResidentRow,
    SeenPaperRow,
)
from services.chassis.database.tables import AuditRow, OutboxRow
from services.chassis.events import envelope
from services.chassis.events.broker import Record
from services.chassis.events.envelope import event_type, to_record
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Role
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.race import race
from tests.services.accounts.service import NAM_DUONG, THANH_BINH, Accounts
from tests.services.accounts.test_desk import ACTIVATED, CLOSED, EMAIL, Desk, actions, looked_up, seen_papers
from tests.services.accounts.test_directory import deliver, home, status
from tests.services.accounts.test_recovery import told_by
from tests.services.accounts.ward import refused

CHANGED = events_pb2.AccountIdentityChanged
_WAITING = """
    SELECT count(*) FROM pg_locks
    WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
CMND, CARD, PHONE = "201123456", "048155001001", "+84905201101"


@pytest.fixture
def desk(accounts: Accounts, notifications: FakeNotifications) -> Desk:
    return Desk(accounts, notifications)


@pytest.fixture
def holder(accounts: Accounts, notifications: FakeNotifications, clock: SettableClock) -> str:
    """Somebody in Nam Dương whose account has the number of a CMND."""
    id = opened(accounts, notifications)
    clock.advance(timedelta(days=1))
    return id


def opened(accounts: Accounts, notifications: FakeNotifications, ward: str = NAM_DUONG, **changes: str) -> str:
    asked = {"identity_kind": "cmnd", "identity_number": CMND} | changes
    id = accounts.open(ward=ward, **asked).account_id
    accounts.activate(id, notifications.last().otp, ward=ward)
    return id


def request(id: str, **changes: Any) -> recovery_pb2.ReplaceIdentityPaperRequest:
    asked: dict[str, Any] = {
        "account_id": id,
        "identity_kind": "cmnd",
        "identity_number": CMND,
        "original_seen": True,
        "new_identity_kind": "cccd",
        "new_identity_number": CARD,
        "ground": "old-paper",
    }
    return recovery_pb2.ReplaceIdentityPaperRequest(**(asked | changes))


def replace(desk: Desk, id: str, token: str = "", **changes: Any) -> Any:
    return desk.call("ReplaceIdentityPaper", request(id, **changes), token)


def colleague(desk: Desk) -> str:
    return desk.token_of(Role.CIVIL_STATUS_OFFICER, id=str(uuid4()))


def meet(accounts: Accounts, number: str, *acts: Callable[[], object]) -> list[object]:
    """Runs the acts at once, and lets none go on before all of them wait for this number; returns what each returned or
    raised, in order.
    """
    cell = accounts.cells[NAM_DUONG]

    def all_wait() -> bool:
        with cell.database.transaction() as session:
            return bool(session.scalar(text(_WAITING)) == len(acts))

    def hold_until_all_wait() -> None:
        with cell.database.transaction() as session:
            lock(session, identity_fingerprint(cell.cipher, number))
            held.set()
            assert wait_until(all_wait, 20)

    def after(act: Callable[[], object]) -> object:
        held.wait()
        return act()

    held = Event()
    return race(hold_until_all_wait, *(partial(after, act) for act in acts))[1:]


def claims(accounts: Accounts, ward: str) -> list[tuple[str, str]]:
    """Ward and account of each number in a ward's directory."""
    with accounts.cells[ward].database.transaction() as session:
        return [(row.ward, row.account_id) for row in session.scalars(select(ResidentRow))]


# --- what changes, and what stays


def test_the_account_gets_the_new_number_and_level_2(
    accounts: Accounts, desk: Desk, clock: SettableClock, holder: str
) -> None:
    shown = replace(desk, holder, identity_number="201 123 456", new_identity_number="048 155 001 001")
    account = shown.account
    assert (account.id, account.identity_kind, account.identity_number_masked) == (holder, "cccd", "•••••••••001")
    assert (account.identity_level, account.identity_seen_at.ToDatetime()) == (2, clock.now().replace(tzinfo=None))
    (paper,) = shown.papers
    assert (paper.who, paper.identity_kind, paper.purpose) == (
        "Lê Thị Hoa, công chức Một cửa",
        "cccd",
        "replace-identity-paper",
    )
    assert (paper.ground, paper.replaced_kind) == ("old-paper", "cmnd")
    assert desk.find(CARD).account.id == holder
    own = accounts.call("GetOwnAccount", accounts_pb2.GetOwnAccountRequest(), token=accounts.token(holder))
    assert (own.identity_kind, own.identity_number_masked, own.identity_level) == ("cccd", "•••••••••001", 2)


def test_both_numbers_are_kept_sealed_with_what_links_them(accounts: Accounts, desk: Desk, holder: str) -> None:
    replace(desk, holder, ground="number-confirmation")
    (row,) = seen_papers(accounts)
    assert (row.officer_id, row.ground, row.replaced_kind) == (desk.id, "number-confirmation", "cmnd")
    assert row.replaced_number is not None
    assert replaced_number(accounts.cells[NAM_DUONG].cipher, row) == CMND
    assert CMND.encode() not in row.replaced_number
    assert CARD.encode() not in row.number


def test_phone_password_and_sessions_stay_and_the_new_number_signs_in(
    accounts: Accounts, desk: Desk, holder: str
) -> None:
    session = accounts.sign_in(CMND)
    replace(desk, holder)
    refresh = accounts_pb2.RefreshSessionRequest(refresh_token=session.refresh_token)
    assert accounts.call("RefreshSession", refresh).account.id == holder
    for login in (CARD, "0905201101"):
        assert accounts.sign_in(login).account.id == holder
    old, nobodys = (refused("wrong-login", accounts.sign_in, login) for login in (CMND, "201999999"))
    assert "xin dùng số mới hoặc số điện thoại, đừng dùng số cũ." in old.text
    assert old.text == nobodys.text, "it does not tell that somebody had this number"


def test_a_filing_is_confirmed_at_once(accounts: Accounts, desk: Desk, holder: str) -> None:
    """The code goes to the phone that it has gone to before."""
    assert not replace(desk, holder).account.HasField("filing_from")
    asked = accounts_pb2.IssueOneTimeCodeRequest(purpose="file-dossier", binding=b"d" * 32)
    assert accounts.call("IssueOneTimeCode", asked, token=accounts.token(holder)).challenge_id


def test_a_forgotten_password_is_recovered_by_the_new_number(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, holder: str
) -> None:
    replace(desk, holder)
    for login, sends in ((CMND, False), (CARD, True)):
        ask = recovery_pb2.RequestRecoveryRequest(login=login, date_of_birth="1955-03-08")
        accounts.call("RequestRecovery", ask)
        accounts.hand_over()
        assert bool(notifications.code(PHONE, "recover-account")) == sends


def test_the_owner_is_told_at_both_addresses_and_nowhere_by_number(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, holder: str
) -> None:
    accounts.call("ReplaceIdentityPaper", request(holder), token=desk.token)
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        waiting = session.scalars(select(OutgoingRow.template)).all()
        told = session.scalars(select(OutboxRow).where(OutboxRow.type == event_type(CHANGED))).one()
    assert waiting == ["account-identity-replaced"], "in the transaction of the change"
    accounts.hand_over()
    assert notifications.told() == [("account-identity-replaced", PHONE, EMAIL)]
    assert told.aggregateid == holder
    assert not [number for number in (CMND, CARD) if number.encode() in told.payload]


def test_the_owner_reads_of_the_look_and_of_the_act(accounts: Accounts, desk: Desk, holder: str) -> None:
    desk.find(CMND, "cmnd")
    replace(desk, holder)
    assert actions(accounts, holder) == ["view-account", "see-identity-paper", "replace-identity-paper"]
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        assert not [row for row in session.scalars(select(AuditRow)) if CMND in row.subject or CARD in row.subject]


@pytest.mark.parametrize(
    ("before", "after", "ground"),
    [
        (("passport", "C1234567"), ("passport", "N7654321"), "new-paper"),
        (("passport", "C1234567"), ("cccd", CARD), "old-paper"),
        (("cccd", "048155001009"), ("cccd", CARD), "number-reissued"),
        (("cccd", "048155001010"), ("cccd", CARD), "mistyped-at-opening"),
    ],
)
def test_each_other_change_is_noted_too(
    accounts: Accounts,
    desk: Desk,
    notifications: FakeNotifications,
    before: tuple[str, str],
    after: tuple[str, str],
    ground: str,
) -> None:
    id = opened(accounts, notifications, identity_kind=before[0], identity_number=before[1])
    old = {"identity_kind": before[0], "identity_number": before[1]}
    new = {"new_identity_kind": after[0], "new_identity_number": after[1]}
    assert replace(desk, id, **old, **new, ground=ground).account.identity_kind == after[0]
    assert desk.find(after[1], after[0]).account.id == id


def test_a_number_that_was_compared_with_the_original_was_not_mistyped(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications
) -> None:
    id = opened(accounts, notifications, identity_kind="cccd", identity_number="048155001010")
    desk.confirm(id, "048155001010")
    slip = {"identity_kind": "cccd", "identity_number": "048155001010", "ground": "mistyped-at-opening"}
    no = refused("invalid-replacement", replace, desk, id, **slip)
    assert [fault.field for fault in no.fields] == ["ground"]
    assert desk.find("048155001010").account.id == id


# --- a number that was noted wrongly


SLIP = "048155001010"


def test_a_number_that_was_noted_wrongly_is_put_right_without_being_typed(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, clock: SettableClock, holder: str
) -> None:
    """No paper has it: the account's earlier number is compared, and also finds the account."""
    replace(desk, holder, new_identity_number=SLIP)
    assert desk.find(CMND, "cmnd").account.id == holder
    clock.advance(timedelta(hours=1))
    refused("identity-differs", replace, desk, holder)
    refused("identity-differs", replace, desk, holder, corrects=True, identity_number="201123457")
    replace(desk, holder, corrects=True, token=colleague(desk))
    assert desk.find(CARD).account.id == holder
    assert accounts.open(ward=THANH_BINH, identity_number=SLIP, phone="0905 333 222").account_id, "whose it really is"
    assert len(notifications.told()) == 2
    told = told_by(accounts, ACTIVATED, CHANGED)
    for ward in (NAM_DUONG, THANH_BINH):
        deliver(accounts, ward, *told, *map(again, told))
        assert claims(accounts, ward) == [(NAM_DUONG, holder)]


def test_the_fourth_number_of_a_day_is_refused_with_what_to_do(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, clock: SettableClock, holder: str
) -> None:
    replace(desk, holder)
    for slip in ("048155001002", "048155001003"):
        replace(desk, holder, new_identity_number=slip, corrects=True)
    told = len(notifications.told())
    again = partial(replace, desk, holder, new_identity_number="048155001004", corrects=True)
    no = refused("too-many-changes", again)
    assert (no.kind, no.retry_after) == (Kind.THROTTLED, 24 * 3600)
    for words in ("sai thì hôm sau sửa tiếp", "đăng nhập bằng số điện thoại", "nộp hồ sơ tại quầy", "sau 24 giờ"):
        assert words in no.text
    assert refused("too-many-changes", again, token=colleague(desk)).text == no.text, "it is the account's, not theirs"
    assert replace(desk, holder, new_identity_number="048155001003", corrects=True), "the same again is done already"
    assert (len(notifications.told()), len(seen_papers(accounts))) == (told, 3)
    clock.advance(timedelta(days=1))
    assert again().account.identity_number_masked.endswith("004")


def test_a_refused_paper_is_not_counted(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, holder: str
) -> None:
    opened(accounts, notifications, identity_kind="cccd", identity_number=CARD, phone="0905 333 222")
    for _ in range(4):
        refused("account-exists", replace, desk, holder)
    assert replace(desk, holder, new_identity_number="048155001002")


def test_what_was_not_replaced_is_not_put_right(desk: Desk, holder: str) -> None:
    refused("identity-differs", replace, desk, holder, corrects=True)


def test_an_old_number_finds_the_account_until_it_is_somebody_elses(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, holder: str
) -> None:
    replace(desk, holder)
    assert desk.find(CMND, "cmnd").account.id == holder
    other = opened(accounts, notifications, phone="0905 333 222")
    assert desk.find(CMND, "cmnd").account.id == other


def test_a_paper_is_noted_again_after_a_restore_that_has_lost_it(accounts: Accounts, desk: Desk, holder: str) -> None:
    """The directory has heard of the change from the topic, and the account has its old number again."""
    replace(desk, holder)
    told = told_by(accounts, CHANGED)
    cell = accounts.cells[NAM_DUONG]
    with cell.database.transaction() as session:
        row = session.get_one(AccountRow, UUID(holder))
        row.identity_kind, row.identity_fingerprint = "cmnd", identity_fingerprint(cell.cipher, CMND)
        row.identity_number = seal(cell.cipher, row.id, "identity_number", CMND)
        session.execute(delete(SeenPaperRow))
    deliver(accounts, NAM_DUONG, *told)
    assert replace(desk, holder).account.identity_kind == "cccd"


def test_a_right_guess_of_the_accounts_number_is_recorded_too(accounts: Accounts, desk: Desk, holder: str) -> None:
    replace(desk, holder)
    before = actions(accounts, holder)
    refused("paper-noted-already", replace, desk, holder, token=colleague(desk))
    assert sorted(actions(accounts, holder)) == sorted([*before, "compare-identity-paper"])


# --- what is refused


@pytest.mark.parametrize(
    ("type", "field", "changed"),
    [
        ("original-not-seen", "original_seen", {"original_seen": False}),
        ("identity-differs", "identity_number", {"identity_number": "201123457"}),
        ("identity-differs", "identity_number", {"identity_kind": "passport", "identity_number": "C1234567"}),
        ("invalid-identity", "identity_number", {"identity_number": "x"}),
        ("invalid-identity", "new_identity_number", {"new_identity_number": "0481550010"}),
        ("invalid-identity", "new_identity_kind", {"new_identity_kind": "bằng lái"}),
        ("invalid-replacement", "new_identity_kind", {"new_identity_kind": "cmnd", "new_identity_number": "201000001"}),
        ("invalid-replacement", "ground", {"ground": ""}),
        ("invalid-replacement", "ground", {"ground": "number-reissued"}),
    ],
)
def test_what_does_not_fit_changes_nothing(
    accounts: Accounts,
    desk: Desk,
    notifications: FakeNotifications,
    holder: str,
    type: str,
    field: str,
    changed: dict[str, Any],
) -> None:
    no = refused(type, replace, desk, holder, **changed)
    assert [fault.field for fault in no.fields] == [field]
    assert (seen_papers(accounts), notifications.told(), told_by(accounts, CHANGED)) == ([], [], [])
    assert actions(accounts, holder) == (["compare-identity-paper"] if type == "identity-differs" else [])
    found = desk.find(CMND, "cmnd").account
    assert (found.identity_level, found.identity_kind) == (1, "cmnd")


@pytest.mark.parametrize("roles", [(Role.VOLUNTEER,), (Role.WARD_ADMIN,), (Role.SIGNER,), (Role.CITIZEN,)])
def test_nobody_but_the_desk_notes_a_paper(desk: Desk, holder: str, roles: tuple[Role, ...]) -> None:
    with pytest.raises(Refusal) as no:
        replace(desk, holder, token=desk.token_of(*roles))
    assert no.value.kind is Kind.FORBIDDEN


def test_a_closed_or_pending_account_gets_no_paper(accounts: Accounts, desk: Desk, holder: str) -> None:
    pending = accounts.open(identity_kind="cmnd", identity_number="201000002", phone="0905 333 222").account_id
    refused("unknown-account", replace, desk, pending, identity_number="201000002")
    closing = recovery_pb2.CloseAccountRequest(
        account_id=holder, identity_kind="cmnd", identity_number=CMND, original_seen=True
    )
    desk.call("CloseAccount", closing)
    refused("account-not-active", replace, desk, holder)
    refused("unknown-account", replace, desk, str(uuid4()))


def test_a_number_that_another_account_of_the_ward_has_is_refused_and_its_owner_reads_of_it(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, holder: str
) -> None:
    other = opened(accounts, notifications, identity_kind="cccd", identity_number=CARD, phone="0905 333 222")
    no = refused("account-exists", replace, desk, holder)
    assert (no.kind, [fault.field for fault in no.fields]) == (Kind.EXISTS, ["new_identity_number"])
    assert actions(accounts, other) == ["view-account"]
    assert desk.find(CMND, "cmnd").account.id == holder
    desk.close(other, CARD)
    assert replace(desk, holder).account.identity_kind == "cccd"


def test_a_number_that_an_account_of_another_ward_has_is_refused_with_that_wards_name(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, holder: str
) -> None:
    there = opened(accounts, notifications, THANH_BINH, identity_kind="cccd", identity_number=CARD, phone="0905333222")
    deliver(accounts, NAM_DUONG, *told_by(accounts, ACTIVATED, ward=THANH_BINH))
    no = refused("account-elsewhere", replace, desk, holder)
    assert "phường Thanh Bình" in no.text
    assert [fault.field for fault in no.fields] == ["new_identity_number"]
    assert looked_up(accounts, NAM_DUONG) == [(f"account:{there}", there)]


def test_taken_numbers_and_old_numbers_that_differ_count_for_the_officers_limit(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, holder: str
) -> None:
    opened(accounts, notifications, identity_kind="cccd", identity_number=CARD, phone="0905 333 222")
    for number in range(15):
        refused("account-exists", replace, desk, holder)
        refused("identity-differs", replace, desk, holder, identity_number=f"2019990{number:02}")
    refused("too-many-lookups", replace, desk, holder)


def test_an_account_that_waits_for_its_code_gives_way(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, holder: str
) -> None:
    """Anybody can begin one with any number."""
    pending = accounts.open(identity_number=CARD, phone="0905 333 222")
    otp = notifications.last().otp
    assert replace(desk, holder).account.id == holder
    refused("unknown-account", accounts.activate, pending.account_id, otp)


# --- the same again, and at once


def test_the_same_again_is_answered_as_done(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, holder: str
) -> None:
    first = replace(desk, holder)
    assert replace(desk, holder) == first, "the answer was lost, or the button pressed twice"
    assert len(seen_papers(accounts)) == len(told_by(accounts, CHANGED)) == len(notifications.told()) == 1
    refused("paper-noted-already", replace, desk, holder, token=colleague(desk))
    refused("paper-noted-already", replace, desk, holder, ground="new-paper")
    refused("paper-noted-already", replace, desk, holder, identity_number="201123457")


def test_a_key_gets_the_first_answer(accounts: Accounts, desk: Desk, holder: str) -> None:
    first = accounts.call("ReplaceIdentityPaper", request(holder), token=desk.token, key="once-1")
    assert accounts.call("ReplaceIdentityPaper", request(holder), token=desk.token, key="once-1") == first
    another = request(holder, new_identity_number="048155001002")
    refused("idempotency-key-reused", accounts.call, "ReplaceIdentityPaper", another, token=desk.token, key="once-1")


def test_of_two_desks_at_once_one_notes_the_paper(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, holder: str
) -> None:
    results = meet(
        accounts,
        CMND,
        partial(replace, desk, holder),
        partial(replace, desk, holder, colleague(desk), new_identity_number="048155001002"),
    )
    assert sorted(each.type for each in results if isinstance(each, Refusal)) == ["identity-differs"]
    assert len(seen_papers(accounts)) == len(told_by(accounts, CHANGED)) == len(notifications.told()) == 1
    assert len(claims(accounts, NAM_DUONG)) == 1


def test_of_two_accounts_that_are_to_get_one_number_at_once_one_gets_it(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, holder: str
) -> None:
    other = opened(accounts, notifications, identity_number="201000003", phone="0905 333 222")
    results = meet(
        accounts,
        CARD,
        partial(replace, desk, holder),
        partial(replace, desk, other, colleague(desk), identity_number="201000003"),
    )
    assert [each.type for each in results if isinstance(each, Refusal)] == ["account-exists"]
    assert desk.find(CARD).account.id in (holder, other)


def test_of_a_change_and_an_activation_with_one_number_at_once_one_comes_first(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, holder: str
) -> None:
    pending = accounts.open(identity_number=CARD, phone="0905 333 222").account_id
    otp = notifications.last().otp
    both = partial(replace, desk, holder), partial(accounts.activate, pending, otp)
    changed, activated = meet(accounts, CARD, *both)
    refusals = {each.type for each in (changed, activated) if isinstance(each, Refusal)}
    assert refusals in ({"account-exists"}, {"unknown-account"})
    assert desk.find(CARD).account.id == (holder if isinstance(activated, Refusal) else pending)


def test_a_change_of_the_phone_and_of_the_paper_at_once_are_both_done(
    accounts: Accounts, desk: Desk, holder: str
) -> None:
    lost = recovery_pb2.RequestPhoneReplacementRequest(
        account_id=holder, identity_kind="cmnd", identity_number=CMND, original_seen=True, phone="0905 777 888"
    )
    asked, otp = desk.call("RequestPhoneReplacement", lost), desk.code()
    results = meet(accounts, CMND, partial(replace, desk, holder), partial(desk.replace, asked.change_id, otp))
    assert not [each for each in results if isinstance(each, Exception)]
    account = desk.find(CARD).account
    assert (account.id, account.phone_masked) == (holder, "•••••••888")


# --- the directory of every ward


def test_every_ward_knows_the_new_number_and_frees_the_old_one(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, clock: SettableClock, holder: str
) -> None:
    deliver(accounts, THANH_BINH, *told_by(accounts, ACTIVATED))
    replace(desk, holder)
    told = told_by(accounts, ACTIVATED, CHANGED)
    for ward in (NAM_DUONG, THANH_BINH):
        deliver(accounts, ward, *told)
        assert (home(accounts, ward, CARD), home(accounts, ward, CMND)) == (NAM_DUONG, "")
    refused("account-exists", accounts.open, ward=THANH_BINH, identity_number=CARD)
    clock.advance(timedelta(seconds=1))
    other = opened(accounts, notifications, THANH_BINH, phone="0905 333 222")
    assert accounts.sign_in(CMND, ward=THANH_BINH).account.id == other


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_is_told_again_or_late_changes_nothing(
    accounts: Accounts, desk: Desk, clock: SettableClock, holder: str, order: Sequence[int]
) -> None:
    replace(desk, holder)
    clock.advance(timedelta(days=1))
    third = {"new_identity_number": "048155001002", "ground": "number-reissued"}
    replace(desk, holder, identity_kind="cccd", identity_number=CARD, **third)
    told = told_by(accounts, ACTIVATED, CHANGED)
    deliver(accounts, THANH_BINH, *told)
    for ward in (NAM_DUONG, THANH_BINH):
        deliver(accounts, ward, *(again(told[place]) for place in order))
        assert claims(accounts, ward) == [(NAM_DUONG, holder)]
        assert home(accounts, ward, "048155001002") == NAM_DUONG
    assert status(accounts, NAM_DUONG, holder) == "ACCOUNT_STATUS_ACTIVE"


def again(record: Record) -> Record:
    """The same content under another id, as a copy that the inbox does not know."""
    return dataclasses.replace(record, headers={**record.headers, "ce_id": str(uuid4())})


def test_a_passport_number_that_was_given_up_can_come_back(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, clock: SettableClock
) -> None:
    first, second = "C1234567", "N7654321"
    id = opened(accounts, notifications, identity_kind="passport", identity_number=first)
    for old, new in ((first, second), (second, first)):
        clock.advance(timedelta(hours=1))
        about = {"identity_kind": "passport", "identity_number": old, "new_identity_kind": "passport"}
        replace(desk, id, **about, new_identity_number=new)
    told = told_by(accounts, ACTIVATED, CHANGED)
    for ward in (NAM_DUONG, THANH_BINH):
        deliver(accounts, ward, *told, *map(again, told))
        assert claims(accounts, ward) == [(NAM_DUONG, id)]
    assert desk.find(first, "passport").account.id == id


def test_who_opened_with_the_number_before_stays_and_the_changed_account_returns_once_that_is_closed(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, clock: SettableClock, holder: str
) -> None:
    """In another ward, whose news had not arrived when the desk noted the paper."""
    there = opened(accounts, notifications, THANH_BINH, identity_kind="cccd", identity_number=CARD, phone="0905333222")
    clock.advance(timedelta(seconds=1))
    replace(desk, holder)
    told = [*told_by(accounts, ACTIVATED, CHANGED), *told_by(accounts, ACTIVATED, ward=THANH_BINH)]
    for ward in (NAM_DUONG, THANH_BINH):
        deliver(accounts, ward, *told)
        assert home(accounts, ward, CARD) == THANH_BINH
    assert status(accounts, NAM_DUONG, holder) == "ACCOUNT_STATUS_CLOSED"
    desk.close(there, CARD, ward=THANH_BINH)
    for ward in (NAM_DUONG, THANH_BINH):
        deliver(accounts, ward, *told_by(accounts, CLOSED, ward=THANH_BINH))
        assert home(accounts, ward, CARD) == NAM_DUONG
    assert status(accounts, NAM_DUONG, holder) == "ACCOUNT_STATUS_ACTIVE"


def test_a_closed_account_frees_the_number_that_it_got(
    accounts: Accounts, desk: Desk, notifications: FakeNotifications, holder: str
) -> None:
    replace(desk, holder)
    desk.close(holder, CARD)
    for ward in (NAM_DUONG, THANH_BINH):
        deliver(accounts, ward, *told_by(accounts, ACTIVATED, CHANGED, CLOSED))
        assert claims(accounts, ward) == []
    with accounts.cells[THANH_BINH].database.transaction() as session:
        assert session.scalars(select(LaterClaimRow)).all() == []
        assert session.scalars(select(GivenUpClaimRow)).all() == [], "none of its claims counts: nothing is kept"
    assert accounts.open(ward=THANH_BINH, identity_number=CARD, phone="0905 333 222").account_id


def test_a_ward_changes_its_own_accounts_only(accounts: Accounts, holder: str) -> None:
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        mine = session.scalars(select(AccountRow.identity_fingerprint)).one()
    forged = CHANGED(account_id=holder, ward=THANH_BINH, identity_fingerprint=b"f" * 32, former_fingerprint=mine)
    forged.changed_at.FromDatetime(accounts.clock.now())
    source, now, payload = f"/wards/{THANH_BINH}/accounts", accounts.clock.now(), forged.SerializeToString()
    told = envelope.Event(str(uuid4()), event_type(CHANGED), source, holder, now, payload)
    deliver(accounts, NAM_DUONG, to_record(told))
    assert home(accounts, NAM_DUONG, CMND) == NAM_DUONG


def test_an_officer_of_another_ward_notes_nothing(desk: Desk, holder: str) -> None:
    with pytest.raises(Refusal) as no:
        replace(desk, holder, token=desk.token_of(Role.RECEPTIONIST, ward=THANH_BINH))
    assert no.value.kind in (Kind.FORBIDDEN, Kind.UNAUTHENTICATED)
