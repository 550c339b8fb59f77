"""Which refusals a page shows itself, beside what was typed; the others get a page of their own (`failures.py`). And
their texts, by the names of the page's fields.
"""

from __future__ import annotations

from collections.abc import Collection

from services.chassis.refusal import Kind, Refusal

#: The person can correct it, try again later, or read why it cannot be done.
SHOWN = frozenset(
    {Kind.INVALID, Kind.FORBIDDEN, Kind.CONFLICT, Kind.EXISTS, Kind.STALE, Kind.THROTTLED, Kind.UNAVAILABLE}
)
#: For pages that show what somebody else has saved beside what was typed, since a reload would lose what was typed.
CHANGED_MEANWHILE = "Người khác vừa lưu trong lúc trang này đang mở. Xin xem điều đang lưu ở dưới rồi bấm lần nữa."
#: For pages where what was typed or chosen names something: also that it does not exist (any more).
SHOWN_OF_WHAT_IS_NAMED = SHOWN | {Kind.NOT_FOUND}
#: For pages where nobody is signed in: also that what was typed is not valid.
SHOWN_TO_STRANGERS = SHOWN_OF_WHAT_IS_NAMED | {Kind.UNAUTHENTICATED}
#: After these no code of the request is valid any more: the person must ask again.
CODES_OVER = frozenset({"code-expired", "code-used", "too-many-tries", "unknown-recovery", "unknown-change"})
#: For parts that a page can do without: only the end of the sign-in is shown.
DONE_WITHOUT = frozenset(Kind) - {Kind.UNAUTHENTICATED}


def raise_unless(shown: Collection[Kind], refusal: Refusal) -> None:
    """Raises the refusal if the page does not show its kind."""
    if refusal.kind not in shown:
        raise refusal


def errors_from(refusal: Refusal, shown: Collection[Kind] = SHOWN) -> dict[str, str]:
    """A refusal's faults by field name; if it names no field, the refusal's own text under an empty name.

    Raises the refusal if the page does not show its kind.
    """
    raise_unless(shown, refusal)
    faults = {fault.field.strip("/").replace("/", "."): fault.text for fault in refusal.fields}
    return faults or {"": refusal.text}


def text_of(refusal: Refusal) -> str:
    """The error for a page with one field: its fault, or the refusal's own text. Raises as `errors_from`."""
    return next(iter(errors_from(refusal).values()))


def is_stale(refusal: Refusal) -> bool:
    """Whether somebody else has saved the same thing meanwhile. A page sent twice has the same kind of refusal."""
    return refusal.type == "stale-version"
