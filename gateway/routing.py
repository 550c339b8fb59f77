"""Which ward a caller has to do with, where the address names none: by login, dossier code, certificate or token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

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
from gateway.wards import no_answer_from, wards
from services.chassis.clock import SystemClock
from services.chassis.district import Ward
from services.chassis.refusal import Kind, Refusal, not_found


def sign_in(login: str, password: str, ward: str = "", new_password: str = "") -> accounts_pb2.Session:
    """A session in `ward` or, where none is named, in the home ward of the login; with a new password, it replaces
    the old one.

    A login that no ward knows is tried all the same, in one that answered: so it costs the time of, and is answered
    like, a wrong password. Where no ward knows it and some did not answer, raises UNAVAILABLE naming these.
    """
    return (
        wards()
        .client(ward or _home_ward(login))
        .call(CREATE_SESSION, login=login, password=password, new_password=new_password)
    )


def _home_ward(login: str) -> str:
    request = accounts_pb2.FindHomeWardRequest(login=login)
    requests = dict.fromkeys(wards().district.wards, request)
    answers = wards().send_all(FIND_HOME_WARD, requests, enough=lambda answer: bool(answer.ward))
    for answer in answers.answered.values():
        if answer.ward:
            return answer.ward
    if answers.silent:
        raise no_answer_from(answers.silent)
    return next(iter(answers.at_least_one().answered))


def ward_of_code(code: str) -> Ward | None:
    """The ward that a dossier's code begins with the agency id of."""
    return wards().district.by_agency(code.strip().upper().rsplit("-", 2)[0])


RECOVERY_SECONDS = 900  # a code lives shorter


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery that was asked for, whether there is such an account or not.

    `sealed` goes on with it, and hides which ward was asked; `silent` are the wards that did not answer.
    """

    sealed: str
    expires_at: datetime
    silent: Sequence[Ward]


def request_recovery(login: str, date_of_birth: str) -> Recovery:
    """Asks for a code in the home ward of the login, or for none in any ward.

    The answer and its time are the same whether a ward knows the login or not: all wards are waited for, and where some
    do not answer, or the one that is asked next, that is told either way. An unknown login goes to one and the same
    ward, as at signing in, whose throttle counts it as a known one's.
    """
    request = accounts_pb2.FindHomeWardRequest(login=login)
    answers = wards().send_all(FIND_HOME_WARD, dict.fromkeys(wards().district.wards, request)).at_least_one()
    homes = list(dict.fromkeys(answer.ward for answer in answers.answered.values() if answer.ward))
    silent = {one.code: one for one in answers.silent}
    asked, expires_at = {}, SystemClock().now() + timedelta(minutes=10)
    # A household may share a phone over two wards, and a stranger may have begun an account with anybody's.
    for ward in homes or [next(iter(answers.answered))]:
        asked[ward] = str(uuid4())
        try:
            answer = wards().client(ward).call(REQUEST_RECOVERY, login=login, date_of_birth=date_of_birth)
            asked[ward], expires_at = answer.recovery_id, answer.expires_at.ToDatetime(UTC)
        except Refusal as no:
            if no.kind is not Kind.UNAVAILABLE:
                raise
            silent[ward] = wards().ward(ward)
    return Recovery(_recoveries().seal(asked), expires_at, list(silent.values()))


def recover(sealed: str, otp: str, new_password: str) -> None:
    """Sets a new password with the code of a recovery, in the ward that has sent it.

    Raises a Refusal: NOT_FOUND for one that is none of ours, else what the first ward says.
    """
    found = _recoveries().open(sealed, within=RECOVERY_SECONDS)
    if found is None:
        raise not_found("unknown-recovery", "Lần yêu cầu này đã quá lâu. Xin yêu cầu mã mới.")
    refusals: list[Refusal] = []
    for ward, id in found.items():
        try:
            wards().client(ward).call(RECOVER_ACCOUNT, recovery_id=id, otp=otp, new_password=new_password)
        except Refusal as no:
            if no.type == "invalid-password":
                raise
            refusals.append(no)
        else:
            return
    raise refusals[0]


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
    return certificate.partition("-")[0] == wards().district.practice.code


def verify(certificate: str) -> dossiers_pb2.CertificateStatus:
    """Whether a certificate (`<ward>-<random>`) is genuine and in force; an id of no ward is one that is unknown."""
    ward = certificate.partition("-")[0]
    if ward not in wards().district.cells:
        raise not_found(
            "unknown-certificate", "Không có giấy tờ nào mang mã này. Xin kiểm tra lại mã, hoặc hỏi phường đã cấp."
        )
    return wards().client(ward).call(VERIFY_CERTIFICATE, certificate_id=certificate)
