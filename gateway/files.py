"""Files in responses: documents that people uploaded, and papers of the office."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response

#: What may be shown in the browser; everything else is saved.
SHOWN = ("image/jpeg", "image/png", "application/pdf")


def saved_file(content: bytes, media_type: str, filename: str) -> Response:
    """A file to be saved, never run: people choose what they upload, and it comes from our origin."""
    return _file(content, media_type, "attachment", filename, "default-src 'none'; frame-ancestors 'none'; sandbox")


def shown_file(content: bytes, media_type: str, filename: str) -> Response:
    """A file for a page: no cache keeps it and nothing in it runs, so a document cannot act as one of our pages."""
    policy = "default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    if media_type in SHOWN:
        response = _file(content, media_type, "inline", filename, policy)
    else:
        response = _file(content, "application/octet-stream", "attachment", filename, policy)
    response.headers["Cache-Control"] = "no-store"
    return response


def _file(content: bytes, media_type: str, disposition: str, filename: str, policy: str) -> Response:
    response = Response(content, content_type=media_type)
    name = f"; filename*=UTF-8''{quote(filename, safe='')}" if filename else ""  # headers are ASCII, names are not
    response.headers["Content-Disposition"] = disposition + name
    response.headers["Content-Security-Policy"] = policy
    return response
