"""A refusal's `fields` keep the promise of docs/api.md: a client finds the named fields in its own request."""

from __future__ import annotations

import re

import pytest

from gateway.api.operations import Operation, api, pointing
from gateway.models import Nothing
from services.chassis.refusal import FieldFault, Kind, Refusal
from tests.guards.reach import fields_computed, fields_computed_for, fields_named

HEADERS = {"Idempotency-Key", "If-Match", "Content-Type"}
PARTS = {"kind", "file"}  # of `multipart/form-data`
OF_THE_DOSSIER = ("documents/", "verifications/")
#: Operation → fields that its RPC can name, but not of what this operation sends: each with its reason.
NEVER: dict[tuple[str, str], str] = {
    ("submitAtCounter", "form_json"): "what is filed was saved before, and was not too large then",
    ("submitDossier", "form_json"): "what is filed was saved before, and was not too large then",
    ("searchDesk", "register"): "the work list is no register",
    ("searchDesk", "from_day"): "the work list is no register",
    ("searchDesk", "to_day"): "the work list is no register",
    ("searchDesk", "reason"): "a register alone asks for one",
    ("searchRegister", "search"): "it starts a search, and opens none",
    ("createDossier", "channel"): "the path says it",
    ("requestConfirmation", "binding"): "the dossiers service sends it to accounts",
    ("requestConfirmation", "purpose"): "the dossiers service sends it to accounts",
    ("submitDossier", "redemption"): "the dossiers service sends it to accounts",
    ("changePhone", "otp"): "renamed to that of the two codes which is wrong",
    ("replacePhone", "old_otp"): "the office asks for the code of the new number alone",
    ("replacePhone", "new_otp"): "the office asks for the code of the new number alone, as `otp`",
    ("getTimetable", "since"): "its days are counted, not asked for",
    ("getTimetable", "until"): "its days are counted, not asked for",
    **{
        (operation, f"new_identity_{part}"): "a changed paper alone is a new one; this is the one that is known"
        for operation in ("findAccount", "confirmIdentity", "requestPhoneReplacement", "closeAccount")
        for part in ("kind", "number")
    },
}
#: Where only the run knows the name: module and expression → what it can be.
COMPUTED: dict[tuple[str, str], str] = {
    ("services.accounts.domain.changes", "f'{fields}_kind'"): "identity_kind, new_identity_kind",
    ("services.accounts.domain.changes", "f'{fields}_number'"): "identity_number, new_identity_number",
    ("services.accounts.domain.opening", "fault.field"): "a member of the application",
    ("services.accounts.domain.openings", "'until' if first else 'since'"): "parameters of the timetable",
    ("services.accounts.domain.openings", "missing"): "since, until",
    ("services.accounts.domain.stations", "name"): "a member of the station",
    ("services.accounts.use_cases.phones", "_OTPS[purpose]"): "old_otp, new_otp",
    ("services.chassis.grpc.client", "item.field"): "what another service named",
    ("services.dossiers.forms", "f'{at}/{name}'"): "a pointer into the form",
    ("services.dossiers.forms", "f'{at}/{part}'"): "a pointer into the form",
    ("services.dossiers.use_cases.intake.captures", "paper"): "documents/<kind>",
    ("services.dossiers.use_cases.intake.filing", "WHO_FILES"): "a pointer into the form",
    ("services.dossiers.use_cases.intake.filing", "each.field"): "a finding's: a pointer or documents/<kind>",
    ("services.dossiers.use_cases.intake.filing", "procedure.handover.asked"): "a pointer of the procedure",
    ("services.dossiers.use_cases.intake.supplement", "each"): "what was asked for: a pointer or documents/<kind>",
    ("services.dossiers.use_cases.intake.supplement", "pointer"): "a pointer into the form",
    ("services.dossiers.use_cases.office.desk", "field"): "a member of the approval",
    ("services.dossiers.use_cases.office.desk", "name"): "a member of the approval",
    ("services.dossiers.use_cases.office.delivery", "*each"): "delivery, address, asked_how",
    ("services.dossiers.use_cases.office.handover", "field"): "a member of the hand-over, or documents/<kind>",
    ("services.dossiers.use_cases.office.verification", "name"): "a member of the question or of the answer",
    ("services.dossiers.use_cases.papers.blanks", "field"): "dx, dy",
    ("services.dossiers.use_cases.registers.asked_deaths", "field"): "died_on, who_died, death_entry",
    ("services.dossiers.use_cases.registers.asked_notes", "field"): "basis, basis_number, basis_agency, basis_date",
    ("services.dossiers.use_cases.registers.asked_changes", "asked.names"): "changes/<place>/at, new_name",
    ("services.dossiers.use_cases.registers.asked_changes", "asked.says"): "changes/<place>/value, new_name",
    ("services.dossiers.use_cases.registers.obstacles", "*each"): "documents/<kind>",
    ("services.dossiers.use_cases.registers.obstacles", "*said_of"): "wife_elsewhere, wife_elsewhere_note",
    ("services.dossiers.use_cases.registers.obstacles", "[*each.when][-1]"): "a pointer of the procedure",
    ("services.dossiers.use_cases.registers.obstacles", "each.field"): "a finding's: a pointer or documents/<kind>",
    ("services.dossiers.use_cases.registers.obstacles", "f'{VERIFICATIONS}{id}'"): "verifications/<id>",
    ("services.dossiers.use_cases.registers.obstacles", "field"): "a pointer of the procedure",
    ("services.dossiers.use_cases.searches", "field"): "from_day, to_day",
    ("services.notifications.use_cases.codes", "name"): "between services",
    ("services.notifications.use_cases.notices", "name"): "between services",
}


