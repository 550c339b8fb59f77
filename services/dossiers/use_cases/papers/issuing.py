"""Which papers a dossier has, and each as PDF: slips with the data as of the act, and the sealed certificate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.chassis.database import audit
from services.chassis.refusal import conflict, not_found
from services.dossiers import register_papers, registers
from services.dossiers.adapters.papers.blanks import Blank
from services.dossiers.adapters.papers.rendering import Paper, Printed, render
from services.dossiers.domain import acts
from services.dossiers.domain.register import MARITAL_STATUS
from services.dossiers.domain.states import Status
from services.dossiers.register_tables import RegisterEntryRow
from services.dossiers.use_cases.dossier import Dossier, whole
from services.dossiers.use_cases.papers import blanks, letters, slips
from services.dossiers.use_cases.papers.certificates import made
from services.dossiers.use_cases.unit import Unit, Workplace, visible_dossier

CERTIFICATE = "certificate"
#: The values of the certificate alone, to be printed on the Ministry's form (phôi).
ON_BLANK = "certificate-on-blank"
COPIES_ON_BLANK = "copies-on-blank"
COPIES_OF_ENTRY = "copies"  # of the entry, asked for with the registration


@dataclass(frozen=True, slots=True)
class GetPaper:
    dossier_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of paper; the name of its file is `filename` with the dossier's code."""

    filename: str
    exists: Callable[[Dossier], bool]
    fill: Callable[[Unit, Dossier], Paper]
    for_office: bool = False  # only the office prints it


def _has_notice(opened: Dossier) -> bool:
    return any(each.kind == "notice" for each in opened.clock.verifications)


def _has_inquiry(opened: Dossier) -> bool:
    """The letter has the wording of NĐ 123/2015 Đ22, so it exists only for inquiries about marital status."""
    sent = any(each.kind == "inquiry" for each in opened.clock.verifications)
    return sent and opened.procedure.register.name == MARITAL_STATUS


def _is_accepted(opened: Dossier) -> bool:
    return opened.row.accepted_at is not None


#: By name, in the order of display; the certificate comes between the applicant's and those of the office.
KINDS: Mapping[str, Kind] = {
    acts.ACCEPTANCE.paper: Kind("giay-tiep-nhan", _is_accepted, slips.receipt),
    acts.SUPPLEMENT_REQUEST.paper: Kind(
        "phieu-yeu-cau-bo-sung", lambda opened: bool(opened.supplements), slips.supplement
    ),
    acts.FEE_REQUEST.paper: Kind("phieu-nop-le-phi", lambda opened: bool(opened.fees), slips.payment),
    acts.REFUSAL.paper: Kind("phieu-tu-choi", lambda opened: opened.row.status == Status.REFUSED, slips.refusal),
    acts.STOP.paper: Kind("thong-bao-dung", lambda opened: opened.row.status == Status.STOPPED, slips.stop),
    acts.EXTENSION.paper: Kind(
        "phieu-xin-loi-va-hen-lai", lambda opened: opened.clock.extension is not None, slips.apology
    ),
    "verification-request": Kind("cong-van-xac-minh", _has_inquiry, letters.verification_request, for_office=True),
    "public-notice": Kind("thong-bao-niem-yet", _has_notice, letters.public_notice, for_office=True),
    "control-sheet": Kind("phieu-kiem-soat", _is_accepted, slips.control_sheet, for_office=True),
}


_SIGNED = (Status.DONE, Status.HANDED_OVER)
_FILENAMES_ON_BLANK = {ON_BLANK: "in-len-phoi", COPIES_ON_BLANK: "ban-sao-in-len-phoi"}
_OF_ENTRIES = {CERTIFICATE: registers.entry_of, COPIES_OF_ENTRY: registers.copies_of}


def available(unit: Unit, opened: Dossier) -> list[str]:
    """Papers that the caller can fetch now; the applicant gets the certificate only after the hand-over (TT 04/2020
    Đ3).

    No paper that was annulled after its signature is printed on a form (Luật Hộ tịch 2014 Đ12.2, Đ70.1h).
    """
    row = opened.row
    existing = [name for name, kind in KINDS.items() if kind.exists(opened)]
    names = [name for name in existing if not KINDS[name].for_office]
    if row.status == Status.HANDED_OVER or (row.status == Status.DONE and row.applicant_id != unit.caller.id):
        names.append(CERTIFICATE)
        if registers.copies_of(unit.session, row.id) is not None:
            names.append(COPIES_OF_ENTRY)
    for name, (entry, _) in _on_blanks(unit, opened).items():
        if not register_papers.annulment_of_paper(unit.session, entry).annulled:
            names.append(name)
    return names + [name for name in existing if KINDS[name].for_office and opened.at_the_office]


def paper(place: Workplace, query: GetPaper) -> Printed:
    """A paper that the caller may fetch now; recorded as a look at the person's data.

    Refusals: NOT_FOUND `unknown-dossier`, and `no-such-paper` if the dossier has none of this kind (yet); CONFLICT
    `certificate-revoked` for the layer of a paper that was annulled after its signature.
    """
    with place.unit() as unit:
        row = visible_dossier(unit, query.dossier_id)
        opened = whole(unit, row)
        printed = _on_blanks(unit, opened).get(query.kind)
        if printed is not None and register_papers.annulment_of_paper(unit.session, printed[0]).annulled:
            raise conflict("certificate-revoked", "Giấy này đã bị thu hồi, hủy nên không in lên phôi nữa.")
        if query.kind not in available(unit, opened):
            raise not_found("no-such-paper", "Hồ sơ này không có, hoặc chưa có, giấy tờ đó.")
        audit.record(unit.session, f"view-paper-{query.kind}", f"dossier:{row.id}", row.applicant_id)
        if query.kind in _OF_ENTRIES:
            entry = _OF_ENTRIES[query.kind](unit.session, row.id)
            assert entry is not None
            certificate_id = entry.certificate_id
        elif printed is not None:
            filename, data = _FILENAMES_ON_BLANK[query.kind], _layer(unit, *printed)
        else:
            filename = KINDS[query.kind].filename
            data = KINDS[query.kind].fill(unit, opened)
    # Rendering takes longer than a transaction should.
    if query.kind in _OF_ENTRIES:
        name = "giay-to-ho-tich" if query.kind == CERTIFICATE else "ban-sao"
        return Printed(f"{name}-{row.code}.pdf", made(place, unit.cell, certificate_id))
    return Printed(f"{filename}-{row.code}.pdf", render(data))


def _on_blanks(unit: Unit, opened: Dossier) -> dict[str, tuple[RegisterEntryRow, Blank]]:
    """The kinds of signed papers that the office prints on a form (TT 04/2020 Đ27–28), each with its entry and form;
    also those that were annulled since.
    """
    session, row = unit.session, opened.row
    if not opened.at_the_office or row.status not in _SIGNED:
        return {}
    printed = {}
    if blank := blanks.blank_of(unit, opened):
        printed[ON_BLANK] = (registers.entry_of(session, row.id), blank)
    if blank := blanks.blank_of_copies(unit, opened):
        printed[COPIES_ON_BLANK] = (registers.copies_of(session, row.id), blank)
    return {kind: (entry, blank) for kind, (entry, blank) in printed.items() if entry is not None}


def _layer(unit: Unit, entry: RegisterEntryRow, blank: Blank) -> Paper:
    found = register_papers.certificate(unit.session, entry.certificate_id)
    assert found is not None
    return blanks.layer(unit, blank, found[0], entry)
