"""Reads the headers of a request: who calls, with which idempotency key, and about which version."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import request

from gateway.ward_tokens import Told, told_by
from gateway.wards import wards
from services.chassis.refusal import FieldFault, Kind, Refusal, invalid
from services.chassis.tokens import kiosk_token_expired, unauthenticated

_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_TICKET = re.compile(r"[A-Za-z0-9_-]{20,100}")
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_ENTITY_TAG = re.compile(r'"([0-9]{1,9})"')


def token() -> str:
    """The bearer token. Raises a Refusal (UNAUTHENTICATED) if there is none; the services verify it."""
    return _bearer()[0]


def kiosk_token() -> str:
    """The token of the station's computer at which the caller sits; empty without the header.

    Raises a Refusal (UNAUTHENTICATED, `kiosk-token-expired`) for text that cannot be a token.
    """
    value = request.headers.get("X-Caunoi-Kiosk", "").strip()
    if value and _told(value) is None:
        raise kiosk_token_expired()
    return value


def ticket() -> str:
    """The ticket of a capture, from `Authorization: Capture <ticket>`: the sender of pages has no account here. Raises
    a Refusal (UNAUTHENTICATED, `no-ticket`) if it is missing.
    """
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "capture" or not _TICKET.fullmatch(value.strip()):
        raise Refusal(Kind.UNAUTHENTICATED, "no-ticket", "Thiếu mã để gửi trang. Xin lấy mã mới ở máy tính.")
    return value.strip()


def home_ward() -> str:
    """The ward that the token names: the one to call. The service that is called verifies the token."""
    return _bearer()[1].ward


def wards_of_caller() -> Sequence[str]:
    """The wards that may have data of the caller. Raises a Refusal (UNAUTHENTICATED)."""
    return wards().of(token())


def idempotency_key() -> str:
    """The `Idempotency-Key`; empty without the header. Raises a Refusal (INVALID) for one that is empty, too long or
    not printable ASCII, since its sender relies on it.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return ""
    if not _KEY.fullmatch(key):
        raise invalid(
            "malformed-idempotency-key",
            "Idempotency-Key cần từ 1 đến 200 ký tự ASCII in được, không có dấu cách.",
            FieldFault("Idempotency-Key", "từ 1 đến 200 ký tự ASCII in được"),
        )
    return key


def expected_version(*, blind: bool = False) -> int:
    """The version that `If-Match` names: `"7"` → 7; `*` → 0, which means any version.

    Raises a Refusal (`precondition-required`) without the header, unless the operation is `blind`.
    """
    given = request.headers.get("If-Match", "*" if blind else "").strip()
    if not given:
        raise invalid(
            "precondition-required",
            "Xin gửi kèm If-Match: ETag nhận được khi đọc bản đang có, để không ghi đè thay đổi của người khác; "
            "hoặc If-Match: * nếu muốn thay đổi dù đang ở bản nào.",
            FieldFault("If-Match", 'cần có, chẳng hạn "7"; hoặc *'),
        )
    if given == "*":
        return 0
    match = _ENTITY_TAG.fullmatch(given)
    version = int(match[1]) if match else 0
    if version == 0:
        raise invalid(
            "malformed-if-match",
            'If-Match cần là một ETag đã nhận từ hệ thống này, chẳng hạn "7".',
            FieldFault("If-Match", "cần là một ETag đã nhận, có dấu ngoặc kép"),
        )
    return version


def _bearer() -> tuple[str, Told]:
    """The bearer token and what it says about itself. Raises a Refusal (UNAUTHENTICATED)."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    told = _told(value.strip()) if scheme.lower() == "bearer" else None
    if told is None:
        raise unauthenticated()
    return value.strip(), told


def _told(value: str) -> Told | None:
    """What a token says about itself; None for text that cannot be a token of a ward that is here. Anybody can write
    such a text, and its ward is called before a service has verified it.
    """
    told = told_by(value) if _TOKEN.fullmatch(value) else None
    return told if told and told.ward in wards().district.cells else None
