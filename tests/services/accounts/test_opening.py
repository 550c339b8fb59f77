"""A citizen opens an account and activates it."""

from __future__ import annotations

from datetime import UTC, timedelta
from functools import partial

import pytest
from caunoi.accounts.v1 import accounts_pb2, events_pb2
from sqlalchemy import select, text

from services.accounts.adapters.sending import Sender
from services.accounts.storage import people as storage
from services.accounts.tables import AccountRow, CredentialRow
from services.chassis.database.tables import IdempotencyRow, OutboxRow
from services.chassis.refusal import Kind, Refusal
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.race import race
from tests.services.accounts.service import NAM_DUONG, PASSWORD, THANH_BINH, Accounts, application
from tests.services.accounts.ward import refused


def resend(accounts: Accounts, account_id: str, key: str = "") -> accounts_pb2.OpenAccountResponse:
    request = accounts_pb2.ResendActivationCodeRequest(account_id=account_id)
    answer = accounts.call("ResendActivationCode", request, key=key)
    assert isinstance(answer, accounts_pb2.OpenAccountResponse)
    return answer


def events(accounts: Accounts) -> list[OutboxRow]:
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        return list(session.scalars(select(OutboxRow).order_by(OutboxRow.seq)))


def wrong(otp: str) -> str:
    return f"{(int(otp) + 1) % 10**6:06}"


def test_an_account_is_opened_activated_and_signed_into(
    accounts: Accounts, notifications: FakeNotifications, clock: SettableClock
) -> None:
    opened = accounts.open()
    assert opened.status == accounts_pb2.ACCOUNT_STATUS_PENDING
    assert opened.phone_masked == "•••••••101"
    assert opened.code_expires_at.ToDatetime(UTC) == clock.now() + timedelta(minutes=10)
    sms = notifications.last()
    assert (sms.phone, sms.purpose) == ("+84905201101", "activate-account")

    account = accounts.activate(opened.account_id, sms.otp)
    assert account.status == accounts_pb2.ACCOUNT_STATUS_ACTIVE
    assert (account.full_name, account.identity_number_masked) == ("Nguyễn Thị Sáu", "•••••••••001")
    assert list(account.roles) == ["citizen"]
    assert accounts.sign_in("0905201101").account.id == opened.account_id


def test_opening_and_activation_are_told_with_ids_and_a_fingerprint_only(
    accounts: Accounts, notifications: FakeNotifications, citizen: str
) -> None:
    opened, code, activated = events(accounts)
    assert (opened.aggregateid, activated.aggregateid) == (citizen, citizen)
    assert events_pb2.AccountOpened.FromString(opened.payload).account_id == citizen
    told = events_pb2.AccountActivated.FromString(activated.payload)
    cipher = accounts.cells[THANH_BINH].cipher  # any ward takes the same fingerprint
    assert told.identity_fingerprint == cipher.fingerprint("048155001001")
    assert told.ward == NAM_DUONG
    assert events_pb2.CodeIssued.FromString(code.payload).phone_fingerprint == cipher.fingerprint("phone:+84905201101")
    assert b"048155001001" not in opened.payload + code.payload + activated.payload
    assert b"905201101" not in opened.payload + code.payload + activated.payload


def test_who_had_the_phone_before_hears_of_a_second_account_and_of_no_name(
    accounts: Accounts, notifications: FakeNotifications, citizen: str, clock: SettableClock
) -> None:
    """A household may share a phone; a stranger who holds it is found out."""
    clock.set(clock.now() + timedelta(minutes=2))
    second = accounts.open(full_name="Trần Văn Bảy", identity_number="048055001009", email="")
    assert notifications.told() == [], "nobody is told before the code has proved anything"
    code = notifications.last().otp
    refused("wrong-code", accounts.activate, second.account_id, wrong(code))
    accounts.hand_over()
    assert notifications.told() == []
    for _ in range(2):  # also where the answer was lost and the request comes again
        accounts.activate(second.account_id, code)
        accounts.hand_over()
    assert notifications.told() == [("account-phone-shared", "+84905201101", "sau@example.com")]
    (notice,) = notifications.notices.values()
    assert "Bảy" not in str(notice)
    clock.set(clock.now() + timedelta(minutes=2))
    third = accounts.open(full_name="Trần Thị Tám", identity_number="048155001010", email="")
    accounts.activate(third.account_id, notifications.last().otp)
    accounts.hand_over()
    assert [phone for _, phone, _ in notifications.told()] == ["+84905201101"] * 2, "one message to the phone each time"


