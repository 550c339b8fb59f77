"""Invented people of the practice ward: made without an account, kept apart, gone in a week (docs/decisions/0036)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from caunoi.accounts.v1 import accounts_pb2 as pb
from caunoi.accounts.v1 import stations_pb2
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from services.accounts.domain.practice import NOWHERE
from services.accounts.service import topics
from services.accounts.settings import Settings
from services.accounts.storage import people as storage
from services.accounts.tables import AccountRow, Base
from services.accounts.use_cases.practice import wipe
from services.chassis.clock import VIETNAM
from services.chassis.database.connection import Database
from services.chassis.database.owner import Owner
from services.chassis.practice import KEPT, wipe_chassis
from services.chassis.refusal import Kind
from tests.district import DISTRICT, PRACTICE
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.services.accounts.service import NAM_DUONG, Accounts, application
from tests.services.dossiers.world import refused
from tests.services.wiped import all_tables, rows, wiped_tables

#: What an invented person leaves: the tables that a wipe has to empty, but for those that the chassis's loops fill.
NOBODY = {
    *("accounts", "credentials", "sessions", "refresh_tokens", "one_time_codes", "residents"),
    *("login_attempts", "code_tries", "audit", "outbox", "idempotency"),
}
#: What only RPCs, handlers and commands write that are not there in practice, or open to nobody there: no phone or
#: paper changes, no account is closed or lost to an earlier one, and there are no staff, no stations and no households.
#: Phrases are those that each ward begins with.
NOT_IN_PRACTICE = {
    *(
        "phone_changes",
        "seen_papers",
        "outgoing",
        "later_claims",
        "closed_claims",
        "given_up_claims",
        "codes_elsewhere",
        "other_wards",
    ),
    *("staff", "authenticators", "recovery_codes", "factor_resets", "factor_tickets"),
    *("stations", "openings", "duties", "devices", "enrolment_codes", "scans", "phrases"),
    *("consents", "guided_sessions", "guidance", "guided_pages", "learning_steps"),
    *("households", "household_members", "household_codes"),
}


@pytest.fixture
def clock() -> SettableClock:
    """Makes the rows that the database dated by its own clock as old as the rest."""
    return SettableClock(datetime.now(VIETNAM))


@pytest.fixture
def notifications(keys: Path, clock: SettableClock) -> Iterator[FakeNotifications]:
    service = FakeNotifications(keys, clock, [NAM_DUONG, PRACTICE])
    yield service
    service.stop()


@pytest.fixture
def practice(
    database_url: Callable[..., str],
    service_environment: Callable[..., None],
    notifications: FakeNotifications,
    clock: SettableClock,
    keys: Path,
) -> Iterator[Accounts]:
    service_environment(
        "accounts",
        WARDS=f"{NAM_DUONG},{PRACTICE}",
        DATABASE_URL=database_url("accounts", NAM_DUONG, PRACTICE),
        NOTIFICATIONS_ADDRESS=notifications.address,
        RPC_THREADS="8",
        ARGON2_MEMORY_KIB="64",
        OPEN_PRACTICES="3",
    )
    service = Accounts(Settings(), clock, keys)
    yield service
    service.stop()


@pytest.fixture
def citizen_of_nam_duong(practice: Accounts, notifications: FakeNotifications) -> str:
    opened = practice.open()
    practice.activate(opened.account_id, notifications.last().otp)
    return opened.account_id


def begin(accounts: Accounts, ward: str = PRACTICE) -> pb.Session:
    answer = accounts.call("OpenPractice", pb.OpenPracticeRequest(), ward=ward)
    assert isinstance(answer, pb.Session)
    return answer


def test_a_person_without_an_account_practises_as_an_invented_person(practice: Accounts) -> None:
    session = begin(practice)
    own = practice.call(
        "GetOwnAccount", pb.GetOwnAccountRequest(unmasked=True), ward=PRACTICE, token=session.access_token
    )
    assert (own.ward, list(own.roles), own.status) == (PRACTICE, ["citizen"], pb.ACCOUNT_STATUS_ACTIVE)
    assert len(own.identity_number) == 12
    assert own.identity_number.startswith(NOWHERE)
    assert int(own.date_of_birth[2:4]) == int(own.identity_number[4:6])
    assert "Tập" in own.full_name
    assert own.email == ""
    other = begin(practice)
    assert other.account.id != session.account.id


def test_its_tokens_are_renewed_and_ended_as_any(practice: Accounts) -> None:
    first = begin(practice)
    renewed = practice.call(
        "RefreshSession", pb.RefreshSessionRequest(refresh_token=first.refresh_token), ward=PRACTICE
    )
    practice.call("EndSession", pb.EndSessionRequest(refresh_token=renewed.refresh_token), ward=PRACTICE)
    again = pb.RefreshSessionRequest(refresh_token=renewed.refresh_token)
    assert refused(lambda: practice.call("RefreshSession", again, ward=PRACTICE)).type == "session-ended"


def test_codes_are_sent_as_usual_and_name_the_person_whose_page_shows_them(
    practice: Accounts, notifications: FakeNotifications
) -> None:
    session = begin(practice)
    asked = pb.IssueOneTimeCodeRequest(purpose="file-dossier", binding=b"x" * 32)
    practice.call("IssueOneTimeCode", asked, ward=PRACTICE, token=session.access_token)
    assert notifications.last().account_id == session.account.id


def test_no_real_ward_invents_people_and_practice_asks_nobody_who_they_are(practice: Accounts) -> None:
    assert refused(lambda: begin(practice, NAM_DUONG)).kind is Kind.FORBIDDEN
    assert refused(lambda: practice.open(ward=PRACTICE)).kind is Kind.FORBIDDEN
    assert refused(lambda: practice.sign_in("0905201101", ward=PRACTICE)).kind is Kind.FORBIDDEN
    with practice.cells[NAM_DUONG].database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(AccountRow)) == 0


def test_only_so_many_practise_at_once(practice: Accounts) -> None:
    for _ in range(3):
        begin(practice)
    full = refused(lambda: begin(practice))
    assert (full.kind, full.type) == (Kind.THROTTLED, "too-many-practices")
    assert full.retry_after


def test_who_has_gone_or_stopped_leaves_their_place_to_others(practice: Accounts, clock: SettableClock) -> None:
    """Else one who opens practices all day keeps everybody out for a week."""
    first, second, _ = (begin(practice) for _ in range(3))
    practice.call("EndSession", pb.EndSessionRequest(refresh_token=first.refresh_token), ward=PRACTICE)
    begin(practice)
    refused(lambda: begin(practice))
    clock.advance(timedelta(minutes=50))
    practice.call("RefreshSession", pb.RefreshSessionRequest(refresh_token=second.refresh_token), ward=PRACTICE)
    clock.advance(timedelta(minutes=15))
    begin(practice)
    begin(practice)
    assert refused(lambda: begin(practice)).type == "too-many-practices"


def test_an_account_that_nobody_can_use_any_more_is_not_kept_for_a_week(
    practice: Accounts, clock: SettableClock
) -> None:
    gone, filed, idle = (begin(practice) for _ in range(3))
    asked = pb.IssueOneTimeCodeRequest(purpose="file-dossier", binding=b"x" * 32)
    practice.call("IssueOneTimeCode", asked, ward=PRACTICE, token=filed.access_token)
    for each in (gone, filed):
        practice.call("EndSession", pb.EndSessionRequest(refresh_token=each.refresh_token), ward=PRACTICE)
    cell = practice.cells[PRACTICE]
    assert wipe(cell)(clock.now() - KEPT) == 1
    clock.advance(timedelta(hours=25))
    assert wipe(cell)(clock.now() - KEPT) == 1
    with cell.database.transaction() as session:
        assert [str(id) for id in session.scalars(select(AccountRow.id))] == [filed.account.id]
    assert rows(cell, Base.metadata)["residents"] == 1
    assert idle.account.id != filed.account.id


def test_the_two_sides_know_nobody_of_each_other(practice: Accounts) -> None:
    """Neither by directory nor by fingerprint: the same number has another fingerprint on the other side."""
    number = application().identity_number
    real, invented = (practice.cells[ward].cipher.fingerprint(number) for ward in (NAM_DUONG, PRACTICE))
    assert real != invented
    assert topics(PRACTICE, practice.settings) == [f"caunoi.{PRACTICE}.accounts.v1"]
    assert not any(PRACTICE in topic for ward in DISTRICT.wards for topic in topics(ward, practice.settings))
    begin(practice)
    with practice.cells[NAM_DUONG].database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Base.metadata.tables["residents"])) == 0


def test_after_seven_days_nothing_is_left_in_any_table(practice: Accounts, clock: SettableClock) -> None:
    session = begin(practice)
    asked = pb.IssueOneTimeCodeRequest(purpose="file-dossier", binding=b"x" * 32)
    practice.call("IssueOneTimeCode", asked, ward=PRACTICE, token=session.access_token, key="k-1")
    wrong = pb.ChangePasswordRequest(password="sai", new_password="mùa xuân ở Sơn Trà")
    refused(lambda: practice.call("ChangePassword", wrong, ward=PRACTICE, token=session.access_token))
    guess = stations_pb2.EnrolDeviceRequest(code="AAAAA-AAAAA", kind="kiosk")
    refused(lambda: practice.call("EnrolDevice", guess, ward=PRACTICE))
    cell = practice.cells[PRACTICE]
    before = rows(cell, Base.metadata)
    assert {name for name, count in before.items() if count} == NOBODY

    clock.advance(timedelta(days=6, hours=23))
    assert wipe(cell)(clock.now() - KEPT) == 0
    assert rows(cell, Base.metadata) == before

    clock.advance(timedelta(hours=2))
    assert wipe(cell)(clock.now() - KEPT) == 1
    assert {name: count for name, count in rows(cell, Base.metadata).items() if count} == {}


def test_a_real_ward_is_never_wiped(practice: Accounts, clock: SettableClock) -> None:
    with pytest.raises(ValueError, match="no practice ward"):
        wipe(practice.cells[NAM_DUONG])(clock.now())
    ordinary = len(practice.parts.loops(NAM_DUONG))
    assert len(practice.parts.loops(PRACTICE)) == ordinary + 1


def test_each_table_is_wiped_or_cannot_have_a_row_in_practice(practice: Accounts, clock: SettableClock) -> None:
    """Each new table needs a decision: `delete_accounts` deletes from it, or no RPC of practice writes it."""
    cell = practice.cells[PRACTICE]
    gone = wiped_tables(cell, lambda: wipe(cell)(clock.now()), Base.metadata)
    assert gone & NOT_IN_PRACTICE == set()
    assert gone | NOT_IN_PRACTICE == all_tables(Base.metadata)


def test_another_wards_database_is_never_wiped_whatever_the_cell_is_called(
    practice: Accounts, citizen_of_nam_duong: str, clock: SettableClock
) -> None:
    """A secret names a real ward's database: nothing is deleted, neither over new connections nor over one that was
    open before.
    """
    real = practice.cells[NAM_DUONG]
    before = rows(real, Base.metadata)
    called_practice = replace(practice.cells[PRACTICE], database=real.database)
    with pytest.raises(ValueError, match=f"that of {NAM_DUONG}"):
        wipe(called_practice)(clock.now() + timedelta(days=1))
    for delete in (wipe_chassis, storage.delete_accounts):
        with real.database.transaction() as session, pytest.raises(ValueError, match=f"that of {NAM_DUONG}"):
            delete(called_practice, session, clock.now() + timedelta(days=1))
    own = Database(real.database.url, owner=Owner("accounts", PRACTICE))
    with pytest.raises(OperationalError, match=rf"caunoi\.accounts\.{NAM_DUONG}"):
        wipe(replace(called_practice, database=own))(clock.now() + timedelta(days=1))
    assert rows(real, Base.metadata) == before
    assert before["accounts"] == 1
