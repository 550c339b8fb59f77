"""What the annulment of an entry means for results that nobody has fetched yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from services.chassis.timestamps import stamp
from services.dossiers import register_papers, storage
from services.dossiers.domain import acts
from services.dossiers.domain.acts import Act
from services.dossiers.domain.states import Status
from services.dossiers.register_tables import CertificateRow, RegisterEntryRow
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.perform import perform
from services.dossiers.use_cases.unit import Unit


def follow(unit: Unit, entry: RegisterEntryRow) -> None:
    """Records on the dossiers of an entry, and of its copies, that there is no paper to hand over any more, or that
    there is one again; their applicants are told.

    For an entry whose annulment has just begun or ceased to count (Luật Hộ tịch 2014 Đ12.2, Đ70.1h). A dossier that was
    stopped because of the annulment is done again. A copy that is signed later has the annulment in it, and is handed
    over.
    """
    for row in register_papers.results_to_hand_over(unit.session, entry):
        catch_up(unit, row)


class CountedAgain(NamedTuple):
    """What follows for papers and dossiers when an annulled entry counts again (docs/decisions/0053)."""

    papers: list[CertificateRow]  # valid again
    dossiers: Sequence[DossierRow]  # stopped, and done again


def if_counted_again(unit: Unit, entry: RegisterEntryRow) -> CountedAgain:
    """What `follow` and the validity of its papers would do if the annulment of an entry were withdrawn today."""
    revoked = register_papers.papers_revoked_with(unit.session, entry.id)
    in_force = [
        row
        for row in revoked
        if register_papers.superseded_besides(row) is None and (row.valid_until or unit.today) >= unit.today
    ]
    stopped = register_papers.stopped_results(unit.session, revoked)
    return CountedAgain(in_force, [row for row in stopped if _was_stopped_for_it(unit, row)])


def catch_up(unit: Unit, row: DossierRow) -> Act | None:
    """Marks a locked dossier by the notes, and tells its applicant; returns what it did, None if the mark was right.

    During a roll-out or after a rollback, pods of a version before this mark write notes, and stop dossiers, without
    it.
    """
    annulled, since = register_papers.annulment_of_result(unit.session, row.id)
    stopped = row.status == Status.STOPPED
    known = annulled or _was_stopped_for_it(unit, row) if stopped else row.annulled_at is not None
    if annulled is known:
        return None
    row.annulled_at = since if annulled else None
    act = acts.RESULT_ANNULMENT if annulled else acts.RESULT_RESTORATION
    perform(unit, row, act, told={"noted_at": stamp(since)})
    return act


def _was_stopped_for_it(unit: Unit, row: DossierRow) -> bool:
    """Whether the result was annulled when the dossier was stopped: by the mark, or else by the notes of that time."""
    if row.annulled_at is not None:
        return True
    stopped = storage.last_line(unit.session, row.id, acts.STOP)
    return register_papers.annulment_of_result(unit.session, row.id, until=stopped.at).annulled
