"""Paying: where the applicant does it, what the desk took, and what the payment provider tells."""

from __future__ import annotations

from caunoi.dossiers.v1 import dossiers_pb2
from flask import request

from gateway.api import answers, encode
from gateway.api.caller import expected_version, idempotency_key, token
from gateway.api.models import Payment, PaymentTold
from gateway.api.operations import api
from gateway.cells import cells

PROVIDER_SECONDS = 8.0  # the payment provider is asked meanwhile
_WARD = slice(2, 7)  # of a reference


@api.operation(
    "POST",
    "/wards/<ward>/dossiers/<uuid:dossier>/payment",
    id="payDossier",
    tag="dossiers",
    summary="The applicant: where to pay online. The office: what was paid at the counter (6 → 2, or back to 4)",
    description="Without `receipt` and `exemption` it is the applicant's; asked again, it is the same place. With one "
    "of them it is the office's, and `If-Match` is needed.",
    body=Payment,
    answer=answers.PaymentStep,
    creates=True,
    edits=True,
    blind=True,  # the applicant only asks where to pay; what the office records names the version
)
def pay_dossier(ward: str, dossier: str, body: Payment) -> answers.PaymentStep:
    if body.receipt or body.exemption:
        return _step(_record(ward, dossier, body))
    started = cells().ask(
        ward,
        cells().dossiers(ward).StartPayment,
        dossiers_pb2.StartPaymentRequest(dossier_id=dossier),
        seconds=PROVIDER_SECONDS,
        token=token(),
    )
    read = dossiers_pb2.GetDossierRequest(dossier_id=dossier)
    found = cells().ask(ward, cells().dossiers(ward).GetDossier, read, token=token(), repeatable=True)
    return _step(found, started.url)


def _record(ward: str, dossier: str, body: Payment) -> dossiers_pb2.Dossier:
    request = dossiers_pb2.RecordPaymentRequest(
        dossier_id=dossier,
        receipt=body.receipt,
        exemption=body.exemption,
        reason=body.reason,
        article=body.article,
        expected_version=expected_version(),
    )
    rpc = cells().dossiers(ward).RecordPayment
    return cells().ask(ward, rpc, request, token=token(), idempotency_key=idempotency_key())


def _step(found: dossiers_pb2.Dossier, url: str = "") -> answers.PaymentStep:
    dossier = encode.dossier(found)
    return answers.PaymentStep(url=url or None, version=dossier.version, dossier=dossier)


@api.operation(
    "POST",
    "/payments/callback",
    id="notePayment",
    tag="public",
    summary="For the payment provider: somebody has paid",
    description="`Payment-Timestamp` (Unix seconds) and `Payment-Signature` (hex HMAC-SHA256 of timestamp, full stop "
    "and body) vouch for the body; the ward that the reference names verifies them. Sent again, it is answered alike.",
    signed_in=False,
    body=PaymentTold,
    answer=answers.PaymentNoted,
)
def note_payment(body: PaymentTold) -> answers.PaymentNoted:
    ward = body.reference[_WARD]
    told = dossiers_pb2.NotePaymentRequest(
        body=request.get_data(),
        timestamp=request.headers.get("Payment-Timestamp", "")[:20],
        signature=request.headers.get("Payment-Signature", "")[:200],
    )
    noted = cells().ask(ward, cells().dossiers(ward).NotePayment, told, repeatable=True)
    return answers.PaymentNoted(outcome=noted.outcome)
