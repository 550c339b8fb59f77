"""Accounts and households, sessions and second factors, the ward's staff."""

from __future__ import annotations

from caunoi.accounts.v1 import accounts_pb2 as accounts_v1
from caunoi.accounts.v1 import households_pb2 as households_v1
from caunoi.accounts.v1 import learning_pb2 as learning_v1
from caunoi.accounts.v1 import recovery_pb2 as recovery_v1
from caunoi.accounts.v1 import staff_pb2 as staff_v1
from google.protobuf.empty_pb2 import Empty

from gateway.rpc import ADMIN, BY_OFFICE, DESK, PEOPLE, REAL_ADMIN, RESIDENT, STAFF, Rpc
from services.chassis.grpc.rules import PUBLIC, not_in_practice, of_any_ward, of_practice, of_ward, passed_on
from services.chassis.tokens import Role

OPEN_ACCOUNT = Rpc(
    accounts_v1.OpenAccountRequest,
    accounts_v1.OpenAccountResponse,
    seconds=5,  # hashes a password
    by=not_in_practice(PUBLIC),
    refuses="400 invalid-account 409 account-exists 429 too-many-codes 503 code-not-sent",
)
OPEN_ADMINISTRATION = Rpc(
    accounts_v1.OpenAdministrationRequest,
    accounts_v1.OpenAdministrationResponse,
    seconds=5,  # hashes a password
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 invalid-field invalid-password 404 unknown-link 409 username-taken",
)
PASS_SECOND_FACTOR = Rpc(
    staff_v1.PassSecondFactorRequest,
    accounts_v1.Session,
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 wrong-second-factor 401 second-factor-over 429 too-many-logins",
)
START_AUTHENTICATOR = Rpc(
    staff_v1.StartAuthenticatorRequest,
    staff_v1.StartAuthenticatorResponse,
    seconds=5,  # may hash a password
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 invalid-field wrong-password wrong-second-factor 401 second-factor-over 409 too-many-authenticators "
    "429 too-many-logins",
)
CONFIRM_AUTHENTICATOR = Rpc(
    staff_v1.ConfirmAuthenticatorRequest,
    staff_v1.ConfirmAuthenticatorResponse,
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 wrong-second-factor 401 second-factor-over 404 unknown-authenticator",
)
LIST_AUTHENTICATORS = Rpc(staff_v1.ListAuthenticatorsRequest, staff_v1.ListAuthenticatorsResponse, by=STAFF)
ASK_SECOND_FACTOR = Rpc(staff_v1.AskSecondFactorRequest, accounts_v1.SecondFactor, keyed=False, by=STAFF)
REMOVE_AUTHENTICATOR = Rpc(
    staff_v1.RemoveAuthenticatorRequest,
    Empty,
    keyed=False,
    by=STAFF,
    refuses="400 wrong-second-factor 401 second-factor-over 404 unknown-authenticator 409 last-authenticator "
    "429 too-many-logins",
)
RENEW_RECOVERY_CODES = Rpc(
    staff_v1.RenewRecoveryCodesRequest,
    staff_v1.RecoveryCodes,
    keyed=False,
    by=STAFF,
    refuses="400 wrong-second-factor 401 second-factor-over 429 too-many-logins",
)
LIST_ADMINISTERED_STAFF = Rpc(
    staff_v1.ListAdministeredStaffRequest, staff_v1.ListAdministeredStaffResponse, by=REAL_ADMIN
)
ADD_STAFF = Rpc(
    staff_v1.AddStaffRequest, staff_v1.StaffLink, by=REAL_ADMIN, refuses="400 invalid-field 409 username-taken"
)
CHANGE_STAFF = Rpc(
    staff_v1.ChangeStaffRequest,
    staff_v1.AdministeredStaff,
    by=REAL_ADMIN,
    refuses="400 invalid-field 404 unknown-staff 409 own-roles last-administrator 412 stale-version",
)
END_STAFF = Rpc(
    staff_v1.EndStaffRequest,
    staff_v1.AdministeredStaff,
    by=REAL_ADMIN,
    refuses="404 unknown-staff 409 last-administrator 412 stale-version",
)
RENEW_STAFF_LINK = Rpc(
    staff_v1.RenewStaffLinkRequest, staff_v1.StaffLink, by=REAL_ADMIN, refuses="404 unknown-staff 409 own-account"
)
RESET_SECOND_FACTOR = Rpc(
    staff_v1.ResetSecondFactorRequest,
    staff_v1.AdministeredStaff,
    by=REAL_ADMIN,
    refuses="400 invalid-field 404 unknown-staff 409 own-account",
)
OPEN_STAFF_ACCOUNT = Rpc(
    staff_v1.OpenStaffAccountRequest,
    staff_v1.OpenStaffAccountResponse,
    seconds=5,  # hashes a password
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 invalid-password 404 unknown-link",
)
VERIFY_APPLICATION = Rpc(
    accounts_v1.VerifyApplicationRequest, accounts_v1.VerifyApplicationResponse, by=not_in_practice(PUBLIC)
)
ACTIVATE_ACCOUNT = Rpc(
    accounts_v1.ActivateAccountRequest,
    accounts_v1.Account,
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 wrong-code 404 unknown-account 409 account-elsewhere account-not-pending "
    "code-expired code-for-other-content code-used too-many-tries",
)
RESEND_ACTIVATION_CODE = Rpc(
    accounts_v1.ResendActivationCodeRequest,
    accounts_v1.OpenAccountResponse,
    seconds=5,
    by=not_in_practice(PUBLIC),
    refuses="404 unknown-account 409 account-not-pending 429 too-many-codes 503 code-not-sent",
)
FIND_HOME_WARD = Rpc(accounts_v1.FindHomeWardRequest, accounts_v1.FindHomeWardResponse, by=not_in_practice(PUBLIC))
CREATE_SESSION = Rpc(
    accounts_v1.CreateSessionRequest,
    accounts_v1.Session,
    seconds=5,  # argon2 takes its time
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 invalid-password 401 wrong-login 409 account-closed account-elsewhere "
    "account-pending password-to-change 429 too-many-logins",
)
OPEN_PRACTICE = Rpc(
    accounts_v1.OpenPracticeRequest,
    accounts_v1.Session,
    keyed=False,
    by=of_practice(PUBLIC),
    refuses="409 account-exists 429 too-many-practices",
)
CHANGE_PASSWORD = Rpc(
    accounts_v1.ChangePasswordRequest,
    accounts_v1.Session,
    seconds=5,
    keyed=False,
    by=PEOPLE,
    refuses="400 invalid-password wrong-password 409 account-closed account-elsewhere account-pending "
    "429 too-many-logins",
)
REFRESH_SESSION = Rpc(
    accounts_v1.RefreshSessionRequest,
    accounts_v1.Session,
    repeatable=True,
    keyed=False,
    by=PUBLIC,
    refuses="401 session-ended 409 account-closed account-elsewhere account-pending",
)
END_SESSION = Rpc(accounts_v1.EndSessionRequest, Empty, repeatable=True, keyed=False, by=PUBLIC)
GET_OWN_SESSION = Rpc(accounts_v1.GetOwnSessionRequest, accounts_v1.GetOwnSessionResponse, seconds=1.0, by=PEOPLE)
ISSUE_WARD_TOKENS = Rpc(
    accounts_v1.IssueWardTokensRequest,
    accounts_v1.IssueWardTokensResponse,
    repeatable=True,
    keyed=False,
    by=not_in_practice(of_ward(Role.CITIZEN, Role.KIOSK)),
    refuses="404 unknown-ward",
)
LIST_OWN_WARDS = Rpc(accounts_v1.ListOwnWardsRequest, accounts_v1.ListOwnWardsResponse, seconds=1.5, by=RESIDENT)
GET_OWN_ACCOUNT = Rpc(accounts_v1.GetOwnAccountRequest, accounts_v1.Account, by=passed_on(PEOPLE))
LIST_STATIONS = Rpc(
    accounts_v1.ListStationsRequest, accounts_v1.ListStationsResponse, by=PUBLIC, refuses="400 invalid-days"
)
LIST_STAFF = Rpc(accounts_v1.ListStaffRequest, accounts_v1.ListStaffResponse, by=BY_OFFICE)
LIST_ACCOUNTS_LOG = Rpc(
    accounts_v1.ListOwnAccessLogRequest,
    accounts_v1.ListOwnAccessLogResponse,
    by=of_any_ward(Role.CITIZEN, here=PEOPLE.roles),
    refuses="400 invalid-cursor",
)

