"""Who can do it alone: what account holders filed and practised, and the ward's figures (docs/decisions/0039)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from caunoi.accounts.v1 import accounts_pb2, guidance_pb2, households_pb2, learning_pb2
from caunoi.dossiers.v1 import events_pb2 as dossiers
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.accounts.adapters.wording import CONSENTS
from services.accounts.domain.learning import Counted
from services.accounts.service import SERVICE
from services.accounts.storage import learning as storage
from services.accounts.tables import AccountRow, LearningStepRow, OtherWardRow
from services.chassis.clock import day_in_vietnam
from services.chassis.database.tables import InboxRow
from services.chassis.events.broker import Record
from services.chassis.events.envelope import Event, event_type, to_record, topic_of
from services.chassis.events.inbox import Inbox, parked
from services.chassis.refusal import Kind, Refusal
from services.chassis.service import subscriber_name
from services.chassis.timestamps import stamp
from services.chassis.tokens import Principal, Role, load_issuers
from tests.district import DISTRICT, PRACTICE
from tests.fakes.clock import SettableClock
from tests.race import race
from tests.services.accounts.practising import BIRTH, LIFE, statement
from tests.services.accounts.service import NAM_DUONG, THANH_BINH, Accounts
from tests.services.accounts.station import PLACE, Stations, forward
from tests.services.accounts.ward import refused

SUBMITTED = event_type(dossiers.DossierSubmitted)


def filed(
    account: str,
    at: datetime,
    assistance: str = "alone",
    *,
    ward: str = NAM_DUONG,
    home: str = NAM_DUONG,
    dossier: str = "",
    source: str = "",
) -> Record:
    """The event of a filing, as the relay of the ward puts it into its topic."""
    dossier = dossier or str(uuid4())
    facts = dossiers.DossierFacts(
        dossier_id=dossier,
        ward=ward,
        procedure=BIRTH,
        applicant_account_id=account,
        applicant_ward=home,
        happened_at=stamp(at),
    )
    told = dossiers.DossierSubmitted(facts=facts, assistance=assistance).SerializeToString()
    return to_record(Event(str(uuid4()), SUBMITTED, f"/wards/{source or ward}/dossiers", dossier, at, told))


def deliver(accounts: Accounts, *records: Record, ward: str = NAM_DUONG) -> None:
    handlers = accounts.parts.handlers(ward)
    box = Inbox(
        subscriber_name("accounts", ward), ward, accounts.cells[ward].database, handlers, accounts.clock, DISTRICT
    )
    assert box.take(*records) == []


def own(accounts: Accounts, account: str) -> learning_pb2.OwnLearning:
    answer = accounts.call("GetOwnLearning", learning_pb2.GetOwnLearningRequest(), token=accounts.token(account))
    assert isinstance(answer, learning_pb2.OwnLearning)
    return answer


def count(accounts: Accounts, account: str, proof: str, *, by_own_hands: bool = True) -> learning_pb2.OwnLearning:
    request = learning_pb2.RecordPracticeRequest(proof=proof, by_own_hands=by_own_hands)
    answer = accounts.call("RecordPractice", request, token=accounts.token(account))
    assert isinstance(answer, learning_pb2.OwnLearning)
    return answer


def report(accounts: Accounts) -> learning_pb2.LearningReport:
    admin = accounts.token(str(uuid4()), Role.WARD_ADMIN)
    answer = accounts.call("GetLearningReport", learning_pb2.GetLearningReportRequest(), token=admin)
    assert isinstance(answer, learning_pb2.LearningReport)
    return answer


def people(accounts: Accounts, number: int, status: str = "active") -> list[str]:
    """So many accounts of Nam Dương."""
    ids = [uuid4() for _ in range(number)]
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        session.add_all(
            AccountRow(
                id=id,
                status=status,
                full_name="Nguyễn Thị Sáu",
                date_of_birth=date(1955, 3, 8),
                identity_kind="cccd",
                identity_number=b"",
                identity_fingerprint=id.bytes,
                phone=b"",
                phone_fingerprint=id.bytes,
                address="",
                created_at=accounts.clock.now(),
                activated_at=accounts.clock.now(),
                identity_level=1,
            )
            for id in ids
        )
    return [str(id) for id in ids]


def steps(accounts: Accounts, ward: str = NAM_DUONG) -> Sequence[LearningStepRow]:
    with accounts.cells[ward].database.transaction() as session:
        found = session.scalars(select(LearningStepRow)).all()
        session.expunge_all()
    return found


# --- filed


def test_a_filing_at_another_wards_counter_makes_that_ward_one_that_has_something_of_theirs(
    accounts: Accounts, citizen: str
) -> None:
    """Nobody has called it with their token."""
    deliver(accounts, filed(citizen, accounts.clock.now(), "counter", ward=THANH_BINH))
    deliver(accounts, filed(citizen, accounts.clock.now(), "counter"))
    asked = accounts_pb2.ListOwnWardsRequest()
    found = accounts.call("ListOwnWards", asked, token=accounts.token(citizen)).wards
    assert list(found) == [NAM_DUONG, THANH_BINH]


def test_a_filing_in_their_own_ward_or_of_nobody_here_notes_no_other_ward(accounts: Accounts, citizen: str) -> None:
    now = accounts.clock.now()
    deliver(accounts, filed(citizen, now, "alone"), filed(citizen, now, "counter"))
    deliver(accounts, filed(str(uuid4()), now, "counter", ward=THANH_BINH))
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        assert session.scalars(select(OtherWardRow.account_id)).all() == []


def test_a_filing_that_a_pod_of_the_version_before_was_told_of_makes_that_ward_one_of_theirs_too(
    accounts: Accounts, citizen: str
) -> None:
    """Its statements do not know the table, which is there from the migration on."""
    deliver(accounts, filed(citizen, accounts.clock.now(), ward=THANH_BINH))
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        session.execute(delete(OtherWardRow))
    asked = accounts_pb2.ListOwnWardsRequest()
    assert list(accounts.call("ListOwnWards", asked, token=accounts.token(citizen)).wards) == [NAM_DUONG, THANH_BINH]


def test_a_filing_counts_once_for_its_applicant_however_often_it_is_told(accounts: Accounts, citizen: str) -> None:
    first = filed(citizen, accounts.clock.now(), "station", ward=THANH_BINH)
    copy = replace(first, headers={**first.headers, "ce_id": str(uuid4())})
    deliver(accounts, first, first, copy)
    deliver(accounts, first)
    (step,) = own(accounts, citizen).steps
    assert (step.kind, step.assistance, step.procedure, step.ward) == ("filed", "station", BIRTH, THANH_BINH)
    assert own(accounts, citizen).able_alone


def test_help_comes_first_and_alone_later_in_whatever_order_it_is_told(accounts: Accounts, citizen: str) -> None:
    now = accounts.clock.now()
    helped, alone = filed(citizen, now, "helped"), filed(citizen, now + timedelta(days=9), "alone")
    deliver(accounts, alone)
    deliver(accounts, helped)
    found = own(accounts, citizen)
    assert [step.assistance for step in found.steps] == ["alone", "helped"]
    assert found.able_since.ToDatetime(UTC) == now + timedelta(days=9)


def test_a_filing_with_help_alone_makes_nobody_able(accounts: Accounts, citizen: str) -> None:
    deliver(accounts, filed(citizen, accounts.clock.now(), "helped"))
    found = own(accounts, citizen)
    assert (found.able_alone, found.HasField("able_since"), len(found.steps)) == (False, False, 1)


def test_what_the_desk_entered_and_what_other_wards_people_filed_is_not_counted(
    accounts: Accounts, citizen: str
) -> None:
    now = accounts.clock.now()
    deliver(
        accounts,
        filed(citizen, now, "counter"),
        filed(citizen, now, "in a way that a later release knows"),
        filed(citizen, now, home=THANH_BINH),
        filed("", now, home=""),
        filed(str(uuid4()), now),
        filed("nonsense", now),
    )
    assert steps(accounts) == []
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        assert parked(session, subscriber_name("accounts", NAM_DUONG)) == []


def test_filings_of_other_wards_people_cost_no_transaction(accounts: Accounts, citizen: str) -> None:
    """Thirteen wards hear each filing of the district: twelve of them write nothing, nor that they heard it."""
    deliver(accounts, filed(str(uuid4()), accounts.clock.now(), home=THANH_BINH))
    assert noted(accounts) == []
    own_filing = filed(citizen, accounts.clock.now())
    deliver(accounts, own_filing)
    assert noted(accounts) == [own_filing.headers["ce_id"]]


def test_what_cannot_be_read_is_parked_and_not_passed_over(accounts: Accounts, citizen: str) -> None:
    deliver(accounts, replace(filed(citizen, accounts.clock.now()), value=b"\xff\xff"))
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        assert len(parked(session, subscriber_name("accounts", NAM_DUONG))) == 1


def noted(accounts: Accounts) -> list[str]:
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        return list(session.scalars(select(InboxRow.event_id)))


def test_a_ward_tells_of_its_own_filings_alone(accounts: Accounts, citizen: str) -> None:
    deliver(accounts, filed(citizen, accounts.clock.now(), ward=NAM_DUONG, source=THANH_BINH))
    assert steps(accounts) == []
    with accounts.cells[NAM_DUONG].database.transaction() as session:
        (row,) = parked(session, subscriber_name("accounts", NAM_DUONG))
    assert "a ward speaks for itself" in row.error


def test_nothing_that_the_practice_ward_tells_reaches_a_real_one(accounts: Accounts, citizen: str) -> None:
    deliver(accounts, filed(citizen, accounts.clock.now(), ward=PRACTICE))
    assert steps(accounts) == []
    assert noted(accounts) == []


def test_every_ward_hears_what_is_filed_in_the_whole_district_and_practice_hears_nothing(accounts: Accounts) -> None:
    topics = set(SERVICE.subscribes_to(NAM_DUONG, accounts.settings))
    assert {topic_of(ward, "dossiers") for ward in DISTRICT.wards} <= topics
    assert SERVICE.subscribes_to(PRACTICE, accounts.settings) == [topic_of(PRACTICE, "accounts")]


# --- practised


def test_a_finished_practice_counts_by_the_persons_own_word(accounts: Accounts, citizen: str, keys: Path) -> None:
    first = count(accounts, citizen, statement(keys, accounts.clock), by_own_hands=False)
    assert [(step.kind, step.assistance, step.ward) for step in first.steps] == [("practised", "helped", PRACTICE)]
    assert not first.able_alone
    second = count(accounts, citizen, statement(keys, accounts.clock))
    assert second.able_alone
    assert second == own(accounts, citizen)


def test_a_practice_counts_once_and_its_owner_can_correct_who_did_it(
    accounts: Accounts, citizen: str, keys: Path
) -> None:
    dossier = str(uuid4())
    first = count(accounts, citizen, statement(keys, accounts.clock, dossier=dossier))
    forward(accounts.clock, minutes=3)
    again = statement(keys, accounts.clock, dossier=dossier)
    corrected = count(accounts, citizen, again, by_own_hands=False)
    assert [(step.assistance, step.at) for step in corrected.steps] == [("helped", first.steps[0].at)]
    assert count(accounts, citizen, again) == first
    (other,) = people(accounts, 1)
    again = statement(keys, accounts.clock, dossier=dossier)
    assert refused("practice-counted", count, accounts, other, again).kind is Kind.CONFLICT
    assert own(accounts, other).steps == []


def test_of_two_accounts_with_one_practice_at_once_one_gets_it(accounts: Accounts, keys: Path) -> None:
    one, two = people(accounts, 2)
    for _ in range(5):
        proof = statement(keys, accounts.clock)
        came = race(lambda: count(accounts, one, proof), lambda: count(accounts, two, proof))  # noqa: B023
        refusals = [each for each in came if isinstance(each, Refusal)]
        assert [each.type for each in refusals] == ["practice-counted"]
    assert len(steps(accounts)) == 5


def wrong_proofs(keys: Path, clock: SettableClock) -> dict[str, str]:
    good = statement(keys, clock)
    head, body, signature = good.split(".")
    other = statement(keys, clock).split(".")[1]
    person = Principal(str(uuid4()), NAM_DUONG, frozenset({Role.CITIZEN}))
    issuer = load_issuers(keys / "signing-dossiers.json", "dossiers")[PRACTICE]
    return {
        "of a real ward": statement(keys, clock, ward=NAM_DUONG),
        "of another service": statement(keys, clock, service="accounts"),
        "for another audience": statement(keys, clock, audience="caunoi"),
        "for another reader": statement(keys, clock, audience="caunoi-practice-2"),
        "with another content": f"{head}.{other}.{signature}",
        "with another signature": f"{head}.{body}.{signature[:-6]}AAAAAA",
        "without a signature": f"{head}.{body}.",
        "without a dossier": statement(keys, clock, dossier=None),
        "without its time": statement(keys, clock, finished_at=None),
        "of a strange time": statement(keys, clock, finished_at="soon"),
        "an access token": load_issuers(keys / "signing-accounts.json", "accounts")[NAM_DUONG].issue(person),
        "a service's token": issuer.service_token(),
        "nothing": "",
        "nonsense": "a.b.c",
    }


WRONG = (
    *("of a real ward", "of another service", "for another audience", "for another reader", "with another content"),
    *("with another signature", "without a signature", "without a dossier", "without its time", "of a strange time"),
    *("an access token", "a service's token", "nothing", "nonsense"),
)


@pytest.mark.parametrize("which", WRONG)
def test_only_a_statement_of_the_practice_ward_counts(accounts: Accounts, citizen: str, keys: Path, which: str) -> None:
    proof = wrong_proofs(keys, accounts.clock)[which]
    no = refused("wrong-practice-proof", count, accounts, citizen, proof)
    assert (no.kind, [fault.field for fault in no.fields]) == (Kind.INVALID, ["proof"])
    assert steps(accounts) == []


def test_a_statement_is_good_for_ten_minutes(accounts: Accounts, citizen: str, keys: Path) -> None:
    proof = statement(keys, accounts.clock)
    accounts.clock.advance(LIFE)
    refused("wrong-practice-proof", count, accounts, citizen, proof)
    accounts.clock.advance(-timedelta(seconds=1))
    assert count(accounts, citizen, proof).able_alone
    early = statement(keys, SettableClock(accounts.clock.now() + timedelta(minutes=5)))
    refused("wrong-practice-proof", count, accounts, citizen, early)


def test_a_statement_opens_nothing(accounts: Accounts, keys: Path) -> None:
    """It is no access token, in a real ward or in practice."""
    request = accounts_pb2.GetOwnAccountRequest()
    no = refused("not-signed-in", accounts.call, "GetOwnAccount", request, token=statement(keys, accounts.clock))
    assert no.kind is Kind.UNAUTHENTICATED


def test_a_closed_account_has_no_practice_counted(accounts: Accounts, keys: Path) -> None:
    (closed,) = people(accounts, 1, "closed")
    assert refused("account-not-active", count, accounts, closed, statement(keys, accounts.clock))
    assert steps(accounts) == []


def test_everybody_reads_their_own_alone(accounts: Accounts, citizen: str, keys: Path) -> None:
    (other,) = people(accounts, 1)
    count(accounts, citizen, statement(keys, accounts.clock))
    assert own(accounts, other) == learning_pb2.OwnLearning()


# --- the ward's report


def test_a_report_of_a_ward_in_which_nothing_was_done_has_no_figure(accounts: Accounts, citizen: str) -> None:
    assert report(accounts) == learning_pb2.LearningReport()


def test_people_are_counted_once_each_from_five_on(accounts: Accounts) -> None:
    now = accounts.clock.now()
    at_once, after_help, only_helped = people(accounts, 6), people(accounts, 5), people(accounts, 4)
    for id in at_once:
        deliver(accounts, filed(id, now), filed(id, now), filed(id, now + timedelta(days=1), "helped"))
    for days, id in enumerate(after_help, start=1):
        deliver(accounts, filed(id, now, "helped"), filed(id, now + timedelta(days=3 * days)))
    for id in only_helped:
        deliver(accounts, filed(id, now, "helped"))
    gone = [*people(accounts, 9, "closed"), *people(accounts, 9, "moved")]
    deliver(accounts, *(filed(id, now) for id in gone))
    accounts.clock.set(datetime(2020, 12, 24, tzinfo=UTC))
    found = report(accounts)
    assert (found.alone, found.helped_before, found.median_days) == (11, 5, 9)
    assert not found.HasField("people"), "four have only had help, and are the difference"
    (fifth,) = people(accounts, 1)
    deliver(accounts, filed(fifth, now, "helped"))
    assert report(accounts).people == 16
    (months,) = report(accounts).months
    assert (months.since, months.until, months.people) == ("", "2020-12", 11)


def test_all_figures_of_a_report_are_of_one_moment(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a report read while somebody files could say six of one thing and five of the same thing beside it."""
    now = accounts.clock.now()
    *early, late = people(accounts, 6)
    for each in (*early, late):
        household(accounts, each)
    deliver(accounts, *(filed(each, now) for each in early))
    count_people = storage.people

    def after_a_filing(session: Session, months: Sequence[date]) -> Counted:
        """The households are counted; before the people are, somebody files."""
        deliver(accounts, filed(late, now))
        return count_people(session, months)

    monkeypatch.setattr(storage, "people", after_a_filing)
    found = report(accounts)
    assert (found.covered, found.alone, sum(each.people for each in found.months)) == (5, 5, 5)
    monkeypatch.undo()
    found = report(accounts)
    assert (found.covered, found.alone, sum(each.people for each in found.months)) == (6, 6, 6)


