"""Every act on a dossier, from every status, by everybody: done, or refused as the tables say, and nothing else.

Each act is really carried out, on the real service and database, up to its commit, which is taken back: so every one
of them finds its dossier as it was.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from google.protobuf.message import Message
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.chassis.clock import VIETNAM
from services.chassis.refusal import Kind, Refusal
from services.chassis.timestamps import stamp
from services.chassis.tokens import Role
from tests.conftest import NAM_DUONG
from tests.services.dossiers.world import (
    CHAIR,
    DUNG,
    FOREIGN_OFFICER,
    HOA,
    HOSPITAL_PAPER,
    SAU,
    STRANGER,
    VOLUNTEER,
    Person,
    World,
    photograph,
)

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
#: What a letter of the tables stands for; `+` in a status that does not allow the act is `wrong-state`.
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
#: What the office does to what was filed, however it came in; a draft is none of its business.
#:                      applicant stranger volunteer reception officer signer admin elsewhere
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
    HandOverDossier     | both    | - - - + + - - - | 9
    ProposeStop         | both    | - - - - + - - - | 2 4 5 6
    StopDossier         | both    | - - - - - + - - | 2 4 5 6 9
"""
#: Done as far as these dossiers go: no payment provider is set up, none of them waits for an answer, and until 2023
#: residence is not looked up.
AS_DONE = {
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


def answer_to(world: World, rpc: str, request: Message, who: Person) -> object:
    try:
        world.call(rpc, request, who)
    except Refusal as no:
        return (no.kind, no.type)
    return "done"


@contextmanager
def taken_back(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Meanwhile every commit writes all it has to, and then the database forgets it."""

    def forget(session: Session) -> None:
        session.flush()
        session.execute(text("ROLLBACK"))

    with monkeypatch.context() as patched:
        patched.setattr(Session, "commit", forget)
        yield


class Dossiers:
    """Dossiers of one channel, each brought to a status by the way that leads there."""

    def __init__(self, world: World, channel: str) -> None:
        self.world = world
        self.filer = SAU if channel == "online" else HOA
        self._channel = channel
        self._confirmations: dict[str, str] = {}

    def brought_to(self, status: int) -> pb.Dossier:
        draft = self.world.ready(self.filer, "" if self._channel == "online" else self._channel)
        if self._channel == "online":
            self._confirmations[draft.id] = self.world.confirm(draft.id).id
        if status > 0:
            self._file(draft.id)
            for step in self._ways[status]:
                step(draft.id)
        return self.world.get(draft.id, self.filer)

    def _file(self, id: str) -> None:
        if self._channel == "online":
            self.world.submit(id, self._confirmations[id])
        else:
            self.world.submit_at_counter(id)

    @property
    def _ways(self) -> Mapping[int, tuple[Callable[[str], object], ...]]:
        world = self.world

        def act(rpc: str, who: Person) -> Callable[[str], object]:
            return lambda dossier: world.call(rpc, self.request(rpc, world.get(dossier, self.filer)), who)

        def asked(id: str) -> None:
            world.ask(id, "/child/full_name", f"documents/{HOSPITAL_PAPER}")
            world.add(id, photograph(60), self.filer)

        accepted = (world.accept, world.compare_all)
        prepared = (*accepted, world.approve)
        signed = (*prepared, world.sign, world.compare_all)
        return {
            1: (),
            2: accepted,
            3: (act("RefuseDossier", HOA),),
            4: prepared,
            5: (*accepted, asked),
            6: (*accepted, act("RequestFee", HOA)),
            7: (act("WithdrawDossier", self.filer),),
            8: (*accepted, act("ProposeStop", DUNG), act("StopDossier", CHAIR)),
            9: signed,
            10: (*signed, world.hand_over),
        }

    def _seen(self, dossier: pb.Dossier) -> str:
        try:
            return self.world.seen(dossier.id)
        except Refusal:  # it cannot be signed now, whatever was seen
            return "0" * 64

    def request(self, rpc: str, dossier: pb.Dossier) -> Message:
        """What is sent to do the act, such that only status and caller can stand in its way."""
        by_rpc: dict[str, dict[str, Any]] = {
            "SaveForm": {"form_json": json.dumps({"child": {"full_name": "Nguyễn Minh Ân"}})},
            "AddDocument": {"kind": HOSPITAL_PAPER, "filename": "a.jpg", "content": photograph(30)},
            "RemoveDocument": {"document_id": min(dossier.documents, key=lambda each: not each.removable).id},
            "NoteGuidedSession": {"ward": NAM_DUONG, "session_id": "00000000-0000-4000-8000-000000000001"},
            "SubmitDossier": {"confirmation_id": self._confirmations.get(dossier.id, ""), "otp": "480248"},
            "SubmitAtCounter": {"form_signed": True},
            "SupplementDossier": {"form_json": json.dumps({"child": {"full_name": "Nguyễn Minh Ân"}})},
            "WithdrawDossier": {"request_signed": True},
            "CompareDocument": {"kind": HOSPITAL_PAPER, "agrees": True},
            "RecordResidence": {"field": "/mother/residence", "source": "population", "result": "as-declared"},
            "RefuseDossier": {"reason": "Ngoài thẩm quyền", "article": "Luật Hộ tịch 2014 Đ13"},
            "RequestSupplement": {
                "items": [pb.SupplementItem(field="/child/full_name", text="Xin xem lại.")],
                "reason": "Chưa khớp",
            },
            "RequestFee": {"items": [pb.FeeItem(item="copy", count=1)], "reason": "Xin thêm bản sao"},
            "ExtendDossier": {"new_due_at": stamp(datetime(2020, 10, 8, 9, tzinfo=VIETNAM)), "reason": "Máy chủ hỏng"},
            "RequestVerification": {
                "kind": "inquiry",
                "recipient": "Ủy ban nhân dân xã Điện Phong",
                "person": "Trần Thị Lan",
                "question": "Tình trạng cư trú",
            },
            "RecordVerificationReply": {"outcome": "done", "text": "Đã xác minh"},
            "RecordPayment": {"receipt": "BL 1"},
            "HandOverDossier": {"recipient_name": "Nguyễn Văn Hùng", "register_signed": True},
            "SignDossier": {
                "no_conflict_of_interest": True,
                "seen": self._seen(dossier) if rpc == "SignDossier" else "",
            },
            "ReturnDossier": {"reason": "Xin xem lại họ tên mẹ"},
            "ProposeStop": {"reason": "Giấy tờ giả", "article": "NĐ 123/2015 Đ3"},
        }
        kind = pb.DESCRIPTOR.services_by_name["DossiersService"].methods_by_name[rpc].input_type
        message: Message = getattr(pb, kind.name)(dossier_id=dossier.id, **by_rpc.get(rpc, {}))
        return message