REQUEST_RECOVERY = Rpc(
    recovery_v1.RequestRecoveryRequest,
    recovery_v1.RequestRecoveryResponse,
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 invalid-recovery 429 too-many-codes 503 code-not-sent",
)
RECOVER_ACCOUNT = Rpc(
    recovery_v1.RecoverAccountRequest,
    Empty,
    seconds=5,  # hashes a password
    keyed=False,
    by=not_in_practice(PUBLIC),
    refuses="400 invalid-password wrong-code 404 unknown-recovery 409 code-expired "
    "code-for-other-content code-used too-many-tries",
)
REQUEST_PHONE_CHANGE = Rpc(
    recovery_v1.RequestPhoneChangeRequest,
    recovery_v1.PhoneChange,
    seconds=8,  # two SMS
    keyed=False,
    by=RESIDENT,
    refuses="400 invalid-phone wrong-password 429 too-many-codes too-many-logins 503 code-not-sent",
)
CHANGE_PHONE = Rpc(
    recovery_v1.ChangePhoneRequest,
    accounts_v1.Account,
    keyed=False,
    by=RESIDENT,
    refuses="400 wrong-code 404 unknown-change 409 code-expired code-for-other-content code-used too-many-tries",
)
CHANGE_EMAIL = Rpc(
    recovery_v1.ChangeEmailRequest,
    accounts_v1.Account,
    seconds=5,
    keyed=False,
    by=RESIDENT,
    refuses="400 invalid-account wrong-password 429 too-many-changes too-many-logins",
)
CHANGE_ADDRESS = Rpc(
    recovery_v1.ChangeAddressRequest,
    accounts_v1.Account,
    seconds=5,
    keyed=False,
    by=RESIDENT,
    refuses="400 invalid-account wrong-password 429 too-many-changes too-many-logins",
)
FIND_ACCOUNT = Rpc(
    recovery_v1.FindAccountRequest,
    recovery_v1.AccountAtDesk,
    by=not_in_practice(DESK),
    refuses="400 invalid-identity 404 unknown-account 409 account-elsewhere 429 too-many-lookups",
)
GET_ACCOUNT = Rpc(
    recovery_v1.GetAccountRequest, recovery_v1.AccountAtDesk, by=not_in_practice(DESK), refuses="404 unknown-account"
)
CONFIRM_IDENTITY = Rpc(
    recovery_v1.ConfirmIdentityRequest,
    recovery_v1.AccountAtDesk,
    by=not_in_practice(DESK),
    refuses="400 identity-differs invalid-account invalid-identity original-not-seen 404 unknown-account 409 "
    "account-not-active 429 too-many-lookups",
)
REQUEST_PHONE_REPLACEMENT = Rpc(
    recovery_v1.RequestPhoneReplacementRequest,
    recovery_v1.PhoneChange,
    seconds=5,
    by=not_in_practice(DESK),
    refuses="400 identity-differs invalid-identity invalid-phone original-not-seen 404 "
    "unknown-account 409 account-not-active 429 too-many-codes too-many-lookups 503 "
    "code-not-sent",
)
REPLACE_PHONE = Rpc(
    recovery_v1.ReplacePhoneRequest,
    recovery_v1.AccountAtDesk,
    keyed=False,
    by=not_in_practice(DESK),
    refuses="400 wrong-code 404 unknown-change 409 code-expired code-for-other-content code-used too-many-tries",
)
REPLACE_IDENTITY_PAPER = Rpc(
    recovery_v1.ReplaceIdentityPaperRequest,
    recovery_v1.AccountAtDesk,
    by=not_in_practice(DESK),
    refuses="400 identity-differs invalid-identity invalid-replacement original-not-seen 404 "
    "unknown-account 409 account-elsewhere account-exists account-not-active "
    "paper-noted-already 429 too-many-changes too-many-lookups",
)
CLOSE_ACCOUNT = Rpc(
    recovery_v1.CloseAccountRequest,
    recovery_v1.AccountAtDesk,
    by=not_in_practice(DESK),
    refuses="400 identity-differs invalid-field invalid-identity original-not-seen 404 "
    "unknown-account 409 account-not-active 429 too-many-lookups",
)

