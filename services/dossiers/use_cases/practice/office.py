"""The office of the practice ward: it acts by itself, within a minute, as an office would.

It does nothing that the office of a ward cannot do: each act is the use case of its RPC, done by an invented officer
whom the RPC's rule allows, on the version that it has read. If the rules refuse a dossier, the office stops it and says
why (docs/decisions/0036).
"""

from __future__ import annotations

import re
import threading
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import structlog

from services.chassis.call import Call, forbidden, reset_current, set_current
from services.chassis.capacity import Capacity
from services.chassis.cells import Cell
from services.chassis.database.connection import UNREACHABLE
from services.chassis.letters import normalised
from services.chassis.practice import require_practice
from services.chassis.refusal import Kind as RefusalKind
from services.chassis.refusal import Refusal, invalid
from services.chassis.service import acting_as_service
from services.chassis.tokens import Principal, Role
from services.dossiers import registers, storage
from services.dossiers.access import RULES
from services.dossiers.domain import acts, elsewhere
from services.dossiers.domain.fields import filer_name
from services.dossiers.domain.handover import Delivery, asked_for, have_to_come, to_compare
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.register import REGISTERS
from services.dossiers.domain.residence import Result, Source, looked_up
from services.dossiers.domain.states import Status
from services.dossiers.domain.verification import Kind
from services.dossiers.forms import asked
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.office import acceptance, desk, handover, residence, verification
from services.dossiers.use_cases.office.acceptance import AcceptDossier
from services.dossiers.use_cases.office.desk import (
    ApproveDossier,
    ProposeStop,
    RequestSupplement,
    StopDossier,
    SupplementItem,
)
from services.dossiers.use_cases.office.handover import CompareDocument, HandOverDossier
from services.dossiers.use_cases.office.residence import RecordResidence
from services.dossiers.use_cases.office.verification import RecordVerificationReply, RequestVerification
from services.dossiers.use_cases.papers import certificates
from services.dossiers.use_cases.registers import obstacles, registration
from services.dossiers.use_cases.registers.copies import copied_register
from services.dossiers.use_cases.registers.registration import SignDossier
from services.dossiers.use_cases.unit import Unit, Workplace

log = structlog.get_logger()

