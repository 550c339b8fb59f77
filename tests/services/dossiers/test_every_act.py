"""Every act on a dossier, from every status, by everybody: done, or refused as the tables say, and nothing else.

Each act is really carried out, on the real service and database, up to its commit, which is taken back: so every one
of them finds its dossier as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Role
from tests.services.dossiers.acting import Dossiers, answer_to, taken_back
from tests.services.dossiers.world import CHAIR, DUNG, FOREIGN_OFFICER, HOA, SAU, STRANGER, VOLUNTEER, Person, World

ADMIN = Person("0b000000-0000-4000-8000-000000000009", "Phạm Gia Bảo", (Role.WARD_ADMIN,))
PEOPLE = {
    "applicant": SAU,
    "stranger": STRANGER,
    "volunteer": VOLUNTEER,
    "reception": HOA,
    "officer": DUNG,
    "signer": CHAIR,
    "admin": ADMIN,
    "elsewhere": FOREIGN_OFFICER,
}
EVERY = range(11)
#: The meaning of a letter in the tables; `+` in a status that does not allow the act is `wrong-state`.
ANSWERS = {"-": (Kind.FORBIDDEN, "not-allowed"), "?": (Kind.NOT_FOUND, "unknown-dossier")}
WRONG_STATE = (Kind.CONFLICT, "wrong-state")

#: Who fills a dossier in, files it, supplements and withdraws it: whose it is; for those who came in, the desk.
#:                      applicant stranger volunteer reception officer signer admin elsewhere
FILLING = """
    SaveForm            | online  | + ? - ? ? - - - | 0
    SaveForm            | counter | ? ? - + + - - - | 0
    AddDocument         | online  | + ? - ? ? - - - | 0 5
    AddDocument         | counter | ? ? - + + - - - | 0 5
    DeleteDraft         | online  | + ? - ? ? - - - | 0
    DeleteDraft         | counter | ? ? - + + - - - | 0
    RemoveDocument      | online  | + ? - ? ? - - - | 0 5
    RemoveDocument      | counter | ? ? - + + - - - | 0 5
    NoteGuidedSession        | online  | + ? - - - - - - | 0
    NoteGuidedSession        | counter | ? ? - - - - - - |
    RequestConfirmation | online  | + ? - - - - - - | 0
    RequestConfirmation | counter | ? ? - - - - - - |
    SubmitDossier       | online  | + ? - - - - - - | 0
    SubmitDossier       | counter | ? ? - - - - - - |
    SubmitAtCounter     | online  | - - - ? ? - - - |
    SubmitAtCounter     | counter | - - - + + - - - | 0
    SupplementDossier   | online  | + ? - ? ? - - - | 5
    SupplementDossier   | counter | ? ? - + + - - - | 5
    WithdrawDossier     | online  | + ? - ? ? - - - | 1 2 4 5 6
    WithdrawDossier     | counter | ? ? - + + - - - | 1 2 4 5 6
    StartPayment        | online  | + ? - - - - - - | 6
    StartPayment        | counter | ? ? - - - - - - |
"""
#: The office's acts on filed dossiers, from any channel; the office has no access to drafts. applicant stranger
#: volunteer reception officer signer admin elsewhere
OFFICE = """
    AssignDossier       | both    | - - - + + + - - | 1 2 4 5 6
    CompareDocument     | both    | - - - + + - - - | 1 2 4 5 6 9
    RecordResidence     | both    | - - - + + - - - | 1 2 4 5 6 9
    AcceptDossier       | both    | - - - + + - - - | 1
    RefuseDossier       | both    | - - - + + - - - | 1
    RequestSupplement   | both    | - - - + + - - - | 1 2 4
    RequestFee          | both    | - - - + + - - - | 2 4
    RecordPayment       | both    | - - - + + - - - | 6
    ExtendDossier       | both    | - - - - + + - - | 2 4
    RequestVerification | both    | - - - - + - - - | 2 4
    RecordVerificationReply | both | - - - - + - - - | 4 5 6
    ApproveDossier      | both    | - - - - + - - - | 2 4
    SignDossier         | both    | - - - - - + - - | 4
    ReturnDossier       | both    | - - - - - + - - | 2 4 5 6 9
    ChangeDelivery      | both    | - - - + + - - - | 1 2 4 5 6 9
    HandOverDossier     | both    | - - - + + - - - | 9
    ProposeStop         | both    | - - - - + - - - | 2 4 5 6
    StopDossier         | both    | - - - - - + - - | 2 4 5 6 9