GET_OWN_HOUSEHOLD = Rpc(
    households_v1.GetOwnHouseholdRequest, households_v1.Household, by=RESIDENT, refuses="404 no-household"
)
START_HOUSEHOLD = Rpc(
    households_v1.StartHouseholdRequest,
    households_v1.Household,
    by=RESIDENT,
    refuses="404 no-household 409 in-household text-changed 429 too-many-changes",
)
ISSUE_HOUSEHOLD_CODE = Rpc(
    households_v1.IssueHouseholdCodeRequest,
    households_v1.HouseholdCode,
    by=RESIDENT,
    refuses="403 not-head-of-household 404 no-household 409 household-full",
)
JOIN_HOUSEHOLD = Rpc(
    households_v1.JoinHouseholdRequest,
    households_v1.Household,
    repeatable=True,
    keyed=False,
    by=RESIDENT,
    refuses="400 wrong-household-code 404 no-household 409 in-household text-changed 429 "
    "too-many-changes too-many-codes-tried",
)
LEAVE_HOUSEHOLD = Rpc(households_v1.LeaveHouseholdRequest, Empty, by=RESIDENT, refuses="404 no-household")
REMOVE_HOUSEHOLD_MEMBER = Rpc(
    households_v1.RemoveHouseholdMemberRequest,
    Empty,
    by=RESIDENT,
    refuses="400 invalid-field 403 not-head-of-household 404 no-household unknown-household-member",
)
HAND_OVER_HOUSEHOLD = Rpc(
    households_v1.HandOverHouseholdRequest,
    Empty,
    by=RESIDENT,
    refuses="400 invalid-field 403 not-head-of-household 404 no-household unknown-household-member "
    "429 too-many-changes",
)
SET_RESIDENTIAL_GROUP = Rpc(
    households_v1.SetResidentialGroupRequest,
    Empty,
    by=RESIDENT,
    refuses="400 invalid-field 403 not-head-of-household 404 no-household 409 "
    "residential-group-changed 429 too-many-changes",
)
GET_OWN_LEARNING = Rpc(learning_v1.GetOwnLearningRequest, learning_v1.OwnLearning, by=RESIDENT)
RECORD_PRACTICE = Rpc(
    learning_v1.RecordPracticeRequest,
    learning_v1.OwnLearning,
    repeatable=True,
    keyed=False,
    by=RESIDENT,
    refuses="400 wrong-practice-proof 409 account-not-active practice-counted",
)
GET_LEARNING_REPORT = Rpc(learning_v1.GetLearningReportRequest, learning_v1.LearningReport, by=not_in_practice(ADMIN))
LIST_EXPLAINED_QUESTIONS = Rpc(
    learning_v1.ListExplainedQuestionsRequest, learning_v1.ListExplainedQuestionsResponse, by=not_in_practice(ADMIN)
)
