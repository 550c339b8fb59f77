"""Which report of a payment counts: the signature, its age, and its content."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.clock import SystemClock
from services.chassis.http_client import Answer, HttpClient
from services.dossiers.adapters.payment_provider import (
    BankAccount,
    HttpProvider,
    ProviderFault,
    bank_account_of,
    provider_of,
)
from services.dossiers.domain.payments import Payment, is_genuine, signature, told
from services.dossiers.domain.vietqr import transfer_code
from tests.conftest import NAM_DUONG

KEY = "khóa"
NOW = datetime(2020, 10, 6, 2, tzinfo=UTC)
BODY = b'{"event": "paid"}'
DATA: dict[str, Any] = {
    "event": "paid",
    "merchant": "caunoi-20248",
    "transaction": "GD1",
    "reference": "HT20248K7M2P9QX",
    "amount": 24_000,
    "paid_at": "2020-10-06T09:00:00+07:00",
}


def stamp(seconds: float = 0) -> str:
    return str(int((NOW + timedelta(seconds=seconds)).timestamp()))


def test_the_signature_is_that_of_its_description() -> None:
    """HMAC-SHA256 of `1.{}` under the key `key`, as OpenSSL computes it."""
    assert signature("key", "1", b"{}") == "1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224"


@pytest.mark.parametrize(("seconds", "genuine"), [(0, True), (-300, True), (300, True), (-301, False), (301, False)])
def test_a_message_counts_for_five_minutes(seconds: float, genuine: bool) -> None:
    assert is_genuine(KEY, stamp(seconds), signature(KEY, stamp(seconds), BODY), BODY, NOW) is genuine


@given(st.text(max_size=30), st.text(max_size=80), st.binary(max_size=80))
def test_what_was_not_signed_with_the_key_is_never_genuine_and_breaks_nothing(
    timestamp: str, given: str, body: bytes
) -> None:
    assert not is_genuine(KEY, timestamp, given, body, NOW)


def test_the_signature_holds_body_and_moment_together() -> None:
    signed = signature(KEY, stamp(), BODY)
    assert is_genuine(KEY, stamp(), signed, BODY, NOW)
    assert not is_genuine(KEY, stamp(1), signed, BODY, NOW)
    assert not is_genuine(KEY, stamp(), signed, BODY + b" ", NOW)
    assert not is_genuine("khoá", stamp(), signed, BODY, NOW)


def test_without_a_key_nothing_is_genuine() -> None:
    assert not is_genuine("", stamp(), signature("", stamp(), BODY), BODY, NOW)


def test_a_payment_is_read_whole() -> None:
    found = told(json.dumps(DATA).encode(), "caunoi-20248")
    assert found == Payment("GD1", "HT20248K7M2P9QX", 24_000, NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"event": "refunded"},
        {"merchant": "caunoi-20227"},
        {"transaction": ""},
        {"transaction": 7},
        {"transaction": "x" * 101},
        {"reference": "a\nb"},
        {"amount": 0},
        {"amount": -24_000},
        {"amount": 24_000.0},
        {"amount": True},
        {"amount": "24000"},
        {"amount": 10**15},
        {"paid_at": "hôm nay"},
        {"paid_at": "2020-10-06T09:00:00"},
        {"paid_at": 1},
    ],
)
def test_a_message_without_a_payment_of_ours_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        told(json.dumps(DATA | change).encode(), "caunoi-20248")


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff", b'"paid"'])
def test_a_value_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        told(body, "caunoi-20248")


class Given:
    """Settings as one ward reads them."""

    payment_timeout_seconds = 5.0

    def __init__(self, **given: str) -> None:
        self._given = given
        self.environment = given.get("environment", "development")

    def for_ward(self, name: str, ward: str) -> str:
        return self._given.get(name, "")


def test_an_account_that_no_bank_could_read_is_found_at_the_start() -> None:
    given: Any = Given(bank_bin="970415", bank_account="0011", bank_name="Ngân hàng", bank_holder="UBND")
    account = bank_account_of(given, NAM_DUONG)
    assert account == BankAccount("970415", "Ngân hàng", "0011", "UBND")
    assert account.vietqr(8000, "HT1") == transfer_code("970415", "0011", 8000, "HT1")
    for wrong in (Given(bank_bin="97", bank_account="1"), Given(bank_bin="970415"), Given(bank_account="1")):
        with pytest.raises(ValueError, match=NAM_DUONG):
            bank_account_of(wrong, NAM_DUONG)  # type: ignore[arg-type]
    nothing: Any = Given()
    assert bank_account_of(nothing, NAM_DUONG) is None


def test_in_production_a_provider_is_asked_by_https_alone() -> None:
    """Its answer to an order settles a fee, and is believed for its certificate."""
    plain: Any = Given(payment_url="http://pay.example", payment_key="k", environment="production")
    with pytest.raises(ValueError, match="https"):
        provider_of(plain, NAM_DUONG, SystemClock())
    good: Any = Given(payment_url="https://pay.example", payment_key="k", environment="production")
    assert provider_of(good, NAM_DUONG, SystemClock()) is not None


@pytest.mark.parametrize(("reference", "believed"), [("HT20248AAAAAAAA", True), ("HT20248BBBBBBBB", False)])
def test_what_an_order_is_paid_with_is_of_that_order(
    reference: str, believed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else somebody else's money would settle a fee."""
    payment = {"transaction": "T1", "reference": reference, "amount": 24_000, "paid_at": "2020-10-06T09:00:00+07:00"}
    body = json.dumps({"url": "https://pay.example/1", "payment": payment}).encode()
    monkeypatch.setattr(HttpClient, "post", lambda *_: Answer(200, body, is_whole=True))
    provider = HttpProvider("https://pay.example", "caunoi-20248", "k", 5, SystemClock())
    if believed:
        paid = provider.open_order("HT20248AAAAAAAA", 24_000, "https://caunoi.example").payment
        assert paid is not None
        assert paid.transaction == "T1"
        return
    with pytest.raises(ProviderFault, match="another order"):
        provider.open_order("HT20248AAAAAAAA", 24_000, "https://caunoi.example")


def test_a_provider_without_a_key_is_found_at_the_start() -> None:
    keyless: Any = Given(payment_url="https://pay.example")
    with pytest.raises(ValueError, match="PAYMENT_KEY"):
        provider_of(keyless, NAM_DUONG, SystemClock())
    nothing: Any = Given()
    assert provider_of(nothing, NAM_DUONG, SystemClock()) is None
