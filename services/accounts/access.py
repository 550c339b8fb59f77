"""Who may call what. What stands here not is refused by the chassis."""

from __future__ import annotations

from services.chassis.grpc.server import PUBLIC, Rule, by_service, of_ward
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
    # Of any ward: one may file in another than one's own, and the ward that handles a dossier tells its applicant.
    "GetContact": by_service("notifications", of_any_ward=True),
    # By the citizen's own token, which the dossiers service passes on: no service confirms a filing for somebody.
    "IssueOneTimeCode": of_ward(Role.CITIZEN),
    "RedeemOneTimeCode": of_ward(Role.CITIZEN),
}
