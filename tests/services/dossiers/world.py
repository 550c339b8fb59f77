"""Shared by the tests of the dossiers service: people, an accounts service, and the main job step by step."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import grpc
import pytest
import sqlalchemy as sa
from caunoi.dossiers.v1 import captures_pb2_grpc, dossiers_pb2_grpc
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from google.protobuf.message import Message
from PIL import Image
from sqlalchemy import select

from services.chassis.capacity import Capacity
from services.chassis.database.connection import Database
from services.chassis.database.tables import OutboxRow
from services.chassis.grpc.client import Peer, call
from services.chassis.ids import read_uuid
from services.chassis.refusal import Refusal
from services.chassis.tokens import Principal, Role, load_issuers
from services.dossiers.domain.procedures import DocumentMode
from services.dossiers.forms import asked
from services.dossiers.service import SERVICE, DossiersParts, build
from services.dossiers.settings import Settings
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.opened import form_of
from tests.fakes.accounts import FakeAccounts
from tests.fakes.clock import SettableClock
from tests.services.running import PATIENCE, RunningService
from tests.unit.dossiers import birth_forms

NAM_DUONG, THANH_BINH = "20248", "20227"
WARDS = (NAM_DUONG, THANH_BINH)
BIRTH = "1.001193"
MARRIAGE, COMBINED = "1.000894", "1.000689"
HOSPITAL_PAPER = "birth-certificate-of-hospital"


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    roles: tuple[Role, ...]
    ward: str = NAM_DUONG
    title: str = ""
    capacity: Capacity | None = None


SAU = Person("0a000000-0000-4000-8000-000000000001", "Nguyễn Thị Sáu", (Role.CITIZEN,))
STRANGER = Person("0a000000-0000-4000-8000-000000000002", "Trần Văn Bảy", (Role.CITIZEN,))
NEIGHBOUR = Person("0a000000-0000-4000-8000-000000000003", "Lê Thị Tám", (Role.CITIZEN,), THANH_BINH)
VOLUNTEER = Person("0a000000-0000-4000-8000-000000000004", "Phạm Minh Chín", (Role.VOLUNTEER,))
HOA = Person("0b000000-0000-4000-8000-000000000001", "Lê Thị Hoa", (Role.RECEPTIONIST,), title="Bộ phận Một cửa")
DUNG = Person(
    "0b000000-0000-4000-8000-000000000002",
    "Đỗ Tiến Dũng",
    (Role.CIVIL_STATUS_OFFICER,),
    title="công chức tư pháp – hộ tịch",
)
CHAIR = Person(
    "0b000000-0000-4000-8000-000000000003", "Võ Văn Nam", (Role.SIGNER,), title="Chủ tịch", capacity=Capacity.HEAD
)
ADMINISTRATOR = Person("0b000000-0000-4000-8000-000000000009", "Ngô Văn Bảo", (Role.WARD_ADMIN,), title="Quản trị viên")
OFFICER_AND_SIGNER = Person(
    "0b000000-0000-4000-8000-000000000004",
    "Huỳnh Thị Mai",
    (Role.CIVIL_STATUS_OFFICER, Role.SIGNER),
    title="Phó Chủ tịch",
    capacity=Capacity.DEPUTY,
)
FOREIGN_OFFICER = Person(
    "0b000000-0000-4000-8000-000000000005", "Ngô Văn Mười", (Role.CIVIL_STATUS_OFFICER,), THANH_BINH
)


class Stubs:
    """The RPCs of both contracts, by their names."""

    def __init__(self, channel: grpc.Channel) -> None:
        for make in (dossiers_pb2_grpc.DossiersServiceStub, captures_pb2_grpc.CapturesServiceStub):
            vars(self).update(vars(make(channel)))


class World(RunningService[DossiersParts]):
    """Called as the gateway calls it."""

    def __init__(self, settings: Settings, clock: SettableClock, keys: Path, accounts: FakeAccounts) -> None:
        super().__init__(SERVICE, build, settings, clock, keys)
        self.settings = settings
        self.accounts = accounts
        self._issuers = load_issuers(keys / "signing-accounts.json", "accounts")
        self._peer = Peer(Stubs, lambda _: self.address)

    def stop(self) -> None:
        self._peer.close()
        super().stop()

    def kiosk(self, station: str, ward: str = NAM_DUONG, *, to: str = NAM_DUONG) -> str:
        """The token of a computer of a station, for the ward where somebody files."""
        principal = Principal(str(uuid4()), ward, frozenset({Role.KIOSK}), station=station)
        return self._issuers[ward].issue(principal, to=to)

    def token(self, person: Person, ward: str) -> str:
        """For the ward that is called, as their home ward issues it."""
        who = (person.id, person.ward, frozenset(person.roles), person.name, person.title)
        principal = Principal(*who, capacity=person.capacity)
        return self._issuers[person.ward].issue(principal, to=ward)

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
        """Answers, or raises the Refusal that came over the wire.

        The officer who approves a marriage has asked about marriages elsewhere, unless the test says otherwise.
        """
        if isinstance(request, pb.ApproveDossierRequest) and self._marries(request, ward):
            self._ask_elsewhere(request, ward)
        token, method = self.token(who, ward) if who else "", getattr(self._peer.stub(ward), rpc)
        return call(method, request, ward=ward, seconds=PATIENCE, token=token, idempotency_key=key, kiosk=kiosk)

    def _marries(self, request: pb.ApproveDossierRequest, ward: str) -> bool:
        """Whether it is about a marriage, and says nothing of what was asked elsewhere."""
        return not request.wife_elsewhere and self._procedure(request.dossier_id, ward) == MARRIAGE

    def _ask_elsewhere(self, request: pb.ApproveDossierRequest, ward: str) -> None:
        """By the paper of a person without a household here, and in the ward's own books for everybody else."""
        with self.cells[ward].database.transaction() as session:
            row = session.get(DossierRow, UUID(request.dossier_id))
            assert row is not None
            form = form_of(self.cells[ward], row)
        for party in ("wife", "husband"):
            here = form[party].get("permanent_here", True) and not form[party].get("works_abroad")
            setattr(request, f"{party}_elsewhere", "only-here" if here else "paper")
            setattr(request, f"{party}_elsewhere_note", "Sổ kết hôn năm 2010 của phường")

    def _procedure(self, dossier_id: str, ward: str = NAM_DUONG) -> str:
        """The subject of a dossier; empty if there is none."""
        id = read_uuid(dossier_id)
        if id is None or ward not in self.cells:
            return ""
        with self.cells[ward].database.transaction() as session:
            row = session.get(DossierRow, id)
        return "" if row is None else row.procedure

    # The main job, step by step

    def draft(
        self,
        who: Person = SAU,
        *,
        ward: str = NAM_DUONG,
        key: str = "",
        procedure: str = BIRTH,
        channel: str = "",
    ) -> pb.Dossier:
        request = pb.CreateDraftRequest(procedure=procedure, channel=channel)
        answer = self.call("CreateDraft", request, who, ward=ward, key=key)
        assert isinstance(answer, pb.Dossier)
        return answer

    def save(self, dossier_id: str, form: Any, who: Person = SAU, *, version: int = 0) -> pb.Dossier:
        request = pb.SaveFormRequest(dossier_id=dossier_id, form_json=json.dumps(form), expected_version=version)
        answer = self.call("SaveForm", request, who)
        assert isinstance(answer, pb.Dossier)
        return answer

    def add(
        self, dossier_id: str, content: bytes, who: Person = SAU, *, kind: str = HOSPITAL_PAPER, key: str = ""
    ) -> pb.Document:
        request = pb.AddDocumentRequest(dossier_id=dossier_id, kind=kind, filename="chung sinh.jpg", content=content)
        answer = self.call("AddDocument", request, who, key=key)
        assert isinstance(answer, pb.Document)
        return answer

    def ready(self, who: Person = SAU, channel: str = "", **changes: Any) -> pb.Dossier:
        """A draft with all that is needed."""
        draft = self.draft(who, channel=channel)
        self.add(draft.id, photograph(), who)
        return self.save(draft.id, birth_form(**changes), who)

    def ready_as(self, procedure: str, form: Mapping[str, Any], who: Person = SAU, channel: str = "") -> pb.Dossier:
        """A draft of any procedure with the whole form and all papers that it needs, from the account of its filer."""
        who = self.filer(procedure, form, who, channel)
        draft = self.draft(who, procedure=procedure, channel=channel)
        version = self.parts.place.catalogue.version(procedure, draft.procedure_version)
        needed = [each for each in version.documents if each.mode is DocumentMode.FILE]
        for at, each in enumerate(each for each in needed if each.needed_for(asked(version, form))):
            self.add(draft.id, photograph(at), who, kind=each.kind)
        return self.save(draft.id, form, who)

    def filer(self, procedure: str, form: Mapping[str, Any], who: Person = SAU, channel: str = "") -> Person:
        """Who fills in a form: of a marriage online the wife, of a recognition the parent who files; with the account's
        id.
        """
        if channel or procedure not in {MARRIAGE, COMBINED}:
            return who
        group = "wife" if procedure == MARRIAGE else form["requester"]["relation"]
        return replace(who, name=form[group]["full_name"])

    def confirm(self, dossier_id: str, who: Person = SAU, *, key: str = "") -> pb.Confirmation:
        answer = self.call("RequestConfirmation", pb.RequestConfirmationRequest(dossier_id=dossier_id), who, key=key)
        assert isinstance(answer, pb.Confirmation)
        return answer

    def submit(
        self,
        dossier_id: str,
        confirmation_id: str,
        who: Person = SAU,
        *,
        otp: str = FakeAccounts.OTP,
        key: str = "",
        version: int = 0,
        kiosk: str = "",
    ) -> pb.SubmitDossierResponse:
        request = pb.SubmitDossierRequest(
            dossier_id=dossier_id, confirmation_id=confirmation_id, otp=otp, expected_version=version
        )
        answer = self.call("SubmitDossier", request, who, key=key, kiosk=kiosk)
        assert isinstance(answer, pb.SubmitDossierResponse)
        return answer

    def filed(self, who: Person = SAU, **changes: Any) -> pb.SubmitDossierResponse:
        draft = self.ready(who, **changes)
        return self.submit(draft.id, self.confirm(draft.id, who).id, who)

    def filed_as(self, procedure: str, form: Mapping[str, Any], who: Person = SAU) -> str:
        """Files a complete form of any procedure with all papers that it needs; returns the dossier's id."""
        who = self.filer(procedure, form, who)
        draft = self.ready_as(procedure, form, who)
        return str(self.submit(draft.id, self.confirm(draft.id, who).id, who).dossier.id)

    def take_in(self, dossier_id: str) -> None:
        """Accepted, and paid for at the counter where something is owed."""
        if self.accept(dossier_id).status == 6:
            paid = pb.RecordPaymentRequest(dossier_id=dossier_id, receipt="AA/20E 0000123")
            self.call("RecordPayment", paid, HOA)

    def accepted(self, procedure: str = BIRTH, form: Mapping[str, Any] | None = None) -> str:
        """Files a complete form, a birth's unless told otherwise, and takes it in; returns the dossier's id."""
        id = self.filed_as(procedure, form if form is not None else birth_form())
        self.take_in(id)
        return id

    def ready_to_sign(self, procedure: str, form: Mapping[str, Any], **entry: Any) -> str:
        """Filed, accepted and prepared for the signer."""
        id = self.filed_as(procedure, form)
        self.take_in(id)
        self.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=id, **entry), DUNG)
        return id

    def registered(self, procedure: str, form: Mapping[str, Any], **entry: Any) -> pb.Dossier:
        """Registered and signed; where the law wants it, both parties have signed the register before."""
        id = self.ready_to_sign(procedure, form, **entry)
        return self.sign(id, register_signed=True)

    def brought(self, who: Person = HOA, *, channel: str = "counter", **changes: Any) -> pb.SubmitDossierResponse:
        """Filed by the desk for somebody who came in, or wrote."""
        return self.submit_at_counter(self.ready(who, channel, **changes).id, who)

    def submit_at_counter(self, dossier_id: str, who: Person = HOA, **changes: Any) -> pb.SubmitDossierResponse:
        request = pb.SubmitAtCounterRequest(dossier_id=dossier_id, **{"form_signed": True, **changes})
        answer = self.call("SubmitAtCounter", request, who)
        assert isinstance(answer, pb.SubmitDossierResponse)
        return answer

    def assign(self, dossier_id: str, who: Person = HOA, **fields: Any) -> pb.Dossier:
        answer = self.call("AssignDossier", pb.AssignDossierRequest(dossier_id=dossier_id, **fields), who)
        assert isinstance(answer, pb.Dossier)
        return answer

    def compare(self, dossier_id: str, kind: str, who: Person = HOA, *, differs: str = "") -> pb.Dossier:
        request = pb.CompareDocumentRequest(dossier_id=dossier_id, kind=kind, agrees=not differs, note=differs)
        answer = self.call("CompareDocument", request, who)
        assert isinstance(answer, pb.Dossier)
        return answer

    def compare_all(self, dossier_id: str, who: Person = HOA) -> None:
        for paper in self.get(dossier_id, who).comparisons:
            self.compare(dossier_id, paper.kind, who)

    def get(self, dossier_id: str, who: Person = SAU) -> pb.Dossier:
        answer = self.call("GetDossier", pb.GetDossierRequest(dossier_id=dossier_id), who)
        assert isinstance(answer, pb.Dossier)
        return answer

    def accept(self, dossier_id: str, who: Person = HOA, *, version: int = 0) -> pb.Dossier:
        request = pb.AcceptDossierRequest(dossier_id=dossier_id, expected_version=version)
        answer = self.call("AcceptDossier", request, who)
        assert isinstance(answer, pb.Dossier)
        return answer

    def approve(self, dossier_id: str, who: Person = DUNG, *, number: str | None = None) -> pb.Dossier:
        """With the number of a newborn, unless another is given or none is asked for."""
        if number is None:
            number = "048220000123" if self._procedure(dossier_id) == BIRTH else ""
        request = pb.ApproveDossierRequest(dossier_id=dossier_id, personal_identification_number=number)
        answer = self.call("ApproveDossier", request, who)
        assert isinstance(answer, pb.Dossier)
        return answer

    def propose_note(self, entry_id: str, kind: str, **changes: Any) -> pb.FoundEntry:
        """The officer writes a note on an entry; nobody has confirmed it."""
        fields = {
            "text": "Đã ly hôn theo Quyết định số 88/2020/QĐST-HNGĐ.",
            "basis": "Quyết định công nhận thuận tình ly hôn",
            "basis_number": "88/2020/QĐST-HNGĐ",
            "basis_agency": "Tòa án nhân dân quận Hải Châu, Thẩm phán Lê Văn Tư ký",
            "basis_date": "2020-10-06",
            **changes,
        }
        answer = self.call("NoteEntry", pb.NoteEntryRequest(entry_id=entry_id, kind=kind, **fields), DUNG)
        assert isinstance(answer, pb.FoundEntry)
        return answer

    def decide_note(self, entry: pb.FoundEntry, who: Person = CHAIR, **decision: Any) -> pb.FoundEntry:
        """The signer confirms the last note that was written on the entry, or sends it back."""
        decision = {"no_conflict_of_interest": True, **decision}
        request = pb.DecideNoteRequest(entry_id=entry.id, proposed_note_id=entry.proposed_notes[-1].id, **decision)
        answer = self.call("DecideNote", request, who)
        assert isinstance(answer, pb.FoundEntry)
        return answer

    def noted(self, entry_id: str, kind: str, **changes: Any) -> pb.FoundEntry:
        """A note that an officer wrote and a signer confirmed."""
        return self.decide_note(self.propose_note(entry_id, kind, **changes), confirmed=True)

    def sign(self, dossier_id: str, who: Person = CHAIR, **declared: Any) -> pb.Dossier:
        """Signs what this signer has looked at."""
        declared = {"no_conflict_of_interest": True, "seen": self.seen(dossier_id, who), **declared}
        request = pb.SignDossierRequest(dossier_id=dossier_id, **declared)
        answer = self.call("SignDossier", request, who)
        assert isinstance(answer, pb.Dossier)
        return answer

    def seen(self, dossier_id: str, who: Person = CHAIR) -> str:
        seen: str = self.call("GetSigning", pb.GetSigningRequest(dossier_id=dossier_id), who).seen
        return seen

    def ask(self, dossier_id: str, *fields: str, who: Person = DUNG) -> pb.Dossier:
        items = [pb.SupplementItem(field=field, text="Xin xem lại mục này.") for field in fields]
        request = pb.RequestSupplementRequest(dossier_id=dossier_id, items=items, reason="Chưa khớp giấy chứng sinh")
        answer = self.call("RequestSupplement", request, who)
        assert isinstance(answer, pb.Dossier)
        return answer

    def supplement(self, dossier_id: str, form: Any = None, who: Person = SAU) -> pb.Dossier:
        request = pb.SupplementDossierRequest(dossier_id=dossier_id, form_json=json.dumps(form) if form else "")
        answer = self.call("SupplementDossier", request, who)
        assert isinstance(answer, pb.Dossier)
        return answer

    def hand_over(self, dossier_id: str, who: Person = HOA, **changes: Any) -> pb.Dossier:
        fields: dict[str, Any] = {"recipient_name": "Nguyễn Văn Hùng", "register_signed": True, **changes}
        answer = self.call("HandOverDossier", pb.HandOverDossierRequest(dossier_id=dossier_id, **fields), who)
        assert isinstance(answer, pb.Dossier)
        return answer

    def signed(self, **changes: Any) -> pb.Dossier:
        filed = self.filed(**changes)
        self.accept(filed.dossier.id)
        self.approve(filed.dossier.id)
        return self.sign(filed.dossier.id)

    def listed(self, who: Person = DUNG, **request: Any) -> list[str]:
        """The ids of the dossiers that the desk's list shows."""
        return [each.id for each in self.call("ListDesk", pb.ListDeskRequest(**request), who).dossiers]

    def track(self, code: str, key: str) -> pb.TrackedDossier:
        answer = self.call("TrackDossier", pb.TrackDossierRequest(code=code, key=key))
        assert isinstance(answer, pb.TrackedDossier)
        return answer

    def events(self, *, key: str = "", ward: str = NAM_DUONG) -> list[OutboxRow]:
        """The events in the outbox, in order; only of one aggregate if `key` is given."""
        with self.cells[ward].database.transaction() as session:
            query = select(OutboxRow).order_by(OutboxRow.seq)
            return list(session.scalars(query.where(OutboxRow.aggregateid == key) if key else query))


