"""The contracts' RPCs: for each its command, its use case and its view. There is no logic here."""

from __future__ import annotations

from services.accounts.use_cases import (
    administration,
    changing,
    codes,
    consents,
    desk,
    devices,
    directory,
    duties,
    households,
    learning,
    opening,
    other_wards,
    papers,
    people,
    phrases,
    practice,
    recovery,
    second_factor,
    sessions,
    staff,
    stations,
    visits,
)
from services.accounts.use_cases.guidance import citizen, guided_sessions, volunteer
from services.accounts.use_cases.unit import Workplace
from services.accounts.views import devices as device_views
from services.accounts.views import guidance as guidance_views
from services.accounts.views import households as household_views
from services.accounts.views import learning as learning_views
from services.accounts.views import people as views
from services.accounts.views import recovery as recovery_views
from services.accounts.views import staff as staff_views
from services.accounts.views import stations as station_views
from services.chassis.grpc.rpc import Command, Free, LongPoll, Query, SteppedCommand, Table

RPCS: Table = {
    # Opening an account
    "OpenAccount": SteppedCommand(
        opening.OpenAccount, opening.application, opening.hash_password, opening.open_account, views.opened
    ),
    "VerifyApplication": Free(opening.VerifyApplication, opening.verify, views.verified),
    "ActivateAccount": Free(opening.ActivateAccount, opening.activate_account, views.account),
    "ResendActivationCode": Command(opening.ResendActivationCode, opening.resend_activation_code, views.opened),
    # Signing in
    "CreateSession": Free(sessions.CreateSession, sessions.create_session, views.session),
    "ChangePassword": Free(sessions.ChangePassword, sessions.change_password, views.session),
    "OpenAdministration": Free(
        administration.OpenAdministration, administration.open_administration, views.administration
    ),
    "OpenPractice": Free(practice.OpenPractice, practice.open_practice, views.session),
    "RefreshSession": Free(sessions.RefreshSession, sessions.refresh_session, views.session),
    "GetOwnSession": Query(sessions.GetOwnSession, sessions.own_session, views.own_session, apart=True),
    "EndSession": Free(sessions.EndSession, sessions.end_session, views.done),
    # One-time codes
    "IssueOneTimeCode": Command(codes.IssueOneTimeCode, codes.issue, views.challenge),
    "RedeemOneTimeCode": Free(codes.RedeemOneTimeCode, codes.redeem, views.done),
    # People
    "GetOwnAccount": Query(people.GetOwnAccount, people.own_account, views.own_account),
    "GetContact": Query(people.GetContact, people.contact, views.contact, apart=True),
    "IssueWardTokens": Free(other_wards.IssueWardTokens, other_wards.issue_ward_tokens, views.ward_tokens),
    "ListOwnWards": Query(other_wards.ListOwnWards, other_wards.own_wards, views.own_wards),
    "ListOwnAccessLog": Query(people.ListOwnAccessLog, people.own_access_log, views.looks),
    # The ward and the district
    "FindHomeWard": Query(directory.FindHomeWard, directory.home_ward, views.home_ward),
    "ListStations": Query(stations.ListStations, stations.stations, station_views.stations),
    "ListStaff": Query(directory.ListStaff, directory.staff, views.staff),
}

