"""Staff sign in with a second factor: asked for after the password, good once, slowed down, and got back when lost."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from caunoi.accounts.v1 import accounts_pb2, staff_pb2

from services.accounts.service import SERVICE, AccountsParts
from services.accounts.settings import Settings
from services.accounts.tables import (
    AuthenticatorRow,
    FactorResetRow,
    FactorTicketRow,
    RecoveryCodeRow,
    StaffRow,
)
from services.chassis.database.tables import AuditRow
from services.chassis.refusal import Refusal
from services.chassis.service import _parser, cells_of
from services.chassis.tokens import Role
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.race import race
from tests.services.accounts.office import ADMIN, DESK, SIGNER, Office, refused
from tests.services.accounts.service import NAM_DUONG, PASSWORD, THANH_BINH, Accounts


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Signers and administrators need one."""
    monkeypatch.setenv("SECOND_FACTOR_ROLES", "signer, ward_admin")
    return Settings()


def test_people_who_need_a_second_factor_get_no_token_before_they_set_one_up(
    office: Office, accounts: Accounts
) -> None:
    asked = office.asked()
    assert (asked.to_enrol, list(asked.kinds), asked.webauthn_options) == (True, [], "")
    for token in (asked.ticket, ""):
        assert refused(lambda t=token: accounts.call("ListStaff", accounts_pb2.ListStaffRequest(), token=t)) == (  # type: ignore[misc]
            "not-signed-in"
        )
    assert refused(lambda: office.pass_factor(asked.ticket, "123456")) == "second-factor-over"
    begun = office.start(asked.ticket)
    assert f"secret={begun.secret}" in begun.otpauth_uri
    assert "nam-duong" in begun.otpauth_uri
    assert refused(lambda: office.confirm(asked.ticket, begun.authenticator_id, "000000")) == "wrong-second-factor"
    for wrong in ("000000", "abc"):
        with pytest.raises(Refusal) as no:
            office.confirm(asked.ticket, begun.authenticator_id, wrong)
        assert "mã dự phòng" not in no.value.text, "there is none yet"
    done = office.confirm(asked.ticket, begun.authenticator_id, office.code(begun.secret))
    assert len(set(done.recovery_codes)) == 10
    staff = accounts.call("ListStaff", accounts_pb2.ListStaffRequest(), token=done.session.access_token)
    assert len(staff.staff) == 2
    assert refused(lambda: office.confirm(asked.ticket, begun.authenticator_id, office.code(begun.secret))) == (
        "second-factor-over"
    )