def test_the_first_time_alone_is_counted_in_its_month_in_da_nang(accounts: Accounts) -> None:
    last_evening = datetime(2020, 9, 30, 16, 59, tzinfo=UTC)
    before, after = people(accounts, 5), people(accounts, 5)
    deliver(accounts, *(filed(id, last_evening) for id in before))
    deliver(accounts, *(filed(id, last_evening + timedelta(minutes=1)) for id in after))
    deliver(accounts, *(filed(id, last_evening + timedelta(days=1)) for id in before))
    assert [(each.since, each.until, each.people) for each in report(accounts).months] == [
        ("", "2020-09", 5),
        ("2020-10", "2020-10", 5),
    ]


def household(accounts: Accounts, head: str, group: int = 0) -> None:
    own = accounts.token(head)
    version = CONSENTS["household"].in_force(day_in_vietnam(accounts.clock.now())).version
    accounts.call("StartHousehold", households_pb2.StartHouseholdRequest(text_version=version), token=own)
    if group:
        naming = households_pb2.SetResidentialGroupRequest(residential_group=group)
        accounts.call("SetResidentialGroup", naming, token=own)


def join(accounts: Accounts, head: str, member: str) -> None:
    issuing = households_pb2.IssueHouseholdCodeRequest()
    code = accounts.call("IssueHouseholdCode", issuing, token=accounts.token(head)).code
    version = CONSENTS["household"].in_force(day_in_vietnam(accounts.clock.now())).version
    joining = households_pb2.JoinHouseholdRequest(text_version=version, code=code)
    accounts.call("JoinHousehold", joining, token=accounts.token(member))


