"""The tokens and credentials at a station open, over HTTP, only what `paths_at_a_station.txt` says.

Each path of the API and of the pages is asked with a volunteer's token, a computer's and a scanner's credential, and
the ticket of a phone. The gateway is the real one; the wards behind it apply the services' own rules, note which RPCs
they let through, and answer with dossiers full of values (tests/guards/test_stations_open_nothing.py holds each RPC).
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, get_args, get_origin
from uuid import UUID

import pytest
from caunoi.accounts.v1 import accounts_pb2, stations_pb2
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import CSRFProtect
from pydantic import BaseModel
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule

from gateway.api import operations
from gateway.api.operations import api
from services.chassis.call import forbidden
from services.chassis.refusal import Kind, Refusal, not_found
from services.chassis.tokens import Principal, Role, unauthenticated
from tests.conftest import NAM_DUONG
from tests.district import PRACTICE
from tests.guards.parts import SERVICES
from tests.unit.gateway.conftest import application
from tests.unit.gateway.examples import filled
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.ward import Ward

HOLDERS = ("volunteer", "kiosk", "scanner", "phone")
TICKET = "the-ticket-of-one-capture-alone"
ID = UUID("11111111-2222-4333-8444-555555555555")
FILE = Path(__file__).parent / "paths_at_a_station.txt"
_ROWS = [line.split() for line in FILE.read_text("utf-8").splitlines() if line and not line.startswith("#")]
#: (method, path) → what each holder gets, of the paths that open something.
OPEN = {(method, path): cells for method, path, *cells in _ROWS}
REFUSED = ["refused"] * len(HOLDERS)
PATHS: Mapping[str, object] = {
    "ward": NAM_DUONG, "slug": "nam-duong", "code": "1.001193", "kind": "birth-certificate-of-hospital",
    "year": 2020, "volume": 1, "number": 1, "register": "birth", "what": "nam", "name": "child-name",
    "question": "ho-ten", "act": "acceptance", "certificate": "20248-genuine", "filename": "style.css",
}  # fmt: skip


_PARAMETER = re.compile(r"<(?:([^:<>]+(?:\([^<>]*\))?):)?(\w+)>")


def token(role: Role, ward: str = NAM_DUONG) -> str:
    claims = {"ward": ward, "roles": [role], "sub": str(ID), "exp": 4102444800}
    return f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.c2ln"


def principal(token: str) -> Principal | None:
    if not token:
        return None
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return Principal(claims["sub"], claims["ward"], frozenset(map(Role, claims["roles"])))


class RuledWards(FakeWards):
    """Lets through what the services' rules let through; `opened` are the RPCs, public ones apart."""

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.opened: set[str] = set()

    def send(self, ward: str, rpc: Any, request: Any, *, token: str = "", **how: Any) -> Any:
        rule, who = SERVICES[rpc.service].rules[rpc.name], principal(token)
        if who and not self.district.on_one_side(who.ward, ward):
            raise unauthenticated()
        if not rule.allows(who, ward):
            raise unauthenticated() if who is None else forbidden()
        ticket = getattr(request, "ticket", None)
        if ticket is not None and rule.public and ticket != TICKET:
            raise not_found("unknown-capture", "Không có lần chụp này.")
        if not rule.public or ticket:
            self.opened.add(rpc.name)
        if rpc.name not in self.scripts:
            return filled(rpc.answer)
        return super().send(ward, rpc, request, token=token, **how)


class Anything(ImmutableMultiDict[str, str]):
    """A form in which every field is filled in; a ticket only where one is held."""

    ticket = "1"

    def __contains__(self, _: object) -> bool:
        return True

    def __getitem__(self, key: str) -> str:
        return self.ticket if key == "ticket" else "1"

    def get(self, key: str, *_: Any, **__: Any) -> Any:
        return self[key]

    def getlist(self, key: str, *_: Any, **__: Any) -> list[Any]:
        return [self[key]]


def example(model: type[BaseModel], **_: object) -> BaseModel:
    """An instance with every required member, unchecked."""
    return model.model_construct(**{
        field.alias or name: made(field.annotation, field.examples)
        for name, field in model.model_fields.items()
        if field.is_required()
    })  # fmt: skip


def made(annotation: Any, examples: list[Any] | None = None) -> Any:
    if examples:
        return examples[0]
    choices = get_args(annotation)
    if get_origin(annotation) in (list, dict):
        return get_origin(annotation)()
    if choices:  # Literal, Annotated, or one of several
        return made(choices[0]) if isinstance(choices[0], type) else choices[0]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return example(annotation)
    return {int: 1, bool: True}.get(annotation, "1")


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """The gateway, whose forms and bodies are always filled in, and which asks for no protection of its forms."""
    app = application()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CSRFProtect, "protect", lambda _: None)
        patch.setattr(app.request_class, "form", property(lambda _: Anything()))
        patch.setattr(operations, "read_body", example)
        patch.setattr(operations, "read_query", example)
        yield app


