"""gRPC in, use case, gRPC out."""

from __future__ import annotations

import grpc
from caunoi.accounts.v1 import accounts_pb2, accounts_pb2_grpc
from google.protobuf.empty_pb2 import Empty

from services.accounts import storage
from services.accounts.domain.identity import masked, masked_phone
from services.accounts.phones import national
from services.accounts.storage import Person
from services.accounts.tables import AccountRow
from services.accounts.use_cases import codes, directory, opening, people, sessions
from services.accounts.use_cases.sessions import SignedIn
from services.accounts.use_cases.workshop import Workshop
from services.chassis.cells import Cell
from services.chassis.database.audit import Look
from services.chassis.tokens import ACCESS_SECONDS, Role

_STATUS = {
    storage.PENDING: accounts_pb2.ACCOUNT_STATUS_PENDING,
    storage.ACTIVE: accounts_pb2.ACCOUNT_STATUS_ACTIVE,
    storage.MOVED: accounts_pb2.ACCOUNT_STATUS_CLOSED,
}


class AccountsServicer(accounts_pb2_grpc.AccountsServiceServicer):
    def __init__(self, shop: Workshop) -> None:
        self._shop = shop

    def OpenAccount(
        self, request: accounts_pb2.OpenAccountRequest, context: grpc.ServicerContext
    ) -> accounts_pb2.OpenAccountResponse:
        return opening.open_account(self._shop, request)

    def ActivateAccount(
        self, request: accounts_pb2.ActivateAccountRequest, context: grpc.ServicerContext
    ) -> accounts_pb2.Account:
        return self._account(opening.activate_account(self._shop, request.account_id, request.otp))

    def ResendActivationCode(
        self, request: accounts_pb2.ResendActivationCodeRequest, context: grpc.ServicerContext
    ) -> accounts_pb2.OpenAccountResponse:
        return opening.resend_activation_code(self._shop, request)

    def CreateSession(
        self, request: accounts_pb2.CreateSessionRequest, context: grpc.ServicerContext
    ) -> accounts_pb2.Session:
        return self._session(sessions.create_session(self._shop, request.login, request.password))

    def RefreshSession(
        self, request: accounts_pb2.RefreshSessionRequest, context: grpc.ServicerContext
    ) -> accounts_pb2.Session:
        return self._session(sessions.refresh_session(self._shop, request.refresh_token))

    def EndSession(self, request: accounts_pb2.EndSessionRequest, context: grpc.ServicerContext) -> Empty:
        sessions.end_session(self._shop, request.refresh_token)
        return Empty()

    def GetOwnAccount(
        self, request: accounts_pb2.GetOwnAccountRequest, context: grpc.ServicerContext
    ) -> accounts_pb2.Account:
        own = people.own_account(self._shop)
        return self._unmasked(self._account(own), own) if request.unmasked else self._account(own)

    def GetContact(
        self, request: accounts_pb2.GetContactRequest, context: grpc.ServicerContext
    ) -> accounts_pb2.Contact:
        name, phone, email = people.contact(self._shop, request.account_id)
        return accounts_pb2.Contact(account_id=request.account_id, full_name=name, phone=phone, email=email)

    def IssueOneTimeCode(
        self, request: accounts_pb2.IssueOneTimeCodeRequest, context: grpc.ServicerContext
    ) -> accounts_pb2.OneTimeCodeChallenge:
        return codes.issue_code(self._shop, request)

    def RedeemOneTimeCode(self, request: accounts_pb2.RedeemOneTimeCodeRequest, context: grpc.ServicerContext) -> Empty:
        codes.redeem_code(self._shop, request.challenge_id, request.otp, request.binding, request.redemption)
        return Empty()

    def FindHomeWard(
        self, request: accounts_pb2.FindHomeWardRequest, context: grpc.ServicerContext
    ) -> accounts_pb2.FindHomeWardResponse:
        return accounts_pb2.FindHomeWardResponse(ward=directory.find_home_ward(self._shop, request.login))

    def ListStations(
        self, request: accounts_pb2.ListStationsRequest, context: grpc.ServicerContext
    ) -> accounts_pb2.ListStationsResponse:
        with self._cell().database.transaction() as session:
            rows = storage.stations(session)
        stations = [
            accounts_pb2.Station(id=str(row.id), name=row.name, address=row.address, opening_hours=row.opening_hours)
            for row in rows
        ]
        return accounts_pb2.ListStationsResponse(stations=stations)

    def ListStaff(
        self, request: accounts_pb2.ListStaffRequest, context: grpc.ServicerContext
    ) -> accounts_pb2.ListStaffResponse:
        with self._cell().database.transaction() as session:
            rows = storage.office_staff(session)
        staff = [
            accounts_pb2.StaffMember(id=str(row.id), full_name=row.full_name, title=row.title, roles=row.roles)
            for row in rows
        ]
        return accounts_pb2.ListStaffResponse(staff=staff)

    def ListOwnAccessLog(
        self, request: accounts_pb2.ListOwnAccessLogRequest, context: grpc.ServicerContext
    ) -> accounts_pb2.ListOwnAccessLogResponse:
        page = people.own_access_log(self._shop, request.page_size, request.cursor)
        entries = [_entry(look) for look in page.items]
        return accounts_pb2.ListOwnAccessLogResponse(entries=entries, next_cursor=page.next_cursor)

    def _cell(self) -> Cell:
        return self._shop.cells.current()

    def _session(self, signed_in: SignedIn) -> accounts_pb2.Session:
        return accounts_pb2.Session(
            access_token=signed_in.access_token,
            expires_in=ACCESS_SECONDS,
            refresh_token=signed_in.refresh_token,
            account=self._account(signed_in.person),
        )

    def _account(self, person: Person) -> accounts_pb2.Account:
        cell = self._cell()
        account = accounts_pb2.Account(id=str(person.id), ward=cell.ward.code, full_name=person.full_name)
        account.created_at.FromDatetime(person.created_at)
        if not isinstance(person, AccountRow):
            account.status = accounts_pb2.ACCOUNT_STATUS_ACTIVE
            account.roles.extend(person.roles)
            return account
        account.status = _STATUS[person.status]
        account.roles.append(Role.CITIZEN)
        account.phone_masked = masked_phone(storage.unseal(cell.cipher, person, "phone"))
        account.email = storage.unseal(cell.cipher, person, "email")
        account.identity_number_masked = masked(storage.unseal(cell.cipher, person, "identity_number"))
        account.date_of_birth = person.date_of_birth.isoformat()
        account.address = person.address
        return account

    def _unmasked(self, account: accounts_pb2.Account, person: Person) -> accounts_pb2.Account:
        if isinstance(person, AccountRow):
            cipher = self._cell().cipher
            account.phone = national(storage.unseal(cipher, person, "phone"))
            account.identity_number = storage.unseal(cipher, person, "identity_number")
        return account


def _entry(look: Look) -> accounts_pb2.AccessLogEntry:
    entry = accounts_pb2.AccessLogEntry(who=look.who, role=look.role, action=look.action, subject=look.subject)
    entry.at.FromDatetime(look.at)
    return entry
