"""The accounts service that other services' tests run against answers as the real one does."""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from caunoi.accounts.v1 import accounts_pb2 as pb
from caunoi.accounts.v1 import accounts_pb2_grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message

from services.accounts.settings import Settings
from services.chassis.grpc.client import Peer, call
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Principal, Role, load_issuers
from tests.fakes.accounts import FakeAccounts
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.services.accounts.service import Accounts

NAM_DUONG, THANH_BINH = "20248", "20227"
DRAFT = hashlib.sha256(b"form and documents").digest()
CHANGED = hashlib.sha256(b"form and other documents").digest()


class Subject(ABC):
    """An accounts service of ward 20248 with one citizen who can be reached."""

    citizen: str

    def __init__(self, keys: Path, address: str) -> None:
        self._keys = keys
        self._peer = Peer(accounts_pb2_grpc.AccountsServiceStub, lambda _: address)

    def call(self, rpc: str, request: Message, token: str = "", key: str = "") -> Any:
        method = getattr(self._peer.stub(NAM_DUONG), rpc)
        return call(method, request, ward=NAM_DUONG, seconds=20, token=token, idempotency_key=key)

    def token(self, account_id: str = "", *roles: Role) -> str:
        issuer = load_issuers(self._keys / "signing-accounts.json", "accounts")[NAM_DUONG]
        return issuer.issue(Principal(account_id or self.citizen, NAM_DUONG, frozenset(roles or {Role.CITIZEN}), "Sáu"))

    def service_token(self, ward: str = NAM_DUONG, service: str = "notifications") -> str:
        return load_issuers(self._keys / f"signing-{service}.json", service)[ward].service_token(to=NAM_DUONG)

    def issue(
        self, binding: bytes = DRAFT, token: str = "", purpose: str = "file-dossier", key: str = ""
    ) -> pb.OneTimeCodeChallenge:
        request = pb.IssueOneTimeCodeRequest(purpose=purpose, binding=binding)
        answer = self.call("IssueOneTimeCode", request, token or self.token(), key)
        assert isinstance(answer, pb.OneTimeCodeChallenge)
        return answer

    def redeem(
        self, challenge: str, otp: str = "", redemption: str = "one", binding: bytes = DRAFT, token: str = ""
    ) -> None:
        request = pb.RedeemOneTimeCodeRequest(
            challenge_id=challenge, otp=otp or self.otp(challenge), binding=binding, redemption=redemption
        )
        assert self.call("RedeemOneTimeCode", request, token or self.token()) == Empty()

    def wrong(self, challenge: str) -> str:
        return f"{(int(self.otp(challenge)) + 1) % 10**6:06}"

    def close(self) -> None:
        self._peer.close()

    @abstractmethod
    def otp(self, challenge: str) -> str:
        """The code that went to the citizen's phone."""

    @abstractmethod
    def unknown(self) -> str:
        """The id of an account that is not there."""


class Fake(Subject):
    def __init__(self, keys: Path, fake: FakeAccounts) -> None:
        super().__init__(keys, fake.address)
        self._fake = fake
        self.citizen = fake.add()

    def otp(self, challenge: str) -> str:
        return FakeAccounts.OTP

    def unknown(self) -> str:
        nobody = str(uuid4())
        self._fake.unknown.add(nobody)
        return nobody


class Real(Subject):
    def __init__(self, keys: Path, accounts: Accounts, notifications: FakeNotifications, citizen: str) -> None:
        super().__init__(keys, accounts.address)
        self._notifications = notifications
        self.citizen = citizen

    def otp(self, challenge: str) -> str:
        sent = self._notifications.sent.get(challenge)
        return sent.otp if sent else "000000"

    def unknown(self) -> str:
        return str(uuid4())


def refused(act: Callable[[], object]) -> tuple[Kind, str]:
    with pytest.raises(Refusal) as no:
        act()
    return no.value.kind, no.value.type


