"""Somebody has a member of staff's password, an old session, a copied code or a stolen key, and tries the doors."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from caunoi.accounts.v1 import accounts_pb2, staff_pb2

from services.accounts.settings import Settings
from services.accounts.tables import AuthenticatorRow, RecoveryCodeRow, StaffRow
from services.chassis.refusal import Refusal
from services.chassis.tokens import Role
from tests.fakes.notifications import FakeNotifications
from tests.race import race
from tests.services.accounts.office import ADMIN, DESK, SIGNER, Office, SecurityKey, refused
from tests.services.accounts.service import NAM_DUONG, PASSWORD, THANH_BINH, Accounts

NEW_PASSWORD = "sông Hàn mùa nước lớn"


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Signers and administrators need one."""
    monkeypatch.setenv("SECOND_FACTOR_ROLES", "signer, ward_admin")
    return Settings()


def refresh(accounts: Accounts, token: str) -> accounts_pb2.Session:
    answer = accounts.call("RefreshSession", accounts_pb2.RefreshSessionRequest(refresh_token=token))
    assert isinstance(answer, accounts_pb2.Session)
    return answer


def manage(office: Office, token: str) -> accounts_pb2.SecondFactor:
    answer = office.accounts.call("AskSecondFactor", staff_pb2.AskSecondFactorRequest(), token=token)
    assert isinstance(answer, accounts_pb2.SecondFactor)
    return answer


def with_role(office: Office, username: str, role: Role) -> None:
    with office.accounts.cells[NAM_DUONG].database.transaction() as rows:
        rows.get_one(StaffRow, UUID(office.ids[username])).roles = [str(role)]


def show_key(office: Office, ticket: str, assertion: str) -> accounts_pb2.Session:
    request = staff_pb2.PassSecondFactorRequest(ticket=ticket, factor=staff_pb2.Factor(assertion=assertion))
    answer = office.accounts.call("PassSecondFactor", request)
    assert isinstance(answer, accounts_pb2.Session)
    return answer


def enrol_key(office: Office, username: str = SIGNER) -> SecurityKey:
    key, ticket = SecurityKey(), office.asked(username).ticket
    begun = office.start(ticket, "webauthn")
    request = staff_pb2.ConfirmAuthenticatorRequest(
        ticket=ticket, authenticator_id=begun.authenticator_id, attestation=key.made(begun.webauthn_options)
    )
    assert office.accounts.call("ConfirmAuthenticator", request).session.access_token
    return key


# --- sessions from before


def test_a_session_opened_with_a_stolen_password_ends_when_the_first_factor_is_set_up_at_the_sign_in(
    office: Office, accounts: Accounts
) -> None:
    stolen = accounts.sign_in(DESK)
    with_role(office, DESK, Role.SIGNER)  # from now on a factor is compulsory
    secret, done = office.enrol(DESK)
    assert refused(lambda: refresh(accounts, stolen.refresh_token)) == "session-ended"
    own = accounts_pb2.GetOwnSessionRequest()
    assert not accounts.call("GetOwnSession", own, token=stolen.access_token).open
    change = accounts_pb2.ChangePasswordRequest(password=PASSWORD, new_password=NEW_PASSWORD)
    assert refused(lambda: accounts.call("ChangePassword", change, token=stolen.access_token)) == "not-signed-in"
    assert refresh(accounts, done.session.refresh_token).access_token
    assert office.pass_factor(office.asked(DESK).ticket, office.code(secret)).access_token


def test_a_session_opened_with_a_stolen_password_ends_when_the_owner_sets_a_factor_up_and_the_owners_goes_on(
    office: Office, accounts: Accounts
) -> None:
    stolen, own = accounts.sign_in(DESK), accounts.sign_in(DESK)
    ticket = manage(office, own.access_token).ticket
    begun = office.start(ticket, password=PASSWORD)
    office.confirm(ticket, begun.authenticator_id, office.code(begun.secret))
    assert refused(lambda: refresh(accounts, stolen.refresh_token)) == "session-ended"
    assert refresh(accounts, own.refresh_token).access_token


