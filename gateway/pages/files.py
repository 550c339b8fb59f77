"""Files that a page sends: documents that people uploaded, and papers of the office."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, make_response

#: What may be shown in the browser; everything else is saved.
SHOWN = ("image/jpeg", "image/png", "application/pdf")


def sent_file(content: bytes, media_type: str, filename: str) -> Response:
    """The file, kept by no cache, run as nothing: a document must not become a page of ours."""
    response = make_response(content)
    response.mimetype = media_type if media_type in SHOWN else "application/octet-stream"
    disposition = "inline" if media_type in SHOWN else "attachment"
    name = f"; filename*=UTF-8''{quote(filename, safe='')}" if filename else ""  # headers carry ASCII, names do not
    response.headers["Content-Disposition"] = disposition + name
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
