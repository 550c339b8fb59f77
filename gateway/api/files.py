"""Files as answers."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response


def file_response(content: bytes, media_type: str, filename: str) -> Response:
    """A file to be saved, never run: people's uploads are theirs, but the origin is ours."""
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return response