def test_another_factor_ends_no_session(office: Office, accounts: Accounts) -> None:
    secret, done = office.enrol()
    elsewhere = office.pass_factor(office.asked().ticket, office.code(secret))
    office.clock.advance(timedelta(seconds=30))
    ticket = manage(office, done.session.access_token).ticket
    begun = office.start(ticket, factor=staff_pb2.Factor(code=office.code(secret)))
    office.confirm(ticket, begun.authenticator_id, office.code(begun.secret))
    assert refresh(accounts, elsewhere.refresh_token).access_token


# --- sign-ins that were started before


def test_what_was_begun_with_the_password_alone_is_not_ended_once_the_owner_has_a_factor(
    office: Office, accounts: Accounts
) -> None:
    stolen, own = accounts.sign_in(DESK), accounts.sign_in(DESK)
    tickets = [manage(office, one.access_token).ticket for one in (stolen, own)]
    begun = [office.start(ticket, password=PASSWORD) for ticket in tickets]
    office.confirm(tickets[1], begun[1].authenticator_id, office.code(begun[1].secret))
    assert refused(lambda: office.confirm(tickets[0], begun[0].authenticator_id, office.code(begun[0].secret))) == (
        "second-factor-over"
    )


def test_of_two_who_end_their_first_at_once_one_has_a_factor(office: Office, accounts: Accounts) -> None:
    tickets = [manage(office, accounts.sign_in(DESK).access_token).ticket for _ in range(2)]
    begun = [office.start(ticket, password=PASSWORD) for ticket in tickets]
    outcomes = race(
        *(
            partial(office.confirm, ticket, one.authenticator_id, office.code(one.secret))
            for ticket, one in zip(tickets, begun, strict=True)
        )
    )
    assert sorted(isinstance(one, Refusal) for one in outcomes) == [False, True]
    assert len([row for row in office.rows(AuthenticatorRow) if row.confirmed_at]) == 1


def test_what_a_stolen_phone_has_begun_ends_when_the_phone_is_removed(office: Office, accounts: Accounts) -> None:
    stolen, done = office.enrol()
    token = done.session.access_token
    ticket = manage(office, token).ticket
    spare = office.start(ticket, factor=staff_pb2.Factor(code=office.code(stolen)))
    office.confirm(ticket, spare.authenticator_id, office.code(spare.secret))
    office.clock.advance(timedelta(seconds=30))
    theirs = manage(office, token).ticket
    begun = office.start(theirs, factor=staff_pb2.Factor(code=office.code(stolen)))
    own = accounts.call("ListAuthenticators", staff_pb2.ListAuthenticatorsRequest(), token=token).authenticators
    removal = staff_pb2.RemoveAuthenticatorRequest(
        authenticator_id=own[0].id,
        ticket=manage(office, token).ticket,
        factor=staff_pb2.Factor(code=office.code(spare.secret)),
    )
    accounts.call("RemoveAuthenticator", removal, token=token)
    assert refused(lambda: office.confirm(theirs, begun.authenticator_id, office.code(begun.secret))) == (
        "second-factor-over"
    )


# --- the same thing twice


def test_of_two_who_type_the_same_recovery_code_at_once_one_is_signed_in(office: Office) -> None:
    _, done = office.enrol()
    for code in done.recovery_codes[:3]:
        tickets = [office.asked().ticket for _ in range(2)]
        outcomes = race(*(partial(office.pass_factor, ticket, code) for ticket in tickets))
        assert sorted(isinstance(one, Refusal) for one in outcomes) == [False, True]
    assert len([row for row in office.rows(RecoveryCodeRow) if row.used_at]) == 3


def test_of_two_who_use_one_ticket_at_once_one_is_signed_in(office: Office) -> None:
    secret, done = office.enrol()
    ticket = office.asked().ticket
    acts = (partial(office.pass_factor, ticket, code) for code in (office.code(secret), done.recovery_codes[0]))
    assert sorted(isinstance(one, Refusal) for one in race(*acts)) == [False, True]


