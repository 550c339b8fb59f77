"""A ward's first administrator opens their account with the link that an operator's command has made."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from caunoi.accounts.v1 import accounts_pb2, staff_pb2, stations_pb2
from sqlalchemy import select

from services.accounts.service import SERVICE
from services.accounts.settings import Settings
from services.accounts.storage import staff as staff_storage
from services.accounts.tables import OneTimeCodeRow, StaffRow
from services.chassis.database.tables import AuditRow
from services.chassis.refusal import Refusal
from services.chassis.service import _parser
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.services.accounts.service import NAM_DUONG, THANH_BINH, Accounts

PASSWORD = "một câu dài dễ nhớ"
Issue = Callable[..., str]


@pytest.fixture
def run(accounts: Accounts, clock: SettableClock) -> Callable[..., int]:
    """An operator's command, as in a pod."""

    def run(*arguments: str, ward: str = NAM_DUONG) -> int:
        options = _parser(SERVICE).parse_args(["administrator-link", "--ward", ward, *arguments])
        return SERVICE.commands[options.command].run(options, Settings(), accounts.cells, clock)

    return run


@pytest.fixture
def issue(run: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> Issue:
    """The ticket of a new link."""

    def issue(*arguments: str, ward: str = NAM_DUONG) -> str:
        assert run(*arguments, ward=ward) == 0
        (link,) = re.findall(r"^http\S+$", capsys.readouterr().out, re.MULTILINE)
        address, _, ticket = str(link).partition("#")
        assert address == "http://127.0.0.1:8080/quan-tri/lan-dau/" + {NAM_DUONG: "nam-duong"}.get(ward, "thanh-binh")
        return ticket

    return issue


def opened(accounts: Accounts, ticket: str, *, ward: str = NAM_DUONG, **changes: str) -> str:
    fields = {"username": "quantri", "full_name": "Ngô Văn  Bảo", "password": PASSWORD, **changes}
    answer = accounts.call(
        "OpenAdministration", accounts_pb2.OpenAdministrationRequest(ticket=ticket, **fields), ward=ward
    )
    return str(answer.username)


def refused(accounts: Accounts, ticket: str, *, ward: str = NAM_DUONG, **changes: str) -> str:
    with pytest.raises(Refusal) as no:
        opened(accounts, ticket, ward=ward, **changes)
    return no.value.type


def test_the_first_administrator_opens_the_account_signs_in_and_works(accounts: Accounts, issue: Issue) -> None:
    assert opened(accounts, issue()) == "quantri.nam-duong"
    session = accounts.sign_in("quantri.nam-duong", PASSWORD)
    assert (session.account.full_name, list(session.account.roles)) == ("Ngô Văn Bảo", ["ward_admin"])
    volunteer = stations_pb2.AddVolunteerRequest(full_name="Phan Thị Chín", username="chin")
    assert accounts.call("AddVolunteer", volunteer, token=session.access_token).volunteer.username == "chin.nam-duong"


def test_a_link_opens_one_account_and_a_repetition_of_the_same_changes_nothing(
    accounts: Accounts, issue: Issue
) -> None:
    ticket = issue()
    assert opened(accounts, ticket) == opened(accounts, ticket) == "quantri.nam-duong"
    assert refused(accounts, ticket, username="another") == "unknown-link"
    assert refused(accounts, ticket, password="somebody else's words") == "unknown-link"
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        assert [each.username for each in session.scalars(select(StaffRow))] == ["quantri.nam-duong"]


def test_a_used_link_tells_nobody_later_whether_a_password_is_right(
    accounts: Accounts, issue: Issue, clock: SettableClock
) -> None:
    ticket = issue()
    opened(accounts, ticket)
    clock.advance(timedelta(minutes=2, seconds=1))
    assert refused(accounts, ticket) == "unknown-link"


def test_a_link_is_good_for_a_day_in_its_ward_and_until_there_is_a_newer_one(
    accounts: Accounts, issue: Issue, clock: SettableClock
) -> None:
    first = issue()
    second = issue()
    assert refused(accounts, first) == "unknown-link"
    assert refused(accounts, second, ward=THANH_BINH) == "unknown-link"
    assert refused(accounts, second + "x") == refused(accounts, "") == "unknown-link"
    clock.advance(timedelta(hours=24))
    assert refused(accounts, second) == "unknown-link"
    third = issue()
    clock.advance(timedelta(hours=23, minutes=59))
    opened(accounts, third)


def test_what_cannot_be_taken_uses_no_link_up(accounts: Accounts, issue: Issue) -> None:
    ticket = issue()
    assert refused(accounts, ticket, username="Quản trị") == "invalid-field"
    assert refused(accounts, ticket, full_name=" ") == "invalid-field"
    assert refused(accounts, ticket, password="12345678") == "invalid-password"
    assert refused(accounts, ticket, username="quan.tri.vien", password="quan.tri.vien") == "invalid-password"
    opened(accounts, ticket)
    assert refused(accounts, issue("--another"), username="quantri") == "username-taken"


def test_a_ward_with_an_administrator_gets_a_link_for_another_only_where_that_is_said(
    accounts: Accounts, issue: Issue, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    opened(accounts, issue())
    assert run() == 1
    told = capsys.readouterr()
    assert "quantri.nam-duong" in told.err
    assert "http" not in told.out
    assert opened(accounts, issue("--another"), username="quantri2") == "quantri2.nam-duong"
    opened(accounts, issue(ward=THANH_BINH), ward=THANH_BINH)  # of another ward nothing is asked


def test_the_link_is_stored_by_its_digest_and_who_made_and_used_it_is_recorded(
    accounts: Accounts, issue: Issue
) -> None:
    ticket = issue()
    opened(accounts, ticket)
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        (row,) = session.scalars(select(OneTimeCodeRow))
        assert ticket.encode() not in row.code_digest + row.binding
        acts = {each.action: each for each in session.scalars(select(AuditRow))}
    subject = f"staff:{row.account_id}"
    made, used = acts["issue-administrator-link"], acts["open-administration"]
    assert (made.actor_id, made.role, made.subject) == ("operator", "operator", subject)
    assert (used.subject, used.role) == (subject, "public")


def test_those_who_administer_the_ward_are_told_of_a_link_for_one_more_and_of_its_use(
    accounts: Accounts,
    issue: Issue,
    clock: SettableClock,
    notifications: FakeNotifications,
    capsys: pytest.CaptureFixture[str],
) -> None:
    opened(accounts, issue())
    accounts.hand_over()
    assert notifications.told() == [], "the first one has nobody to tell"
    clock.advance(timedelta(minutes=1))
    token = accounts.sign_in("quantri.nam-duong", PASSWORD).access_token
    ask = staff_pb2.ListAdministeredStaffRequest()
    (own,) = accounts.call("ListAdministeredStaff", ask, token=token).staff
    assert own.added_at.ToDatetime() == (clock.now() - timedelta(minutes=1)).replace(tzinfo=None)
    assert own.administrator_since == own.added_at
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        row = session.scalars(select(StaffRow)).one()
        row.phone = staff_storage.seal_contact(accounts.cells[NAM_DUONG].cipher, row.id, "phone", "+84905300300")
    ticket = issue("--another")
    accounts.hand_over()
    assert notifications.told() == [("account-administrator-link", "+84905300300", "")]
    until = accounts.call("ListAdministeredStaff", ask, token=token).administrator_link_until
    assert until.ToDatetime() == (clock.now() + timedelta(hours=24)).replace(tzinfo=None)
    opened(accounts, ticket, username="khac")
    opened(accounts, ticket, username="khac")
    accounts.hand_over()
    assert notifications.told() == [
        ("account-administrator-added", "+84905300300", ""),
        ("account-administrator-link", "+84905300300", ""),
    ]
    found = accounts.call("ListAdministeredStaff", ask, token=token)
    assert not found.HasField("administrator_link_until")
    assert len(found.staff) == 2
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        assert [one.action for one in session.scalars(select(AuditRow))].count("issue-administrator-link") == 2


def test_the_operator_reads_which_administrators_are_told_by_no_message(
    accounts: Accounts, run: Callable[..., int], issue: Issue, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(accounts, issue())
    assert run("--another") == 0
    assert "told on their pages alone: quantri.nam-duong" in capsys.readouterr().err
