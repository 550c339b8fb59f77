"""Shared by the tests of deadlines and verifications: dossiers with a running clock, and the acts that move it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from caunoi.dossiers.v1 import dossiers_pb2 as pb
from google.protobuf.timestamp_pb2 import Timestamp
from pypdf import PdfReader

from services.chassis.clock import VIETNAM
from services.dossiers.use_cases.clock.sweep import sweep_once
from tests.services.dossiers.world import (
    BIRTH,
    DUNG,
    HOA,
    NAM_DUONG,
    Person,
    World,
    birth_form,
)

STATUS = "1.004873"


INQUIRY: dict[str, Any] = {
    "kind": "inquiry",
    "recipient": "Ủy ban nhân dân xã Điện Phong, thị xã Điện Bàn, tỉnh Quảng Nam",
    "person": "Trần Thị Mỹ Duyên",
    "birth_date": "21/03/1994",
    "identity_paper": "CCCD số 048194000321",
    "place": "thôn Thi Phương, xã Điện Phong",
    "from_day": "01/06/2013",
    "until_day": "11/08/2016",
    "question": "Tình trạng hôn nhân trong thời gian cư trú",
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def shown(moment: Timestamp) -> str:
    return f"{moment.ToDatetime(tzinfo=VIETNAM):%Y-%m-%d %H:%M}"


def accepted(world: World, code: str = BIRTH, form: Mapping[str, Any] | None = None) -> str:
    """A dossier that was accepted, and paid for if there is a fee (NĐ 87/2020 Đ12)."""
    id = world.filed_as(code, form if form is not None else birth_form())
    if world.accept(id).status == 6:
        world.call("RecordPayment", pb.RecordPaymentRequest(dossier_id=id, receipt="BL 12"), HOA)
    return id


def verify(world: World, id: str, who: Person = DUNG, **fields: Any) -> Any:
    return world.call("RequestVerification", pb.RequestVerificationRequest(dossier_id=id, **fields), who)


def extend(world: World, id: str, due: str, who: Person = DUNG) -> Any:
    request = pb.ExtendDossierRequest(dossier_id=id, reason="Máy chủ hỏng")
    request.new_due_at.FromDatetime(at(due))
    return world.call("ExtendDossier", request, who)


def sweep(world: World) -> None:
    sweep_once(world.parts.place, world.cells[NAM_DUONG])


def acts(world: World, id: str) -> list[str]:
    entries = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=id), DUNG).entries
    return [entry.action for entry in entries]


def checks(dossier: pb.Dossier) -> set[str]:
    return {finding.check for finding in dossier.findings}


def printed(world: World, id: str, kind: str, who: Person = DUNG) -> str:
    paper = world.call("GetPaper", pb.GetPaperRequest(dossier_id=id, kind=kind), who)
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages).split())
