"""Declared residences are looked up and the look-up is recorded; a paper is asked for only if a look-up was
impossible.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.chassis.cells import Cell
from services.chassis.database import audit
from services.chassis.refusal import FieldFault, faulty, invalid
from services.dossiers import storage
from services.dossiers.domain.findings import Finding
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.residence import Result, Source, looked_up, residence_findings
from services.dossiers.forms import asked
from services.dossiers.sealed import opened, seal
from services.dossiers.tables import DossierRow, ResidenceLookupRow
from services.dossiers.use_cases.in_the_way import has_ended, refuse_if
from services.dossiers.use_cases.unit import Unit, desk_dossier, touch, written


@dataclass(frozen=True, slots=True)
class RecordResidence:
    dossier_id: str
    field: str
    source: str
    result: str
    note: str
    expected_version: int


_NEEDED = {
    Result.AS_DECLARED: "",
    Result.OTHERWISE: "Xin ghi nơi cư trú tra cứu được.",
    Result.NOT_POSSIBLE: "Xin ghi vì sao không tra cứu được.",
}


def record(unit: Unit, command: RecordResidence) -> DossierRow:
    """Records where a declared residence was looked up and what was found, with the officer's name and the time.

    Each record stays; the last one counts. Refusals: INVALID `unknown-field` for a residence that this dossier does not
    have or that its version does not look up, `invalid-field`, `missing-field` without a result or the reason for none,
    CONFLICT `wrong-state` once the dossier has ended, NOT_FOUND, STALE.
    """
    faults = []
    if command.source not in set(Source):
        faults.append(FieldFault("source", "Xin chọn nơi đã tra cứu."))
    if command.result not in set(Result):
        faults.append(FieldFault("result", "Xin chọn kết quả tra cứu."))
    if faults:
        raise invalid("invalid-field", "Chưa ghi được kết quả tra cứu nơi cư trú.", *faults)
    result = Result(command.result)
    note = written("note", command.note, needed=_NEEDED[result])
    row = desk_dossier(unit, command.dossier_id, expected_version=command.expected_version)
    refuse_if(has_ended(row, "ghi tra cứu nơi cư trú"))
    procedure = unit.place.procedure_of(row)
    if command.field not in looked_up(procedure, asked(procedure, unit.form(row))):
        text = "Hồ sơ này không có nơi cư trú đó để tra cứu."
        raise invalid("unknown-field", text, FieldFault("field", text))
    earlier = storage.residence_lookups(unit.session, row.id)
    _refuse_paper_before_looking(command, result, earlier)
    sequence = len(earlier) + 1
    done = ResidenceLookupRow(
        dossier_id=row.id,
        sequence=sequence,
        field=command.field,
        at=unit.now,
        officer_id=unit.caller.id,
        officer=unit.caller.signs_as,
        source=command.source,
        result=result.value,
        void_at=None,
    )
    seal(unit.cell, done, "note", note)
    unit.session.add(done)
    touch(row, unit.now)
    audit.record(unit.session, "record-residence", f"dossier:{row.id}", row.applicant_id)
    return row


def _refuse_paper_before_looking(
    command: RecordResidence, result: Result, earlier: Sequence[ResidenceLookupRow]
) -> None:
    """A paper replaces the databases only if they could not be asked; a paper without information is no look-up."""
    if command.source != Source.PAPER:
        return
    own = [each for each in earlier if each.field == command.field and each.void_at is None]
    impossible = any(each.result == Result.NOT_POSSIBLE for each in own)
    if impossible and result is not Result.NOT_POSSIBLE:
        return
    text = "Chỉ dựa vào giấy tờ sau khi đã ghi là không tra cứu được trong cơ sở dữ liệu, và vì sao (NĐ 104/2022 Đ14)."
    raise faulty("source", text)


def refusal_to_ask(unit: Unit, row: DossierRow, procedure: Procedure, kind: str) -> str:
    """Why a paper must not be asked for before residence was looked up; empty if it may be.

    NĐ 104/2022 Đ14: a paper may be asked for only if the residence that it is about could not be looked up.
    """
    requirement = procedure.document(kind)
    if requirement is None or not requirement.if_not_looked_up:
        return ""
    declared = looked_up(procedure, asked(procedure, unit.form(row)))
    fields = [each for each in declared if each in requirement.if_not_looked_up]
    lookups = counting(fields, storage.residence_lookups(unit.session, row.id))
    if any(each is not None and each.result == Result.NOT_POSSIBLE for each in lookups.values()):
        return ""
    return (
        "Chỉ được yêu cầu giấy tờ về nơi cư trú khi đã ghi là không tra cứu được (NĐ 104/2022 Đ14). "
        "Xin tra cứu và ghi kết quả trước."
    )


def void(unit: Unit, row: DossierRow, changed: Collection[str]) -> None:
    """A look-up says nothing about a residence that was declared after it."""
    if not any(each.at in changed for each in unit.place.procedure_of(row).residences):
        return
    for each in storage.residence_lookups(unit.session, row.id):
        if each.field in changed and each.void_at is None:
            each.void_at = unit.now


def counting(fields: Iterable[str], lookups: Sequence[ResidenceLookupRow]) -> Mapping[str, ResidenceLookupRow | None]:
    """For each declared residence the look-up that counts: the last one for the residence that is declared now."""
    last = {each.field: each for each in lookups if each.void_at is None}
    return {field: last.get(field) for field in fields}


def office_findings(cell: Cell, fields: Iterable[str], lookups: Sequence[ResidenceLookupRow]) -> list[Finding]:
    """What the officer has to know of the residences before the registration."""
    known = {
        field: None if each is None else (Result(each.result), note_of(cell, each))
        for field, each in counting(fields, lookups).items()
    }
    return list(residence_findings(known))


def note_of(cell: Cell, lookup: ResidenceLookupRow) -> str:
    return opened(cell, lookup, "note")
