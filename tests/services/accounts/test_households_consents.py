"""Being in a household is a consent; it ends with the consent and with the account."""

from __future__ import annotations

from uuid import uuid4

import pytest
from caunoi.accounts.v1 import accounts_pb2, events_pb2, guidance_pb2

from services.accounts.storage import households as storage
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Role
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.services.accounts.family import NAMES, SEVEN, SIX, VERSION, Family
from tests.services.accounts.service import THANH_BINH, Accounts
from tests.services.accounts.test_desk import Desk
from tests.services.accounts.test_directory import deliver, opened_in_both
from tests.services.accounts.test_recovery import told_by
from tests.services.accounts.ward import refused

# --- consents


def test_being_in_a_household_is_a_consent_that_leaving_withdraws(family: Family) -> None:
    family.together(SIX, SEVEN)
    (consent,) = family.consents(SEVEN)
    assert (consent.purpose, consent.text_version, consent.station_name) == ("household", VERSION, "")
    assert not consent.HasField("withdrawn_at")
    family.leave(SEVEN)
    (consent,) = family.consents(SEVEN)
    assert consent.HasField("withdrawn_at")


def test_withdrawing_the_consent_leaves_the_household(family: Family) -> None:
    family.together(SIX, SEVEN)
    (consent,) = family.consents(SIX)
    withdrawn = family.withdraw(SIX, consent.id)
    assert withdrawn.HasField("withdrawn_at")
    assert family.withdraw(SIX, consent.id).withdrawn_at == withdrawn.withdrawn_at
    refused("no-household", family.see, SIX)
    assert family.seen_by(SEVEN) == [(NAMES[SEVEN], True, False)]
    family.hold()


def test_an_earlier_consent_that_is_withdrawn_again_does_not_leave_the_present_household(family: Family) -> None:
    family.start(SIX)
    (earlier,) = family.consents(SIX)
    family.leave(SIX)
    family.start(SIX)
    family.withdraw(SIX, earlier.id)
    assert len(family.see(SIX).members) == 1


def test_nobody_withdraws_the_consent_of_another(family: Family, accounts: Accounts) -> None:
    """Neither a member, nor the same id in another ward, nor a visitor."""
    family.together(SIX, SEVEN)
    (consent,) = family.consents(SIX)
    refused("unknown-consent", family.withdraw, SEVEN, consent.id)
    strangers = [
        accounts.token(family.people[SIX], ward=THANH_BINH),
        accounts.token(str(uuid4()), Role.VISITOR),
    ]
    for token in strangers:
        request = guidance_pb2.WithdrawConsentRequest(id=consent.id)
        refused("unknown-consent", accounts.call, "WithdrawConsent", request, token=token)
    assert len(family.see(SIX).members) == 2


def test_another_ward_that_vouches_for_a_member_reads_neither_consents_nor_who_looked(
    family: Family, accounts: Accounts
) -> None:
    """Ids of accounts are in events that every ward reads: a ward that was broken into is to learn nothing by them."""
    family.together(SIX, SEVEN)
    asked = accounts_pb2.ListOwnAccessLogRequest()
    own = accounts.call("ListOwnAccessLog", asked, token=accounts.token(family.people[SIX]))
    assert "view-household" in [entry.action for entry in own.entries]
    there = accounts.token(family.people[SIX], ward=THANH_BINH)
    refused("not-signed-in", accounts.call, "ListOwnAccessLog", asked, token=there)
    assert not accounts.call("ListOwnConsents", guidance_pb2.ListOwnConsentsRequest(), token=there).consents


def test_the_text_that_is_agreed_to_is_public(family: Family, accounts: Accounts) -> None:
    text = accounts.call("GetConsentText", guidance_pb2.GetConsentTextRequest(purpose="household"))
    assert (text.purpose, text.version) == ("household", VERSION)
    assert accounts.call("GetConsentText", guidance_pb2.GetConsentTextRequest()).purpose == "guided-session"


# --- accounts that end


def test_a_closed_account_leaves_and_its_token_shows_nothing_more(
    family: Family, accounts: Accounts, notifications: FakeNotifications
) -> None:
    family.together(SIX, SEVEN)
    Desk(accounts, notifications).close(family.people[SIX], family.number(SIX))
    assert family.seen_by(SEVEN) == [(NAMES[SEVEN], True, False)]
    assert ("account-household-head", family.phone(SEVEN)) in family.told()
    for act in (family.see, family.start, family.code, family.leave):
        with pytest.raises(Refusal) as no:
            act(SIX)
        assert no.value.kind is Kind.UNAUTHENTICATED
    with pytest.raises(Refusal) as no:
        family.join(SIX, family.code(SEVEN))
    assert no.value.kind is Kind.UNAUTHENTICATED
    assert family.standing(SIX) == 0
    assert [action for actor, action in family.looks(SEVEN) if actor != family.people[SIX]] == []
    family.hold()


def test_an_account_that_has_to_move_leaves(
    accounts: Accounts, notifications: FakeNotifications, clock: SettableClock
) -> None:
    """If two are opened at one moment, the earlier stays; the household of the other continues."""
    _, later = opened_in_both(accounts, notifications, clock)
    there = Family(accounts, notifications, THANH_BINH)
    there.people = [later]
    second = accounts.open(ward=THANH_BINH, identity_number=Family.number(1), phone="0905 201 102", full_name="Lê Ba")
    accounts.activate(second.account_id, notifications.last().otp, ward=THANH_BINH)
    there.people.append(second.account_id)
    there.together(0, 1)
    there.learn(0)
    assert covered(there) == (1, 1)
    deliver(accounts, THANH_BINH, *told_by(accounts, events_pb2.AccountActivated))
    assert [one.full_name for one in there.see(1).members] == ["Lê Ba"]
    assert there.see(1).members[0].is_head
    assert ("account-household-head", "+84905201102") in there.told()
    assert covered(there) == (1, 0), "who can do it alone is counted where they live"
    assert there.standing(0) == 0
    there.hold()


def covered(family: Family) -> tuple[int, int]:
    """How many households the ward has, and how many of them are covered."""
    with family.accounts.cells[family.ward].database.transaction() as session:
        (found,) = storage.coverage(session)
    return found.households, found.covered
