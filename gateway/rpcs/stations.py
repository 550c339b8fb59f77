"""Stations, their people and devices, and guided sessions, which the accounts service keeps."""

from __future__ import annotations

from caunoi.accounts.v1 import accounts_pb2 as accounts_v1
from caunoi.accounts.v1 import guidance_pb2 as guidance_v1
from caunoi.accounts.v1 import stations_pb2 as stations_v1
from google.protobuf.empty_pb2 import Empty

from gateway.rpc import ADMIN, APPLICANT, GUIDED, VOLUNTEER, Rpc
from services.chassis.grpc.rules import PUBLIC, of_any_ward, of_ward
from services.chassis.tokens import Role

LIST_ADMINISTERED_STATIONS = Rpc(
    stations_v1.ListAdministeredStationsRequest, accounts_v1.ListStationsResponse, by=ADMIN, refuses="400 invalid-days"
)
GET_STATION = Rpc(stations_v1.GetStationRequest, accounts_v1.Station, by=PUBLIC, refuses="404 unknown-station")
GET_OPENING = Rpc(stations_v1.GetOpeningRequest, accounts_v1.Opening, by=PUBLIC, refuses="404 unknown-opening")
SAVE_STATION = Rpc(
    stations_v1.SaveStationRequest,
    accounts_v1.Station,
    by=ADMIN,
    refuses="400 invalid-station 404 unknown-station 409 station-exists 412 stale-version",
)
SAVE_OPENING = Rpc(
    stations_v1.SaveOpeningRequest,
    accounts_v1.Opening,
    by=ADMIN,
    refuses="400 invalid-field invalid-opening 404 unknown-opening unknown-station 409 "
    "opening-cancelled opening-over openings-overlap station-closed 412 stale-version",
)
CANCEL_OPENING = Rpc(
    stations_v1.CancelOpeningRequest,
    accounts_v1.Opening,
    by=ADMIN,
    refuses="400 invalid-field 404 unknown-opening 409 opening-over 412 stale-version",
)
ADD_VOLUNTEER = Rpc(
    stations_v1.AddVolunteerRequest,
    stations_v1.FirstPassword,
    seconds=5,  # hashes a password
    by=ADMIN,
    refuses="400 invalid-field 409 username-taken",
)
RENEW_PASSWORD = Rpc(
    stations_v1.RenewPasswordRequest, stations_v1.FirstPassword, seconds=5, by=ADMIN, refuses="404 unknown-volunteer"
)
LIST_VOLUNTEERS = Rpc(stations_v1.ListVolunteersRequest, stations_v1.ListVolunteersResponse, by=ADMIN)
PUT_ON_DUTY = Rpc(
    stations_v1.PutOnDutyRequest,
    stations_v1.Duty,
    by=ADMIN,
    refuses="404 unknown-opening unknown-volunteer 409 duty-overlaps opening-cancelled opening-over",
)
TAKE_OFF_DUTY = Rpc(stations_v1.TakeOffDutyRequest, stations_v1.Duty, by=ADMIN, refuses="404 unknown-duty")
LIST_DUTIES = Rpc(
    stations_v1.ListDutiesRequest,
    stations_v1.ListDutiesResponse,
    by=of_ward(Role.VOLUNTEER, Role.WARD_ADMIN),
    refuses="400 invalid-days",
)
ADD_DEVICE = Rpc(
    stations_v1.AddDeviceRequest,
    stations_v1.EnrolmentCode,
    by=ADMIN,
    refuses="400 invalid-field 404 unknown-station 409 station-closed",
)
RENEW_ENROLMENT_CODE = Rpc(
    stations_v1.RenewEnrolmentCodeRequest,
    stations_v1.EnrolmentCode,
    by=ADMIN,
    refuses="404 unknown-device 409 device-revoked",
)
REVOKE_DEVICE = Rpc(stations_v1.RevokeDeviceRequest, stations_v1.Device, by=ADMIN, refuses="404 unknown-device")
LIST_DEVICES = Rpc(stations_v1.ListDevicesRequest, stations_v1.ListDevicesResponse, by=ADMIN)
ENROL_DEVICE = Rpc(
    stations_v1.EnrolDeviceRequest,
    stations_v1.EnrolledDevice,
    keyed=False,
    by=PUBLIC,
    refuses="400 invalid-field wrong-code 409 code-expired code-used 429 too-many-codes-tried",
)
OPEN_DEVICE_SESSION = Rpc(
    stations_v1.OpenDeviceSessionRequest,
    stations_v1.DeviceSession,
    repeatable=True,
    keyed=False,
    by=PUBLIC,
    refuses="401 device-not-enrolled",
)
CLEAR_KIOSK = Rpc(
    stations_v1.ClearKioskRequest,
    Empty,
    repeatable=True,
    keyed=False,
    by=of_ward(Role.KIOSK),
    refuses="401 device-not-enrolled",
)
LIST_SCANNERS = Rpc(
    stations_v1.ListScannersRequest, stations_v1.ListScannersResponse, by=APPLICANT, refuses="403 not-at-a-station"
)
REQUEST_SCAN = Rpc(
    stations_v1.RequestScanRequest,
    Empty,
    by=APPLICANT,
    refuses="400 invalid-field 403 not-at-a-station 404 unknown-scanner 503 scanner-unreachable",
)
TAKE_SCAN = Rpc(
    stations_v1.TakeScanRequest,
    stations_v1.TakeScanResponse,
    keyed=False,
    by=of_ward(Role.SCANNER),
    refuses="401 device-not-enrolled",
)
LIST_PHRASES = Rpc(
    stations_v1.ListPhrasesRequest, stations_v1.ListPhrasesResponse, by=of_ward(Role.VOLUNTEER, Role.WARD_ADMIN)
)
SAVE_PHRASE = Rpc(
    stations_v1.SavePhraseRequest,
    stations_v1.Phrase,
    by=ADMIN,
    refuses="400 invalid-field 404 unknown-phrase 409 too-many-phrases 412 stale-version",
)
RETIRE_PHRASE = Rpc(stations_v1.RetirePhraseRequest, stations_v1.Phrase, by=ADMIN, refuses="404 unknown-phrase")

