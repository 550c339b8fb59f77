"""Whatever a citizen, a receptionist and an officer send: nothing breaks, and each answer is one that the document
describes.

What the ids in paths name is there, so that requests get past "not found". All of it is in a ward where no other test
works, for much is changed, closed and taken back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.e2e.api import Api, Phone, Staff, accepted, sign_in, staff_of
from tests.e2e.birth import HOSPITAL_PAPER, PROCEDURE, photograph, whole_form
from tests.e2e.cases import Case
from tests.e2e.drafts import begin

WARD, SLUG, CITIZEN = "20227", "thanh-binh", "0905201303"
EXAMPLES = 2  # of each operation for each caller, in each mode; the same ones in every run
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
#: Roles of the callers who work for the ward.
ROLES = {"receptionist": "receptionist", "officer": "civil_status_officer"}
#: Reads come first; last comes what takes away what the others are tried on.
ORDER = ("GET", "PUT", "POST", "DELETE")
TAKES_AWAY = ("withdrawal", "refusal", "stop", "stop-proposal", "closing")

Operation = schemathesis.schemas.APIOperation[Any, Any, Any, Any]


@dataclass(frozen=True)
class Scene:
    """The callers, and for each path parameter the values that exist; for other parameters the generated value
    stays.
    """

    callers: Mapping[str, Api]
    named: Mapping[str, Sequence[str]]

    def place(self, operation: Operation, number: int) -> dict[str, str]:
        """Values of the path's parameters for the request of this number."""
        names = [parameter.name for parameter in operation.path_parameters]
        return {name: self.named[name][number % len(self.named[name])] for name in names if name in self.named}


@pytest.fixture(scope="module")
def scene(url: str) -> Scene:
    citizen, staff = sign_in(url, CITIZEN), staff_of(url, WARD, SLUG)
    draft = begin(citizen, ward=WARD)
    document = accepted(citizen.upload(draft.path, HOSPITAL_PAPER, "giấy.jpg", photograph(120))).json()["id"]
    filed, done = (filed_birth(url, citizen, staff, child) for child in ("Lê Minh Anh", "Lê Minh Bảo"))
    entry = done.registered()
    days = {"since": date.today().isoformat(), "until": (date.today() + timedelta(days=9)).isoformat()}
    station = next(one for one in citizen.get(f"/wards/{WARD}/stations", params=days)["stations"] if one["openings"])
    return Scene(
        callers={"citizen": citizen, "receptionist": staff.reception, "officer": staff.officer},
        named={
            "ward": [WARD],
            "code": [PROCEDURE],
            "dossier": [path.rpartition("/")[2] for path in (done.path, draft.path, filed.path)],
            "document": [document],
            "kind": [HOSPITAL_PAPER, "receipt", "certificate"],
            "certificate": [entry["certificate_id"]],
            "register": ["birth"],
            "entry": [entry["id"]],
            "year": [str(date.today().year)],
            "volume": ["1"],
            "account": [citizen.get("/me")["id"]],
            "station": [station["id"]],
            "opening": [station["openings"][0]["id"]],
        },
    )


def filed_birth(url: str, citizen: Api, staff: Staff, child: str) -> Case:
    draft, phone = begin(citizen, ward=WARD, form=whole_form(child)), Phone(url, CITIZEN)
    filed = citizen.post(f"{draft.path}/submission", draft.confirm(phone))
    return Case(url, citizen, staff, phone, draft.path, filed["code"], filed["tracking_key"])


def operations(url: str) -> list[Operation]:
    """The document's operations, in the order in which they are tried."""
    document = schemathesis.openapi.from_url(f"{url}/api/v1/openapi.json")
    found = [each.ok() for each in document.get_all_operations() if isinstance(each, Ok)]
    return sorted(found, key=lambda one: (one.path.endswith(TAKES_AWAY), ORDER.index(one.method.upper())))


def modes(operation: Operation) -> list[GenerationMode]:
    """Only a body or a query can differ from the description, because paths name what exists."""
    can_be_wrong = operation.body or operation.query
    return [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if can_be_wrong else [])]


