"""Who may call which RPC, and who may do what to a dossier.

A volunteer stands nowhere here (docs/architecture.md, rule 3); what no rule names is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.grpc.server import PUBLIC, Rule, of_any_ward, of_ward
from services.chassis.grpc.tokens import OFFICE, Principal, Role
from services.dossiers.domain.states import Act

#: Who takes in what people bring or send, enters it for them, and gives them the result.
DESK = frozenset({Role.RECEPTIONIST, Role.CIVIL_STATUS_OFFICER})
#: Channels whose dossiers the desk enters for somebody (national code list: 1 trực tiếp, 3 bưu chính).
DESK_CHANNELS = frozenset({"counter", "post"})

#: Acts of the office and the roles that may do them.
ACT_ROLES: Mapping[Act, frozenset[Role]] = {
    Act.ACCEPTANCE: frozenset({Role.RECEPTIONIST, Role.CIVIL_STATUS_OFFICER}),
    Act.REFUSAL: frozenset({Role.RECEPTIONIST, Role.CIVIL_STATUS_OFFICER}),
    Act.SUPPLEMENT_REQUEST: frozenset({Role.RECEPTIONIST, Role.CIVIL_STATUS_OFFICER}),
    Act.FEE_REQUEST: frozenset({Role.RECEPTIONIST, Role.CIVIL_STATUS_OFFICER}),
    Act.PAYMENT: frozenset({Role.RECEPTIONIST, Role.CIVIL_STATUS_OFFICER}),
    Act.ASSIGNMENT: frozenset({Role.RECEPTIONIST, Role.CIVIL_STATUS_OFFICER, Role.SIGNER}),
    Act.VERIFICATION_REQUEST: frozenset({Role.CIVIL_STATUS_OFFICER}),
    Act.VERIFICATION_REPLY: frozenset({Role.CIVIL_STATUS_OFFICER}),
    Act.EXTENSION: frozenset({Role.CIVIL_STATUS_OFFICER, Role.SIGNER}),
    Act.APPROVAL: frozenset({Role.CIVIL_STATUS_OFFICER}),
    Act.SIGNATURE: frozenset({Role.SIGNER}),
    Act.HANDOVER: frozenset({Role.RECEPTIONIST, Role.CIVIL_STATUS_OFFICER}),
    Act.STOP: frozenset({Role.CIVIL_STATUS_OFFICER, Role.SIGNER}),
}
#: Acts of the applicant; for those who came in or wrote, of the desk.
APPLICANT_ACTS = frozenset({Act.SUBMISSION, Act.SUPPLEMENT, Act.WITHDRAWAL})

#: The applicant, wherever they are at home, and the office of the ward that handles the dossier.
_APPLICANT = of_any_ward(Role.CITIZEN)
_APPLICANT_OR_OFFICE = of_any_ward(Role.CITIZEN, here=OFFICE)
_APPLICANT_OR_DESK = of_any_ward(Role.CITIZEN, here=DESK)

RULES: Mapping[str, Rule] = {
    "ListProcedures": PUBLIC,
    "GetProcedure": PUBLIC,
    "TrackDossier": PUBLIC,
    "VerifyCertificate": PUBLIC,
    "NotePayment": PUBLIC,  # the provider has no token: the use case verifies its signature
    "CreateDraft": _APPLICANT_OR_DESK,
    "SaveForm": _APPLICANT_OR_DESK,
    "AddDocument": _APPLICANT_OR_DESK,
    "RemoveDocument": _APPLICANT_OR_DESK,
    "RequestConfirmation": _APPLICANT,
    "SubmitDossier": _APPLICANT,
    "SubmitAtCounter": of_ward(*DESK),
    "SupplementDossier": _APPLICANT_OR_DESK,
    "WithdrawDossier": _APPLICANT_OR_DESK,
    "StartPayment": _APPLICANT,
    "ListOwnDossiers": _APPLICANT,
    "ListOwnAccessLog": _APPLICANT,
    "GetDossier": _APPLICANT_OR_OFFICE,
    "GetHistory": _APPLICANT_OR_OFFICE,
    "GetDocument": _APPLICANT_OR_OFFICE,
    "GetPaper": _APPLICANT_OR_OFFICE,
    "ListDesk": of_ward(*OFFICE),
    "SearchRegister": of_ward(*OFFICE),
    "GetEntry": of_ward(*OFFICE),
    "NoteEntry": of_ward(Role.CIVIL_STATUS_OFFICER),
    "ListBooks": of_ward(*OFFICE),
    "BeginBook": of_ward(Role.CIVIL_STATUS_OFFICER),
    "CloseBook": of_ward(Role.SIGNER),
    "GetClosingStatement": of_ward(*OFFICE),
    "AssignDossier": of_ward(*ACT_ROLES[Act.ASSIGNMENT]),
    "CompareDocument": of_ward(*DESK),
    "AcceptDossier": of_ward(*ACT_ROLES[Act.ACCEPTANCE]),
    "RefuseDossier": of_ward(*ACT_ROLES[Act.REFUSAL]),
    "RequestSupplement": of_ward(*ACT_ROLES[Act.SUPPLEMENT_REQUEST]),
    "RequestFee": of_ward(*ACT_ROLES[Act.FEE_REQUEST]),
    "RecordPayment": of_ward(*ACT_ROLES[Act.PAYMENT]),
    "ExtendDossier": of_ward(*ACT_ROLES[Act.EXTENSION]),
    "RequestVerification": of_ward(*ACT_ROLES[Act.VERIFICATION_REQUEST]),
    "RecordVerificationReply": of_ward(*ACT_ROLES[Act.VERIFICATION_REPLY]),
    "GetTrackingBook": of_ward(*OFFICE),
    "ApproveDossier": of_ward(*ACT_ROLES[Act.APPROVAL]),
    "SignDossier": of_ward(*ACT_ROLES[Act.SIGNATURE]),
    "HandOverDossier": of_ward(*ACT_ROLES[Act.HANDOVER]),
    "StopDossier": of_ward(*ACT_ROLES[Act.STOP]),
}


def of_office(principal: Principal, ward: str) -> bool:
    """Whether somebody works in the office of the ward."""
    return principal.ward == ward and principal.has(*OFFICE)


def edits(principal: Principal, ward: str, *, channel: str, applicant_id: str) -> bool:
    """Whether somebody fills in a dossier, files, supplements and withdraws it.

    Whose it is, and nobody else; where it came over the counter or by post, the desk of its ward, any of them:
    people come back when somebody else is on duty.
    """
    if channel in DESK_CHANNELS:
        return principal.ward == ward and principal.has(*DESK)
    return applicant_id == principal.id


def office_of(principal: Principal, act: Act) -> str:
    """The office in which somebody acts, as the citizen reads it; never a citizen's name."""
    if principal.has(Role.SERVICE):
        return "Hệ thống"
    if act in APPLICANT_ACTS and not principal.has(*DESK):
        return "Người nộp hồ sơ"
    if act is Act.SIGNATURE or not principal.has(Role.RECEPTIONIST, Role.CIVIL_STATUS_OFFICER):
        return principal.title or "Lãnh đạo Ủy ban nhân dân phường"
    if principal.has(Role.RECEPTIONIST):
        return "Bộ phận Một cửa"
    return "Công chức tư pháp – hộ tịch"
