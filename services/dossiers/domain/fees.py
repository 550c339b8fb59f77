"""What a dossier costs: a dated fee table, and the assessment of a procedure's charges by it. Amounts in đồng."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.dossiers.domain.pointers import holds, value_at
from services.dossiers.domain.procedures import Charge

COPY = "copy"  # the item of a copy of the entry
EXEMPTION_AT = "/exemption/kind"  # the form's field for the applicant's exemption; `none` or absent: no exemption
EXEMPTION_ARTICLE = "Luật Hộ tịch 2014 Đ11"
#: People who pay no fee for any registration (Luật Hộ tịch 2014 Đ11 khoản 1 điểm a).
EXEMPTIONS: Mapping[str, str] = {
    "merit": "người thuộc gia đình có công với cách mạng",
    "poor": "người thuộc hộ nghèo",
    "disabled": "người khuyết tật",
}


def fee_title(charges: Iterable[Charge]) -> str:
    """What a procedure's charges are called: a copy costs a phí (TT 281/2016/TT-BTC), a registration or confirmation a
    lệ phí (TT 85/2019/TT-BTC).
    """
    kinds = {each.item == COPY for each in charges}
    return {frozenset({True}): "Phí", frozenset({False}): "Lệ phí"}.get(frozenset(kinds), "Phí, lệ phí")


@dataclass(frozen=True, slots=True)
class Price:
    """The price of an item from a day on."""

    item: str
    since: date
    text: str
    amount: int
    exemptible: bool
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an assessment; `amount` is the sum owed: 0 if exempt, whatever count and price are."""

    item: str
    text: str
    count: int
    price: int
    amount: int
    source: str
    verified: bool
    exemptible: bool


@dataclass(frozen=True, slots=True)
class Assessment:
    """The fees owed; `exemption` is one of EXEMPTIONS if it lowers the sum, else empty."""

    lines: tuple[Line, ...]
    exemption: str = ""

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)


class FeeTable:
    """The prices of all items, by the day from which each is valid."""

    def __init__(self, prices: Iterable[Price]) -> None:
        self._prices: dict[str, list[Price]] = {}
        for price in sorted(prices, key=lambda each: each.since):
            rows = self._prices.setdefault(price.item, [])
            if rows and rows[-1].since == price.since:
                raise ValueError(f"{price.item}: {price.since} stands there twice")
            rows.append(price)

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> FeeTable:
        """The table of a fee file's TOML; ValueError names the row and what is wrong with it."""
        rows = data.get("fees")
        if set(data) != {"fees"} or not isinstance(rows, list) or not rows:
            raise ValueError("a fee file has rows [[fees]] and nothing else")
        return cls(_price(at, row) for at, row in enumerate(rows, 1))

    def price(self, item: str, on: date) -> Price:
        """What the item costs on the day; ValueError if the table has no price."""
        rows = [price for price in self._prices.get(item, ()) if price.since <= on]
        if not rows:
            raise ValueError(f"no price of {item!r} on {on}")
        return rows[-1]

    def may_exempt(self, charges: Iterable[Charge], since: date) -> bool:
        """Whether one of these charges costs something, at the prices of the day `since` or later, from which an
        exemption frees (Luật Hộ tịch 2014 Đ11).
        """
        items = {charge.item for charge in charges}
        prices = [each for item in items for each in (self.price(item, since), *self._later(item, since))]
        return any(price.exemptible and price.amount for price in prices)

    def _later(self, item: str, day: date) -> Iterator[Price]:
        return (price for price in self._prices.get(item, ()) if price.since > day)

    def chargeable(self, charges: Iterable[Charge], on: date) -> list[Price]:
        """What may still be asked for: a procedure's own charges, at the day's price; no others (TT 04/2020 Đ3)."""
        items = dict.fromkeys(charge.item for charge in charges)
        return [price for item in items if (price := self.price(item, on)).amount]


def assess(
    charges: Sequence[Charge], table: FeeTable, form: Mapping[str, Any], *, on: date, late: bool, exemption: str = ""
) -> Assessment:
    """The fees of a filed form by the prices of the day `on`; `late`: the registration is late.

    Registration on time is free, and so is the first original of the result (Luật Hộ tịch 2014 Đ11): neither is a
    charge. An exemption frees from the fees of registration, not from those of copies.
    """
    owed = [
        line_of(table.price(charge.item, on), _count(charge, form))
        for charge in charges
        if holds(form, charge.when) and (late or not charge.late_only)
    ]
    return exempted(tuple(line for line in owed if line.count), exemption)


def line_of(price: Price, count: int) -> Line:
    """A line with a number of items at full price."""
    return Line(
        price.item,
        price.text,
        count,
        price.amount,
        count * price.amount,
        price.source,
        price.verified,
        price.exemptible,
    )


def exempted(lines: Sequence[Line], exemption: str) -> Assessment:
    """The lines; those of registration are free if there is an exemption.

    An exemption that changes nothing is left out.
    """
    if exemption not in EXEMPTIONS or not any(line.exemptible and line.amount for line in lines):
        return Assessment(tuple(lines))
    return Assessment(tuple(replace(line, amount=0) if line.exemptible else line for line in lines), exemption)


def claimed_exemption(form: Mapping[str, Any]) -> str:
    """The exemption that the form claims, one of EXEMPTIONS; empty if none."""
    claimed = value_at(form, EXEMPTION_AT)
    return claimed if isinstance(claimed, str) and claimed in EXEMPTIONS else ""


def in_dong(amount: int) -> str:
    """Such as `24.000 đồng`."""
    return f"{amount:,} đồng".replace(",", ".")


def _count(charge: Charge, form: Mapping[str, Any]) -> int:
    if not charge.count:
        return 1
    count = value_at(form, charge.count)
    return max(count, 0) if isinstance(count, int) and not isinstance(count, bool) else 0


_KINDS: Mapping[str, type] = {
    "item": str,
    "from": date,
    "text": str,
    "amount": int,
    "exemptible": bool,
    "source": str,
    "verified": bool,
}


def _price(at: int, row: Mapping[str, Any]) -> Price:
    wrong = [name for name, kind in _KINDS.items() if type(row.get(name)) is not kind or row[name] == ""]
    wrong += sorted(set(row) - set(_KINDS))
    if wrong or row["amount"] < 0:
        raise ValueError(f"fee {at} ({row.get('item')}): wrong are {', '.join(wrong) or 'the amount'}")
    return Price(
        row["item"], row["from"], row["text"], row["amount"], row["exemptible"], row["source"], row["verified"]
    )
