"""A person's acts in other wards than their own: the tokens for them, and the list of those wards.

A token is good in one ward (docs/decisions/0047). For a token for another ward, its holder asks the ward that issued
it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.accounts.storage import people as storage
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.database.writing import write
from services.chassis.refusal import not_found
from services.chassis.tokens import Role, unauthenticated

#: Roles that mean something in other wards: staff work in their own.
_EVERYWHERE = frozenset({Role.CITIZEN, Role.KIOSK})


@dataclass(frozen=True, slots=True)
class IssueWardTokens:
    wards: Sequence[str]
    for_list: bool


@dataclass(frozen=True, slots=True)
class ListOwnWards:
    pass


def issue_ward_tokens(place: Workplace, command: IssueWardTokens) -> Mapping[str, str]:
    """For each ward a token that is good only there, for as long as the caller's own. Notes each ward once; a
    repetition returns other tokens.

    Raises a Refusal: NOT_FOUND (`unknown-ward`), UNAUTHENTICATED if the account is not active any more.
    """
    with place.unit() as unit:
        return _issued(unit, command)


def _issued(unit: Unit, command: IssueWardTokens) -> Mapping[str, str]:
    caller, district = unit.caller, unit.place.settings.district
    others = set(command.wards) - {unit.ward}
    if not others or not all(ward in district.cells and district.on_one_side(ward, unit.ward) for ward in others):
        raise not_found("unknown-ward", "Không có phường này trong hệ thống.")
    if Role.CITIZEN in caller.roles:
        account = storage.account(unit.session, caller.id)
        if account is None or account.status != storage.ACTIVE:
            raise unauthenticated()
        if not command.for_list:
            write(unit.session, storage.noting_other_wards(account.id, sorted(others)))
    there = replace(caller, roles=caller.roles & _EVERYWHERE)
    seconds = caller.good_until - time.time()
    return {ward: unit.cell.issuer.issue(there, seconds=seconds, to=ward) for ward in sorted(others)}


def own_wards(unit: Unit, _: ListOwnWards) -> Sequence[str]:
    """The caller's ward, and each other ward that they have called or filed in."""
    others = storage.other_wards(unit.session, UUID(unit.caller.id))
    return [unit.ward, *(ward for ward in others if ward != unit.ward)]
