"""The signer's preview before the signature: the paper as it will be sealed, its differences from the declaration, and
the objections to it. Paper and lines are made by the code of `registration`, from what it would register.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.database import audit
from services.chassis.refusal import not_found
from services.dossiers import forms
from services.dossiers.adapters.papers.rendering import Paper, Printed, pictures, render
from services.dossiers.domain.entries.compared import Difference, Line, compared
from services.dossiers.domain.findings import Finding, FindingKind
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.register import NotNumbered
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.dossier import Dossier, whole
from services.dossiers.use_cases.findings import findings_of
from services.dossiers.use_cases.opened import Verified, proposal_of, verified
from services.dossiers.use_cases.papers.results import Issue, result_of
from services.dossiers.use_cases.registers.obstacles import refuse_prepared_unasked, refuse_unregistrable
from services.dossiers.use_cases.registers.registration import (
    Prepared,
    prepared,
    refuse_other_signer,
    refuse_unseen,
)
from services.dossiers.use_cases.unit import Unit, Workplace, visible_dossier


@dataclass(frozen=True, slots=True)
class GetSigning:
    dossier_id: str


@dataclass(frozen=True, slots=True)
class GetPaperPreview:
    dossier_id: str
    seen: str
    page_number: int


@dataclass(frozen=True, slots=True)
class Signing:
    """The preview: `seen` comes back with the signature, which then signs exactly this."""

    version: int
    seen: str
    lines: Sequence[Line]
    pages: int
    dossier: Dossier
    findings: Sequence[tuple[Finding, str]]  # each with its text as this ward words it
    verifications: Sequence[Verified]


#: The kinds of findings that a signer has to look at. A finding that stops makes the signing refused; one that only
#: informs can wait.
_TO_LOOK_AT = frozenset({FindingKind.WARNS, FindingKind.ASKS_OFFICER})


def signing(place: Workplace, query: GetSigning) -> Signing:
    """The entry's lines beside the declaration, and the findings that the officer had to look at; recorded as a look.

    Refusals: those of `registration.sign` except for missing declarations, so that nobody reads a paper that cannot be
    signed.
    """
    with place.unit() as unit:
        row, ready = _ready(unit, query.dossier_id)
        audit.record(unit.session, "view-signing", f"dossier:{row.id}", row.applicant_id)
        procedure = place.procedure_of(row)
        labels = _Labels(procedure)
        lines = compared(procedure.register.name, ready.form, ready.registration, ready.content, labels.said)
        lines += _copies(ready)
        paper, version = _paper(unit, row, ready), row.version
        opened = whole(unit, row)
        found = [(each, unit.finding_text(each)) for each in findings_of(unit, opened) if each.kind in _TO_LOOK_AT]
        answers = verified(unit.cell, opened.clock.verifications)
    # Rendering takes longer than a transaction should.
    pages = len(pictures(paper))
    return Signing(version, ready.seen, lines, pages, opened, found, answers)


def _copies(ready: Prepared) -> list[Line]:
    """The line of the book of copies for the copies of this entry, which the same signature enters."""
    declared = value_at(ready.form, "/copies/count") if value_at(ready.form, "/copies/wanted") else None
    if not ready.copies and not declared:
        return []
    wanted, made = str(declared or ""), str(ready.copies or "")
    if wanted == made:
        return [Line(_COPIES, ("/copies/count",), wanted, made)]
    return [Line(_COPIES, ("/copies/count",), wanted, made, Difference.OFFICE, _AS_PAID)]


_COPIES = "Số bản sao cấp cùng, vào sổ bản sao bằng cùng chữ ký"
_AS_PAID = "Theo số bản đã nộp tiền"


def preview(place: Workplace, query: GetPaperPreview) -> Printed:
    """The paper, or a page of it as a picture, without number and code; recorded as a look.

    Refusals as for `signing`, STALE `paper-changed`, NOT_FOUND `no-such-paper`.
    """
    with place.unit() as unit:
        row, ready = _ready(unit, query.dossier_id)
        if query.seen:
            refuse_unseen(query.seen, ready)
        audit.record(unit.session, "view-signing", f"dossier:{row.id}", row.applicant_id)
        paper = _paper(unit, row, ready)
    name = f"xem-truoc-{row.code}"
    if query.page_number == 0:
        return Printed(f"{name}.pdf", render(paper))
    pages = pictures(paper)
    if not 0 < query.page_number <= len(pages):
        raise not_found("no-such-paper", f"Bản giấy có {len(pages)} trang.")
    return Printed(f"{name}-{query.page_number}.png", pages[query.page_number - 1])


def _ready(unit: Unit, dossier_id: str) -> tuple[DossierRow, Prepared]:
    row = visible_dossier(unit, dossier_id)
    refuse_other_signer(unit, row)
    refuse_unregistrable(unit, row)
    refuse_prepared_unasked(unit, row, proposal_of(unit.cell, row))
    return row, prepared(unit, row)


def _paper(unit: Unit, row: DossierRow, ready: Prepared) -> Paper:
    register = unit.place.procedure_of(row).register
    issue = Issue(
        office=unit.place.office(unit.cell.ward),
        certificate_id="",
        verification_url="",
        number=register.paper_number(NotNumbered(), unit.today.year, ready.form),
        content=ready.content,
        blanks=unit.place.blanks[unit.ward],
        is_preview=True,
    )
    return result_of(issue)


class _Labels:
    """The words of a procedure's form for its answers."""

    def __init__(self, procedure: Procedure) -> None:
        self._fields = forms.leaves(procedure.form)

    def said(self, pointer: str, value: object) -> str:
        labels: dict[str, str] = self._fields.get(pointer, {}).get("x-labels", {})
        return labels.get(str(value), str(value))
