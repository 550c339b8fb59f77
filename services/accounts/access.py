"""Who may call what; the chassis refuses an RPC without a rule."""

from __future__ import annotations

from services.chassis.grpc.server import PUBLIC, Rule, by_service, of_any_ward, of_ward
from services.chassis.tokens import OFFICE, UNKNOWN, Role

#: Everybody with an account of this ward, a volunteer too: they see only their own account.
_PEOPLE = of_ward(*(role for role in Role if role not in UNKNOWN | {Role.SERVICE}))

_ADMIN = of_ward(Role.WARD_ADMIN)
#: Who sees people and their papers: no signer, no volunteer, and no administrator who is nothing else.
_DESK = of_ward(Role.RECEPTIONIST, Role.CIVIL_STATUS_OFFICER)
_STATION = of_ward(Role.VOLUNTEER, Role.WARD_ADMIN)
#: People of any ward come to a station; `use_cases/devices.kiosk_here` asks for its computer's token beside their own.
_AT_A_STATION = of_any_ward(Role.CITIZEN)
#: Also whoever sits there without an account: of guided sessions they see and change their own alone.
_GUIDED = of_any_ward(Role.CITIZEN, here=frozenset({Role.VISITOR}))

RULES: dict[str, Rule] = {
    "OpenAccount": PUBLIC,
    "VerifyApplication": PUBLIC,
    "ActivateAccount": PUBLIC,
    "ResendActivationCode": PUBLIC,
    "CreateSession": PUBLIC,
    "RefreshSession": PUBLIC,
    "EndSession": PUBLIC,
    "FindHomeWard": PUBLIC,
    "ListStations": PUBLIC,
    "ChangePassword": _PEOPLE,
    "GetOwnAccount": _PEOPLE,
    "ListOwnAccessLog": of_any_ward(Role.CITIZEN, here=_PEOPLE.roles),  # also of where they were guided
    "ListStaff": of_ward(*OFFICE),
    # Of any ward: people may file in another ward than their own, and the ward that handles a dossier notifies its
    # applicant.
    "GetContact": by_service("notifications", of_any_ward=True),
    # With the citizen's own token, which the dossiers service passes on: no service can confirm a filing for somebody.
    "IssueOneTimeCode": of_ward(Role.CITIZEN),
    "RedeemOneTimeCode": of_ward(Role.CITIZEN),
    # Recovering and changing accounts
    "RequestRecovery": PUBLIC,
    "RecoverAccount": PUBLIC,
    "RequestPhoneChange": of_ward(Role.CITIZEN),
    "ChangePhone": of_ward(Role.CITIZEN),
    "ChangeEmail": of_ward(Role.CITIZEN),
    "ChangeAddress": of_ward(Role.CITIZEN),
    "FindAccount": _DESK,
    "GetAccount": _DESK,
    "ConfirmIdentity": _DESK,
    "RequestPhoneReplacement": _DESK,
    "ReplacePhone": _DESK,
    "CloseAccount": _DESK,
    # Stations
    "ListAdministeredStations": _ADMIN,
    "GetStation": PUBLIC,
    "SaveStation": _ADMIN,
    "GetOpening": PUBLIC,
    "SaveOpening": _ADMIN,
    "CancelOpening": _ADMIN,
    "AddVolunteer": _ADMIN,
    "RenewPassword": _ADMIN,
    "ListVolunteers": _ADMIN,
    "PutOnDuty": _ADMIN,
    "TakeOffDuty": _ADMIN,
    "ListDuties": _STATION,  # a volunteer's own alone
    "AddDevice": _ADMIN,
    "RenewEnrolmentCode": _ADMIN,
    "RevokeDevice": _ADMIN,
    "ListDevices": _ADMIN,
    "EnrolDevice": PUBLIC,
    "OpenDeviceSession": PUBLIC,
    "ClearKiosk": of_ward(Role.KIOSK),
    "ListScanners": _AT_A_STATION,
    "RequestScan": _AT_A_STATION,
    "TakeScan": of_ward(Role.SCANNER),
    "ListPhrases": _STATION,
    "SavePhrase": _ADMIN,
    "RetirePhrase": _ADMIN,
    # Guided sessions: each sees and changes their own alone
    "OpenVisit": of_ward(Role.KIOSK),
    "ClaimVisit": _AT_A_STATION,
    "RequestGuidedSession": _GUIDED,
    "GetOwnGuidedSession": _GUIDED,
    "ShowPlace": _GUIDED,
    "EndGuidedSession": of_any_ward(Role.CITIZEN, here=frozenset({Role.VISITOR, Role.VOLUNTEER})),
    "JoinGuidedSession": of_ward(Role.VOLUNTEER),
    "GetGuidedSession": of_ward(Role.VOLUNTEER),
    "ListGuidedSessions": of_ward(Role.VOLUNTEER),
    "Guide": of_ward(Role.VOLUNTEER),
    "ListTerms": PUBLIC,
    "WatchGuidedSessions": PUBLIC,
    "ListGuidedSessionsOfDossier": _AT_A_STATION,
    "GetConsentText": PUBLIC,
    "ListOwnConsents": _AT_A_STATION,
    "WithdrawConsent": _GUIDED,
}