@pytest.fixture
def own_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ward has decided for itself."""
    monkeypatch.setenv(f"SECOND_FACTOR_ROLES_{NAM_DUONG}", "receptionist")


@pytest.mark.usefixtures("own_roles")
def test_a_ward_decides_for_itself_who_needs_a_second_factor(office: Office, accounts: Accounts) -> None:
    assert office.asked(DESK).to_enrol
    assert accounts.sign_in(SIGNER).access_token
    assert accounts.parts.place.second_factor_roles[THANH_BINH] == {Role.SIGNER, Role.WARD_ADMIN}


@pytest.mark.parametrize(("own", "roles"), [("", set()), (" receptionist , signer ", {Role.RECEPTIONIST, Role.SIGNER})])
def test_a_ward_may_require_a_second_factor_of_no_roles_or_of_others(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, own: str, roles: set[Role]
) -> None:
    monkeypatch.setenv(f"SECOND_FACTOR_ROLES_{NAM_DUONG}", own)
    assert settings.roles_with_second_factor(NAM_DUONG) == roles
    assert settings.roles_with_second_factor(THANH_BINH) == {Role.SIGNER, Role.WARD_ADMIN}


def test_a_service_with_a_wrong_role_of_a_ward_does_not_start(
    settings: Settings, clock: SettableClock, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"SECOND_FACTOR_ROLES_{THANH_BINH}", "singer")
    with pytest.raises(ValueError, match=f"SECOND_FACTOR_ROLES_{THANH_BINH}: no roles of staff: singer"):
        AccountsParts(settings, cells_of(SERVICE, settings), clock)


def test_people_who_need_no_second_factor_sign_in_by_password(office: Office, accounts: Accounts) -> None:
    assert accounts.sign_in(DESK).access_token


def test_a_sign_in_goes_on_with_the_code_and_a_code_is_good_once(office: Office) -> None:
    secret, _ = office.enrol()
    asked = office.asked()
    assert (asked.to_enrol, list(asked.kinds)) == (False, ["totp", "recovery-code"])
    code = office.code(secret)
    assert office.pass_factor(asked.ticket, f" {code[:3]} {code[3:]}").account.id == office.ids[SIGNER]
    assert refused(lambda: office.pass_factor(asked.ticket, code)) == "second-factor-over"
    another = office.asked().ticket
    assert refused(lambda: office.pass_factor(another, code)) == "wrong-second-factor"
    office.clock.advance(timedelta(seconds=30))
    assert office.pass_factor(another, office.code(secret)).access_token


def test_the_code_with_which_an_app_was_set_up_signs_nobody_in(office: Office) -> None:
    secret, _ = office.enrol()
    assert refused(lambda: office.pass_factor(office.asked().ticket, office.code(secret, -1))) == "wrong-second-factor"


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_may_go_wrong_by_one_step(office: Office, steps: int, good: bool) -> None:
    secret, _ = office.enrol()
    office.clock.advance(timedelta(minutes=2))
    code = office.code(secret, steps)
    if good:
        assert office.pass_factor(office.asked().ticket, code).access_token
    else:
        assert refused(lambda: office.pass_factor(office.asked().ticket, code)) == "wrong-second-factor"


def test_of_two_who_show_the_same_code_at_once_one_is_signed_in(office: Office) -> None:
    secret, _ = office.enrol()
    for _ in range(3):
        office.clock.advance(timedelta(seconds=60))
        tickets, code = [office.asked().ticket, office.asked().ticket], office.code(secret)
        outcomes = race(*(partial(office.pass_factor, ticket, code) for ticket in tickets))
        assert sorted(isinstance(one, Refusal) for one in outcomes) == [False, True]


def test_a_recovery_code_is_good_once_and_its_use_is_told(
    office: Office, accounts: Accounts, notifications: FakeNotifications
) -> None:
    _, done = office.enrol()
    code = done.recovery_codes[3]
    assert office.pass_factor(office.asked().ticket, code.upper()).access_token
    assert refused(lambda: office.pass_factor(office.asked().ticket, code)) == "wrong-second-factor"
    accounts.hand_over()
    assert [notice.template for notice in notifications.notices.values()] == [
        "account-factor-changed",
        "account-recovery-code-used",
    ]


def test_five_wrong_factors_take_the_ticket_and_wait_as_passwords_do(office: Office) -> None:
    secret, _ = office.enrol()
    ticket = office.asked().ticket
    for _ in range(5):
        assert refused(lambda: office.pass_factor(ticket, "000000")) == "wrong-second-factor"
    assert refused(lambda: office.pass_factor(ticket, office.code(secret))) == "second-factor-over"
    fresh = office.asked().ticket  # the password is not slowed down by them
    assert refused(lambda: office.pass_factor(fresh, office.code(secret))) == "too-many-logins"
    office.clock.advance(timedelta(seconds=60))
    assert office.pass_factor(fresh, office.code(secret)).access_token


def test_what_cannot_be_a_code_costs_no_try(office: Office) -> None:
    secret, _ = office.enrol()
    ticket = office.asked().ticket
    for typed in ("", "12345", "không nhớ", "x" * 500) * 3:
        assert refused(partial(office.pass_factor, ticket, typed)) == "wrong-second-factor"
    assert office.pass_factor(ticket, office.code(secret)).access_token


def test_a_ticket_ends_with_its_time_and_with_another_password(office: Office, accounts: Accounts) -> None:
    secret, done = office.enrol()
    ticket = office.asked().ticket
    office.clock.advance(timedelta(minutes=10))
    assert refused(lambda: office.pass_factor(ticket, office.code(secret))) == "second-factor-over"
    ticket = office.asked().ticket
    office.clock.advance(timedelta(seconds=1))
    change = accounts_pb2.ChangePasswordRequest(password=PASSWORD, new_password="sông Hàn mùa nước lớn")
    accounts.call("ChangePassword", change, token=done.session.access_token)
    assert refused(lambda: office.pass_factor(ticket, office.code(secret))) == "second-factor-over"


def test_a_new_password_replaces_the_old_one_only_behind_the_factor(office: Office) -> None:
    secret, _ = office.enrol()
    asked = office.asked(new_password="sông Hàn mùa nước lớn")
    assert office.asked().ticket  # the old one is good still
    office.pass_factor(asked.ticket, office.code(secret))
    assert refused(office.asked) == "wrong-login"
    assert office.asked(password="sông Hàn mùa nước lớn").ticket


def test_no_secret_lies_open_in_the_database(office: Office) -> None:
    secret, done = office.enrol()
    ticket = office.asked().ticket
    for kind in (AuthenticatorRow, RecoveryCodeRow, FactorTicketRow):
        for row in office.rows(kind):
            text = repr({column.name: getattr(row, column.name) for column in kind.__table__.columns})
            assert not any(each in text for each in (secret, ticket, *done.recovery_codes))


def manage(office: Office, token: str) -> str:
    return str(office.accounts.call("AskSecondFactor", staff_pb2.AskSecondFactorRequest(), token=token).ticket)


def test_another_authenticator_is_added_and_removed_with_a_factor_and_the_last_one_stays(
    office: Office, accounts: Accounts
) -> None:
    secret, done = office.enrol()
    token = done.session.access_token
    ticket = manage(office, token)
    assert refused(lambda: office.start(ticket, password=PASSWORD)) == "wrong-second-factor"
    factor = staff_pb2.Factor(code=office.code(secret))
    second = office.start(ticket, factor=factor)
    office.confirm(ticket, second.authenticator_id, office.code(second.secret))
    office.clock.advance(timedelta(seconds=30))
    own = accounts.call("ListAuthenticators", staff_pb2.ListAuthenticatorsRequest(), token=token)
    assert (len(own.authenticators), own.recovery_codes_left, own.compulsory) == (2, 10, True)
    assert own.authenticators[0].last_used_at.seconds > 0

    def remove(id: str, code: str) -> object:
        factor = staff_pb2.Factor(code=code)
        asked = staff_pb2.RemoveAuthenticatorRequest(authenticator_id=id, ticket=manage(office, token), factor=factor)
        return accounts.call("RemoveAuthenticator", asked, token=token)

    assert refused(lambda: remove(own.authenticators[0].id, "000000")) == "wrong-second-factor"
    remove(own.authenticators[0].id, office.code(second.secret))
    assert refused(lambda: remove(second.authenticator_id, office.code(second.secret))) == "last-authenticator"


def test_people_who_need_no_second_factor_can_set_one_up_with_the_password(office: Office, accounts: Accounts) -> None:
    token = accounts.sign_in(DESK).access_token
    assert refused(lambda: office.start(manage(office, token))) == "wrong-password"
    assert refused(lambda: office.start(manage(office, token), password="không phải")) == "wrong-password"
    ticket = manage(office, token)
    begun = office.start(ticket, password=PASSWORD)
    assert len(office.confirm(ticket, begun.authenticator_id, office.code(begun.secret)).recovery_codes) == 10
    assert not office.asked(DESK).to_enrol


def test_new_recovery_codes_replace_the_old(office: Office, accounts: Accounts) -> None:
    secret, done = office.enrol()
    token = done.session.access_token
    factor = staff_pb2.Factor(code=office.code(secret))
    asked = staff_pb2.RenewRecoveryCodesRequest(ticket=manage(office, token), factor=factor)
    fresh = accounts.call("RenewRecoveryCodes", asked, token=token).recovery_codes
    assert refused(lambda: office.pass_factor(office.asked().ticket, done.recovery_codes[0])) == "wrong-second-factor"
    assert office.pass_factor(office.asked().ticket, fresh[0]).access_token


def test_nobody_uses_the_ticket_of_another(office: Office, accounts: Accounts) -> None:
    secret, done = office.enrol()
    other = accounts.sign_in(DESK).access_token
    factor = staff_pb2.Factor(code=office.code(secret))
    asked = staff_pb2.RenewRecoveryCodesRequest(ticket=manage(office, done.session.access_token), factor=factor)
    assert refused(lambda: accounts.call("RenewRecoveryCodes", asked, token=other)) == "second-factor-over"


def test_the_administrator_resets_a_lost_factor_with_a_reason_and_the_person_is_told(
    office: Office, accounts: Accounts, notifications: FakeNotifications
) -> None:
    _, done = office.enrol()
    _, admins = office.enrol(ADMIN)
    token = admins.session.access_token

    def reset(id: str, reason: str) -> Any:
        request = staff_pb2.ResetSecondFactorRequest(staff_id=id, reason=reason)
        return accounts.call("ResetSecondFactor", request, token=token, key=uuid4().hex)

    assert refused(lambda: reset(office.ids[SIGNER], " ")) == "invalid-field"
    assert refused(lambda: reset(office.ids[ADMIN], "mất điện thoại")) == "own-account"
    assert reset(office.ids[SIGNER], "mất điện thoại").authenticators == 0
    refresh = accounts_pb2.RefreshSessionRequest(refresh_token=done.session.refresh_token)
    assert refused(lambda: accounts.call("RefreshSession", refresh)) == "session-ended"
    change = accounts_pb2.ChangePasswordRequest(password=PASSWORD, new_password="sông Hàn mùa nước lớn")
    assert refused(lambda: accounts.call("ChangePassword", change, token=done.session.access_token)) == "not-signed-in"
    assert office.asked().to_enrol
    (row,) = office.rows(FactorResetRow)
    assert (row.person_id, row.by, row.reason) == (UUID(office.ids[SIGNER]), office.ids[ADMIN], "mất điện thoại")
    assert "reset-second-factor" in {row.action for row in office.rows(AuditRow)}
    accounts.hand_over()
    assert "account-factor-reset" in {notice.template for notice in notifications.notices.values()}


def test_the_last_administrator_gets_back_with_an_operators_link(
    office: Office, accounts: Accounts, clock: SettableClock, capsys: pytest.CaptureFixture[str]
) -> None:
    office.enrol(ADMIN)
    options = _parser(SERVICE).parse_args(["staff-link", "--ward", NAM_DUONG, "--username", ADMIN])
    assert SERVICE.commands[options.command].run(options, Settings(), accounts.cells, clock) == 0
    (link,) = re.findall(r"^http\S+$", capsys.readouterr().out, re.MULTILINE)
    address, _, ticket = str(link).partition("#")
    assert address == "http://127.0.0.1:8080/can-bo/lan-dau/nam-duong"
    clock.advance(timedelta(seconds=1))
    opening = staff_pb2.OpenStaffAccountRequest(ticket=ticket, password="sông Hàn mùa nước lớn")
    assert accounts.call("OpenStaffAccount", opening).username == ADMIN
    assert office.asked(ADMIN, password="sông Hàn mùa nước lớn").to_enrol
    assert "issue-staff-link" in {row.action for row in office.rows(AuditRow)}


def test_a_session_from_before_the_factor_was_compulsory_is_not_renewed(office: Office, accounts: Accounts) -> None:
    session = accounts.sign_in(DESK)
    with accounts.cells[NAM_DUONG].database.transaction() as rows:
        rows.get_one(StaffRow, UUID(office.ids[DESK])).roles = [str(Role.SIGNER)]
    refresh = accounts_pb2.RefreshSessionRequest(refresh_token=session.refresh_token)
    assert refused(lambda: accounts.call("RefreshSession", refresh)) == "session-ended"
