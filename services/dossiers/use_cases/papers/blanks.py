"""Printing on the Ministry's forms (phôi): the values only, moved by the ward's offset, and the page for measuring the
offset (TT 04/2020 Đ27–28).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from services.chassis.database import audit
from services.chassis.refusal import faulty, not_found, stale
from services.dossiers import register_papers
from services.dossiers.adapters.papers.blanks import (
    BIRTH_CERTIFICATE,
    BIRTH_COPY,
    MARRIAGE_CERTIFICATE,
    Blank,
    BlankLayer,
    Calibration,
    Offset,
)
from services.dossiers.adapters.papers.rendering import Printed, layer_of, render
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.register import BIRTH, COPIES, MARRIAGE
from services.dossiers.register_tables import BlankOffsetRow, BlankPrintRow, CertificateRow, RegisterEntryRow
from services.dossiers.use_cases.dossier import Dossier
from services.dossiers.use_cases.opened import content_of
from services.dossiers.use_cases.papers.certificates import verification_url
from services.dossiers.use_cases.papers.results import Issue, result_of
from services.dossiers.use_cases.unit import Unit, Workplace

FURTHEST = 300  # tenths of a millimetre: if it is further off, the form was put into the printer wrongly
_PRINTED: Mapping[str, str] = {BIRTH: BIRTH_CERTIFICATE, MARRIAGE: MARRIAGE_CERTIFICATE}


@dataclass(frozen=True, slots=True)
class ListBlanks:
    pass


@dataclass(frozen=True, slots=True)
class SetBlankOffset:
    blank: str
    dx: int
    dy: int
    expected_version: int


@dataclass(frozen=True, slots=True)
class GetCalibrationPage:
    blank: str


@dataclass(frozen=True, slots=True)
class CorrectedBlank:
    """A form, and the ward's offset for it; without `changed_at`, nobody has set the offset."""

    blank: Blank
    offset: Offset
    version: int = register_papers.UNCORRECTED
    changed_at: datetime | None = None
    changed_by: str = ""


def list_blanks(unit: Unit, _: ListBlanks) -> Sequence[CorrectedBlank]:
    """The forms, each with the ward's offset."""
    return [_corrected(unit, blank) for blank in unit.place.blanks[unit.ward].values()]


def set_offset(unit: Unit, command: SetBlankOffset) -> CorrectedBlank:
    """Stores the offset of a form, which applies to every print of the ward from now on.

    Refusals: NOT_FOUND `unknown-blank`, INVALID `invalid-field`, STALE.
    """
    blank = _blank(unit, command.blank)
    for field, tenths in (("dx", command.dx), ("dy", command.dy)):
        if abs(tenths) > FURTHEST:
            text = f"Chỉnh được nhiều nhất {FURTHEST // 10} mm về mỗi phía. Lệch nhiều hơn, xin xem lại khay giấy."
            raise faulty(field, text)
    values = {"dx": command.dx, "dy": command.dy, "changed_at": unit.now, "changed_by": unit.caller.signs_as}
    if not register_papers.set_blank_offset(unit.session, blank.name, values, command.expected_version):
        raise stale(_corrected(unit, blank).version)
    audit.record(unit.session, f"set-blank-offset-{blank.name}", f"blank:{blank.name}:{command.dx}:{command.dy}")
    return _corrected(unit, blank)


def calibration(place: Workplace, query: GetCalibrationPage) -> Printed:
    """The calibration page of a form, with the stored offset. Refusal NOT_FOUND `unknown-blank`."""
    with place.unit() as unit:
        blank = _blank(unit, query.blank)
        page = Calibration(
            office=place.office(unit.cell.ward),
            blank=blank,
            offset=_corrected(unit, blank).offset,
            made_on=unit.today,
        )
    return Printed(f"chinh-may-in-{blank.name}.pdf", render(page))


def blank_of(unit: Unit, opened: Dossier) -> Blank | None:
    """The form that a dossier's paper is printed on; None if the ward prints the paper without one (TT 04/2020 Đ28)."""
    register = opened.procedure.register.name
    copied = register == COPIES and value_at(opened.form, "/copy/kind") == BIRTH
    name = BIRTH_COPY if copied else _PRINTED.get(register, "")
    return unit.place.blanks[unit.ward].get(name)


def blank_of_copies(unit: Unit, opened: Dossier) -> Blank | None:
    """The form for copies that are asked for with a registration: only for a birth (TT 04/2020 Đ27–28)."""
    return unit.place.blanks[unit.ward].get(BIRTH_COPY) if opened.procedure.register.name == BIRTH else None


def layer(unit: Unit, blank: Blank, certificate: CertificateRow, entry: RegisterEntryRow) -> BlankLayer:
    """The layer of a signed paper, counted as a print."""
    paper = result_of(
        Issue(
            office=unit.place.office(unit.cell.ward),
            certificate_id=certificate.id,
            verification_url=verification_url(unit.place, certificate.id),
            number=certificate.number,
            content=content_of(unit.cell, entry),
            blanks=unit.place.blanks[unit.ward],
        )
    )
    unit.session.add(
        BlankPrintRow(id=uuid4(), entry_id=entry.id, at=unit.now, by_id=unit.caller.id, by_name=unit.caller.signs_as)
    )
    return layer_of(paper, blank, _corrected(unit, blank).offset)


def _blank(unit: Unit, name: str) -> Blank:
    blank = unit.place.blanks[unit.ward].get(name)
    if blank is None:
        raise not_found("unknown-blank", "Không có loại phôi này.")
    return blank


def _corrected(unit: Unit, blank: Blank) -> CorrectedBlank:
    row = unit.session.get(BlankOffsetRow, blank.name)
    if row is None:
        return CorrectedBlank(blank, Offset())
    return CorrectedBlank(blank, Offset(row.dx, row.dy), row.version, row.changed_at, row.changed_by)
