"""The calls of other services to accounts, answered from memory. test_fake_accounts.py compares it with the
real one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from caunoi.accounts.v1 import accounts_pb2 as pb
from caunoi.accounts.v1 import guidance_pb2
from google.protobuf.empty_pb2 import Empty

from services.accounts.access import RULES
from services.accounts.domain import codes
from services.accounts.domain.codes import Challenge, Outcome
from services.chassis.call import current_call
from services.chassis.clock import Clock
from services.chassis.grpc.client import unavailable
from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, invalid, not_found
from services.chassis.tokens import unauthenticated
from tests.fakes.serving import serve


class FakeAccounts:
    """Each citizen's token has an account, as the token describes it, except those in `unknown`.

    The rules of codes are the real ones (`services.accounts.domain.codes`); every code is `OTP`. A ward has the
    contacts that the test `add`s.
    """

    OTP = "480248"
    PHONE, ADDRESS = "+84905123456", "bay@example.vn"

    def __init__(self, keys: Path, clock: Clock, wards: Iterable[str]) -> None:
        self.unknown: set[str] = set()
        self.contacts: dict[str, pb.Contact] = {}
        self.staff: list[pb.StaffMember] = []  # of every ward's office
        self.asked: list[tuple[str, str, str, str]] = []  # GetContact: ward asked, who asks, of which ward, for whom
        self.issued = 0
        self.redeemed: dict[str, str] = {}  # challenge → redemption
        self.fault: Refusal | None = None  # answers everything
        self.given: dict[str, list[guidance_pb2.GuidedSessionOfDossier]] = {}  # by the ward of the station
        self.no_word_from: set[str] = set()  # wards that do not tell of guided sessions
        self.heard: list[tuple[str, Mapping[str, str]]] = []  # RPC, all metadata that came with it
        self.asked_of_guidance: list[tuple[str, str, str]] = []  # ward asked, who asks, of which dossier
        self.after_redeeming: Callable[[], object] = lambda: None
        self._clock = clock
        self._challenges: dict[str, tuple[str, Challenge]] = {}  # id → whose, what
        self._answers: dict[tuple[str, str], tuple[Any, pb.OneTimeCodeChallenge]] = {}  # of IssueOneTimeCode, by key
        self._lock = threading.Lock()
        self._server = serve(
            [
                pb.DESCRIPTOR.services_by_name["AccountsService"],
                guidance_pb2.DESCRIPTOR.services_by_name["GuidanceService"],
            ],
            RULES,
            {
                "GetOwnAccount": self._own_account,
                "GetContact": self._contact,
                "ListStaff": self._staff,
                "IssueOneTimeCode": self._issue,
                "RedeemOneTimeCode": self._redeem,
                "ListGuidedSessionsOfDossier": self._guidance_given,
            },
            wards,
            keys,
            lambda rpc, metadata: self.heard.append((rpc, metadata)),
        )
        self.address = f"127.0.0.1:{self._server.port}"

    @property
    def away(self) -> bool:
        return self.fault is not None

    @away.setter
    def away(self, is_away: bool) -> None:
        self.fault = unavailable() if is_away else None

    def add(self, email: str = ADDRESS, phone: str = PHONE) -> str:
        """Adds an account that can be reached; returns its id."""
        account_id = str(uuid4())
        self.contacts[account_id] = pb.Contact(
            account_id=account_id, full_name="Trần Thị Bảy", phone=phone, email=email
        )
        return account_id

    def stop(self) -> None:
        self._server.stop(0)

    def _refuse_when_told_to(self) -> None:
        if self.fault is not None:
            raise self.fault

    def _own_account(self, request: pb.GetOwnAccountRequest) -> pb.Account:
        self._refuse_when_told_to()
        caller = current_call().caller
        if caller.id in self.unknown:
            raise unauthenticated()
        return pb.Account(
            id=caller.id,
            ward=caller.ward,
            status=pb.ACCOUNT_STATUS_ACTIVE,
            full_name=caller.name,
            address="12 Lê Đình Dương, phường Nam Dương",
            phone_masked="•••••••456",
            identity_kind="cccd",
            identity_number_masked="•••••••••001",
            phone="0905123456" if request.unmasked else "",
            identity_number="048155001001" if request.unmasked else "",
        )

    def _contact(self, request: pb.GetContactRequest) -> pb.Contact:
        call = current_call()
        self.asked.append((call.ward, call.caller.id, call.caller.ward, request.account_id))
        self._refuse_when_told_to()
        if request.account_id not in self.contacts:
            raise not_found("unknown-account", "Không có tài khoản này.")
        return self.contacts[request.account_id]

    def _staff(self, _: pb.ListStaffRequest) -> pb.ListStaffResponse:
        self._refuse_when_told_to()
        return pb.ListStaffResponse(staff=self.staff)

    def _issue(self, request: pb.IssueOneTimeCodeRequest) -> pb.OneTimeCodeChallenge:
        self._refuse_when_told_to()
        if request.purpose != codes.FILE_DOSSIER:
            raise invalid("invalid-code-request", "Không gửi mã cho việc này.", FieldFault("purpose", "file-dossier"))
        if len(request.binding) != 32:
            raise invalid("invalid-code-request", "SHA-256.", FieldFault("binding", "32 byte"))
        caller = current_call().caller
        if caller.id in self.unknown:
            raise conflict("account-not-active", "Tài khoản không còn dùng được ở phường này. Xin đăng nhập lại.")
        earlier, first = self._answers.get((caller.id, current_call().idempotency_key), (None, None))
        if first is not None:
            if earlier != request:
                raise Refusal(Kind.EXISTS, "idempotency-key-reused", "Khóa này đã dùng cho một yêu cầu khác.")
            return first
        challenge_id = str(uuid4())
        challenge = Challenge(_digest(self.OTP), request.binding, self._clock.now() + timedelta(minutes=10), 0)
        with self._lock:
            self.issued += 1
            self._challenges[challenge_id] = (caller.id, challenge)
        answer = pb.OneTimeCodeChallenge(challenge_id=challenge_id, phone_masked="•••••••101", phone=self.PHONE)
        answer.expires_at.FromDatetime(challenge.expires_at)
        if key := current_call().idempotency_key:
            self._answers[caller.id, key] = request, answer
        return answer

    def _redeem(self, request: pb.RedeemOneTimeCodeRequest) -> Empty:
        self._refuse_when_told_to()
        if not request.redemption:
            raise invalid("invalid-redemption", "Thiếu việc mà mã xác nhận.", FieldFault("redemption", "trống"))
        code = codes.read_code(request.otp)
        caller = current_call().caller
        with self._lock:
            owner, challenge = self._challenges.get(request.challenge_id, ("", None))
            if challenge is None or caller.id != owner:
                raise not_found("unknown-challenge", "Không có lần gửi mã này. Xin yêu cầu mã mới.")
            outcome = codes.try_code(
                challenge,
                digest=lambda: _digest(code),
                binding=request.binding,
                redemption=request.redemption,
                now=self._clock.now(),
            )
            if outcome is Outcome.WRONG:
                challenge = replace(challenge, tries=challenge.tries + 1)
            if outcome is Outcome.REDEEMED:
                challenge = replace(challenge, redemption=request.redemption)
                self.redeemed[request.challenge_id] = request.redemption
            self._challenges[request.challenge_id] = (owner, challenge)
        refusal = codes.refusal_of(outcome, codes.TRIES - challenge.tries)
        if refusal is not None:
            raise refusal
        self.after_redeeming()
        return Empty()

    def _guidance_given(
        self, request: guidance_pb2.ListGuidedSessionsOfDossierRequest
    ) -> guidance_pb2.ListGuidedSessionsOfDossierResponse:
        call = current_call()
        self.asked_of_guidance.append((call.ward, request.account_id, request.dossier_id))
        if call.ward in self.no_word_from:
            raise unavailable()
        return guidance_pb2.ListGuidedSessionsOfDossierResponse(sessions=self.given.get(call.ward, ()))


def _digest(code: str) -> bytes:
    return code.encode()
