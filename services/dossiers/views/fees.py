"""Fees of a dossier, as the contract's messages."""

from __future__ import annotations

from caunoi.dossiers.v1 import dossiers_pb2

from services.chassis.timestamps import stamp
from services.dossiers.domain.fees import Price
from services.dossiers.tables import DossierRow, FeeRow
from services.dossiers.use_cases.fees.assessment import lines_of
from services.dossiers.use_cases.fees.payments import Noted
from services.dossiers.use_cases.fees.request import is_owed
from services.dossiers.use_cases.unit import Unit


def fee(unit: Unit, row: DossierRow, asked: FeeRow) -> dossiers_pb2.Fee:
    message = dossiers_pb2.Fee(
        lines=[
            dossiers_pb2.FeeLine(item=line.item, text=line.text, count=line.count, price=line.price, amount=line.amount)
            for line in lines_of(asked)
        ],
        exemption=asked.exemption,
        total=asked.total,
        reference=asked.reference,
        asked_at=stamp(asked.asked_at),
        settled_at=stamp(asked.settled_at),
        method=asked.method or "",
        receipt=asked.receipt or "",
    )
    if is_owed(row, asked):
        message.online = unit.ward in unit.place.providers
        bank = unit.place.banks.get(unit.ward)
        if bank is not None:
            message.transfer.CopyFrom(
                dossiers_pb2.Transfer(
                    bank=bank.bank,
                    account=bank.account,
                    holder=bank.holder,
                    message=asked.reference,
                    vietqr=bank.vietqr(asked.total, asked.reference),
                )
            )
    return message


def charge(price: Price) -> dossiers_pb2.Charge:
    return dossiers_pb2.Charge(item=price.item, text=price.text, price=price.amount)


def started_payment(url: str) -> dossiers_pb2.StartedPayment:
    return dossiers_pb2.StartedPayment(url=url)


def noted_payment(noted: Noted) -> dossiers_pb2.NotedPayment:
    return dossiers_pb2.NotedPayment(outcome=noted.outcome)
