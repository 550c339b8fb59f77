"""Dossiers brought to each status, and every act tried on them without doing it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from google.protobuf.message import Message
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.chassis.clock import VIETNAM
from services.chassis.refusal import Refusal
from services.chassis.timestamps import stamp
from tests.conftest import NAM_DUONG
from tests.services.dossiers.world import CHAIR, DUNG, HOA, HOSPITAL_PAPER, SAU, Person, World, photograph


def answer_to(world: World, rpc: str, request: Message, who: Person) -> object:
    try:
        world.call(rpc, request, who)
    except Refusal as no:
        return (no.kind, no.type)
    return "done"


@contextmanager
def taken_back(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Meanwhile every commit writes all its rows, and then the database drops them."""

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
        except Refusal:  # it cannot be signed now, with any `seen`
            return "0" * 64

    def request(self, rpc: str, dossier: pb.Dossier) -> Message:
        """The request of the act; only status and caller can cause its refusal."""
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
            "ChangeDelivery": {"delivery": "office", "asked_by": "Nguyễn Thị Sáu", "asked_how": "came"},
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
