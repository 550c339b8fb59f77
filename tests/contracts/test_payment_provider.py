"""The fake payment provider of tests and the real way behave alike; the real one against the local stack's provider."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.payments import Order
from deploy.local.payments import Provider as LocalProvider
from deploy.local.small_server import PortTaken
from services.chassis.clock import VIETNAM, SystemClock
from services.dossiers.adapters.payment_provider import HttpProvider, Provider, ProviderFault
from services.dossiers.domain.payments import Payment, is_genuine, told
from tests.contracts.dripping import DRIPS, Dripping
from tests.fakes.clock import SettableClock
from tests.fakes.payment_provider import InMemoryProvider

KEY, MERCHANT = "khóa thử", "caunoi-20248"
BACK = "http://127.0.0.1:8080/ho-so/nam-duong/1/nop-phi"


class Told:
    """A merchant's address for callbacks; `answers` are its next statuses, then 200."""

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, str, str]] = []
        self.answers: list[int] = []
        merchant = self

        class Requests(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                merchant.heard.append((body, self.headers["Payment-Timestamp"], self.headers["Payment-Signature"]))
                self.send_response(merchant.answers.pop(0) if merchant.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Requests)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/callback"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def merchant() -> Iterator[Told]:
    merchant = Told()
    yield merchant
    merchant.stop()


@pytest.fixture
def local(tmp_path: Path, merchant: Told) -> Iterator[LocalProvider]:
    local = LocalProvider(("127.0.0.1", 0), tmp_path / "payments.jsonl", KEY, "http://127.0.0.1/pay", merchant.url)
    local.start()
    yield local
    local.stop()


def client(local: LocalProvider, *, key: str = KEY, merchant: str = MERCHANT, clock: Any = None) -> HttpProvider:
    return HttpProvider(f"http://127.0.0.1:{local.port}", merchant, key, 5, clock or SystemClock())


@dataclass
class Pair:
    """A provider as the service sees it, and its customer: `pay` returns the transaction."""

    provider: Provider
    pay: Callable[[str], str]


@pytest.fixture(params=["in-memory", "http"])
def pair(request: pytest.FixtureRequest, local: LocalProvider) -> Iterator[Pair]:
    if request.param == "in-memory":
        memory = InMemoryProvider()
        yield Pair(memory, lambda reference: memory.pay(reference, datetime.now(UTC)).transaction)
        return
    real = client(local)

    yield Pair(real, lambda reference: paid(local, reference, tell=False).transaction)
    real.close()


def paid(local: LocalProvider, reference: str, *, tell: bool) -> Order:
    order = local.pay(reference, tell=tell)
    assert order is not None
    return order


def today() -> Any:
    return datetime.now(VIETNAM).date()


def test_one_reference_is_one_order_however_often_it_is_opened(pair: Pair) -> None:
    first = pair.provider.open_order("HT20248AAAAAAAA", 24_000, BACK)
    assert first.url.startswith("http")
    assert "HT20248AAAAAAAA" in first.url
    assert first.payment is None
    assert pair.provider.open_order("HT20248AAAAAAAA", 24_000, BACK) == first


def test_an_order_that_is_paid_says_with_what(pair: Pair) -> None:
    first = pair.provider.open_order("HT20248AAAAAAAA", 24_000, BACK)
    transaction = pair.pay("HT20248AAAAAAAA")
    again = pair.provider.open_order("HT20248AAAAAAAA", 24_000, BACK)
    assert again.url == first.url
    assert again.payment is not None
    assert (again.payment.transaction, again.payment.reference, again.payment.amount) == (
        transaction,
        "HT20248AAAAAAAA",
        24_000,
    )


def test_a_reference_with_another_amount_is_refused(pair: Pair) -> None:
    pair.provider.open_order("HT20248AAAAAAAA", 24_000, BACK)
    with pytest.raises(ProviderFault, match="409"):
        pair.provider.open_order("HT20248AAAAAAAA", 8000, BACK)


def test_the_report_of_a_day_has_what_was_paid_and_no_other_day_has_it(pair: Pair) -> None:
    for reference, amount in (("HT20248AAAAAAAA", 24_000), ("HT20248BBBBBBBB", 8000)):
        pair.provider.open_order(reference, amount, BACK)
    before = datetime.now(UTC)
    assert pair.provider.report(today()) == []
    transaction = pair.pay("HT20248AAAAAAAA")
    (payment,) = pair.provider.report(today())
    assert (payment.transaction, payment.reference, payment.amount) == (transaction, "HT20248AAAAAAAA", 24_000)
    assert before - timedelta(seconds=1) <= payment.paid_at <= datetime.now(UTC)
    assert pair.provider.report(today() - timedelta(days=1)) == []


# Only the real one


def test_what_is_signed_with_another_key_or_too_old_is_refused_by_the_provider(local: LocalProvider) -> None:
    old = SettableClock(datetime.now(UTC) - timedelta(minutes=10))
    for wrong in (client(local, key="another"), client(local, clock=old)):
        with pytest.raises(ProviderFault, match="401"):
            wrong.open_order("HT20248AAAAAAAA", 24_000, BACK)
        wrong.close()
    assert local.orders.newest() == []


def test_a_merchant_reads_its_own_payments_alone(local: LocalProvider) -> None:
    own, other = client(local), client(local, merchant="caunoi-20227")
    own.open_order("HT20248AAAAAAAA", 24_000, BACK)
    local.pay("HT20248AAAAAAAA", tell=False)
    assert other.report(today()) == []
    with pytest.raises(ProviderFault, match="409"):
        other.open_order("HT20248AAAAAAAA", 24_000, BACK)
    own.close()
    other.close()


def test_the_callback_is_one_that_the_service_takes_for_genuine(local: LocalProvider, merchant: Told) -> None:
    client(local).open_order("HT20248AAAAAAAA", 24_000, BACK)
    order = paid(local, "HT20248AAAAAAAA", tell=True)
    ((body, timestamp, signed),) = merchant.heard
    assert is_genuine(KEY, timestamp, signed, body, datetime.now(UTC))
    assert not is_genuine(KEY, timestamp, signed, body + b" ", datetime.now(UTC))
    payment = told(body, MERCHANT)
    assert payment == Payment(order.transaction, "HT20248AAAAAAAA", 24_000, payment.paid_at)
    assert client(local).report(today()) == [payment], "callback and report tell the same"
    assert order.callback == "200"


def test_a_callback_that_fails_is_tried_again_and_a_refused_one_is_not(
    local: LocalProvider, merchant: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.local.payments.PAUSE_SECONDS", 0)
    for reference in ("HT20248AAAAAAAA", "HT20248BBBBBBBB"):
        client(local).open_order(reference, 24_000, BACK)
    merchant.answers = [503, 503]
    assert paid(local, "HT20248AAAAAAAA", tell=True).callback == "200"
    assert len(merchant.heard) == 3
    merchant.answers = [409]
    assert paid(local, "HT20248BBBBBBBB", tell=True).callback == "409"
    assert len(merchant.heard) == 4


def test_a_payment_with_a_lost_callback_is_in_the_report_and_is_paid_once(local: LocalProvider, merchant: Told) -> None:
    client(local).open_order("HT20248AAAAAAAA", 24_000, BACK)
    url = f"http://127.0.0.1:{local.port}/orders/HT20248AAAAAAAA/payment"
    first = httpx.post(url, json={"callback": "lose"}, trust_env=False).json()
    assert (first["callback"], merchant.heard) == ("lost", [])
    again = httpx.post(url, json={"callback": "send"}, trust_env=False).json()
    assert again["transaction"] == first["transaction"]
    assert len(client(local).report(today())) == 1


def test_orders_and_payments_outlive_the_process(local: LocalProvider, tmp_path: Path) -> None:
    client(local).open_order("HT20248AAAAAAAA", 24_000, BACK)
    local.pay("HT20248AAAAAAAA", tell=False)
    before = client(local).report(today())
    local.stop()
    with (tmp_path / "payments.jsonl").open("a") as file:
        file.write('{"reference": "HT20248CC')  # killed while it wrote
    later = LocalProvider(("127.0.0.1", 0), tmp_path / "payments.jsonl", KEY, "http://127.0.0.1/pay", "http://x")
    later.start()
    assert client(later).report(today()) == before
    later.stop()


@pytest.mark.parametrize(
    "answer",
    [
        b"no json",
        b"[" * 100_000,
        b"[]",
        b"{}",
        b'{"url": "javascript:alert(1)", "payments": 7}',
        b'{"payments": [{"amount": "1"}]}',
    ],
)
def test_an_answer_that_cannot_be_read_is_a_fault_of_the_provider(answer: bytes) -> None:
    class Requests(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Requests)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    provider = HttpProvider(f"http://127.0.0.1:{server.server_address[1]}", MERCHANT, KEY, 5, SystemClock())
    try:
        with pytest.raises(ProviderFault):
            provider.open_order("HT20248AAAAAAAA", 24_000, BACK)
        with pytest.raises(ProviderFault):
            provider.report(today())
    finally:
        provider.close()
        server.shutdown()
        server.server_close()


def test_a_provider_that_is_away_or_hangs_is_a_fault_within_the_timeout() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        hanging = HttpProvider(f"http://127.0.0.1:{silent.getsockname()[1]}", MERCHANT, KEY, 0.2, SystemClock())
        with pytest.raises(ProviderFault, match="Timeout"):
            hanging.report(today())
        hanging.close()
    away = HttpProvider("http://127.0.0.1:1", MERCHANT, KEY, 5, SystemClock())
    with pytest.raises(ProviderFault, match="ConnectError"):
        away.report(today())
    away.close()


@pytest.mark.parametrize("how", DRIPS)
def test_a_provider_that_drips_or_floods_is_left_when_the_time_or_the_measure_is_full(how: str) -> None:
    slow = Dripping(*DRIPS[how])
    provider = HttpProvider(slow.url, MERCHANT, KEY, 1, SystemClock())
    with pytest.raises(ProviderFault, match=r"ReadTimeout|too long or did not come in time"):
        provider.report(today())
    provider.close()
    slow.stop()
    assert not slow.is_through


def test_a_port_that_is_taken_is_told_with_what_to_do(local: LocalProvider, tmp_path: Path) -> None:
    second = LocalProvider(("127.0.0.1", local.port), tmp_path / "second.jsonl", KEY, "x", "x")
    with pytest.raises(PortTaken, match=str(local.port)):
        second.start()
