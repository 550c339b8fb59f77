"""Passwords are changed by their owners, and given out by the administrator for one use."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from caunoi.accounts.v1 import accounts_pb2, stations_pb2

from services.accounts.adapters.hashing import Hasher
from services.accounts.tables import CredentialRow, StaffRow
from services.chassis.refusal import Kind
from services.chassis.tokens import Role
from tests.services.accounts.service import NAM_DUONG, PASSWORD, Accounts
from tests.services.accounts.ward import Ward, refused

NEW = "mùa xuân ở Sơn Trà"


@pytest.fixture
def ward(accounts: Accounts) -> Ward:
    return Ward(accounts)


def change(accounts: Accounts, token: str, password: str = PASSWORD, new: str = NEW) -> accounts_pb2.Session:
    request = accounts_pb2.ChangePasswordRequest(password=password, new_password=new)
    answer = accounts.call("ChangePassword", request, token=token)
    assert isinstance(answer, accounts_pb2.Session)
    return answer


def sign_in(accounts: Accounts, login: str, password: str, new: str = "") -> accounts_pb2.Session:
    request = accounts_pb2.CreateSessionRequest(login=login, password=password, new_password=new)
    answer = accounts.call("CreateSession", request)
    assert isinstance(answer, accounts_pb2.Session)
    return answer


def refresh(accounts: Accounts, token: str) -> accounts_pb2.Session:
    answer = accounts.call("RefreshSession", accounts_pb2.RefreshSessionRequest(refresh_token=token))
    assert isinstance(answer, accounts_pb2.Session)
    return answer


def renew(ward: Ward, volunteer: str, key: str = "") -> Any:
    return ward.call("RenewPassword", stations_pb2.RenewPasswordRequest(volunteer_id=volunteer), key=key)


def add_staff(accounts: Accounts, username: str, *roles: Role) -> str:
    row = StaffRow(
        id=uuid4(), username=username, full_name="Lê Hoa", title="", roles=[*roles], created_at=accounts.clock.now()
    )
    hash = Hasher(accounts.settings).hash(PASSWORD)
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        session.add_all([row, CredentialRow(person_id=row.id, password_hash=hash, changed_at=accounts.clock.now())])
        return str(row.id)


def test_a_changed_password_ends_the_sessions_of_the_old_one_and_opens_another(
    accounts: Accounts, citizen: str
) -> None:
    elsewhere, here = accounts.sign_in("0905201101"), accounts.sign_in("0905201101")
    changed = change(accounts, here.access_token)
    assert changed.account.id == citizen
    for old in (elsewhere, here):
        refused("session-ended", refresh, accounts, old.refresh_token)
    assert refresh(accounts, changed.refresh_token).account.id == citizen
    refused("wrong-login", accounts.sign_in, "0905201101")
    assert accounts.sign_in("0905201101", NEW).account.id == citizen


@pytest.mark.parametrize("roles", [(Role.SIGNER,), (Role.WARD_ADMIN,), (Role.VOLUNTEER,)])
def test_everybody_who_signs_in_by_password_can_change_it(accounts: Accounts, roles: tuple[Role, ...]) -> None:
    id = add_staff(accounts, "hoa.nam-duong", *roles)
    changed = change(accounts, accounts.sign_in("hoa.nam-duong").access_token)
    assert (changed.account.id, list(changed.account.roles)) == (id, [*roles])
    assert accounts.sign_in("hoa.nam-duong", NEW).account.id == id


@pytest.mark.parametrize("new", ["ngắn", "12345678", "0905201101", PASSWORD, "x" * 129])
def test_a_bad_new_password_changes_nothing(accounts: Accounts, citizen: str, new: str) -> None:
    session = accounts.sign_in("0905201101")
    no = refused("invalid-password", change, accounts, session.access_token, PASSWORD, new)
    assert [(no.kind, fault.field) for fault in no.fields] == [(Kind.INVALID, "new_password")]
    assert refresh(accounts, session.refresh_token).account.id == citizen
    assert accounts.sign_in("0905201101").account.id == citizen


def test_the_password_in_use_is_not_guessed_at_a_browser_left_open(accounts: Accounts, citizen: str) -> None:
    token = accounts.sign_in("0905201101").access_token
    for _ in range(5):
        no = refused("wrong-password", change, accounts, token, "không phải")
        assert [fault.field for fault in no.fields] == ["password"]
    assert refused("too-many-logins", change, accounts, token).retry_after == 2
    accounts.sign_in("0905201101")  # which counts apart


def test_people_who_have_left_cannot_change_a_password(accounts: Accounts) -> None:
    refused("not-signed-in", change, accounts, accounts.token(str(uuid4())))


def test_a_password_that_was_given_out_is_good_once_and_only_to_set_another(accounts: Accounts, ward: Ward) -> None:
    added = ward.volunteer()
    login = added.volunteer.username
    refused("password-to-change", sign_in, accounts, login, added.password)
    refused("invalid-password", sign_in, accounts, login, added.password, added.password)
    refused("wrong-login", sign_in, accounts, login, "không phải", NEW)
    session = sign_in(accounts, login, added.password, NEW)
    assert session.account.id == added.volunteer.id
    refused("wrong-login", sign_in, accounts, login, added.password, NEW)
    assert sign_in(accounts, login, NEW).account.id == added.volunteer.id


def test_a_renewed_password_voids_what_was_before_it(accounts: Accounts, ward: Ward) -> None:
    added = ward.volunteer()
    login, id = added.volunteer.username, added.volunteer.id
    session = sign_in(accounts, login, added.password, NEW)
    for _ in range(3):
        refused("wrong-login", sign_in, accounts, login, "quên rồi")
    given = renew(ward, id, key="once")
    assert renew(ward, id, key="once") == given
    assert given.volunteer == added.volunteer
    refused("session-ended", refresh, accounts, session.refresh_token)
    refused("wrong-login", sign_in, accounts, login, NEW)
    refused("password-to-change", sign_in, accounts, login, given.password)
    assert sign_in(accounts, login, given.password, "một câu khác hẳn").account.id == id
    log = accounts.call(
        "ListOwnAccessLog", accounts_pb2.ListOwnAccessLogRequest(), token=accounts.token(id, Role.VOLUNTEER)
    )
    assert [entry.action for entry in log.entries] == ["renew-password"]


def test_nobody_with_an_office_gets_a_password_from_the_administrator(accounts: Accounts, ward: Ward) -> None:
    signer = add_staff(accounts, "mai.nam-duong", Role.VOLUNTEER, Role.SIGNER)
    for who in (signer, str(uuid4()), "ai đó"):
        refused("unknown-volunteer", renew, ward, who)
    assert accounts.sign_in("mai.nam-duong").account.id == signer
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        row = session.get(CredentialRow, UUID(signer))
        assert row is not None
        assert not row.to_change
