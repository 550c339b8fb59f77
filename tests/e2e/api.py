"""A client of the HTTP API, written from docs/api.md and the OpenAPI document; knows nothing of the services."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pyotp

PASSWORD = "cau-noi-chay-thu"
CODE = re.compile(r"(?<=: )\d{6}(?=\. )")  # of a one-time code; other messages carry dates of six digits
#: A person of the tests works alone on their dossiers; tests of two writers at once name versions themselves.
WHATEVER_IS_THERE = {"If-Match": "*"}


class Api:
    """One person's view of the API. `token` is empty for somebody who is not signed in."""

    def __init__(self, base_url: str, token: str = "") -> None:
        self._http = connection_to(base_url)
        self.token = token

    def send(self, method: str, path: str, *, token: str | None = None, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token and token is None else {}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        headers |= WHATEVER_IS_THERE if method in ("POST", "PUT") else {}
        headers |= options.pop("headers", {})
        return self._http.request(method, f"/api/v1{path}", headers=headers, **options)

    def get(self, path: str, **options: Any) -> Any:
        return accepted(self.send("GET", path, **options)).json()

    def post(self, path: str, body: Any = None, *, key: str | None = None, **options: Any) -> Any:
        headers = {"Idempotency-Key": key or uuid4().hex} | options.pop("headers", {})
        answer = accepted(self.send("POST", path, json=body or {}, headers=headers, **options))
        return answer.json() if answer.content else None

    def put(self, path: str, body: Any, **options: Any) -> Any:
        return accepted(self.send("PUT", path, json=body, **options)).json()

    def upload(self, dossier: str, kind: str, filename: str, content: bytes) -> httpx.Response:
        return self.send(
            "POST",
            f"{dossier}/documents",
            data={"kind": kind},
            files={"file": (filename, content)},
            headers={"Idempotency-Key": uuid4().hex},
        )


_connections: dict[str, httpx.Client] = {}


def connection_to(base_url: str) -> httpx.Client:
    """Connections to the gateway that all persons of the tests share; `close_connections` ends them."""
    if base_url not in _connections:
        _connections[base_url] = httpx.Client(base_url=base_url, timeout=30)
    return _connections[base_url]


def close_connections() -> None:
    for connection in _connections.values():
        connection.close()
    _connections.clear()


def accepted(answer: httpx.Response) -> httpx.Response:
    assert answer.status_code < 400, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    return answer


class Phone:
    """Messages that arrive by SMS or e-mail, read from the catcher's page."""

    def __init__(self, base_url: str, to: str) -> None:
        self._http = connection_to(base_url)
        self._to = to
        self._seen = self._newest()  # when what this phone has looked at came, at the latest

    def messages(self) -> list[dict[str, str]]:
        query: dict[str, str | int] = {"to": self._to, "limit": 200}
        answer = accepted(self._http.get("/dev/messages", params=query, headers={"Accept": "application/json"}))
        messages: list[dict[str, str]] = answer.json()["messages"]
        return messages

    def _newest(self) -> str:
        return next((message["at"] for message in self.messages()), "")

    def wait_for(self, text: str, *, seconds: float = 30) -> dict[str, str]:
        """The newest message that holds `text`, waiting for it to come."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = [message for message in self.messages() if text in message["text"] or text in message["subject"]]
            if found:
                return found[0]
            pause()
        raise AssertionError(
            f"nothing with {text!r} came to {self._to}: {[each['text'] for each in self.messages()[:9]]}"
        )

    def next_code(self, *, seconds: float = 30) -> str:
        """The one-time code of the next SMS that this phone has not looked at."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            messages = self.messages()
            codes = [CODE.search(message["text"]) for message in messages if message["at"] > self._seen]
            found = next((code.group() for code in codes if code), None)
            if found:
                self._seen = messages[0]["at"]
                return found
            pause()
        raise AssertionError(f"no code came to {self._to}")


def pause() -> None:
    """Between two looks at something that is on its way."""
    time.sleep(0.05)  # polling another process, with a deadline at each caller


#: The body of a signature: what each signer declares (Luật Hộ tịch 2014 Đ12).
SIGNED = {"no_conflict_of_interest": True}


def sign(signer: Api, path: str, **more: Any) -> Any:
    """Signs the paper that this signer has looked at."""
    return signer.post(f"{path}/signature", SIGNED | {"seen": signer.get(f"{path}/signing")["seen"], **more})


@dataclass(frozen=True)
class Staff:
    """Tokens of a ward's office."""

    reception: Api
    officer: Api
    chairman: Api
    vice_chairman: Api
    volunteer: Api


def sign_in(base_url: str, login: str, ward: str | None = None, password: str = PASSWORD) -> Api:
    api = Api(base_url)
    body = {"login": login, "password": password} | ({"ward": ward} if ward else {})
    session = api.post("/sessions", body)
    if session.get("second_factor"):  # a signer in the ward where that is compulsory (tests/running_stack.py)
        session = _enrolled(api, session["second_factor"]["ticket"])
    api.token = session["access_token"]
    return api


def _enrolled(api: Api, ticket: str) -> Any:
    """The session of somebody who sets their authenticator app up while they sign in for the first time."""
    begun = api.post("/sessions/authenticators", {"ticket": ticket, "kind": "totp", "name": "Điện thoại"})
    shown = {"ticket": ticket, "authenticator": begun["id"], "code": pyotp.TOTP(begun["secret"]).now()}
    return api.post("/sessions/authenticators/confirmation", shown)["session"]


def compare_all(reception: Api, dossier: str) -> None:
    """The originals of all papers that a dossier needs agree with what was sent in or declared."""
    for paper in reception.get(dossier)["comparisons"]:
        reception.put(f"{dossier}/comparisons/{paper['kind']}", {"agrees": True})


def staff_of(base_url: str, ward: str, slug: str) -> Staff:
    names = ("motcua", "hotich", "chutich", "phochutich", "tinhnguyen")
    return Staff(*(sign_in(base_url, f"{name}.{slug}", ward) for name in names))
