"""An application for the gateway's server, which says what it got: `gunicorn -c gateway/gunicorn.conf.py …echo:app`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """On `/large/<bytes>` that number of bytes; else a digest of the body, and its length."""
    path = environ["PATH_INFO"]
    if path.startswith("/large/"):
        content = b"a" * int(path.rpartition("/")[2])
    else:
        body = environ["wsgi.input"].read()
        got = {"path": path, "bytes": len(body), "digest": hashlib.sha256(body).hexdigest()}
        content = json.dumps(got).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(content)))])
    return [content]
