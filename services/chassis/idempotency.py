"""A repeated request gets the first answer (DESIGN §4.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

from google.protobuf.message import Message
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.orm import Session

from services.chassis.call import Call
from services.chassis.refusal import FieldFault, Kind, Refusal
from services.chassis.tables import IdempotencyRow, table_of

Response = TypeVar("Response", bound=Message)

# Held until the transaction ends; hash collisions only make two strangers wait for one another.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:identity, 0))")
_TABLE = table_of(IdempotencyRow)
_KEEP = insert(_TABLE)
_FIND = select(_TABLE.c.request_digest, _TABLE.c.response).where(
    *(_TABLE.c[name] == bindparam(name) for name in ("caller", "method", "key"))
)


def once(
    session: Session, call: Call, request: Message, response: type[Response], act: Callable[[], Response]
) -> Response:
    """Runs `act` in the caller's transaction, or answers as the first request with the same key did.

    Two requests with one key at the same time: the second waits for the first and gets its answer. Without a key,
    `act` is run. A key that was used for another request is refused (EXISTS). A refused request keeps no answer.
    """
    if not call.idempotency_key:
        return act()
    session.connection().execute(_LOCK, {"identity": "\x1f".join(_identity(call).values())})
    earlier = answered(session, call, request, response)
    if earlier is not None:
        return earlier
    answer = act()
    kept = {"request_digest": _digest(request), "response": answer.SerializeToString(deterministic=True)}
    session.connection().execute(_KEEP, _identity(call) | kept)
    return answer


def answered(session: Session, call: Call, request: Message, response: type[Response]) -> Response | None:
    """The first answer to this request, where there is one: for commands that ask another service before they write.

    Raises a Refusal (EXISTS) where the key was used for another request.
    """
    if not call.idempotency_key:
        return None
    earlier = session.connection().execute(_FIND, _identity(call)).first()
    if earlier is None:
        return None
    if earlier.request_digest != _digest(request):
        raise Refusal(
            Kind.EXISTS,
            "idempotency-key-reused",
            "Khóa Idempotency-Key này đã dùng cho một yêu cầu khác. Xin dùng khóa mới.",
            fields=(FieldFault("Idempotency-Key", "đã dùng cho một yêu cầu khác"),),
        )
    return response.FromString(earlier.response)


def _identity(call: Call) -> dict[str, str]:
    caller = call.principal.id if call.principal else ""
    return {"caller": caller, "method": call.method, "key": call.idempotency_key}


def _digest(request: Message) -> bytes:
    return hashlib.sha256(request.SerializeToString(deterministic=True)).digest()