def test_a_household_is_covered_by_one_member_alone_and_the_wards_report_changes_by_one(
    accounts: Accounts, keys: Path
) -> None:
    """Practised with a volunteer, filed with help, then filed alone at home: only the last covers the household."""
    now = accounts.clock.now()
    *neighbours, grandmother, grandson = people(accounts, 7)
    for each in (*neighbours, grandmother):
        household(accounts, each)
    deliver(accounts, *(filed(each, now) for each in neighbours))
    join(accounts, grandmother, grandson)
    assert report(accounts).covered == 5
    count(accounts, grandmother, statement(keys, accounts.clock), by_own_hands=False)
    deliver(accounts, filed(grandmother, now, "helped"))
    assert report(accounts).covered == 5
    deliver(accounts, filed(grandmother, now + timedelta(days=2), ward=THANH_BINH))
    assert report(accounts).covered == 6
    deliver(accounts, filed(grandson, now))
    assert report(accounts).covered == 6, "one person a household"


def test_a_practice_by_own_hands_covers_a_household(accounts: Accounts, keys: Path) -> None:
    found = people(accounts, 5)
    for each in found:
        household(accounts, each)
        count(accounts, each, statement(keys, accounts.clock))
    assert (report(accounts).covered, report(accounts).HasField("households")) == (5, False)