LOOKS_EVERY = 2.0  # seconds
#: People can read for this long what has just happened to a dossier, before the office goes on.
THINKS = timedelta(seconds=6)
BATCH = 100
_FIRST_PAUSE, _LONGEST_PAUSE, _FORGOTTEN_AFTER = timedelta(seconds=10), timedelta(hours=1), timedelta(days=1)
_ITEMS = Path(__file__).parents[2] / "practice.toml"
_ARTICLE = "Ở phường thật, cán bộ sẽ hướng dẫn ông/bà theo quy định."
_NO_ENTRY = (
    "Sổ của phường tập thử chưa có việc này của ông/bà nên chưa có gì để sao. "
    "Xin tập thử đăng ký trước, rồi xin bản sao."
)
_INVENTED = "Phường tập thử: người trong hồ sơ là người giả định, không tra cứu cơ sở dữ liệu nào."
#: Where a real ward records the number that the post gave.
_PARCEL = "TAPTHU000000VN"
#: Refusals by the rules are final. A conflict with another colleague, or a fault of ours, may be over in the next
#: round.
_SPOKEN = (RefusalKind.INVALID, RefusalKind.CONFLICT, RefusalKind.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a supplement request: a JSON pointer, the words, and a pattern that the answer does not match yet."""

    field: str
    text: str
    lacks: str

    def fits(self, form: Mapping[str, Any]) -> bool:
        """Whether the field is filled in, but lacks what the item asks for."""
        answer = value_at(form, self.field)
        if not isinstance(answer, str) or not answer:
            return False
        return re.search(self.lacks, normalised(answer), re.IGNORECASE) is None


@dataclass(frozen=True, slots=True)
class Officer:
    """An invented member of the office; nobody signs in as one."""

    id: str
    name: str
    title: str
    role: Role
    capacity: Capacity | None = None


DESK = Officer(
    "00000000-0000-4000-8000-000000000001", "Lê Thị Tập Hương", "Công chức Bộ phận Một cửa", Role.RECEPTIONIST
)
OFFICER = Officer(
    "00000000-0000-4000-8000-000000000002",
    "Trần Văn Tập Khôi",
    "Công chức tư pháp – hộ tịch",
    Role.CIVIL_STATUS_OFFICER,
)
COMPARE = "CompareDocument"  # an RPC, and no act of the procedure
LOOK_UP = "RecordResidence"  # another
SIGNER = Officer(
    "00000000-0000-4000-8000-000000000003",
    "Nguyễn Văn Tập Quang",
    "Chủ tịch UBND phường",
    Role.SIGNER,
    Capacity.HEAD,
)

Doing = Callable[[Unit, DossierRow], object]


@dataclass(frozen=True, slots=True)
class Step:
    """One act on a dossier and its officer, under the rule of the act's own RPC.

    If the rules refuse an act that `ends`, the dossier is stopped with their reason.
    """

    officer: Officer
    rpc: str
    do: Doing
    ends: bool = False


@dataclass(slots=True)
class Held:
    """Dossiers on which an act has failed: each waits longer after each failure, and none delays others."""

    waits: dict[UUID, tuple[int, datetime]] = field(default_factory=dict)  # times, until when

    def now(self, at: datetime) -> list[UUID]:
        """The dossiers that are not tried now; a dossier that was not tried for a day is removed."""
        self.waits = {id: wait for id, wait in self.waits.items() if at < wait[1] + _FORGOTTEN_AFTER}
        return [id for id, (_, until) in self.waits.items() if at < until]

    def back(self, id: UUID, at: datetime) -> None:
        times = self.waits.get(id, (0, at))[0]
        self.waits[id] = (times + 1, at + min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**times))

    def free(self, id: UUID) -> None:
        self.waits.pop(id, None)


@cache
def items_by_procedure() -> Mapping[str, Sequence[Item]]:
    """The items that the office asks for in each procedure, in the order of preference."""
    data = tomllib.loads(_ITEMS.read_text(encoding="utf-8"))
    return {code: [Item(**entry) for entry in entries] for code, entries in data.items()}


def item_for(procedure: str, form: Mapping[str, Any]) -> Item | None:
    """The item to ask for with this form; None if none fits."""
    return next((each for each in items_by_procedure().get(procedure, ()) if each.fits(form)), None)


def answering(place: Workplace, ward: str) -> Callable[[threading.Event], None]:
    """The loop of the practice ward. Raises ValueError for a real ward."""
    cell = place.cells[ward]
    require_practice(cell)
    held = Held()

    def run(stopped: threading.Event) -> None:
        while not stopped.is_set():
            try:
                answer(place, cell, held)
            except UNREACHABLE as fault:
                log.warning("practice-office-waits", ward=ward, error=type(fault).__name__)
            stopped.wait(LOOKS_EVERY)

    return run


def answer(place: Workplace, cell: Cell, held: Held) -> int:
    """One round: the next act on each dossier that waits for the office; returns how many were acted on."""
    require_practice(cell)
    now = place.clock.now()
    with cell.database.transaction() as session:
        waiting = storage.untouched_since(session, now - THINKS, BATCH, but=held.now(now))
    return sum(_answered(place, cell, id, held) for id in waiting)


def _answered(place: Workplace, cell: Cell, id: UUID, held: Held) -> bool:
    """Whether it was acted on; a dossier that fails for any reason does not delay others."""
    try:
        acted = _act(place, cell, id)
    except Refusal as no:
        log.info("practice-office-refused", ward=cell.ward.code, id=str(id), error=no.type)
        held.back(id, place.clock.now())
        return False
    except UNREACHABLE:
        raise
    except Exception:  # a fault of ours or of this dossier: other people's practice must not wait for it
        log.exception("practice-office-broke", ward=cell.ward.code, id=str(id))
        held.back(id, place.clock.now())
        return False
    held.free(id)
    return acted


def _act(place: Workplace, cell: Cell, id: UUID) -> bool:
    """Raises a Refusal if an act is refused and the office does not stop the dossier for it."""
    with acting_as_service("practice-office", cell, f"practice-office-{uuid4().hex}"), place.unit() as unit:
        row = storage.dossier(unit.session, id)
        if row is None:
            return False
        steps = _next(unit, row)
        version: int | None = row.version
    for step in steps:
        try:
            version = _do(place, cell, step, id, version)
        except Refusal as no:
            if no.kind not in _SPOKEN or not step.ends:
                raise
            reason = " ".join([no.text, *(fault.text for fault in no.fields)])
            propose = Step(OFFICER, acts.STOP_PROPOSAL.rpc, partial(_propose_stop, reason=reason))
            version = _do(place, cell, propose, id, version)
            return version is not None and _do(place, cell, _STOP, id, version) is not None
        if version is None:
            return False
        if step.rpc == acts.SIGNATURE.rpc:
            certificates.make_soon(place, cell.ward.code)
    return True


def _next(unit: Unit, row: DossierRow) -> list[Step]:
    """The next act on a dossier that waits for the office, and its officer."""
    if row.status == Status.NEW:
        return [_first(unit, row)]
    if row.status == Status.DONE:
        return [Step(DESK, COMPARE, _compare), Step(DESK, acts.HANDOVER.rpc, _hand_over)]
    if row.proposed_at is not None or row.stop_proposed_at is not None:  # the latter after an interruption
        return [Step(SIGNER, acts.SIGNATURE.rpc, _sign, ends=True) if row.proposed_at is not None else _STOP]
    missing = obstacles.letters_missing(unit, row)
    if missing:
        return [Step(OFFICER, acts.VERIFICATION_REQUEST.rpc, _inquire)] * missing
    waits = [each for each in storage.verifications(unit.session, row.id) if each.kind == Kind.INQUIRY.value]
    sent = [each for each in waits if each.ended_at is None]
    if sent:
        return [Step(OFFICER, acts.VERIFICATION_REPLY.rpc, _note_reply)] * len(sent)
    return [*_looks(unit, row), Step(OFFICER, acts.APPROVAL.rpc, _approve, ends=True)]


def _looks(unit: Unit, row: DossierRow) -> list[Step]:
    """The residences that the office has to look up by law and has not looked up yet, as in a real ward (NĐ 104/2022
    Đ14).
    """
    procedure = unit.place.procedure_of(row)
    fields = looked_up(procedure, asked(procedure, unit.form(row)))
    found = residence.counting(fields, storage.residence_lookups(unit.session, row.id))
    return [Step(OFFICER, LOOK_UP, partial(_look_up, field=field)) for field, lookup in found.items() if lookup is None]


def _first(unit: Unit, row: DossierRow) -> Step:
    """Asks for a supplement once. If it has asked already, or no item fits, it accepts the dossier as it is."""
    item = None if storage.supplements(unit.session, row.id) else _item(unit, row)
    if item is None:
        return Step(DESK, acts.ACCEPTANCE.rpc, _accept)
    return Step(DESK, acts.SUPPLEMENT_REQUEST.rpc, partial(_ask, item=item))


def _do(place: Workplace, cell: Cell, step: Step, id: UUID, version: int | None) -> int | None:
    """Does the act on the version that was read; returns the new version, or None if somebody else was first."""
    with _acting(cell, step.officer, step.rpc), place.unit() as unit:
        row = storage.dossier(unit.session, id, locked=True)
        if row is None or row.version != version:
            return None
        step.do(unit, row)
        unit.session.flush()
        return row.version


@contextmanager
def _acting(cell: Cell, officer: Officer, rpc: str) -> Iterator[None]:
    """Works as an officer, where the rule of the RPC allows it."""
    ward = cell.ward.code
    roles = frozenset({officer.role})
    principal = Principal(officer.id, ward, roles, officer.name, officer.title, capacity=officer.capacity)
    if not RULES[rpc].allows(principal, ward):
        raise forbidden()
    before = set_current(Call(rpc, ward, f"practice-office-{uuid4().hex}", principal=principal))
    try:
        yield
    finally:
        reset_current(before)


def _item(unit: Unit, row: DossierRow) -> Item | None:
    return item_for(row.procedure, unit.form(row))


def _ask(unit: Unit, row: DossierRow, item: Item) -> None:
    wanted = SupplementItem(item.field, item.text)
    desk.request_supplement(unit, RequestSupplement(str(row.id), [wanted], "", row.version))


def _accept(unit: Unit, row: DossierRow) -> None:
    acceptance.accept(unit, AcceptDossier(str(row.id), row.version))


def _approve(unit: Unit, row: DossierRow) -> None:
    procedure = unit.place.procedure_of(row)
    asked_for = REGISTERS[procedure.register.name].approval_asks
    wanted = copied_register(procedure, unit.form(row))
    source = registers.newest_entry_of(unit.session, wanted, row.applicant_id) if wanted else None
    if wanted and source is None:
        raise invalid("not-registrable", _NO_ENTRY)
    desk.approve(
        unit,
        ApproveDossier(
            dossier_id=str(row.id),
            personal_identification_number="",
            note="",
            expected_version=row.version,
            statement="",
            source_entry_id=str(source.id) if source else "",
            **(_asked_elsewhere(unit, row) if set(elsewhere.FIELDS) <= set(asked_for) else {}),
        ),
    )


def _asked_elsewhere(unit: Unit, row: DossierRow) -> dict[str, str]:
    """For each party, the paper in the dossier; else a look-up if they lived elsewhere, or the ward's own books."""
    form = asked(unit.place.procedure_of(row), unit.form(row))
    papers = {each.kind for each in storage.documents(unit.session, row.id)}
    said = {
        field: elsewhere.Source.PAPER
        if not elsewhere.PAPERS[field].isdisjoint(papers)
        else elsewhere.Source.DATABASE
        if elsewhere.lived_elsewhere(field, form)
        else elsewhere.Source.ONLY_HERE
        for field in elsewhere.FIELDS
    }
    return {**said, **dict.fromkeys(elsewhere.NOTES.values(), _INVENTED)}


def _look_up(unit: Unit, row: DossierRow, field: str) -> None:
    """No database has an invented person: the look-up always confirms the declaration, and the record says so."""
    found = RecordResidence(
        dossier_id=str(row.id),
        field=field,
        source=Source.POPULATION,
        result=Result.AS_DECLARED,
        note=_INVENTED,
        expected_version=row.version,
    )
    residence.record(unit, found)


def _inquire(unit: Unit, row: DossierRow) -> None:
    """Asks the places where the person lived before, one letter for each; these offices are invented, like this one."""
    letter = len(storage.verifications(unit.session, row.id)) + 1
    verification.request(
        unit,
        RequestVerification(
            dossier_id=str(row.id),
            kind=Kind.INQUIRY,
            recipient=f"Ủy ban nhân dân phường Tập Thử {letter + 1}",
            person=row.subject_name or row.applicant_name,
            birth_date="",
            identity_paper="",
            place="",
            from_day="",
            until_day="",
            question="Trong thời gian thường trú tại đó đã đăng ký kết hôn với ai chưa.",
            document_number=f"{letter:02d}/TẬP-THỬ",
            expected_version=row.version,
        ),
    )


def _note_reply(unit: Unit, row: DossierRow) -> None:
    waits = [each for each in storage.verifications(unit.session, row.id) if each.ended_at is None]
    verification.record_reply(
        unit,
        RecordVerificationReply(
            dossier_id=str(row.id),
            verification_id=str(waits[0].id),
            outcome="replied",
            text="Chưa đăng ký kết hôn với ai.",
            document_number="02/TẬP-THỬ",
            document_date=unit.today.isoformat(),
            expected_version=row.version,
            finding="agrees",
        ),
    )


def _sign(unit: Unit, row: DossierRow) -> None:
    seen = registration.prepared(unit, row).seen
    declared = SignDossier(
        str(row.id), row.version, register_signed=True, no_conflict_of_interest=True, namesake=True, seen=seen
    )
    registration.sign(unit, declared)


def _compare(unit: Unit, row: DossierRow) -> None:
    """Every paper that is to be shown agrees with what was sent in."""
    procedure = unit.place.procedure_of(row)
    uploaded = {document.kind for document in storage.documents(unit.session, row.id)}
    for paper in to_compare(procedure, asked(procedure, unit.form(row)), uploaded):
        handover.compare(unit, CompareDocument(str(row.id), paper.kind, agrees=True, note="", expected_version=0))


def _hand_over(unit: Unit, row: DossierRow) -> None:
    """Hands over to the applicant in the way that they asked for; everybody who has to come has come."""
    procedure = unit.place.procedure_of(row)
    form = asked(procedure, unit.form(row))
    delivery = asked_for(procedure, form, has_account=True) or Delivery.OFFICE
    handover.hand_over(
        unit,
        HandOverDossier(
            dossier_id=str(row.id),
            recipient_name=filer_name(form) or row.applicant_name,
            register_signed=True,
            expected_version=0,
            present=have_to_come(procedure, form),
            delivery=delivery,
            delivery_note=_PARCEL if delivery is Delivery.POST else "",
            authorised=False,
        ),
    )


def _propose_stop(unit: Unit, row: DossierRow, reason: str) -> None:
    desk.propose_stop(unit, ProposeStop(str(row.id), reason[:1900], _ARTICLE, row.version))


def _stop(unit: Unit, row: DossierRow) -> None:
    desk.stop(unit, StopDossier(str(row.id), "", "", row.version))


_STOP = Step(SIGNER, acts.STOP.rpc, _stop, ends=True)