def test_of_two_that_open_with_one_phone_at_once_one_hears_of_the_other(
    accounts: Accounts, notifications: FakeNotifications
) -> None:
    opened = []
    for name, number in (("Trần Văn Bảy", "048055001009"), ("Trần Thị Tám", "048155001010")):
        account = accounts.open(full_name=name, identity_number=number, email="")
        opened.append((account.account_id, notifications.last().otp))
    race(*(partial(accounts.activate, id, code) for id, code in opened))
    accounts.hand_over()
    assert [template for template, _, _ in notifications.told()] == ["account-phone-shared"]


def test_numbers_phones_and_addresses_for_mail_stand_nowhere_in_clear(accounts: Accounts, citizen: str) -> None:
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        tables = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        dump = "".join(str(session.execute(text(f'SELECT t::text FROM "{table}" t')).all()) for table in tables)
    for secret in ("048155001001", "905201101", "sau@example.com", PASSWORD):
        assert secret not in dump
        assert secret.encode().hex() not in dump  # bytes are written as hex
    assert "Nguyễn Thị Sáu" in dump  # the dump is a real one


def test_every_fault_of_an_application_comes_over_the_wire_under_its_field(accounts: Accounts) -> None:
    with pytest.raises(Refusal) as no:
        accounts.open(full_name="Sáu 6", phone="113", password="ngắn")
    assert (no.value.kind, no.value.type) == (Kind.INVALID, "invalid-account")
    assert {fault.field for fault in no.value.fields} == {"full_name", "phone", "password"}


def test_what_is_wrong_with_an_application_is_told_alike_whether_or_not_there_is_an_account(
    accounts: Accounts, citizen: str
) -> None:
    known = application()
    fields = {each.name: getattr(known, each.name) for each in known.DESCRIPTOR.fields if each.name != "password"}
    told = accounts.call("VerifyApplication", accounts_pb2.VerifyApplicationRequest(**fields))
    assert list(told.faults) == []
    fields |= {"full_name": "Sáu", "phone": ""}
    told = accounts.call("VerifyApplication", accounts_pb2.VerifyApplicationRequest(**fields))
    assert [(one.field, one.check) for one in told.faults] == [("full_name", "person-names"), ("phone", "required")]


def test_a_second_account_for_the_same_person_is_refused_and_says_nothing_of_the_first(
    accounts: Accounts, citizen: str
) -> None:
    with pytest.raises(Refusal) as no:
        accounts.open(full_name="Kẻ Tò Mò", phone="0905 999 999")
    assert (no.value.kind, no.value.type) == (Kind.EXISTS, "account-exists")
    assert "Sáu" not in no.value.text
    assert "Nam Dương" not in no.value.text


def test_a_pending_account_that_was_abandoned_is_replaced(accounts: Accounts, notifications: FakeNotifications) -> None:
    abandoned = accounts.open()
    first_otp = notifications.last().otp
    again = accounts.open(phone="0905 777 888", password="mật khẩu thứ hai")
    assert again.account_id != abandoned.account_id
    with pytest.raises(Refusal) as no:
        accounts.activate(abandoned.account_id, first_otp)
    assert no.value.type == "unknown-account"
    accounts.activate(again.account_id, notifications.last().otp)
    assert accounts.sign_in("048155001001", "mật khẩu thứ hai").account.id == again.account_id
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        assert len(session.scalars(select(AccountRow)).all()) == 1
        assert len(session.scalars(select(CredentialRow)).all()) == 1


def test_many_openings_of_one_person_at_once_make_one_account(
    accounts: Accounts, notifications: FakeNotifications
) -> None:
    outcomes = race(*(lambda number=number: accounts.open(phone=f"0905 000 00{number}") for number in range(4)))
    assert all(isinstance(outcome, accounts_pb2.OpenAccountResponse) for outcome in outcomes)
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        assert len(session.scalars(select(AccountRow)).all()) == 1


def test_a_repeated_request_gets_the_first_answer_and_no_second_sms(
    accounts: Accounts, notifications: FakeNotifications
) -> None:
    first = accounts.open(key="k1")
    assert accounts.open(key="k1") == first
    assert len(notifications.sent) == 1


def test_repeated_requests_at_once_are_one(accounts: Accounts, notifications: FakeNotifications) -> None:
    first, second = race(lambda: accounts.open(key="k1"), lambda: accounts.open(key="k1"))
    assert first == second
    assert len(notifications.sent) == 1


