"""Who has looked at a person's data: kept by each ward where they have an account, a dossier or were guided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from caunoi.accounts.v1 import accounts_pb2
from caunoi.dossiers.v1 import dossiers_pb2
from caunoi.notifications.v1 import notifications_pb2

from gateway.acts import ACTS
from gateway.rpc import Rpc
from gateway.rpcs import LIST_ACCOUNTS_LOG, LIST_DOSSIERS_LOG, LIST_MESSAGES_LOG
from gateway.spread import Stretch, mark_of_own, merged, places_of, stretches_of
from gateway.texts import LOOKS, PAPERS
from gateway.wards import wards
from services.chassis.district import Ward
from services.chassis.refusal import Kind, Refusal

Entry = accounts_pb2.AccessLogEntry | dossiers_pb2.AccessLogEntry | notifications_pb2.AccessLogEntry
_LISTS: Mapping[str, Rpc[..., Any]] = {
    rpc.service: rpc for rpc in (LIST_ACCOUNTS_LOG, LIST_DOSSIERS_LOG, LIST_MESSAGES_LOG)
}


@dataclass(frozen=True, slots=True)
class AccessLog:
    """A page of looks, newest first, each with the ward that keeps it; `silent` are the wards that are missing."""

    looks: Sequence[tuple[str, Entry]]
    next_cursor: str | None
    silent: Sequence[Ward]


def access_log(token: str, size: int, cursor: str) -> AccessLog:
    """The looks at the data of the token's person, from each ward that may have something of theirs; at most `size`.

    Raises a Refusal if no ward returned its list.
    """
    everywhere = wards().of(token)
    mark = mark_of_own("access-log", token)
    begun = places_of(cursor, mark, [f"{service}.{ward}" for service in _LISTS for ward in everywhere])
    found: dict[str, Stretch[Entry]] = {}
    silent: dict[str, Ward] = {}
    refusals: list[Refusal] = []
    for service, rpc in _LISTS.items():
        places = {ward: begun[f"{service}.{ward}"] for ward in everywhere if f"{service}.{ward}" in begun}
        try:
            stretches, missing = stretches_of(rpc, lambda answer: answer.entries, places, size, token)
        except Refusal as no:
            if no.kind not in (Kind.UNAVAILABLE, Kind.FORBIDDEN):
                raise
            refusals.append(no)
            silent |= {ward: wards().ward(ward) for ward in places if no.kind is Kind.UNAVAILABLE}
        else:
            found |= {f"{service}.{ward}": stretch for ward, stretch in stretches.items()}
            silent |= {ward.code: ward for ward in missing}
    if len(refusals) == len(_LISTS):
        raise refusals[0]
    items, next_cursor = merged(found, mark, "at", size)
    return AccessLog([(key.partition(".")[2], entry) for key, entry in items], next_cursor, list(silent.values()))


def look(action: str) -> str:
    """What was done in a look, in words."""
    if action in ACTS:
        return ACTS[action].look or ACTS[action].title
    of_note = next(
        (each for each in ("note-entry", "propose-note", "return-note", "drop-note") if action.startswith(f"{each}-")),
        "",
    )
    if of_note:
        return LOOKS[of_note]
    kind = action.removeprefix("view-paper-")
    return f"Xem {PAPERS[kind].lower()}" if kind in PAPERS else LOOKS.get(action, action)
