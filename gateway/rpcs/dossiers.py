"""Dossiers, their documents and papers, and the registers."""

from __future__ import annotations

from caunoi.dossiers.v1 import captures_pb2 as captures_v1
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from google.protobuf.empty_pb2 import Empty

from gateway.rpc import (
    ADMIN,
    APPLICANT,
    APPLICANT_OR_DESK,
    APPLICANT_OR_OFFICE,
    BY_OFFICE,
    DESK,
    OFFICE_OR_ADMIN,
    OFFICER,
    OFFICER_OR_ADMIN,
    SIGNER,
    Rpc,
)
from services.chassis.grpc.rules import PUBLIC, not_in_practice, of_practice, of_ward
from services.chassis.tokens import Role

LIST_PROCEDURES = Rpc(
    dossiers_v1.ListProceduresRequest, dossiers_v1.ListProceduresResponse, by=PUBLIC, refuses="400 invalid-field"
)
GET_PROCEDURE = Rpc(
    dossiers_v1.GetProcedureRequest, dossiers_v1.Procedure, by=PUBLIC, refuses="400 invalid-field 404 unknown-procedure"
)
CREATE_DRAFT = Rpc(
    dossiers_v1.CreateDraftRequest,
    dossiers_v1.Dossier,
    by=APPLICANT_OR_DESK,
    refuses="400 invalid-field 404 unknown-procedure 409 not-online too-many-drafts",
)
SAVE_FORM = Rpc(
    dossiers_v1.SaveFormRequest,
    dossiers_v1.Dossier,
    by=APPLICANT_OR_DESK,
    refuses="400 form-too-large invalid-form malformed-json 404 unknown-dossier 409 wrong-state",
)
DELETE_DRAFT = Rpc(
    dossiers_v1.DeleteDraftRequest, Empty, by=APPLICANT_OR_DESK, refuses="404 unknown-dossier 409 wrong-state"
)
ADD_DOCUMENT = Rpc(
    dossiers_v1.AddDocumentRequest,
    dossiers_v1.Document,
    seconds=15,  # 10 MB to open, re-encode and store
    by=APPLICANT_OR_DESK,
    refuses="400 file-empty file-too-complex file-type-not-accepted image-damaged image-too-large "
    "not-asked-for pdf-damaged pdf-encrypted pdf-scripted too-many-files "
    "unknown-document-kind 404 unknown-dossier 409 document-exists wrong-state 413 "
    "file-too-large 429 earlier-file-not-read too-many-complex-files 503 file-store-unavailable",
)
REMOVE_DOCUMENT = Rpc(
    dossiers_v1.RemoveDocumentRequest,
    dossiers_v1.Dossier,
    by=APPLICANT_OR_DESK,
    refuses="404 unknown-document unknown-dossier 409 document-filed wrong-state 503 file-store-unavailable",
)
GET_DOCUMENT = Rpc(
    dossiers_v1.GetDocumentRequest,
    dossiers_v1.DocumentContent,
    seconds=15,
    by=APPLICANT_OR_OFFICE,
    refuses="404 file-not-found unknown-document unknown-dossier 500 file-altered 503 file-store-unavailable",
)
START_CAPTURE = Rpc(
    captures_v1.StartCaptureRequest,
    captures_v1.StartCaptureResponse,
    by=APPLICANT,
    refuses="400 not-asked-for unknown-document-kind 404 unknown-dossier 409 scanner-at-work wrong-state",
)
GET_CAPTURE = Rpc(
    captures_v1.GetCaptureRequest, captures_v1.Capture, by=APPLICANT, refuses="404 unknown-capture unknown-dossier"
)
GET_CAPTURE_PAGE = Rpc(
    captures_v1.GetCapturePageRequest,
    captures_v1.CapturePageContent,
    seconds=15,
    by=APPLICANT,
    refuses="404 file-not-found unknown-capture unknown-dossier unknown-page 500 file-altered 503 "
    "file-store-unavailable",
)
TURN_CAPTURE_PAGE = Rpc(
    captures_v1.TurnCapturePageRequest,
    captures_v1.Capture,
    by=APPLICANT,
    refuses="404 unknown-capture unknown-dossier unknown-page 409 capture-over",
)
REMOVE_CAPTURE_PAGE = Rpc(
    captures_v1.RemoveCapturePageRequest,
    captures_v1.Capture,
    by=APPLICANT,
    refuses="404 unknown-capture unknown-dossier unknown-page 409 capture-over",
)
KEEP_CAPTURE = Rpc(
    captures_v1.KeepCaptureRequest,
    dossiers_v1.Document,
    seconds=19,  # up to 60 pages to fit into 10 MB
    by=APPLICANT,
    refuses="400 file-empty file-too-complex file-type-not-accepted image-damaged image-too-large "
    "not-asked-for pdf-damaged pdf-encrypted pdf-scripted too-many-files "
    "unknown-document-kind 404 file-not-found unknown-capture unknown-dossier 409 "
    "capture-over document-exists no-pages scanner-at-work wrong-state 412 stale-version 413 "
    "file-too-large 429 earlier-file-not-read too-many-complex-files 500 file-altered 503 "
    "file-store-unavailable",
)
DISCARD_CAPTURE = Rpc(
    captures_v1.DiscardCaptureRequest,
    captures_v1.Capture,
    by=APPLICANT,
    refuses="404 unknown-capture unknown-dossier 409 capture-over",
)
GET_CAPTURE_TICKET = Rpc(
    captures_v1.GetCaptureTicketRequest,
    captures_v1.CaptureTicket,
    by=PUBLIC,
    refuses="400 not-asked-for unknown-document-kind 404 unknown-ticket 409 ticket-over wrong-state",
)
ADD_CAPTURE_PAGE = Rpc(
    captures_v1.AddCapturePageRequest,
    captures_v1.CaptureTicket,
    seconds=15,
    keyed=False,
    by=PUBLIC,
    refuses="400 file-empty file-too-complex file-type-not-accepted image-damaged image-too-large "
    "invalid-number not-asked-for unknown-document-kind 404 unknown-ticket 409 page-differs "
    "ticket-over too-many-pages wrong-state 413 file-too-large 429 earlier-file-not-read "
    "too-many-complex-files 503 file-store-unavailable",
)
END_CAPTURE = Rpc(
    captures_v1.EndCaptureRequest,
    captures_v1.CaptureTicket,
    repeatable=True,
    keyed=False,
    by=PUBLIC,
    refuses="404 unknown-ticket",
)
REQUEST_CONFIRMATION = Rpc(
    dossiers_v1.RequestConfirmationRequest,
    dossiers_v1.Confirmation,
    seconds=8,  # sends an SMS
    by=APPLICANT,
    refuses="400 not-complete 404 unknown-dossier 409 account-not-active phone-just-changed "
    "wrong-state 429 too-many-codes 503 code-not-sent",
)
SUBMIT_DOSSIER = Rpc(
    dossiers_v1.SubmitDossierRequest,
    dossiers_v1.SubmitDossierResponse,
    seconds=5,
    by=APPLICANT,
    refuses="400 form-too-large wrong-code 404 unknown-confirmation unknown-dossier 409 "
    "account-not-active code-expired code-for-other-content code-used draft-changed "
    "phone-just-changed too-many-tries wrong-state 503 file-store-unavailable",
)
SUBMIT_AT_COUNTER = Rpc(
    dossiers_v1.SubmitAtCounterRequest,
    dossiers_v1.SubmitDossierResponse,
    seconds=5,
    by=DESK,
    refuses="400 form-too-large missing-field not-complete 404 unknown-dossier 409 wrong-state 503 "
    "file-store-unavailable",
)
START_PAYMENT = Rpc(
    dossiers_v1.StartPaymentRequest,
    dossiers_v1.StartedPayment,
    seconds=8,  # asks the provider
    keyed=False,
    by=APPLICANT,
    refuses="404 unknown-dossier unknown-procedure 409 no-online-payment payment-mismatch wrong-state "
    "503 payment-provider-unavailable",
)
NOTE_PAYMENT = Rpc(
    dossiers_v1.NotePaymentRequest,
    dossiers_v1.NotedPayment,
    repeatable=True,
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 unreadable-payment 401 wrong-signature 404 unknown-procedure 409 payment-mismatch wrong-state",
)
NOTE_GUIDED_SESSION = Rpc(
    dossiers_v1.NoteGuidedSessionRequest,
    Empty,
    seconds=1,
    by=APPLICANT,
    refuses="400 invalid-field 404 unknown-dossier 409 wrong-state",
)
GET_DOSSIER = Rpc(
    dossiers_v1.GetDossierRequest, dossiers_v1.Dossier, by=APPLICANT_OR_OFFICE, refuses="404 unknown-dossier"
)
GET_HISTORY = Rpc(
    dossiers_v1.GetHistoryRequest, dossiers_v1.GetHistoryResponse, by=APPLICANT_OR_OFFICE, refuses="404 unknown-dossier"
)
PROVE_PRACTICE = Rpc(
    dossiers_v1.ProvePracticeRequest,
    dossiers_v1.PracticeProof,
    repeatable=True,
    keyed=False,
    by=of_practice(of_ward(Role.CITIZEN)),
    refuses="404 unknown-dossier 409 practice-not-finished",
)
LIST_OWN_DOSSIERS = Rpc(
    dossiers_v1.ListOwnDossiersRequest, dossiers_v1.ListDossiersResponse, by=APPLICANT, refuses="400 invalid-cursor"
)
TRACK_DOSSIER = Rpc(
    dossiers_v1.TrackDossierRequest, dossiers_v1.TrackedDossier, by=PUBLIC, refuses="404 unknown-tracking"
)
LIST_DOSSIERS_LOG = Rpc(
    dossiers_v1.ListOwnAccessLogRequest,
    dossiers_v1.ListOwnAccessLogResponse,
    by=APPLICANT,
    refuses="400 invalid-cursor",
)
LIST_DESK = Rpc(
    dossiers_v1.ListDeskRequest,
    dossiers_v1.ListDossiersResponse,
    by=BY_OFFICE,
    refuses="400 invalid-cursor invalid-field search-expired",
)
LIST_QUEUES = Rpc(dossiers_v1.ListQueuesRequest, dossiers_v1.ListQueuesResponse, by=BY_OFFICE)
START_SEARCH = Rpc(
    dossiers_v1.StartSearchRequest,
    dossiers_v1.StartSearchResponse,
    by=BY_OFFICE,
    refuses="400 invalid-field missing-field text-too-long",
    repeatable=True,
    keyed=False,
)
COMPARE_DOCUMENT = Rpc(
    dossiers_v1.CompareDocumentRequest,
    dossiers_v1.Dossier,
    by=DESK,
    refuses="400 invalid-field missing-field text-too-long unknown-document-kind 404 unknown-dossier 409 wrong-state",
)
RECORD_RESIDENCE = Rpc(
    dossiers_v1.RecordResidenceRequest,
    dossiers_v1.Dossier,
    by=DESK,
    refuses="400 invalid-field missing-field text-too-long unknown-field 404 unknown-dossier 409 wrong-state",
)
SEARCH_REGISTER = Rpc(
    dossiers_v1.SearchRegisterRequest,
    dossiers_v1.SearchRegisterResponse,
    by=BY_OFFICE,
    refuses="400 invalid-cursor invalid-field missing-field search-expired text-too-long",
)
GET_ENTRY = Rpc(dossiers_v1.GetEntryRequest, dossiers_v1.FoundEntry, by=BY_OFFICE, refuses="404 unknown-entry")
NOTE_ENTRY = Rpc(
    dossiers_v1.NoteEntryRequest,
    dossiers_v1.FoundEntry,
    by=OFFICER,
    refuses="400 invalid-field missing-field text-too-long 404 unknown-entry unknown-note 503 file-store-unavailable",
)
DECIDE_NOTE = Rpc(
    dossiers_v1.DecideNoteRequest,
    dossiers_v1.FoundEntry,
    by=SIGNER,
    refuses="400 conflict-of-interest missing-field text-too-long 403 signer-prepared-it 404 "
    "unknown-entry unknown-note 409 note-decided wrong-state 503 file-store-unavailable",
)
DROP_NOTE = Rpc(
    dossiers_v1.DropNoteRequest,
    dossiers_v1.FoundEntry,
    by=OFFICER,
    refuses="404 unknown-entry unknown-note 503 file-store-unavailable",
)
LIST_PROPOSED_NOTES = Rpc(dossiers_v1.ListProposedNotesRequest, dossiers_v1.ListProposedNotesResponse, by=BY_OFFICE)
SET_MINISTRY_NUMBER = Rpc(
    dossiers_v1.SetMinistryNumberRequest,
    dossiers_v1.FoundEntry,
    by=OFFICER,
    refuses="400 invalid-field missing-field text-too-long 404 unknown-entry 409 ministry-number-taken",
)
LIST_BOOKS = Rpc(dossiers_v1.ListBooksRequest, dossiers_v1.ListBooksResponse, by=BY_OFFICE)
BEGIN_BOOK = Rpc(
    dossiers_v1.BeginBookRequest,
    dossiers_v1.Book,
    by=OFFICER,
    refuses="400 invalid-field 404 unknown-book 409 book-begun",
)
CLOSE_BOOK = Rpc(
    dossiers_v1.CloseBookRequest,
    dossiers_v1.Book,
    by=SIGNER,
    refuses="404 unknown-book 409 book-closed book-empty year-not-over",
)
GET_CLOSING_STATEMENT = Rpc(
    dossiers_v1.GetClosingStatementRequest, dossiers_v1.Paper, seconds=10, by=BY_OFFICE, refuses="404 unknown-book"
)
GET_WORKLOAD = Rpc(dossiers_v1.GetWorkloadRequest, dossiers_v1.Workload, by=ADMIN)
LIST_BLANKS = Rpc(dossiers_v1.ListBlanksRequest, dossiers_v1.ListBlanksResponse, by=OFFICE_OR_ADMIN)
SET_BLANK_OFFSET = Rpc(
    dossiers_v1.SetBlankOffsetRequest,
    dossiers_v1.Blank,
    by=OFFICER_OR_ADMIN,
    refuses="400 invalid-field 404 unknown-blank 412 stale-version",
)
GET_CALIBRATION_PAGE = Rpc(
    dossiers_v1.GetCalibrationPageRequest, dossiers_v1.Paper, seconds=5, by=OFFICE_OR_ADMIN, refuses="404 unknown-blank"
)
GET_TRACKING_BOOK = Rpc(
    dossiers_v1.GetTrackingBookRequest,
    dossiers_v1.Paper,
    seconds=10,
    by=BY_OFFICE,
    refuses="400 invalid-field range-too-long",
)
GET_PAPER = Rpc(
    dossiers_v1.GetPaperRequest,
    dossiers_v1.Paper,
    seconds=10,  # makes a missing paper at the first look
    by=APPLICANT_OR_OFFICE,
    refuses="404 file-not-found no-such-paper unknown-certificate unknown-dossier 409 certificate-revoked "
    "500 file-altered seal-broken 503 file-store-unavailable seal-unavailable",
)
GET_SIGNING = Rpc(
    dossiers_v1.GetSigningRequest,
    dossiers_v1.Signing,
    seconds=5,  # lays the paper out
    by=SIGNER,
    refuses="400 not-registrable 403 signer-prepared-it 404 unknown-dossier unknown-entry "
    "409 approval-incomplete not-approved verification-open wrong-state",
)
GET_PAPER_PREVIEW = Rpc(
    dossiers_v1.GetPaperPreviewRequest,
    dossiers_v1.Paper,
    seconds=5,
    by=SIGNER,
    refuses="400 not-registrable 403 signer-prepared-it 404 no-such-paper unknown-dossier unknown-entry "
    "409 approval-incomplete not-approved verification-open wrong-state 412 paper-changed",
)
FIND_NEXT_DOSSIER = Rpc(
    dossiers_v1.FindNextDossierRequest,
    dossiers_v1.FindNextDossierResponse,
    by=BY_OFFICE,
    refuses="400 invalid-field 404 unknown-dossier",
)
VERIFY_CERTIFICATE = Rpc(
    dossiers_v1.VerifyCertificateRequest,
    dossiers_v1.CertificateStatus,
    by=PUBLIC,
    refuses="404 unknown-certificate",
)
