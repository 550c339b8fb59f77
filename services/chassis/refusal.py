"""Refusals: how a rule says no.

Pure standard library, so that the rules in a service's `domain/` may raise it (docs/decisions/0003).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any


class Kind(Enum):
    """The kind of a refusal; the servers turn each into one gRPC status and one HTTP status."""

    INVALID = "invalid"  # the request cannot be used: 400
    UNAUTHENTICATED = "unauthenticated"  # no token, or an invalid one: 401
    FORBIDDEN = "forbidden"  # known, but not allowed: 403
    NOT_FOUND = "not-found"  # or not to be seen by this caller: 404
    CONFLICT = "conflict"  # the present state does not allow it: 409
    EXISTS = "exists"  # it is there already: 409
    STALE = "stale"  # somebody else was first: 412
    THROTTLED = "throttled"  # try later: 429
    UNAVAILABLE = "unavailable"  # something we need does not answer: 503
    BROKEN = "broken"  # our own fault, and logged: 500


@dataclass(frozen=True, slots=True)
class FieldFault:
    """A field with an error: a JSON pointer or parameter name, and what to do, in Vietnamese."""

    field: str
    text: str


class Refusal(Exception):
    """A clear no to the caller.

    `type` is stable and names the problem document (`https://caunoi.vn/problems/<type>`); `text` is Vietnamese and says
    what to do; `retry_after` is in seconds; `version` is the present one, if the caller expected another.
    """

    def __init__(
        self,
        kind: Kind,
        type: str,
        text: str,
        *,
        fields: tuple[FieldFault, ...] = (),
        retry_after: int | None = None,
        version: int | None = None,
    ) -> None:
        super().__init__(f"{type}: {text}")
        self.kind = kind
        self.type = type
        self.text = text
        self.fields = fields
        self.retry_after = retry_after
        self.version = version

    def __reduce__(self) -> tuple[Any, ...]:
        """Needed for copies: otherwise an exception is rebuilt from its text alone, and could not leave another
        process.
        """
        more = partial(Refusal, fields=self.fields, retry_after=self.retry_after, version=self.version)
        return more, (self.kind, self.type, self.text)

    def with_fields(self, fields: tuple[FieldFault, ...]) -> Refusal:
        """The same refusal with other fields."""
        return Refusal(
            self.kind, self.type, self.text, fields=fields, retry_after=self.retry_after, version=self.version
        )


class Faults:
    """The faults of a request, for one refusal that names every field at fault.

    Each `with faults:` is a check that does not depend on the others: if it refuses a field, what follows the block is
    checked as well. `refuse` ends that, before anything that needs what the checks have found.
    """

    def __init__(self) -> None:
        self._found: list[Refusal] = []

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, no: BaseException | None, __: object) -> bool:
        """Keeps a refusal INVALID that names fields; all others are raised."""
        if not (isinstance(no, Refusal) and no.kind is Kind.INVALID and no.fields):
            return False
        self._found.append(no)
        return True

    def refuse(self) -> None:
        """Raises what was found, if anything: as `invalid-field` if one of them is, each field with its first fault."""
        if self._found:
            first = next((no for no in self._found if no.type == "invalid-field"), self._found[0])
            fields: dict[str, FieldFault] = {}
            for fault in (each for no in self._found for each in no.fields):
                fields.setdefault(fault.field, fault)
            raise first.with_fields(tuple(fields.values()))


def not_found(type: str, text: str) -> Refusal:
    return Refusal(Kind.NOT_FOUND, type, text)


def conflict(type: str, text: str) -> Refusal:
    return Refusal(Kind.CONFLICT, type, text)


def stale(version: int | None = None) -> Refusal:
    """Somebody else has changed the same thing since the caller read it; `version` is the present one."""
    text = "Nội dung này vừa được thay đổi ở nơi khác. Xin mở lại, xem bản mới rồi làm lại."
    return Refusal(Kind.STALE, "stale-version", text, version=version)


def invalid(type: str, text: str, *fields: FieldFault) -> Refusal:
    return Refusal(Kind.INVALID, type, text, fields=fields)


def faulty(field: str, text: str) -> Refusal:
    """The refusal INVALID `invalid-field` of one field."""
    return invalid("invalid-field", text, FieldFault(field, text))
