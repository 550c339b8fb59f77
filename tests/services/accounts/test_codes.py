"""One-time codes for filing a dossier: issued to the citizen, redeemed once."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from caunoi.accounts.v1 import accounts_pb2
from google.protobuf.empty_pb2 import Empty
from sqlalchemy import event

from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Role
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.race import race
from tests.services.accounts.service import NAM_DUONG, THANH_BINH, WARDS, Accounts

DRAFT = hashlib.sha256(b"form and documents").digest()
CHANGED = hashlib.sha256(b"form and other documents").digest()


class Filing:
    """A citizen with a code on the way."""

    def __init__(self, accounts: Accounts, notifications: FakeNotifications, citizen: str) -> None:
        self._accounts = accounts
        self._notifications = notifications
        self.token = accounts.token(citizen)
        self.challenge, self.otp = "", ""

    def issue(self, binding: bytes = DRAFT, *, token: str = "", purpose: str = "file-dossier", key: str = "") -> None:
        request = accounts_pb2.IssueOneTimeCodeRequest(purpose=purpose, binding=binding)
        answer = self._accounts.call("IssueOneTimeCode", request, token=token or self.token, key=key)
        self.challenge, self.otp = answer.challenge_id, self._notifications.last().otp

    def redeem(
        self, redemption: str = "one", *, otp: str = "", binding: bytes = DRAFT, token: str = "", challenge: str = ""
    ) -> None:
        request = accounts_pb2.RedeemOneTimeCodeRequest(
            challenge_id=challenge or self.challenge, otp=otp or self.otp, binding=binding, redemption=redemption
        )
        answer = self._accounts.call("RedeemOneTimeCode", request, token=token or self.token)
        assert answer == Empty()

    def refused(self, redemption: str = "one", **how: str | bytes) -> Refusal:
        with pytest.raises(Refusal) as no:
            self.redeem(redemption, **how)  # type: ignore[arg-type] # each test names real arguments
        return no.value

    @property
    def wrong(self) -> str:
        return f"{(int(self.otp) + 1) % 10**6:06}"


@pytest.fixture
def filing(accounts: Accounts, notifications: FakeNotifications, citizen: str) -> Filing:
    filing = Filing(accounts, notifications, citizen)
    filing.issue()
    return filing


def test_a_code_goes_to_the_citizens_own_phone_and_is_redeemed(
    filing: Filing, notifications: FakeNotifications
) -> None:
    sms = notifications.last()
    assert (sms.phone, sms.purpose, sms.challenge_id) == ("+84905201101", "file-dossier", filing.challenge)
    filing.redeem()


@pytest.mark.parametrize("ward", WARDS)
@pytest.mark.parametrize("service", ["accounts", "dossiers", "notifications"])
def test_no_service_confirms_a_filing_for_somebody(filing: Filing, accounts: Accounts, service: str, ward: str) -> None:
    """docs/architecture.md, rule 3: it shows the citizen's own token; a stolen service token files nothing."""
    assert filing.refused(token=accounts.service_token(service, ward)).kind is Kind.FORBIDDEN
    filing.redeem()


def test_the_same_redemption_is_answered_alike_however_late_and_another_one_is_refused(
    filing: Filing, clock: SettableClock
) -> None:
    filing.redeem("one")
    clock.advance(timedelta(hours=3))
    filing.redeem("one")
    assert filing.refused("two").type == "code-used"
    assert filing.refused("one", otp=filing.wrong).type == "code-used"


def test_exactly_one_of_two_redemptions_at_once_wins(filing: Filing) -> None:
    for _ in range(5):
        filing.issue()
        outcomes = race(lambda: filing.redeem("one"), lambda: filing.redeem("two"))
        refusals = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
        assert outcomes.count(None) == 1
        assert [refusal.type for refusal in refusals] == ["code-used"]


def test_the_same_redemption_twice_at_once_is_answered_alike(filing: Filing) -> None:
    assert race(lambda: filing.redeem("one"), lambda: filing.redeem("one")) == [None, None]


def test_wrong_tries_at_once_are_each_counted(filing: Filing) -> None:
    outcomes = race(*(lambda: filing.redeem(otp=filing.wrong) for _ in range(8)))
    types = sorted(outcome.type for outcome in outcomes if isinstance(outcome, Refusal))
    assert types == ["too-many-tries"] * 3 + ["wrong-code"] * 5
    assert filing.refused().type == "too-many-tries"


def test_a_wrong_code_names_its_field_and_counts_down(filing: Filing) -> None:
    no = filing.refused(otp=filing.wrong)
    assert (no.kind, no.type, no.fields[0].field) == (Kind.INVALID, "wrong-code", "otp")
    assert "Còn 4 lần nhập." in no.text
    filing.redeem()


def test_a_draft_changed_after_its_code_was_sent_is_not_confirmed_by_it(filing: Filing) -> None:
    """docs/architecture.md, rule 3: the code is bound to a digest of exactly what is filed."""
    for _ in range(6):
        assert filing.refused(binding=CHANGED).type == "code-for-other-content"
    filing.redeem()  # and costs no try


