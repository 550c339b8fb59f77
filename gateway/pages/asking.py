"""How a page asks a ward's services: with the signed-in person's token, a deadline, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from caunoi.accounts.v1.accounts_pb2_grpc import AccountsServiceStub
from caunoi.dossiers.v1.dossiers_pb2 import GetProcedureRequest, Procedure
from caunoi.dossiers.v1.dossiers_pb2_grpc import DossiersServiceStub
from flask import current_app
from google.protobuf.message import Message

from gateway.cells import cells
from gateway.pages import identity
from services.chassis.district import District, Ward
from services.chassis.refusal import Kind, Refusal, not_found

Response = TypeVar("Response", bound=Message)
READ_SECONDS = 5.0
WRITE_SECONDS = 10.0
#: Documents of 10 MB over a slow line inside the office, and papers that are made at the first read.
FILE_SECONDS = 20.0


def accounts(ward: str) -> AccountsServiceStub:
    return cells().accounts(ward)


def dossiers(ward: str) -> DossiersServiceStub:
    return cells().dossiers(ward)


def read(ward: str, rpc: Callable[..., Response], request: Message, *, seconds: float = READ_SECONDS) -> Response:
    """Asks for something that changes nothing. Raises a Refusal."""
    return cells().ask(ward, rpc, request, seconds=seconds, token=identity.access_token(), repeatable=True)


def write(
    ward: str,
    rpc: Callable[..., Response],
    request: Message,
    *,
    key: str = "",
    seconds: float = WRITE_SECONDS,
) -> Response:
    """Asks for a change; with a `key` the same change asked for twice happens once. Raises a Refusal.

    A page that the browser had kept, and that is sent again with something else in it, is refused like an old one:
    the form shows what was typed, under a key of its own.
    """
    try:
        return cells().ask(ward, rpc, request, seconds=seconds, token=identity.access_token(), idempotency_key=key)
    except Refusal as no:
        if no.type != "idempotency-key-reused":
            raise
        text = "Trang này đã được gửi một lần. Xin xem lại điều đã nhập rồi bấm gửi lần nữa."
        raise Refusal(Kind.STALE, "page-sent-before", text) from no


def procedure_version(ward: str, code: str, version: str) -> Procedure:
    """A version of a procedure as a ward has it; a version never changes, so each is asked for once."""
    known: dict[tuple[str, str, str], Procedure] = current_app.extensions.setdefault("procedure_versions", {})
    key = (ward, code, version)
    if key not in known:
        asked = GetProcedureRequest(code=code, version=version)
        known[key] = read(ward, dossiers(ward).GetProcedure, asked)
    return known[key]


def district() -> District:
    """The wards this gateway knows."""
    return cells().district


def ward_of(slug: str) -> Ward:
    """The ward of an address. Raises a Refusal (NOT_FOUND)."""
    ward = district().by_slug(slug)
    if ward is None:
        raise not_found("unknown-ward", "Không có phường này trong danh sách. Xin chọn lại phường ở trang đầu.")
    return ward
