"""The ward office's work on dossiers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from caunoi.accounts.v1 import accounts_pb2
from caunoi.dossiers.v1 import dossiers_pb2
from caunoi.notifications.v1 import notifications_pb2
from google.protobuf.message import Message

from gateway.api import answers, encode
from gateway.api.caller import expected_version, idempotency_key, token
from gateway.api.models import (
    Approval,
    Assignment,
    DeskQuery,
    FeeAsked,
    Handover,
    NewAppointment,
    ReasonAndArticle,
    Signature,
    SupplementAsked,
    VerificationAsked,
    VerificationReply,
)
from gateway.api.operations import Nothing, api
from gateway.cells import cells

SIGNATURE_SECONDS = 10.0  # registering, rendering and sealing the certificate


@api.operation(
    "GET",
    "/wards/<ward>/desk",
    id="listDesk",
    tag="desk",
    summary="The ward's work list, most urgent first",
    query=DeskQuery,
    answer=answers.WorkList,
)
def list_desk(ward: str, query: DeskQuery) -> answers.WorkList:
    request = dossiers_pb2.ListDeskRequest(
        statuses=query.status,
        due=query.due,
        query=query.q,
        assigned=query.assigned,
        page_size=query.limit,
        cursor=query.cursor,
    )
    found = cells().ask(ward, cells().dossiers(ward).ListDesk, request, token=token(), repeatable=True)
    return answers.WorkList(
        dossiers=[encode.dossier_summary(each) for each in found.dossiers],
        next_cursor=found.next_cursor or None,
        overdue=found.overdue,
    )


@api.operation(
    "GET",
    "/wards/<ward>/desk/staff",
    id="listStaff",
    tag="desk",
    summary="The colleagues of the ward's office, to whom a dossier may be handed on",
    answer=answers.Staff,
)
def list_staff(ward: str) -> answers.Staff:
    rpc = cells().accounts(ward).ListStaff
    found = cells().ask(ward, rpc, accounts_pb2.ListStaffRequest(), token=token(), repeatable=True)
    return answers.Staff(staff=[encode.staff_member(each) for each in found.staff])


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/assignment",
    id="assignDossier",
    tag="desk",
    summary="Take a dossier on, or hand it on to a colleague",
    description="What somebody works on, they alone give away, or a signer.",
    body=Assignment,
    answer=answers.Dossier,
    creates=True,
    edits=True,
)
def assign_dossier(ward: str, dossier: str, body: Assignment) -> answers.Dossier:
    request = dossiers_pb2.AssignDossierRequest(
        dossier_id=dossier, to=body.to, note=body.note, expected_version=expected_version()
    )
    return _act(ward, cells().dossiers(ward).AssignDossier, request)


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/acceptance",
    id="acceptDossier",
    tag="desk",
    summary="Take a dossier in: sets the due time, sends the receipt (1 → 2); asks for what is owed first (1 → 6)",
    body=Nothing,
    answer=answers.Dossier,
    creates=True,
    edits=True,
)
def accept_dossier(ward: str, dossier: str) -> answers.Dossier:
    request = dossiers_pb2.AcceptDossierRequest(dossier_id=dossier, expected_version=expected_version())
    return _act(ward, cells().dossiers(ward).AcceptDossier, request)


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/refusal",
    id="refuseDossier",
    tag="desk",
    summary="Refuse to take a dossier in, with reason and article (1 → 3)",
    body=ReasonAndArticle,
    answer=answers.Dossier,
    creates=True,
    edits=True,
)
def refuse_dossier(ward: str, dossier: str, body: ReasonAndArticle) -> answers.Dossier:
    request = dossiers_pb2.RefuseDossierRequest(
        dossier_id=dossier, reason=body.reason, article=body.article, expected_version=expected_version()
    )
    return _act(ward, cells().dossiers(ward).RefuseDossier, request)


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/supplement-request",
    id="requestSupplement",
    tag="desk",
    summary="Ask the applicant for what is missing, field by field; the clock stands still (1, 2 or 4 → 5)",
    body=SupplementAsked,
    answer=answers.Dossier,
    creates=True,
    edits=True,
)
def request_supplement(ward: str, dossier: str, body: SupplementAsked) -> answers.Dossier:
    request = dossiers_pb2.RequestSupplementRequest(
        dossier_id=dossier,
        items=[dossiers_pb2.SupplementItem(field=item.field, text=item.text) for item in body.items],
        reason=body.reason,
        expected_version=expected_version(),
    )
    return _act(ward, cells().dossiers(ward).RequestSupplement, request)


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/fee-request",
    id="requestFee",
    tag="desk",
    summary="Ask for what is still to be paid, such as more copies; the clock stands still (2 or 4 → 6)",
    description="What is owed from the start is asked for by the acceptance.",
    body=FeeAsked,
    answer=answers.Dossier,
    creates=True,
    edits=True,
)
def request_fee(ward: str, dossier: str, body: FeeAsked) -> answers.Dossier:
    request = dossiers_pb2.RequestFeeRequest(
        dossier_id=dossier,
        items=[dossiers_pb2.FeeItem(item=item.item, count=item.count) for item in body.items],
        reason=body.reason,
        expected_version=expected_version(),
    )
    return _act(ward, cells().dossiers(ward).RequestFee, request)


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/extension",
    id="extendDossier",
    tag="desk",
    summary="Apologise and name a new day and hour, once",
    description="Before the time is over; later it is taken as well, and the verdict stays late.",
    body=NewAppointment,
    answer=answers.Dossier,
    creates=True,
    edits=True,
)
def extend_dossier(ward: str, dossier: str, body: NewAppointment) -> answers.Dossier:
    request = dossiers_pb2.ExtendDossierRequest(
        dossier_id=dossier, reason=body.reason, expected_version=expected_version()
    )
    request.new_due_at.FromDatetime(datetime.fromisoformat(body.new_due_at))
    return _act(ward, cells().dossiers(ward).ExtendDossier, request)


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/verification-request",
    id="requestVerification",
    tag="desk",
    summary="Verify before the result: ask another office, look into it, post a notice (2 or 4 → 4)",
    description="While another office or a notice is waited for, the clock stands still (NĐ 123/2015 Đ3.4).",
    body=VerificationAsked,
    answer=answers.Dossier,
    creates=True,
    edits=True,
)
def request_verification(ward: str, dossier: str, body: VerificationAsked) -> answers.Dossier:
    request = dossiers_pb2.RequestVerificationRequest(
        dossier_id=dossier, expected_version=expected_version(), **body.model_dump()
    )
    return _act(ward, cells().dossiers(ward).RequestVerification, request)


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/verification-reply",
    id="recordVerificationReply",
    tag="desk",
    summary="Record what came of a verification; the clock runs on when nothing else is waited for",
    body=VerificationReply,
    answer=answers.Dossier,
    creates=True,
    edits=True,
)
def record_verification_reply(ward: str, dossier: str, body: VerificationReply) -> answers.Dossier:
    request = dossiers_pb2.RecordVerificationReplyRequest(
        dossier_id=dossier,
        verification_id=body.verification,
        expected_version=expected_version(),
        **body.model_dump(exclude={"verification"}),
    )
    return _act(ward, cells().dossiers(ward).RecordVerificationReply, request)


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/approval",
    id="approveDossier",
    tag="desk",
    summary="Find the dossier complete and right and prepare the register entry (2 or 4 → 4)",
    body=Approval,
    answer=answers.Dossier,
    creates=True,
    edits=True,
)
def approve_dossier(ward: str, dossier: str, body: Approval) -> answers.Dossier:
    request = dossiers_pb2.ApproveDossierRequest(
        dossier_id=dossier,
        personal_identification_number=body.personal_identification_number,
        note=body.note,
        statement=body.statement,
        source_entry_id=body.source_entry_id or "",
        expected_version=expected_version(),
    )
    return _act(ward, cells().dossiers(ward).ApproveDossier, request)


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/signature",
    id="signDossier",
    tag="desk",
    summary="Register and sign; the register number and the certificate come into being (4 → 9)",
    description="By another person than the one who approved.",
    body=Signature,
    answer=answers.Dossier,
    creates=True,
    edits=True,
)
def sign_dossier(ward: str, dossier: str, body: Signature) -> answers.Dossier:
    request = dossiers_pb2.SignDossierRequest(
        dossier_id=dossier, register_signed=body.register_signed, expected_version=expected_version()
    )
    return _act(ward, cells().dossiers(ward).SignDossier, request, seconds=SIGNATURE_SECONDS)


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/handover",
    id="handOverDossier",
    tag="desk",
    summary="The result reaches people: at the office, or sent where the procedure allows it (9 → 10)",
    description="`handover` of the dossier says who has to come and sign; `comparisons`, what is still to be compared.",
    body=Handover,
    answer=answers.Dossier,
    creates=True,
    edits=True,
)
def hand_over_dossier(ward: str, dossier: str, body: Handover) -> answers.Dossier:
    request = dossiers_pb2.HandOverDossierRequest(
        dossier_id=dossier,
        recipient_name=body.recipient_name,
        register_signed=body.register_signed,
        present=body.present,
        delivery=body.delivery,
        delivery_note=body.delivery_note,
        authorised=body.authorised,
        expected_version=expected_version(),
    )
    return _act(ward, cells().dossiers(ward).HandOverDossier, request)


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/stop",
    id="stopDossier",
    tag="desk",
    summary="Stop work on a dossier for good, with reason and article (2, 4 or 5 → 8)",
    body=ReasonAndArticle,
    answer=answers.Dossier,
    creates=True,
    edits=True,
)
def stop_dossier(ward: str, dossier: str, body: ReasonAndArticle) -> answers.Dossier:
    request = dossiers_pb2.StopDossierRequest(
        dossier_id=dossier, reason=body.reason, article=body.article, expected_version=expected_version()
    )
    return _act(ward, cells().dossiers(ward).StopDossier, request)


@api.operation(
    "GET",
    "/wards/<ward>/dossiers/<uuid:dossier>/messages",
    id="listDossierMessages",
    tag="desk",
    summary="What was told about a dossier, with the attempts, for the ward's staff",
    answer=answers.Messages,
)
def list_dossier_messages(ward: str, dossier: str) -> answers.Messages:
    request = notifications_pb2.ListDossierMessagesRequest(dossier_id=dossier)
    rpc = cells().notifications(ward).ListDossierMessages
    found = cells().ask(ward, rpc, request, token=token(), repeatable=True)
    return answers.Messages(messages=[encode.message(each, ward) for each in found.messages])


def _act(
    ward: str, rpc: Callable[..., dossiers_pb2.Dossier], request: Message, *, seconds: float = 3.0
) -> answers.Dossier:
    """An officer's act on a dossier."""
    key = idempotency_key()
    return encode.dossier(cells().ask(ward, rpc, request, seconds=seconds, token=token(), idempotency_key=key))
