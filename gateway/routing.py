"""Which ward a caller has to do with, where the address names none: by login, dossier code, certificate or token."""

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
    """A session in the home ward of the login, and that ward; with a new password, it replaces the old one. `ward` says
    which, where several people have the login, such as a phone. `devices` are what this browser was given at earlier
    sign-ins. Where a second factor is due the session has nothing else.

    All wards are asked, whichever is named, and all answers awaited, so that neither the time nor the counting of tries
    tells whether one knows the login and which. A login that no ward knows is tried all the same: so it costs the time
    of, and is answered like, a wrong password. Where some wards did not answer and it is not right, raises UNAVAILABLE
    naming these, known or not.
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
    """The ward that signs a login in, and those that did not answer."""
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
    """The ward that a dossier's code begins with the agency id of."""
    return wards().district.by_agency(code.strip().upper().rsplit("-", 2)[0])


RECOVERY_SECONDS = 900  # longer than a code lives


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery that was asked for, whether there is such an account or not.

    `sealed` goes on with it, and hides which ward was asked; `silent` are the wards that did not answer.
    """

    sealed: str
    expires_at: datetime
    silent: Sequence[Ward]


def request_recovery(login: str, date_of_birth: str) -> Recovery:
    """Asks every ward for a code at once: those that know nobody of this login and day of birth write a challenge for
    nobody.

    So nothing that is told depends on who has an account: what is sealed has every ward in it, and `silent` are those
    that gave no answer to this one question. Raises a Refusal: INVALID as a ward says it; THROTTLED where no ward that
    answered took it; UNAVAILABLE where none answered.
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


#: What is told of several refusals. A code that was redeemed is told by the ward that had sent it alone; else all wards
#: say the same, but for one that missed a try, and whoever may go on trying is told so.
_TOLD_FIRST = ("invalid-password", "code-used", "wrong-code", "too-many-tries", "code-expired")


def recover(sealed: str, otp: str, new_password: str) -> None:
    """Sets a new password with the code of a recovery. Asks all wards that were asked for it: the one that has sent the
    code sets the password, and nobody learns which, or if any has.

    Raises a Refusal: NOT_FOUND (`unknown-recovery`); UNAVAILABLE (`wards-unavailable`) where a ward that may have sent
    the code does not answer; else what the wards say.
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
    """A dossier by its code, from the ward whose agency id it has; a code of no ward is refused like a wrong key.

    A practice is tracked nowhere: whoever types its code is told what it is.
    """
    if code.strip().upper().rsplit("-", 2)[0] == wards().district.practice.agency_id:
        text = "Đây là mã của một lần tập thử: không phường nào có hồ sơ này. Xin xem ở trang Tập thử."
        raise not_found("unknown-tracking", text)
    ward = ward_of_code(code)
    if ward is None:
        # In the words of the wards: nobody is to learn which half was wrong.
        text = "Không tìm thấy hồ sơ với mã hồ sơ và mã tra cứu này. Xin xem lại hai dòng đó trên giấy tiếp nhận."
        raise not_found("unknown-tracking", text)
    return wards().client(ward.code).call(TRACK_DOSSIER, code=code.strip().upper(), key=key.strip())


def is_practice(certificate: str) -> bool:
    """Whether a certificate is the practice ward's."""
    return ward_of_certificate(certificate) == wards().district.practice.code


def verify(certificate: str) -> dossiers_pb2.CertificateStatus:
    """Whether a certificate is genuine and in force, by its code as somebody has typed it (`paper_codes`).

    Refusals: NOT_FOUND `unknown-certificate`, also for a code of no ward, `mistyped-certificate`.
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
    """The code of the ward that a certificate's code begins with; None where it is no ward's."""
    begins = "".join(certificate.split())
    return next((ward for ward in wards().district.cells if begins.startswith(ward)), None)
