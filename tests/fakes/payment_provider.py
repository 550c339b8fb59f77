"""A payment provider in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from services.chassis.clock import VIETNAM
from services.dossiers.adapters.payment_provider import Order, ProviderFault
from services.dossiers.domain.payments import Payment


class InMemoryProvider:
    """A provider in this process: `pay` acts as its customer, `fault` is raised by its next calls."""

    def __init__(self) -> None:
        self.orders: dict[str, int] = {}
        self.taken: list[Payment] = []
        self.fault: ProviderFault | None = None

    def open_order(self, reference: str, amount: int, return_url: str) -> Order:
        self._break()
        if self.orders.setdefault(reference, amount) != amount:
            raise ProviderFault("orders: 409")
        paid = next((each for each in self.taken if each.reference == reference), None)
        return Order(f"https://pay.example/{reference}", paid)

    def pay(self, reference: str, at: datetime, amount: int | None = None) -> Payment:
        paid = self.orders[reference] if amount is None else amount
        payment = Payment(f"GD{len(self.taken) + 1:06}", reference, paid, at)
        self.taken.append(payment)
        return payment

    def report(self, day: date) -> Sequence[Payment]:
        self._break()
        return [each for each in self.taken if each.paid_at.astimezone(VIETNAM).date() == day]

    def close(self) -> None:
        pass

    def _break(self) -> None:
        if self.fault is not None:
            raise self.fault
