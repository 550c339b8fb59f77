"""Which refusals a page shows itself, beside what was typed; for the others there is the page of a fault
(`failures.py`). And what they say, by the names of the page's fields.
"""

from __future__ import annotations

from collections.abc import Collection

from services.chassis.refusal import Kind, Refusal

#: The person can mend it, try again later, or read why it cannot be done.
SHOWN = frozenset(
    {Kind.INVALID, Kind.FORBIDDEN, Kind.CONFLICT, Kind.EXISTS, Kind.STALE, Kind.THROTTLED, Kind.UNAVAILABLE}
)
#: Where a page shows beside what was typed what somebody else has saved: to load it again would lose what was typed.
CHANGED_MEANWHILE = "Người khác vừa lưu trong lúc trang này đang mở. Xin xem điều đang lưu ở dưới rồi bấm lần nữa."
#: Where what was typed or chosen names something, also that there is no such thing (any more).
SHOWN_OF_WHAT_IS_NAMED = SHOWN | {Kind.NOT_FOUND}
#: Where nobody is signed in, also that what was typed opens nothing.
SHOWN_TO_STRANGERS = SHOWN_OF_WHAT_IS_NAMED | {Kind.UNAUTHENTICATED}
#: After these no code of what was asked for counts any more: it has to be asked for anew.
CODES_OVER = frozenset({"code-expired", "code-used", "too-many-tries", "unknown-recovery", "unknown-change"})
#: What a page can do without: there only a sign-in that has ended is told.
DONE_WITHOUT = frozenset(Kind) - {Kind.UNAUTHENTICATED}


def raise_unless(shown: Collection[Kind], refusal: Refusal) -> None:
    """Raises the refusal where the page does not show one of its kind."""
    if refusal.kind not in shown:
        raise refusal


def errors_from(refusal: Refusal, shown: Collection[Kind] = SHOWN) -> dict[str, str]:
    """A refusal's faults by field name; the refusal's own text, under no name, where it names no field.

    Raises the refusal where the page does not show one of its kind.
    """
    raise_unless(shown, refusal)
    faults = {fault.field.strip("/").replace("/", "."): fault.text for fault in refusal.fields}
    return faults or {"": refusal.text}


def text_of(refusal: Refusal) -> str:
    """What is wrong, for a page with one field: what is said of it, or the refusal's own text. Raises as
    `errors_from`.
    """
    return next(iter(errors_from(refusal).values()))


def is_stale(refusal: Refusal) -> bool:
    """Whether somebody else has saved the same meanwhile: a page that was sent before has the same kind of refusal."""
    return refusal.type == "stale-version"
