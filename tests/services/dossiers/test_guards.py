"""Compares the service's parts with one another."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from caunoi.dossiers.v1 import events_pb2

from services.chassis.database.migrations import migrate
from services.chassis.database.tables import ChassisBase
from services.chassis.events.envelope import event_type, stream_of
from services.dossiers import events
from services.dossiers.access import roles_of
from services.dossiers.domain.acts import ACTS, Party
from services.dossiers.service import SERVICE
from services.dossiers.tables import Base
from tests.conftest import NAM_DUONG
from tests.race import race
from tests.services.conftest import EmptyDatabase


def test_every_act_tells_an_event_of_a_stream_that_the_service_writes() -> None:
    assert set(events.OF_ACTS) == set(ACTS.values())
    told = [*events.OF_ACTS.values(), *events.OF_REGISTERS.values(), events_pb2.EntryNoted]
    assert {stream_of(event_type(each)) for each in told} == set(SERVICE.streams)
    parts = {"DossierFacts", "GuidedSessionFacts"}
    names = set(events_pb2.DESCRIPTOR.message_types_by_name) - parts
    assert {event_type(each) for each in told} == {event_type(getattr(events_pb2, name)) for name in names}


def test_every_act_is_the_applicants_or_some_roles_or_the_clocks() -> None:
    for act in ACTS.values():
        assert act.by, act.name
        assert bool(act.rpc) == bool(roles_of(act)), f"{act.name}: the office's acts have an RPC, and no other"
        assert (act.by == {Party.SYSTEM}) == (Party.SYSTEM in act.by), act.name


def test_the_migrations_make_the_tables_that_the_code_knows(database_url: Callable[..., str]) -> None:
    together = sa.MetaData()
    for table in (*ChassisBase.metadata.sorted_tables, *Base.metadata.sorted_tables):
        table.to_metadata(together)
    engine = sa.create_engine(database_url("dossiers", NAM_DUONG).format(ward=NAM_DUONG))
    with engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), together)
    engine.dispose()
    assert difference == []


def test_one_of_several_migrations_at_once_runs_and_the_others_wait(empty_database: EmptyDatabase) -> None:
    """An index that is made concurrently waits for every statement that is open, so none may wait in one for it."""
    outcomes: list[object] = []

    def migrate_at_once(url: str) -> None:
        outcomes.extend(race(*[partial(migrate, "dossiers", url)] * 3))

    empty_database("dossiers_migrated_at_once", migrate_at_once)
    assert all(outcome in (True, False) for outcome in outcomes), outcomes
    assert True in outcomes
