"""Who may call what; the chassis refuses an RPC without a rule."""

from __future__ import annotations

from services.chassis.grpc.server import PUBLIC, Rule, by_service, of_ward
from services.chassis.tokens import DEVICES, OFFICE, Role

#: Everybody with an account of this ward, a volunteer too: they see only their own account.
_PEOPLE = of_ward(*(role for role in Role if role not in DEVICES | {Role.SERVICE}))

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
    # Of any ward: people may file in another ward than their own, and the ward that handles a dossier notifies its
    # applicant.
    "GetContact": by_service("notifications", of_any_ward=True),
    # With the citizen's own token, which the dossiers service passes on: no service can confirm a filing for somebody.
    "IssueOneTimeCode": of_ward(Role.CITIZEN),
    "RedeemOneTimeCode": of_ward(Role.CITIZEN),
}
