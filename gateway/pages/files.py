"""Files that a page sends: documents that people uploaded, and papers of the office."""

from __future__ import annotations

from flask import Response, make_response
from werkzeug.http import dump_options_header

#: What may be shown in the browser; everything else is saved.
SHOWN = ("image/jpeg", "image/png", "application/pdf")


def sent_file(content: bytes, media_type: str, filename: str) -> Response:
    """The file, kept by no cache, run as nothing: a document must not become a page of ours."""
    response = make_response(content)
    response.mimetype = media_type if media_type in SHOWN else "application/octet-stream"
    disposition = "inline" if media_type in SHOWN else "attachment"
    response.headers["Content-Disposition"] = dump_options_header(disposition, {"filename": filename or None})
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
