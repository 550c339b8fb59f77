"""Shared by the tests of marriages, notes and copies: people, their events, and reading an entry."""

from __future__ import annotations

from typing import Any

from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.database.connection import Database
from tests.services.dossiers.world import (
    DUNG,
    World,
)
from tests.unit.dossiers.marriage_forms import MARRIAGE
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


def register_marriage(world: World, changes: dict[str, Any] | None = None) -> pb.Dossier:
    return world.registered(MARRY, changed(MARRIAGE.form, changes))


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


QUASHED = {
    "text": "Bản án về việc ghi chú trước đã bị hủy.",
    "basis": "Quyết định giám đốc thẩm",
    "basis_number": "02/2020/HNGĐ-GĐT",
}


def withdraw_note(world: World, entry_id: str, sequence: int) -> pb.FoundEntry:
    return world.noted(entry_id, "note-withdrawn", withdraws=sequence, **QUASHED)