STATIONS: Table = {
    # Stations and their opening sessions
    "ListAdministeredStations": Query(
        stations.ListAdministeredStations, stations.administered_stations, station_views.stations
    ),
    "GetStation": Query(stations.GetStation, stations.station, station_views.saved_station),
    "SaveStation": Command(stations.SaveStation, stations.save_station, station_views.saved_station),
    "GetOpening": Query(stations.GetOpening, stations.opening, station_views.saved_opening),
    "SaveOpening": Command(stations.SaveOpening, stations.save_opening, station_views.saved_opening),
    "CancelOpening": Command(stations.CancelOpening, stations.cancel_opening, station_views.saved_opening),
    # Volunteers and their duties
    "AddVolunteer": SteppedCommand(
        duties.AddVolunteer,
        duties.check_volunteer,
        duties.new_password,
        duties.add_volunteer,
        station_views.given_out,
    ),
    "RenewPassword": SteppedCommand(
        duties.RenewPassword,
        duties.check_renewal,
        duties.new_password,
        duties.renew_password,
        station_views.given_out,
    ),
    "ListVolunteers": Query(duties.ListVolunteers, duties.volunteers, station_views.volunteers),
    "PutOnDuty": Command(duties.PutOnDuty, duties.put_on_duty, station_views.changed_duty),
    "TakeOffDuty": Command(duties.TakeOffDuty, duties.take_off_duty, station_views.changed_duty),
    "ListDuties": Query(duties.ListDuties, duties.duties, station_views.duties),
    # Computers and scanners
    "AddDevice": Command(devices.AddDevice, devices.add_device, device_views.code),
    "RenewEnrolmentCode": Command(devices.RenewEnrolmentCode, devices.renew_enrolment_code, device_views.code),
    "RevokeDevice": Command(devices.RevokeDevice, devices.revoke_device, device_views.changed_device),
    "ListDevices": Query(devices.ListDevices, devices.devices, device_views.devices),
    "EnrolDevice": Free(devices.EnrolDevice, devices.enrol_device, device_views.enrolled),
    "OpenDeviceSession": Free(devices.OpenDeviceSession, devices.open_device_session, device_views.session),
    "ClearKiosk": Free(devices.ClearKiosk, devices.clear_kiosk, views.done),
    # Scans
    "ListScanners": Query(devices.ListScanners, devices.scanners, device_views.scanners),
    "RequestScan": Command(devices.RequestScan, devices.request_scan, device_views.requested),
    "TakeScan": Free(devices.TakeScan, devices.take_scan, device_views.taken),
    # Phrases
    "ListPhrases": Query(phrases.ListPhrases, phrases.phrases, station_views.phrases),
    "SavePhrase": Command(phrases.SavePhrase, phrases.save_phrase, station_views.changed_phrase),
    "RetirePhrase": Command(phrases.RetirePhrase, phrases.retire_phrase, station_views.changed_phrase),
}

RECOVERY: Table = {
    # Somebody who is not signed in
    "RequestRecovery": Free(recovery.RequestRecovery, recovery.request, recovery_views.requested),
    "RecoverAccount": Free(recovery.RecoverAccount, recovery.recover, views.done),
    # The owner
    "RequestPhoneChange": Free(
        changing.RequestPhoneChange, changing.request_phone_change, recovery_views.change_to_codes
    ),
    "ChangePhone": Free(changing.ChangePhone, changing.change_phone, views.account),
    "ChangeEmail": Free(changing.ChangeEmail, changing.change_email, views.account),
    "ChangeAddress": Free(changing.ChangeAddress, changing.change_address, views.account),
    # The desk
    "FindAccount": Free(desk.FindAccount, desk.find_account, recovery_views.at_desk),
    "GetAccount": Query(desk.GetAccount, desk.account, recovery_views.found),
    "ConfirmIdentity": SteppedCommand(
        desk.ConfirmIdentity, desk.read_confirmed, desk.compare, desk.confirm_identity, recovery_views.found
    ),
    "RequestPhoneReplacement": SteppedCommand(
        desk.RequestPhoneReplacement,
        desk.read_original,
        desk.compare,
        desk.request_phone_replacement,
        recovery_views.replacement,
    ),
    "ReplacePhone": Free(desk.ReplacePhone, desk.replace_phone, recovery_views.at_desk),
    "ReplaceIdentityPaper": SteppedCommand(
        papers.ReplaceIdentityPaper, papers.read, papers.compare, papers.replace, recovery_views.found
    ),
    "CloseAccount": SteppedCommand(
        desk.CloseAccount, desk.read_closing, desk.compare, desk.close_account, recovery_views.found
    ),
}

