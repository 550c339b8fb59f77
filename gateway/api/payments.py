"""Payments: where the applicant pays, what was paid at the desk, and what the payment provider reports."""

from __future__ import annotations

from caunoi.dossiers.v1 import dossiers_pb2
from flask import request

from gateway import rpc, rpcs
from gateway.acts import PAYMENT
from gateway.api import dossier_answers as answers
from gateway.api.caller import expected_version
from gateway.api.encode import Json, encode
from gateway.api.operations import api
from gateway.api.requests import PaymentTold
from gateway.models import Payment
from gateway.wards import WardClient, wards

_WARD = slice(2, 7)  # the part of a reference that names the ward


@api.operation(
    "POST",
    f"/wards/<ward>/dossiers/<uuid:dossier>/{PAYMENT.name}",
    id="payDossier",
    calls=(rpcs.START_PAYMENT, rpcs.GET_DOSSIER, PAYMENT.rpc),
    by=rpc.APPLICANT_OR_DESK,
    tag="dossiers",
    summary="For the applicant: where to pay online. For the office: record what was paid at the counter (6 → 2, or "
    "back to 4)",
    description="Without `receipt` and `exemption` the call is the applicant's, and repeating it returns the same "
    "address. The provider is asked first whether the fee is paid already: then it is settled, and `url` is null. "
    "Once it is settled, the call is refused with `wrong-state`, with any key. With `receipt` or `exemption` the "
    "call is the office's, and `If-Match` is required.",
    body=Payment,
    answer=answers.PaymentStep,
    creates=True,
    edits=True,
    blind=True,  # the applicant only asks where to pay; a record of the office names the version
)
def pay_dossier(ward: WardClient, dossier: str, body: Payment, version: int) -> Json:
    if body.receipt or body.exemption:
        expected_version()  # needed here
        return _step(ward.call(PAYMENT.rpc, dossier_id=dossier, expected_version=version, **body.model_dump()))
    started = ward.call(rpcs.START_PAYMENT, dossier_id=dossier, expected_version=version)
    return _step(ward.call(rpcs.GET_DOSSIER, dossier_id=dossier), started.url)


def _step(found: dossiers_pb2.Dossier, url: str = "") -> Json:
    return {"url": url or None, "version": found.version, "dossier": encode(answers.Dossier, found)}


@api.operation(
    "POST",
    "/payments/callback",
    id="notePayment",
    calls=(rpcs.NOTE_PAYMENT,),
    refuses="403 not-allowed 404 unknown-ward",  # for the practice ward, where nobody pays
    tag="public",
    summary="For the payment provider: report a payment",
    description="`Payment-Timestamp` (Unix seconds) and `Payment-Signature` (hex HMAC-SHA256 of timestamp, full stop "
    "and body) authenticate the body; the ward that the reference names verifies them. A repeated report gets the "
    "same answer.",
    signed_in=False,
    body=PaymentTold,
    answer=answers.PaymentNoted,
)
def note_payment(body: PaymentTold) -> Json:
    noted = (
        wards()
        .client(body.reference[_WARD])
        .call(
            rpcs.NOTE_PAYMENT,
            body=request.get_data(),
            timestamp=request.headers.get("Payment-Timestamp", "")[:20],
            signature=request.headers.get("Payment-Signature", "")[:200],
        )
    )
    return encode(answers.PaymentNoted, noted)
