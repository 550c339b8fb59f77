"""The holders at a station, and what they may do: each call is really made, with a valid request.

Before the one who may, everybody else of a station makes the same call: a second volunteer on duty there, the computer
and the scanner with their own tokens as authorization, and nobody. What the table (tests/guards/rpcs_at_a_station.txt)
allows to one of them is done by them. An RPC that these stories do not need is tried without anything in it: who may
call is decided before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyotp
import pytest
from caunoi.accounts.v1 import (
    accounts_pb2,
    guidance_pb2,
    households_pb2,
    learning_pb2,
    recovery_pb2,
    staff_pb2,
    stations_pb2,
)
from google.protobuf.message import Message

from services.accounts.adapters.wording import CONSENTS
from services.accounts.service import SERVICE
from services.accounts.settings import Settings
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Role
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import FakeNotifications
from tests.guards.parts import request_of
from tests.guards.test_stations_open_nothing import TABLE
from tests.services.accounts import service
from tests.services.accounts.practising import statement
from tests.services.accounts.service import NAM_DUONG, PASSWORD, THANH_BINH
from tests.services.accounts.station import PLACE, text_in_force
from tests.services.accounts.ward import TODAY, Ward

SAYS = {rpc.removeprefix("accounts."): said for rpc, said in TABLE.items() if rpc.startswith("accounts.")}
NOT_ALLOWED, NOT_SIGNED_IN = (Kind.FORBIDDEN, "not-allowed"), (Kind.UNAUTHENTICATED, "not-signed-in")
#: The answers to a second volunteer, on duty at the same station, for calls that the first may make.
UNKNOWN = (Kind.NOT_FOUND, "unknown-guided-session")
OF_A_SESSION = ("EndGuidedSession", "GetGuidedSession", "Guide")


class Accounts(service.Accounts):
    """The service, where everybody of a station makes each call before the one who may."""

    def __init__(self, settings: Settings, clock: SettableClock, keys: Path) -> None:
        super().__init__(settings, clock, keys)
        self.holders: dict[str, str] = {}
        self.on_duty = "-"  # the volunteer who may
        self.done: set[tuple[str, str]] = set()  # RPC, and the holder by whom it was done
        self.tried: set[str] = set()
        self.different: list[str] = []

    def call(
        self, rpc: str, request: Message, *, ward: str = NAM_DUONG, token: str = "", key: str = "", kiosk: str = ""
    ) -> Any:
        said = SAYS[rpc].split()
        if self.holders and "public" not in said:
            make = self.refuse(rpc, request, ward=ward, kiosk=kiosk)
            for holder, own in self.holders.items():
                if holder in said and own != token and rpc in OF_A_SESSION:
                    self._expect(rpc, partial(make, token=own), UNKNOWN)
        answer = super().call(rpc, request, ward=ward, token=token, key=key, kiosk=kiosk)
        self.done |= {(rpc, holder) for holder in said if token == self._of(holder)}
        return answer

    def refuse(self, rpc: str, request: Message, *, ward: str = NAM_DUONG, kiosk: str = "") -> Callable[..., Any]:
        """Everybody at a station who may not make the call is refused it; returns how the others make it."""
        make = partial(super().call, rpc, request, ward=ward, kiosk=kiosk)
        self.tried.add(rpc)
        self._expect(rpc, make, NOT_SIGNED_IN)
        for holder, own in self.holders.items():
            if holder not in SAYS[rpc].split():
                self._expect(rpc, partial(make, token=own), NOT_ALLOWED)
        return make

    def _of(self, holder: str) -> str:
        return self.on_duty if holder == "volunteer" else self.holders.get(holder, "-")

    def _expect(self, rpc: str, act: Callable[[], object], expected: tuple[Kind, str]) -> None:
        try:
            act()
        except Refusal as no:
            if (no.kind, no.type) != expected:
                self.different.append(f"{rpc}: {no.kind}, {no.type}, expected {expected}")
        else:
            self.different.append(f"{rpc}: let in, expected {expected}")


@pytest.fixture
def accounts(settings: Settings, clock: SettableClock, keys: Path) -> Iterator[Accounts]:
    running = Accounts(settings, clock, keys)
    yield running
    running.stop()


def test_each_holder_does_what_the_table_says_and_is_refused_the_rest(
    accounts: Accounts, notifications: FakeNotifications, citizen: str, keys: Path
) -> None:
    ward = Ward(accounts)
    station = ward.station().id
    opening = ward.opening(station).id
    first, second = ward.volunteer(), ward.volunteer("minh.le").volunteer.id
    volunteer = first.volunteer.id
    for each in (volunteer, second):
        ward.duty(opening, each)
    kiosk = ward.enrolled(station)
    scanner = ward.enrolled(station, "scanner", "Máy quét", kiosk.device.id)
    accounts.on_duty = accounts.token(volunteer, Role.VOLUNTEER)
    accounts.holders = {
        "volunteer": accounts.token(second, Role.VOLUNTEER),
        "kiosk": kiosk.token,
        "scanner": scanner.token,
    }
    of_people(accounts, notifications, citizen)
    of_households(accounts, notifications, citizen)
    of_learning(accounts, keys, citizen)
    of_recovery(accounts, notifications, citizen)
    changed = accounts_pb2.ChangePasswordRequest(password=first.password, new_password="mùa xuân ở Sơn Trà")
    accounts.call("ChangePassword", changed, token=accounts.on_duty)
    of_second_factors(accounts, changed.new_password)
    of_staff(ward)
    of_the_administrator(ward, station, accounts.on_duty)
    of_devices(ward, kiosk, scanner)
    elsewhere = accounts_pb2.IssueWardTokensRequest(wards=[THANH_BINH])
    accounts.call("IssueWardTokens", elsewhere, token=kiosk.token)
    of_guidance(ward, accounts.token(citizen), accounts.on_duty, kiosk.token)
    for rpc in sorted({rpc for rpc, said in SAYS.items() if said == "refused"} - accounts.tried):
        accounts.refuse(rpc, request_of(SERVICE, rpc))
    assert accounts.different == []
    assert accounts.tried == {rpc for rpc, said in SAYS.items() if said != "public"}
    allowed = {
        (rpc, holder) for rpc, said in SAYS.items() if said not in ("public", "refused") for holder in said.split()
    }
    assert accounts.done == allowed


def of_people(accounts: Accounts, notifications: FakeNotifications, citizen: str) -> None:
    own = accounts.token(citizen)
    asked = accounts_pb2.IssueOneTimeCodeRequest(purpose="file-dossier", binding=b"d" * 32)
    challenge = accounts.call("IssueOneTimeCode", asked, token=own).challenge_id
    redeemed = accounts_pb2.RedeemOneTimeCodeRequest(
        challenge_id=challenge, otp=notifications.last().otp, binding=b"d" * 32, redemption="one"
    )
    accounts.call("RedeemOneTimeCode", redeemed, token=own)
    contact = accounts_pb2.GetContactRequest(account_id=citizen)
    accounts.call("GetContact", contact, token=accounts.service_token("notifications", NAM_DUONG))
    accounts.call("ListStaff", accounts_pb2.ListStaffRequest(), token=accounts.token(str(uuid4()), Role.RECEPTIONIST))
    accounts.call("ListOwnWards", accounts_pb2.ListOwnWardsRequest(), token=own)
    accounts.call("IssueWardTokens", accounts_pb2.IssueWardTokensRequest(wards=[THANH_BINH]), token=own)
    for token in (own, accounts.on_duty):
        accounts.call("GetOwnAccount", accounts_pb2.GetOwnAccountRequest(), token=token)
        accounts.call("GetOwnSession", accounts_pb2.GetOwnSessionRequest(), token=token)
        accounts.call("ListOwnAccessLog", accounts_pb2.ListOwnAccessLogRequest(), token=token)


def of_households(accounts: Accounts, notifications: FakeNotifications, citizen: str) -> None:
    own = accounts.token(citizen)
    opened = accounts.open(identity_number="048155001002", phone="0905 201 102")
    accounts.activate(opened.account_id, notifications.last().otp)
    other = accounts.token(opened.account_id)
    version = CONSENTS["household"].version
    accounts.call("StartHousehold", households_pb2.StartHouseholdRequest(text_version=version), token=own)

    def join() -> None:
        code = accounts.call("IssueHouseholdCode", households_pb2.IssueHouseholdCodeRequest(), token=own).code
        joining = households_pb2.JoinHouseholdRequest(text_version=version, code=code)
        accounts.call("JoinHousehold", joining, token=other)

    def member() -> str:
        seen = accounts.call("GetOwnHousehold", households_pb2.GetOwnHouseholdRequest(), token=own)
        return str(next(one.id for one in seen.members if not one.is_caller))

    join()
    group = households_pb2.SetResidentialGroupRequest(residential_group=12)
    accounts.call("SetResidentialGroup", group, token=own)
    removing = households_pb2.RemoveHouseholdMemberRequest(member_id=member())
    accounts.call("RemoveHouseholdMember", removing, token=own)
    join()
    accounts.call("HandOverHousehold", households_pb2.HandOverHouseholdRequest(member_id=member()), token=own)
    accounts.call("LeaveHousehold", households_pb2.LeaveHouseholdRequest(), token=own)


def of_learning(accounts: Accounts, keys: Path, citizen: str) -> None:
    own, admin = accounts.token(citizen), accounts.token(str(uuid4()), Role.WARD_ADMIN)
    practice = learning_pb2.RecordPracticeRequest(proof=statement(keys, accounts.clock), by_own_hands=True)
    accounts.call("RecordPractice", practice, token=own)
    accounts.call("GetOwnLearning", learning_pb2.GetOwnLearningRequest(), token=own)
    accounts.call("GetLearningReport", learning_pb2.GetLearningReportRequest(), token=admin)
    accounts.call("ListExplainedQuestions", learning_pb2.ListExplainedQuestionsRequest(), token=admin)


def of_recovery(accounts: Accounts, notifications: FakeNotifications, citizen: str) -> None:
    own, desk = accounts.token(citizen), accounts.token(str(uuid4()), Role.RECEPTIONIST)
    change = recovery_pb2.RequestPhoneChangeRequest(password=PASSWORD, phone="0905 777 888")
    asked = accounts.call("RequestPhoneChange", change, token=own).change_id
    codes = {
        "old_otp": notifications.code("+84905201101", "change-phone-old"),
        "new_otp": notifications.code("+84905777888", "change-phone-new"),
    }
    accounts.call("ChangePhone", recovery_pb2.ChangePhoneRequest(change_id=asked, **codes), token=own)
    email = recovery_pb2.ChangeEmailRequest(password=PASSWORD, email="khac@example.com")
    accounts.call("ChangeEmail", email, token=own)
    address = recovery_pb2.ChangeAddressRequest(password=PASSWORD, address="Số 7, tổ 5")
    accounts.call("ChangeAddress", address, token=own)
    paper = {"identity_kind": "cccd", "identity_number": "048155001001"}
    accounts.call("FindAccount", recovery_pb2.FindAccountRequest(**paper), token=desk)
    accounts.call("GetAccount", recovery_pb2.GetAccountRequest(account_id=citizen), token=desk)
    seen: dict[str, Any] = {"account_id": citizen, "original_seen": True, **paper}
    accounts.call("ConfirmIdentity", recovery_pb2.ConfirmIdentityRequest(**seen), token=desk)
    lost = recovery_pb2.RequestPhoneReplacementRequest(**seen, phone="0905 666 555")
    replaced = accounts.call("RequestPhoneReplacement", lost, token=desk).change_id
    otp = notifications.code("+84905666555", "replace-phone")
    accounts.call("ReplacePhone", recovery_pb2.ReplacePhoneRequest(change_id=replaced, otp=otp), token=desk)
    reissued: dict[str, Any] = {"ground": "number-reissued", "new_identity_kind": "cccd"}
    reissued["new_identity_number"] = "048155001007"
    accounts.call("ReplaceIdentityPaper", recovery_pb2.ReplaceIdentityPaperRequest(**seen, **reissued), token=desk)
    seen["identity_number"] = "048155001007"
    accounts.call("CloseAccount", recovery_pb2.CloseAccountRequest(**seen), token=desk)


def of_second_factors(accounts: Accounts, password: str) -> None:
    own = accounts.on_duty

    def ticket() -> str:
        return str(accounts.call("AskSecondFactor", staff_pb2.AskSecondFactorRequest(), token=own).ticket)

    asked = ticket()
    begin = staff_pb2.StartAuthenticatorRequest(ticket=asked, kind="totp", name="Điện thoại", password=password)
    begun = accounts.call("StartAuthenticator", begin)
    shown = {"authenticator_id": begun.authenticator_id, "code": pyotp.TOTP(begun.secret).at(accounts.clock.now())}
    done = accounts.call("ConfirmAuthenticator", staff_pb2.ConfirmAuthenticatorRequest(ticket=asked, **shown))
    accounts.call("ListAuthenticators", staff_pb2.ListAuthenticatorsRequest(), token=own)
    renew = staff_pb2.RenewRecoveryCodesRequest(ticket=ticket(), factor=staff_pb2.Factor(code=done.recovery_codes[0]))
    (code, *_) = accounts.call("RenewRecoveryCodes", renew, token=own).recovery_codes
    id, factor = begun.authenticator_id, staff_pb2.Factor(code=code)
    remove = staff_pb2.RemoveAuthenticatorRequest(authenticator_id=id, ticket=ticket(), factor=factor)
    accounts.call("RemoveAuthenticator", remove, token=own)


def of_staff(ward: Ward) -> None:
    def add(username: str, role: str) -> Any:
        about = {"full_name": "Lê Thị Hà", "title": "Chủ tịch", "phone": "0905 300 300"}
        about |= {"capacity": "head"} if role == "signer" else {}
        return ward.call("AddStaff", staff_pb2.AddStaffRequest(username=username, roles=[role], **about))

    opening = staff_pb2.OpenStaffAccountRequest(ticket=add("hai", "ward_admin").ticket, password=PASSWORD)
    ward.accounts.call("OpenStaffAccount", opening)
    id = add("ba", "signer").member.id
    ward.call("ListAdministeredStaff", staff_pb2.ListAdministeredStaffRequest())
    about: dict[str, Any] = {
        "full_name": "Lê Thị Hà",
        "title": "Phó Chủ tịch",
        "roles": ["signer"],
        "capacity": "deputy",
    }
    ward.call("ChangeStaff", staff_pb2.ChangeStaffRequest(staff_id=id, **about))
    ward.call("RenewStaffLink", staff_pb2.RenewStaffLinkRequest(staff_id=id))
    ward.call("ResetSecondFactor", staff_pb2.ResetSecondFactorRequest(staff_id=id, reason="mất điện thoại"))
    ward.call("EndStaff", staff_pb2.EndStaffRequest(staff_id=id))


def of_the_administrator(ward: Ward, station: str, on_duty: str) -> None:
    ward.station("Trạm khác")
    opening = ward.opening(station, starts="14:00", ends="16:00").id
    third = ward.volunteer("hoa.pham").volunteer.id
    duty = ward.duty(opening, third).id
    ward.call("TakeOffDuty", stations_pb2.TakeOffDutyRequest(duty_id=duty))
    ward.call("ListAdministeredStations", stations_pb2.ListAdministeredStationsRequest())
    cancelled = stations_pb2.CancelOpeningRequest(station_id=station, id=opening, note="Mất điện")
    ward.call("CancelOpening", cancelled)
    ward.call("ListVolunteers", stations_pb2.ListVolunteersRequest())
    ward.call("RenewPassword", stations_pb2.RenewPasswordRequest(volunteer_id=third))
    device = ward.device(station, name="Máy 9").device.id
    ward.call("RenewEnrolmentCode", stations_pb2.RenewEnrolmentCodeRequest(device_id=device))
    ward.revoke(device)
    ward.call("ListDevices", stations_pb2.ListDevicesRequest())
    phrase = ward.call("SavePhrase", stations_pb2.SavePhraseRequest(text="Cháu chào ông/bà.", position=1)).id
    ward.call("ListPhrases", stations_pb2.ListPhrasesRequest(), on_duty)
    ward.call("RetirePhrase", stations_pb2.RetirePhraseRequest(id=phrase))
    days = stations_pb2.ListDutiesRequest(since=TODAY, until=TODAY)
    ward.call("ListDuties", days, on_duty)


def of_devices(ward: Ward, kiosk: Any, scanner: Any) -> None:
    ward.call("TakeScan", stations_pb2.TakeScanRequest(), scanner.token)
    ward.call("ListScanners", stations_pb2.ListScannersRequest(), ward.citizen, kiosk=kiosk.token)
    scan = stations_pb2.RequestScanRequest(scanner_id=scanner.device.id, ward=NAM_DUONG, ticket="vé", source="flatbed")
    ward.call("RequestScan", scan, ward.citizen, kiosk=kiosk.token)
    ward.call("ClearKiosk", stations_pb2.ClearKioskRequest(), kiosk.token)


def of_guidance(ward: Ward, own: str, on_duty: str, kiosk: str) -> None:
    version = text_in_force(ward.accounts.clock)
    asked = guidance_pb2.RequestGuidedSessionRequest(text_version=version, place=PLACE)
    requested = ward.call("RequestGuidedSession", asked, own, kiosk=kiosk)
    session = requested.session.id
    ward.call("GetOwnGuidedSession", guidance_pb2.GetOwnGuidedSessionRequest(), own)
    ward.call("JoinGuidedSession", guidance_pb2.JoinGuidedSessionRequest(code=requested.code), on_duty)
    ward.call("ShowPlace", guidance_pb2.ShowPlaceRequest(session_id=session, place=PLACE), own)
    ward.call("GetGuidedSession", guidance_pb2.GetGuidedSessionRequest(session_id=session), on_duty)
    ward.call("Guide", guidance_pb2.GuideRequest(session_id=session, kind="point", subject="/child/full_name"), on_duty)
    listed = ward.call("ListGuidedSessions", guidance_pb2.ListGuidedSessionsRequest(), on_duty)
    assert [each.id for each in listed.sessions] == [session]
    ward.call("EndGuidedSession", guidance_pb2.EndGuidedSessionRequest(session_id=session), on_duty)
    of_dossier = guidance_pb2.ListGuidedSessionsOfDossierRequest(dossier_id=str(uuid4()), account_id=str(uuid4()))
    ward.call("ListGuidedSessionsOfDossier", of_dossier, ward.accounts.service_token("dossiers", NAM_DUONG))
    visit = ward.call("OpenVisit", guidance_pb2.OpenVisitRequest(), kiosk).token
    ward.call("ClaimVisit", guidance_pb2.ClaimVisitRequest(token=visit), own, kiosk=kiosk)
    consent, *_ = ward.call("ListOwnConsents", guidance_pb2.ListOwnConsentsRequest(), own).consents
    ward.call("WithdrawConsent", guidance_pb2.WithdrawConsentRequest(id=consent.id), own)
