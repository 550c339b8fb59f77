"""Signing in, staying signed in, signing out."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from caunoi.accounts.v1 import accounts_pb2
from google.protobuf.empty_pb2 import Empty
from sqlalchemy import select

from gateway.ward_tokens import told_by
from services.accounts.adapters.hashing import Hasher
from services.accounts.tables import CredentialRow, RefreshTokenRow
from services.accounts.use_cases.sessions import REUSE_GRACE
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Role, load_verifier
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.race import race
from tests.services.accounts.service import NAM_DUONG, PASSWORD, Accounts


def refresh(accounts: Accounts, token: str) -> accounts_pb2.Session:
    answer = accounts.call("RefreshSession", accounts_pb2.RefreshSessionRequest(refresh_token=token))
    assert isinstance(answer, accounts_pb2.Session)
    return answer


def end(accounts: Accounts, token: str) -> None:
    assert accounts.call("EndSession", accounts_pb2.EndSessionRequest(refresh_token=token)) == Empty()


def ended(accounts: Accounts, token: str) -> bool:
    with pytest.raises(Refusal) as no:
        refresh(accounts, token)
    return (no.value.kind, no.value.type) == (Kind.UNAUTHENTICATED, "session-ended")


def refusal(accounts: Accounts, login: str, password: str = "không phải mật khẩu") -> Refusal:
    with pytest.raises(Refusal) as no:
        accounts.sign_in(login, password)
    return no.value


@pytest.mark.parametrize("login", ["0905201101", "+84 905.201.101", "048155001001", "048 155 001 001"])
def test_a_citizen_signs_in_by_phone_or_number_in_any_usual_spelling(
    accounts: Accounts, citizen: str, keys: Path, login: str
) -> None:
    session = accounts.sign_in(login)
    assert session.account.id == citizen
    assert session.expires_in == 600
    principal = load_verifier(keys / "trusted.json").verify(session.access_token)
    assert (principal.id, principal.ward, principal.roles) == (citizen, NAM_DUONG, frozenset({Role.CITIZEN}))


def test_unknown_and_wrong_are_answered_alike(accounts: Accounts, citizen: str) -> None:
    answers = {
        (no.kind, no.type, no.text, no.fields, no.retry_after)
        for no in (refusal(accounts, login) for login in ("0905201101", "0905999999", "chutich.nam-duong", "", "?"))
    }
    assert len(answers) == 1
    assert answers.pop()[:2] == (Kind.UNAUTHENTICATED, "wrong-login")


def test_unknown_and_wrong_cost_one_hash_each(
    accounts: Accounts, citizen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work is counted and not the time, which a busy machine would tell wrong."""
    verified: list[str] = []
    real = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str, password: str) -> bool:
        verified.append(stored.rsplit("$", 2)[0])
        return real(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for login in ("0905201101", "0905999999", ""):
        refusal(accounts, login)
    assert len(verified) == 3
    assert len(set(verified)) == 1  # of the same parameters


def test_a_pending_account_is_told_so_after_the_right_password_only(accounts: Accounts) -> None:
    accounts.open()
    assert refusal(accounts, "048155001001").type == "wrong-login"
    no = refusal(accounts, "048155001001", PASSWORD)
    assert (no.kind, no.type) == (Kind.CONFLICT, "account-pending")


def test_a_phone_shared_by_a_household_means_nobody_and_each_signs_in_by_number(
    accounts: Accounts, notifications: FakeNotifications, citizen: str
) -> None:
    husband = accounts.open(identity_number="048050001002", full_name="Trần Văn Ba")
    assert accounts.sign_in("0905201101").account.id == citizen  # a pending account blocks nobody
    accounts.activate(husband.account_id, notifications.last().otp)
    no = refusal(accounts, "0905201101", PASSWORD)
    assert no.type == "wrong-login"
    assert "số giấy tờ" in no.text
    assert accounts.sign_in("048050001002").account.id == husband.account_id
    assert accounts.sign_in("048155001001").account.id == citizen


def test_a_hash_with_old_parameters_is_replaced_at_the_next_sign_in(
    accounts: Accounts, citizen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stored() -> str:
        with accounts.cells[NAM_DUONG].database.transaction() as session:
            return session.scalars(select(CredentialRow.password_hash)).one()

    before = stored()
    stronger = Hasher(accounts.settings.model_copy(update={"argon2_memory_kib": 128}))
    monkeypatch.setattr(accounts.parts.place.hasher, "_argon2", stronger._argon2)
    accounts.sign_in("0905201101")
    assert "m=64," in before
    assert "m=128," in stored()
    accounts.sign_in("0905201101")


def test_hashing_holds_no_connection(accounts: Accounts, citizen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = accounts.cells[NAM_DUONG].database.engine.pool
    held: list[int] = []
    real = Hasher.verify

    def watched(self: Hasher, stored: str | None, password: str) -> bool:
        held.append(pool.checkedout())  # type: ignore[attr-defined] # QueuePool's own
        return real(self, stored, password)

    monkeypatch.setattr(Hasher, "verify", watched)
    accounts.sign_in("0905201101")
    assert held == [0]


def test_a_refresh_token_is_exchanged_once_and_its_successor_goes_on(accounts: Accounts, citizen: str) -> None:
    first = accounts.sign_in("0905201101")
    second = refresh(accounts, first.refresh_token)
    third = refresh(accounts, second.refresh_token)
    assert third.account.id == citizen
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    sessions = {told_by(each.access_token).session.replace("-", "") for each in (first, second, third)}  # type: ignore[union-attr]
    # So the gateway knows which session a sign-out ends (gateway/ended_sessions.py).
    assert {tuple(each.refresh_token.split(".")[:2]) for each in (first, second, third)} == {
        (NAM_DUONG, id) for id in sessions
    }
    assert len(sessions) == 1


def test_a_used_token_that_comes_again_later_ends_the_whole_family_and_no_other(
    accounts: Accounts, citizen: str, clock: SettableClock
) -> None:
    elsewhere = accounts.sign_in("0905201101")
    first = accounts.sign_in("0905201101")
    second = refresh(accounts, first.refresh_token)
    clock.advance(REUSE_GRACE + timedelta(seconds=1))
    assert ended(accounts, first.refresh_token)
    assert ended(accounts, second.refresh_token)
    refresh(accounts, elsewhere.refresh_token)


def test_exchanges_of_one_token_at_once_get_one_successor_with_which_the_session_goes_on(
    accounts: Accounts, citizen: str
) -> None:
    for _ in range(10):
        token = accounts.sign_in("0905201101").refresh_token
        outcomes = race(*[lambda token=token: refresh(accounts, token)] * 4)
        successors = {each.refresh_token for each in outcomes if isinstance(each, accounts_pb2.Session)}
        assert len(outcomes) == 4
        assert len(successors) == 1, outcomes
        assert refresh(accounts, successors.pop()).account.id == citizen


def test_an_answer_that_was_lost_is_asked_for_again_within_half_a_minute(
    accounts: Accounts, citizen: str, clock: SettableClock
) -> None:
    token = accounts.sign_in("0905201101").refresh_token
    lost = refresh(accounts, token)
    clock.advance(REUSE_GRACE)
    assert refresh(accounts, token).refresh_token == lost.refresh_token


def test_a_token_whose_successor_was_used_ends_the_family_at_once(accounts: Accounts, citizen: str) -> None:
    first = accounts.sign_in("0905201101")
    second = refresh(accounts, first.refresh_token)
    third = refresh(accounts, second.refresh_token)
    assert ended(accounts, first.refresh_token)
    assert ended(accounts, third.refresh_token)


def test_a_thief_and_the_owner_of_a_token_do_not_go_on_side_by_side(
    accounts: Accounts, citizen: str, clock: SettableClock
) -> None:
    token = accounts.sign_in("0905201101").refresh_token
    theirs, stolen = refresh(accounts, token).refresh_token, refresh(accounts, token).refresh_token
    clock.advance(timedelta(minutes=8))
    refresh(accounts, theirs)
    clock.advance(timedelta(minutes=1))
    assert ended(accounts, stolen)


def test_the_database_does_not_hold_what_opens_a_session(accounts: Accounts, citizen: str) -> None:
    tokens = [accounts.sign_in("0905201101").refresh_token]
    tokens.append(refresh(accounts, tokens[0]).refresh_token)
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        kept = session.scalars(select(RefreshTokenRow.digest)).all()
    assert sorted(kept) == sorted(hashlib.sha256(token.encode()).digest() for token in tokens)


def test_a_session_ends_twelve_hours_after_it_began_however_often_it_was_refreshed(
    accounts: Accounts, citizen: str, clock: SettableClock
) -> None:
    token = accounts.sign_in("0905201101").refresh_token
    for _ in range(11):
        clock.advance(timedelta(hours=1))
        token = refresh(accounts, token).refresh_token
    clock.advance(timedelta(hours=1))
    assert ended(accounts, token)


def test_signing_out_ends_the_session_and_unknown_tokens_are_answered_alike(accounts: Accounts, citizen: str) -> None:
    token = accounts.sign_in("0905201101").refresh_token
    end(accounts, token)
    assert ended(accounts, token)
    end(accounts, token)
    end(accounts, "20248.nobody-has-this")
    end(accounts, "")


@pytest.mark.parametrize("token", ["", "20248.x", "x" * 10000])
def test_an_unknown_refresh_token_opens_nothing(accounts: Accounts, token: str) -> None:
    assert ended(accounts, token)
