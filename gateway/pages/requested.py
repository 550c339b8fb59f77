"""What kind of request this is, by the browser's headers."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request


def asks_for_a_page() -> bool:
    """Whether the browser loads a page, not a picture or a part for a script.

    A sent form counts as a page, whatever its headers: the service worker of a station's computer sends it as its own
    request.
    """
    if request.method == "POST":
        return not is_script()
    return request.headers.get("Sec-Fetch-Dest", "document") == "document"


def is_script() -> bool:
    """Whether a script of our pages asks, by its own header."""
    return request.headers.get("X-Requested-With") == "fetch"


def is_picture() -> bool:
    """Whether the browser loads a picture. A page has many; scripts ask for one part at a time, and may be the only
    requests for half an hour.
    """
    return request.method == "GET" and request.headers.get("Sec-Fetch-Dest", "document") not in ("document", "empty")


def is_from_elsewhere() -> bool:
    """Whether another site's page sends this form. It comes without our cookies, but the response would delete them."""
    site, origin = request.headers.get("Sec-Fetch-Site", ""), request.headers.get("Origin", "null")
    if site:
        return site not in ("same-origin", "none")
    return origin != "null" and urlsplit(origin).netloc != request.host
