"""A ward's stations: the public timetable, and what the ward's administrator changes."""

from __future__ import annotations

from flask import Response

from gateway import feeds, rpcs
from gateway.api import station_answers as answers
from gateway.api.encode import Json, encode
from gateway.api.operations import api
from gateway.api.station_requests import (
    Cancellation,
    DutyDays,
    NewDuty,
    NewStation,
    NewVolunteer,
    SavedOpening,
    SavedPhrase,
    SavedStation,
    StationDays,
)
from gateway.models import Nothing
from gateway.wards import WardClient, wards
from services.chassis.clock import SystemClock, day_in_vietnam
from services.chassis.refusal import not_found

_STATION = "/wards/<ward>/stations"
_OPENINGS = _STATION + "/<uuid:station>/openings"
_OPENING = _OPENINGS + "/<uuid:opening>"

api.relay(
    "GET",
    _STATION,
    rpcs.LIST_STATIONS,
    id="listStations",
    tag="stations",
    summary="The stations of a ward where volunteers guide, and when they are open",
    description="A closed station is listed while it has opening sessions in these days; its future ones are called "
    "off.",
    signed_in=False,
    query=StationDays,
    answer=answers.Stations,
)


@api.operation(
    "GET",
    _STATION + ".ics",
    id="getTimetable",
    calls=(rpcs.LIST_STATIONS,),
    tag="stations",
    summary="The opening sessions of a ward's stations as iCalendar, to subscribe to",
    description="From a week ago to 54 days from now. A session that was called off, or whose station was closed, "
    "stays as `STATUS:CANCELLED` with a higher `SEQUENCE`.",
    signed_in=False,
    media_types=("text/calendar",),
)
def get_timetable(ward: WardClient) -> Response:
    now = SystemClock().now()
    since, until = feeds.days(day_in_vietnam(now))
    found = ward.call(rpcs.LIST_STATIONS, since=since, until=until).stations
    return Response(feeds.calendar(wards().ward(ward.code), found, now), content_type=feeds.MEDIA_TYPE)


