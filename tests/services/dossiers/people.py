"""Shared by the tests of marriages, notes and copies: people, their events, and reading an entry."""

from __future__ import annotations

from typing import Any

from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.database.connection import Database
from tests.services.dossiers.world import (
    DUNG,
    World,
)
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marriage_forms import MARRIAGE, widowed
from tests.unit.dossiers.worlds import changed

MARRY = "1.000894"
DIE = "1.000656"
CONFIRM = "1.004873"
COPY_OUT = "2.000635"
OTHER_BRIDE = {
    "/wife/full_name": "Phạm Thị Bích Ngọc",
    "/wife/birth_date": "1997-01-15",
    "/wife/identity_number": "048197000777",
}
DIED_ON_THE_SEVENTH = {"/death/date": "2020-10-07", "/death_paper/issued_on": "2020-10-07"}
#: On the day of the marriages of these tests, not before.
DIED_ON_THE_SIXTH = {"/death/date": "2020-10-06", "/death/time": None, "/death_paper/issued_on": "2020-10-06"}
HUSBAND_DIED = {
    f"/deceased/{field}": MARRIAGE.form["husband"][field]
    for field in ("full_name", "birth_date", "sex", "identity_paper", "identity_number", "identity_issued_on")
} | {"/copies/wanted": False, **DIED_ON_THE_SIXTH}


#: The deceased has the name and birth of the husband, and another number: the officer has to compare.
ALIKE = HUSBAND_DIED | {"/deceased/identity_number": "201000999"}
#: The wife of `MARRIAGE` marries again after the death of her husband.
WIDOW = {
    "/wife/marriage_count": 2,
    **widowed("wife"),
    "/husband/full_name": "Đặng Quốc Bảo",
    "/husband/birth_date": "1990-06-01",
    "/husband/identity_number": "201777888",
}
#: Notes: of a death elsewhere; of a death of this ward, with its entry; and one that takes a death back.
ELSEWHERE: dict[str, Any] = {
    "text": "Chồng chết.",
    "basis": "Trích lục khai tử",
    "basis_date": "2020-10-06",
    "who_died": "husband",
    "died_on": "2020-10-06",
}
FROM_HERE = {"text": "Chồng chết.", "basis": "", "basis_number": "", "basis_agency": "", "basis_date": ""}
CAME_BACK = {
    "text": "Hủy quyết định tuyên bố ông Lê Văn An là đã chết.",
    "basis": "Quyết định hủy quyết định tuyên bố một người là đã chết",
    "basis_number": "04/2020/QĐDS-ST",
    "spouse_elsewhere": "none",
}


def register_marriage(world: World, changes: dict[str, Any] | None = None) -> pb.Dossier:
    return world.registered(MARRY, changed(MARRIAGE.form, changes))


def register_death(world: World, changes: dict[str, Any] | None = None) -> str:
    """The id of the entry of a death: that of the husband of `MARRIAGE`, or with these changes of the form."""
    return world.registered(DIE, changed(DEATH.form, changes or HUSBAND_DIED)).register_entry.id


def marriage_and_death(world: World, changes: dict[str, Any] | None = None) -> tuple[str, str]:
    """The ids of the entries of a marriage, and of a death after it (see `register_death`)."""
    return register_marriage(world).register_entry.id, register_death(world, changes)


def status_of(world: World, certificate_id: str) -> str:
    answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=certificate_id))
    return str(answer.status)


def waits_for_lock(database: Database) -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with database.engine.connect() as connection:
        return bool(connection.exec_driver_sql(query).scalar_one())


def findings_of(world: World, dossier_id: str) -> dict[str, pb.Finding]:
    return {each.check: each for each in world.get(dossier_id, DUNG).findings}


def read_entry(world: World, entry_id: str) -> pb.FoundEntry:
    answer = world.call("GetEntry", pb.GetEntryRequest(entry_id=entry_id), DUNG)
    assert isinstance(answer, pb.FoundEntry)
    return answer


def kinds_of_notes(world: World, entry_id: str) -> list[str]:
    """The kinds of the notes on an entry, oldest first."""
    return [note.kind for note in read_entry(world, entry_id).notes]


QUASHED = {
    "text": "Bản án về việc ghi chú trước đã bị hủy.",
    "basis": "Quyết định giám đốc thẩm",
    "basis_number": "02/2020/HNGĐ-GĐT",
}


def withdraw_note(world: World, entry_id: str, sequence: int) -> pb.FoundEntry:
    return world.noted(entry_id, "note-withdrawn", withdraws=sequence, **QUASHED)
