"""How responses travel: compressed, and static files under an address that changes with their content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask_compress import Compress

#: Pages are slow for phones on a weak network. The API's answers are small, and programs read them.
_COMPRESSED = ["text/html", "text/css", "text/javascript", "image/svg+xml", "text/calendar"]
_ALGORITHMS = ["br", "gzip"]  # browsers accept Brotli only over TLS
_A_YEAR = "public, max-age=31536000, immutable"


def register_transfer(app: Flask) -> None:
    """Call it before any other hook on responses is added, so that it compresses their final form."""
    app.config.update(COMPRESS_MIMETYPES=_COMPRESSED, COMPRESS_ALGORITHM=_ALGORITHMS, COMPRESS_STREAMS=False)
    _CompressRefusals(app)
    app.url_defaults(_with_digest)
    app.after_request(_static_file)


class _CompressRefusals(Compress):
    """Compresses also pages with errors: such a form is as large as without errors, and the library compresses only
    2xx.
    """

    def after_request(self, response: Response | None) -> Response:
        if response is None or response.status_code < 400 or response.mimetype != "text/html":
            return super().after_request(response)
        status, response.status_code = response.status_code, 200
        response = super().after_request(response)
        response.status_code = status
        return response


def _with_digest(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and (digest := _digest(values.get("filename", ""))):
        values.setdefault("v", digest)


def _static_file(response: Response) -> Response:
    """A static file, read at once, so that it is compressed. Only under its own digest it is cached for a year: while
    pods of two releases run, one may be asked for the other's file.
    """
    if request.endpoint != "static" or response.status_code not in (200, 304):
        return response
    response.direct_passthrough = False
    response.make_sequence()
    asked = request.args.get("v")
    if asked and asked == _digest((request.view_args or {})["filename"]):
        response.headers["Cache-Control"] = _A_YEAR
    return response


@cache
def _digest(filename: str) -> str:
    """The digest of a static file, as it was when first named; empty if there is no such file."""
    path = Path(__file__).parent / "static" / filename
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""