def sit_down(client: FlaskClient, holder: str) -> dict[str, str]:
    """The cookies and headers of the holder's browser or program."""
    if holder == "phone":
        return {"Authorization": f"Capture {TICKET}"}
    role = Role(holder)
    if holder == "volunteer":
        with client.session_transaction() as session:
            session["access"], session["refresh"] = token(role), "refresh"
            session["access_until"] = time.time() + 600
            session["who"] = {"id": str(ID), "ward": NAM_DUONG, "name": "Phan Thị Chín", "roles": ["volunteer"]}
    else:
        client.set_cookie("caunoi-kiosk", f"{NAM_DUONG}.{holder}")
    return {"Authorization": f"Bearer {token(role)}"}


def device_session(_: str, request: Any) -> stations_pb2.DeviceSession:
    kind = request.credential.partition(".")[2]
    if kind not in list(Role):
        raise Refusal(Kind.UNAUTHENTICATED, "device-not-enrolled", "Máy này chưa được ghi danh.")
    device = stations_pb2.Device(id=str(ID), kind=kind, station_id=str(ID), name="Máy 1")
    return stations_pb2.DeviceSession(token=token(Role(kind)), expires_in=600, device=device)


def practising(_: str, __: Any) -> accounts_pb2.Session:
    """An invented person, whom anybody can get: they open only data of the practice ward."""
    account = accounts_pb2.Account(id=str(ID), ward=PRACTICE, full_name="Nguyễn Thị Tập Mai", roles=["citizen"])
    account.status = accounts_pb2.ACCOUNT_STATUS_ACTIVE
    return accounts_pb2.Session(access_token=token(Role.CITIZEN, PRACTICE), expires_in=600, account=account)


def value_of(converter: str, name: str) -> object:
    if converter.startswith("uuid"):
        return ID
    return converter[4:].split(",", maxsplit=1)[0] if converter.startswith("any(") else PATHS.get(name, "1")


def ask(app: Flask, rule: Rule, method: str, holder: str) -> str:
    """The holder's result: the RPCs that were opened; else `refused`, `public`, or `nothing` (a 4xx)."""
    wards = RuledWards(app.extensions["settings"])
    in_api = rule.rule.startswith("/api")
    if not in_api:
        Ward(wards)
    wards.answers("OpenDeviceSession", device_session)
    wards.answers("OpenPractice", practising)
    app.extensions["wards"] = wards
    client = app.test_client()
    headers = sit_down(client, holder) | {"If-Match": "*"}
    if not in_api:
        headers.pop("Authorization")
    values = {name: value_of(converter, name) for converter, name in _PARAMETER.findall(rule.rule)}
    with app.test_request_context():
        path = app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
    Anything.ticket = TICKET if holder == "phone" else "1"
    how: dict[str, Any] = {}
    if "/captures/" in rule.rule:
        how = {"data": b"\xff\xd8\xff", "content_type": "image/jpeg"}
    elif method == "POST" and rule.rule.endswith(("/documents", "/chup/<slug>")):
        how = {"data": {"file": (BytesIO(b"\xff\xd8\xff"), "a.jpg")}}
    response = client.open(path, method=method, headers=headers, **how)
    response.close()
    if wards.opened:
        return ",".join(sorted(wards.opened))
    to_the_start = path.startswith("/kiosk")  # of a station's computer, where others are sent to sign in
    gates = ("/dang-nhap",) if to_the_start else ("/dang-nhap", "/kiosk")
    if response.status_code in (401, 403) or response.headers.get("Location", "").startswith(gates):
        return "refused"
    assert response.status_code < 500, (method, rule.rule, holder, response.status_code)
    return "public" if response.status_code < 400 else "nothing"


def routes(app: Flask) -> list[tuple[str, Rule]]:
    found = [(method, rule) for rule in app.url_map.iter_rules() for method in sorted(rule.methods or ())]
    return [(method, rule) for method, rule in found if method not in ("HEAD", "OPTIONS")]


def plain(rule: Rule) -> str:
    return _PARAMETER.sub(r"{\2}", rule.rule)


def test_the_table_has_paths_alone(app: Flask) -> None:
    there = {(method, plain(rule)) for method, rule in routes(app)}
    assert sorted(OPEN.keys() - there) == []
    assert REFUSED not in OPEN.values()
    assert len(api.operations) < len(there)


@pytest.mark.parametrize("holder", HOLDERS)
def test_each_path_opens_what_the_table_says_and_nothing_else(app: Flask, holder: str) -> None:
    place = HOLDERS.index(holder)
    got = {(method, plain(rule)): ask(app, rule, method, holder) for method, rule in routes(app)}
    assert got == {path: OPEN.get(path, REFUSED)[place] for path in got}
