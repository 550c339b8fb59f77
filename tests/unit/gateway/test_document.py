"""The OpenAPI document says what the application does."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from gateway.acts import ACTS
from gateway.api.document import path_of
from gateway.api.operations import PREFIX, api
from tests.unit.gateway.conftest import application

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """Read once: to write and read half a megabyte takes longer than each of these tests."""
    answer = application().test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def each_operation(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def test_every_route_of_the_api_is_described_and_every_description_has_its_route(
    app: Flask, document: dict[str, Any]
) -> None:
    routes = {
        (method, path_of(rule.rule.removeprefix(PREFIX)))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & METHODS
        if rule.rule.startswith("/api/") and not rule.rule.endswith("/openapi.json")
    }
    assert routes == {(method, path) for method, path, _ in each_operation(document)}


def test_operation_ids_are_unique_and_fit_for_generated_clients(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in each_operation(document)]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z][A-Za-z]+", id) for id in ids)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(value: Any) -> list[str]:
        if isinstance(value, list):
            return [found for item in value for found in references(item)]
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [found for item in value.values() for found in references(item)]
        return []

    found = references(document)
    assert found
    for reference in found:
        place: Any = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


def test_every_path_parameter_is_declared(document: dict[str, Any]) -> None:
    for _, path, operation in each_operation(document):
        declared = {each["name"] for each in operation["parameters"] if each.get("in") == "path"}
        assert declared == set(re.findall(r"{(\w+)}", path)), path


def test_every_operation_documents_its_problems_and_who_may_call(document: dict[str, Any]) -> None:
    for _, path, operation in each_operation(document):
        assert {"400", "500", "503"} <= operation["responses"].keys(), path
        if operation["security"]:
            by = "ticket" if operation["tags"] == ["captures"] else "bearer"
            assert operation["security"] == [{by: []}]
            assert {"401", *(["403"] if by == "bearer" else [])} <= operation["responses"].keys(), path


def test_what_the_server_refuses_by_itself_is_documented(document: dict[str, Any]) -> None:
    """Before the application has the request: a line or headers that are too large, too much at once, a slow body."""
    for _, path, operation in each_operation(document):
        answers = operation["responses"].keys()
        assert {"414", "429", "431", "503"} <= answers, path
        assert ("408" in answers) == ("requestBody" in operation), path


def test_every_way_to_be_refused_for_what_vouches_for_the_caller_is_documented(document: dict[str, Any]) -> None:
    """401: without a token also for passwords, credentials and signatures that do not count."""
    without_token = {
        operation["operationId"]
        for _, _, operation in each_operation(document)
        if not operation["security"] and "401" in operation["responses"]
    }
    factors = {"completeSession", "startAuthenticator", "confirmAuthenticator"}
    assert without_token == factors | {"createSession", "refreshSession", "openDeviceSession", "notePayment"}


def test_what_the_practice_ward_does_not_have_is_forbidden_there_and_the_document_says_so(
    document: dict[str, Any],
) -> None:
    """The ward is in the path, or in something that a body names, such as the reference of a payment."""
    answers = {operation["operationId"]: operation["responses"] for _, _, operation in each_operation(document)}
    for operation in ("openAccount", "activateAccount", "notePayment"):
        assert "403" in answers[operation], operation


def test_the_token_of_a_computer_is_documented_wherever_it_is_read(document: dict[str, Any]) -> None:
    needed, optional = (
        {
            operation["operationId"]
            for _, _, operation in each_operation(document)
            if {"$ref": f"#/components/parameters/{name}"} in operation["parameters"]
        }
        for name in ("Kiosk", "KioskOrNot")
    )
    assert needed == {"claimVisit", "requestGuidedSession", "listScanners", "requestScan"}
    of_persons = {
        operation["operationId"]
        for _, path, operation in each_operation(document)
        if "{ward}" in path and operation["security"] == [{"bearer": []}]
    }
    assert needed | optional == of_persons
    assert {"submitDossier", "createDossier", "getOwnGuidedSession"} <= optional


def test_whatever_is_changed_on_its_version_can_be_read_with_it(document: dict[str, Any]) -> None:
    """Its own path, or the path of the dossier to which the change belongs, gives the ETag."""
    read = {
        path
        for method, path, operation in each_operation(document)
        if method == "GET" and "ETag" in operation["responses"]["200"].get("headers", {})
    }
    changed = {
        path
        for _, path, operation in each_operation(document)
        if {"$ref": "#/components/parameters/IfMatch"} in operation["parameters"]
    }
    assert changed
    assert [path for path in changed if not any(path == one or path.startswith(f"{one}/") for one in read)] == []


def test_what_has_a_number_as_version_has_it_as_its_etag_and_nothing_else(document: dict[str, Any]) -> None:
    """A consent text's version is a day, which no ETag carries."""
    schemas = document["components"]["schemas"]
    for method, path, operation in each_operation(document):
        status, answer = next(iter(operation["responses"].items()))
        name = (
            answer.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
        )
        members = schemas.get(name, {}).get("properties", {})
        versions = [members[each] for each in ("version", "dossier_version") if each in members]
        promised = "ETag" in answer.get("headers", {})
        assert promised == any(each["type"] == "integer" for each in versions), f"{method} {path} {status}"


