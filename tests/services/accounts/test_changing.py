"""The owner of an account changes its phone, e-mail address and address; a new phone confirms no filing for a day."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2, recovery_pb2

from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Role
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.race import race
from tests.services.accounts.service import NAM_DUONG, PASSWORD, Accounts
from tests.services.accounts.ward import refused

OLD, NEW, EMAIL = "+84905201101", "+84905777888", "sau@example.com"


class Owner:
    """Somebody signed in, with both phones in hand."""

    def __init__(self, accounts: Accounts, notifications: FakeNotifications, id: str) -> None:
        self.accounts, self.notifications, self.token = accounts, notifications, accounts.token(id)

    def call(self, rpc: str, request: Any) -> Any:
        answer = self.accounts.call(rpc, request, token=self.token)
        self.accounts.hand_over()
        return answer

    def ask(self, phone: str = "0905 777 888", password: str = PASSWORD) -> Any:
        return self.call("RequestPhoneChange", recovery_pb2.RequestPhoneChangeRequest(password=password, phone=phone))

    def old_code(self) -> str:
        return self.notifications.code(OLD, "change-phone-old")

    def new_code(self) -> str:
        return self.notifications.code(NEW, "change-phone-new")

    def change(self, id: str, old: str = "", new: str = "") -> Any:
        old, new = old or self.old_code(), new or self.new_code()
        return self.call("ChangePhone", recovery_pb2.ChangePhoneRequest(change_id=id, old_otp=old, new_otp=new))

    def changed(self) -> Any:
        return self.change(self.ask().change_id)

    def file(self, key: str = "") -> Any:
        asked = accounts_pb2.IssueOneTimeCodeRequest(purpose="file-dossier", binding=b"d" * 32)
        return self.accounts.call("IssueOneTimeCode", asked, token=self.token, key=key)

    def redeem(self, challenge: str, otp: str) -> Any:
        request = accounts_pb2.RedeemOneTimeCodeRequest(
            challenge_id=challenge, otp=otp, binding=b"d" * 32, redemption="dossier-1"
        )
        return self.accounts.call("RedeemOneTimeCode", request, token=self.token)

    def email(self, email: str, password: str = PASSWORD) -> Any:
        return self.call("ChangeEmail", recovery_pb2.ChangeEmailRequest(password=password, email=email))

    def address(self, address: str, password: str = PASSWORD) -> Any:
        return self.call("ChangeAddress", recovery_pb2.ChangeAddressRequest(password=password, address=address))


@pytest.fixture
def owner(accounts: Accounts, notifications: FakeNotifications, citizen: str) -> Owner:
    return Owner(accounts, notifications, citizen)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_phone_changes_with_a_code_to_the_old_and_one_to_the_new(
    accounts: Accounts, notifications: FakeNotifications, owner: Owner, citizen: str
) -> None:
    asked = owner.ask()
    assert (asked.old_phone_masked, asked.new_phone_masked) == ("•••••••101", "•••••••888")
    assert accounts.sign_in("0905201101").account.id == citizen  # nothing has changed yet
    assert owner.change(asked.change_id).phone_masked == "•••••••888"
    assert accounts.sign_in("0905777888").account.id == citizen
    refused("wrong-login", accounts.sign_in, "0905201101")
    assert notifications.told() == [("account-phone-changed", OLD, EMAIL), ("account-phone-changed", NEW, "")]


def test_a_new_password_ends_a_change_that_was_requested_before(
    accounts: Accounts, owner: Owner, clock: SettableClock
) -> None:
    """A token outlives the password by minutes: its holder must not take the account after its owner is back."""
    asked = owner.ask()
    old, new = owner.old_code(), owner.new_code()
    clock.set(clock.now() + timedelta(minutes=1))
    request = accounts_pb2.ChangePasswordRequest(password=PASSWORD, new_password="con đò sang sông")
    accounts.call("ChangePassword", request, token=owner.token)
    refused("code-expired", owner.change, asked.change_id, old, new)


def test_endless_changes_of_addresses_are_throttled(owner: Owner, clock: SettableClock) -> None:
    """The ward pays for each message, and the one that matters would be buried."""
    for number in range(3):
        owner.email(f"sau{number}@example.com")
        owner.address(f"{number} Lê Lợi")
    refused("too-many-changes", owner.email, "sau9@example.com")
    refused("too-many-changes", owner.address, "9 Lê Lợi")
    owner.address("2 Lê Lợi")  # as it is
    clock.set(clock.now() + timedelta(days=1, seconds=1))
    owner.email("sau9@example.com")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (wrong, str, "old_otp"),
        (str, wrong, "new_otp"),
        (lambda _: "12", str, "old_otp"),
        (str, lambda _: "", "new_otp"),
    ],
)
def test_either_code_alone_changes_nothing_and_the_wrong_one_is_named(
    accounts: Accounts, owner: Owner, citizen: str, old: Any, new: Any, field: str
) -> None:
    asked = owner.ask()
    request = recovery_pb2.ChangePhoneRequest(
        change_id=asked.change_id, old_otp=old(owner.old_code()), new_otp=new(owner.new_code())
    )
    no = refused("wrong-code", owner.call, "ChangePhone", request)
    assert [fault.field for fault in no.fields] == [field]
    assert accounts.sign_in("0905201101").account.id == citizen
    owner.change(asked.change_id)  # the right ones are still good


def test_the_old_phones_code_is_guessed_five_times_at_most(owner: Owner) -> None:
    asked = owner.ask()
    for _ in range(5):
        refused("wrong-code", owner.change, asked.change_id, wrong(owner.old_code()))
    refused("too-many-tries", owner.change, asked.change_id)


def test_a_wrong_password_changes_nothing_and_slows_down_the_next_change_and_no_sign_in(
    accounts: Accounts, owner: Owner
) -> None:
    acts = (
        partial(owner.ask, password="sai"),
        partial(owner.email, "khac@example.com", "sai"),
        partial(owner.address, "Số 1", "sai"),
    )
    for number in range(5):
        no = refused("wrong-password", acts[number % 3])
        assert [fault.field for fault in no.fields] == ["password"]
    for act in acts:
        refused("too-many-logins", act)
    accounts.sign_in("0905201101")


@pytest.mark.parametrize("phone", ["", "12345", "02363822333", "0905 201 101"])
def test_a_phone_that_cannot_be_one_or_is_the_present_one_is_refused(owner: Owner, phone: str) -> None:
    no = refused("invalid-phone", owner.ask, phone)
    assert [fault.field for fault in no.fields] == ["phone"]


def test_no_filing_is_confirmed_for_a_day_after_the_phone_changed(owner: Owner, clock: SettableClock) -> None:
    account = owner.changed()
    assert account.filing_from.ToDatetime() == clock.now().replace(tzinfo=None) + timedelta(days=1)
    clock.advance(timedelta(hours=23, minutes=59))
    no = refused("phone-just-changed", owner.file)
    assert no.kind is Kind.CONFLICT
    assert "9 giờ 00 ngày 07/10/2020" in no.text
    clock.advance(timedelta(minutes=1))
    challenge = owner.file().challenge_id
    owner.redeem(challenge, owner.notifications.code(NEW, "file-dossier"))
    shown = owner.call("GetOwnAccount", accounts_pb2.GetOwnAccountRequest())
    assert not shown.HasField("filing_from")


def test_a_code_that_was_sent_before_the_phone_changed_confirms_nothing_after(owner: Owner) -> None:
    challenge = owner.file().challenge_id
    otp = owner.notifications.code(OLD, "file-dossier")
    owner.changed()
    refused("phone-just-changed", owner.redeem, challenge, otp)


def test_a_code_that_was_sent_before_a_new_password_confirms_nothing_after(
    accounts: Accounts, owner: Owner, clock: SettableClock
) -> None:
    """Somebody who has read it on the phone still has a token for some minutes."""
    challenge = owner.file().challenge_id
    otp = owner.notifications.code(OLD, "file-dossier")
    done = owner.file().challenge_id
    done_otp = owner.notifications.code(OLD, "file-dossier")
    owner.redeem(done, done_otp)
    clock.advance(timedelta(seconds=1))
    request = accounts_pb2.ChangePasswordRequest(password=PASSWORD, new_password="con đò sang sông")
    accounts.call("ChangePassword", request, token=owner.token)
    refused("code-expired", owner.redeem, challenge, otp)
    owner.redeem(done, done_otp)  # what it has confirmed stays so
    owner.redeem(owner.file().challenge_id, owner.notifications.code(OLD, "file-dossier"))


def test_codes_of_a_recovery_or_change_that_was_overtaken_are_good_for_nothing(
    accounts: Accounts, notifications: FakeNotifications, owner: Owner, clock: SettableClock
) -> None:
    ask = recovery_pb2.RequestRecoveryRequest(login="0905201101", date_of_birth="1955-03-08")
    recovery = accounts.call("RequestRecovery", ask).recovery_id
    accounts.hand_over()
    first = owner.ask("0905 666 555").change_id
    first_codes = owner.old_code(), notifications.code("+84905666555", "change-phone-new")
    clock.advance(timedelta(seconds=1))
    owner.changed()
    refused("code-expired", owner.change, first, *first_codes)
    set_new = recovery_pb2.RecoverAccountRequest(
        recovery_id=recovery, otp=notifications.code(OLD, "recover-account"), new_password="một câu dài khác"
    )
    refused("wrong-code", accounts.call, "RecoverAccount", set_new)


def test_somebody_elses_change_is_not_found(accounts: Accounts, owner: Owner, notifications: FakeNotifications) -> None:
    other = accounts.open(identity_number="048150001002", phone="0905 333 222")
    accounts.activate(other.account_id, notifications.code("+84905333222", "activate-account"))
    asked = owner.ask()
    stranger = Owner(accounts, notifications, other.account_id)
    refused("unknown-change", stranger.change, asked.change_id, owner.old_code(), owner.new_code())
    refused("unknown-change", owner.change, "nothing", owner.old_code(), owner.new_code())


def test_one_account_sends_few_codes_to_phones_of_others(owner: Owner, clock: SettableClock) -> None:
    for number in range(6):
        owner.ask(f"0905 666 00{number}")
        clock.advance(timedelta(minutes=21))
    clock.advance(timedelta(hours=2))
    no = refused("too-many-codes", owner.ask, "0905 666 009")
    assert "yêu cầu đổi số điện thoại nhiều lần trong một ngày" in no.text


def test_codes_to_one_new_phone_are_limited_over_all_callers(
    accounts: Accounts, owner: Owner, notifications: FakeNotifications
) -> None:
    other = accounts.open(identity_number="048150001002", phone="0905 333 222")
    accounts.activate(other.account_id, notifications.code("+84905333222", "activate-account"))
    stranger = Owner(accounts, notifications, other.account_id)
    for each in (owner, stranger, owner):
        each.ask()
    refused("too-many-codes", stranger.ask)


def test_a_change_is_made_once(owner: Owner) -> None:
    asked = owner.ask()
    codes = owner.old_code(), owner.new_code()
    results = race(*[partial(owner.change, asked.change_id, *codes)] * 3)
    assert [each for each in results if isinstance(each, Exception)] == []
    assert [one[0] for one in owner.notifications.told()] == ["account-phone-changed"] * 2


def test_a_change_whose_answer_was_lost_is_answered_again_only_for_its_own_codes(
    owner: Owner, notifications: FakeNotifications, clock: SettableClock
) -> None:
    asked = owner.ask()
    codes = owner.old_code(), owner.new_code()
    first = owner.change(asked.change_id, *codes)
    clock.advance(timedelta(minutes=1))
    assert owner.change(asked.change_id, *codes) == first
    assert len(notifications.told()) == 2
    refused("code-used", owner.change, asked.change_id, wrong(codes[0]), codes[1])
    second = owner.ask("0905 666 555")
    to_new = notifications.code(NEW, "change-phone-old"), notifications.code("+84905666555", "change-phone-new")
    owner.change(second.change_id, *to_new)
    refused("code-used", owner.change, asked.change_id, *codes)  # that phone does not belong to the account any more


def test_without_its_codes_a_phone_is_not_asked_for(owner: Owner, notifications: FakeNotifications) -> None:
    notifications.away = True
    refused("code-not-sent", owner.ask)
    notifications.away = False
    owner.changed()


def test_another_email_is_told_to_the_old_and_the_new(notifications: FakeNotifications, owner: Owner) -> None:
    assert owner.email(" sau.moi@example.com ").email == "sau.moi@example.com"
    assert notifications.told() == [
        ("account-email-changed", "", "sau.moi@example.com"),
        ("account-email-changed", OLD, EMAIL),
    ]


def test_an_email_is_removed_and_the_same_again_is_told_to_nobody(
    notifications: FakeNotifications, owner: Owner
) -> None:
    owner.email(EMAIL)
    assert notifications.told() == []
    assert owner.email("").email == ""
    assert notifications.told() == [("account-email-changed", OLD, EMAIL)]


def test_another_address_is_told(notifications: FakeNotifications, owner: Owner) -> None:
    assert owner.address("  7   Lê Đình Dương, tổ 5 ").address == "7 Lê Đình Dương, tổ 5"
    assert notifications.told() == [("account-address-changed", OLD, EMAIL)]


@pytest.mark.parametrize(("act", "field"), [(("email", "không phải"), "email"), (("address", " "), "address")])
def test_what_cannot_be_kept_is_named(owner: Owner, act: tuple[str, str], field: str) -> None:
    no = refused("invalid-account", getattr(owner, act[0]), act[1])
    assert [fault.field for fault in no.fields] == [field]


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.WARD_ADMIN, Role.RECEPTIONIST])
def test_nobody_changes_an_account_without_being_its_citizen(accounts: Accounts, citizen: str, role: Role) -> None:
    request = recovery_pb2.ChangeEmailRequest(password=PASSWORD, email="x@example.com")
    with pytest.raises(Refusal) as no:
        accounts.call("ChangeEmail", request, ward=NAM_DUONG, token=accounts.token(citizen, role))
    assert no.value.kind is Kind.FORBIDDEN


def test_a_password_that_is_replaced_while_it_is_checked_changes_nothing(
    accounts: Accounts, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher = accounts.parts.place.hasher
    verify = hasher.verify

    def replaced_meanwhile(stored: str | None, password: str) -> bool:
        right = verify(stored, password)
        monkeypatch.setattr(hasher, "verify", verify)
        request = accounts_pb2.ChangePasswordRequest(password=PASSWORD, new_password="mùa xuân ở Sơn Trà")
        accounts.call("ChangePassword", request, token=owner.token)
        return right

    monkeypatch.setattr(hasher, "verify", replaced_meanwhile)
    refused("wrong-password", owner.email, "khac@example.com")
    assert owner.call("GetOwnAccount", accounts_pb2.GetOwnAccountRequest()).email == EMAIL


def test_two_who_exchange_their_phones_do_not_wait_for_each_other(
    accounts: Accounts, owner: Owner, notifications: FakeNotifications
) -> None:
    other = accounts.open(identity_number="048150001002", phone="0905 333 222")
    accounts.activate(other.account_id, notifications.code("+84905333222", "activate-account"))
    second = Owner(accounts, notifications, other.account_id)
    for _ in range(3):
        both = race(partial(owner.ask, "0905 333 222"), partial(second.ask, "0905 201 101"))
        assert [each for each in both if isinstance(each, Exception)] == []
