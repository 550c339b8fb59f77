"""The contract's RPCs: for each its command, its use case and its view. There is no logic here."""

from __future__ import annotations

from services.accounts.use_cases import codes, directory, opening, people, sessions
from services.accounts.views import people as views
from services.chassis.grpc.rpc import Command, Free, Query, SteppedCommand, Table

RPCS: Table = {
    # Opening an account
    "OpenAccount": SteppedCommand(
        opening.OpenAccount, opening.application, opening.hash_password, opening.open_account, views.opened
    ),
    "ActivateAccount": Free(opening.ActivateAccount, opening.activate_account, views.account),
    "ResendActivationCode": Command(opening.ResendActivationCode, opening.resend_activation_code, views.opened),
    # Signing in
    "CreateSession": Free(sessions.CreateSession, sessions.create_session, views.session),
    "RefreshSession": Free(sessions.RefreshSession, sessions.refresh_session, views.session),
    "EndSession": Free(sessions.EndSession, sessions.end_session, views.done),
    # One-time codes
    "IssueOneTimeCode": Command(codes.IssueOneTimeCode, codes.issue, views.challenge),
    "RedeemOneTimeCode": Free(codes.RedeemOneTimeCode, codes.redeem, views.done),
    # People
    "GetOwnAccount": Query(people.GetOwnAccount, people.own_account, views.own_account),
    "GetContact": Query(people.GetContact, people.contact, views.contact),
    "ListOwnAccessLog": Query(people.ListOwnAccessLog, people.own_access_log, views.looks),
    # The ward and the district
    "FindHomeWard": Query(directory.FindHomeWard, directory.home_ward, views.home_ward),
    "ListStations": Query(directory.ListStations, directory.stations, views.stations),
    "ListStaff": Query(directory.ListStaff, directory.staff, views.staff),
}
