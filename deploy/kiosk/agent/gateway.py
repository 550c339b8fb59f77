"""The gateway's HTTP API, as far as a scanner needs it (docs/api.md)."""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any, cast

from .settings import Pairing

_SECONDS = 30.0  # the gateway works at most 20 on a request
_RENEW_BEFORE = 60.0  # seconds before a token ends


class Away(Exception):
    """The gateway does not answer, or not now: the same call may succeed later, after `retry_after` seconds if the
    gateway has named a time; else that is 0.
    """

    def __init__(self, text: str, retry_after: float = 0.0) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class Refused(Exception):
    """The gateway refuses; `type` as in docs/api.md."""

    def __init__(self, status: int, type: str, text: str) -> None:
        super().__init__(f"{status} {type}")
        self.status = status
        self.type = type
        self.text = text


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan to make: into which ward's capture, from `flatbed` or `feeder`."""

    id: str
    ward: str
    ticket: str
    source: str


def enrol(address: str, ward: str, code: str) -> Pairing:
    """Exchanges the code, once, for a credential. Raises Away, Refused."""
    found = _call("POST", f"{address}/api/v1/wards/{ward}/enrolments", _json({"code": code, "kind": "scanner"}))
    return Pairing(address, ward, found["credential"])


class Gateway:
    """Calls with the scanner's credential. Every method raises Away and Refused."""

    def __init__(self, pairing: Pairing) -> None:
        self._pairing = pairing
        self._token, self._until = "", 0.0

    def take_scan(self, begun: str = "") -> tuple[Scan | None, str]:
        """The scan to make now, which is repeated until `begun` names it; and when somebody last left the computer,
        empty if never.
        """
        try:
            found = self._take(begun)
        except Refused as no:
            if no.status != 401 or not self._token:
                raise
            self._token = ""  # the token ended early, such as by a new key: try once more with a new one
            found = self._take(begun)
        scan = found["scan"]
        taken = Scan(scan["id"], scan["ward"], scan["ticket"], scan["source"]) if scan else None
        return taken, found["cleared_at"] or ""

    def check_ticket(self, scan: Scan) -> None:
        """Raises Refused if no more pages can be added."""
        _call("GET", self._captures(scan.ward, "ticket"), None, f"Capture {scan.ticket}")

    def add_page(self, scan: Scan, number: int, picture: bytes) -> None:
        body = picture, "image/jpeg"
        _call("PUT", self._captures(scan.ward, f"pages/{number}"), body, f"Capture {scan.ticket}")

    def end(self, scan: Scan, fault: str) -> None:
        _call("POST", self._captures(scan.ward, "end"), _json({"fault": fault}), f"Capture {scan.ticket}")

    def _take(self, begun: str) -> dict[str, Any]:
        return _call("POST", self._of_ward("scans/next"), _json({"begun": begun or None}), f"Bearer {self._bearer()}")

    def open_session(self) -> None:
        """A new token for the credential."""
        found = _call("POST", self._of_ward("device-sessions"), _json({"credential": self._pairing.credential}))
        self._token, self._until = found["token"], time.monotonic() + found["expires_in"]

    def _bearer(self) -> str:
        if not self._token or time.monotonic() > self._until - _RENEW_BEFORE:
            self.open_session()
        return self._token

    def _of_ward(self, path: str) -> str:
        return f"{self._pairing.gateway}/api/v1/wards/{self._pairing.ward}/{path}"

    def _captures(self, ward: str, path: str) -> str:
        return f"{self._pairing.gateway}/api/v1/wards/{ward}/captures/{path}"


def _json(members: dict[str, str | None]) -> tuple[bytes, str]:
    return json.dumps(members).encode(), "application/json"


def _call(method: str, url: str, body: tuple[bytes, str] | None, authorization: str = "") -> dict[str, Any]:
    headers = {"Accept": "application/json"}
    headers |= {"Authorization": authorization} if authorization else {}
    headers |= {"Content-Type": body[1]} if body else {}
    request = urllib.request.Request(url, body[0] if body else None, headers, method=method)  # noqa: S310 # the operator's
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as response:  # noqa: S310
            return cast("dict[str, Any]", json.loads(response.read() or b"{}"))
    except urllib.error.HTTPError as answer:
        if answer.code >= 500 or answer.code == 429:
            raise Away(f"{answer.code}", _retry_after(answer.headers)) from None
        raise _refused(answer) from None
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise Away(type(fault).__name__) from fault


def _retry_after(headers: Message) -> float:
    """Seconds from now, by a number or a date (RFC 9110, 10.2.3); 0 if there is none, or none that can be read. A date
    is compared with the gateway's own, since a station's clock may be wrong.
    """
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]+", text):
        return float(text)
    try:
        now = parsedate_to_datetime(headers["Date"]) if headers["Date"] else datetime.now(UTC)
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def _refused(answer: urllib.error.HTTPError) -> Refused:
    try:
        problem = json.loads(answer.read())
        return Refused(answer.code, str(problem["type"]).rpartition("/")[2], str(problem["detail"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Refused(answer.code, "", "")
