"""Guided sessions over gRPC and PostgreSQL: asked for, joined, guided, ended in every way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from caunoi.accounts.v1 import accounts_pb2, guidance_pb2, stations_pb2

from services.accounts.adapters.wording import TERMS
from services.accounts.service import end_over
from services.accounts.tables import (
    ConsentRow,
    DeviceRow,
    DutyRow,
    GuidanceRow,
    GuidedPageRow,
    GuidedSessionRow,
    OpeningRow,
    PhraseRow,
)
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Role
from tests.fakes.clock import SettableClock
from tests.services.accounts.conftest import NAM_DUONG, THANH_BINH, Accounts
from tests.services.accounts.station import PLACE, Stations, refusal


@pytest.fixture
def stations(accounts: Accounts, clock: SettableClock) -> Stations:
    return Stations(accounts, clock)


def forward(clock: SettableClock, **how: float) -> None:
    clock.set(clock.now() + timedelta(**how))


# --- asking for guidance


def test_a_citizen_of_another_ward_gets_a_code_that_a_volunteer_on_duty_joins_with(stations: Stations) -> None:
    citizen = stations.citizen(THANH_BINH)
    asked = stations.request(citizen)
    assert (asked.session.state, asked.session.version, len(asked.code)) == ("waiting", 1, 6)
    joined = stations.join(asked.code)
    assert (joined.id, joined.state, joined.station_name) == (asked.session.id, "open", "Nhà văn hóa tổ 12")
    assert joined.kiosk_name == "Máy 1"
    assert joined.place == PLACE
    own = stations.own(citizen)
    assert (own.state, own.version, own.volunteer_name) == ("open", 2, "Trần Thị Lan")
    assert own.ends_at.ToDatetime() - own.joined_at.ToDatetime() == timedelta(minutes=30)
    assert [stations.audited(each) for each in ("request-guidance", "join-guidance")] == [1, 1]


def test_the_code_is_stored_by_its_keyed_digest_alone(stations: Stations) -> None:
    code = stations.request(stations.citizen()).code
    (row,) = stations.rows(GuidedSessionRow)
    assert code.encode() not in row.code_digest
    assert len(row.code_digest) == 32


@pytest.mark.parametrize("what", ["none", "another-wards", "scanner", "unknown", "revoked"])
def test_guidance_is_asked_for_at_an_enrolled_computer_of_the_ward_alone(stations: Stations, what: str) -> None:
    kiosk = {
        "none": "",
        "another-wards": stations.kiosk_token(ward=THANH_BINH),
        "scanner": stations.kiosk_token(role=Role.SCANNER),
        "unknown": stations.kiosk_token(uuid4()),
        "revoked": stations.kiosk_token(),
    }[what]
    if what == "revoked":
        stations.change(DeviceRow, stations.kiosk, revoked_at=stations.clock.now())
    asked = guidance_pb2.RequestGuidedSessionRequest(text_version="2026-11-29", place=PLACE)
    no = refusal(stations.call, "RequestGuidedSession", asked, stations.citizen(), kiosk)
    assert no.kind is (Kind.UNAUTHENTICATED if what == "scanner" else Kind.FORBIDDEN)
    assert stations.rows(GuidedSessionRow) == [] == stations.rows(ConsentRow)


def test_only_the_text_in_force_can_be_agreed_to(stations: Stations) -> None:
    asked = guidance_pb2.RequestGuidedSessionRequest(text_version="2020-01-01", place=PLACE)
    no = refusal(stations.call, "RequestGuidedSession", asked, stations.citizen(), stations.kiosk_token())
    assert (no.kind, no.type) == (Kind.CONFLICT, "text-changed")


def test_a_new_request_ends_the_citizens_earlier_session_and_that_of_the_same_computer(stations: Stations) -> None:
    citizen, other = stations.citizen(), stations.citizen()
    second_kiosk = stations.kiosk_token(stations.add_kiosk(stations.station, "Máy 2"))
    first = stations.request(citizen).session.id
    second = stations.request(citizen, second_kiosk).session.id  # the same person at another computer
    third = stations.request(other, second_kiosk).session.id  # another person at that computer
    ended = {str(row.id): row.ended_because for row in stations.rows(GuidedSessionRow)}
    assert ended == {first: "citizen", second: "signed-out", third: ""}


def test_two_requests_of_one_citizen_at_once_leave_one_session(stations: Stations) -> None:
    citizen = stations.citizen()
    kiosks = [stations.kiosk_token(stations.add_kiosk(stations.station, f"Máy {n}")) for n in range(2, 6)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda kiosk: stations.request(citizen, kiosk), kiosks))
    assert [row.ended_because for row in stations.rows(GuidedSessionRow)].count("") == 1


# --- joining


def test_of_two_volunteers_with_one_code_exactly_one_joins(stations: Stations) -> None:
    others = [stations.add_volunteer(f"nam{n}") for n in range(5)]
    for each in others:
        stations.put_on_duty(each, stations.station)
    code = stations.request(stations.citizen()).code

    def join(volunteer: UUID) -> str:
        try:
            return stations.join(code, volunteer).state
        except Refusal as no:
            return no.type

    with ThreadPoolExecutor(5) as pool:
        results = list(pool.map(join, others))
    assert sorted(results) == ["code-used"] * 4 + ["open"]


def test_a_volunteer_who_types_the_code_again_gets_the_same_session(stations: Stations) -> None:
    code = stations.request(stations.citizen()).code
    first = stations.join(code)
    again = stations.join(f"{code[:3]} {code[3:]}")
    assert (again.id, again.version) == (first.id, first.version)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "一二三四五六"])
def test_what_cannot_be_a_code_is_a_slip_and_costs_no_try(stations: Stations, typed: str) -> None:
    for _ in range(11):
        assert refusal(stations.join, typed).type == "wrong-code"
    assert stations.join(stations.request(stations.citizen()).code).state == "open"


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_ten_wrong_codes_keep_a_volunteer_out_for_ten_minutes_also_with_the_right_one(stations: Stations) -> None:
    code = stations.request(stations.citizen()).code
    second = stations.add_volunteer("nam")
    stations.put_on_duty(second, stations.station)
    for _ in range(10):
        no = refusal(stations.join, wrong(code))
        assert (no.kind, no.type) == (Kind.INVALID, "wrong-code")
    no = refusal(stations.join, code)
    assert (no.kind, no.type) == (Kind.THROTTLED, "too-many-codes-tried")
    assert no.retry_after is not None
    assert 0 < no.retry_after <= 600
    forward(stations.clock, minutes=4)
    assert stations.join(code, second).state == "open"  # the others of the station go on
    forward(stations.clock, minutes=6, seconds=1)
    assert refusal(stations.join, code).type == "code-used"


def test_sixty_wrong_codes_close_the_station_and_no_other(stations: Stations) -> None:
    code = stations.request(stations.citizen()).code
    third = stations.add_volunteer("hoa")
    stations.put_on_duty(third, stations.add_station("Trạm y tế"))
    for number in range(6):
        guesser = stations.add_volunteer(f"nam{number}")
        stations.put_on_duty(guesser, stations.station)
        for _ in range(10):
            assert refusal(stations.join, wrong(code), guesser).type == "wrong-code"
    assert refusal(stations.join, code).type == "too-many-codes-tried"
    assert refusal(stations.join, "000001", third).type == "wrong-code"


def test_a_code_that_somebody_was_given_is_no_guess(stations: Stations) -> None:
    second = stations.add_volunteer("nam")
    stations.put_on_duty(second, stations.station)
    used = stations.request(stations.citizen()).code
    stations.join(used, second)
    for _ in range(11):
        assert refusal(stations.join, used).type == "code-used"


def test_parallel_guesses_are_counted_one_by_one(stations: Stations) -> None:
    code = stations.request(stations.citizen()).code
    guesses = [f"{(int(code) + n) % 10**6:06}" for n in range(1, 31)]
    with ThreadPoolExecutor(6) as pool:
        kinds = list(pool.map(lambda guess: refusal(stations.join, guess).type, guesses))
    assert (kinds.count("wrong-code"), kinds.count("too-many-codes-tried")) == (10, 20)


def test_a_code_is_good_for_five_minutes(stations: Stations) -> None:
    citizen = stations.citizen()
    asked = stations.request(citizen)
    forward(stations.clock, minutes=5)
    assert refusal(stations.join, asked.code).type == "code-expired"
    own = stations.own(citizen)
    assert (own.state, own.ended_because, own.version) == ("ended", "code-expired", 2)


def test_a_code_whose_citizen_has_stopped_says_so(stations: Stations) -> None:
    citizen = stations.citizen()
    asked = stations.request(citizen)
    stations.end(citizen, asked.session.id)
    assert refusal(stations.join, asked.code).type == "guided-session-ended"


def test_a_code_of_another_station_of_the_ward_is_refused_as_such(stations: Stations) -> None:
    code = stations.request(stations.citizen()).code
    elsewhere = stations.add_volunteer("nam")
    stations.put_on_duty(elsewhere, stations.add_station("Trạm y tế"))
    assert refusal(stations.join, code, elsewhere).type == "code-of-other-station"
    assert stations.join(code).state == "open"


@pytest.mark.parametrize("why", ["no-duty", "taken-off", "cancelled", "before", "after"])
def test_who_is_not_on_duty_joins_nothing(stations: Stations, why: str) -> None:
    code = stations.request(stations.citizen()).code
    now = stations.clock.now()
    if why == "no-duty":
        stations.volunteer = stations.add_volunteer("nam")
    opening = stations.rows(OpeningRow)[0]
    if why == "taken-off":
        stations.change(DutyRow, stations.duty, taken_off_at=now)
    if why == "cancelled":
        stations.change(OpeningRow, opening.id, cancelled_at=now)
    if why == "before":
        stations.change(OpeningRow, opening.id, starts_at=now + timedelta(minutes=16))
    if why == "after":
        stations.change(OpeningRow, opening.id, ends_at=now)
    no = refusal(stations.join, code)
    assert (no.kind, no.type) == (Kind.FORBIDDEN, "not-on-duty")


def test_a_volunteer_with_two_duties_at_once_says_which(stations: Stations) -> None:
    code = stations.request(stations.citizen()).code
    stations.put_on_duty(stations.volunteer, stations.add_station("Trạm y tế"))
    assert refusal(stations.join, code).type == "which-duty"
    another = stations.put_on_duty(stations.add_volunteer("nam"), stations.station)
    for duty in (str(another), str(uuid4()), "ca tối"):
        wrong = refusal(stations.join, code, duty=duty)
        assert (wrong.type, [fault.field for fault in wrong.fields]) == ("which-duty", ["duty_id"])
        assert "không phải lượt đang diễn ra" in wrong.text
    assert stations.join(code, duty=str(stations.duty)).state == "open"


def test_a_visitor_of_another_ward_reads_in_the_stations_ward_who_guided_them(stations: Stations) -> None:
    citizen, session = stations.opened()
    stations.end(stations.token_of(), session)
    request = accounts_pb2.ListOwnAccessLogRequest()
    looks = stations.call("ListOwnAccessLog", request, citizen).entries
    assert [(each.action, each.role) for each in looks] == [
        ("end-guidance", "volunteer"),
        ("join-guidance", "volunteer"),
    ]
    assert {each.subject for each in looks} == {f"guided-session:{session}"}
    assert list(stations.call("ListOwnAccessLog", request, stations.citizen()).entries) == []
    for stranger in (Role.VOLUNTEER, Role.WARD_ADMIN, Role.RECEPTIONIST):
        token = stations.accounts.token(str(uuid4()), stranger, ward=THANH_BINH)
        assert refusal(stations.call, "ListOwnAccessLog", request, token).type == "not-allowed"


# --- guiding


def test_what_a_volunteer_does_reaches_the_citizen_with_its_words(stations: Stations) -> None:
    citizen, session = stations.opened()
    stations.guide(session, "point", "/child/full_name")
    stations.guide(session, "point", "documents/birth-certificate-of-hospital")
    stations.guide(session, "phrase", str(stations.phrase))
    stations.guide(session, "term", "que-quan")
    stations.guide(session, "explained", "/child/birth_date")
    seen = stations.guide(session, "explained", "que-quan")
    own = stations.own(citizen)
    assert [(each.sequence, each.kind) for each in own.guidance] == [
        (1, "point"), (2, "point"), (3, "phrase"), (4, "term"), (5, "explained"), (6, "explained")
    ]  # fmt: skip
    assert own.guidance[2].text == "Ông/bà đọc kỹ câu này ạ."
    assert (own.guidance[3].title, own.guidance[3].text) == ("Quê quán", TERMS["que-quan"].explanation)
    assert list(seen.guidance) == list(own.guidance)
    assert own.version == seen.version == 8


def test_a_session_keeps_the_words_that_were_sent_also_of_a_phrase_that_is_changed_or_retired(
    stations: Stations,
) -> None:
    citizen, session = stations.opened()
    stations.guide(session, "phrase", str(stations.phrase))
    stations.change(PhraseRow, stations.phrase, text="Ông/bà xem lại ạ.")
    stations.guide(session, "phrase", str(stations.phrase))
    assert [each.text for each in stations.own(citizen).guidance] == ["Ông/bà đọc kỹ câu này ạ.", "Ông/bà xem lại ạ."]
    stations.change(PhraseRow, stations.phrase, retired_at=stations.clock.now())
    assert refusal(stations.guide, session, "phrase", str(stations.phrase)).type == "invalid-guidance"
    assert stations.own(citizen).guidance[0].text == "Ông/bà đọc kỹ câu này ạ."


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("point", "/mother/full_name"),
        ("point", ""),
        ("point", "que-quan"),
        ("phrase", "Xin đưa số điện thoại"),
        ("phrase", "00000000-0000-4000-8000-000000000000"),
        ("term", "/child/full_name"),
        ("term", "Quê quán"),
        ("explained", "/mother/full_name"),
        ("type", "/child/full_name"),
        ("", ""),
    ],
)
def test_nothing_but_what_the_page_and_the_lists_have_can_be_sent(stations: Stations, kind: str, subject: str) -> None:
    citizen, session = stations.opened()
    no = refusal(stations.guide, session, kind, subject)
    assert (no.kind, no.type) == (Kind.INVALID, "invalid-guidance")
    assert stations.rows(GuidanceRow) == []
    assert stations.own(citizen).version == 2


def test_a_volunteer_points_at_the_page_that_is_open_now(stations: Stations) -> None:
    citizen, session = stations.opened()
    stations.show(citizen, session, guidance_pb2.Place(page="check"))
    assert refusal(stations.guide, session, "point", "/child/full_name").type == "invalid-guidance"


def test_another_volunteer_and_another_citizen_see_and_change_nothing(stations: Stations) -> None:
    citizen, session = stations.opened()
    other = stations.add_volunteer("nam")
    stations.put_on_duty(other, stations.station)
    stranger = stations.citizen()
    refusals = [
        refusal(stations.guided, session, other),
        refusal(stations.guide, session, "term", "que-quan", other),
        refusal(stations.end, stations.token_of(other), session),
        refusal(stations.end, stranger, session),
        refusal(stations.show, stranger, session),
        refusal(stations.guided, "not-an-id"),
    ]
    assert {(no.kind, no.type) for no in refusals} == {(Kind.NOT_FOUND, "unknown-guided-session")}
    assert refusal(stations.own, stranger).type == "no-guided-session"
    listed = stations.call("ListGuidedSessions", guidance_pb2.ListGuidedSessionsRequest(), stations.token_of(other))
    assert list(listed.sessions) == []
    assert stations.own(citizen).state == "open"


def test_the_volunteer_learns_nothing_of_who_the_citizen_is(stations: Stations) -> None:
    citizen, session = stations.opened()
    dossier = str(uuid4())
    stations.show(citizen, session, PLACE, dossier)
    seen = str(stations.guided(session)) + str(stations.guide(session, "point", "/child/full_name"))
    (row,) = stations.rows(GuidedSessionRow)
    for secret in (row.account_id, row.account_ward, str(row.consent_id), dossier):
        assert secret not in seen


def test_unnamed_pages_are_counted_by_their_digest_and_sixty_at_most(stations: Stations) -> None:
    citizen, session = stations.opened()
    dossier, place = str(uuid4()), guidance_pb2.Place(page="form", fields=["/here"])
    for page in ("a" * 64, "b" * 64, "a" * 64):
        stations.show(citizen, session, place, dossier, page)
    assert given(stations, citizen, dossier) == [(session, 1, 2)]
    for number in range(70):
        stations.show(citizen, session, place, dossier, f"{number:064}")
    assert given(stations, citizen, dossier) == [(session, 1, 60)]
    assert stations.guided(session).place == place
    assert refusal(stations.show, citizen, session, place, dossier, "mother").type == "invalid-field"


def test_what_was_explained_before_is_known_in_the_next_session_unless_consent_was_withdrawn(
    stations: Stations,
) -> None:
    citizen, session = stations.opened()
    stations.guide(session, "explained", "que-quan")
    stations.guide(session, "explained", "/child/full_name")
    stations.guide(session, "term", "trich-luc")
    consent = stations.own(citizen).consent_id
    stations.end(citizen, session)
    asked = stations.request(citizen)
    assert list(stations.join(asked.code).explained_before) == ["que-quan"], "no question, whoever guides next"
    stations.call("WithdrawConsent", guidance_pb2.WithdrawConsentRequest(id=consent), citizen)
    assert list(stations.guided(asked.session.id).explained_before) == []


def test_the_citizens_browser_is_heard_of_and_the_same_place_changes_no_version(stations: Stations) -> None:
    citizen, session = stations.opened()
    before = stations.guided(session)
    forward(stations.clock, seconds=20)
    assert stations.show(citizen, session).version == before.version
    assert stations.guided(session).citizen_seen_at.ToDatetime() - before.citizen_seen_at.ToDatetime() == timedelta(
        seconds=20
    )
    forward(stations.clock, seconds=20)
    stations.own(citizen)
    after = stations.guided(session)
    assert after.version == before.version
    assert after.citizen_seen_at.ToDatetime() - before.citizen_seen_at.ToDatetime() == timedelta(seconds=40)
    assert stations.show(citizen, session, guidance_pb2.Place(page="check")).version == before.version + 1


# --- ending


def end_in_the_rows(stations: Stations, why: str) -> None:
    """What is written elsewhere, and what time does, ends a session too."""
    now, (opening,) = stations.clock.now(), stations.rows(OpeningRow)
    match why:
        case "time":
            forward(stations.clock, minutes=30)
        case "duty-ended":
            stations.change(DutyRow, stations.duty, taken_off_at=now)
        case "duty-over":
            stations.change(OpeningRow, opening.id, ends_at=now + timedelta(minutes=7))
            forward(stations.clock, minutes=7)
        case "duty-cancelled":
            stations.change(OpeningRow, opening.id, cancelled_at=now)


def end_by_call(stations: Stations, why: str, citizen: str, session: str) -> None:
    (opening,) = stations.rows(OpeningRow)
    admin = stations.accounts.token(str(uuid4()), Role.WARD_ADMIN)
    match why:
        case "citizen":
            stations.end(citizen, session)
        case "signed-out":
            stations.end(citizen, session, "signed-out")
        case "volunteer":
            stations.end(stations.token_of(), session)
        case "duty-by-rpc":
            stations.call("TakeOffDuty", stations_pb2.TakeOffDutyRequest(duty_id=str(stations.duty)), admin)
        case "opening-cancelled-by-rpc":
            asked = stations_pb2.CancelOpeningRequest(id=str(opening.id), note="Mưa to")
            stations.call("CancelOpening", asked, admin)
        case "consent-withdrawn":
            consent = stations.own(citizen).consent_id
            stations.call("WithdrawConsent", guidance_pb2.WithdrawConsentRequest(id=consent), citizen)


@pytest.mark.parametrize(
    "because",
    [
        "citizen", "signed-out", "volunteer", "time", "duty-ended", "duty-over", "duty-cancelled", "duty-by-rpc",
        "opening-cancelled-by-rpc", "consent-withdrawn",
    ],
)  # fmt: skip
def test_each_way_of_ending_is_told_to_both_and_stops_the_guidance(stations: Stations, because: str) -> None:
    citizen, session = stations.opened()
    stations.guide(session, "point", "/child/full_name")
    version, _ = stations.watch(session)[session]
    end_in_the_rows(stations, because)
    end_by_call(stations, because, citizen, session)
    told = because if because in ("citizen", "signed-out", "volunteer", "time", "consent-withdrawn") else "duty-ended"
    own, guided = stations.own(citizen), stations.guided(session)
    assert (own.state, own.ended_because) == (guided.state, guided.ended_because) == ("ended", told)
    assert stations.watch(session)[session] == (version + 1, True)
    assert own.version == guided.version == version + 1
    assert not guided.HasField("place")
    assert refusal(stations.guide, session, "point", "/child/full_name").type == "guided-session-ended"
    assert stations.show(citizen, session).state == "ended"
    listed = stations.call("ListGuidedSessions", guidance_pb2.ListGuidedSessionsRequest(), stations.token_of())
    assert list(listed.sessions) == []
    end_over(stations.accounts.cells[NAM_DUONG], stations.clock)
    assert stations.watch(session)[session] == (version + 1, True)  # that it is written is no change
    (row,) = stations.rows(GuidedSessionRow)
    assert (row.ended_because, row.version, row.place) == (told, version + 1, {})
    assert stations.audited("end-guidance") == 1
    forward(stations.clock, minutes=1)
    assert refusal(stations.own, citizen).type == "no-guided-session"


def test_an_ended_session_stays_ended_for_the_reason_it_ended(stations: Stations) -> None:
    citizen, session = stations.opened()
    stations.end(stations.token_of(), session)
    stations.end(citizen, session, "signed-out")
    forward(stations.clock, hours=1)
    end_over(stations.accounts.cells[NAM_DUONG], stations.clock)
    (row,) = stations.rows(GuidedSessionRow)
    assert row.ended_because == "volunteer"


def test_a_session_that_its_time_ended_before_somebody_did_ended_by_time(stations: Stations) -> None:
    citizen, session = stations.opened()
    forward(stations.clock, minutes=31)
    stations.end(citizen, session)
    (row,) = stations.rows(GuidedSessionRow)
    assert (row.ended_because, row.ended_at) == ("time", row.ends_at)


@pytest.mark.parametrize("what", ["duty-by-rpc", "opening-cancelled-by-rpc", "consent-withdrawn"])
def test_what_ends_a_session_after_its_time_was_over_does_not_change_why_it_ended(
    stations: Stations, what: str
) -> None:
    citizen, session = stations.opened()
    forward(stations.clock, minutes=30)
    forward(stations.clock, seconds=10)
    end_by_call(stations, what, citizen, session)
    (row,) = stations.rows(GuidedSessionRow)
    assert (row.ended_because, row.ended_at) == ("time", row.ends_at)
    assert stations.audited("end-guidance") == 1


def test_the_sweep_ends_what_is_over_and_nothing_else(stations: Stations) -> None:
    citizen, _session = stations.opened()
    second = stations.citizen()
    stations.request(second, stations.kiosk_token(stations.add_kiosk(stations.station, "Máy 2")))
    cell = stations.accounts.cells[NAM_DUONG]
    assert end_over(cell, stations.clock) == 0
    forward(stations.clock, minutes=6)
    assert end_over(cell, stations.clock) == 1
    assert stations.own(citizen).state == "open"
    forward(stations.clock, minutes=24)
    assert end_over(cell, stations.clock) == 1
    assert end_over(cell, stations.clock) == 0
    assert sorted(row.ended_because for row in stations.rows(GuidedSessionRow)) == ["code-expired", "time"]
    assert stations.audited("end-guidance") == 2


def test_a_volunteer_put_on_duty_anew_does_not_get_the_ended_session_back(stations: Stations) -> None:
    citizen, session = stations.opened()
    admin = stations.accounts.token(str(uuid4()), Role.WARD_ADMIN)
    stations.call("TakeOffDuty", stations_pb2.TakeOffDutyRequest(duty_id=str(stations.duty)), admin)
    (opening,) = stations.rows(OpeningRow)
    stations.call(
        "PutOnDuty",
        stations_pb2.PutOnDutyRequest(opening_id=str(opening.id), volunteer_id=str(stations.volunteer)),
        admin,
    )
    assert stations.guided(session).state == "ended"
    assert stations.own(citizen).ended_because == "duty-ended"


# --- watching


def test_watching_tells_versions_of_known_sessions_and_nothing_else(stations: Stations) -> None:
    _citizen, session = stations.opened()
    assert stations.watch(session, str(uuid4()), "nonsense") == {session: (2, False)}
    assert stations.watch() == {}
    stations.guide(session, "term", "que-quan")
    assert stations.watch(session) == {session: (3, False)}
    assert refusal(stations.watch, *[str(uuid4())] * 501).kind is Kind.INVALID


# --- what is told of a filing


def given(stations: Stations, citizen: str, dossier: str) -> list[tuple[str, int, int]]:
    asked = guidance_pb2.ListGuidedSessionsOfDossierRequest(dossier_id=dossier)
    found = stations.call("ListGuidedSessionsOfDossier", asked, citizen)
    return [(each.session_id, each.minutes, each.pages) for each in found.sessions]


def test_minutes_and_pages_of_a_dossier_count_from_the_joining(stations: Stations) -> None:
    citizen, dossier, other = stations.citizen(), str(uuid4()), str(uuid4())
    asked = stations.request(citizen)
    session = asked.session.id
    for part in ("child-name", "child-birth"):  # shown before anybody guides: only the last is open then
        stations.show(citizen, session, guidance_pb2.Place(page="form", part=part), dossier)
    assert given(stations, citizen, dossier) == []
    stations.join(asked.code)
    assert given(stations, citizen, dossier) == [(session, 1, 1)]
    for part in ("child-birth", "mother", "mother"):
        stations.show(citizen, session, guidance_pb2.Place(page="form", part=part), dossier)
    stations.show(citizen, session, guidance_pb2.Place(page="check"), dossier)
    stations.show(citizen, session, guidance_pb2.Place(page="form", part="wife"), other)
    forward(stations.clock, minutes=7, seconds=59)
    assert given(stations, citizen, dossier) == [(session, 7, 3)]
    assert given(stations, citizen, other) == [(session, 7, 1)]
    forward(stations.clock, hours=3)
    assert given(stations, citizen, dossier) == [(session, 30, 3)]
    assert given(stations, stations.citizen(), dossier) == []
    assert given(stations, citizen, str(uuid4())) == []


def test_pages_shown_after_the_end_do_not_count(stations: Stations) -> None:
    citizen, session = stations.opened()
    stations.end(citizen, session)
    stations.show(citizen, session, PLACE, str(uuid4()))
    assert stations.rows(GuidedPageRow) == []


# --- consents


def consents(stations: Stations, citizen: str) -> list[guidance_pb2.Consent]:
    return list(stations.call("ListOwnConsents", guidance_pb2.ListOwnConsentsRequest(), citizen).consents)


def test_consents_are_listed_newest_first_and_withdrawn_once(stations: Stations) -> None:
    citizen = stations.citizen()
    stations.request(citizen)
    forward(stations.clock, minutes=1)
    waiting = stations.request(citizen).session
    newest, oldest = consents(stations, citizen)
    assert newest.id == waiting.consent_id
    assert (newest.purpose, newest.text_version, newest.ward) == ("guided-session", "2026-11-29", NAM_DUONG)
    assert newest.station_name == "Nhà văn hóa tổ 12"
    assert newest.given_at.ToDatetime() > oldest.given_at.ToDatetime()
    asked = guidance_pb2.WithdrawConsentRequest(id=newest.id)
    first = stations.call("WithdrawConsent", asked, citizen)
    forward(stations.clock, seconds=5)
    assert stations.call("WithdrawConsent", asked, citizen).withdrawn_at == first.withdrawn_at
    assert stations.own(citizen).ended_because == "consent-withdrawn"
    assert stations.audited("withdraw-consent") == 1


def test_nobody_withdraws_or_reads_anothers_consent(stations: Stations) -> None:
    citizen, stranger = stations.citizen(), stations.citizen()
    consent = stations.request(citizen).session.consent_id
    for id in (consent, str(uuid4()), "nonsense"):
        no = refusal(stations.call, "WithdrawConsent", guidance_pb2.WithdrawConsentRequest(id=id), stranger)
        assert (no.kind, no.type) == (Kind.NOT_FOUND, "unknown-consent")
    assert consents(stations, stranger) == []
    assert stations.own(citizen).state == "waiting"


def test_the_text_agreed_to_and_the_terms_are_public(stations: Stations) -> None:
    text = stations.call("GetConsentText", guidance_pb2.GetConsentTextRequest(purpose="guided-session"))
    assert text.version == "2026-11-29"
    assert len(text.parts) > 4
    again = guidance_pb2.GetConsentTextRequest(purpose="guided-session", version=text.version)
    assert stations.call("GetConsentText", again) == text
    for unknown in ({"purpose": "spam"}, {"purpose": "guided-session", "version": "2000-01-01"}):
        asked = guidance_pb2.GetConsentTextRequest(**unknown)
        assert refusal(stations.call, "GetConsentText", asked).type == "unknown-text"
    terms = stations.call("ListTerms", guidance_pb2.ListTermsRequest()).terms
    assert len(terms) >= 20
    assert "que-quan" in {term.key for term in terms}


# --- keeping


def test_what_was_done_goes_after_a_year_and_the_consent_stays(stations: Stations) -> None:
    from services.accounts.storage import guidance as storage

    citizen, session = stations.opened()
    stations.guide(session, "explained", "que-quan")
    stations.show(citizen, session, PLACE, str(uuid4()))
    for days, left in ((364, 1), (2, 0)):
        forward(stations.clock, days=days)
        with stations.accounts.cells[NAM_DUONG].database.transaction() as database:
            storage.purge(database, stations.clock.now())
        assert [len(stations.rows(kind)) for kind in (GuidedSessionRow, GuidanceRow, GuidedPageRow)] == [left] * 3
    assert len(consents(stations, citizen)) == 1
