"""The payment provider: orders of online payments, and the report of a day.

The provider's API is small: `POST {url}/orders` {merchant, reference, amount, return_url} → {url, payment}, which
returns the same order for the same reference, and its payment once it is paid; `POST {url}/reports` {merchant, day} →
{payments: […]} of a day in Việt Nam. Our questions, and the callback after a payment (`domain.payments.told`), carry
`Payment-Timestamp` and `Payment-Signature`, which sign the body. An answer is trusted because of the provider's TLS
certificate, so in production the provider is asked only by https. Another provider would be another class here.
tests/contracts holds the fake and the real one alike.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from services.chassis.clock import Clock
from services.chassis.http_client import HttpClient, NoAnswer
from services.dossiers.domain.payments import Payment, signature
from services.dossiers.domain.vietqr import transfer_code
from services.dossiers.settings import Settings

Answer = TypeVar("Answer")
LONGEST_ANSWER = 8 * 1024 * 1024  # bytes: the report of a day with some forty thousand payments
TIMESTAMP, SIGNATURE = "Payment-Timestamp", "Payment-Signature"


class ProviderFault(Exception):
    """The provider does not answer, or answers wrongly; the text has no data of the payer."""


@dataclass(frozen=True, slots=True)
class Order:
    """The address at which the order is paid, and its payment if it is paid already."""

    url: str
    payment: Payment | None = None


class Provider(Protocol):
    def open_order(self, reference: str, amount: int, return_url: str) -> Order:
        """The order of a reference; asking again returns the same order. Raises ProviderFault."""
        ...

    def report(self, day: date) -> Sequence[Payment]:
        """All payments of a day in Việt Nam. Raises ProviderFault."""
        ...

    def close(self) -> None: ...


class HttpProvider:
    def __init__(self, url: str, merchant: str, key: str, seconds: float, clock: Clock) -> None:
        self._url = url.rstrip("/")
        self._merchant = merchant
        self._key = key
        self._clock = clock
        self._client = HttpClient(seconds, longest_answer=LONGEST_ANSWER)

    def open_order(self, reference: str, amount: int, return_url: str) -> Order:
        def read(data: Any) -> Order:
            paid = data.get("payment")
            return Order(str(data["url"]), None if paid is None else Payment.read(paid))

        order = self._ask("orders", {"reference": reference, "amount": amount, "return_url": return_url}, read)
        if urlsplit(order.url).scheme not in ("http", "https"):
            raise ProviderFault("orders: the answer has no address of a page")
        if order.payment is not None and order.payment.reference != reference:
            raise ProviderFault("orders: the payment is of another order")
        return order

    def report(self, day: date) -> Sequence[Payment]:
        def read(data: Any) -> Sequence[Payment]:
            return [Payment.read(each) for each in data["payments"]]

        return self._ask("reports", {"day": day.isoformat()}, read)

    def close(self) -> None:
        self._client.close()

    def _ask(self, path: str, question: dict[str, Any], read: Callable[[Any], Answer]) -> Answer:
        body = json.dumps({"merchant": self._merchant, **question}).encode()
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP: timestamp,
            SIGNATURE: signature(self._key, timestamp, body),
        }
        try:
            response = self._client.post(f"{self._url}/{path}", body, headers)
        except NoAnswer as fault:
            raise ProviderFault(f"{path}: {fault}") from fault
        if not response.is_success:
            raise ProviderFault(f"{path}: {response.status}")
        if not response.is_whole:
            raise ProviderFault(f"{path}: the answer is too long or did not come in time")
        try:
            return read(json.loads(response.body))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
            raise ProviderFault(f"{path}: the answer cannot be read") from fault


class PracticeProvider:
    """In the practice ward one press of a button pays: the payment page is the page that the person came from."""

    def open_order(self, reference: str, amount: int, return_url: str) -> Order:
        return Order(return_url)

    def report(self, day: date) -> Sequence[Payment]:
        return ()

    def close(self) -> None:
        return


@dataclass(frozen=True, slots=True)
class BankAccount:
    """A ward's account for transfers; `bin` is the bank's number with NAPAS."""

    bin: str
    bank: str
    account: str
    holder: str

    def vietqr(self, amount: int, message: str) -> str:
        """The text of the code for one transfer."""
        return transfer_code(self.bin, self.account, amount, message)


def bank_account_of(settings: Settings, ward: str) -> BankAccount | None:
    """The ward's account; None if it has none. ValueError if banks would not accept it."""
    bin, bank, account, holder = (
        settings.for_ward(f"bank_{name}", ward) for name in ("bin", "name", "account", "holder")
    )
    if not bin and not account:
        return None
    found = BankAccount(bin, bank, account, holder)
    try:
        found.vietqr(1, "HT")
    except ValueError as wrong:
        raise ValueError(f"ward {ward}: BANK_BIN or BANK_ACCOUNT: {wrong}") from wrong
    return found


def provider_of(settings: Settings, ward: str, clock: Clock) -> Provider | None:
    """The ward's provider; None without online payment. ValueError if it has no key, or no https in production."""
    url, key = settings.for_ward("payment_url", ward), settings.for_ward("payment_key", ward)
    if not url:
        return None
    if not key:
        raise ValueError(f"ward {ward}: PAYMENT_URL is set and PAYMENT_KEY is not")
    if settings.environment == "production" and urlsplit(url).scheme != "https":
        raise ValueError(f"ward {ward}: PAYMENT_URL has to be https: what it answers settles fees")
    merchant = settings.for_ward("payment_merchant", ward)
    return HttpProvider(url, merchant, key, settings.payment_timeout_seconds, clock)
