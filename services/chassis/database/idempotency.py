"""A repeated request gets the first answer (docs/architecture.md, rule 1)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

from google.protobuf.message import Message
from sqlalchemy import and_, bindparam, delete, select, text, update
from sqlalchemy.orm import Session

from services.chassis.call import Call
from services.chassis.database.tables import IdempotencyRow, table_of
from services.chassis.refusal import FieldFault, Kind, Refusal

Response = TypeVar("Response", bound=Message)

_TABLE = table_of(IdempotencyRow)
_THIS = and_(*(_TABLE.c[name] == bindparam(f"this_{name}") for name in ("caller", "method", "key")))
_TAKE = text(  # as text: PostgreSQL's own insert is compiled anew each time, at three times the cost
    "INSERT INTO idempotency (caller, method, key, request_digest, response)"
    " VALUES (:this_caller, :this_method, :this_key, :request_digest, '') ON CONFLICT DO NOTHING RETURNING true"
)
_KEEP = update(_TABLE).where(_THIS)
_FIND = select(_TABLE.c.request_digest, _TABLE.c.response).where(_THIS)
_FORGET = delete(_TABLE).where(_THIS)


def once(
    session: Session,
    call: Call,
    request: Message,
    response: type[Response],
    act: Callable[[], Response],
    *,
    kept: Callable[[Response], bytes] = lambda answer: answer.SerializeToString(deterministic=True),
    opened: Callable[[bytes], Response] | None = None,
) -> Response:
    """Runs `act` in the caller's transaction, or returns what the first request with the same key was answered.

    The key is taken before the act: of two requests with one key at the same time, the second waits until the first
    has committed, and gets its answer. Without a key, `act` is run. A key that was used for another request is refused
    (EXISTS). A refused request keeps no answer: its transaction is rolled back. `kept` makes bytes of an answer for the
    table, `opened` makes an answer of them again.

    Callers whom nobody knows share their keys, which are often plain numbers: to them a key belongs to what they ask.
    """
    if not call.idempotency_key:
        return act()
    connection = session.connection()
    while connection.execute(_TAKE, _identity(call, request) | {"request_digest": _digest(request)}).first() is None:
        earlier = answered(session, call, request)
        if earlier is not None:  # else it was forgotten between the two statements
            return (opened or response.FromString)(earlier)
    answer = act()
    connection.execute(_KEEP, _identity(call, request) | {"response": kept(answer)})
    return answer


def answered(session: Session, call: Call, request: Message) -> bytes | None:
    """What is kept of the first answer to this request: for commands that ask another service before they write.

    Raises a Refusal (EXISTS) where the key was used for another request.
    """
    if not call.idempotency_key:
        return None
    earlier = session.connection().execute(_FIND, _identity(call, request)).first()
    if earlier is None:
        return None
    if earlier.request_digest != _digest(request):
        raise Refusal(
            Kind.EXISTS,
            "idempotency-key-reused",
            "Khóa Idempotency-Key này đã dùng cho một yêu cầu khác. Xin dùng khóa mới.",
            fields=(FieldFault("Idempotency-Key", "đã dùng cho một yêu cầu khác"),),
        )
    return bytes(earlier.response)


def forget(session: Session, call: Call, request: Message) -> None:
    """Drops the answer to a request whose work came to nothing after it was committed: repeated, it is done anew."""
    session.connection().execute(_FORGET, _identity(call, request))


def _identity(call: Call, request: Message) -> dict[str, object]:
    caller = call.principal.id if call.principal else _digest(request).hex()
    return {"this_caller": caller, "this_method": call.method, "this_key": call.idempotency_key}


def _digest(request: Message) -> bytes:
    return hashlib.sha256(request.SerializeToString(deterministic=True)).digest()
