"""The validity of papers, in the public check, after an annulment of their entry was withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from services.chassis.clock import VIETNAM
from services.dossiers import register_papers
from services.dossiers.register_tables import CertificateRow
from tests.services.dossiers.people import (
    CONFIRM,
    COPY_OUT,
    MARRY,
    QUASHED,
    read_entry,
    register_marriage,
    status_of,
    withdraw_note,
)
from tests.services.dossiers.world import CHAIR, DUNG, World
from tests.unit.dossiers.copy_forms import copy_form_of
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS, OTHER_PURPOSE, PERIOD
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import changed

ANNULMENT = {"text": "Hủy việc đăng ký.", "basis": "Quyết định hủy giấy tờ cấp trái pháp luật"}


def _checked(world: World, certificate: str) -> tuple[str, bool]:
    """Status, and whether it has a time since when it is so."""
    answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=certificate))
    return answer.status, answer.HasField("changed_at")


def _copied(world: World, entry: str) -> pb.RegisterEntry:
    return world.registered(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]), source_entry_id=entry).register_entry


def test_a_certificate_is_valid_again_if_only_the_annulment_ended_its_validity(world: World) -> None:
    """docs/law.md §2.2: a birth; and a marriage with its copies, of which one tells of the annulment."""
    born, married = world.signed().register_entry, register_marriage(world).register_entry
    before = _copied(world, married.id)
    for entry in (born, married):
        world.noted(entry.id, "annulment", **ANNULMENT)
    between = _copied(world, married.id)
    papers = [one.certificate_id for one in (born, married, before, between)]
    assert [status_of(world, each) for each in papers] == [*["revoked"] * 3, "annulled"]
    for entry in (born, married):
        withdraw_note(world, entry.id, 1)
    assert [_checked(world, each) for each in papers] == [*[("valid", False)] * 3, ("superseded", True)]


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_certificate_stays_superseded_by_another_note(world: World, when: str) -> None:
    """The note ended its validity as it does without an annulment, and the check gives the time of that note."""
    born = world.signed().register_entry
    if when == "meanwhile":
        world.noted(born.id, "annulment", **ANNULMENT)
    noted_at = world.clock.now()
    world.noted(born.id, "correction", text="Sửa nơi sinh.", basis="Quyết định cải chính")
    world.clock.set(datetime(2020, 10, 8, 9, tzinfo=VIETNAM))
    if when == "before":
        world.noted(born.id, "annulment", **ANNULMENT)
    assert status_of(world, born.certificate_id) == "revoked"
    withdraw_note(world, born.id, 2 if when == "before" else 1)
    answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=born.certificate_id))
    assert (answer.status, answer.entry_changed) == ("superseded", True)
    assert answer.changed_at.ToDatetime(VIETNAM) == noted_at


def test_who_withdraws_an_annulment_reads_which_papers_and_dossiers_count_again(world: World) -> None:
    """docs/decisions/0053: without the copy that tells of the annulment, and what has been superseded since."""
    married = register_marriage(world)
    entry = married.register_entry.id
    before = _copied(world, entry)
    annulling = world.propose_note(entry, "annulment", **ANNULMENT)
    [waits] = annulling.proposed_notes
    assert (waits.annuls, waits.HasField("ends_annulment")) == (True, False)
    world.decide_note(annulling, confirmed=True)
    _copied(world, entry)
    stop = pb.ProposeStopRequest(dossier_id=married.id, reason="Mục đã bị hủy", article="Luật Hộ tịch 2014 Đ70")
    world.call("ProposeStop", stop, DUNG)
    world.call("StopDossier", pb.StopDossierRequest(dossier_id=married.id), CHAIR)
    withdrawing = world.propose_note(entry, "note-withdrawn", withdraws=1, **QUASHED)
    [waits] = withdrawing.proposed_notes
    ids = [each.certificate_id for each in (married.register_entry, before)]
    checked = [world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=id)) for id in ids]
    numbers = {each.number for each in checked}
    told = waits.ends_annulment
    assert (waits.annuls, {*told.papers}, [*told.dossiers]) == (False, numbers, [married.code])
    corrected = world.propose_note(entry, "correction", text="Sửa nơi cư trú.", basis="Quyết định cải chính")
    world.decide_note(corrected, confirmed=True)
    [waits] = read_entry(world, entry).proposed_notes
    assert ([*waits.ends_annulment.papers], [*waits.ends_annulment.dossiers]) == ([], [married.code])
    world.decide_note(withdrawing, confirmed=True)
    [waits] = world.propose_note(entry, "note-withdrawn", withdraws=3, **QUASHED).proposed_notes
    assert (waits.annuls, waits.HasField("ends_annulment")) == (True, False), "the annulment counts again"


def test_a_confirmation_is_valid_again_until_it_expires(world: World) -> None:
    """NĐ 123/2015 Đ23: nobody's status has changed, so six months from the day of issue."""
    confirmed = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry
    world.noted(confirmed.id, "annulment", **ANNULMENT)
    assert status_of(world, confirmed.certificate_id) == "revoked"
    withdraw_note(world, confirmed.id, 1)
    assert _checked(world, confirmed.certificate_id) == ("valid", False)
    world.clock.set(datetime(2021, 4, 7, 8, tzinfo=VIETNAM))
    assert status_of(world, confirmed.certificate_id) == "expired"


