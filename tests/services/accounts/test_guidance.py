"""Guided sessions over gRPC and PostgreSQL: asked for, guided, told at the filing, kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from caunoi.accounts.v1 import guidance_pb2

from services.accounts.adapters.wording import TERMS
from services.accounts.tables import (
    ConsentRow,
    DeviceRow,
    GuidanceRow,
    GuidedPageRow,
    GuidedSessionRow,
    PhraseRow,
    StationRow,
)
from services.chassis.refusal import Kind
from services.chassis.tokens import Role
from tests.services.accounts.service import NAM_DUONG, THANH_BINH
from tests.services.accounts.station import PLACE, Stations, consents, forward, refusal

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
    asked = guidance_pb2.RequestGuidedSessionRequest(text_version="2026-11-28", place=PLACE)
    no = refusal(stations.call, "RequestGuidedSession", asked, stations.citizen(), kiosk)
    assert no.kind is (Kind.UNAUTHENTICATED if what == "scanner" else Kind.FORBIDDEN)
    assert stations.rows(GuidedSessionRow) == [] == stations.rows(ConsentRow)


def test_nobody_is_guided_at_a_closed_station(stations: Stations) -> None:
    stations.change(StationRow, stations.station, closed_at=stations.clock.now())
    no = refusal(stations.request, stations.citizen())
    assert (no.kind, no.type) == (Kind.CONFLICT, "station-closed")
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
def test_only_questions_of_the_page_and_items_of_the_lists_can_be_sent(
    stations: Stations, kind: str, subject: str
) -> None:
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


def test_that_a_citizens_browser_was_heard_of_is_written_every_few_seconds_at_most(stations: Stations) -> None:
    citizen, session = stations.opened()
    before = stations.guided(session).citizen_seen_at
    forward(stations.clock, seconds=4)
    stations.show(citizen, session)
    assert stations.guided(session).citizen_seen_at == before
    stations.own(citizen)
    assert stations.guided(session).citizen_seen_at == before
    forward(stations.clock, seconds=2)
    stations.show(citizen, session, guidance_pb2.Place(page="check"))
    assert stations.guided(session).citizen_seen_at.ToDatetime() - before.ToDatetime() == timedelta(seconds=6)


# --- the event of a filing


def given(stations: Stations, citizen: str, dossier: str) -> list[tuple[str, int, int]]:
    """The other ward, as the event of a filing names it."""
    who = stations.accounts.named_by(citizen)
    asked = guidance_pb2.ListGuidedSessionsOfDossierRequest(dossier_id=dossier, account_id=who.id)
    service = stations.accounts.service_token("dossiers", who.ward, to=stations.ward)
    found = stations.call("ListGuidedSessionsOfDossier", asked, service)
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
