"""How a page calls a ward's services: with the signed-in person's token, and the key of the form that was posted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from caunoi.dossiers.v1.dossiers_pb2 import Procedure
from flask import current_app, request
from google.protobuf import json_format
from google.protobuf.message import Message

from gateway import rpcs
from gateway.pages import identity, kiosk
from gateway.pages.form_pages import Form, read_form
from gateway.rpc import Rpc
from gateway.wards import Response, WardClient, wards
from services.chassis.district import District, Ward
from services.chassis.refusal import Kind, Refusal, not_found
from services.chassis.wording import for_office


@dataclass(frozen=True, slots=True)
class _PageClient(WardClient):
    """A page that the browser had kept, and that is sent again with other content, is refused like an old page: the
    form shows what was typed, with a new key.

    If the token of the station's computer is no longer valid, the call is sent again with a new one.
    """

    def send(self, rpc: Rpc[..., Response], request: Message) -> Response:
        try:
            return self._send(rpc, request)
        except Refusal as no:
            if no.type != "idempotency-key-reused":
                raise
            text = "Trang này đã được gửi một lần. Xin xem lại điều đã nhập rồi bấm gửi lần nữa."
            raise Refusal(Kind.STALE, "page-sent-before", text) from no

    def _send(self, rpc: Rpc[..., Response], request: Message) -> Response:
        try:
            return WardClient.send(self, rpc, request)
        except Refusal as no:
            if no.type != "kiosk-token-expired":
                raise
            return WardClient.send(replace(self, kiosk=kiosk.renewed_token()), rpc, request)


def services_of(ward: Ward) -> WardClient:
    """The services of a ward, for the signed-in person and, at a station, with its computer's token. The practice ward
    is called only for the invented person.
    """
    beside = "" if ward.is_practice else kiosk.token()
    return _PageClient(wards(), ward.code, identity.token_for(ward), request.form.get("key", ""), beside)


def services_in(code: str) -> WardClient:
    """As `services_of`, by the ward's GSO code. Raises a Refusal (NOT_FOUND `unknown-ward`)."""
    return services_of(wards().ward(code))


def guidance_in(code: str) -> WardClient:
    """As `services_in`, for the person's guided session; also for a person who has no account yet."""
    return replace(services_in(code), token=identity.guided_token())


def services_here() -> WardClient | None:
    """The services of the station's ward, where this is a station's computer."""
    here = kiosk.kiosk()
    return services_in(here.ward) if here else None


def procedure_version(ward: Ward, code: str, version: str) -> tuple[Procedure, Form]:
    """A version of a procedure as a ward has it, and its form, worded for the reader. A version never changes, so each
    is read once.
    """
    known: dict[tuple[str, str, str, bool], tuple[Procedure, Form]]
    known = current_app.extensions.setdefault("procedure_versions", {})
    at_office = identity.is_read_by_office()
    key = (ward.code, code, version, at_office)
    if key not in known:
        found = services_of(ward).call(rpcs.GET_PROCEDURE, code=code, version=version)
        if at_office:
            found = json_format.Parse(for_office(json_format.MessageToJson(found, ensure_ascii=False)), Procedure())
        known[key] = found, read_form(found.form_schema_json, found.form_pages_json)
    return known[key]


def district() -> District:
    """The wards this gateway knows."""
    return wards().district


def ward_here() -> Ward | None:
    """The ward that this page is about, or else the person's or the computer's own."""
    slug = str((request.view_args or {}).get("slug", ""))
    here = kiosk.kiosk()
    code = identity.signed_in().ward if identity.person() else here.ward if here else ""
    return district().by_slug(slug) or district().wards.get(code)


def ward_of(slug: str) -> Ward:
    """The ward of an address. Raises a Refusal (NOT_FOUND)."""
    ward = district().by_slug(slug)
    if ward is None:
        raise not_found("unknown-ward", "Không có phường này trong danh sách. Xin chọn lại phường ở trang đầu.")
    return ward
