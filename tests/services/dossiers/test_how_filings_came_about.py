"""Alone, at a station, guided by a volunteer, or at the counter: each filing tells, in the dossier and its event."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest
from caunoi.accounts.v1 import guidance_pb2
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from caunoi.dossiers.v1 import events_pb2
from google.protobuf.empty_pb2 import Empty
from sqlalchemy import func, select

from services.chassis.database.tables import AuditRow
from services.chassis.refusal import Kind
from services.chassis.tokens import load_verifier
from services.dossiers.domain.assistance import GuidedBy, assistance
from services.dossiers.tables import GuidedByRow
from tests.services.dossiers.world import HOA, NAM_DUONG, SAU, STRANGER, THANH_BINH, World, refused

STATION = "5ca1ab1e-0000-4000-8000-000000000000"
FIRST, SECOND = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"


def note(world: World, dossier_id: str, session: str = FIRST, ward: str = NAM_DUONG, who: object = SAU) -> None:
    request = pb.NoteGuidedSessionRequest(dossier_id=dossier_id, ward=ward, session_id=session)
    assert world.call("NoteGuidedSession", request, who) == Empty()  # type: ignore[arg-type]


def gave(session: str, minutes: int, pages: int) -> guidance_pb2.GuidedSessionOfDossier:
    return guidance_pb2.GuidedSessionOfDossier(session_id=session, station_id=STATION, minutes=minutes, pages=pages)


def file(world: World, draft: pb.Dossier, kiosk: str = "") -> pb.Dossier:
    return world.submit(draft.id, world.confirm(draft.id).id, kiosk=kiosk).dossier


def told(world: World, dossier_id: str) -> events_pb2.DossierSubmitted:
    return events_pb2.DossierSubmitted.FromString(world.events(key=dossier_id)[0].payload)


def noted(world: World) -> set[tuple[str, str]]:
    with world.cells[NAM_DUONG].database.transaction() as session:
        return {(row.ward, row.session_id) for row in session.scalars(select(GuidedByRow))}


def test_a_filing_at_home_asks_no_ward_about_guidance(world: World) -> None:
    dossier = file(world, world.ready())
    assert (dossier.assistance, dossier.assisted) == ("alone", pb.Assistance(how="alone"))
    event = told(world, dossier.id)
    assert (event.assistance, event.station_ward, event.station_id, list(event.guided)) == ("alone", "", "", [])
    assert world.accounts.asked_of_guidance == []


def test_a_draft_tells_nothing_yet(world: World) -> None:
    draft = world.ready()
    note(world, draft.id)
    assert not world.get(draft.id).HasField("assisted")


def test_a_filing_at_a_stations_computer_tells_the_station_of_whichever_ward(world: World) -> None:
    dossier = file(world, world.ready(), world.kiosk(STATION, THANH_BINH))
    wanted = pb.Assistance(how="station", station_ward=THANH_BINH, station_id=STATION)
    assert (dossier.assistance, dossier.assisted) == ("station", wanted)
    assert world.get(dossier.id, HOA).assisted == wanted
    event = told(world, dossier.id)
    assert (event.assistance, event.station_ward, event.station_id) == ("station", THANH_BINH, STATION)


def test_a_guided_filing_tells_sessions_minutes_and_pages(world: World) -> None:
    draft = world.ready()
    note(world, draft.id)
    note(world, draft.id)
    note(world, draft.id, SECOND, THANH_BINH)
    world.accounts.given = {NAM_DUONG: [gave(FIRST, 17, 6)], THANH_BINH: [gave(SECOND, 5, 2)]}
    dossier = file(world, draft, world.kiosk(STATION))
    assert dossier.assisted == pb.Assistance(
        how="helped",
        station_ward=NAM_DUONG,
        station_id=STATION,
        guided=[
            pb.GuidedBy(ward=NAM_DUONG, session_id=FIRST, minutes=17, pages=6),
            pb.GuidedBy(ward=THANH_BINH, session_id=SECOND, minutes=5, pages=2),
        ],
    )
    event = told(world, dossier.id)
    assert (event.assistance, event.station_id) == ("helped", STATION)
    assert [(each.ward, each.session_id, each.minutes, each.pages) for each in event.guided] == [
        (THANH_BINH, SECOND, 5, 2),
        (NAM_DUONG, FIRST, 17, 6),
    ]
    assert world.get(dossier.id).assisted == dossier.assisted
    assert world.accounts.asked_of_guidance == [(ward, SAU.id, draft.id) for ward in (THANH_BINH, NAM_DUONG)]


def test_a_silent_ward_delays_no_filing_and_its_session_stays_noted_and_counts_for_nothing(world: World) -> None:
    draft = world.ready()
    note(world, draft.id)
    world.accounts.no_word_from = {NAM_DUONG}
    started = time.monotonic()
    dossier = file(world, draft)
    assert time.monotonic() - started < 5
    assert dossier.assisted == pb.Assistance(how="alone"), "an invented session must not make a filing guided"
    assert list(told(world, dossier.id).guided) == []
    assert noted(world) == {(NAM_DUONG, FIRST)}


def test_a_silent_wards_session_does_not_stand_beside_a_confirmed_one(world: World) -> None:
    draft = world.ready()
    note(world, draft.id)
    note(world, draft.id, SECOND, THANH_BINH)
    world.accounts.given = {THANH_BINH: [gave(SECOND, 5, 2)]}
    world.accounts.no_word_from = {NAM_DUONG}
    dossier = file(world, draft)
    confirmed = pb.GuidedBy(ward=THANH_BINH, session_id=SECOND, minutes=5, pages=2)
    assert dossier.assisted == pb.Assistance(how="helped", guided=[confirmed])
    assert len(noted(world)) == 2


def test_a_session_that_its_own_ward_does_not_know_does_not_count(world: World) -> None:
    """A citizen's client may note what it likes."""
    draft = world.ready()
    note(world, draft.id, str(uuid4()))
    world.accounts.given = {NAM_DUONG: []}
    dossier = file(world, draft, world.kiosk(STATION))
    assert (dossier.assistance, list(dossier.assisted.guided)) == ("station", [])
    assert noted(world) == set()


