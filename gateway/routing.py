"""Finds the ward of a request whose address names none: by login, dossier code, certificate or token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from caunoi.accounts.v1 import accounts_pb2
from caunoi.dossiers.v1 import dossiers_pb2
from flask import current_app

from gateway.rpcs import (
    CREATE_SESSION,
    FIND_HOME_WARD,
    RECOVER_ACCOUNT,
    REQUEST_RECOVERY,
    TRACK_DOSSIER,
    VERIFY_CERTIFICATE,
)
from gateway.sealer import Sealer
from gateway.wards import wards
from services.chassis.district import Ward
from services.chassis.paper_codes import MistypedError, read_code
from services.chassis.refusal import Kind, Refusal, not_found


def sign_in(
    login: str, password: str, ward: str = "", new_password: str = "", devices: Sequence[str] = ()
) -> tuple[accounts_pb2.Session, str]:
    """A session in the home ward of the login, and that ward. A new password replaces the old one. If several people
    have the login, such as a phone, `ward` says which is meant. `devices` is what this browser got at earlier sign-ins.
    If a second factor is due, the session has nothing else.

    All wards are asked, whichever is named, and all answers are awaited, so that neither the time nor the counting of
    tries reveals whether a ward knows the login, or which. A login that no ward knows is tried as well: it takes as
    long as a wrong password, and gets the same answer. If the sign-in fails and some wards did not answer, raises
    UNAVAILABLE naming these, whether the login is known or not.
    """
    home, silent = _home_ward(login, ward)
    request = CREATE_SESSION.request(login=login, password=password, new_password=new_password, devices=devices)
    try:
        return wards().client(home).send(CREATE_SESSION, request), home
    except Refusal as no:
        if silent and no.type == "wrong-login":
            raise _login_unproved(silent) from no
        raise


def _home_ward(login: str, named: str) -> tuple[str, Sequence[Ward]]:
    """The ward in which to try a login, whether a ward knows it or not, and the wards that did not answer."""
    if named:
        wards().ward(named)
    request = accounts_pb2.FindHomeWardRequest(login=login)
    answers = wards().send_all(FIND_HOME_WARD, dict.fromkeys(wards().district.wards, request)).at_least_one()
    found = answers.answered
    homes = [answer.ward for answer in found.values() if answer.ward]
    if homes:
        return (named if named in homes else homes[0]), answers.silent
    return min(found, key=lambda ward: (found[ward].rank, ward)), answers.silent


def _login_unproved(silent: Sequence[Ward]) -> Refusal:
    names = ", ".join(ward.name for ward in silent)
    text = (
        f"Chưa đăng nhập được: tên đăng nhập hoặc mật khẩu chưa đúng, hoặc tài khoản ở nơi chưa trả lời ({names}). "
        "Xin xem lại tên đăng nhập và mật khẩu; nếu đúng, xin thử lại sau ít phút."
    )
    return Refusal(Kind.UNAVAILABLE, "wards-unavailable", text, retry_after=5)


def ward_of_code(code: str) -> Ward | None:
    """The ward whose agency id begins a dossier's code."""
    return wards().district.by_agency(code.strip().upper().rsplit("-", 2)[0])


