"""A payment provider for the local stack, on loopback: orders, payments, lost callbacks, reports of a day.

`python -m deploy.local.payments --http 127.0.0.1:7027 --store .local/payments.jsonl`, or the same by
`PAYMENTS_HTTP_PORT`, `PAYMENTS_FILE`, `PAYMENTS_KEY`; `PAYMENTS_CALLBACK_URL` gets a callback for each payment, and
`PAYMENTS_PAGE_URL` is the payment page of its orders (the gateway's /dev/payments).

`POST /orders` {merchant, reference, amount, return_url} → {url, payment}, one order for each reference, its payment
null until it is paid; `POST /reports` {merchant, day} → {payments}. Both are signed: `Payment-Signature` is the hex
HMAC-SHA256 of `Payment-Timestamp`, a full stop and the body. Unsigned, for the page: `GET /orders?reference=`, `POST
/orders/<reference>/payment` {callback: send|lose}. `GET /healthz` is 200.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import secrets
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

from flask import Flask, request
from flask.typing import ResponseReturnValue

from deploy.local.small_server import HttpServer, host_and_port, run
from services.chassis.clock import VIETNAM

LARGEST_BODY = 64 * 1024
OLDEST_SECONDS = 300
TRIES, PAUSE_SECONDS, CALLBACK_SECONDS = 3, 1.0, 10.0
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Order:
    merchant: str
    reference: str
    amount: int
    return_url: str
    made_at: str  # ISO, UTC, as all moments here
    transaction: str = ""  # once it is paid
    paid_at: str = ""
    callback: str = ""  # its outcome: `lost`, or the answer

    def payment(self) -> dict[str, Any]:
        return {
            "transaction": self.transaction,
            "reference": self.reference,
            "amount": self.amount,
            "paid_at": self.paid_at,
        }


class Orders:
    """All orders, in memory and in a file of JSON lines, where the last line of a reference counts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._orders: dict[str, Order] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                order = Order(**json.loads(line))
            except (ValueError, TypeError):
                continue  # the last line of a process that was killed while it wrote
            self._orders[order.reference] = order

    def open(self, wanted: Order) -> Order | None:
        """The order of a reference, created if there is none; None if it exists with other content."""
        with self._lock:
            order = self._orders.get(wanted.reference)
            if order is None:
                return self._keep(wanted)
            return order if (order.merchant, order.amount) == (wanted.merchant, wanted.amount) else None

    def pay(self, reference: str) -> tuple[Order, bool] | None:
        """Pays an order: the order, and whether this call paid it; None if there is no such order."""
        with self._lock:
            order = self._orders.get(reference)
            if order is None:
                return None
            if order.transaction:
                return order, False
            number = f"GD{secrets.token_hex(6).upper()}"
            return self._keep(replace(order, transaction=number, paid_at=datetime.now(UTC).isoformat())), True

    def note_callback(self, reference: str, outcome: str) -> Order:
        with self._lock:
            return self._keep(replace(self._orders[reference], callback=outcome))

    def newest(self, reference: str = "") -> list[Order]:
        with self._lock:
            found = [order for order in self._orders.values() if reference in ("", order.reference)]
        return sorted(found, key=lambda order: order.made_at, reverse=True)[:SHOWN]

    def paid_on(self, merchant: str, day: str) -> list[Order]:
        """The payments to a merchant on a day in Việt Nam."""
        with self._lock:
            orders = [order for order in self._orders.values() if order.merchant == merchant and order.transaction]
        return [one for one in orders if _day_of(one.paid_at) == day]

    def _keep(self, order: Order) -> Order:
        self._orders[order.reference] = order
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(order), ensure_ascii=False) + "\n")
        return order


