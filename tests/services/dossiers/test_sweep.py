"""The sweep warns and marks once, even if other sweeps run beside it."""

from __future__ import annotations

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from sqlalchemy import text

from services.chassis import metrics
from services.dossiers.tables import DossierRow
from tests.race import race
from tests.services.dossiers.timing import INQUIRY, STATUS, acts, at, checks, extend, shown, sweep, verify
from tests.services.dossiers.world import (
    DUNG,
    NAM_DUONG,
    SAU,
    World,
)
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS


def test_the_sweep_warns_once_and_marks_once(world: World) -> None:
    id = world.accepted()  # due 17:30; warned of two working hours before
    world.clock.set(at("2020-10-06 15:29"))
    sweep(world)
    assert acts(world, id) == ["submitted", "accepted"]
    world.clock.set(at("2020-10-06 15:30"))
    sweep(world)
    sweep(world)
    assert acts(world, id) == ["submitted", "accepted", "reminded"]
    warned = world.get(id, DUNG)
    assert (shown(warned.reminded_at), "due-soon" in checks(warned)) == ("2020-10-06 15:30", True)
    assert not world.get(id, SAU).HasField("reminded_at")
    world.clock.set(at("2020-10-06 17:31"))
    sweep(world)
    sweep(world)
    assert acts(world, id)[3:] == ["marked-overdue"]
    assert "overdue" in checks(world.get(id, DUNG))
    entry = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=id), SAU).entries[-1]
    assert entry.actor == "Hệ thống"
    assert metrics.DOSSIERS_OVERDUE.labels(NAM_DUONG)._value.get() == 1


def test_a_new_time_is_warned_of_and_marked_again(world: World) -> None:
    id = world.accepted()
    for moment in ("2020-10-06 16:00", "2020-10-06 17:31"):
        world.clock.set(at(moment))
        sweep(world)
    extend(world, id, "2020-10-07 10:00")
    assert metrics.DOSSIERS_OVERDUE.labels(NAM_DUONG)._value.get() == 1
    world.clock.set(at("2020-10-07 08:30"))
    sweep(world)
    world.clock.set(at("2020-10-07 10:01"))
    sweep(world)
    assert acts(world, id)[2:] == ["reminded", "marked-overdue", "extended", "reminded", "marked-overdue"]


def test_stopped_and_finished_dossiers_are_left_alone(world: World) -> None:
    waiting, done = world.accepted(), world.signed().id
    world.ask(waiting, "/child/full_name")
    world.clock.set(at("2020-12-06 09:00"))
    before = acts(world, waiting), acts(world, done)
    sweep(world)
    assert (acts(world, waiting), acts(world, done)) == before


def test_the_check_at_the_desk_is_warned_of_and_marked_as_well(world: World) -> None:
    id = world.filed().dossier.id
    world.clock.set(at("2020-10-06 15:30"))
    sweep(world)
    assert "due-soon" in checks(world.get(id, DUNG))
    world.clock.set(at("2020-10-07 08:00"))
    sweep(world)
    assert acts(world, id) == ["submitted", "reminded", "marked-overdue"]
    told = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=id), SAU).entries[1:]
    assert all("trả lời về việc tiếp nhận" in line.text for line in told), "no result is promised yet"
    assert "overdue" in checks(world.get(id, DUNG))
    assert "overdue" not in checks(world.get(id, SAU))


def test_one_of_two_sweepers_at_once_warns(world: World) -> None:
    ids = [world.accepted() for _ in range(4)]
    world.clock.set(at("2020-10-06 16:00"))
    answers = race(*[lambda: sweep(world)] * 4)
    assert answers == [None] * 4
    for id in ids:
        assert acts(world, id) == ["submitted", "accepted", "reminded"]
        assert len(world.events(key=id)) == 3


def test_a_dossier_that_somebody_is_working_on_is_left_for_the_next_round(world: World) -> None:
    busy, free = world.accepted(), world.accepted()
    world.clock.set(at("2020-10-06 16:00"))
    with world.cells[NAM_DUONG].database.transaction() as session:
        session.execute(text("SELECT 1 FROM dossiers WHERE id = :id FOR UPDATE"), {"id": busy})
        sweep(world)
    assert (acts(world, busy)[2:], acts(world, free)[2:]) == ([], ["reminded"])
    sweep(world)
    assert acts(world, busy)[2:] == ["reminded"]


def test_broken_dossiers_stop_nothing_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose history cannot be written, one whose procedure nobody knows, more than fit into a page of them."""
    monkeypatch.setattr("services.dossiers.use_cases.clock.sweep.BATCH", 2)
    torn = [world.accepted() for _ in range(3)]
    lost = world.accepted(STATUS, MARITAL_STATUS.form)
    verify(world, lost, **INQUIRY)
    whole = world.accepted()
    waiting = world.accepted(STATUS, MARITAL_STATUS.form)
    verify(world, waiting, **INQUIRY)
    with world.cells[NAM_DUONG].database.transaction() as session:
        for id in torn:  # its next line of history is there already
            session.execute(text("UPDATE dossiers SET sequence = 1 WHERE id = :id"), {"id": id})
        session.execute(text("UPDATE dossiers SET procedure_version = '1999-01-01' WHERE id = :id"), {"id": lost})
    before = metrics.SWEEP_SKIPPED.labels(NAM_DUONG)._value.get()
    world.clock.set(at("2020-10-27 08:00"))
    sweep(world)
    assert acts(world, whole)[2:] == ["marked-overdue"]
    assert world.get(waiting, DUNG).verifications[0].state == "timed-out"
    assert metrics.SWEEP_SKIPPED.labels(NAM_DUONG)._value.get() - before == 4
    with world.cells[NAM_DUONG].database.transaction() as session:
        assert all(session.get_one(DossierRow, id).overdue_at is None for id in torn)