RECOVERY_SECONDS = 900  # longer than a code is valid


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery that was asked for, whether the account exists or not.

    `sealed` continues it, and hides which ward was asked; `silent` are the wards that did not answer.
    """

    sealed: str
    expires_at: datetime
    silent: Sequence[Ward]


def request_recovery(login: str, date_of_birth: str) -> Recovery:
    """Asks every ward for a code at once. A ward that knows nobody with this login and date of birth writes a challenge
    that belongs to nobody.

    So no answer depends on who has an account: `sealed` has every ward in it, and `silent` are those that did not
    answer this question. Raises a Refusal: INVALID from a ward; THROTTLED if every ward that answered refused it;
    UNAVAILABLE if none answered.
    """
    request = REQUEST_RECOVERY.request(login=login, date_of_birth=date_of_birth)
    codes = list(wards().district.wards)
    answers = wards().send_all(REQUEST_RECOVERY, dict.fromkeys(codes, request))
    for refusal in answers.refused.values():
        if refusal.kind is not Kind.THROTTLED:
            raise refusal
    taken = answers.at_least_one().answered
    # A ward that has not answered, or throttles, has sent nothing that could be completed.
    asked = {ward: taken[ward].recovery_id if ward in taken else "" for ward in codes}
    expires_at = next(iter(taken.values())).expires_at.ToDatetime(UTC)
    return Recovery(_recoveries().seal(asked), expires_at, answers.silent)


#: Which of several refusals is reported, in this order. Only the ward that sent a code knows that it was redeemed.
#: Otherwise all wards say the same, except a ward that missed a try; then the person learns that they may still try.
_TOLD_FIRST = ("invalid-password", "code-used", "wrong-code", "too-many-tries", "code-expired")


def recover(sealed: str, otp: str, new_password: str) -> None:
    """Sets a new password with the code of a recovery. Asks all wards of that recovery: the one that has sent the code
    sets the password, and nobody learns which ward it was, or whether any was.

    Raises a Refusal: NOT_FOUND (`unknown-recovery`); UNAVAILABLE (`wards-unavailable`) if a ward that may have sent the
    code does not answer; else the wards' own refusal.
    """
    found = _recoveries().open(sealed, within=RECOVERY_SECONDS)
    if found is None:
        raise not_found("unknown-recovery", "Lần yêu cầu này đã quá lâu. Xin yêu cầu mã mới.")
    requests = {
        ward: RECOVER_ACCOUNT.request(recovery_id=id, otp=otp, new_password=new_password)
        for ward, id in found.items()
        if id
    }
    answers = wards().send_all(RECOVER_ACCOUNT, requests, seconds=RECOVER_ACCOUNT.seconds, enough=lambda _: True)
    if answers.answered:
        return
    refused = sorted(answers.refused.values(), key=_rank)
    if answers.silent and not (refused and refused[0].type in ("invalid-password", "code-used")):
        raise _code_unproved(answers.silent)
    raise refused[0]


def _rank(refusal: Refusal) -> int:
    return _TOLD_FIRST.index(refusal.type) if refusal.type in _TOLD_FIRST else len(_TOLD_FIRST)


def _code_unproved(silent: Sequence[Ward]) -> Refusal:
    names = ", ".join(ward.name for ward in silent)
    text = (
        f"Chưa xác nhận được mã: mã chưa đúng, hoặc tài khoản ở nơi chưa trả lời ({names}). "
        "Xin xem lại mã trong tin nhắn; nếu mã đúng, xin bấm lại sau ít phút."
    )
    return Refusal(Kind.UNAVAILABLE, "wards-unavailable", text, retry_after=5)


def _recoveries() -> Sealer:
    sealer: Sealer = current_app.extensions["recoveries"]
    return sealer


def track(code: str, key: str) -> dossiers_pb2.TrackedDossier:
    """A dossier by its code, from the ward whose agency id it has; a code without a ward is refused like a wrong key.

    A practice cannot be tracked: somebody who types its code is told that it is a practice.
    """
    if code.strip().upper().rsplit("-", 2)[0] == wards().district.practice.agency_id:
        text = "Đây là mã của một lần tập thử: không phường nào có hồ sơ này. Xin xem ở trang Tập thử."
        raise not_found("unknown-tracking", text)
    ward = ward_of_code(code)
    if ward is None:
        # In the words of the wards: nobody may learn which half was wrong.
        text = "Không tìm thấy hồ sơ với mã hồ sơ và mã tra cứu này. Xin xem lại hai dòng đó trên giấy tiếp nhận."
        raise not_found("unknown-tracking", text)
    return wards().client(ward.code).call(TRACK_DOSSIER, code=code.strip().upper(), key=key.strip())


def is_practice(certificate: str) -> bool:
    """Whether a certificate is the practice ward's."""
    return ward_of_certificate(certificate) == wards().district.practice.code


def verify(certificate: str) -> dossiers_pb2.CertificateStatus:
    """Whether a certificate is genuine and in force, by its code as somebody has typed it (`paper_codes`).

    Refusals: NOT_FOUND `unknown-certificate`, also for a code without a ward; NOT_FOUND `mistyped-certificate`.
    """
    ward = ward_of_certificate(certificate)
    if ward is None:
        raise not_found(
            "unknown-certificate", "Không có giấy tờ nào mang mã này. Xin kiểm tra lại mã, hoặc hỏi phường đã cấp."
        )
    try:
        certificate_id = read_code(ward, "".join(certificate.split())[len(ward) :].lstrip("-–−."))
    except MistypedError:
        text = (
            "Mã gõ chưa đúng: có chữ sai, thiếu, thừa hoặc đổi chỗ. Xin xem lại từng chữ trên giấy; "
            "không phân biệt chữ hoa, chữ thường."
        )
        raise not_found("mistyped-certificate", text) from None
    return wards().client(ward).call(VERIFY_CERTIFICATE, certificate_id=certificate_id)


def ward_of_certificate(certificate: str) -> str | None:
    """The ward's code at the start of a certificate's code; None if no ward has it."""
    begins = "".join(certificate.split())
    return next((ward for ward in wards().district.cells if begins.startswith(ward)), None)
