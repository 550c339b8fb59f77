"""A repeated request gets the first answer (DESIGN §4.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

from google.protobuf.message import Message
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.chassis.call import Call
from services.chassis.refusal import FieldFault, Kind, Refusal
from services.chassis.tables import IdempotencyRow

Response = TypeVar("Response", bound=Message)


def once(
    session: Session, call: Call, request: Message, response: type[Response], act: Callable[[], Response]
) -> Response:
    """Runs `act` in the caller's transaction, or answers as the first request with the same key did.

    Two requests with one key at the same time: the second waits for the first and gets its answer. Without a key,
    `act` is run. A key that was used for another request is refused (EXISTS). A refused request keeps no answer.
    """
    if not call.idempotency_key:
        return act()
    caller = call.principal.id if call.principal else ""
    digest = hashlib.sha256(request.SerializeToString(deterministic=True)).digest()
    identity = {"caller": caller, "method": call.method, "key": call.idempotency_key}
    # Held until the transaction ends; hash collisions only make two strangers wait for one another.
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:identity, 0))"),
        {"identity": "\x1f".join(identity.values())},
    )
    earlier = session.get(IdempotencyRow, (caller, call.method, call.idempotency_key))
    if earlier is not None:
        if earlier.request_digest != digest:
            raise Refusal(
                Kind.EXISTS,
                "idempotency-key-reused",
                "Khóa Idempotency-Key này đã dùng cho một yêu cầu khác. Xin dùng khóa mới.",
                fields=(FieldFault("Idempotency-Key", "đã dùng cho một yêu cầu khác"),),
            )
        return response.FromString(earlier.response)
    answer = act()
    session.execute(
        insert(IdempotencyRow).values(
            **identity, request_digest=digest, response=answer.SerializeToString(deterministic=True)
        )
    )
    return answer
