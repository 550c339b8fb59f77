"""The contract's RPCs: each with its command, its use case and its view. Nothing is decided here."""

from __future__ import annotations

from services.chassis.grpc.rpc import Command, Free, Query, SteppedCommand, Table
from services.dossiers.use_cases import reading, searches
from services.dossiers.use_cases.fees import payments
from services.dossiers.use_cases.fees import request as fee_request
from services.dossiers.use_cases.intake import captures, documents, drafts, filing, guided, own, supplement
from services.dossiers.use_cases.office import (
    acceptance,
    assignment,
    delivery,
    desk,
    extension,
    handover,
    next_dossier,
    queues,
    residence,
    verification,
    work_list,
)
from services.dossiers.use_cases.papers import blanks, certificates, issuing, signing, tracking_book
from services.dossiers.use_cases.practice import proof
from services.dossiers.use_cases.registers import asked_notes, books, ministry, notes, registration, search
from services.dossiers.views import blanks as blank_views
from services.dossiers.views import captures as capture_views
from services.dossiers.views import dossiers, history, papers, procedures, registers, tracking
from services.dossiers.views import fees as fee_views
from services.dossiers.views import signing as signing_views

RPCS: Table = {
    # Procedures
    "ListProcedures": Free(reading.ListProcedures, reading.procedures, procedures.procedures),
    "GetProcedure": Free(reading.GetProcedure, reading.procedure, procedures.procedure_here),
    # The applicant, or the desk for people who came in or wrote
    "CreateDraft": SteppedCommand(
        drafts.CreateDraft, drafts.may_begin, drafts.fill_in_account, drafts.begin, dossiers.dossier
    ),
    "SaveForm": Command(drafts.SaveForm, drafts.save_form, dossiers.dossier),
    "DeleteDraft": Command(drafts.DeleteDraft, drafts.delete, dossiers.empty),
    "AddDocument": SteppedCommand(
        documents.AddDocument, documents.may_add, documents.store, documents.add, dossiers.document
    ),
    "RemoveDocument": Command(documents.RemoveDocument, documents.remove, dossiers.dossier),
    "RequestConfirmation": SteppedCommand(
        filing.RequestConfirmation, filing.filable, filing.send_code, filing.note_confirmation, dossiers.confirmation
    ),
    "NoteGuidedSession": Command(guided.NoteGuidedSession, guided.note, dossiers.empty),
    "SubmitDossier": SteppedCommand(
        filing.SubmitDossier, filing.confirmed, filing.redeem, filing.file, dossiers.submitted
    ),
    "SubmitAtCounter": Command(filing.SubmitAtCounter, filing.file_at_counter, dossiers.submitted),
    "SupplementDossier": Command(supplement.SupplementDossier, supplement.supplement, dossiers.dossier),
    "WithdrawDossier": Command(supplement.WithdrawDossier, supplement.withdraw, dossiers.dossier),
    "StartPayment": Free(payments.StartPayment, payments.start, fee_views.started_payment),
    "ProvePractice": Query(proof.ProvePractice, proof.prove, dossiers.proof),
    "ListOwnDossiers": Query(own.ListOwnDossiers, own.own_dossiers, dossiers.own),
    "ListOwnAccessLog": Query(own.ListOwnAccessLog, own.own_access_log, history.looks),
    # The applicant and the office
    "GetDossier": Query(reading.GetDossier, reading.dossier, dossiers.seen, apart=True),
    "GetHistory": Query(reading.GetHistory, reading.history, history.history),
    "GetDocument": Free(documents.GetDocument, documents.read, dossiers.document_content),
    "GetPaper": Free(issuing.GetPaper, issuing.paper, papers.paper),
    # Everybody
    "TrackDossier": Query(reading.TrackDossier, reading.tracked, tracking.tracked),
    "VerifyCertificate": Query(reading.VerifyCertificate, reading.certificate, tracking.certificate),
    "NotePayment": Free(payments.NotePayment, payments.note, fee_views.noted_payment),
    # The office
    "ListDesk": Query(work_list.ListDesk, work_list.work_list, dossiers.work_list),
    "ListQueues": Query(queues.ListQueues, queues.waiting, dossiers.queues),
    "StartSearch": Query(searches.StartSearch, searches.start, dossiers.started_search),
    "AssignDossier": SteppedCommand(
        assignment.AssignDossier, assignment.assignable, assignment.colleague, assignment.assign, dossiers.dossier
    ),
    "CompareDocument": Command(handover.CompareDocument, handover.compare, dossiers.dossier),
    "RecordResidence": Command(residence.RecordResidence, residence.record, dossiers.dossier),
    "AcceptDossier": Command(acceptance.AcceptDossier, acceptance.accept, dossiers.dossier),
    "RefuseDossier": Command(desk.RefuseDossier, desk.refuse, dossiers.dossier),
    "RequestSupplement": Command(desk.RequestSupplement, desk.request_supplement, dossiers.dossier),
    "RequestFee": Command(fee_request.RequestFee, fee_request.request, dossiers.dossier),
    "RecordPayment": Command(payments.RecordPayment, payments.record, dossiers.dossier),
    "ExtendDossier": Command(extension.ExtendDossier, extension.extend, dossiers.dossier),
    "RequestVerification": Command(verification.RequestVerification, verification.request, dossiers.dossier),
    "RecordVerificationReply": Command(
        verification.RecordVerificationReply, verification.record_reply, dossiers.dossier
    ),
    "GetTrackingBook": Free(tracking_book.GetTrackingBook, tracking_book.tracking_book, papers.paper),
    "ApproveDossier": Command(desk.ApproveDossier, desk.approve, dossiers.dossier),
    "SignDossier": Command(
        registration.SignDossier, registration.sign, dossiers.dossier, committed=certificates.make_soon
    ),
    "GetSigning": Free(signing.GetSigning, signing.signing, signing_views.signing),
    "GetPaperPreview": Free(signing.GetPaperPreview, signing.preview, papers.paper),
    "FindNextDossier": Query(next_dossier.FindNextDossier, next_dossier.find_next, dossiers.next_dossier),
    "ReturnDossier": Command(desk.ReturnDossier, desk.give_back, dossiers.dossier),
    "ChangeDelivery": Command(delivery.ChangeDelivery, delivery.change, dossiers.dossier),
    "HandOverDossier": Command(handover.HandOverDossier, handover.hand_over, dossiers.dossier),
    "ProposeStop": Command(desk.ProposeStop, desk.propose_stop, dossiers.dossier),
    "StopDossier": Command(desk.StopDossier, desk.stop, dossiers.dossier),
    "GetWorkload": Query(assignment.GetWorkload, assignment.workload, dossiers.workload),
    "ListBlanks": Query(blanks.ListBlanks, blanks.list_blanks, blank_views.blanks),
    "SetBlankOffset": Command(blanks.SetBlankOffset, blanks.set_offset, blank_views.blank),
    "GetCalibrationPage": Free(blanks.GetCalibrationPage, blanks.calibration, papers.paper),
    # The registers
    "SearchRegister": Query(search.SearchRegister, search.search, registers.found),
    "GetEntry": Query(search.GetEntry, search.entry, registers.entry),
    "NoteEntry": Command(asked_notes.NoteEntry, notes.propose, registers.entry),
    "DecideNote": Command(notes.DecideNote, notes.decide, registers.entry),
    "DropNote": Command(notes.DropNote, notes.drop, registers.entry),
    "ListProposedNotes": Query(notes.ListProposedNotes, notes.waiting, registers.waiting),
    "SetMinistryNumber": Command(ministry.SetMinistryNumber, ministry.set_number, registers.entry),
    "ListBooks": Query(books.ListBooks, books.list_books, registers.books),
    "BeginBook": Command(books.BeginBook, books.begin, registers.book),
    "CloseBook": Command(books.CloseBook, books.close, registers.book),
    "GetClosingStatement": Free(books.GetClosingStatement, books.statement, papers.paper),
}

CAPTURES: Table = {
    # The applicant
    "StartCapture": Command(captures.StartCapture, captures.start, capture_views.started),
    "GetCapture": Query(captures.GetCapture, captures.capture, capture_views.capture),
    "GetCapturePage": Free(captures.GetCapturePage, captures.page, capture_views.page),
    "TurnCapturePage": Command(captures.TurnCapturePage, captures.turn, capture_views.capture),
    "RemoveCapturePage": Command(captures.RemoveCapturePage, captures.remove, capture_views.capture),
    "KeepCapture": SteppedCommand(
        captures.KeepCapture, captures.may_keep, captures.join, captures.keep, dossiers.document
    ),
    "DiscardCapture": Command(captures.DiscardCapture, captures.discard, capture_views.capture),
    # The holder of a ticket
    "GetCaptureTicket": Query(captures.GetCaptureTicket, captures.ticketed, capture_views.ticket),
    "AddCapturePage": SteppedCommand(
        captures.AddCapturePage, captures.may_add, captures.store, captures.add, capture_views.ticket
    ),
    "EndCapture": Command(captures.EndCapture, captures.end, capture_views.ticket),
}
