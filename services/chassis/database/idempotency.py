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
_TAKE = text(  # as text: SQLAlchemy would compile its insert each time, at three times the cost
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
    """Runs `act` in the caller's transaction, or returns the answer to the first request with the same key.

    The key is taken before the act. If two requests with one key come at the same time, the second waits until the
    first has committed, and gets its answer. Without a key, `act` runs. A key of another request is refused (EXISTS). A
    refused request stores no answer, because its transaction is rolled back. `kept` turns an answer into bytes for the
    table, `opened` turns them back.

    All callers who are not signed in share one space of keys, and keys are often plain numbers. So for them the request
    is part of the key.
    """
    if not call.idempotency_key:
        return act()
    connection = session.connection()
    while connection.execute(_TAKE, _identity(call, request) | {"request_digest": _digest(request)}).first() is None:
        earlier = answered(session, call, request)
        if earlier is not None:  # otherwise it was deleted between the two statements
            return (opened or response.FromString)(earlier)
    answer = act()
    connection.execute(_KEEP, _identity(call, request) | {"response": kept(answer)})
    return answer


def answered(session: Session, call: Call, request: Message) -> bytes | None:
    """The stored answer to this request, if any: for commands that ask another service before they write.

    Raises a Refusal (EXISTS) if the key was used for another request.
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
    """Deletes the answer to a request whose work failed after the commit, so that a repetition runs it again."""
    session.connection().execute(_FORGET, _identity(call, request))


def _identity(call: Call, request: Message) -> dict[str, object]:
    caller = call.principal.id if call.principal else _digest(request).hex()
    return {"this_caller": caller, "this_method": call.method, "this_key": call.idempotency_key}


def _digest(request: Message) -> bytes:
    return hashlib.sha256(request.SerializeToString(deterministic=True)).digest()