OPEN_VISIT = Rpc(
    guidance_v1.OpenVisitRequest,
    guidance_v1.Visit,
    repeatable=True,
    keyed=False,
    by=of_ward(Role.KIOSK),
    refuses="401 device-not-enrolled",
)
CLAIM_VISIT = Rpc(guidance_v1.ClaimVisitRequest, Empty, by=APPLICANT, refuses="400 invalid-visit 403 not-at-a-station")
REQUEST_GUIDED_SESSION = Rpc(
    guidance_v1.RequestGuidedSessionRequest,
    guidance_v1.RequestGuidedSessionResponse,
    by=GUIDED,
    refuses="400 invalid-place 403 not-at-a-station 404 unknown-guided-session unknown-station 409 "
    "station-closed text-changed",
)
GET_OWN_GUIDED_SESSION = Rpc(
    guidance_v1.GetOwnGuidedSessionRequest, guidance_v1.OwnGuidedSession, by=GUIDED, refuses="404 no-guided-session"
)
SHOW_PLACE = Rpc(
    guidance_v1.ShowPlaceRequest,
    guidance_v1.OwnGuidedSession,
    seconds=1,
    repeatable=True,
    keyed=False,
    by=GUIDED,
    refuses="400 invalid-field invalid-place 404 unknown-guided-session",
)
END_GUIDED_SESSION = Rpc(
    guidance_v1.EndGuidedSessionRequest,
    Empty,
    by=of_any_ward(Role.CITIZEN, here=frozenset({Role.VISITOR, Role.VOLUNTEER})),
    refuses="400 invalid-field 404 unknown-guided-session",
)
JOIN_GUIDED_SESSION = Rpc(
    guidance_v1.JoinGuidedSessionRequest,
    guidance_v1.GuidedSession,
    repeatable=True,
    keyed=False,
    by=VOLUNTEER,
    refuses="400 which-duty wrong-code 403 not-on-duty 404 unknown-guided-session 409 code-expired "
    "code-of-other-station code-used guided-session-ended 429 too-many-codes-tried",
)
GET_GUIDED_SESSION = Rpc(
    guidance_v1.GetGuidedSessionRequest, guidance_v1.GuidedSession, by=VOLUNTEER, refuses="404 unknown-guided-session"
)
LIST_GUIDED_SESSIONS = Rpc(guidance_v1.ListGuidedSessionsRequest, guidance_v1.ListGuidedSessionsResponse, by=VOLUNTEER)
GUIDE = Rpc(
    guidance_v1.GuideRequest,
    guidance_v1.GuidedSession,
    by=VOLUNTEER,
    refuses="400 invalid-guidance 404 unknown-guided-session 409 guided-session-ended too-much-guidance",
)
LIST_TERMS = Rpc(guidance_v1.ListTermsRequest, guidance_v1.ListTermsResponse, by=PUBLIC)
WATCH_GUIDED_SESSIONS = Rpc(
    guidance_v1.WatchGuidedSessionsRequest,
    guidance_v1.WatchGuidedSessionsResponse,
    seconds=2,  # by the streams
    repeatable=True,
    keyed=False,
    by=PUBLIC,
    refuses="400 invalid-field",
)
NOTE_PRESENCE = Rpc(
    guidance_v1.NotePresenceRequest,
    Empty,
    seconds=2,  # by the streams
    repeatable=True,
    keyed=False,
    by=PUBLIC,
    refuses="400 invalid-field",
)
GET_CONSENT_TEXT = Rpc(
    guidance_v1.GetConsentTextRequest, guidance_v1.ConsentText, by=PUBLIC, refuses="404 unknown-text"
)
LIST_OWN_CONSENTS = Rpc(guidance_v1.ListOwnConsentsRequest, guidance_v1.ListOwnConsentsResponse, by=APPLICANT)
WITHDRAW_CONSENT = Rpc(
    guidance_v1.WithdrawConsentRequest, guidance_v1.Consent, by=GUIDED, refuses="404 unknown-consent"
)