def told(operation: Operation, field: str) -> str:
    no = Refusal(Kind.INVALID, "invalid-field", "", fields=(FieldFault(field, ""),))
    return pointing(operation, no).fields[0].field


def is_known(operation: Operation, field: str) -> bool:
    queried = {each.alias or name for name, each in operation.query.model_fields.items()}
    parameters = set(re.findall(r"<(?:[^:<>]+:)?(\w+)>", operation.rule)) | queried
    if field.startswith("/"):
        members = {each.alias or name for name, each in (operation.body or Nothing).model_fields.items()}
        return field.split("/")[1] in members
    return field == "" or field in HEADERS | parameters | (PARTS if operation.upload else set())


@pytest.mark.parametrize("operation", [pytest.param(each, id=each.id) for each in api.operations])
def test_every_field_that_an_operation_can_name_is_found_in_what_it_takes(operation: Operation) -> None:
    strange = {}
    for rpc in operation.rpcs:
        for field, way in fields_named(rpc.name).items():
            if field.startswith(OF_THE_DOSSIER) or (operation.id, field) in NEVER:
                continue
            if not is_known(operation, told(operation, field)):
                strange[field] = " → ".join(".".join(place) for place in way)
    assert strange == {}


@pytest.mark.parametrize("operation", [pytest.param(each, id=each.id) for each in api.operations])
def test_every_field_that_only_the_run_knows_is_found_in_what_the_operation_takes(operation: Operation) -> None:
    """As far as the list above says its name; a pointer into a form, or what another service named, is not held."""
    strange = {}
    for rpc in operation.rpcs:
        for place, way in fields_computed_for(rpc.name).items():
            for field in re.split("[,;] ", COMPUTED[place]):
                if re.fullmatch("[a-z_]+", field) and not is_known(operation, told(operation, field)):
                    strange[field] = " → ".join(".".join(each) for each in way)
    assert {field: way for field, way in strange.items() if (operation.id, field) not in NEVER} == {}


def test_what_only_the_run_knows_is_listed_with_what_it_can_be() -> None:
    assert fields_computed() == COMPUTED.keys()
