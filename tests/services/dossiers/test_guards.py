"""What holds the service's parts to one another."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from caunoi.dossiers.v1 import events_pb2

from services.chassis.events import event_type, stream_of
from services.chassis.tables import ChassisBase
from services.chassis.tokens import Role
from services.dossiers.access import ACT_ROLES, APPLICANT_ACTS, RULES
from services.dossiers.domain.states import Act
from services.dossiers.service import SERVICE
from services.dossiers.tables import Base
from services.dossiers.use_cases import acts, register


def test_every_rpc_has_a_rule_and_every_rule_an_rpc() -> None:
    assert set(RULES) == {method.name for method in SERVICE.contract.methods}


def test_a_volunteer_is_in_no_rule() -> None:
    """DESIGN §4.3"""
    assert not any(Role.VOLUNTEER in rule.roles | rule.elsewhere for rule in RULES.values())


def test_staff_of_another_ward_are_in_no_rule() -> None:
    assert all(rule.elsewhere <= {Role.CITIZEN} for rule in RULES.values())


def test_every_act_tells_an_event_of_a_stream_that_the_service_writes() -> None:
    assert set(acts.EVENTS) == set(Act)
    told = [*acts.EVENTS.values(), *register.EVENTS.values()]
    assert {stream_of(event_type(each)) for each in told} == set(SERVICE.streams)
    events = {name for name in events_pb2.DESCRIPTOR.message_types_by_name if name != "DossierFacts"}
    assert {each.DESCRIPTOR.name for each in told} == events


def test_every_act_is_the_applicants_or_some_roles() -> None:
    assert set(Act) == APPLICANT_ACTS | set(ACT_ROLES)


def test_the_migrations_make_the_tables_that_the_code_knows(database_url: Callable[[str], str]) -> None:
    together = sa.MetaData()
    for table in (*ChassisBase.metadata.sorted_tables, *Base.metadata.sorted_tables):
        table.to_metadata(together)
    engine = sa.create_engine(database_url("dossiers"))
    with engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), together)
    engine.dispose()
    assert difference == []


def test_the_migrations_stand_in_one_line() -> None:
    config = Config()
    config.set_main_option("script_location", "services/dossiers/migrations")
    script = ScriptDirectory.from_config(config)
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1
    assert all(not revision.is_branch_point and not revision.is_merge_point for revision in script.walk_revisions())
