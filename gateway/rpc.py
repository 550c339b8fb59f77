"""What the gateway knows about an RPC: who may call it, its refusals, its deadline; and the rules that RPCs share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, ParamSpec, TypeVar, cast

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from services.chassis.grpc.rules import Rule, not_in_practice, of_any_ward, of_ward
from services.chassis.tokens import OFFICE, UNKNOWN, Role

Fields = ParamSpec("Fields")
Answer_co = TypeVar("Answer_co", bound=Message, covariant=True)

#: Who may call: people with these roles, of the called ward or of any, as the name says.
PEOPLE = of_ward(*(role for role in Role if role not in UNKNOWN | {Role.SERVICE}))
RESIDENT = not_in_practice(of_ward(Role.CITIZEN))
APPLICANT = of_any_ward(Role.CITIZEN)
GUIDED = of_any_ward(Role.CITIZEN, here=frozenset({Role.VISITOR}))
VOLUNTEER = of_ward(Role.VOLUNTEER)
ADMIN = of_ward(Role.WARD_ADMIN)
REAL_ADMIN = not_in_practice(ADMIN)
STAFF = not_in_practice(of_ward(*OFFICE, Role.WARD_ADMIN, Role.VOLUNTEER))
OFFICER = of_ward(Role.CIVIL_STATUS_OFFICER)
SIGNER = of_ward(Role.SIGNER)
OFFICER_OR_SIGNER = of_ward(Role.CIVIL_STATUS_OFFICER, Role.SIGNER)
OFFICER_OR_ADMIN = of_ward(Role.CIVIL_STATUS_OFFICER, Role.WARD_ADMIN)
DESK = of_ward(Role.RECEPTIONIST, Role.CIVIL_STATUS_OFFICER)
BY_OFFICE = of_ward(*OFFICE)
OFFICE_OR_ADMIN = of_ward(*OFFICE, Role.WARD_ADMIN)
APPLICANT_OR_DESK = of_any_ward(Role.CITIZEN, here=DESK.roles)
APPLICANT_OR_OFFICE = of_any_ward(Role.CITIZEN, here=OFFICE)

READS = ("Find", "Get", "List", "Search", "Track", "Verify")  # how their names begin


def problems(said: str) -> Mapping[str, int]:
    """`404 unknown-dossier 409 draft-changed wrong-state`: the types of problems, each with the status before it."""
    found, status = {}, 0
    for word in said.split():
        if word.isdecimal():
            status = int(word)
        else:
            found[word] = status
    return found


class Rpc(Generic[Fields, Answer_co]):
    """An RPC: its request, its response, and how it is called.

    `by` and `refuses` tell the API's document who may call it, and its problems beside those of any call (`problems`);
    tests compare both with the service. `seconds` is its deadline. An RPC that only reads, or that says so, is
    `repeatable`: it may be tried again if the service is not reached. An RPC that changes something takes an
    idempotency key, unless it is not `keyed`.
    """

    def __init__(
        self,
        request: Callable[Fields, Message],
        answer: type[Answer_co],
        *,
        by: Rule,
        refuses: str = "",
        seconds: float = 3.0,
        repeatable: bool = False,
        keyed: bool = True,
    ) -> None:
        self.request = request
        self.answer = answer
        self.by = by
        self.refuses = problems(refuses)
        self.seconds = seconds
        self.descriptor: Descriptor = cast("Any", request).DESCRIPTOR
        (self.method,) = (
            method
            for service in self.descriptor.file.services_by_name.values()
            for method in service.methods
            if method.input_type is self.descriptor
        )
        self.name: str = self.method.name
        self.service = self.descriptor.file.package.split(".")[1]  # `accounts` of caunoi.accounts.v1
        reads = self.name.startswith(READS)
        self.repeatable = repeatable or reads
        self.keyed = keyed and not reads
