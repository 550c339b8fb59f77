"""How a filing came about: noted while a draft is filled in, and written down when it is filed.

The system writes it, never a volunteer: the computer's own token tells the station, and the accounts service of the
station's ward tells which guided sessions a draft was open in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from services.chassis.database import audit
from services.chassis.ids import read_uuid
from services.chassis.refusal import faulty
from services.dossiers import storage
from services.dossiers.domain import acts
from services.dossiers.domain.assistance import GuidedBy, assistance
from services.dossiers.tables import DossierRow, GuidedByRow
from services.dossiers.use_cases.perform import leads_to
from services.dossiers.use_cases.unit import Unit, Workplace, own_dossier

MOST_SESSIONS = 20  # of one draft
#: Ward → its guided sessions in which a draft was open; None for a ward that did not answer.
Told: TypeAlias = Mapping[str, Sequence[GuidedBy] | None]


@dataclass(frozen=True, slots=True)
class NoteGuidedSession:
    dossier_id: str
    ward: str
    session_id: str


def note(unit: Unit, command: NoteGuidedSession) -> None:
    """Notes a guided session of the caller's own draft; its minutes and pages are asked for when the draft is filed.

    Beyond 20 sessions nothing is noted. Refusals: NOT_FOUND, CONFLICT `wrong-state`, INVALID `invalid-field`.
    """
    row = own_dossier(unit, command.dossier_id)
    leads_to(unit, row, acts.SUBMISSION, "ghi buổi hướng dẫn")
    session = read_uuid(command.session_id)
    if session is None:
        raise faulty("session_id", "Không có buổi hướng dẫn này.")
    session_id = str(session)
    district = unit.place.settings.district
    if command.ward not in district.wards or not district.on_one_side(command.ward, unit.cell.ward.code):
        raise faulty("ward", "Không có phường này trong hệ thống.")
    noted = {(each.ward, each.session_id) for each in storage.guided_by(unit.session, row.id)}
    if (command.ward, session_id) not in noted and len(noted) < MOST_SESSIONS:
        storage.note_guidance(unit.session, row.id, command.ward, session_id, unit.now)
        audit.record(unit.session, "note-guidance", f"dossier:{row.id}", row.applicant_id)


def told_by_wards(place: Workplace, dossier_id: str, wards: Collection[str]) -> Told:
    """Each ward's report on guided sessions in which the caller's draft was open."""
    return place.accounts.guidance_given(dossier_id, wards) if wards else {}


def write_down(unit: Unit, row: DossierRow, told: Told) -> Mapping[str, Any]:
    """Enters how the filing came about into a dossier that is being filed; returns the fields of its event.

    Only sessions that their own ward confirms count. A session that the ward does not know, or that no volunteer
    joined, is deleted. If the ward did not answer, the session stays noted with 0 minutes and 0 pages, and does not
    make the filing a guided one.
    """
    kiosk = unit.call.kiosk
    row.station_ward, row.station_id = (kiosk.ward, kiosk.station) if kiosk else ("", "")
    guided = _guided(unit, row, told) if told else ()
    row.assistance = assistance(row.channel, row.station_id, guided)
    return {
        "assistance": row.assistance,
        "station_ward": row.station_ward,
        "station_id": row.station_id,
        "guided": [
            {"ward": each.ward, "session_id": each.session_id, "minutes": each.minutes, "pages": each.pages}
            for each in guided
        ],
    }


def _guided(unit: Unit, row: DossierRow, told: Told) -> Sequence[GuidedBy]:
    noted = storage.guided_by(unit.session, row.id)
    counted = [each for answer in told.values() for each in answer or ()]
    kept = {(each.ward, each.session_id): each for each in noted}
    for each in counted:
        entry = kept.pop((each.ward, each.session_id), None)
        if entry is None:
            entry = GuidedByRow(dossier_id=row.id, ward=each.ward, session_id=each.session_id, noted_at=unit.now)
            unit.session.add(entry)
        entry.minutes, entry.pages = each.minutes, each.pages
    for stray in kept.values():
        if told.get(stray.ward) is not None:
            unit.session.delete(stray)
    return counted
