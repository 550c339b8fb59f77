"""The services' RPCs as the gateway calls them; those of the acts on a dossier stand in `acts.py`.

Each stands here once, with its deadline. Which method it is follows from its request: one type a method (buf lint).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar, cast

from caunoi.accounts.v1 import accounts_pb2 as accounts
from caunoi.accounts.v1 import guidance_pb2 as guidance
from caunoi.accounts.v1 import households_pb2 as households
from caunoi.accounts.v1 import learning_pb2 as learning
from caunoi.accounts.v1 import recovery_pb2 as recovery
from caunoi.accounts.v1 import stations_pb2 as stations
from caunoi.dossiers.v1 import captures_pb2 as captures
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers
from caunoi.notifications.v1 import notifications_pb2 as notifications
from google.protobuf.descriptor import Descriptor
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message

Fields = ParamSpec("Fields")
Answer_co = TypeVar("Answer_co", bound=Message, covariant=True)

READS = ("Find", "Get", "List", "Search", "Track", "Verify")  # what the names begin with


class Rpc(Generic[Fields, Answer_co]):
    """An RPC: the request that it takes, the answer that it gives, and how it is called.

    `seconds` is its deadline. What only reads is `repeatable`: it may be tried again where the service is not there;
    so is what says so. What changes something takes an idempotency key, but for what is not `keyed`.
    """

    def __init__(
        self,
        request: Callable[Fields, Message],
        answer: type[Answer_co],
        *,
        seconds: float = 3.0,
        repeatable: bool = False,
        keyed: bool = True,
    ) -> None:
        self.request = request
        self.answer = answer
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


OPEN_ACCOUNT = Rpc(accounts.OpenAccountRequest, accounts.OpenAccountResponse, seconds=5)  # hashes a password
OPEN_ADMINISTRATION = Rpc(  # hashes a password
    accounts.OpenAdministrationRequest, accounts.OpenAdministrationResponse, seconds=5, keyed=False
)
VERIFY_APPLICATION = Rpc(accounts.VerifyApplicationRequest, accounts.VerifyApplicationResponse)
ACTIVATE_ACCOUNT = Rpc(accounts.ActivateAccountRequest, accounts.Account, keyed=False)
RESEND_ACTIVATION_CODE = Rpc(accounts.ResendActivationCodeRequest, accounts.OpenAccountResponse, seconds=5)
FIND_HOME_WARD = Rpc(accounts.FindHomeWardRequest, accounts.FindHomeWardResponse)
CREATE_SESSION = Rpc(accounts.CreateSessionRequest, accounts.Session, seconds=5, keyed=False)  # argon2 takes its time
OPEN_PRACTICE = Rpc(accounts.OpenPracticeRequest, accounts.Session, keyed=False)
CHANGE_PASSWORD = Rpc(accounts.ChangePasswordRequest, accounts.Session, seconds=5, keyed=False)
REFRESH_SESSION = Rpc(accounts.RefreshSessionRequest, accounts.Session, repeatable=True, keyed=False)
END_SESSION = Rpc(accounts.EndSessionRequest, Empty, repeatable=True, keyed=False)
GET_OWN_ACCOUNT = Rpc(accounts.GetOwnAccountRequest, accounts.Account)
LIST_STATIONS = Rpc(accounts.ListStationsRequest, accounts.ListStationsResponse)
LIST_STAFF = Rpc(accounts.ListStaffRequest, accounts.ListStaffResponse)
LIST_ACCOUNTS_LOG = Rpc(accounts.ListOwnAccessLogRequest, accounts.ListOwnAccessLogResponse)

REQUEST_RECOVERY = Rpc(recovery.RequestRecoveryRequest, recovery.RequestRecoveryResponse, keyed=False)
RECOVER_ACCOUNT = Rpc(recovery.RecoverAccountRequest, Empty, seconds=5, keyed=False)  # hashes a password
REQUEST_PHONE_CHANGE = Rpc(recovery.RequestPhoneChangeRequest, recovery.PhoneChange, seconds=8, keyed=False)  # two SMS
CHANGE_PHONE = Rpc(recovery.ChangePhoneRequest, accounts.Account, keyed=False)
CHANGE_EMAIL = Rpc(recovery.ChangeEmailRequest, accounts.Account, seconds=5, keyed=False)
CHANGE_ADDRESS = Rpc(recovery.ChangeAddressRequest, accounts.Account, seconds=5, keyed=False)
FIND_ACCOUNT = Rpc(recovery.FindAccountRequest, recovery.AccountAtDesk)
GET_ACCOUNT = Rpc(recovery.GetAccountRequest, recovery.AccountAtDesk)
CONFIRM_IDENTITY = Rpc(recovery.ConfirmIdentityRequest, recovery.AccountAtDesk)
REQUEST_PHONE_REPLACEMENT = Rpc(recovery.RequestPhoneReplacementRequest, recovery.PhoneChange, seconds=5)
REPLACE_PHONE = Rpc(recovery.ReplacePhoneRequest, recovery.AccountAtDesk, keyed=False)
REPLACE_IDENTITY_PAPER = Rpc(recovery.ReplaceIdentityPaperRequest, recovery.AccountAtDesk)
CLOSE_ACCOUNT = Rpc(recovery.CloseAccountRequest, recovery.AccountAtDesk)

GET_OWN_HOUSEHOLD = Rpc(households.GetOwnHouseholdRequest, households.Household)
START_HOUSEHOLD = Rpc(households.StartHouseholdRequest, households.Household)
ISSUE_HOUSEHOLD_CODE = Rpc(households.IssueHouseholdCodeRequest, households.HouseholdCode)
JOIN_HOUSEHOLD = Rpc(households.JoinHouseholdRequest, households.Household, repeatable=True, keyed=False)
LEAVE_HOUSEHOLD = Rpc(households.LeaveHouseholdRequest, Empty)
REMOVE_HOUSEHOLD_MEMBER = Rpc(households.RemoveHouseholdMemberRequest, Empty)
HAND_OVER_HOUSEHOLD = Rpc(households.HandOverHouseholdRequest, Empty)
SET_RESIDENTIAL_GROUP = Rpc(households.SetResidentialGroupRequest, Empty)
GET_OWN_LEARNING = Rpc(learning.GetOwnLearningRequest, learning.OwnLearning)
RECORD_PRACTICE = Rpc(learning.RecordPracticeRequest, learning.OwnLearning, repeatable=True, keyed=False)
GET_LEARNING_REPORT = Rpc(learning.GetLearningReportRequest, learning.LearningReport)
LIST_EXPLAINED_QUESTIONS = Rpc(learning.ListExplainedQuestionsRequest, learning.ListExplainedQuestionsResponse)

LIST_ADMINISTERED_STATIONS = Rpc(stations.ListAdministeredStationsRequest, accounts.ListStationsResponse)
GET_STATION = Rpc(stations.GetStationRequest, accounts.Station)
GET_OPENING = Rpc(stations.GetOpeningRequest, accounts.Opening)
SAVE_STATION = Rpc(stations.SaveStationRequest, accounts.Station)
SAVE_OPENING = Rpc(stations.SaveOpeningRequest, accounts.Opening)
CANCEL_OPENING = Rpc(stations.CancelOpeningRequest, accounts.Opening)
ADD_VOLUNTEER = Rpc(stations.AddVolunteerRequest, stations.FirstPassword, seconds=5)  # hashes a password
RENEW_PASSWORD = Rpc(stations.RenewPasswordRequest, stations.FirstPassword, seconds=5)
LIST_VOLUNTEERS = Rpc(stations.ListVolunteersRequest, stations.ListVolunteersResponse)
PUT_ON_DUTY = Rpc(stations.PutOnDutyRequest, stations.Duty)
TAKE_OFF_DUTY = Rpc(stations.TakeOffDutyRequest, stations.Duty)
LIST_DUTIES = Rpc(stations.ListDutiesRequest, stations.ListDutiesResponse)
ADD_DEVICE = Rpc(stations.AddDeviceRequest, stations.EnrolmentCode)
RENEW_ENROLMENT_CODE = Rpc(stations.RenewEnrolmentCodeRequest, stations.EnrolmentCode)
REVOKE_DEVICE = Rpc(stations.RevokeDeviceRequest, stations.Device)
LIST_DEVICES = Rpc(stations.ListDevicesRequest, stations.ListDevicesResponse)
ENROL_DEVICE = Rpc(stations.EnrolDeviceRequest, stations.EnrolledDevice, keyed=False)
OPEN_DEVICE_SESSION = Rpc(stations.OpenDeviceSessionRequest, stations.DeviceSession, repeatable=True, keyed=False)
CLEAR_KIOSK = Rpc(stations.ClearKioskRequest, Empty, repeatable=True, keyed=False)
LIST_SCANNERS = Rpc(stations.ListScannersRequest, stations.ListScannersResponse)
REQUEST_SCAN = Rpc(stations.RequestScanRequest, Empty)
TAKE_SCAN = Rpc(stations.TakeScanRequest, stations.TakeScanResponse, keyed=False)
LIST_PHRASES = Rpc(stations.ListPhrasesRequest, stations.ListPhrasesResponse)
SAVE_PHRASE = Rpc(stations.SavePhraseRequest, stations.Phrase)
RETIRE_PHRASE = Rpc(stations.RetirePhraseRequest, stations.Phrase)

OPEN_VISIT = Rpc(guidance.OpenVisitRequest, guidance.Visit, repeatable=True, keyed=False)
CLAIM_VISIT = Rpc(guidance.ClaimVisitRequest, Empty)
REQUEST_GUIDED_SESSION = Rpc(guidance.RequestGuidedSessionRequest, guidance.RequestGuidedSessionResponse)
GET_OWN_GUIDED_SESSION = Rpc(guidance.GetOwnGuidedSessionRequest, guidance.OwnGuidedSession)
SHOW_PLACE = Rpc(guidance.ShowPlaceRequest, guidance.OwnGuidedSession, seconds=1, repeatable=True, keyed=False)
END_GUIDED_SESSION = Rpc(guidance.EndGuidedSessionRequest, Empty)
JOIN_GUIDED_SESSION = Rpc(guidance.JoinGuidedSessionRequest, guidance.GuidedSession, repeatable=True, keyed=False)
GET_GUIDED_SESSION = Rpc(guidance.GetGuidedSessionRequest, guidance.GuidedSession)
LIST_GUIDED_SESSIONS = Rpc(guidance.ListGuidedSessionsRequest, guidance.ListGuidedSessionsResponse)
GUIDE = Rpc(guidance.GuideRequest, guidance.GuidedSession)
LIST_TERMS = Rpc(guidance.ListTermsRequest, guidance.ListTermsResponse)
WATCH_GUIDED_SESSIONS = Rpc(  # by the streams
    guidance.WatchGuidedSessionsRequest, guidance.WatchGuidedSessionsResponse, seconds=2, repeatable=True, keyed=False
)
NOTE_PRESENCE = Rpc(guidance.NotePresenceRequest, Empty, seconds=2, repeatable=True, keyed=False)  # by the streams
GET_CONSENT_TEXT = Rpc(guidance.GetConsentTextRequest, guidance.ConsentText)
LIST_OWN_CONSENTS = Rpc(guidance.ListOwnConsentsRequest, guidance.ListOwnConsentsResponse)
WITHDRAW_CONSENT = Rpc(guidance.WithdrawConsentRequest, guidance.Consent)

LIST_PROCEDURES = Rpc(dossiers.ListProceduresRequest, dossiers.ListProceduresResponse)
GET_PROCEDURE = Rpc(dossiers.GetProcedureRequest, dossiers.Procedure)
CREATE_DRAFT = Rpc(dossiers.CreateDraftRequest, dossiers.Dossier)
SAVE_FORM = Rpc(dossiers.SaveFormRequest, dossiers.Dossier)
DELETE_DRAFT = Rpc(dossiers.DeleteDraftRequest, Empty)
ADD_DOCUMENT = Rpc(dossiers.AddDocumentRequest, dossiers.Document, seconds=15)  # 10 MB to open, re-encode and store
REMOVE_DOCUMENT = Rpc(dossiers.RemoveDocumentRequest, dossiers.Dossier)
GET_DOCUMENT = Rpc(dossiers.GetDocumentRequest, dossiers.DocumentContent, seconds=15)
START_CAPTURE = Rpc(captures.StartCaptureRequest, captures.StartCaptureResponse)
GET_CAPTURE = Rpc(captures.GetCaptureRequest, captures.Capture)
GET_CAPTURE_PAGE = Rpc(captures.GetCapturePageRequest, captures.CapturePageContent, seconds=15)
TURN_CAPTURE_PAGE = Rpc(captures.TurnCapturePageRequest, captures.Capture)
REMOVE_CAPTURE_PAGE = Rpc(captures.RemoveCapturePageRequest, captures.Capture)
KEEP_CAPTURE = Rpc(captures.KeepCaptureRequest, dossiers.Document, seconds=19)  # up to 60 pages to fit into 10 MB
DISCARD_CAPTURE = Rpc(captures.DiscardCaptureRequest, captures.Capture)
GET_CAPTURE_TICKET = Rpc(captures.GetCaptureTicketRequest, captures.CaptureTicket)
ADD_CAPTURE_PAGE = Rpc(captures.AddCapturePageRequest, captures.CaptureTicket, seconds=15, keyed=False)
END_CAPTURE = Rpc(captures.EndCaptureRequest, captures.CaptureTicket, repeatable=True, keyed=False)
REQUEST_CONFIRMATION = Rpc(dossiers.RequestConfirmationRequest, dossiers.Confirmation, seconds=8)  # sends an SMS
SUBMIT_DOSSIER = Rpc(dossiers.SubmitDossierRequest, dossiers.SubmitDossierResponse, seconds=5)
SUBMIT_AT_COUNTER = Rpc(dossiers.SubmitAtCounterRequest, dossiers.SubmitDossierResponse, seconds=5)
START_PAYMENT = Rpc(dossiers.StartPaymentRequest, dossiers.StartedPayment, seconds=8, keyed=False)  # asks the provider
NOTE_PAYMENT = Rpc(dossiers.NotePaymentRequest, dossiers.NotedPayment, repeatable=True, keyed=False)
NOTE_GUIDED_SESSION = Rpc(dossiers.NoteGuidedSessionRequest, Empty, seconds=1)
GET_DOSSIER = Rpc(dossiers.GetDossierRequest, dossiers.Dossier)
GET_HISTORY = Rpc(dossiers.GetHistoryRequest, dossiers.GetHistoryResponse)
PROVE_PRACTICE = Rpc(dossiers.ProvePracticeRequest, dossiers.PracticeProof, repeatable=True, keyed=False)
LIST_OWN_DOSSIERS = Rpc(dossiers.ListOwnDossiersRequest, dossiers.ListDossiersResponse)
TRACK_DOSSIER = Rpc(dossiers.TrackDossierRequest, dossiers.TrackedDossier)
LIST_DOSSIERS_LOG = Rpc(dossiers.ListOwnAccessLogRequest, dossiers.ListOwnAccessLogResponse)
LIST_DESK = Rpc(dossiers.ListDeskRequest, dossiers.ListDossiersResponse)
COMPARE_DOCUMENT = Rpc(dossiers.CompareDocumentRequest, dossiers.Dossier)
SEARCH_REGISTER = Rpc(dossiers.SearchRegisterRequest, dossiers.SearchRegisterResponse)
GET_ENTRY = Rpc(dossiers.GetEntryRequest, dossiers.FoundEntry)
NOTE_ENTRY = Rpc(dossiers.NoteEntryRequest, dossiers.FoundEntry)
DECIDE_NOTE = Rpc(dossiers.DecideNoteRequest, dossiers.FoundEntry)
LIST_PROPOSED_NOTES = Rpc(dossiers.ListProposedNotesRequest, dossiers.ListProposedNotesResponse)
LIST_BOOKS = Rpc(dossiers.ListBooksRequest, dossiers.ListBooksResponse)
BEGIN_BOOK = Rpc(dossiers.BeginBookRequest, dossiers.Book)
CLOSE_BOOK = Rpc(dossiers.CloseBookRequest, dossiers.Book)
GET_CLOSING_STATEMENT = Rpc(dossiers.GetClosingStatementRequest, dossiers.Paper, seconds=10)
GET_TRACKING_BOOK = Rpc(dossiers.GetTrackingBookRequest, dossiers.Paper, seconds=10)
GET_PAPER = Rpc(dossiers.GetPaperRequest, dossiers.Paper, seconds=10)  # one that was missed is made at the first look
VERIFY_CERTIFICATE = Rpc(dossiers.VerifyCertificateRequest, dossiers.CertificateStatus)

LIST_OWN_MESSAGES = Rpc(notifications.ListOwnMessagesRequest, notifications.ListMessagesResponse)
LIST_DOSSIER_MESSAGES = Rpc(notifications.ListDossierMessagesRequest, notifications.ListMessagesResponse)
LIST_PRACTICE_MESSAGES = Rpc(notifications.ListPracticeMessagesRequest, notifications.ListPracticeMessagesResponse)
LIST_MESSAGES_LOG = Rpc(notifications.ListOwnAccessLogRequest, notifications.ListOwnAccessLogResponse)