class AccountsContract:
    """Dossiers and notifications rely on this."""

    def test_a_redemption_repeated_is_answered_alike_however_late_and_another_is_refused(
        self, subject: Subject, clock: SettableClock
    ) -> None:
        challenge = subject.issue()
        subject.redeem(challenge.challenge_id)
        clock.advance(challenge.expires_at.ToDatetime(UTC) - clock.now() + timedelta(hours=1))
        subject.redeem(challenge.challenge_id)
        used = (Kind.CONFLICT, "code-used")
        assert refused(lambda: subject.redeem(challenge.challenge_id, redemption="two")) == used
        wrong = subject.wrong(challenge.challenge_id)
        assert refused(lambda: subject.redeem(challenge.challenge_id, wrong)) == used

    def test_colleagues_are_told_to_the_office_alone(self, subject: Subject) -> None:
        request = pb.ListStaffRequest()
        answer = subject.call("ListStaff", request, subject.token("", Role.RECEPTIONIST))
        assert isinstance(answer, pb.ListStaffResponse)
        for role in (Role.CITIZEN, Role.VOLUNTEER):
            no = refused(partial(subject.call, "ListStaff", request, subject.token("", role)))
            assert no == (Kind.FORBIDDEN, "not-allowed")

    def test_a_code_counts_until_it_expires(self, subject: Subject, clock: SettableClock) -> None:
        challenge = subject.issue()
        assert timedelta(minutes=1) < challenge.expires_at.ToDatetime(UTC) - clock.now() < timedelta(hours=1)
        clock.advance(challenge.expires_at.ToDatetime(UTC) - clock.now())
        assert refused(lambda: subject.redeem(challenge.challenge_id)) == (Kind.CONFLICT, "code-expired")

    def test_five_wrong_tries_spend_a_code(self, subject: Subject) -> None:
        id = subject.issue().challenge_id
        for _ in range(5):
            assert refused(lambda: subject.redeem(id, subject.wrong(id))) == (Kind.INVALID, "wrong-code")
        assert refused(lambda: subject.redeem(id)) == (Kind.CONFLICT, "too-many-tries")

    def test_four_wrong_tries_do_not_and_what_is_no_code_costs_none(self, subject: Subject) -> None:
        id = subject.issue().challenge_id
        for wrong in (*[subject.wrong(id)] * 4, "12", "abcdef"):
            assert refused(partial(subject.redeem, id, wrong)) == (Kind.INVALID, "wrong-code")
        subject.redeem(id)

    def test_a_wrong_code_names_the_field_that_callers_pass_on(self, subject: Subject) -> None:
        id = subject.issue().challenge_id
        with pytest.raises(Refusal) as no:
            subject.redeem(id, subject.wrong(id))
        assert [fault.field for fault in no.value.fields] == ["otp"]

    def test_a_code_confirms_only_what_it_was_issued_for_and_trying_otherwise_costs_nothing(
        self, subject: Subject
    ) -> None:
        id = subject.issue().challenge_id
        for _ in range(6):
            no = refused(lambda: subject.redeem(id, binding=CHANGED))
            assert no == (Kind.CONFLICT, "code-for-other-content")
        subject.redeem(id)

    def test_a_key_is_one_code_and_of_one_content(self, subject: Subject) -> None:
        first = subject.issue(key="k-1")
        assert subject.issue(key="k-1") == first
        assert subject.issue(key="k-2") != first
        no = refused(lambda: subject.issue(CHANGED, key="k-1"))
        assert no == (Kind.EXISTS, "idempotency-key-reused")

    def test_a_code_may_be_typed_in_groups(self, subject: Subject) -> None:
        id = subject.issue().challenge_id
        otp = subject.otp(id)
        subject.redeem(id, f" {otp[:3]} {otp[3:]} ")

    def test_nobody_but_the_citizen_redeems(self, subject: Subject) -> None:
        id = subject.issue().challenge_id
        for service in ("accounts", "dossiers", "notifications"):
            token = subject.service_token(service=service)
            assert refused(partial(subject.redeem, id, token=token))[0] is Kind.FORBIDDEN
        unknown = (Kind.NOT_FOUND, "unknown-challenge")
        assert refused(lambda: subject.redeem(id, token=subject.token(subject.unknown()))) == unknown
        assert refused(lambda: subject.redeem(str(uuid4()))) == unknown
        assert refused(lambda: subject.redeem("nothing")) == unknown
        subject.redeem(id)

    @pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.RECEPTIONIST])
    def test_a_code_is_the_citizens_alone(self, subject: Subject, role: Role) -> None:
        id = subject.issue().challenge_id
        token = subject.token(subject.citizen, role)
        assert refused(lambda: subject.issue(token=token))[0] is Kind.FORBIDDEN
        assert refused(lambda: subject.redeem(id, token=token))[0] is Kind.FORBIDDEN

    def test_a_redemption_has_a_name(self, subject: Subject) -> None:
        id = subject.issue().challenge_id
        assert refused(lambda: subject.redeem(id, redemption="")) == (Kind.INVALID, "invalid-redemption")

    @pytest.mark.parametrize(("purpose", "binding"), [("activate-account", DRAFT), ("file-dossier", b"short")])
    def test_a_code_for_nothing_known_is_not_issued(self, subject: Subject, purpose: str, binding: bytes) -> None:
        no = refused(lambda: subject.issue(binding, purpose=purpose))
        assert no == (Kind.INVALID, "invalid-code-request")

    def test_an_account_that_is_gone_gets_no_code_and_is_not_shown(self, subject: Subject) -> None:
        nobody = subject.token(subject.unknown())
        assert refused(lambda: subject.issue(token=nobody)) == (Kind.CONFLICT, "account-not-active")
        no = refused(lambda: subject.call("GetOwnAccount", pb.GetOwnAccountRequest(), nobody))
        assert no[0] is Kind.UNAUTHENTICATED

    def test_people_read_their_own_account(self, subject: Subject) -> None:
        account = subject.call("GetOwnAccount", pb.GetOwnAccountRequest(), subject.token())
        assert (account.id, account.ward) == (subject.citizen, NAM_DUONG)
        assert account.status == pb.ACCOUNT_STATUS_ACTIVE
        assert account.full_name
        assert account.address
        assert refused(lambda: subject.call("GetOwnAccount", pb.GetOwnAccountRequest()))[0] is Kind.UNAUTHENTICATED

    def test_phone_and_identity_number_are_whole_where_that_is_asked_for_alone(self, subject: Subject) -> None:
        shown, whole = (
            subject.call("GetOwnAccount", pb.GetOwnAccountRequest(unmasked=unmasked), subject.token())
            for unmasked in (False, True)
        )
        assert (shown.phone, shown.identity_number) == ("", "")
        assert re.fullmatch(r"0\d{9}", whole.phone), "as people here dial it"
        assert re.fullmatch(r"\d{12}", whole.identity_number)
        assert whole.identity_number.endswith(whole.identity_number_masked.lstrip("•"))

    def test_notifications_of_any_ward_is_told_where_an_account_can_be_reached(self, subject: Subject) -> None:
        request = pb.GetContactRequest(account_id=subject.citizen)
        contact = subject.call("GetContact", request, subject.service_token(THANH_BINH))
        assert contact.account_id == subject.citizen
        assert contact.phone.startswith("+84")
        assert "@" in contact.email
        assert contact.full_name

    def test_nobody_else_is_told_and_nothing_of_nobody(self, subject: Subject) -> None:
        own = pb.GetContactRequest(account_id=subject.citizen)
        for token in (subject.token(), subject.service_token(service="dossiers")):
            assert refused(partial(subject.call, "GetContact", own, token))[0] is Kind.FORBIDDEN
        for id in (subject.unknown(), "no-uuid", ""):
            request = pb.GetContactRequest(account_id=id)
            no = refused(partial(subject.call, "GetContact", request, subject.service_token()))
            assert no == (Kind.NOT_FOUND, "unknown-account")


class TestFake(AccountsContract):
    @pytest.fixture
    def subject(self, keys: Path, clock: SettableClock) -> Iterator[Subject]:
        fake = FakeAccounts(keys, clock, [NAM_DUONG])
        subject = Fake(keys, fake)
        yield subject
        subject.close()
        fake.stop()


class TestReal(AccountsContract):
    @pytest.fixture
    def subject(
        self,
        keys: Path,
        clock: SettableClock,
        database_url: Callable[..., str],
        service_environment: Callable[..., None],
    ) -> Iterator[Subject]:
        notifications = FakeNotifications(keys, clock, [NAM_DUONG])
        service_environment(
            "accounts",
            WARDS=NAM_DUONG,
            DATABASE_URL=database_url("accounts", NAM_DUONG),
            NOTIFICATIONS_ADDRESS=notifications.address,
            ARGON2_MEMORY_KIB="64",
        )
        accounts = Accounts(Settings(), clock, keys)
        opened = accounts.open()
        accounts.activate(opened.account_id, notifications.last().otp)
        subject = Real(keys, accounts, notifications, opened.account_id)
        yield subject
        subject.close()
        accounts.stop()
        notifications.stop()
