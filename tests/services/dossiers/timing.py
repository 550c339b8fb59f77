"""Shared by the tests of deadlines and verifications: clocks, the acts that move them, offices that are asked."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from caunoi.dossiers.v1 import dossiers_pb2 as pb
from google.protobuf.timestamp_pb2 import Timestamp
from pypdf import PdfReader

from services.chassis.clock import VIETNAM
from services.dossiers.use_cases.clock.sweep import sweep_once
from tests.services.dossiers.world import BIRTH, DUNG, NAM_DUONG, Person, World, birth_form, refused
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS

STATUS = "1.004873"
WIFE = "wife-marital-status"  # whom a verification is about
ASKED = "Công văn 45/UBND ngày 02/10/2020 của Ủy ban nhân dân xã Điện Phong"
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
NOTICE: dict[str, Any] = {
    "kind": "notice",
    "recipient": "Trung tâm Bảo trợ xã hội Đà Nẵng",
    "place": "Trước cổng chùa Pháp Lâm",
    "from_day": "05/10/2020",
    "question": "Bé trai khoảng 5 ngày tuổi, quấn khăn trắng",
}
REPLY: dict[str, Any] = {
    "outcome": "replied",
    "finding": "agrees",
    "text": "Chưa đăng ký kết hôn với ai",
    "document_number": "45/UBND",
    "document_date": "2020-10-06",
}
ABANDONED = {
    "situation": "abandoned",
    "found_on": "2020-10-05",
    "birth_date_from": "paper",
    "full_name": "Võ Thành Nam",
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def shown(moment: Timestamp) -> str:
    return f"{moment.ToDatetime(tzinfo=VIETNAM):%Y-%m-%d %H:%M}"


def abandoned(world: World) -> str:
    return world.accepted(BIRTH, birth_form(child=ABANDONED, requester={"relation": "carer"}))


def former_resident(world: World, places: str) -> str:
    """An accepted confirmation for somebody who lived in these places and has no proof of the status there."""
    elsewhere = {"lived": True, "places": places, "proof": False, "abroad": False}
    return world.accepted(STATUS, {**MARITAL_STATUS.form, "elsewhere": elsewhere})


def inquired(world: World) -> str:
    """An accepted confirmation of marital status, about which a former commune has been asked."""
    id = world.accepted(STATUS, MARITAL_STATUS.form)
    verify(world, id, **INQUIRY)
    return id


def verify(world: World, id: str, who: Person = DUNG, **fields: Any) -> Any:
    return world.call("RequestVerification", pb.RequestVerificationRequest(dossier_id=id, **fields), who)


def reply(world: World, id: str, who: Person = DUNG, **fields: Any) -> Any:
    return world.call("RecordVerificationReply", pb.RecordVerificationReplyRequest(dossier_id=id, **fields), who)


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


def approving(world: World, id: str) -> Callable[[], pb.Dossier]:
    """A marriage of which an office has answered about the bride; for the groom there is his paper."""
    said: dict[str, Any] = {"wife_elsewhere": "answer", "wife_elsewhere_note": ASKED, "husband_elsewhere": "paper"}
    return partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=id, **said), DUNG)


def not_taken(approve: Callable[[], pb.Dossier]) -> None:
    no = refused(approve)
    assert (no.type, [each.field for each in no.fields]) == ("invalid-field", ["wife_elsewhere"])
    assert "về tình trạng hôn nhân của bên nữ, Trần Thị Lan" in no.fields[0].text