def test_a_ticket_and_a_code_of_one_ward_open_nothing_in_another(office: Office, accounts: Accounts) -> None:
    secret, _ = office.enrol()
    request = staff_pb2.PassSecondFactorRequest(
        ticket=office.asked().ticket, factor=staff_pb2.Factor(code=office.code(secret))
    )
    assert refused(lambda: accounts.call("PassSecondFactor", request, ward=THANH_BINH)) == "second-factor-over"


def test_who_signs_in_in_two_windows_at_once_holds_up_neither(office: Office) -> None:
    secret, _ = office.enrol()
    for _ in range(8):
        office.clock.advance(timedelta(seconds=60))
        ticket, code = office.asked().ticket, office.code(secret)
        outcomes = race(office.asked, partial(office.pass_factor, ticket, code), office.asked)
        assert not [one for one in outcomes if isinstance(one, Exception)]


# --- security keys


def test_a_key_signs_in_and_what_it_has_signed_is_good_once(office: Office) -> None:
    key = enrol_key(office)
    asked = office.asked()
    shown = key.shown(asked.webauthn_options)
    assert show_key(office, asked.ticket, shown).account.id == office.ids[SIGNER]
    assert refused(lambda: show_key(office, asked.ticket, shown)) == "second-factor-over"
    assert refused(lambda: show_key(office, office.asked().ticket, shown)) == "wrong-second-factor"


@pytest.mark.parametrize("count", [1, 0])
def test_a_key_whose_count_goes_back_is_a_copy(office: Office, count: int) -> None:
    key = enrol_key(office)
    asked = office.asked()
    assert show_key(office, asked.ticket, key.shown(asked.webauthn_options)).access_token
    again = office.asked()
    copied = key.shown(again.webauthn_options, count=count)
    assert refused(lambda: show_key(office, again.ticket, copied)) == "wrong-second-factor"


def test_a_key_of_somebody_else_or_of_another_site_signs_nobody_in(office: Office) -> None:
    key, other = enrol_key(office), enrol_key(office, ADMIN)
    asked = office.asked()
    assert refused(lambda: show_key(office, asked.ticket, other.shown(asked.webauthn_options))) == (
        "wrong-second-factor"
    )
    for elsewhere in ({"_origin": "https://caunoi.example"}, {"_site": "caunoi.example"}):
        kept = {name: getattr(key, name) for name in elsewhere}
        for name, value in elsewhere.items():
            setattr(key, name, value)
        shown = key.shown(asked.webauthn_options)
        assert refused(partial(show_key, office, asked.ticket, shown)) == "wrong-second-factor"
        for name, value in kept.items():
            setattr(key, name, value)
    other.id = key.id  # says that it is the signer's
    assert refused(lambda: show_key(office, asked.ticket, other.shown(asked.webauthn_options))) == (
        "wrong-second-factor"
    )
    assert show_key(office, asked.ticket, key.shown(asked.webauthn_options)).access_token


def test_a_challenge_for_one_person_sets_up_no_key_of_another(office: Office, accounts: Accounts) -> None:
    mine, theirs = office.asked().ticket, office.asked(ADMIN).ticket
    begun, other = office.start(mine, "webauthn"), office.start(theirs, "webauthn")
    key = SecurityKey()
    for ticket, id, options in (
        (theirs, begun.authenticator_id, begun.webauthn_options),
        (theirs, other.authenticator_id, begun.webauthn_options),
    ):
        request = staff_pb2.ConfirmAuthenticatorRequest(
            ticket=ticket, authenticator_id=id, attestation=key.made(options)
        )
        assert refused(partial(accounts.call, "ConfirmAuthenticator", request)) in (
            "unknown-authenticator",
            "wrong-second-factor",
        )


# --- guessing