def test_residential_groups_are_shown_with_their_neighbours(accounts: Accounts) -> None:
    now = accounts.clock.now()
    for group, covered, others in ((3, 2, 4), (4, 3, 1), (7, 5, 5), (0, 1, 0)):
        found = people(accounts, covered + others)
        for each in found:
            household(accounts, each, group)
        deliver(accounts, *(filed(each, now) for each in found[:covered]))
    shown = report(accounts)
    assert (shown.households, shown.covered) == (21, 11)
    assert [(each.since, each.until, each.households, each.covered) for each in shown.groups] == [
        (1, 4, 10, 5),
        (5, 0, 11, 6),
    ]


# --- what people stumble on


COUNTING = datetime(2026, 12, 1, 2, tzinfo=UTC)


@pytest.fixture
def counting(accounts: Accounts, clock: SettableClock) -> Stations:
    """A station on a day on which people agree to what says that explanations are counted."""
    clock.set(COUNTING)
    assert CONSENTS["guided-session"].counting()
    return Stations(accounts, clock)


def explain(stations: Stations, subject: str, *kinds: str, place: guidance_pb2.Place = PLACE, citizen: str = "") -> str:
    """A citizen has something explained in a session of their own; returns the citizen's token."""
    citizen = citizen or stations.citizen()
    asked = stations.request(citizen, place=place)
    session = stations.join(asked.code).id
    for kind in kinds or ("explained",):
        stations.guide(session, kind, subject)
    request = guidance_pb2.EndGuidedSessionRequest(session_id=session)
    stations.call("EndGuidedSession", request, citizen)
    return citizen