def test_a_refusal_promises_the_version_in_force_where_the_operation_takes_one(document: dict[str, Any]) -> None:
    """What takes none, as a capture whose pages have changed, has none to give; nor is it known each time."""
    for _, path, operation in each_operation(document):
        passed = operation["responses"].get("412", {})
        stale = "stale-version" in passed.get("x-problems", ())
        takes = any("IfMatch" in each.get("$ref", "") for each in operation["parameters"])
        assert ("ETag" in passed.get("headers", {})) == (stale and takes), path
    assert "if known" in document["components"]["headers"]["ETagInForce"]["description"]


def test_query_parameters_that_are_needed_say_so(document: dict[str, Any]) -> None:
    needed = {
        operation["operationId"]: [each["name"] for each in operation["parameters"] if each.get("in") == "query"]
        for _, _, operation in each_operation(document)
        if any(each.get("in") == "query" and each["required"] for each in operation["parameters"])
    }
    assert needed == {"listDuties": ["since", "until"], "getTrackingBook": ["from", "to"]}


def test_operations_with_a_ticket_document_that_it_may_be_over(document: dict[str, Any]) -> None:
    by_ticket = [each for _, _, each in each_operation(document) if each["security"] == [{"ticket": []}]]
    told = [each["operationId"] for each in by_ticket if "409" in each["responses"]]
    assert told == ["getCaptureTicket", "addCapturePage"], "that all pages were sent can be said again"
    assert len(by_ticket) == len(told) + 1


def test_every_body_and_answer_in_json_has_an_example_that_fits_it(document: dict[str, Any]) -> None:
    shown = 0
    for _, path, operation in each_operation(document):
        answers = [answer for answer in operation["responses"].values() if "$ref" not in answer]
        for part in (operation.get("requestBody", {}), *answers):
            content = part.get("content", {}).get("application/json")
            if content is not None:
                (example,) = resolved(document, content["examples"].values())
                whole = {**content["schema"], "components": document["components"]}
                assert list(Draft202012Validator(whole).iter_errors(example["value"])) == [], path
                shown += 1
    assert shown > 150


def test_a_body_is_taken_as_its_example_stands(document: dict[str, Any]) -> None:
    for operation in api.operations:
        if operation.body is not None:
            operation.body.model_validate(document["components"]["examples"][operation.body.__name__]["value"])


def resolved(document: dict[str, Any], references: Iterable[dict[str, str]]) -> list[Any]:
    return [document["components"][each["$ref"].split("/")[2]][each["$ref"].split("/")[3]] for each in references]


UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
LETTERS = "[2-9A-HJ-NP-Z]"
#: A member of examples → what real ones look like.
LOOKS = {
    "id": UUID,
    "certificate_id": r"20248(-[2-9acdehkmnprtv-y]{4}){3}",
    "reference": rf"HT20248{LETTERS}{{8}}",
    "tracking_key": rf"{LETTERS}{{4}}-{LETTERS}{{4}}-{LETTERS}{{4}}",
    "procedure": r"1\.001193",
    "refresh_token": r"20248\.20248\.[\w-]{43}",
    "credential": r"20248\.[\w-]{43}",
    "ticket": r"[\w-]{43}",
    "sha256": r"[0-9a-f]{64}",
    "phone_masked": r"•{7}\d{3}",
}