def test_who_guesses_slows_down_neither_the_owners_password_nor_their_known_device(
    office: Office, accounts: Accounts
) -> None:
    secret, done = office.enrol()
    device = done.session.device
    for _ in range(3):
        ticket = office.asked().ticket
        for _ in range(5):
            assert refused(partial(office.pass_factor, ticket, "000000")) in ("wrong-second-factor", "too-many-logins")
    asked = office.asked(devices=[device])
    assert office.pass_factor(asked.ticket, office.code(secret)).access_token


def test_wrong_factors_behind_the_right_password_are_told_to_the_owner_once_a_day(
    office: Office, accounts: Accounts, notifications: FakeNotifications
) -> None:
    secret, _ = office.enrol()

    def told() -> int:
        accounts.hand_over()
        return [one.template for one in notifications.notices.values()].count("account-factor-tried")

    def guess(times: int) -> None:
        for _ in range(times):
            office.clock.advance(timedelta(seconds=61))
            assert refused(lambda: office.pass_factor(office.asked().ticket, "000000")) == "wrong-second-factor"

    guess(4)
    assert told() == 0
    guess(1)
    assert told() == 1
    guess(4)
    office.clock.advance(timedelta(seconds=61))
    assert office.pass_factor(office.asked().ticket, office.code(secret)).access_token
    assert told() == 1
    office.clock.advance(timedelta(days=1, minutes=20))
    guess(5)
    assert told() == 2


# --- links, and what an administrator does


def administrator(office: Office) -> str:
    return str(office.enrol(ADMIN)[1].session.access_token)


def opened(office: Office, ticket: str, password: str) -> str:
    request = staff_pb2.OpenStaffAccountRequest(ticket=ticket, password=password)
    return str(office.accounts.call("OpenStaffAccount", request).username)


def link_for(office: Office, token: str, username: str = SIGNER) -> str:
    request = staff_pb2.RenewStaffLinkRequest(staff_id=office.ids[username])
    return str(office.accounts.call("RenewStaffLink", request, token=token, key=uuid4().hex).ticket)


def test_of_two_who_open_one_link_at_once_one_sets_the_password_however_it_is_spaced(office: Office) -> None:
    token = administrator(office)
    for _ in range(4):
        ticket = link_for(office, token)
        office.clock.advance(timedelta(seconds=1))
        outcomes = race(
            partial(opened, office, ticket, NEW_PASSWORD),
            partial(opened, office, f" {ticket}", "một câu khác hẳn"),
        )
        assert sorted(isinstance(one, Refusal) for one in outcomes) == [False, True]


def test_a_link_opens_nothing_once_the_owner_has_set_another_password(office: Office, accounts: Accounts) -> None:
    token = administrator(office)
    _, done = office.enrol()
    ticket = link_for(office, token)
    change = accounts_pb2.ChangePasswordRequest(password=PASSWORD, new_password=NEW_PASSWORD)
    accounts.call("ChangePassword", change, token=done.session.access_token)
    assert refused(lambda: opened(office, ticket, "một câu khác hẳn")) == "unknown-link"


def test_another_phone_is_told_to_the_one_before(
    office: Office, accounts: Accounts, notifications: FakeNotifications
) -> None:
    token = administrator(office)

    def change(**contact: Any) -> None:
        request = staff_pb2.ChangeStaffRequest(
            staff_id=office.ids[DESK],
            full_name="Trần Đình Quang",
            title="Chủ tịch UBND phường",
            roles=["receptionist"],
            **contact,
        )
        accounts.call("ChangeStaff", request, token=token, key=uuid4().hex)

    def told() -> list[tuple[str, str]]:
        accounts.hand_over()
        notices = [one for one in notifications.notices.values() if one.template == "account-contact-changed"]
        return [(one.phone, one.email) for one in notices]

    change(phone="0905 300 300")  # the same
    change()
    assert told() == []
    change(phone="0905 300 301", email="quang@example.com")
    assert sorted(told()) == [("+84905300300", ""), ("+84905300301", "quang@example.com")]