def explained(stations: Stations) -> list[tuple[str, str, str, int]]:
    admin = stations.accounts.token(str(uuid4()), Role.WARD_ADMIN)
    request = learning_pb2.ListExplainedQuestionsRequest()
    found = stations.accounts.call("ListExplainedQuestions", request, token=admin).questions
    return [(each.procedure, each.subject, each.term, each.people) for each in found]


def test_a_question_is_named_once_five_people_had_it_explained_each_counted_once(counting: Stations) -> None:
    for _ in range(4):
        citizen = explain(counting, "/child/full_name", "explained", "explained")
    explain(counting, "/child/full_name", citizen=citizen)
    explain(counting, "/child/full_name", "point")
    assert explained(counting) == []
    explain(counting, "/child/full_name")
    assert explained(counting) == [(BIRTH, "/child/full_name", "", 5)]


@pytest.mark.parametrize("status", ["moved", "closed"])
def test_who_has_another_account_by_now_is_not_counted_twice(counting: Stations, status: str) -> None:
    """The account that they use counts; it may have had the same explained."""
    for _ in range(4):
        explain(counting, "/child/full_name")
    (gone,) = people(counting.accounts, 1)
    explain(counting, "/child/full_name", citizen=counting.accounts.token(gone))
    assert explained(counting) == [(BIRTH, "/child/full_name", "", 5)]
    counting.change(AccountRow, UUID(gone), status=status)
    assert explained(counting) == []


