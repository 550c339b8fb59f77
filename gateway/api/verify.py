"""The public check of a certificate, to which its QR code leads."""

from __future__ import annotations

from caunoi.dossiers.v1 import dossiers_pb2
from flask import Response, request, url_for

from gateway.api import answers, encode
from gateway.api.operations import api
from gateway.cells import Cells, cells
from services.chassis.refusal import not_found


def verify(cells: Cells, certificate: str) -> dossiers_pb2.CertificateStatus:
    """Whether a certificate (`<ward>-<random>`) is genuine and in force; an id of no ward is one that is unknown."""
    ward = certificate.partition("-")[0]
    if ward not in cells.district.wards:
        raise not_found(
            "unknown-certificate", "Không có giấy tờ nào mang mã này. Xin kiểm tra lại mã, hoặc hỏi phường đã cấp."
        )
    asked = dossiers_pb2.VerifyCertificateRequest(certificate_id=certificate)
    return cells.ask(ward, cells.dossiers(ward).VerifyCertificate, asked, repeatable=True)


@api.operation(
    "GET",
    "/verify/<certificate>",
    id="verifyCertificate",
    tag="public",
    summary="Whether a certificate is genuine and in force; names nobody",
    description="A browser, which asks for HTML rather than JSON, is sent on to the page that says the same.",
    signed_in=False,
    answer=answers.Certificate,
    limit="verify",
)
def verify_certificate(certificate: str) -> answers.Certificate | Response:
    if request.accept_mimetypes.best_match(("application/json", "text/html")) == "text/html":
        # Whoever holds a telephone over the paper's QR code wants to read, not to parse.
        return Response(status=303, headers={"Location": url_for("pages.public.verify", certificate=certificate)})
    return encode.certificate(verify(cells(), certificate))