"""
#: Done as far as these dossiers go: no payment provider is set up, none of them waits for an answer, and until 2023
#: residence is not looked up. What needs the register signed is had at the office alone.
AS_DONE = {
    "ChangeDelivery": (Kind.INVALID, "invalid-field"),
    "StartPayment": (Kind.CONFLICT, "no-online-payment"),
    "RecordVerificationReply": (Kind.NOT_FOUND, "unknown-verification"),
    "RecordResidence": (Kind.INVALID, "unknown-field"),
}


#: Only the entry of these dossiers waits for the signer, in status 4; none of their rejections does.
NOTHING_PROPOSED = {("ReturnDossier", status) for status in (2, 5, 6, 9)} | {
    ("StopDossier", status) for status in (2, 4, 5, 6, 9)
}
NOT_APPROVED = (Kind.CONFLICT, "not-approved")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: who gets which answer, and from which statuses the act leads on."""

    rpc: str
    channels: tuple[str, ...]
    answers: Mapping[str, str]  # by role
    statuses: frozenset[int]
    hides_drafts: bool

    def expected(self, status: int, role: str) -> object:
        answer = self.answers[role]
        if answer != "+":
            return ANSWERS[answer]
        if status == 0 and self.hides_drafts:
            return ANSWERS["?"]
        if (self.rpc, status) in NOTHING_PROPOSED:
            return NOT_APPROVED
        return AS_DONE.get(self.rpc, "done") if status in self.statuses else WRONG_STATE


def lines(table: str, *, hides_drafts: bool) -> Iterator[Line]:
    for line in table.strip().splitlines():
        rpc, channel, answers, statuses = (part.strip() for part in line.split("|"))
        channels = ("online", "counter") if channel == "both" else (channel,)
        by_role = dict(zip(PEOPLE, answers.split(), strict=True))
        yield Line(rpc, channels, by_role, frozenset(map(int, statuses.split())), hides_drafts)


LINES = [*lines(FILLING, hides_drafts=False), *lines(OFFICE, hides_drafts=True)]


def test_every_act_on_a_dossier_is_in_the_tables() -> None:
    service = pb.DESCRIPTOR.services_by_name["DossiersService"]
    acts = {
        rpc.name
        for rpc in service.methods
        if "dossier_id" in rpc.input_type.fields_by_name and not rpc.name.startswith(("Get", "Prove"))
    }
    assert acts == {line.rpc for line in LINES}


@pytest.mark.parametrize("channel", ["online", "counter"])
def test_each_is_done_or_refused_as_the_tables_say(world: World, channel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dossiers = Dossiers(world, channel)
    by_status = {status: dossiers.brought_to(status) for status in EVERY}
    assert {status: found.status for status, found in by_status.items()} == {status: status for status in EVERY}
    requests = {
        (line.rpc, status): dossiers.request(line.rpc, by_status[status])
        for line in LINES
        for status in EVERY
        if channel in line.channels
    }
    different = []
    with taken_back(monkeypatch):
        for line in LINES:
            for status in EVERY if channel in line.channels else ():
                for role, who in PEOPLE.items():
                    answer = answer_to(world, line.rpc, requests[line.rpc, status], who)
                    expected = line.expected(status, role)
                    if answer != expected:
                        different.append(f"{line.rpc} in {status} by {role}: {answer}, expected {expected}")
    assert different == []
    for status, before in by_status.items():
        now = world.get(before.id, dossiers.filer)
        assert (now.status, now.version) == (status, before.version), "nothing was changed"


@pytest.mark.parametrize("channel", ["online", "counter"])
def test_each_that_names_a_passed_version_is_told_the_one_in_force(
    world: World, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the first status from which it leads on, by the first who may do it."""
    dossiers = Dossiers(world, channel)
    by_status: dict[int, pb.Dossier] = {}
    named = []
    for line in (each for each in LINES if channel in each.channels and each.statuses):
        status = min(line.statuses)
        if status not in by_status:
            by_status[status] = dossiers.brought_to(status)
        request: Any = dossiers.request(line.rpc, by_status[status])
        if "expected_version" not in request.DESCRIPTOR.fields_by_name:
            continue
        request.expected_version = by_status[status].version + 7
        who = next(PEOPLE[role] for role in PEOPLE if line.expected(status, role) not in ANSWERS.values())
        with taken_back(monkeypatch), pytest.raises(Refusal) as no:
            world.call(line.rpc, request, who)
        told = (no.value.kind, no.value.type, no.value.version)
        assert told == (Kind.STALE, "stale-version", by_status[status].version), line.rpc
        named.append(line.rpc)
    assert len(named) > 20