def is_foreseen(operation: Operation, answer: schemathesis.Response) -> bool:
    """Whether an answer is no problem, or one of a type that the document has there for the operation."""
    if answer.status_code < 400:
        return True
    described = operation.definition.raw["responses"].get(str(answer.status_code), {})
    if "$ref" in described:
        described = operation.schema.raw_schema["components"]["responses"][described["$ref"].rpartition("/")[2]]
    return answer.json()["type"].rpartition("/")[2] in described.get("x-problems", ())


def is_let_in_as_described(operation: Operation, role: str, answer: schemathesis.Response) -> bool:
    """Whether somebody of the office gets in where their role is named, and nowhere else."""
    raw = operation.definition.raw
    if raw["operationId"] == "payDossier":  # whose it is follows from the body
        return True
    if answer.status_code == 403 and raw.get("x-wards") is None:
        return role not in raw.get("x-roles", ()) or not answer.json()["type"].endswith("/not-allowed")
    return answer.status_code >= 400 or role in raw.get("x-roles", [role])


def example_of(operation: Operation) -> Any:
    """The body that the document shows; None where the operation takes no JSON."""
    content = operation.definition.raw.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    ((name, _),) = content["examples"].items()
    return operation.schema.raw_schema["components"]["examples"][name]["value"]


class Tried:
    """The results of the requests: how often each status came, and which answers the document does not have."""

    def __init__(self, url: str, scene: Scene) -> None:
        self._url, self._scene = url, scene
        self.statuses: dict[str, Counter[int]] = defaultdict(Counter)
        self.wrong: list[str] = []

    def send(self, case: schemathesis.Case[Any], caller: str, number: int) -> None:
        """Sends a case at the place in the scene that has this number."""
        operation = case.operation
        case.path_parameters.update(self._scene.place(operation, number))
        headers = {"Authorization": f"Bearer {self._scene.callers[caller].token}"}
        if number % EXAMPLES:  # else as they were made up, and refused for that
            case.headers.pop("X-Caunoi-Kiosk", None)
            headers["If-Match"] = "*"
        answer = case.call(base_url=self._url, headers=headers)
        self.statuses[caller][answer.status_code] += 1
        try:
            case.validate_response(answer, checks=CHECKS)
            assert answer.status_code < 500
            assert is_foreseen(operation, answer)
            assert caller not in ROLES or is_let_in_as_described(operation, ROLES[caller], answer)
        except (AssertionError, FailureGroup) as fault:
            self.wrong.append(f"{caller}: {operation.label} {answer.status_code}: {fault}\n{answer.text[:500]}")

    def generated(self, operation: Operation, caller: str, mode: GenerationMode) -> None:
        number = 0

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def tried(case: schemathesis.Case[Any]) -> None:
            nonlocal number
            self.send(case, caller, number)
            number += 1

        tried()

    def examples(self, operation: Operation, caller: str) -> None:
        """The body that the document shows, at each place of the scene."""
        body = example_of(operation)
        if body is not None:
            for number in (1, 3, 5):  # each of three dossiers, none with made up headers
                nothing = {parameter.name: str(uuid4()) for parameter in operation.path_parameters}
                case = operation.Case(body=body, media_type="application/json", path_parameters=nothing)
                self.send(case, caller, number)


def test_no_request_breaks_anything_and_each_answer_is_one_that_the_document_describes(url: str, scene: Scene) -> None:
    tried = Tried(url, scene)
    for operation in operations(url):
        for caller in scene.callers:
            for mode in modes(operation):
                tried.generated(operation, caller, mode)
            tried.examples(operation, caller)
    print({caller: dict(counted) for caller, counted in tried.statuses.items()})
    assert not tried.wrong, "\n\n".join(tried.wrong)
    for caller, counted in tried.statuses.items():
        assert {200, 400, 403, 404, 409} <= counted.keys(), f"{caller}: {counted}"
