"""Nothing that people or devices hold at a station opens a dossier, a form value or a filing, in any service.

docs/architecture.md, rule 3. The table is `rpcs_at_a_station.txt`; what paths do with it is held by
tests/services/gateway/test_who_gets_in.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from google.protobuf.descriptor import Descriptor

from services.chassis.tokens import DEVICES, Principal, Role
from tests.guards.parts import SERVICES

WARD, ELSEWHERE = "20248", "20227"
HOLDERS = {"volunteer": Role.VOLUNTEER, "kiosk": Role.KIOSK, "scanner": Role.SCANNER}
OPEN = dict(
    line.split(maxsplit=1)
    for line in (Path(__file__).parent / "rpcs_at_a_station.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
)
METHODS = {f"{service.name}.{method.name}": method for service in SERVICES.values() for method in service.methods}
TABLE = {rpc: OPEN.get(rpc, "refused") for rpc in METHODS}


def principal(role: Role, ward: str = WARD) -> Principal:
    return Principal("11111111-2222-3333-4444-555555555555", ward, frozenset({role}))


def test_the_table_has_rpcs_alone_in_the_order_of_the_contracts() -> None:
    assert list(OPEN) == [rpc for rpc in METHODS if rpc in OPEN]
    assert "refused" not in OPEN.values()


@pytest.mark.parametrize("rpc", METHODS)
def test_each_holder_may_call_what_the_table_says_and_nothing_else(rpc: str) -> None:
    service, name = rpc.split(".")
    rule, said = SERVICES[service].rules[name], TABLE[rpc]
    assert rule.public == (said in ("public", "ticket"))
    for holder, role in HOLDERS.items():
        assert rule.allows(principal(role), WARD) == (rule.public or holder in said.split()), holder
        assert rule.allows(principal(role, ELSEWHERE), WARD) == rule.public, f"{holder} of another ward"
    assert rule.allows(None, WARD) == rule.public


def test_only_operations_for_a_device_s_own_work_name_devices() -> None:
    named = {rpc for rpc, said in TABLE.items() if {"kiosk", "scanner"} & set(said.split())}
    assert named == {"accounts.ClearKiosk", "accounts.IssueWardTokens", "accounts.OpenVisit", "accounts.TakeScan"}
    for service in SERVICES.values():
        for name, rule in service.rules.items():
            assert not (rule.elsewhere & DEVICES), name


def test_a_visitor_is_guided_and_nothing_else() -> None:
    """Somebody without an account; what they see and change is kept under their own random id (decision 35)."""
    opened = set()
    for rpc in METHODS:
        service, name = rpc.split(".")
        rule = SERVICES[service].rules[name]
        assert rule.public or not rule.allows(principal(Role.VISITOR, ELSEWHERE), WARD), rpc
        if not rule.public and rule.allows(principal(Role.VISITOR), WARD):
            opened.add(rpc)
    assert opened == {
        "accounts.RequestGuidedSession",
        "accounts.GetOwnGuidedSession",
        "accounts.ShowPlace",
        "accounts.EndGuidedSession",
        "accounts.WithdrawConsent",
    }


def test_no_rpc_of_dossiers_or_notifications_is_open_to_a_token_of_a_station() -> None:
    opened = {rpc for rpc, said in TABLE.items() if set(said.split()) & HOLDERS.keys()}
    assert {rpc for rpc in opened if not rpc.startswith("accounts.")} == set()


def texts_of(message: Descriptor, seen: frozenset[str] = frozenset()) -> set[str]:
    """Every field of text or bytes in a message and its parts."""
    found: set[str] = set()
    for field in message.fields:
        part = field.message_type
        if part is not None and part.full_name.startswith("caunoi.") and part.full_name not in seen:
            found |= texts_of(part, seen | {part.full_name})
        elif part is None and field.type in (field.TYPE_STRING, field.TYPE_BYTES):
            found.add(field.name)
    return found


#: Every text that reaches a volunteer in a guided session. A new one is added once it is sure that it carries no value.
TEXTS_FOR_VOLUNTEERS = {
    *("id", "state", "station_name", "kiosk_name", "ended_because"),
    *("page", "procedure", "procedure_version", "part", "fields", "field", "check"),  # held by domain/guidance.py
    *("kind", "subject", "title", "text", "explained_before"),  # of the lists, or of the citizen's place
}


def test_a_guided_session_has_no_text_for_what_somebody_typed() -> None:
    answers = [METHODS[f"accounts.{name}"].output_type for name in ("GetGuidedSession", "Guide", "JoinGuidedSession")]
    for answer in answers:
        assert texts_of(answer) == TEXTS_FOR_VOLUNTEERS
    watched = METHODS["accounts.WatchGuidedSessions"].output_type
    assert texts_of(watched) == {"session_id"}