def test_strangers_with_the_same_key_each_open_their_own_account(accounts: Accounts) -> None:
    first = accounts.open(key="1")
    second = accounts.open(key="1", identity_number="048155001002", phone="0905 202 202")
    assert first.account_id != second.account_id
    assert accounts.open(key="1") == first


def test_a_key_and_a_guessed_password_are_told_nothing_of_the_first_answer(accounts: Accounts) -> None:
    first = accounts.open(key="k1")
    assert accounts.open(key="k1", password="mật khẩu khác").account_id != first.account_id


def test_a_code_asked_for_again_under_one_key_is_one_code(
    accounts: Accounts, notifications: FakeNotifications, clock: SettableClock
) -> None:
    pending = accounts.open()
    clock.advance(timedelta(minutes=2))
    first = resend(accounts, pending.account_id, key="k1")
    assert resend(accounts, pending.account_id, key="k1") == first
    assert len(notifications.sent) == 2  # the first one too
    clock.advance(timedelta(minutes=2))
    resend(accounts, pending.account_id, key="k2")
    assert len(notifications.sent) == 3


def test_a_code_that_could_not_be_sent_again_is_sent_when_the_request_is_repeated(
    accounts: Accounts, notifications: FakeNotifications, clock: SettableClock
) -> None:
    pending = accounts.open()
    clock.advance(timedelta(minutes=2))
    notifications.away = True
    for _ in range(2):
        with pytest.raises(Refusal) as no:
            resend(accounts, pending.account_id, key="k1")
        assert no.value.type == "code-not-sent"
    notifications.away = False
    assert resend(accounts, pending.account_id, key="k1") == resend(accounts, pending.account_id, key="k1")
    assert len(notifications.sent) == 2
    accounts.activate(pending.account_id, notifications.last().otp)


def test_the_remembered_request_cannot_be_used_to_guess_the_password(accounts: Accounts) -> None:
    import hashlib

    from tests.services.accounts.service import application

    accounts.open(key="k1")
    plain = hashlib.sha256(application().SerializeToString(deterministic=True)).digest()
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        assert session.scalars(select(IdempotencyRow.request_digest)).one() != plain


def test_where_no_sms_can_be_sent_the_same_request_later_sends_one(
    accounts: Accounts, notifications: FakeNotifications
) -> None:
    notifications.away = True
    for key in ("", "", "", "", "", "k1"):  # what was never sent counts for no limit
        with pytest.raises(Refusal) as no:
            accounts.open(key=key)
        assert (no.value.kind, no.value.type) == (Kind.UNAVAILABLE, "code-not-sent")
    notifications.away = False
    opened = accounts.open(key="k1")
    assert len(notifications.sent) == 1
    assert accounts.activate(opened.account_id, notifications.last().otp).id == opened.account_id


def test_a_phone_gets_five_activation_codes_an_hour_from_all_callers_together(
    accounts: Accounts, notifications: FakeNotifications, clock: SettableClock
) -> None:
    for number in range(5):
        accounts.open(identity_number=f"04815500100{number}")
    with pytest.raises(Refusal) as no:
        accounts.open(identity_number="048155001009")
    assert (no.value.kind, no.value.type, no.value.retry_after) == (Kind.THROTTLED, "too-many-codes", 3600)
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        assert len(session.scalars(select(AccountRow)).all()) == 5  # what was throttled left nothing
    clock.advance(timedelta(hours=1))
    accounts.open(identity_number="048155001009")


def test_another_code_comes_after_a_minute_and_the_one_before_counts_no_more(
    accounts: Accounts, notifications: FakeNotifications, clock: SettableClock
) -> None:
    opened = accounts.open()
    first = notifications.last().otp
    with pytest.raises(Refusal) as no:
        resend(accounts, opened.account_id)
    assert (no.value.kind, no.value.retry_after) == (Kind.THROTTLED, 60)
    clock.advance(timedelta(seconds=60))
    resend(accounts, opened.account_id)
    second = notifications.last().otp
    if first != second:  # one time in a million they are alike
        with pytest.raises(Refusal) as no:
            accounts.activate(opened.account_id, first)
        assert no.value.type == "wrong-code"
    accounts.activate(opened.account_id, second)
    with pytest.raises(Refusal) as no:
        resend(accounts, opened.account_id)
    assert no.value.type == "account-not-pending"


