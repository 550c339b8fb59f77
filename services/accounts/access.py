"""Who may call what; the chassis refuses an RPC without a rule."""

from __future__ import annotations

from services.chassis.grpc.rules import (
    PUBLIC,
    Rule,
    by_service,
    not_in_practice,
    of_any_ward,
    of_practice,
    of_ward,
    passed_on,
)
from services.chassis.tokens import OFFICE, UNKNOWN, Role

#: Everybody with an account of this ward, a volunteer too: they see only their own account.
_PEOPLE = of_ward(*(role for role in Role if role not in UNKNOWN | {Role.SERVICE}))

#: Everybody whom the ward has made: they may have a second factor.
_STAFF = of_ward(*OFFICE, Role.WARD_ADMIN, Role.VOLUNTEER)
_ADMIN = of_ward(Role.WARD_ADMIN)
#: Those who see people and their papers: no signer, no volunteer, and nobody who is only an administrator.
_DESK = of_ward(Role.RECEPTIONIST, Role.CIVIL_STATUS_OFFICER)
_STATION = of_ward(Role.VOLUNTEER, Role.WARD_ADMIN)
#: People of any ward come to a station; `use_cases/devices.kiosk_here` asks for its computer's token beside their own.
_AT_A_STATION = of_any_ward(Role.CITIZEN)
#: Also a person who sits there without an account: they see and change only their own guided sessions.
_GUIDED = of_any_ward(Role.CITIZEN, here=frozenset({Role.VISITOR}))

RULES: dict[str, Rule] = {
    # In the practice ward nobody types who they are: its people are invented.
    "OpenAccount": not_in_practice(PUBLIC),
    "VerifyApplication": not_in_practice(PUBLIC),
    "ActivateAccount": not_in_practice(PUBLIC),
    "ResendActivationCode": not_in_practice(PUBLIC),
    "CreateSession": not_in_practice(PUBLIC),
    "FindHomeWard": not_in_practice(PUBLIC),
    "OpenAdministration": not_in_practice(PUBLIC),
    "OpenPractice": of_practice(PUBLIC),
    "RefreshSession": PUBLIC,
    "EndSession": PUBLIC,
    "GetOwnSession": _PEOPLE,
    "ListStations": PUBLIC,
    "ChangePassword": _PEOPLE,
    "GetOwnAccount": passed_on(_PEOPLE),  # a draft in another ward is filled in with it
    # Of a person or a computer, for what they do in other wards
    "IssueWardTokens": not_in_practice(of_ward(Role.CITIZEN, Role.KIOSK)),
    "ListOwnWards": not_in_practice(of_ward(Role.CITIZEN)),
    "ListOwnAccessLog": of_any_ward(Role.CITIZEN, here=_PEOPLE.roles),  # also from the wards where they were guided
    "ListStaff": of_ward(*OFFICE),
    # Of any ward: people may file in another ward than their own, and the ward that handles a dossier notifies its
    # applicant.
    "GetContact": by_service("notifications", of_any_ward=True),
    # With the citizen's own token, which the dossiers service passes on: no service can confirm a filing for somebody.
    "IssueOneTimeCode": passed_on(of_ward(Role.CITIZEN)),
    "RedeemOneTimeCode": passed_on(of_ward(Role.CITIZEN)),
    # Recovering and changing accounts
    "RequestRecovery": not_in_practice(PUBLIC),
    "RecoverAccount": not_in_practice(PUBLIC),
    "RequestPhoneChange": not_in_practice(of_ward(Role.CITIZEN)),
    "ChangePhone": not_in_practice(of_ward(Role.CITIZEN)),
    "ChangeEmail": not_in_practice(of_ward(Role.CITIZEN)),
    "ChangeAddress": not_in_practice(of_ward(Role.CITIZEN)),
    "FindAccount": not_in_practice(_DESK),
    "GetAccount": not_in_practice(_DESK),
    "ConfirmIdentity": not_in_practice(_DESK),
    "RequestPhoneReplacement": not_in_practice(_DESK),
    "ReplacePhone": not_in_practice(_DESK),
    "ReplaceIdentityPaper": not_in_practice(_DESK),
    "CloseAccount": not_in_practice(_DESK),
    # Second factors: with the ticket of somebody who has typed their password; and the caller's own second factors
    "PassSecondFactor": not_in_practice(PUBLIC),
    "StartAuthenticator": not_in_practice(PUBLIC),
    "ConfirmAuthenticator": not_in_practice(PUBLIC),
    **dict.fromkeys(
        ("ListAuthenticators", "AskSecondFactor", "RemoveAuthenticator", "RenewRecoveryCodes"), not_in_practice(_STAFF)
    ),
    # Who works for the ward
    **dict.fromkeys(
        (
            "ListAdministeredStaff",
            "AddStaff",
            "ChangeStaff",
            "EndStaff",
            "RenewStaffLink",
            "ResetSecondFactor",
        ),
        not_in_practice(_ADMIN),
    ),
    "OpenStaffAccount": not_in_practice(PUBLIC),
    # Households: each person sees and changes only their own
    **dict.fromkeys(
        (
            "GetOwnHousehold",
            "StartHousehold",
            "IssueHouseholdCode",
            "JoinHousehold",
            "LeaveHousehold",
            "RemoveHouseholdMember",
            "HandOverHousehold",
            "SetResidentialGroup",
        ),
        not_in_practice(of_ward(Role.CITIZEN)),
    ),
    # Who can do it alone: one's own record; of the ward only figures
    "GetOwnLearning": not_in_practice(of_ward(Role.CITIZEN)),
    "RecordPractice": not_in_practice(of_ward(Role.CITIZEN)),
    "GetLearningReport": not_in_practice(_ADMIN),
    "ListExplainedQuestions": not_in_practice(_ADMIN),
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
    "ListDuties": _STATION,  # a volunteer sees only their own
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
    # Guided sessions: each person sees and changes only their own
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
    "NotePresence": PUBLIC,  # each session with its key
    "ListGuidedSessionsOfDossier": by_service("dossiers", of_any_ward=True),  # called by the ward where somebody files
    "GetConsentText": PUBLIC,
    "ListOwnConsents": _AT_A_STATION,
    "WithdrawConsent": _GUIDED,
}
