"""Who may call what. What stands here not is refused by the chassis."""

from __future__ import annotations

from services.chassis.grpc_server import PUBLIC, Rule, of_any_ward, of_ward
from services.chassis.tokens import OFFICE, Role

#: Everybody with an account of this ward, a volunteer too: it is their own account that they see.
_PEOPLE = of_ward(*(role for role in Role if role is not Role.SERVICE))

RULES: dict[str, Rule] = {
    "OpenAccount": PUBLIC,
    "ActivateAccount": PUBLIC,
    "ResendActivationCode": PUBLIC,
    "CreateSession": PUBLIC,
    "RefreshSession": PUBLIC,
    "EndSession": PUBLIC,
    "FindHomeWard": PUBLIC,
    "ListStations": PUBLIC,
    "GetOwnAccount": _PEOPLE,
    "ListOwnAccessLog": _PEOPLE,
    "ListStaff": of_ward(*OFFICE),
    "GetContact": of_any_ward(Role.SERVICE),
    "IssueOneTimeCode": of_ward(Role.CITIZEN),
    # The citizen's own token, or the dossiers service of the ward where the dossier is filed.
    "RedeemOneTimeCode": of_any_ward(Role.SERVICE, here=frozenset({Role.CITIZEN})),
}