def test_a_code_expires(filing: Filing, clock: SettableClock) -> None:
    clock.advance(timedelta(minutes=10))
    no = filing.refused()
    assert (no.kind, no.type) == (Kind.CONFLICT, "code-expired")


def test_somebody_elses_challenge_is_not_to_be_seen(
    filing: Filing, accounts: Accounts, notifications: FakeNotifications
) -> None:
    other = accounts.open(identity_number="048155001002", phone="0905 202 202")
    activation = notifications.last()
    accounts.activate(other.account_id, activation.otp)
    assert filing.refused(token=accounts.token(other.account_id)).type == "unknown-challenge"
    assert filing.refused(challenge="nothing").type == "unknown-challenge"
    # An activation code confirms no filing, not even where bindings agree.
    own = accounts.token(other.account_id)
    assert filing.refused(token=own, challenge=activation.challenge_id, binding=b"").type == "unknown-challenge"
    filing.redeem()


def test_a_redemption_without_a_name_is_refused(filing: Filing) -> None:
    assert filing.refused("").type == "invalid-redemption"


@pytest.mark.parametrize(("purpose", "binding"), [("activate-account", DRAFT), ("", DRAFT), ("file-dossier", b"short")])
def test_a_code_for_nothing_known_is_not_issued(filing: Filing, purpose: str, binding: bytes) -> None:
    with pytest.raises(Refusal) as no:
        filing.issue(binding, purpose=purpose)
    assert (no.value.kind, no.value.type) == (Kind.INVALID, "invalid-code-request")


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.RECEPTIONIST, Role.SIGNER])
def test_a_volunteer_or_officer_gets_no_code_for_a_citizen(
    filing: Filing, accounts: Accounts, citizen: str, role: Role
) -> None:
    """docs/architecture.md, rule 3: a volunteer's token files nothing."""
    token = accounts.token(citizen, role)
    with pytest.raises(Refusal) as no:
        filing.issue(token=token)
    assert no.value.kind is Kind.FORBIDDEN
    assert filing.refused(token=token).kind is Kind.FORBIDDEN


def test_a_phone_gets_ten_filing_codes_an_hour(filing: Filing, clock: SettableClock) -> None:
    for _ in range(9):
        filing.issue()
    with pytest.raises(Refusal) as no:
        filing.issue()
    assert (no.value.kind, no.value.type, no.value.retry_after) == (Kind.THROTTLED, "too-many-codes", 3600)
    clock.advance(timedelta(hours=1))
    filing.issue()


def test_a_code_that_could_not_be_sent_is_told_and_costs_nothing(
    filing: Filing, notifications: FakeNotifications
) -> None:
    notifications.away = True
    for _ in range(11):
        with pytest.raises(Refusal) as no:
            filing.issue()
        assert (no.value.kind, no.value.type) == (Kind.UNAVAILABLE, "code-not-sent")
    notifications.away = False
    filing.issue()
    filing.redeem()


def test_a_code_that_could_not_be_sent_is_sent_when_the_request_is_repeated_under_its_key(
    filing: Filing, notifications: FakeNotifications
) -> None:
    sent = len(notifications.sent)
    notifications.away = True
    for _ in range(2):
        with pytest.raises(Refusal) as no:
            filing.issue(key="k-1")
        assert no.value.type == "code-not-sent"
    notifications.away = False
    filing.issue(key="k-1")
    challenge = filing.challenge
    filing.issue(key="k-1")
    assert (filing.challenge, len(notifications.sent)) == (challenge, sent + 1)
    filing.redeem()


def test_requests_at_once_under_one_key_send_one_code(filing: Filing, notifications: FakeNotifications) -> None:
    """A connection that breaks while the first is at work is no reason for a second SMS."""
    sent = len(notifications.sent)
    assert race(*(lambda: filing.issue(key="k-1") for _ in range(4))) == [None] * 4
    assert len(notifications.sent) == sent + 1


def test_an_account_of_another_ward_is_not_known_here(accounts: Accounts, citizen: str) -> None:
    request = accounts_pb2.IssueOneTimeCodeRequest(purpose="file-dossier", binding=DRAFT)
    with pytest.raises(Refusal) as no:
        accounts.call("IssueOneTimeCode", request, ward=THANH_BINH, token=accounts.token(citizen))
    assert no.value.kind is Kind.FORBIDDEN
    assert accounts.call("IssueOneTimeCode", request, ward=NAM_DUONG, token=accounts.token(citizen)).challenge_id


def test_a_redemption_and_its_audit_row_are_one_statement(accounts: Accounts, filing: Filing) -> None:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement.split(maxsplit=1)[0])

    engine = accounts.cells[NAM_DUONG].database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        filing.redeem()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert sent == ["SELECT", "WITH"]