def test_a_session_that_its_ward_knows_counts_although_it_was_not_noted(world: World) -> None:
    draft = world.ready()
    note(world, draft.id)
    world.accounts.given = {NAM_DUONG: [gave(FIRST, 3, 1), gave(SECOND, 4, 2)]}
    dossier = file(world, draft)
    assert [(each.session_id, each.minutes) for each in dossier.assisted.guided] == [(FIRST, 3), (SECOND, 4)]


def test_a_filing_by_the_desk_counts_as_counter_also_after_guidance(world: World) -> None:
    dossier = world.brought().dossier
    assert (dossier.assistance, dossier.assisted) == ("counter", pb.Assistance(how="counter"))
    assert told(world, dossier.id).assistance == "counter"


def test_only_the_owner_of_a_draft_notes_a_session(world: World) -> None:
    draft = world.ready()
    request = pb.NoteGuidedSessionRequest(dossier_id=draft.id, ward=NAM_DUONG, session_id=FIRST)
    assert refused(lambda: world.call("NoteGuidedSession", request, STRANGER)).kind is Kind.NOT_FOUND
    assert refused(lambda: world.call("NoteGuidedSession", request, HOA)).kind is Kind.FORBIDDEN
    assert refused(lambda: note(world, draft.id, "no session")).type == "invalid-field"
    assert refused(lambda: note(world, draft.id, ward="99999")).type == "invalid-field"
    filed = file(world, draft)
    assert refused(lambda: note(world, filed.id)).type == "wrong-state"
    assert noted(world) == set()


def test_a_draft_notes_twenty_sessions_at_most_and_each_once(world: World) -> None:
    draft = world.ready()
    for _ in range(2):
        for number in range(25):
            note(world, draft.id, f"00000000-0000-4000-8000-0000000000{number:02}")
    assert len(noted(world)) == 20
    with world.cells[NAM_DUONG].database.transaction() as session:
        query = select(func.count()).select_from(AuditRow).where(AuditRow.action == "note-guidance")
        assert session.scalar(query) == 20


@pytest.mark.parametrize(
    ("channel", "station", "guided", "wanted"),
    [
        ("online", "", (), "alone"),
        ("post", "", (), "alone"),
        ("online", STATION, (), "station"),
        ("online", "", (GuidedBy(NAM_DUONG, FIRST, 5, 2),), "helped"),
        ("online", STATION, (GuidedBy(NAM_DUONG, FIRST, 5, 2),), "helped"),
        ("counter", STATION, (GuidedBy(NAM_DUONG, FIRST, 5, 2),), "counter"),
    ],
)
def test_the_most_help_counts(channel: str, station: str, guided: tuple[GuidedBy, ...], wanted: str) -> None:
    assert assistance(channel, station, guided) == wanted


def test_findings_tell_whether_a_volunteer_may_know_their_check(world: World) -> None:
    """A missing answer reveals nothing, except at a question that only an unmarried mother is asked."""
    draft = world.draft()
    mothers = {"child": {"situation": "usual", "birth_date": "2021-01-01"}, "mother": {"known": True}}
    found = world.save(draft.id, {**mothers, "father": {"known": False}}).findings
    harmless = {(each.field, each.check): each.harmless for each in found}
    assert harmless["/child/full_name", "required"]
    assert harmless["/mother/full_name", "required"]
    assert harmless["/child/birth_date", "birth-date"]
    assert not harmless["/parents/husband_lately", "required"]


def test_the_filer_alone_learns_what_a_volunteer_may_be_told(world: World) -> None:
    draft = world.ready()
    assert {"/child/full_name", "page/child-name", "documents/requester-identity"} <= set(world.get(draft.id).tellable)
    filed = file(world, draft)
    assert list(world.get(filed.id, HOA).tellable) == []


def test_at_a_filing_a_stations_ward_gets_the_services_token_and_never_the_persons(world: World) -> None:
    """A ward that is broken into could act with the person's until it ends (docs/decisions/0047)."""
    draft = world.ready()
    note(world, draft.id, SECOND, THANH_BINH)
    world.accounts.given = {THANH_BINH: [gave(SECOND, 5, 2)]}
    assert file(world, draft, world.kiosk(STATION, THANH_BINH)).assistance == "helped"
    verifier = load_verifier(world.settings.trusted_keys_file)

    def whose(ward: str) -> dict[str, set[str]]:
        """RPC of a ward → the people named by the tokens that came with it, in any metadata."""
        found: dict[str, set[str]] = {}
        for rpc, sent in world.accounts.heard:
            if sent["x-caunoi-ward"] == ward:
                words = [word for value in sent.values() for word in value.split() if word.startswith("ey")]
                found.setdefault(rpc, set()).update(verifier.verify(word).id for word in words)
        return found

    assert whose(THANH_BINH) == {"ListGuidedSessionsOfDossier": {"service:dossiers"}}
    assert whose(NAM_DUONG)["RedeemOneTimeCode"] == {SAU.id}  # the same look finds the person's where it belongs
