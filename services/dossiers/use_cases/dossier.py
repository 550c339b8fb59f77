"""A dossier with all that belongs to it, for reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.dossiers import storage
from services.dossiers.access import of_office
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.states import Status
from services.dossiers.forms import Answers, answers
from services.dossiers.tables import ComparisonRow, DocumentRow, DossierRow, FeeRow, ResidenceLookupRow, SupplementRow
from services.dossiers.use_cases.clock.timekeeping import TimeKept, time_kept
from services.dossiers.use_cases.unit import Unit


@dataclass(frozen=True, slots=True)
class Dossier:
    """`procedure` is the dossier's version; `comparisons` (by kind of paper) and `lookups` are for the office only."""

    row: DossierRow
    procedure: Procedure
    form: Mapping[str, Any]
    answers: Answers  # of the form, to what is asked
    documents: Sequence[DocumentRow]
    supplements: Sequence[SupplementRow]
    fees: Sequence[FeeRow]
    clock: TimeKept
    comparisons: Mapping[str, ComparisonRow]
    lookups: Sequence[ResidenceLookupRow]  # of residences, oldest first
    at_the_office: bool  # it is filed, and the caller works in its ward's office


def whole(unit: Unit, row: DossierRow, documents: Sequence[DocumentRow] | None = None) -> Dossier:
    """Reads all that belongs to a dossier; `documents` if they are already loaded."""
    at_the_office = row.status != Status.DRAFT and of_office(unit.caller, unit.ward)
    acted_on = row.sequence > 1  # since it was filed
    procedure, form = unit.place.procedure_of(row), unit.form(row)
    return Dossier(
        row=row,
        procedure=procedure,
        form=form,
        answers=answers(procedure, form),
        documents=storage.documents(unit.session, row.id) if documents is None else documents,
        supplements=storage.supplements(unit.session, row.id) if acted_on else (),
        fees=storage.fees(unit.session, row.id) if acted_on else (),
        clock=time_kept(unit, row),
        comparisons=storage.comparisons(unit.session, row.id) if at_the_office else {},
        lookups=storage.residence_lookups(unit.session, row.id) if at_the_office and procedure.residences else (),
        at_the_office=at_the_office,
    )
