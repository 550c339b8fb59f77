"""The services' RPCs as the gateway calls them; those of the acts on a dossier stand in `acts.py`.

Each stands here once, with its deadline. Which method it is follows from its request: one type a method (buf lint).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, ParamSpec, TypeVar, cast

from caunoi.accounts.v1 import accounts_pb2 as accounts
from caunoi.accounts.v1 import guidance_pb2 as guidance
from caunoi.accounts.v1 import households_pb2 as households
from caunoi.accounts.v1 import learning_pb2 as learning
from caunoi.accounts.v1 import recovery_pb2 as recovery
from caunoi.accounts.v1 import staff_pb2 as staff
from caunoi.accounts.v1 import stations_pb2 as stations
from caunoi.dossiers.v1 import captures_pb2 as captures
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers
from caunoi.notifications.v1 import notifications_pb2 as notifications
from google.protobuf.descriptor import Descriptor
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message

from services.chassis.grpc.rules import PUBLIC, Rule, not_in_practice, of_any_ward, of_practice, of_ward, passed_on
from services.chassis.tokens import OFFICE, UNKNOWN, Role

Fields = ParamSpec("Fields")
Answer_co = TypeVar("Answer_co", bound=Message, covariant=True)

#: Who may call: people of a ward by their roles, or of any ward where the name says no more.
PEOPLE = of_ward(*(role for role in Role if role not in UNKNOWN | {Role.SERVICE}))
RESIDENT = not_in_practice(of_ward(Role.CITIZEN))
APPLICANT = of_any_ward(Role.CITIZEN)
GUIDED = of_any_ward(Role.CITIZEN, here=frozenset({Role.VISITOR}))
VOLUNTEER = of_ward(Role.VOLUNTEER)
ADMIN = of_ward(Role.WARD_ADMIN)
REAL_ADMIN = not_in_practice(ADMIN)
STAFF = not_in_practice(of_ward(*OFFICE, Role.WARD_ADMIN, Role.VOLUNTEER))
OFFICER = of_ward(Role.CIVIL_STATUS_OFFICER)
SIGNER = of_ward(Role.SIGNER)
OFFICER_OR_SIGNER = of_ward(Role.CIVIL_STATUS_OFFICER, Role.SIGNER)
OFFICER_OR_ADMIN = of_ward(Role.CIVIL_STATUS_OFFICER, Role.WARD_ADMIN)
DESK = of_ward(Role.RECEPTIONIST, Role.CIVIL_STATUS_OFFICER)
BY_OFFICE = of_ward(*OFFICE)
OFFICE_OR_ADMIN = of_ward(*OFFICE, Role.WARD_ADMIN)
APPLICANT_OR_DESK = of_any_ward(Role.CITIZEN, here=DESK.roles)
APPLICANT_OR_OFFICE = of_any_ward(Role.CITIZEN, here=OFFICE)

READS = ("Find", "Get", "List", "Search", "Track", "Verify")  # what the names begin with


def problems(said: str) -> Mapping[str, int]:
    """`404 unknown-dossier 409 draft-changed wrong-state`: the types of problems, each with the status before it."""
    found, status = {}, 0
    for word in said.split():
        if word.isdecimal():
            status = int(word)
        else:
            found[word] = status
    return found


class Rpc(Generic[Fields, Answer_co]):
    """An RPC: the request that it takes, the answer that it gives, and how it is called.

    `by` and `refuses` say for the document of the API who may call it, and the problems that it has beside those of any
    call (`problems`); tests hold both to the service that serves it.
    `seconds` is its deadline. What only reads is `repeatable`: it may be tried again where the service is not there;
    so is what says so. What changes something takes an idempotency key, but for what is not `keyed`.
    """

    def __init__(
        self,
        request: Callable[Fields, Message],
        answer: type[Answer_co],
        *,
        by: Rule,
        refuses: str = "",
        seconds: float = 3.0,
        repeatable: bool = False,
        keyed: bool = True,
    ) -> None:
        self.request = request
        self.answer = answer
        self.by = by
        self.refuses = problems(refuses)
        self.seconds = seconds
        self.descriptor: Descriptor = cast("Any", request).DESCRIPTOR
        (self.method,) = (
            method
            for service in self.descriptor.file.services_by_name.values()
            for method in service.methods
            if method.input_type is self.descriptor
        )
        self.name: str = self.method.name
        self.service = self.descriptor.file.package.split(".")[1]  # `accounts` of caunoi.accounts.v1
        reads = self.name.startswith(READS)
        self.repeatable = repeatable or reads
        self.keyed = keyed and not reads


OPEN_ACCOUNT = Rpc(
    accounts.OpenAccountRequest,
    accounts.OpenAccountResponse,
    seconds=5,  # hashes a password
    by=not_in_practice(PUBLIC),
    refuses="400 invalid-account 409 account-exists 429 too-many-codes 503 code-not-sent",
)
OPEN_ADMINISTRATION = Rpc(
    accounts.OpenAdministrationRequest,
    accounts.OpenAdministrationResponse,
    seconds=5,  # hashes a password
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 invalid-field invalid-password 404 unknown-link 409 username-taken",
)
PASS_SECOND_FACTOR = Rpc(
    staff.PassSecondFactorRequest,
    accounts.Session,
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 wrong-second-factor 401 second-factor-over 429 too-many-logins",
)
START_AUTHENTICATOR = Rpc(
    staff.StartAuthenticatorRequest,
    staff.StartAuthenticatorResponse,
    seconds=5,  # may hash a password
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 invalid-field wrong-password wrong-second-factor 401 second-factor-over 409 too-many-authenticators "
    "429 too-many-logins",
)
CONFIRM_AUTHENTICATOR = Rpc(
    staff.ConfirmAuthenticatorRequest,
    staff.ConfirmAuthenticatorResponse,
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 wrong-second-factor 401 second-factor-over 404 unknown-authenticator",
)
LIST_AUTHENTICATORS = Rpc(staff.ListAuthenticatorsRequest, staff.ListAuthenticatorsResponse, by=STAFF)
ASK_SECOND_FACTOR = Rpc(staff.AskSecondFactorRequest, accounts.SecondFactor, keyed=False, by=STAFF)
REMOVE_AUTHENTICATOR = Rpc(
    staff.RemoveAuthenticatorRequest,
    Empty,
    keyed=False,
    by=STAFF,
    refuses="400 wrong-second-factor 401 second-factor-over 404 unknown-authenticator 409 last-authenticator "
    "429 too-many-logins",
)
RENEW_RECOVERY_CODES = Rpc(
    staff.RenewRecoveryCodesRequest,
    staff.RecoveryCodes,
    keyed=False,
    by=STAFF,
    refuses="400 wrong-second-factor 401 second-factor-over 429 too-many-logins",
)
LIST_ADMINISTERED_STAFF = Rpc(staff.ListAdministeredStaffRequest, staff.ListAdministeredStaffResponse, by=REAL_ADMIN)
ADD_STAFF = Rpc(staff.AddStaffRequest, staff.StaffLink, by=REAL_ADMIN, refuses="400 invalid-field 409 username-taken")
CHANGE_STAFF = Rpc(
    staff.ChangeStaffRequest,
    staff.AdministeredStaff,
    by=REAL_ADMIN,
    refuses="400 invalid-field 404 unknown-staff 409 own-roles last-administrator 412 stale-version",
)
END_STAFF = Rpc(
    staff.EndStaffRequest,
    staff.AdministeredStaff,
    by=REAL_ADMIN,
    refuses="404 unknown-staff 409 last-administrator 412 stale-version",
)
RENEW_STAFF_LINK = Rpc(
    staff.RenewStaffLinkRequest, staff.StaffLink, by=REAL_ADMIN, refuses="404 unknown-staff 409 own-account"
)
RESET_SECOND_FACTOR = Rpc(
    staff.ResetSecondFactorRequest,
    staff.AdministeredStaff,
    by=REAL_ADMIN,
    refuses="400 invalid-field 404 unknown-staff 409 own-account",
)
OPEN_STAFF_ACCOUNT = Rpc(
    staff.OpenStaffAccountRequest,
    staff.OpenStaffAccountResponse,
    seconds=5,  # hashes a password
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 invalid-password 404 unknown-link",
)
VERIFY_APPLICATION = Rpc(
    accounts.VerifyApplicationRequest, accounts.VerifyApplicationResponse, by=not_in_practice(PUBLIC)
)
ACTIVATE_ACCOUNT = Rpc(
    accounts.ActivateAccountRequest,
    accounts.Account,
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 wrong-code 404 unknown-account 409 account-elsewhere account-not-pending "
    "code-expired code-for-other-content code-used too-many-tries",
)
RESEND_ACTIVATION_CODE = Rpc(
    accounts.ResendActivationCodeRequest,
    accounts.OpenAccountResponse,
    seconds=5,
    by=not_in_practice(PUBLIC),
    refuses="404 unknown-account 409 account-not-pending 429 too-many-codes 503 code-not-sent",
)
FIND_HOME_WARD = Rpc(accounts.FindHomeWardRequest, accounts.FindHomeWardResponse, by=not_in_practice(PUBLIC))
CREATE_SESSION = Rpc(
    accounts.CreateSessionRequest,
    accounts.Session,
    seconds=5,  # argon2 takes its time
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 invalid-password 401 wrong-login 409 account-closed account-elsewhere "
    "account-pending password-to-change 429 too-many-logins",
)
OPEN_PRACTICE = Rpc(
    accounts.OpenPracticeRequest,
    accounts.Session,
    keyed=False,
    by=of_practice(PUBLIC),
    refuses="409 account-exists 429 too-many-practices",
)
CHANGE_PASSWORD = Rpc(
    accounts.ChangePasswordRequest,
    accounts.Session,
    seconds=5,
    keyed=False,
    by=PEOPLE,
    refuses="400 invalid-password wrong-password 409 account-closed account-elsewhere account-pending "
    "429 too-many-logins",
)
REFRESH_SESSION = Rpc(
    accounts.RefreshSessionRequest,
    accounts.Session,
    repeatable=True,
    keyed=False,
    by=PUBLIC,
    refuses="401 session-ended 409 account-closed account-elsewhere account-pending",
)
END_SESSION = Rpc(accounts.EndSessionRequest, Empty, repeatable=True, keyed=False, by=PUBLIC)
GET_OWN_SESSION = Rpc(accounts.GetOwnSessionRequest, accounts.GetOwnSessionResponse, seconds=1.0, by=PEOPLE)
ISSUE_WARD_TOKENS = Rpc(
    accounts.IssueWardTokensRequest,
    accounts.IssueWardTokensResponse,
    repeatable=True,
    keyed=False,
    by=not_in_practice(of_ward(Role.CITIZEN, Role.KIOSK)),
    refuses="404 unknown-ward",
)
LIST_OWN_WARDS = Rpc(accounts.ListOwnWardsRequest, accounts.ListOwnWardsResponse, seconds=1.5, by=RESIDENT)
GET_OWN_ACCOUNT = Rpc(accounts.GetOwnAccountRequest, accounts.Account, by=passed_on(PEOPLE))
LIST_STATIONS = Rpc(accounts.ListStationsRequest, accounts.ListStationsResponse, by=PUBLIC, refuses="400 invalid-days")
LIST_STAFF = Rpc(accounts.ListStaffRequest, accounts.ListStaffResponse, by=BY_OFFICE)
LIST_ACCOUNTS_LOG = Rpc(
    accounts.ListOwnAccessLogRequest,
    accounts.ListOwnAccessLogResponse,
    by=of_any_ward(Role.CITIZEN, here=PEOPLE.roles),
    refuses="400 invalid-cursor",
)

REQUEST_RECOVERY = Rpc(
    recovery.RequestRecoveryRequest,
    recovery.RequestRecoveryResponse,
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 invalid-recovery 429 too-many-codes 503 code-not-sent",
)
RECOVER_ACCOUNT = Rpc(
    recovery.RecoverAccountRequest,
    Empty,
    seconds=5,  # hashes a password
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 invalid-password wrong-code 404 unknown-recovery 409 code-expired "
    "code-for-other-content code-used too-many-tries",
)
REQUEST_PHONE_CHANGE = Rpc(
    recovery.RequestPhoneChangeRequest,
    recovery.PhoneChange,
    seconds=8,  # two SMS
    keyed=False,
    by=RESIDENT,
    refuses="400 invalid-phone wrong-password 429 too-many-codes too-many-logins 503 code-not-sent",
)
CHANGE_PHONE = Rpc(
    recovery.ChangePhoneRequest,
    accounts.Account,
    keyed=False,
    by=RESIDENT,
    refuses="400 wrong-code 404 unknown-change 409 code-expired code-for-other-content code-used too-many-tries",
)
CHANGE_EMAIL = Rpc(
    recovery.ChangeEmailRequest,
    accounts.Account,
    seconds=5,
    keyed=False,
    by=RESIDENT,
    refuses="400 invalid-account wrong-password 429 too-many-changes too-many-logins",
)
CHANGE_ADDRESS = Rpc(
    recovery.ChangeAddressRequest,
    accounts.Account,
    seconds=5,
    keyed=False,
    by=RESIDENT,
    refuses="400 invalid-account wrong-password 429 too-many-changes too-many-logins",
)
FIND_ACCOUNT = Rpc(
    recovery.FindAccountRequest,
    recovery.AccountAtDesk,
    by=not_in_practice(DESK),
    refuses="400 invalid-identity 404 unknown-account 409 account-elsewhere 429 too-many-lookups",
)
GET_ACCOUNT = Rpc(
    recovery.GetAccountRequest, recovery.AccountAtDesk, by=not_in_practice(DESK), refuses="404 unknown-account"
)
CONFIRM_IDENTITY = Rpc(
    recovery.ConfirmIdentityRequest,
    recovery.AccountAtDesk,
    by=not_in_practice(DESK),
    refuses="400 identity-differs invalid-account invalid-identity original-not-seen 404 unknown-account 409 "
    "account-not-active 429 too-many-lookups",
)
REQUEST_PHONE_REPLACEMENT = Rpc(
    recovery.RequestPhoneReplacementRequest,
    recovery.PhoneChange,
    seconds=5,
    by=not_in_practice(DESK),
    refuses="400 identity-differs invalid-identity invalid-phone original-not-seen 404 "
    "unknown-account 409 account-not-active 429 too-many-codes too-many-lookups 503 "
    "code-not-sent",
)
REPLACE_PHONE = Rpc(
    recovery.ReplacePhoneRequest,
    recovery.AccountAtDesk,
    keyed=False,
    by=not_in_practice(DESK),
    refuses="400 wrong-code 404 unknown-change 409 code-expired code-for-other-content code-used too-many-tries",
)
REPLACE_IDENTITY_PAPER = Rpc(
    recovery.ReplaceIdentityPaperRequest,
    recovery.AccountAtDesk,
    by=not_in_practice(DESK),
    refuses="400 identity-differs invalid-identity invalid-replacement original-not-seen 404 "
    "unknown-account 409 account-elsewhere account-exists account-not-active "
    "paper-noted-already 429 too-many-changes too-many-lookups",
)
CLOSE_ACCOUNT = Rpc(
    recovery.CloseAccountRequest,
    recovery.AccountAtDesk,
    by=not_in_practice(DESK),
    refuses="400 identity-differs invalid-field invalid-identity original-not-seen 404 "
    "unknown-account 409 account-not-active 429 too-many-lookups",
)

GET_OWN_HOUSEHOLD = Rpc(
    households.GetOwnHouseholdRequest, households.Household, by=RESIDENT, refuses="404 no-household"
)
START_HOUSEHOLD = Rpc(
    households.StartHouseholdRequest,
    households.Household,
    by=RESIDENT,
    refuses="404 no-household 409 in-household text-changed 429 too-many-changes",
)
ISSUE_HOUSEHOLD_CODE = Rpc(
    households.IssueHouseholdCodeRequest,
    households.HouseholdCode,
    by=RESIDENT,
    refuses="403 not-head-of-household 404 no-household 409 household-full",
)
JOIN_HOUSEHOLD = Rpc(
    households.JoinHouseholdRequest,
    households.Household,
    repeatable=True,
    keyed=False,
    by=RESIDENT,
    refuses="400 wrong-household-code 404 no-household 409 in-household text-changed 429 "
    "too-many-changes too-many-codes-tried",
)
LEAVE_HOUSEHOLD = Rpc(households.LeaveHouseholdRequest, Empty, by=RESIDENT, refuses="404 no-household")
REMOVE_HOUSEHOLD_MEMBER = Rpc(
    households.RemoveHouseholdMemberRequest,
    Empty,
    by=RESIDENT,
    refuses="400 invalid-field 403 not-head-of-household 404 no-household unknown-household-member",
)
HAND_OVER_HOUSEHOLD = Rpc(
    households.HandOverHouseholdRequest,
    Empty,
    by=RESIDENT,
    refuses="400 invalid-field 403 not-head-of-household 404 no-household unknown-household-member "
    "429 too-many-changes",
)
SET_RESIDENTIAL_GROUP = Rpc(
    households.SetResidentialGroupRequest,
    Empty,
    by=RESIDENT,
    refuses="400 invalid-field 403 not-head-of-household 404 no-household 409 "
    "residential-group-changed 429 too-many-changes",
)
GET_OWN_LEARNING = Rpc(learning.GetOwnLearningRequest, learning.OwnLearning, by=RESIDENT)
RECORD_PRACTICE = Rpc(
    learning.RecordPracticeRequest,
    learning.OwnLearning,
    repeatable=True,
    keyed=False,
    by=RESIDENT,
    refuses="400 wrong-practice-proof 409 account-not-active practice-counted",
)
GET_LEARNING_REPORT = Rpc(learning.GetLearningReportRequest, learning.LearningReport, by=not_in_practice(ADMIN))
LIST_EXPLAINED_QUESTIONS = Rpc(
    learning.ListExplainedQuestionsRequest, learning.ListExplainedQuestionsResponse, by=not_in_practice(ADMIN)
)

LIST_ADMINISTERED_STATIONS = Rpc(
    stations.ListAdministeredStationsRequest, accounts.ListStationsResponse, by=ADMIN, refuses="400 invalid-days"
)
GET_STATION = Rpc(stations.GetStationRequest, accounts.Station, by=PUBLIC, refuses="404 unknown-station")
GET_OPENING = Rpc(stations.GetOpeningRequest, accounts.Opening, by=PUBLIC, refuses="404 unknown-opening")
SAVE_STATION = Rpc(
    stations.SaveStationRequest,
    accounts.Station,
    by=ADMIN,
    refuses="400 invalid-station 404 unknown-station 409 station-exists 412 stale-version",
)
SAVE_OPENING = Rpc(
    stations.SaveOpeningRequest,
    accounts.Opening,
    by=ADMIN,
    refuses="400 invalid-field invalid-opening 404 unknown-opening unknown-station 409 "
    "opening-cancelled opening-over openings-overlap station-closed 412 stale-version",
)
CANCEL_OPENING = Rpc(
    stations.CancelOpeningRequest,
    accounts.Opening,
    by=ADMIN,
    refuses="400 invalid-field 404 unknown-opening 409 opening-over 412 stale-version",
)
ADD_VOLUNTEER = Rpc(
    stations.AddVolunteerRequest,
    stations.FirstPassword,
    seconds=5,  # hashes a password
    by=ADMIN,
    refuses="400 invalid-field 409 username-taken",
)
RENEW_PASSWORD = Rpc(
    stations.RenewPasswordRequest, stations.FirstPassword, seconds=5, by=ADMIN, refuses="404 unknown-volunteer"
)
LIST_VOLUNTEERS = Rpc(stations.ListVolunteersRequest, stations.ListVolunteersResponse, by=ADMIN)
PUT_ON_DUTY = Rpc(
    stations.PutOnDutyRequest,
    stations.Duty,
    by=ADMIN,
    refuses="404 unknown-opening unknown-volunteer 409 duty-overlaps opening-cancelled opening-over",
)
TAKE_OFF_DUTY = Rpc(stations.TakeOffDutyRequest, stations.Duty, by=ADMIN, refuses="404 unknown-duty")
LIST_DUTIES = Rpc(
    stations.ListDutiesRequest,
    stations.ListDutiesResponse,
    by=of_ward(Role.VOLUNTEER, Role.WARD_ADMIN),
    refuses="400 invalid-days",
)
ADD_DEVICE = Rpc(
    stations.AddDeviceRequest,
    stations.EnrolmentCode,
    by=ADMIN,
    refuses="400 invalid-field 404 unknown-station 409 station-closed",
)
RENEW_ENROLMENT_CODE = Rpc(
    stations.RenewEnrolmentCodeRequest,
    stations.EnrolmentCode,
    by=ADMIN,
    refuses="404 unknown-device 409 device-revoked",
)
REVOKE_DEVICE = Rpc(stations.RevokeDeviceRequest, stations.Device, by=ADMIN, refuses="404 unknown-device")
LIST_DEVICES = Rpc(stations.ListDevicesRequest, stations.ListDevicesResponse, by=ADMIN)
ENROL_DEVICE = Rpc(
    stations.EnrolDeviceRequest,
    stations.EnrolledDevice,
    keyed=False,
    by=PUBLIC,
    refuses="400 invalid-field wrong-code 409 code-expired code-used 429 too-many-codes-tried",
)
OPEN_DEVICE_SESSION = Rpc(
    stations.OpenDeviceSessionRequest,
    stations.DeviceSession,
    repeatable=True,
    keyed=False,
    by=PUBLIC,
    refuses="401 device-not-enrolled",
)
CLEAR_KIOSK = Rpc(
    stations.ClearKioskRequest,
    Empty,
    repeatable=True,
    keyed=False,
    by=of_ward(Role.KIOSK),
    refuses="401 device-not-enrolled",
)
LIST_SCANNERS = Rpc(
    stations.ListScannersRequest, stations.ListScannersResponse, by=APPLICANT, refuses="403 not-at-a-station"
)
REQUEST_SCAN = Rpc(
    stations.RequestScanRequest,
    Empty,
    by=APPLICANT,
    refuses="400 invalid-field 403 not-at-a-station 404 unknown-scanner 503 scanner-unreachable",
)
TAKE_SCAN = Rpc(
    stations.TakeScanRequest,
    stations.TakeScanResponse,
    keyed=False,
    by=of_ward(Role.SCANNER),
    refuses="401 device-not-enrolled",
)
LIST_PHRASES = Rpc(
    stations.ListPhrasesRequest, stations.ListPhrasesResponse, by=of_ward(Role.VOLUNTEER, Role.WARD_ADMIN)
)
SAVE_PHRASE = Rpc(
    stations.SavePhraseRequest,
    stations.Phrase,
    by=ADMIN,
    refuses="400 invalid-field 404 unknown-phrase 409 too-many-phrases 412 stale-version",
)
RETIRE_PHRASE = Rpc(stations.RetirePhraseRequest, stations.Phrase, by=ADMIN, refuses="404 unknown-phrase")

OPEN_VISIT = Rpc(
    guidance.OpenVisitRequest,
    guidance.Visit,
    repeatable=True,
    keyed=False,
    by=of_ward(Role.KIOSK),
    refuses="401 device-not-enrolled",
)
CLAIM_VISIT = Rpc(guidance.ClaimVisitRequest, Empty, by=APPLICANT, refuses="400 invalid-visit 403 not-at-a-station")
REQUEST_GUIDED_SESSION = Rpc(
    guidance.RequestGuidedSessionRequest,
    guidance.RequestGuidedSessionResponse,
    by=GUIDED,
    refuses="400 invalid-place 403 not-at-a-station 404 unknown-guided-session unknown-station 409 "
    "station-closed text-changed",
)
GET_OWN_GUIDED_SESSION = Rpc(
    guidance.GetOwnGuidedSessionRequest, guidance.OwnGuidedSession, by=GUIDED, refuses="404 no-guided-session"
)
SHOW_PLACE = Rpc(
    guidance.ShowPlaceRequest,
    guidance.OwnGuidedSession,
    seconds=1,
    repeatable=True,
    keyed=False,
    by=GUIDED,
    refuses="400 invalid-field invalid-place 404 unknown-guided-session",
)
END_GUIDED_SESSION = Rpc(
    guidance.EndGuidedSessionRequest,
    Empty,
    by=of_any_ward(Role.CITIZEN, here=frozenset({Role.VISITOR, Role.VOLUNTEER})),
    refuses="400 invalid-field 404 unknown-guided-session",
)
JOIN_GUIDED_SESSION = Rpc(
    guidance.JoinGuidedSessionRequest,
    guidance.GuidedSession,
    repeatable=True,
    keyed=False,
    by=VOLUNTEER,
    refuses="400 which-duty wrong-code 403 not-on-duty 404 unknown-guided-session 409 code-expired "
    "code-of-other-station code-used guided-session-ended 429 too-many-codes-tried",
)
GET_GUIDED_SESSION = Rpc(
    guidance.GetGuidedSessionRequest, guidance.GuidedSession, by=VOLUNTEER, refuses="404 unknown-guided-session"
)
LIST_GUIDED_SESSIONS = Rpc(guidance.ListGuidedSessionsRequest, guidance.ListGuidedSessionsResponse, by=VOLUNTEER)
GUIDE = Rpc(
    guidance.GuideRequest,
    guidance.GuidedSession,
    by=VOLUNTEER,
    refuses="400 invalid-guidance 404 unknown-guided-session 409 guided-session-ended too-much-guidance",
)
LIST_TERMS = Rpc(guidance.ListTermsRequest, guidance.ListTermsResponse, by=PUBLIC)
WATCH_GUIDED_SESSIONS = Rpc(
    guidance.WatchGuidedSessionsRequest,
    guidance.WatchGuidedSessionsResponse,
    seconds=2,  # by the streams
    repeatable=True,
    keyed=False,
    by=PUBLIC,
    refuses="400 invalid-field",
)
NOTE_PRESENCE = Rpc(
    guidance.NotePresenceRequest,
    Empty,
    seconds=2,  # by the streams
    repeatable=True,
    keyed=False,
    by=PUBLIC,
    refuses="400 invalid-field",
)
GET_CONSENT_TEXT = Rpc(guidance.GetConsentTextRequest, guidance.ConsentText, by=PUBLIC, refuses="404 unknown-text")
LIST_OWN_CONSENTS = Rpc(guidance.ListOwnConsentsRequest, guidance.ListOwnConsentsResponse, by=APPLICANT)
WITHDRAW_CONSENT = Rpc(guidance.WithdrawConsentRequest, guidance.Consent, by=GUIDED, refuses="404 unknown-consent")

LIST_PROCEDURES = Rpc(
    dossiers.ListProceduresRequest, dossiers.ListProceduresResponse, by=PUBLIC, refuses="400 invalid-field"
)
GET_PROCEDURE = Rpc(
    dossiers.GetProcedureRequest, dossiers.Procedure, by=PUBLIC, refuses="400 invalid-field 404 unknown-procedure"
)
CREATE_DRAFT = Rpc(
    dossiers.CreateDraftRequest,
    dossiers.Dossier,
    by=APPLICANT_OR_DESK,
    refuses="400 invalid-field 404 unknown-procedure 409 not-online too-many-drafts",
)
SAVE_FORM = Rpc(
    dossiers.SaveFormRequest,
    dossiers.Dossier,
    by=APPLICANT_OR_DESK,
    refuses="400 form-too-large invalid-form malformed-json 404 unknown-dossier 409 wrong-state",
)
DELETE_DRAFT = Rpc(
    dossiers.DeleteDraftRequest, Empty, by=APPLICANT_OR_DESK, refuses="404 unknown-dossier 409 wrong-state"
)
ADD_DOCUMENT = Rpc(
    dossiers.AddDocumentRequest,
    dossiers.Document,
    seconds=15,  # 10 MB to open, re-encode and store
    by=APPLICANT_OR_DESK,
    refuses="400 file-empty file-too-complex file-type-not-accepted image-damaged image-too-large "
    "not-asked-for pdf-damaged pdf-encrypted pdf-scripted too-many-files "
    "unknown-document-kind 404 unknown-dossier 409 document-exists wrong-state 413 "
    "file-too-large 503 file-store-unavailable",
)
REMOVE_DOCUMENT = Rpc(
    dossiers.RemoveDocumentRequest,
    dossiers.Dossier,
    by=APPLICANT_OR_DESK,
    refuses="404 unknown-document unknown-dossier 409 document-filed wrong-state 503 file-store-unavailable",
)
GET_DOCUMENT = Rpc(
    dossiers.GetDocumentRequest,
    dossiers.DocumentContent,
    seconds=15,
    by=APPLICANT_OR_OFFICE,
    refuses="404 file-not-found unknown-document unknown-dossier 500 file-altered 503 file-store-unavailable",
)
START_CAPTURE = Rpc(
    captures.StartCaptureRequest,
    captures.StartCaptureResponse,
    by=APPLICANT,
    refuses="400 not-asked-for unknown-document-kind 404 unknown-dossier 409 scanner-at-work wrong-state",
)
GET_CAPTURE = Rpc(
    captures.GetCaptureRequest, captures.Capture, by=APPLICANT, refuses="404 unknown-capture unknown-dossier"
)
GET_CAPTURE_PAGE = Rpc(
    captures.GetCapturePageRequest,
    captures.CapturePageContent,
    seconds=15,
    by=APPLICANT,
    refuses="404 file-not-found unknown-capture unknown-dossier unknown-page 500 file-altered 503 "
    "file-store-unavailable",
)
TURN_CAPTURE_PAGE = Rpc(
    captures.TurnCapturePageRequest,
    captures.Capture,
    by=APPLICANT,
    refuses="404 unknown-capture unknown-dossier unknown-page 409 capture-over",
)
REMOVE_CAPTURE_PAGE = Rpc(
    captures.RemoveCapturePageRequest,
    captures.Capture,
    by=APPLICANT,
    refuses="404 unknown-capture unknown-dossier unknown-page 409 capture-over",
)
KEEP_CAPTURE = Rpc(
    captures.KeepCaptureRequest,
    dossiers.Document,
    seconds=19,  # up to 60 pages to fit into 10 MB
    by=APPLICANT,
    refuses="400 file-empty file-too-complex file-type-not-accepted image-damaged image-too-large "
    "not-asked-for pdf-damaged pdf-encrypted pdf-scripted too-many-files "
    "unknown-document-kind 404 file-not-found unknown-capture unknown-dossier 409 "
    "capture-over document-exists no-pages scanner-at-work wrong-state 412 stale-version 413 "
    "file-too-large 500 file-altered 503 file-store-unavailable",
)
DISCARD_CAPTURE = Rpc(
    captures.DiscardCaptureRequest,
    captures.Capture,
    by=APPLICANT,
    refuses="404 unknown-capture unknown-dossier 409 capture-over",
)
GET_CAPTURE_TICKET = Rpc(
    captures.GetCaptureTicketRequest,
    captures.CaptureTicket,
    by=PUBLIC,
    refuses="400 not-asked-for unknown-document-kind 404 unknown-ticket 409 ticket-over wrong-state",
)
ADD_CAPTURE_PAGE = Rpc(
    captures.AddCapturePageRequest,
    captures.CaptureTicket,
    seconds=15,
    keyed=False,
    by=PUBLIC,
    refuses="400 file-empty file-too-complex file-type-not-accepted image-damaged image-too-large "
    "invalid-number not-asked-for unknown-document-kind 404 unknown-ticket 409 page-differs "
    "ticket-over too-many-pages wrong-state 413 file-too-large 503 file-store-unavailable",
)
END_CAPTURE = Rpc(
    captures.EndCaptureRequest,
    captures.CaptureTicket,
    repeatable=True,
    keyed=False,
    by=PUBLIC,
    refuses="404 unknown-ticket",
)
REQUEST_CONFIRMATION = Rpc(
    dossiers.RequestConfirmationRequest,
    dossiers.Confirmation,
    seconds=8,  # sends an SMS
    by=APPLICANT,
    refuses="400 not-complete 404 unknown-dossier 409 account-not-active phone-just-changed "
    "wrong-state 429 too-many-codes 503 code-not-sent",
)
SUBMIT_DOSSIER = Rpc(
    dossiers.SubmitDossierRequest,
    dossiers.SubmitDossierResponse,
    seconds=5,
    by=APPLICANT,
    refuses="400 form-too-large wrong-code 404 unknown-confirmation unknown-dossier 409 "
    "account-not-active code-expired code-for-other-content code-used draft-changed "
    "phone-just-changed too-many-tries wrong-state 503 file-store-unavailable",
)
SUBMIT_AT_COUNTER = Rpc(
    dossiers.SubmitAtCounterRequest,
    dossiers.SubmitDossierResponse,
    seconds=5,
    by=DESK,
    refuses="400 form-too-large missing-field not-complete 404 unknown-dossier 409 wrong-state 503 "
    "file-store-unavailable",
)
START_PAYMENT = Rpc(
    dossiers.StartPaymentRequest,
    dossiers.StartedPayment,
    seconds=8,  # asks the provider
    keyed=False,
    by=APPLICANT,
    refuses="404 unknown-dossier unknown-procedure 409 no-online-payment payment-mismatch wrong-state "
    "503 payment-provider-unavailable",
)
NOTE_PAYMENT = Rpc(
    dossiers.NotePaymentRequest,
    dossiers.NotedPayment,
    repeatable=True,
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 unreadable-payment 401 wrong-signature 404 unknown-procedure 409 payment-mismatch wrong-state",
)
NOTE_GUIDED_SESSION = Rpc(
    dossiers.NoteGuidedSessionRequest,
    Empty,
    seconds=1,
    by=APPLICANT,
    refuses="400 invalid-field 404 unknown-dossier 409 wrong-state",
)
GET_DOSSIER = Rpc(dossiers.GetDossierRequest, dossiers.Dossier, by=APPLICANT_OR_OFFICE, refuses="404 unknown-dossier")
GET_HISTORY = Rpc(
    dossiers.GetHistoryRequest, dossiers.GetHistoryResponse, by=APPLICANT_OR_OFFICE, refuses="404 unknown-dossier"
)
PROVE_PRACTICE = Rpc(
    dossiers.ProvePracticeRequest,
    dossiers.PracticeProof,
    repeatable=True,
    keyed=False,
    by=of_practice(of_ward(Role.CITIZEN)),
    refuses="404 unknown-dossier 409 practice-not-finished",
)
LIST_OWN_DOSSIERS = Rpc(
    dossiers.ListOwnDossiersRequest, dossiers.ListDossiersResponse, by=APPLICANT, refuses="400 invalid-cursor"
)
TRACK_DOSSIER = Rpc(dossiers.TrackDossierRequest, dossiers.TrackedDossier, by=PUBLIC, refuses="404 unknown-tracking")
LIST_DOSSIERS_LOG = Rpc(
    dossiers.ListOwnAccessLogRequest, dossiers.ListOwnAccessLogResponse, by=APPLICANT, refuses="400 invalid-cursor"
)
LIST_DESK = Rpc(
    dossiers.ListDeskRequest,
    dossiers.ListDossiersResponse,
    by=BY_OFFICE,
    refuses="400 invalid-cursor invalid-field search-expired",
)
LIST_QUEUES = Rpc(dossiers.ListQueuesRequest, dossiers.ListQueuesResponse, by=BY_OFFICE)
START_SEARCH = Rpc(
    dossiers.StartSearchRequest,
    dossiers.StartSearchResponse,
    by=BY_OFFICE,
    refuses="400 invalid-field missing-field text-too-long",
    repeatable=True,
    keyed=False,
)
COMPARE_DOCUMENT = Rpc(
    dossiers.CompareDocumentRequest,
    dossiers.Dossier,
    by=DESK,
    refuses="400 invalid-field missing-field text-too-long unknown-document-kind 404 unknown-dossier 409 wrong-state",
)
RECORD_RESIDENCE = Rpc(
    dossiers.RecordResidenceRequest,
    dossiers.Dossier,
    by=DESK,
    refuses="400 invalid-field missing-field text-too-long unknown-field 404 unknown-dossier 409 wrong-state",
)
SEARCH_REGISTER = Rpc(
    dossiers.SearchRegisterRequest,
    dossiers.SearchRegisterResponse,
    by=BY_OFFICE,
    refuses="400 invalid-cursor invalid-field missing-field search-expired text-too-long",
)
GET_ENTRY = Rpc(dossiers.GetEntryRequest, dossiers.FoundEntry, by=BY_OFFICE, refuses="404 unknown-entry")
NOTE_ENTRY = Rpc(
    dossiers.NoteEntryRequest,
    dossiers.FoundEntry,
    by=OFFICER,
    refuses="400 invalid-field missing-field text-too-long 404 unknown-entry unknown-note 503 file-store-unavailable",
)
DECIDE_NOTE = Rpc(
    dossiers.DecideNoteRequest,
    dossiers.FoundEntry,
    by=SIGNER,
    refuses="400 conflict-of-interest missing-field text-too-long 403 signer-prepared-it 404 "
    "unknown-entry unknown-note 409 note-decided 503 file-store-unavailable",
)
DROP_NOTE = Rpc(
    dossiers.DropNoteRequest,
    dossiers.FoundEntry,
    by=OFFICER,
    refuses="404 unknown-entry unknown-note 503 file-store-unavailable",
)
LIST_PROPOSED_NOTES = Rpc(dossiers.ListProposedNotesRequest, dossiers.ListProposedNotesResponse, by=BY_OFFICE)
SET_MINISTRY_NUMBER = Rpc(
    dossiers.SetMinistryNumberRequest,
    dossiers.FoundEntry,
    by=OFFICER,
    refuses="400 invalid-field missing-field text-too-long 404 unknown-entry 409 ministry-number-taken",
)
LIST_BOOKS = Rpc(dossiers.ListBooksRequest, dossiers.ListBooksResponse, by=BY_OFFICE)
BEGIN_BOOK = Rpc(
    dossiers.BeginBookRequest, dossiers.Book, by=OFFICER, refuses="400 invalid-field 404 unknown-book 409 book-begun"
)
CLOSE_BOOK = Rpc(
    dossiers.CloseBookRequest,
    dossiers.Book,
    by=SIGNER,
    refuses="404 unknown-book 409 book-closed book-empty year-not-over",
)
GET_CLOSING_STATEMENT = Rpc(
    dossiers.GetClosingStatementRequest, dossiers.Paper, seconds=10, by=BY_OFFICE, refuses="404 unknown-book"
)
LIST_BLANKS = Rpc(dossiers.ListBlanksRequest, dossiers.ListBlanksResponse, by=OFFICE_OR_ADMIN)
SET_BLANK_OFFSET = Rpc(
    dossiers.SetBlankOffsetRequest,
    dossiers.Blank,
    by=OFFICER_OR_ADMIN,
    refuses="400 invalid-field 404 unknown-blank 412 stale-version",
)
GET_CALIBRATION_PAGE = Rpc(
    dossiers.GetCalibrationPageRequest, dossiers.Paper, seconds=5, by=OFFICE_OR_ADMIN, refuses="404 unknown-blank"
)
GET_TRACKING_BOOK = Rpc(
    dossiers.GetTrackingBookRequest,
    dossiers.Paper,
    seconds=10,
    by=BY_OFFICE,
    refuses="400 invalid-field range-too-long",
)
GET_PAPER = Rpc(
    dossiers.GetPaperRequest,
    dossiers.Paper,
    seconds=10,  # one that was missed is made at the first look
    by=APPLICANT_OR_OFFICE,
    refuses="404 file-not-found no-such-paper unknown-certificate unknown-dossier 409 certificate-revoked "
    "500 file-altered seal-broken 503 file-store-unavailable seal-unavailable",
)
GET_SIGNING = Rpc(
    dossiers.GetSigningRequest,
    dossiers.Signing,
    seconds=5,  # lays the paper out
    by=SIGNER,
    refuses="400 missing-field not-registrable 403 signer-prepared-it 404 unknown-dossier unknown-entry "
    "409 not-approved verification-open wrong-state",
)
GET_PAPER_PREVIEW = Rpc(
    dossiers.GetPaperPreviewRequest,
    dossiers.Paper,
    seconds=5,
    by=SIGNER,
    refuses="400 missing-field not-registrable 403 signer-prepared-it 404 no-such-paper unknown-dossier unknown-entry "
    "409 not-approved verification-open wrong-state 412 paper-changed",
)
FIND_NEXT_DOSSIER = Rpc(
    dossiers.FindNextDossierRequest,
    dossiers.FindNextDossierResponse,
    by=BY_OFFICE,
    refuses="400 invalid-field 404 unknown-dossier",
)
VERIFY_CERTIFICATE = Rpc(
    dossiers.VerifyCertificateRequest,
    dossiers.CertificateStatus,
    by=PUBLIC,
    refuses="404 unknown-certificate",
)

LIST_OWN_MESSAGES = Rpc(
    notifications.ListOwnMessagesRequest, notifications.ListMessagesResponse, by=APPLICANT, refuses="400 invalid-cursor"
)
LIST_DOSSIER_MESSAGES = Rpc(
    notifications.ListDossierMessagesRequest,
    notifications.ListMessagesResponse,
    by=BY_OFFICE,
    refuses="400 missing-field",
)
LIST_PRACTICE_MESSAGES = Rpc(
    notifications.ListPracticeMessagesRequest,
    notifications.ListPracticeMessagesResponse,
    by=of_practice(of_ward(Role.CITIZEN)),
)
LIST_MESSAGES_LOG = Rpc(
    notifications.ListOwnAccessLogRequest,
    notifications.ListOwnAccessLogResponse,
    by=APPLICANT,
    refuses="400 invalid-cursor",
)