def refused(act: Callable[[], object]) -> Refusal:
    """The refusal that the act comes to."""
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came to be"
        threading.Event().wait(0.05)


@contextmanager
def just_before(database: Database, fragment: str, act: Callable[[], object]) -> Iterator[None]:
    """Runs the act once, right before the first statement that has the fragment goes to the database."""
    left = [act]

    def look(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if fragment in statement and left:
            left.pop()()

    sa.event.listen(database.engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", look)
    assert not left, f"no statement has {fragment!r}"


def photograph(shade: int = 200) -> bytes:
    """A small JPEG, another one for each shade."""
    content = io.BytesIO()
    Image.new("RGB", (80, 60), (shade, shade, shade)).save(content, "JPEG")
    return content.getvalue()


#: The applicant here is a grandmother; other differences from the form of the unit tests follow.
_AS_FILED_HERE: dict[str, dict[str, Any]] = {
    "requester": {
        "full_name": "Nguyễn Thị Sáu",
        "phone": "0905201101",
        "identity_number": "048155001001",
        "identity_issued_by": "Cục Cảnh sát",
    },
    "child": {"sex": "male", "birth_paper_number": "123/2020"},
    "mother": {"birth_year": 1992},
    "father": {"birth_year": 1990},
}


def birth_form(**changes: Any) -> dict[str, Any]:
    """A whole form: a grandmother files for a child of married parents. `changes` replace whole sections' members."""
    form = birth_forms.birth_form()
    for sections in (_AS_FILED_HERE, changes):
        for section, members in sections.items():
            form[section] = {**form.get(section, {}), **members}
    return form