def test_terms_have_their_names_and_what_most_people_asked_stands_first(counting: Stations) -> None:
    for _ in range(6):
        explain(counting, "que-quan", "term")
    for _ in range(5):
        explain(counting, "/child/full_name")
    first, second = explained(counting)
    assert first == (BIRTH, "que-quan", "Quê quán", 6)
    assert second[1:] == ("/child/full_name", "", 5)


def test_what_the_screen_showed_unnamed_is_not_counted(counting: Stations) -> None:
    here = guidance_pb2.Place(page="form", procedure=BIRTH, procedure_version="2020-09-15", fields=["/here"])
    for _ in range(5):
        explain(counting, "/here", place=here)
    assert explained(counting) == []


def test_one_who_sits_down_without_an_account_is_not_counted_until_the_account_takes_the_visit_over(
    counting: Stations, citizen: str
) -> None:
    """Each visit has another random id: one person who sits down five times is not five."""
    for _ in range(5):
        explain(counting, "/child/full_name", citizen=visit(counting))
    for _ in range(4):
        explain(counting, "/child/full_name")
    assert explained(counting) == []
    last = explain(counting, "/child/full_name", citizen=visit(counting))
    request = guidance_pb2.ClaimVisitRequest(token=last)
    counting.call("ClaimVisit", request, counting.accounts.token(citizen), counting.kiosk_token())
    assert explained(counting) == [(BIRTH, "/child/full_name", "", 5)]


def visit(stations: Stations) -> str:
    return str(stations.call("OpenVisit", guidance_pb2.OpenVisitRequest(), stations.kiosk_token()).token)


def test_a_withdrawn_consent_takes_its_session_out(counting: Stations) -> None:
    citizens = [explain(counting, "/child/full_name") for _ in range(5)]
    assert len(explained(counting)) == 1
    request = guidance_pb2.ListOwnConsentsRequest()
    (consent,) = counting.call("ListOwnConsents", request, citizens[0]).consents
    counting.call("WithdrawConsent", guidance_pb2.WithdrawConsentRequest(id=consent.id), citizens[0])
    assert explained(counting) == []


def test_what_was_explained_under_the_text_before_is_never_counted(stations: Stations, clock: SettableClock) -> None:
    """Nor once others have agreed to a text that says so."""
    for _ in range(5):
        explain(stations, "/child/full_name")
    assert explained(stations) == []
    clock.set(COUNTING)
    stations.duty = stations.put_on_duty(stations.volunteer, stations.station)
    for _ in range(5):
        assert explained(stations) == []
        explain(stations, "/child/full_name")
    assert explained(stations) == [(BIRTH, "/child/full_name", "", 5)]


def test_after_a_year_an_explanation_is_not_counted_any_more(counting: Stations) -> None:
    for _ in range(5):
        explain(counting, "/child/full_name")
    forward(counting.clock, days=365)
    assert explained(counting) == []