STAFF: Table = {
    # The second factor
    "PassSecondFactor": Free(second_factor.PassSecondFactor, second_factor.pass_second_factor, views.session),
    "StartAuthenticator": Free(
        second_factor.StartAuthenticator, second_factor.start_authenticator, staff_views.started
    ),
    "ConfirmAuthenticator": Free(
        second_factor.ConfirmAuthenticator, second_factor.confirm_authenticator, staff_views.confirmed
    ),
    "ListAuthenticators": Query(second_factor.ListAuthenticators, second_factor.own_authenticators, staff_views.own),
    "AskSecondFactor": Free(second_factor.AskSecondFactor, second_factor.ask_second_factor, views.second_factor),
    "RemoveAuthenticator": Free(second_factor.RemoveAuthenticator, second_factor.remove_authenticator, views.done),
    "RenewRecoveryCodes": Free(
        second_factor.RenewRecoveryCodes, second_factor.renew_recovery_codes, staff_views.recovery_codes
    ),
    # Who works for the ward
    "ListAdministeredStaff": Query(staff.ListAdministeredStaff, staff.administered, staff_views.administered),
    "AddStaff": Command(staff.AddStaff, staff.add_staff, staff_views.link),
    "ChangeStaff": Command(staff.ChangeStaff, staff.change_staff, staff_views.member),
    "EndStaff": Command(staff.EndStaff, staff.end_staff, staff_views.member),
    "RenewStaffLink": Command(staff.RenewStaffLink, staff.renew_link, staff_views.link),
    "ResetSecondFactor": Command(staff.ResetSecondFactor, staff.reset_second_factor, staff_views.member),
    "OpenStaffAccount": Free(staff.OpenStaffAccount, staff.open_account, staff_views.opened),
}

HOUSEHOLDS: Table = {
    "GetOwnHousehold": Query(households.GetOwnHousehold, households.own, household_views.household),
    "StartHousehold": Command(households.StartHousehold, households.start, household_views.household),
    "IssueHouseholdCode": Command(households.IssueHouseholdCode, households.issue_code, household_views.code),
    "JoinHousehold": Free(households.JoinHousehold, households.join, household_views.shown),
    "LeaveHousehold": Command(households.LeaveHousehold, households.leave, household_views.done),
    "RemoveHouseholdMember": Command(households.RemoveHouseholdMember, households.remove, household_views.done),
    "HandOverHousehold": Command(households.HandOverHousehold, households.hand_over, household_views.done),
    "SetResidentialGroup": Command(households.SetResidentialGroup, households.set_group, household_views.done),
}

LEARNING: Table = {
    # One's own
    "GetOwnLearning": Query(learning.GetOwnLearning, learning.own, learning_views.own),
    "RecordPractice": Free(learning.RecordPractice, learning.record_practice, learning_views.recorded),
    # The ward's
    "GetLearningReport": Query(learning.GetLearningReport, learning.report, learning_views.report, snapshot=True),
    "ListExplainedQuestions": Query(learning.ListExplainedQuestions, learning.explained, learning_views.explained),
}

GUIDANCE: Table = {
    # Somebody without an account
    "OpenVisit": Free(visits.OpenVisit, visits.open_visit, guidance_views.visit),
    "ClaimVisit": Command(visits.ClaimVisit, visits.claim_visit, guidance_views.done),
    # The citizen
    "RequestGuidedSession": Command(citizen.RequestGuidedSession, citizen.request, guidance_views.requested),
    "GetOwnGuidedSession": Free(citizen.GetOwnGuidedSession, citizen.own, guidance_views.shown),
    "ShowPlace": Free(citizen.ShowPlace, citizen.show_place, guidance_views.shown),
    "EndGuidedSession": Command(guided_sessions.EndGuidedSession, guided_sessions.end, guidance_views.done),
    # The volunteer
    "JoinGuidedSession": Free(volunteer.JoinGuidedSession, volunteer.join, guidance_views.joined),
    "GetGuidedSession": Query(volunteer.GetGuidedSession, volunteer.guided_session, guidance_views.guided),
    "ListGuidedSessions": Query(
        volunteer.ListGuidedSessions, volunteer.guided_sessions, guidance_views.guided_sessions
    ),
    "Guide": Command(volunteer.Guide, volunteer.guide, guidance_views.guided),
    # Everybody
    "ListTerms": Free(guided_sessions.ListTerms, guided_sessions.terms, guidance_views.terms),
    "WatchGuidedSessions": LongPoll(
        guided_sessions.WatchGuidedSessions,
        guided_sessions.watch,
        guided_sessions.patience,
        Workplace.changes,
        guidance_views.watched,
    ),
    "NotePresence": Free(citizen.NotePresence, citizen.note_presence, views.done),
    "ListGuidedSessionsOfDossier": Query(
        guided_sessions.ListGuidedSessionsOfDossier, guided_sessions.given, guidance_views.given
    ),
    # Consents
    "GetConsentText": Free(consents.GetConsentText, consents.text, guidance_views.consent_text),
    "ListOwnConsents": Query(consents.ListOwnConsents, consents.consents, guidance_views.consents),
    "WithdrawConsent": Command(consents.WithdrawConsent, consents.withdraw, guidance_views.consent),
}