def _day_of(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(VIETNAM).date().isoformat()


class Provider:
    """The provider, running from `start` to `stop`; a port 0 is replaced by a free one."""

    def __init__(self, http: tuple[str, int], store: Path, key: str, page_url: str, callback_url: str) -> None:
        self._address = http
        self._key = key.encode()
        self._page_url = page_url
        self._callback_url = callback_url
        self.orders = Orders(store)
        self._server: HttpServer | None = None

    @property
    def port(self) -> int:
        return self._address[1]

    @property
    def greeting(self) -> str:
        return f"taking payments on port {self.port}"

    def start(self) -> None:
        """Raises PortTaken."""
        self._server = HttpServer("The payment provider", self._address, _app(self))
        self._address = self._server.address

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None

    def is_signed(self, timestamp: str, signature: str, body: bytes) -> bool:
        if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > OLDEST_SECONDS:
            return False
        return hmac.compare_digest(self._sign(timestamp, body).encode(), signature.encode("utf-8", "replace"))

    def order(self, data: dict[str, Any]) -> ResponseReturnValue:
        merchant, reference, amount, return_url = (
            data.get(name) for name in ("merchant", "reference", "amount", "return_url")
        )
        texts = (merchant, reference, return_url)
        if not all(isinstance(text, str) and text for text in texts) or type(amount) is not int or amount <= 0:
            return {"error": "merchant, reference, return_url and a positive amount are needed"}, HTTPStatus.BAD_REQUEST
        made = datetime.now(UTC).isoformat()
        order = self.orders.open(Order(str(merchant), str(reference), amount, str(return_url), made))
        if order is None:
            return {"error": "this reference was ordered with another amount"}, HTTPStatus.CONFLICT
        payment = order.payment() if order.transaction else None
        return {"url": f"{self._page_url}?reference={order.reference}", "payment": payment}

    def report(self, data: dict[str, Any]) -> ResponseReturnValue:
        paid = self.orders.paid_on(str(data.get("merchant")), str(data.get("day")))
        return {"payments": [order.payment() for order in paid]}

    def pay(self, reference: str, *, tell: bool) -> Order | None:
        """Pays an order as the payer does; None if there is no such order.

        With `tell` the merchant gets the callback before this returns, if it can be reached.
        """
        paid = self.orders.pay(reference)
        if paid is None:
            return None
        order, is_new = paid
        if is_new or tell:
            order = self.orders.note_callback(reference, self._tell(order) if tell else "lost")
        return order

    def _tell(self, order: Order) -> str:
        body = json.dumps({"event": "paid", "merchant": order.merchant, **order.payment()}).encode()
        answer = ""
        for attempt in range(TRIES):
            if attempt:
                time.sleep(PAUSE_SECONDS)  # between two tries while the merchant is away
            answer = self._call_back(body)
            if answer[:1] in ("2", "4"):  # accepted, or refused for good
                break
        return answer

    def _call_back(self, body: bytes) -> str:
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "Payment-Timestamp": timestamp,
            "Payment-Signature": self._sign(timestamp, body),
        }
        request = urllib.request.Request(self._callback_url, body, headers)  # noqa: S310 # a setting of ours
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=CALLBACK_SECONDS) as answer:
                return str(answer.status)
        except HTTPError as fault:
            with fault:
                return str(fault.code)
        except (URLError, OSError) as fault:
            return type(fault).__name__

    def _sign(self, timestamp: str, body: bytes) -> str:
        return hmac.new(self._key, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _app(provider: Provider) -> Flask:
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY

    @app.get("/healthz")
    def health() -> ResponseReturnValue:
        return {"status": "ok"}

    @app.get("/orders")
    def orders() -> ResponseReturnValue:
        shown = provider.orders.newest(request.args.get("reference", ""))
        return {"orders": [asdict(order) for order in shown]}

    @app.post("/orders")
    def order() -> ResponseReturnValue:
        return _signed(provider, provider.order)

    @app.post("/reports")
    def report() -> ResponseReturnValue:
        return _signed(provider, provider.report)

    @app.post("/orders/<reference>/payment")
    def payment(reference: str) -> ResponseReturnValue:
        def pay(data: dict[str, Any]) -> ResponseReturnValue:
            order = provider.pay(reference, tell=data.get("callback") != "lose")
            return asdict(order) if order is not None else ({"error": "no such order"}, HTTPStatus.NOT_FOUND)

        return _with_body(pay)

    return app


def _signed(provider: Provider, act: Callable[[dict[str, Any]], ResponseReturnValue]) -> ResponseReturnValue:
    timestamp, signature = (request.headers.get(f"Payment-{name}", "") for name in ("Timestamp", "Signature"))
    if not provider.is_signed(timestamp, signature, request.get_data()):
        return {"error": "wrong signature"}, HTTPStatus.UNAUTHORIZED
    return _with_body(act)


def _with_body(act: Callable[[dict[str, Any]], ResponseReturnValue]) -> ResponseReturnValue:
    data = request.get_json(force=True, silent=True)
    return act(data) if isinstance(data, dict) else ({"error": "an object is needed"}, HTTPStatus.BAD_REQUEST)


def main(arguments: Sequence[str] | None = None) -> int:
    environment = os.environ
    parser = argparse.ArgumentParser(prog="python -m deploy.local.payments", description="A payment provider to try.")
    parser.add_argument(
        "--http", type=host_and_port, default=f"127.0.0.1:{environment.get('PAYMENTS_HTTP_PORT', '7027')}"
    )
    parser.add_argument("--store", type=Path, default=environment.get("PAYMENTS_FILE", ".local/payments.jsonl"))
    options = parser.parse_args(arguments)
    provider = Provider(
        options.http,
        options.store,
        environment.get("PAYMENTS_KEY", "local-payments"),
        environment.get("PAYMENTS_PAGE_URL", "http://127.0.0.1:8080/dev/payments"),
        environment.get("PAYMENTS_CALLBACK_URL", "http://127.0.0.1:8080/api/v1/payments/callback"),
    )
    return run(provider)


if __name__ == "__main__":
    sys.exit(main())
