"""The tokens and credentials at a station open nothing, tried on real dossiers with real calls.

Each call is made first by everybody at a station: with a volunteer's token, a computer's, a scanner's, with none, and
by another citizen who sits at the computer. They are refused because of who they are: the same call then succeeds for
the one whose it is. An RPC that these stories do not need is tried without anything in it: who may call is decided
before. The table is tests/guards/rpcs_at_a_station.txt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from caunoi.dossiers.v1 import captures_pb2
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from google.protobuf.message import Message

from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Role
from services.dossiers.access import RULES
from services.dossiers.service import SERVICE
from services.dossiers.settings import Settings
from tests.fakes.accounts import FakeAccounts
from tests.fakes.clock import SettableClock
from tests.guards.parts import request_of
from tests.guards.test_stations_open_nothing import TABLE
from tests.services.dossiers import world as dossiers
from tests.services.dossiers.people import MARRY
from tests.services.dossiers.test_captures import Paper
from tests.services.dossiers.timing import INQUIRY, REPLY, reply, verify
from tests.services.dossiers.world import (
    ADMINISTRATOR,
    CHAIR,
    DUNG,
    HOA,
    NAM_DUONG,
    SAU,
    STRANGER,
    VOLUNTEER,
    Person,
    birth_form,
    photograph,
    refused,
)
from tests.unit.dossiers.marital_status_forms import FORM as CONFIRMATION
from tests.unit.dossiers.marriage_forms import MARRIAGE

SAYS = {rpc.removeprefix("dossiers."): said for rpc, said in TABLE.items() if rpc.startswith("dossiers.")}
KIOSK = Person("0a000000-0000-4000-8000-00000000000b", "", (Role.KIOSK,))
SCANNER = Person("0a000000-0000-4000-8000-00000000000c", "", (Role.SCANNER,))
NOT_ALLOWED, NOT_SIGNED_IN = (Kind.FORBIDDEN, "not-allowed"), (Kind.UNAUTHENTICATED, "not-signed-in")
UNKNOWN = (Kind.NOT_FOUND, "unknown-dossier")


class World(dossiers.World):
    """The service, where everybody at a station makes each call before the one who may. `tried` are their RPCs."""

    def __init__(self, settings: Settings, clock: SettableClock, keys: Path, accounts: FakeAccounts) -> None:
        super().__init__(settings, clock, keys, accounts)
        self.tried: set[str] = set()
        self.different: list[str] = []

    def call(
        self,
        rpc: str,
        request: Message,
        who: Person | None = None,
        *,
        ward: str = NAM_DUONG,
        key: str = "",
        kiosk: str = "",
    ) -> Any:
        if SAYS[rpc] == "refused":
            make = self.refuse(rpc, request, ward=ward)
            if who is SAU and "dossier_id" in request.DESCRIPTOR.fields_by_name:
                self._expect(rpc, partial(make, STRANGER), UNKNOWN)
        return super().call(rpc, request, who, ward=ward, key=key, kiosk=kiosk)

    def refuse(self, rpc: str, request: Message, *, ward: str = NAM_DUONG) -> Callable[[Person | None], Any]:
        """Everybody at a station is refused the call; returns how somebody at the computer makes it."""
        make = partial(super().call, rpc, request, ward=ward, kiosk=self.kiosk(str(uuid4())))
        self.tried.add(rpc)
        for holder in (VOLUNTEER, KIOSK, SCANNER, None):
            self._expect(rpc, partial(make, holder), NOT_SIGNED_IN if holder is None else NOT_ALLOWED)
        return make

    def _expect(self, rpc: str, act: Callable[[], object], expected: tuple[Kind, str]) -> None:
        try:
            act()
        except Refusal as no:
            if (no.kind, no.type) == expected:
                return
            self.different.append(f"{rpc}: {no.kind}, {no.type}, expected {expected}")
        else:
            self.different.append(f"{rpc}: let in, expected {expected}")


@pytest.fixture
def world(settings: Settings, clock: SettableClock, keys: Path, accounts: FakeAccounts) -> Iterator[World]:
    service = World(settings, clock, keys, accounts)
    yield service
    service.stop()


def test_everybody_at_a_station_is_refused_what_then_is_done_with_a_real_dossier(world: World) -> None:
    of_applicants(world)
    of_captures(world)
    of_the_office(world)
    of_registers(world)
    # RPCs that only the practice ward has are tried at its border (tests/contracts/test_border_of_practice.py).
    refused = {rpc for rpc, said in SAYS.items() if said == "refused" and RULES[rpc].real}
    for rpc in sorted(refused - world.tried):
        world.refuse(rpc, request_of(SERVICE, rpc))
    assert world.different == []
    assert world.tried == refused


def of_applicants(world: World) -> None:
    draft = world.ready()
    document = world.add(draft.id, photograph(30)).id
    world.call("GetDocument", pb.GetDocumentRequest(dossier_id=draft.id, document_id=document), SAU)
    world.call("RemoveDocument", pb.RemoveDocumentRequest(dossier_id=draft.id, document_id=document), SAU)
    world.call(
        "NoteGuidedSession",
        pb.NoteGuidedSessionRequest(dossier_id=draft.id, ward=NAM_DUONG, session_id=str(uuid4())),
        SAU,
    )
    world.call("DeleteDraft", pb.DeleteDraftRequest(dossier_id=world.draft().id), SAU)
    filed = world.submit(draft.id, world.confirm(draft.id).id).dossier
    world.call("GetHistory", pb.GetHistoryRequest(dossier_id=filed.id), SAU)
    world.call("ListOwnDossiers", pb.ListOwnDossiersRequest(), SAU)
    world.call("ListOwnAccessLog", pb.ListOwnAccessLogRequest(), SAU)
    world.call("WithdrawDossier", pb.WithdrawDossierRequest(dossier_id=filed.id), SAU)
    asked = world.accepted()
    world.call("GetPaper", pb.GetPaperRequest(dossier_id=asked, kind="receipt"), SAU)
    world.ask(asked, "/child/full_name")
    world.supplement(asked, birth_form(child={"full_name": "Nguyễn Minh Ân"}))


def of_captures(world: World) -> None:
    paper = Paper(world)
    paper.send(1, photograph(30))
    paper.send(2, photograph(60))
    first, second = (page.id for page in paper.seen().pages)
    paper.do("GetCapturePage", captures_pb2.GetCapturePageRequest, page_id=first)
    paper.do("TurnCapturePage", captures_pb2.TurnCapturePageRequest, page_id=first)
    paper.do("RemoveCapturePage", captures_pb2.RemoveCapturePageRequest, page_id=second)
    paper.end()
    paper.keep()
    other = Paper(world, dossier_id=paper.dossier_id)
    other.do("DiscardCapture", captures_pb2.DiscardCaptureRequest)


def of_the_office(world: World) -> None:
    world.brought()
    refusable = world.filed().dossier.id
    world.call("ListDesk", pb.ListDeskRequest(), HOA)
    world.call("ListQueues", pb.ListQueuesRequest(), HOA)
    world.call("StartSearch", pb.StartSearchRequest(query="Minh Anh"), HOA)
    world.call("GetTrackingBook", pb.GetTrackingBookRequest(from_day="2020-10-06", to_day="2020-10-06"), HOA)
    no = pb.RefuseDossierRequest(dossier_id=refusable, reason="Ngoài thẩm quyền", article="Luật Hộ tịch 2014 Đ13")
    world.call("RefuseDossier", no, HOA)
    owing = world.filed().dossier.id
    world.assign(owing, HOA)
    world.accept(owing)
    item = pb.FeeItem(item="copy", count=1)
    world.call("RequestFee", pb.RequestFeeRequest(dossier_id=owing, items=[item], reason="Xin thêm bản sao"), HOA)
    no_provider = partial(world.call, "StartPayment", pb.StartPaymentRequest(dossier_id=owing), SAU)
    assert refused(no_provider).type == "no-online-payment"
    world.call("RecordPayment", pb.RecordPaymentRequest(dossier_id=owing, receipt="BL 1"), HOA)
    found = pb.RecordResidenceRequest(
        dossier_id=owing, field="/mother/residence", source="population", result="as-declared"
    )
    assert refused(partial(world.call, "RecordResidence", found, HOA)).type == "unknown-field"  # until 31/12/2022
    due = world.get(owing).due_at
    later = pb.ExtendDossierRequest(dossier_id=owing, reason="Máy chủ hỏng", new_due_at=due)
    later.new_due_at.seconds += 24 * 3600
    world.call("ExtendDossier", later, DUNG)
    verify(world, owing, **INQUIRY)
    reply(world, owing, **REPLY)
    stopped = pb.ProposeStopRequest(dossier_id=owing, reason="Giấy tờ giả", article="NĐ 123/2015 Đ3")
    world.call("ProposeStop", stopped, DUNG)
    world.call("StopDossier", pb.StopDossierRequest(dossier_id=owing), CHAIR)
    sent = world.filed_as("1.004873", CONFIRMATION)
    changed: dict[str, Any] = {"delivery": "electronic", "asked_by": SAU.name, "asked_how": "came"}
    world.call("ChangeDelivery", pb.ChangeDeliveryRequest(dossier_id=sent, **changed), HOA)


def of_registers(world: World) -> None:
    world.call("BeginBook", pb.BeginBookRequest(register="birth", year=2020, paper_number=41), DUNG)
    prepared = world.accepted()
    world.approve(prepared)
    world.call("ReturnDossier", pb.ReturnDossierRequest(dossier_id=prepared, reason="Xin xem lại họ tên mẹ"), CHAIR)
    world.approve(prepared)
    world.call("FindNextDossier", pb.FindNextDossierRequest(), CHAIR)
    world.call("GetSigning", pb.GetSigningRequest(dossier_id=prepared), CHAIR)
    world.call("GetPaperPreview", pb.GetPaperPreviewRequest(dossier_id=prepared), CHAIR)
    world.sign(prepared)
    world.compare_all(prepared)
    world.hand_over(prepared)
    world.call("ListBooks", pb.ListBooksRequest(year=2020), HOA)
    world.call("SearchRegister", pb.SearchRegisterRequest(register="birth", reason="Đối chiếu hồ sơ"), HOA)
    world.call("CloseBook", pb.CloseBookRequest(register="birth", year=2020, full=True), CHAIR)
    world.call("ListBlanks", pb.ListBlanksRequest(), HOA)
    world.call("GetWorkload", pb.GetWorkloadRequest(staff_id=HOA.id), ADMINISTRATOR)
    world.call("SetBlankOffset", pb.SetBlankOffsetRequest(blank="birth-certificate", dx=1, dy=1), DUNG)
    world.call("GetCalibrationPage", pb.GetCalibrationPageRequest(blank="birth-certificate"), HOA)
    statement = pb.GetClosingStatementRequest(register="birth", year=2020, volume=1)
    world.call("GetClosingStatement", statement, HOA)
    married = world.registered(MARRY, MARRIAGE.form)
    entry = married.register_entry.id
    world.call("GetEntry", pb.GetEntryRequest(entry_id=entry), HOA)
    world.noted(entry, "divorce")
    [written] = world.propose_note(entry, "other").proposed_notes
    world.call("DropNote", pb.DropNoteRequest(entry_id=entry, proposed_note_id=written.id), DUNG)
    world.call("SetMinistryNumber", pb.SetMinistryNumberRequest(entry_id=entry, number="0001/KH/2020"), DUNG)
    world.call("ListProposedNotes", pb.ListProposedNotesRequest(), CHAIR)
