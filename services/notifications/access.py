"""Who may call what; an RPC without a rule is refused."""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.grpc.rules import Rule, by_service, of_any_ward, of_practice, of_ward
from services.chassis.tokens import OFFICE, Role

RULES: Mapping[str, Rule] = {
    "SendOneTimeCode": by_service("accounts"),
    "SendNotice": by_service("accounts"),
    # A citizen may file in another ward than their own; that ward holds the messages.
    "ListOwnMessages": of_any_ward(Role.CITIZEN),
    "ListOwnAccessLog": of_any_ward(Role.CITIZEN),
    "ListPracticeMessages": of_practice(of_ward(Role.CITIZEN)),
    "ListDossierMessages": of_ward(*OFFICE),
}
