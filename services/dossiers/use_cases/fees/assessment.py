"""The fees of a dossier as it was filed, and the copies that are paid for with a registration."""

from __future__ import annotations

from collections.abc import Sequence

from services.chassis.clock import day_in_vietnam
from services.dossiers.domain.deadlines import still_kept
from services.dossiers.domain.entries.copy import EXTRACTS
from services.dossiers.domain.fees import COPY, Assessment, Line, assess, claimed_exemption
from services.dossiers.tables import DossierRow, FeeRow
from services.dossiers.use_cases.unit import Unit


def assessed(unit: Unit, row: DossierRow) -> Assessment:
    """The fees of the dossier as it was filed, at the prices of that day, with the exemption that the form claims."""
    procedure = unit.place.procedure_of(row)
    form = unit.form(row)
    filed_on = day_in_vietnam(row.submitted_at or unit.now)
    late = procedure.late is not None and procedure.late.is_late(form, still_kept(filed_on, unit.place.calendar))
    exemption = claimed_exemption(form)
    return assess(procedure.fee.charges, unit.place.fees, form, on=filed_on, late=late, exemption=exemption)


def copies_with_registration(unit: Unit, row: DossierRow, fees: Sequence[FeeRow]) -> int:
    """The number of copies of its entry that come with a registration: paid for, or free at the prices of the day of
    filing.
    """
    if unit.place.procedure_of(row).register.name not in EXTRACTS:
        return 0
    paid = [line for fee in fees if fee.settled_at for line in lines_of(fee)]
    free = [line for line in assessed(unit, row).lines if not line.price]
    return sum(line.count for line in (*paid, *free) if line.item == COPY)


def lines_of(fee: FeeRow) -> list[Line]:
    return [Line(**line) for line in fee.lines]
