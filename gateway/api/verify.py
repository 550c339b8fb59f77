"""The public check of a certificate, to which its QR code leads."""

from __future__ import annotations

from flask import Response, request, url_for

from gateway import routing, rpcs
from gateway.api import register_answers as answers
from gateway.api.encode import Json, encode
from gateway.api.operations import api


@api.operation(
    "GET",
    "/verify/<certificate>",
    id="verifyCertificate",
    calls=(rpcs.VERIFY_CERTIFICATE,),
    tag="public",
    summary="Whether a certificate is genuine and in force; names nobody",
    elsewhere="A browser, which asks for HTML, is redirected to the page with the same content.",
    signed_in=False,
    answer=answers.Certificate,
    limit="verify",
    refuses="404 mistyped-certificate",
)
def verify_certificate(certificate: str) -> Json | Response:
    if request.accept_mimetypes.best_match(("application/json", "text/html")) == "text/html":
        # A person who scans the paper's QR code with a phone needs a page, not JSON.
        return Response(status=303, headers={"Location": url_for("pages.public.verify", certificate=certificate)})
    found = routing.verify(certificate)
    answer = encode(answers.Certificate, found, practice=routing.is_practice(found.certificate_id))
    # It has a status of its own, so that a reader of the status alone does not take it for a real certificate.
    return answer | ({"status": "practice"} if answer["practice"] else {})
