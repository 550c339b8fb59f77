"""Phone and e-mail of an account: read from accounts when needed, kept for seconds, in memory only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from caunoi.accounts.v1 import accounts_pb2, accounts_pb2_grpc

from services.chassis.cells import Cell
from services.chassis.grpc.client import Peer, call, unavailable

SECONDS = 5  # deadline of the call


@dataclass(frozen=True, slots=True)
class Contact:
    """A person's name, phone (E.164) and e-mail; an address is empty if they gave none."""

    full_name: str = field(repr=False)
    phone: str = field(repr=False)
    email: str = field(repr=False)


class Contacts:
    """Asks accounts of the person's home ward, on behalf of the ward that notifies them.

    Accounts records each look and shows it to the person. So the SMS and the e-mail of one step share one call, even if
    both need it at once: an answer is reused for `cache_seconds`.
    """

    def __init__(
        self,
        cell: Cell,
        accounts: Peer[accounts_pb2_grpc.AccountsServiceStub],
        cache_seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cell = cell
        self._accounts = accounts
        self._cache_seconds = cache_seconds
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], tuple[float, Future[Contact]]] = {}

    def find(self, ward: str, account_id: str) -> Contact:
        """The contact of an account. Raises a Refusal: NOT_FOUND for an unknown account, UNAVAILABLE if accounts does
        not answer.
        """
        key = (ward, account_id)
        now = self._monotonic()
        with self._lock:
            for stale in [known for known, (asked, _) in self._known.items() if now - asked > self._cache_seconds]:
                del self._known[stale]
            if key in self._known:
                asked_before = self._known[key][1]
            else:
                asked_before = None
                answer: Future[Contact] = Future()
                self._known[key] = (now, answer)
        if asked_before is not None:
            return self._wait(asked_before)
        try:
            contact = self._ask(ward, account_id)
        except BaseException as fault:
            with self._lock:
                self._known.pop(key, None)
            answer.set_exception(fault)
            raise
        answer.set_result(contact)
        return contact

    @staticmethod
    def _wait(answer: Future[Contact]) -> Contact:
        try:
            return answer.result(timeout=SECONDS + 1)
        except TimeoutError as fault:
            raise unavailable() from fault

    def _ask(self, ward: str, account_id: str) -> Contact:
        found: accounts_pb2.Contact = call(
            self._accounts.stub(ward).GetContact,
            accounts_pb2.GetContactRequest(account_id=account_id),
            ward=ward,
            seconds=SECONDS,
            token=self._cell.issuer.service_token(to=ward),
            repeatable=True,
        )
        return Contact(found.full_name, found.phone, found.email)
