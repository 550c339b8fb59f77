"""The accounts service: each call has a deadline and carries the caller's own token, except calls to a station's
ward.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from caunoi.accounts.v1 import accounts_pb2, guidance_pb2
from caunoi.accounts.v1.accounts_pb2_grpc import AccountsServiceStub
from caunoi.accounts.v1.guidance_pb2_grpc import GuidanceServiceStub

from services.chassis.call import current_call
from services.chassis.cells import Cells
from services.chassis.clock import VIETNAM
from services.chassis.grpc.client import Peer, call
from services.chassis.refusal import Refusal
from services.dossiers.domain.assistance import GuidedBy

#: How long a new draft waits for the account's data; after that it starts empty.
PREFILL_SECONDS = 0.8
CODE_SECONDS = 4.0
STAFF_SECONDS = 2.0
#: The longest time that a filing waits for all the wards of stations to report on guided sessions.
GUIDANCE_SECONDS = 0.8
PURPOSE = "file-dossier"


@dataclass(frozen=True, slots=True)
class Challenge:
    """A one-time code that was sent."""

    id: str
    phone_masked: str
    expires_at: datetime
    phone: str = ""  # whole; never kept but as a fingerprint


#: Kind of an account's identity paper → the value of that answer in a form.
_PAPERS = {"cccd": "citizen-card", "cmnd": "identity-card", "passport": "passport"}


class Accounts:
    """Asks accounts of the caller's home ward or, for colleagues, of the ward of the call.

    `address_of` takes a ward code.
    """

    def __init__(self, address_of: Callable[[str], str], cells: Cells) -> None:
        self._cells = cells
        self._peer = Peer(AccountsServiceStub, address_of)
        self._guidance = Peer(GuidanceServiceStub, address_of)

    def own(self) -> Mapping[str, str]:
        """The texts of the caller's own account, by their names in the contract, and `identity_paper`, the kind of
        paper as forms name it. Empty if accounts does not answer.
        """
        home = current_call().caller.ward
        rpc, asked = self._peer.stub(home).GetOwnAccount, accounts_pb2.GetOwnAccountRequest(unmasked=True)
        try:
            account = call(rpc, asked, ward=home, seconds=PREFILL_SECONDS, token=current_call().token)
        except Refusal:
            return {}  # the person types it themself
        texts = {field.name: value for field, value in account.ListFields() if isinstance(value, str)}
        return texts | {"identity_paper": _PAPERS.get(account.identity_kind, "")}

    def issue_code(self, binding: bytes) -> Challenge:
        """Sends the caller a one-time code that is bound to the digest `binding`. Raises a Refusal."""
        home = current_call().caller.ward
        issued = call(
            self._peer.stub(home).IssueOneTimeCode,
            accounts_pb2.IssueOneTimeCodeRequest(purpose=PURPOSE, binding=binding),
            ward=home,
            seconds=CODE_SECONDS,
            token=current_call().token,
            idempotency_key=current_call().idempotency_key,
        )
        expires_at = issued.expires_at.ToDatetime(tzinfo=VIETNAM)
        return Challenge(issued.challenge_id, issued.phone_masked, expires_at, issued.phone)

    def redeem_code(self, challenge_id: str, otp: str, binding: bytes, redemption: str) -> None:
        """Redeems a code; repetitions with the same `redemption` succeed. Raises a Refusal."""
        home = current_call().caller.ward
        call(
            self._peer.stub(home).RedeemOneTimeCode,
            accounts_pb2.RedeemOneTimeCodeRequest(
                challenge_id=challenge_id, otp=otp, binding=binding, redemption=redemption
            ),
            ward=home,
            seconds=CODE_SECONDS,
            token=current_call().token,
            repeatable=True,
        )

    def guidance_given(self, dossier_id: str, wards: Collection[str]) -> Mapping[str, Sequence[GuidedBy] | None]:
        """The guided sessions at each ward's stations in which the caller's draft was filled in; None for a ward that
        does not answer in time.
        """
        until = time.monotonic() + GUIDANCE_SECONDS
        return {ward: self._guidance_given(dossier_id, ward, until - time.monotonic()) for ward in sorted(wards)}

    def _guidance_given(self, dossier_id: str, ward: str, seconds: float) -> Sequence[GuidedBy] | None:
        if seconds <= 0:
            return None
        # Not the person's own token: it is valid in this ward, and the station's ward must not have it.
        token = self._cells[current_call().ward].issuer.service_token(to=ward)
        rpc, asked = (
            self._guidance.stub(ward).ListGuidedSessionsOfDossier,
            guidance_pb2.ListGuidedSessionsOfDossierRequest,
        )
        try:
            request = asked(dossier_id=dossier_id, account_id=current_call().caller.id)
            told = call(rpc, request, ward=ward, seconds=seconds, token=token)
        except Refusal:
            return None
        return [GuidedBy(ward, each.session_id, each.minutes, each.pages) for each in told.sessions]

    def colleague(self, id: str) -> str | None:
        """The name of a colleague in the ward's office; None for an unknown id. Raises a Refusal."""
        ward, token = current_call().ward, current_call().token
        rpc = self._peer.stub(ward).ListStaff
        found = call(rpc, accounts_pb2.ListStaffRequest(), ward=ward, seconds=STAFF_SECONDS, token=token)
        return next((each.full_name for each in found.staff if each.id == id), None)

    def close(self) -> None:
        self._peer.close()
        self._guidance.close()
