"""Who has looked at a person's data: kept by the accounts of their home ward and by wards with a dossier of theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from caunoi.accounts.v1 import accounts_pb2
from caunoi.dossiers.v1 import dossiers_pb2
from caunoi.notifications.v1 import notifications_pb2
from google.protobuf.message import Message

from gateway.cells import cells
from gateway.spread import cursor_of, newest_first, places_of, spread
from services.chassis.district import Ward
from services.chassis.refusal import Kind, Refusal

Entry = accounts_pb2.AccessLogEntry | dossiers_pb2.AccessLogEntry | notifications_pb2.AccessLogEntry


@dataclass(frozen=True, slots=True)
class AccessLog:
    """A page of looks, each with the ward that keeps it, newest first; `silent` are the wards missing."""

    looks: Sequence[tuple[Entry, str]]
    next_cursor: str | None
    silent: Sequence[Ward]


def access_log(token: str, home: str, size: int, cursor: str) -> AccessLog:
    """The looks at the data of the token's person; `home` is their ward, `size` what is asked of each list at most.

    Raises a Refusal where not one list was answered.
    """
    everywhere = list(cells().district.wards)
    wards = {"accounts": [home], "dossiers": everywhere, "notifications": everywhere}
    begun = places_of(cursor, [f"{service}.{ward}" for service, codes in wards.items() for ward in codes])
    looks: list[tuple[Entry, str]] = []
    ahead: dict[str, str] = {}
    silent: dict[str, Ward] = {}
    refusals: list[Refusal] = []
    for service, (rpc_of, request) in _LISTS.items():
        places = {ward: begun[f"{service}.{ward}"] for ward in wards[service] if f"{service}.{ward}" in begun}
        try:
            page = spread(rpc_of, partial(_asked, request, size), _looks, places, token)
        except Refusal as no:
            if no.kind not in (Kind.UNAVAILABLE, Kind.FORBIDDEN):
                raise
            refusals.append(no)
            silent |= {ward: cells().ward(ward) for ward in places if no.kind is Kind.UNAVAILABLE}
        else:
            looks += page.items
            ahead |= {f"{service}.{ward}": place for ward, place in page.ahead.items()}
            silent |= {ward.code: ward for ward in page.silent}
    if len(refusals) == len(_LISTS):
        raise refusals[0]
    return AccessLog(newest_first(looks, lambda look: look[0].at.ToDatetime()), cursor_of(ahead), list(silent.values()))


def _asked(request: Callable[..., Message], size: int, place: str) -> Message:
    return request(page_size=size, cursor=place)


def _looks(ward: str, answer: Any) -> list[tuple[Entry, str]]:
    return [(entry, ward) for entry in answer.entries]


#: Service → its list, and how that is asked for.
_LISTS: dict[str, tuple[Callable[[str], Callable[..., Any]], Callable[..., Any]]] = {
    "accounts": (lambda ward: cells().accounts(ward).ListOwnAccessLog, accounts_pb2.ListOwnAccessLogRequest),
    "dossiers": (lambda ward: cells().dossiers(ward).ListOwnAccessLog, dossiers_pb2.ListOwnAccessLogRequest),
    "notifications": (
        lambda ward: cells().notifications(ward).ListOwnAccessLog,
        notifications_pb2.ListOwnAccessLogRequest,
    ),
}