api.relay(
    "GET",
    "/wards/<ward>/administration/stations",
    rpcs.LIST_ADMINISTERED_STATIONS,
    id="listAdministeredStations",
    tag="stations",
    summary="All stations, also the closed ones, for the ward's administrator",
    query=StationDays,
    answer=answers.Stations,
)
api.relay(
    "GET",
    _STATION + "/<uuid:station>",
    rpcs.GET_STATION,
    id="getStation",
    tag="stations",
    summary="A station, also a closed one, without its opening sessions",
    signed_in=False,
    answer=answers.Station,
)
api.relay(
    "POST",
    _STATION,
    rpcs.SAVE_STATION,
    id="addStation",
    tag="stations",
    summary="Add a station",
    body=NewStation,
    answer=answers.Station,
    status=201,
    location="/wards/{ward}/stations/{id}",
    creates=True,
)
api.relay(
    "PUT",
    _STATION + "/<uuid:station>",
    rpcs.SAVE_STATION,
    id="saveStation",
    tag="stations",
    summary="Change a station, or close it",
    description="It replaces everything: members that are left out become empty.",
    body=SavedStation,
    answer=answers.Station,
    edits=True,
)
api.relay(
    "POST",
    _OPENINGS,
    rpcs.SAVE_OPENING,
    id="addOpening",
    tag="stations",
    summary="Add an opening session",
    body=SavedOpening,
    answer=answers.Opening,
    status=201,
    location="/wards/{ward}/stations/{station}/openings/{id}",
    creates=True,
)
api.relay(
    "GET",
    _OPENING,
    rpcs.GET_OPENING,
    id="getOpening",
    tag="stations",
    summary="An opening session",
    signed_in=False,
    answer=answers.Opening,
)
api.relay(
    "PUT",
    _OPENING,
    rpcs.SAVE_OPENING,
    id="saveOpening",
    tag="stations",
    summary="Change an opening session that is not over",
    description="It replaces everything: a `note` that is left out becomes empty.",
    body=SavedOpening,
    answer=answers.Opening,
    edits=True,
)
api.relay(
    "POST",
    _OPENING + "/cancellation",
    rpcs.CANCEL_OPENING,
    id="cancelOpening",
    tag="stations",
    summary="Call an opening session off; the timetable shows it as such",
    description="Guided sessions on its duties end. Calling it off again with another note replaces the note.",
    body=Cancellation,
    answer=answers.Opening,
    creates=True,
    edits=True,
)
api.relay(
    "GET",
    "/wards/<ward>/volunteers",
    rpcs.LIST_VOLUNTEERS,
    id="listVolunteers",
    tag="stations",
    summary="The ward's volunteers, by name",
    answer=answers.Volunteers,
)
api.relay(
    "POST",
    "/wards/<ward>/volunteers",
    rpcs.ADD_VOLUNTEER,
    id="addVolunteer",
    tag="stations",
    summary="Add a volunteer; only this answer has the first password",
    description="It works once, to set another password: `createSession` with a `new_password`.",
    body=NewVolunteer,
    answer=answers.FirstPassword,
    status=201,
    creates=True,
)
api.relay(
    "POST",
    "/wards/<ward>/volunteers/<uuid:volunteer>/password",
    rpcs.RENEW_PASSWORD,
    id="renewPassword",
    tag="stations",
    summary="Give a volunteer a new first password; the one before becomes void",
    description="They have to sign in again everywhere.",
    body=Nothing,
    answer=answers.FirstPassword,
    status=201,
    creates=True,
)
api.relay(
    "GET",
    "/wards/<ward>/duties",
    rpcs.LIST_DUTIES,
    id="listDuties",
    tag="stations",
    summary="Who is on duty on some days: everybody's duties for the administrator, their own for a volunteer",
    query=DutyDays,
    answer=answers.Duties,
)
api.relay(
    "POST",
    "/wards/<ward>/duties",
    rpcs.PUT_ON_DUTY,
    id="putOnDuty",
    tag="stations",
    summary="Put a volunteer on duty for an opening session",
    description="Nobody can be on duty for two sessions that overlap: 409 `duty-overlaps` names the other one.",
    body=NewDuty,
    answer=answers.Duty,
    status=201,
    creates=True,
)
api.relay(
    "DELETE",
    "/wards/<ward>/duties/<uuid:duty>",
    rpcs.TAKE_OFF_DUTY,
    id="takeOffDuty",
    tag="stations",
    summary="Take a volunteer off duty; the guided sessions on that duty end",
    answer=answers.Duty,
    unversioned="it is named by its id, and repeating the call changes nothing.",
)
api.relay(
    "GET",
    "/wards/<ward>/phrases",
    rpcs.LIST_PHRASES,
    id="listPhrases",
    tag="stations",
    summary="The set phrases that volunteers send",
    answer=answers.Phrases,
)
api.relay(
    "POST",
    "/wards/<ward>/phrases",
    rpcs.SAVE_PHRASE,
    id="addPhrase",
    tag="stations",
    summary="Add a phrase",
    body=SavedPhrase,
    answer=answers.Phrase,
    status=201,
    location="/wards/{ward}/phrases/{id}",
    creates=True,
)


@api.operation(
    "GET",
    "/wards/<ward>/phrases/<uuid:phrase>",
    id="getPhrase",
    calls=(rpcs.LIST_PHRASES,),
    refuses="404 unknown-phrase",
    tag="stations",
    summary="A phrase that is in use",
    answer=answers.Phrase,
)
def get_phrase(ward: WardClient, phrase: str) -> Json:
    for one in ward.call(rpcs.LIST_PHRASES).phrases:
        if one.id == phrase:
            return encode(answers.Phrase, one)
    raise not_found("unknown-phrase", "Không có câu soạn sẵn này.")


api.relay(
    "PUT",
    "/wards/<ward>/phrases/<uuid:phrase>",
    rpcs.SAVE_PHRASE,
    id="savePhrase",
    tag="stations",
    summary="Change a phrase; sessions in which it was sent keep the words that were sent",
    body=SavedPhrase,
    answer=answers.Phrase,
    edits=True,
)
api.relay(
    "DELETE",
    "/wards/<ward>/phrases/<uuid:phrase>",
    rpcs.RETIRE_PHRASE,
    id="retirePhrase",
    tag="stations",
    summary="Remove a phrase from the list",
    answer=answers.Phrase,
    unversioned="it is named by its id, and repeating the call changes nothing.",
)