def test_examples_look_like_what_is_real(document: dict[str, Any]) -> None:
    seen: dict[str, set[Any]] = defaultdict(set)
    for example in document["components"]["examples"].values():
        for name, value in members_of(example["value"]):
            if isinstance(value, str):
                seen[name].add(value)
    for name, look in LOOKS.items():
        assert seen[name], name
        assert [value for value in seen[name] if not re.fullmatch(look, value)] == [], name
    for name, values in seen.items():
        if name.endswith("_id") and name != "certificate_id":
            assert all(re.fullmatch(UUID, value) for value in values), name
    codes = seen["code"] - {"20248", "1.001193", "48291307", "482 913", "4829 1307", "K7QF2-9XMRT"}
    assert codes == {"009.01.01.H17-201006-0001", "482913"}  # of a dossier; of an authenticator app


def members_of(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        for item in value:
            yield from members_of(item)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield name, member
            yield from members_of(member)


def test_where_something_was_made_its_place_is_told(document: dict[str, Any]) -> None:
    """201 without a `Location`: what is made has no address of its own."""
    made = [each for _, _, each in each_operation(document) if "201" in each["responses"]]
    without = {each["operationId"] for each in made if "Location" not in each["responses"]["201"]["headers"]}
    assert without == {
        *("createSession", "requestRecovery", "requestPhoneChange", "requestPhoneReplacement", "requestConfirmation"),
        *("openAccount", "openPractice", "openVisit", "openDeviceSession", "enrolDevice"),
        *("addVolunteer", "renewPassword", "putOnDuty", "addDevice", "issueHouseholdCode"),
        *("startAuthenticator", "askSecondFactor", "addStaff", "renewStaffLink"),
    }
    assert len(made) > len(without)


def test_no_two_schemas_have_one_name(document: dict[str, Any]) -> None:
    """Where two models have it, both get the name of their module before it."""
    assert [name for name in document["components"]["schemas"] if not re.fullmatch(r"[A-Za-z]+", name)] == []


def test_ids_in_bodies_are_uuids(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    bodies = [
        content["schema"]["$ref"].rpartition("/")[2]
        for _, _, operation in each_operation(document)
        for kind, content in operation.get("requestBody", {}).get("content", {}).items()
        if kind == "application/json"
    ]
    found = {
        f"{body}.{name}": value
        for body in bodies
        for name, value in schemas[body].get("properties", {}).items()
        if name.endswith("_id")
    }
    assert {"NewDuty.opening_id", "NewScan.scanner_id", "GuidedSessionCode.duty_id"} <= found.keys()
    for name, value in found.items():
        choices = [value, *value.get("anyOf", [])]
        assert any(each.get("format") == "uuid" for each in choices), name


def test_every_operation_of_the_api_takes_an_idempotency_key_where_it_creates() -> None:
    takes_none = {each.id for each in api.operations if each.method == "POST" and not each.creates}
    sessions = {"activateAccount", "createSession", "refreshSession", "endSession"}
    devices = {"enrolDevice", "openDeviceSession", "clearKiosk", "takeScan"}
    # Each takes a ticket, or gives one; what is made with it is made once by the ticket.
    factors = {"completeSession", "startAuthenticator", "confirmAuthenticator", "askSecondFactor"}
    factors |= {"removeAuthenticator", "renewRecoveryCodes", "openStaffAccount"}
    visits = {"openVisit"}  # a token, for which nothing is stored
    joining = {"joinGuidedSession", "joinHousehold"}  # again by the same person with the same code: the same answer
    ending = {"endCapture"}  # once
    recovery = {"requestRecovery", "recoverAccount", "requestPhoneChange"}  # each sends codes, or takes one once
    # Another invented person each time, for no tokens are stored for a repetition; a practice counts once by nature.
    practising = {"openPractice", "provePractice", "recordPractice"}
    assert takes_none == sessions | factors | devices | visits | joining | ending | recovery | practising | {
        "findAccount",
        "trackDossier",
        "notePayment",
        "searchRegister",
        "searchDesk",  # a sealed id, for which nothing is stored
    }


def test_what_needs_the_version_says_so(document: dict[str, Any]) -> None:
    """Every operation that accepts it requires it, except those that cannot overwrite another person's change."""
    may_do_without = {
        operation["operationId"]
        for _, _, operation in each_operation(document)
        if {"$ref": "#/components/parameters/IfMatchOrNot"} in operation["parameters"]
    }
    assert may_do_without == {"addDocument", "deleteDraft", "payDossier", "removeDocument", "submitDossier"}
    assert document["components"]["parameters"]["IfMatch"]["required"]


def test_the_paths_that_the_design_fixes_are_there(document: dict[str, Any]) -> None:
    dossier = "/api/v1/wards/{ward}/dossiers/{dossier}"
    acts = "acceptance refusal supplement-request fee-request approval signature handover stop-proposal stop"
    acts += " supplement payment withdrawal submission extension"
    wanted = {
        ("GET", "/api/v1/wards"),
        ("GET", "/api/v1/procedures"),
        ("GET", "/api/v1/procedures/{code}"),
        ("POST", "/api/v1/wards/{ward}/accounts"),
        ("POST", "/api/v1/wards/{ward}/accounts/{account}/activation"),
        ("POST", "/api/v1/sessions"),
        ("GET", "/api/v1/me"),
        ("GET", "/api/v1/me/dossiers"),
        ("GET", "/api/v1/me/access-log"),
        ("POST", "/api/v1/wards/{ward}/dossiers"),
        ("GET", dossier),
        ("GET", f"{dossier}/history"),
        ("PUT", f"{dossier}/form"),
        ("POST", f"{dossier}/documents"),
        ("POST", f"{dossier}/confirmations"),
        ("GET", f"{dossier}/papers/{{kind}}"),
        ("POST", "/api/v1/tracking"),
        ("GET", "/api/v1/wards/{ward}/desk"),
        ("GET", "/api/v1/verify/{certificate}"),
        *(("POST", f"{dossier}/{act}") for act in acts.split()),
    }
    assert wanted <= {(method, path) for method, path, _ in each_operation(document)}


def test_what_is_not_built_yet_is_not_promised(client: FlaskClient, document: dict[str, Any]) -> None:
    for word in ("events", "subscriptions", "figures"):
        assert not [path for path in document["paths"] if path.endswith(word)]


def test_the_document_says_how_often_an_address_may_call_as_it_is_set() -> None:
    described = application(limit_drafts="7 per minute").test_client().get("/api/v1/openapi.json").get_json()
    assert described["paths"]["/api/v1/wards/{ward}/desk/dossiers"]["post"]["x-limit"] == "7 per minute"
    assert "x-limit" not in described["paths"]["/api/v1/wards"]["get"]


def test_an_example_does_not_contradict_itself(document: dict[str, Any]) -> None:
    shown = {name: example["value"] for name, example in document["components"]["examples"].items()}
    paper, dossier = shown["Certificate"], shown["Dossier"]
    assert not paper["practice"] or paper["status"] == "practice"
    assert not (paper["status"] == "valid" and (paper["changed_at"] or paper["registration_annulled"]))
    assert paper["entry_changed"] == (paper["status"] == "superseded")
    assert dossier["due_at"] is None or dossier["paused_at"] is None, "while the clock stands still nothing is due"
    assert (dossier["register_entry"] is None) == (dossier["status"] < 9)
    assert (dossier["verdict"] == "running") == (dossier["status"] < 9)
    assert all(sum(line["amount"] for line in fee["lines"]) == fee["total"] for fee in dossier["fees"])
    assert shown["AccessLog"]["entries"][0]["action"] in ACTS


def test_a_key_of_nobody_is_not_said_to_be_used_for_another_request(document: dict[str, Any]) -> None:
    """Without a token the request is a part of its key, so another body is another request."""
    for one in api.operations:
        if one.creates:
            described = document["paths"][path_of(one.rule)][one.method.lower()]["responses"].get("409", {})
            if "$ref" in described:
                described = document["components"]["responses"][described["$ref"].rpartition("/")[2]]
            assert ("idempotency-key-reused" in described.get("x-problems", ())) == one.by_person, one.id