@pytest.mark.parametrize("by", ["another paper", "a marriage"])
def test_a_confirmation_that_was_replaced_or_overtaken_stays_superseded(world: World, by: str) -> None:
    """NĐ 123/2015 Đ22.6, Đ23: by what happened while it was annulled."""
    confirmed = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry
    world.noted(confirmed.id, "annulment", **ANNULMENT)
    if by == "another paper":
        world.registered(CONFIRM, MARITAL_STATUS.form)
    else:
        person = MARITAL_STATUS.form["person"]
        bride = {f"/wife/{name}": person[name] for name in ("full_name", "birth_date")}
        number = {"/wife/identity_number": MARITAL_STATUS.form["requester"]["identity_number"]}
        world.registered(MARRY, changed(MARRIAGE.form, bride | number))
    assert status_of(world, confirmed.certificate_id) == "revoked"
    withdraw_note(world, confirmed.id, 1)
    assert status_of(world, confirmed.certificate_id) == "superseded"


def test_an_annulment_that_counts_again_revokes_the_papers_again(world: World) -> None:
    born = world.signed().register_entry
    world.noted(born.id, "annulment", **ANNULMENT)
    withdraw_note(world, born.id, 1)
    assert status_of(world, born.certificate_id) == "valid"
    withdraw_note(world, born.id, 2)
    assert status_of(world, born.certificate_id) == "revoked"
    withdraw_note(world, born.id, 3)
    assert status_of(world, born.certificate_id) == "valid"


@contextmanager
def _release_before() -> Iterator[None]:
    """Papers are revoked, and count again, by the statements of the release before `revoked_at`."""
    paper = CertificateRow

    def revoke(session: Session, entry_id: UUID, now: datetime) -> None:
        of_entry = or_(paper.entry_id == entry_id, paper.source_entry_id == entry_id)
        change = update(paper).where(of_entry, paper.status.in_(["valid", "superseded"]))
        session.execute(change.values(status="revoked", changed_at=now))

    def count_again(session: Session, entry_id: UUID) -> None:
        of_entry = or_(paper.entry_id == entry_id, paper.source_entry_id == entry_id)
        change = update(paper).where(of_entry, paper.status == "revoked")
        session.execute(change.values(status="superseded", changed_at=paper.changed_at))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(register_papers, "revoke_papers", revoke)
        patch.setattr(register_papers, "papers_count_again", count_again)
        yield


@pytest.mark.parametrize("corrected", [False, True])
def test_a_paper_that_the_release_before_revoked_is_superseded(world: World, corrected: bool) -> None:
    """docs/decisions/0053: during a roll-out; nobody knows whether it was valid, and an out-of-date paper never is."""
    born = world.signed().register_entry
    if corrected:
        world.noted(born.id, "correction", text="Sửa nơi sinh.", basis="Quyết định cải chính")
    with _release_before():
        world.noted(born.id, "annulment", **ANNULMENT)
    assert status_of(world, born.certificate_id) == "revoked"
    withdraw_note(world, born.id, 1 + corrected)
    assert _checked(world, born.certificate_id) == ("superseded", True)


def test_what_was_known_of_an_earlier_revocation_is_not_taken_for_the_next_one(world: World) -> None:
    """The release before withdraws an annulment of this one, and annuls again."""
    born = world.signed().register_entry
    world.noted(born.id, "annulment", **ANNULMENT)
    with _release_before():
        withdraw_note(world, born.id, 1)
        world.clock.set(datetime(2020, 10, 8, 9, tzinfo=VIETNAM))
        withdraw_note(world, born.id, 2)
    assert status_of(world, born.certificate_id) == "revoked"
    withdraw_note(world, born.id, 3)
    assert _checked(world, born.certificate_id) == ("superseded", True)


def test_a_copy_that_was_annulled_itself_stays_revoked(world: World) -> None:
    def noted(entry: str, kind: str, **changes: Any) -> None:
        written = world.propose_note(entry, kind, **changes)
        world.decide_note(written, confirmed=True, namesake=True)  # the copy names the signer, who signed the entry

    married = register_marriage(world).register_entry
    copied = _copied(world, married.id)
    for entry in (married, copied):
        noted(entry.id, "annulment", **ANNULMENT)
    noted(married.id, "note-withdrawn", withdraws=1)
    assert [status_of(world, one.certificate_id) for one in (married, copied)] == ["valid", "revoked"]
    noted(copied.id, "note-withdrawn", withdraws=1)
    assert status_of(world, copied.certificate_id) == "valid"


def test_the_annulment_of_a_confirmation_leaves_those_for_other_times_in_force(world: World) -> None:
    """NĐ 123/2015 Đ23: a paper was wrong; nobody's status has changed."""
    then = world.registered(CONFIRM, changed(MARITAL_STATUS.form, OTHER_PURPOSE | PERIOD)).register_entry
    today = world.registered(CONFIRM, changed(MARITAL_STATUS.form, OTHER_PURPOSE)).register_entry
    world.noted(then.id, "annulment", **ANNULMENT)
    assert [status_of(world, one.certificate_id) for one in (then, today)] == ["revoked", "valid"]
