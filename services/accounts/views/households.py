"""A household as the contract's messages: for each member the name, since when, and whether they can do it alone."""

from __future__ import annotations

from caunoi.accounts.v1 import households_pb2
from google.protobuf.empty_pb2 import Empty

from services.accounts.use_cases.households import Issued, Seen
from services.accounts.use_cases.unit import Unit
from services.chassis.timestamps import stamp


def shown(seen: Seen) -> households_pb2.Household:
    group = seen.household.residential_group if seen.own.is_head else None
    members = (
        households_pb2.HouseholdMember(
            id=str(one.id),
            full_name=seen.names[one.account_id],
            joined_at=stamp(one.joined_at),
            able_alone=one.account_id in seen.able,
            is_head=one.is_head,
            is_caller=one.id == seen.own.id,
        )
        for one in seen.members
    )
    return households_pb2.Household(
        started_at=stamp(seen.household.started_at),
        members=members,
        covered=bool(seen.able),
        residential_group=group or 0,
    )


def household(_: Unit, seen: Seen) -> households_pb2.Household:
    return shown(seen)


def code(_: Unit, issued: Issued) -> households_pb2.HouseholdCode:
    return households_pb2.HouseholdCode(code=issued.code, expires_at=stamp(issued.expires_at))


def done(_: Unit, __: None) -> Empty:
    return Empty()
