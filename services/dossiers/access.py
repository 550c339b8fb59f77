"""Who may call which RPC, and who may do what to a dossier.

No rule names volunteers (docs/architecture.md, rule 3); an RPC without a rule is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.grpc.rules import PUBLIC, Rule, not_in_practice, of_any_ward, of_practice, of_ward
from services.chassis.tokens import OFFICE, Principal, Role
from services.dossiers.domain import acts
from services.dossiers.domain.acts import ACTS, Act, Party

#: The role that receives what people bring or send, enters it for them, and hands over the result.
DESK = frozenset({Role.RECEPTIONIST, Role.CIVIL_STATUS_OFFICER})
#: Channels whose dossiers the desk enters for applicants (national code list: 1 trực tiếp, 3 bưu chính).
POST = "post"  # 3 bưu chính
DESK_CHANNELS = frozenset({"counter", POST})
ONLINE = "online"  # 2 trực tuyến

_ROLES: Mapping[Party, Role] = {
    Party.DESK: Role.RECEPTIONIST,
    Party.OFFICER: Role.CIVIL_STATUS_OFFICER,
    Party.SIGNER: Role.SIGNER,
}


def role_of(party: Party) -> Role:
    """The role of a party of the office."""
    return _ROLES[party]


def roles_of(act: Act) -> frozenset[Role]:
    """The roles of the office that may do an act; none if only the applicant, or the clock, does it."""
    return frozenset(_ROLES[party] for party in act.by if party in _ROLES)


#: The applicant, of any ward, and the office of the ward that handles the dossier.
_APPLICANT = of_any_ward(Role.CITIZEN)
_APPLICANT_OR_OFFICE = of_any_ward(Role.CITIZEN, here=OFFICE)
_APPLICANT_OR_DESK = of_any_ward(Role.CITIZEN, here=DESK)

RULES: Mapping[str, Rule] = {
    "ListProcedures": PUBLIC,
    "GetProcedure": PUBLIC,
    "TrackDossier": PUBLIC,
    "VerifyCertificate": PUBLIC,
    "NotePayment": not_in_practice(PUBLIC),  # the provider has no token: the use case verifies its signature
    "CreateDraft": _APPLICANT_OR_DESK,
    "SaveForm": _APPLICANT_OR_DESK,
    "DeleteDraft": _APPLICANT_OR_DESK,
    "AddDocument": _APPLICANT_OR_DESK,
    "RemoveDocument": _APPLICANT_OR_DESK,
    "RequestConfirmation": _APPLICANT,
    "NoteGuidedSession": _APPLICANT,
    "SubmitDossier": _APPLICANT,
    "SubmitAtCounter": of_ward(*DESK),
    "SupplementDossier": _APPLICANT_OR_DESK,
    "WithdrawDossier": _APPLICANT_OR_DESK,
    "StartPayment": _APPLICANT,
    "ProvePractice": of_practice(of_ward(Role.CITIZEN)),
    "ListOwnDossiers": _APPLICANT,
    "ListOwnAccessLog": _APPLICANT,
    "GetDossier": _APPLICANT_OR_OFFICE,
    "GetHistory": _APPLICANT_OR_OFFICE,
    "GetDocument": _APPLICANT_OR_OFFICE,
    "GetPaper": _APPLICANT_OR_OFFICE,
    "StartCapture": _APPLICANT,
    "GetCapture": _APPLICANT,
    "GetCapturePage": _APPLICANT,
    "TurnCapturePage": _APPLICANT,
    "RemoveCapturePage": _APPLICANT,
    "KeepCapture": _APPLICANT,
    "DiscardCapture": _APPLICANT,
    "GetCaptureTicket": PUBLIC,  # the ticket is the credential, and adds pages alone
    "AddCapturePage": PUBLIC,
    "EndCapture": PUBLIC,
    "ListDesk": of_ward(*OFFICE),
    "ListQueues": of_ward(*OFFICE),
    "StartSearch": of_ward(*OFFICE),
    "SearchRegister": of_ward(*OFFICE),
    "GetEntry": of_ward(*OFFICE),
    "NoteEntry": of_ward(Role.CIVIL_STATUS_OFFICER),
    "DecideNote": of_ward(Role.SIGNER),
    "DropNote": of_ward(Role.CIVIL_STATUS_OFFICER),
    "ListProposedNotes": of_ward(*OFFICE),
    "SetMinistryNumber": of_ward(Role.CIVIL_STATUS_OFFICER),
    "ListBooks": of_ward(*OFFICE),
    "BeginBook": of_ward(Role.CIVIL_STATUS_OFFICER),
    "CloseBook": of_ward(Role.SIGNER),
    "GetClosingStatement": of_ward(*OFFICE),
    "CompareDocument": of_ward(*DESK),
    "RecordResidence": of_ward(*DESK),
    **{act.rpc: of_ward(*roles_of(act)) for act in ACTS.values() if act.rpc},
    **dict.fromkeys(("GetSigning", "GetPaperPreview"), of_ward(*roles_of(acts.SIGNATURE))),
    "FindNextDossier": of_ward(*OFFICE),
    "GetTrackingBook": of_ward(*OFFICE),
    "GetWorkload": of_ward(Role.WARD_ADMIN),
    "ListBlanks": of_ward(*OFFICE, Role.WARD_ADMIN),
    "SetBlankOffset": of_ward(Role.CIVIL_STATUS_OFFICER, Role.WARD_ADMIN),
    "GetCalibrationPage": of_ward(*OFFICE, Role.WARD_ADMIN),
}


def of_office(principal: Principal, ward: str) -> bool:
    """Whether the principal works in the office of the ward."""
    return principal.ward == ward and principal.has(*OFFICE)


def edits(principal: Principal, ward: str, *, channel: str, applicant_id: str) -> bool:
    """Whether the principal may fill in, file, supplement and withdraw a dossier.

    Only its owner may. If it came over the counter or by post, anybody at the desk of its ward may, since another
    colleague may be on duty when people come back.
    """
    if channel in DESK_CHANNELS:
        return principal.ward == ward and principal.has(*DESK)
    return applicant_id == principal.id


def office_of(principal: Principal, act: Act) -> str:
    """The name of the office for which the principal acts, for the citizen to read; never a citizen's name."""
    if principal.has(Role.SERVICE):
        return Party.SYSTEM
    if act.by == {Party.APPLICANT} and not principal.has(*DESK):
        return Party.APPLICANT
    if act is acts.SIGNATURE or not principal.has(*DESK):
        return principal.title or Party.SIGNER
    return Party.DESK if principal.has(Role.RECEPTIONIST) else Party.OFFICER
