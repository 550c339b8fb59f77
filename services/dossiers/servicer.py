"""The contract's RPCs: decode, use case, encode. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable

import grpc
from caunoi.dossiers.v1 import dossiers_pb2
from caunoi.dossiers.v1.dossiers_pb2_grpc import DossiersServiceServicer
from google.protobuf.message import Message

from services.chassis.grpc.call import current_call
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases import reading
from services.dossiers.use_cases.intake import drafts, filing
from services.dossiers.use_cases.intake import supplement as applicant
from services.dossiers.use_cases.office import assignment as assigning
from services.dossiers.use_cases.office import desk, extension, fees, handover, verification
from services.dossiers.use_cases.office import payments as paying
from services.dossiers.use_cases.papers import issuing, tracking_book
from services.dossiers.use_cases.registers import books, notes
from services.dossiers.use_cases.registers import registration as register
from services.dossiers.use_cases.registers import search as searching
from services.dossiers.use_cases.unit import Unit, Workplace
from services.dossiers.views import dossiers as encoding

Context = grpc.ServicerContext


class DossiersServicer(DossiersServiceServicer):
    """One method an RPC; `_change` gives each command its transaction and its repetition the first answer."""

    def __init__(self, place: Workplace) -> None:
        self._place = place

    def _change(self, request: Message, act: Callable[[Unit], DossierRow]) -> dossiers_pb2.Dossier:
        with self._place.unit() as unit:
            return unit.once(request, dossiers_pb2.Dossier, lambda: encoding.dossier(unit, act(unit)))

    # Procedures

    def ListProcedures(
        self, request: dossiers_pb2.ListProceduresRequest, context: Context
    ) -> dossiers_pb2.ListProceduresResponse:
        return dossiers_pb2.ListProceduresResponse(procedures=reading.procedures(self._place, request.on))

    def GetProcedure(self, request: dossiers_pb2.GetProcedureRequest, context: Context) -> dossiers_pb2.Procedure:
        return reading.procedure(self._place, request.code, request.on, request.version)

    # The applicant

    def CreateDraft(self, request: dossiers_pb2.CreateDraftRequest, context: Context) -> dossiers_pb2.Dossier:
        return drafts.create(self._place, request)

    def SaveForm(self, request: dossiers_pb2.SaveFormRequest, context: Context) -> dossiers_pb2.Dossier:
        return self._change(
            request,
            lambda unit: drafts.save_form(unit, request.dossier_id, request.form_json, request.expected_version),
        )

    def AddDocument(self, request: dossiers_pb2.AddDocumentRequest, context: Context) -> dossiers_pb2.Document:
        return drafts.add_document(self._place, request)

    def RemoveDocument(self, request: dossiers_pb2.RemoveDocumentRequest, context: Context) -> dossiers_pb2.Dossier:
        return self._change(request, lambda unit: drafts.remove_document(unit, request.dossier_id, request.document_id))

    def RequestConfirmation(
        self, request: dossiers_pb2.RequestConfirmationRequest, context: Context
    ) -> dossiers_pb2.Confirmation:
        return filing.request_confirmation(self._place, request)

    def SubmitDossier(
        self, request: dossiers_pb2.SubmitDossierRequest, context: Context
    ) -> dossiers_pb2.SubmitDossierResponse:
        return filing.submit(self._place, request)

    def SubmitAtCounter(
        self, request: dossiers_pb2.SubmitAtCounterRequest, context: Context
    ) -> dossiers_pb2.SubmitDossierResponse:
        with self._place.unit() as unit:
            return unit.once(
                request, dossiers_pb2.SubmitDossierResponse, lambda: filing.submit_at_counter(unit, request)
            )

    def SupplementDossier(
        self, request: dossiers_pb2.SupplementDossierRequest, context: Context
    ) -> dossiers_pb2.Dossier:
        return self._change(
            request,
            lambda unit: applicant.supplement(unit, request.dossier_id, request.form_json, request.expected_version),
        )

    def WithdrawDossier(self, request: dossiers_pb2.WithdrawDossierRequest, context: Context) -> dossiers_pb2.Dossier:
        return self._change(
            request,
            lambda unit: applicant.withdraw(
                unit,
                request.dossier_id,
                request.reason,
                request.expected_version,
                request_signed=request.request_signed,
            ),
        )

    def StartPayment(self, request: dossiers_pb2.StartPaymentRequest, context: Context) -> dossiers_pb2.StartedPayment:
        return paying.start(self._place, request)

    def ListOwnDossiers(
        self, request: dossiers_pb2.ListOwnDossiersRequest, context: Context
    ) -> dossiers_pb2.ListDossiersResponse:
        with self._place.unit() as unit:
            return reading.own_dossiers(unit, request.page_size, request.cursor)

    def ListOwnAccessLog(
        self, request: dossiers_pb2.ListOwnAccessLogRequest, context: Context
    ) -> dossiers_pb2.ListOwnAccessLogResponse:
        with self._place.unit() as unit:
            return reading.own_access_log(unit, request.page_size, request.cursor)

    # The applicant and the office

    def GetDossier(self, request: dossiers_pb2.GetDossierRequest, context: Context) -> dossiers_pb2.Dossier:
        with self._place.unit() as unit:
            return reading.dossier(unit, request.dossier_id)

    def GetHistory(self, request: dossiers_pb2.GetHistoryRequest, context: Context) -> dossiers_pb2.GetHistoryResponse:
        with self._place.unit() as unit:
            return dossiers_pb2.GetHistoryResponse(entries=reading.history(unit, request.dossier_id))

    def GetDocument(self, request: dossiers_pb2.GetDocumentRequest, context: Context) -> dossiers_pb2.DocumentContent:
        with self._place.unit() as unit:
            row = reading.document(unit, request.dossier_id, request.document_id)
        content = self._place.files[unit.ward].get(row.path)
        return dossiers_pb2.DocumentContent(document=encoding.document(row), content=content)

    def GetPaper(self, request: dossiers_pb2.GetPaperRequest, context: Context) -> dossiers_pb2.Paper:
        return issuing.paper(self._place, request.dossier_id, request.kind)

    # Everybody

    def TrackDossier(self, request: dossiers_pb2.TrackDossierRequest, context: Context) -> dossiers_pb2.TrackedDossier:
        with self._place.unit() as unit:
            return reading.track(unit, request.code, request.key)

    def VerifyCertificate(
        self, request: dossiers_pb2.VerifyCertificateRequest, context: Context
    ) -> dossiers_pb2.CertificateStatus:
        with self._place.unit() as unit:
            return reading.certificate(unit, request.certificate_id)

    def NotePayment(self, request: dossiers_pb2.NotePaymentRequest, context: Context) -> dossiers_pb2.NotedPayment:
        return paying.note(self._place, request)

    # The office

    def ListDesk(self, request: dossiers_pb2.ListDeskRequest, context: Context) -> dossiers_pb2.ListDossiersResponse:
        with self._place.unit() as unit:
            return reading.desk(unit, request)

    def AssignDossier(self, request: dossiers_pb2.AssignDossierRequest, context: Context) -> dossiers_pb2.Dossier:
        to = assigning.colleague(self._place, request)
        return self._change(request, lambda unit: assigning.assign(unit, request, to))

    def CompareDocument(self, request: dossiers_pb2.CompareDocumentRequest, context: Context) -> dossiers_pb2.Dossier:
        return self._change(request, lambda unit: handover.compare(unit, request))

    def AcceptDossier(self, request: dossiers_pb2.AcceptDossierRequest, context: Context) -> dossiers_pb2.Dossier:
        return self._change(request, lambda unit: desk.accept(unit, request.dossier_id, request.expected_version))

    def RefuseDossier(self, request: dossiers_pb2.RefuseDossierRequest, context: Context) -> dossiers_pb2.Dossier:
        return self._change(
            request,
            lambda unit: desk.refuse(
                unit, request.dossier_id, request.reason, request.article, request.expected_version
            ),
        )

    def RequestSupplement(
        self, request: dossiers_pb2.RequestSupplementRequest, context: Context
    ) -> dossiers_pb2.Dossier:
        items = [(item.field, item.text) for item in request.items]
        return self._change(
            request,
            lambda unit: desk.request_supplement(
                unit, request.dossier_id, items, request.reason, request.expected_version
            ),
        )

    def RequestFee(self, request: dossiers_pb2.RequestFeeRequest, context: Context) -> dossiers_pb2.Dossier:
        items = [(item.item, item.count) for item in request.items]
        return self._change(
            request,
            lambda unit: fees.request(unit, request.dossier_id, items, request.reason, request.expected_version),
        )

    def RecordPayment(self, request: dossiers_pb2.RecordPaymentRequest, context: Context) -> dossiers_pb2.Dossier:
        return self._change(
            request,
            lambda unit: fees.record(
                unit,
                request.dossier_id,
                request.receipt,
                request.exemption,
                request.reason,
                request.article,
                request.expected_version,
            ),
        )

    def ExtendDossier(self, request: dossiers_pb2.ExtendDossierRequest, context: Context) -> dossiers_pb2.Dossier:
        return self._change(request, lambda unit: extension.extend(unit, request))

    def RequestVerification(
        self, request: dossiers_pb2.RequestVerificationRequest, context: Context
    ) -> dossiers_pb2.Dossier:
        return self._change(request, lambda unit: verification.request(unit, request))

    def RecordVerificationReply(
        self, request: dossiers_pb2.RecordVerificationReplyRequest, context: Context
    ) -> dossiers_pb2.Dossier:
        return self._change(request, lambda unit: verification.record_reply(unit, request))

    def GetTrackingBook(self, request: dossiers_pb2.GetTrackingBookRequest, context: Context) -> dossiers_pb2.Paper:
        return tracking_book.tracking_book(self._place, request.from_day, request.to_day)

    def ApproveDossier(self, request: dossiers_pb2.ApproveDossierRequest, context: Context) -> dossiers_pb2.Dossier:
        return self._change(request, lambda unit: desk.approve(unit, request))

    def SignDossier(self, request: dossiers_pb2.SignDossierRequest, context: Context) -> dossiers_pb2.Dossier:
        answer = self._change(
            request,
            lambda unit: register.sign(
                unit, request.dossier_id, request.expected_version, register_signed=request.register_signed
            ),
        )
        self._place.signed[current_call().ward].set()  # committed: the certificate can be made
        return answer

    def HandOverDossier(self, request: dossiers_pb2.HandOverDossierRequest, context: Context) -> dossiers_pb2.Dossier:
        return self._change(request, lambda unit: handover.hand_over(unit, request))

    def StopDossier(self, request: dossiers_pb2.StopDossierRequest, context: Context) -> dossiers_pb2.Dossier:
        return self._change(
            request,
            lambda unit: desk.stop(unit, request.dossier_id, request.reason, request.article, request.expected_version),
        )

    # The registers

    def SearchRegister(
        self, request: dossiers_pb2.SearchRegisterRequest, context: Context
    ) -> dossiers_pb2.SearchRegisterResponse:
        with self._place.unit() as unit:
            return searching.search(unit, request)

    def GetEntry(self, request: dossiers_pb2.GetEntryRequest, context: Context) -> dossiers_pb2.FoundEntry:
        with self._place.unit() as unit:
            return searching.entry(unit, request.entry_id)

    def NoteEntry(self, request: dossiers_pb2.NoteEntryRequest, context: Context) -> dossiers_pb2.FoundEntry:
        with self._place.unit() as unit:
            return unit.once(request, dossiers_pb2.FoundEntry, lambda: searching.whole(unit, notes.add(unit, request)))

    def ListBooks(self, request: dossiers_pb2.ListBooksRequest, context: Context) -> dossiers_pb2.ListBooksResponse:
        with self._place.unit() as unit:
            return dossiers_pb2.ListBooksResponse(books=books.list_books(unit, request.year))

    def BeginBook(self, request: dossiers_pb2.BeginBookRequest, context: Context) -> dossiers_pb2.Book:
        with self._place.unit() as unit:
            return unit.once(
                request,
                dossiers_pb2.Book,
                lambda: books.book(unit, books.begin(unit, request.register, request.year, request.paper_number)),
            )

    def CloseBook(self, request: dossiers_pb2.CloseBookRequest, context: Context) -> dossiers_pb2.Book:
        with self._place.unit() as unit:
            return unit.once(
                request,
                dossiers_pb2.Book,
                lambda: books.book(unit, books.close(unit, request.register, request.year, full=request.full)),
            )

    def GetClosingStatement(
        self, request: dossiers_pb2.GetClosingStatementRequest, context: Context
    ) -> dossiers_pb2.Paper:
        return books.statement(self._place, request.register, request.year, request.volume)