def test_a_code_whose_sending_is_not_known_is_asked_for_again_without_waiting_a_minute(
    accounts: Accounts, notifications: FakeNotifications, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died between the commit and the answer of notifications."""

    def die(*_: object) -> None:
        raise RuntimeError("it ends here")

    opened = accounts.open()
    clock.advance(timedelta(minutes=2))
    with monkeypatch.context() as broken:
        broken.setattr(Sender, "send", die)
        with pytest.raises(Refusal):
            resend(accounts, opened.account_id)
    with pytest.raises(Refusal) as no:
        resend(accounts, opened.account_id)
    assert (no.value.kind, no.value.retry_after) == (Kind.THROTTLED, 3)  # it may still be on its way
    clock.advance(timedelta(seconds=3))
    resend(accounts, opened.account_id)
    accounts.activate(opened.account_id, notifications.last().otp)


def test_five_wrong_tries_are_all_there_are_and_each_stays_counted(
    accounts: Accounts, notifications: FakeNotifications, clock: SettableClock
) -> None:
    opened = accounts.open()
    otp = notifications.last().otp
    for _ in range(5):
        with pytest.raises(Refusal) as no:
            accounts.activate(opened.account_id, wrong(otp))
        assert (no.value.kind, no.value.type) == (Kind.INVALID, "wrong-code")
    with pytest.raises(Refusal) as no:
        accounts.activate(opened.account_id, otp)
    assert (no.value.kind, no.value.type) == (Kind.CONFLICT, "too-many-tries")
    clock.advance(timedelta(seconds=60))
    resend(accounts, opened.account_id)
    accounts.activate(opened.account_id, notifications.last().otp)


def test_a_code_expires_after_ten_minutes(
    accounts: Accounts, notifications: FakeNotifications, clock: SettableClock
) -> None:
    opened = accounts.open()
    clock.advance(timedelta(minutes=10))
    with pytest.raises(Refusal) as no:
        accounts.activate(opened.account_id, notifications.last().otp)
    assert no.value.type == "code-expired"


def test_activation_repeated_is_answered_alike_while_the_code_is_fresh_and_tells_nothing_later(
    accounts: Accounts, notifications: FakeNotifications, clock: SettableClock
) -> None:
    opened = accounts.open()
    otp = notifications.last().otp
    assert accounts.activate(opened.account_id, otp) == accounts.activate(opened.account_id, otp)
    assert len(events(accounts)) == 3
    with pytest.raises(Refusal) as no:
        accounts.activate(opened.account_id, wrong(otp))
    assert no.value.type == "code-used"
    clock.advance(timedelta(minutes=10))
    with pytest.raises(Refusal) as no:
        accounts.activate(opened.account_id, otp)
    assert no.value.type == "account-not-pending"


@pytest.mark.parametrize("account_id", ["", "nobody", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_account_is_not_found(accounts: Accounts, account_id: str) -> None:
    for act in (lambda: accounts.activate(account_id, "123456"), lambda: resend(accounts, account_id)):
        with pytest.raises(Refusal) as no:
            act()
        assert (no.value.kind, no.value.type) == (Kind.NOT_FOUND, "unknown-account")


def test_expired_rows_are_deleted(accounts: Accounts, citizen: str, clock: SettableClock) -> None:
    accounts.open(identity_number="048155001002")
    clock.advance(timedelta(days=8))
    database = accounts.cells[NAM_DUONG].database
    with database.transaction() as session:
        storage.purge(session, clock.now())
    with database.transaction() as session:
        assert [str(row.id) for row in session.scalars(select(AccountRow))] == [citizen]
        assert session.scalar(text("SELECT count(*) FROM one_time_codes")) == 0


def test_the_purge_does_not_read_the_active_accounts(accounts: Accounts, clock: SettableClock) -> None:
    database = accounts.cells[NAM_DUONG].database
    with database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO accounts (id, status, full_name, date_of_birth, identity_kind, identity_number,"
                " identity_fingerprint, phone, phone_fingerprint, address, created_at)"
                " SELECT gen_random_uuid(), 'active', '', '1990-01-01', 'cccd', '', decode(md5(n::text), 'hex'), '',"
                " '', '', :then FROM generate_series(1, 2000) AS n"
            ),
            {"then": clock.now() - timedelta(days=100)},
        )
        session.execute(text("ANALYZE accounts"))
    with database.transaction() as session:
        storage.purge(session, clock.now())
        read = text("SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'accounts'")
        assert session.scalar(read) == 0
