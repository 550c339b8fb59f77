"""What kind of request this is, by what the browser says of it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request


def asks_for_a_page() -> bool:
    """Whether the browser loads a page, and not a picture or a part for a script.

    A form that is sent does, whatever its headers: the worker of a station's computer passes it on as its own request.
    """
    if request.method == "POST":
        return not is_script()
    return request.headers.get("Sec-Fetch-Dest", "document") == "document"


def is_script() -> bool:
    """Whether a script of our pages asks, and says so."""
    return request.headers.get("X-Requested-With") == "fetch"


def is_picture() -> bool:
    """A page has many pictures. Its scripts ask for one part at a time, and may be all that comes for half an hour."""
    return request.method == "GET" and request.headers.get("Sec-Fetch-Dest", "document") not in ("document", "empty")


def is_from_elsewhere() -> bool:
    """Whether another site's page sends this form. Our cookies do not come along, but the answer would delete them."""
    site, origin = request.headers.get("Sec-Fetch-Site", ""), request.headers.get("Origin", "null")
    if site:
        return site not in ("same-origin", "none")
    return origin != "null" and urlsplit(origin).netloc != request.host
