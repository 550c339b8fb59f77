"""The base of every use case: the service's parts, and one unit of work per call."""

from __future__ import annotations

import json
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.orm.attributes import flag_modified

from services.chassis import unit as chassis
from services.chassis.call import current_call
from services.chassis.cells import Cell, Cells
from services.chassis.clock import Clock, day_in_vietnam
from services.chassis.district import Ward
from services.chassis.ids import read_uuid
from services.chassis.letters import normalised
from services.chassis.refusal import FieldFault, Refusal, faulty, invalid, not_found, stale
from services.chassis.wording import for_office
from services.dossiers import storage
from services.dossiers.access import edits, of_office
from services.dossiers.adapters.accounts import Accounts
from services.dossiers.adapters.calendar import VietnamCalendar
from services.dossiers.adapters.files import Files
from services.dossiers.adapters.papers.blanks import Blank
from services.dossiers.adapters.papers.fields import Office
from services.dossiers.adapters.payment_provider import BankAccount, Provider
from services.dossiers.adapters.records import WardRecords
from services.dossiers.catalogue import Catalogue
from services.dossiers.domain.dates import EARLIEST, LATEST, read_day
from services.dossiers.domain.deadlines import WorkingHours, still_kept
from services.dossiers.domain.fees import FeeTable
from services.dossiers.domain.findings import Finding
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.states import Status
from services.dossiers.domain.tracking import ALPHABET
from services.dossiers.sealed import opened, seal
from services.dossiers.settings import Settings
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.opened import content_of, notes_of

if TYPE_CHECKING:  # the library that signs PDFs takes as long to import as the whole service
    from services.dossiers.adapters.seal import Seal

LONGEST_TEXT = 2000  # characters of a reason, a note, an item


@dataclass(frozen=True, slots=True)
class Workplace:
    """The parts of the running service."""

    settings: Settings
    cells: Cells
    clock: Clock
    catalogue: Catalogue
    calendar: VietnamCalendar
    hours: Mapping[str, WorkingHours]  # by ward
    not_online: Mapping[str, frozenset[str]]  # by ward, only real ones: the procedures that nobody may begin online
    files: Mapping[str, Files]
    seals: Mapping[str, Seal]
    accounts: Accounts
    signed: Mapping[str, threading.Event]  # by ward: set when a certificate has to be made
    fees: FeeTable
    providers: Mapping[str, Provider]  # by ward, only wards with online payment
    banks: Mapping[str, BankAccount]  # by ward, only wards with an account for transfers
    blanks: Mapping[str, Mapping[str, Blank]]  # by ward: the Ministry's printed forms, by name

    @property
    def ward(self) -> str:
        """The code of the ward whose call is being served."""
        return current_call().ward

    def takes_online(self, procedure: str) -> bool:
        """Whether a citizen may begin the procedure in the ward whose call is being served (NĐ 87/2020 Đ24.3)."""
        return procedure not in self.not_online.get(self.ward, ())

    def office(self, ward: Ward) -> Office:
        """A ward's office for the head of papers."""
        district = self.settings.district
        return Office(
            ward_name=ward.name,
            district_name=district.name,
            province=district.province,
            is_practice=ward.is_practice,
        )

    def office_name(self, ward: Ward) -> str:
        """The office's name in registers: Ủy ban nhân dân phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng."""
        places = (ward.name, self.settings.district.name, self.settings.district.province)
        return "Ủy ban nhân dân " + ", ".join(name[:1].lower() + name[1:] for name in places)

    @contextmanager
    def unit(self, *, snapshot: bool = False, apart: bool = False) -> Iterator[Unit]:
        """The unit of work of the call that is being served: one transaction."""
        call = current_call()
        cell = self.cells[call.ward]
        with cell.database.session(snapshot=snapshot, apart=apart) as session:
            yield Unit(cell, session, call, self.clock.now(), self)

    def procedure_of(self, row: DossierRow) -> Procedure:
        """The dossier's version of its procedure once it is filed; for a draft, the version in force today."""
        if row.status == Status.DRAFT:
            return self.catalogue.get(row.procedure, day_in_vietnam(self.clock.now()))
        return self.catalogue.version(row.procedure, row.procedure_version)


@dataclass(frozen=True, slots=True)
class Unit(chassis.SealingUnit):
    """One call's work, with the service's parts at hand."""

    place: Workplace
    _opened: dict[bytes, tuple[str, dict[str, Any]]] = field(default_factory=dict)  # by sealed form: JSON, and parsed

    def form(self, row: DossierRow) -> dict[str, Any]:
        """The form, decrypted once. Do not change it in place."""
        return self._open(row)[1]

    def form_json(self, row: DossierRow) -> str:
        """The form as JSON."""
        return self._open(row)[0]

    def seal_form(self, row: DossierRow, form: Mapping[str, Any]) -> int:
        """Encrypts and sets the form; returns its length as JSON in bytes."""
        text = json.dumps(form, ensure_ascii=False)
        seal(self.cell, row, "form", text)
        self._opened[row.form] = text, dict(form)
        return len(text.encode())

    def _open(self, row: DossierRow) -> tuple[str, dict[str, Any]]:
        if row.form not in self._opened:
            text = opened(self.cell, row, "form")
            self._opened[row.form] = text, json.loads(text)
        return self._opened[row.form]

    def worded(self, text: str) -> str:
        """A text about a dossier, worded for its reader: the applicant, a person who follows it by its code, or the
        office.
        """
        return for_office(text) if self.is_for_office else text

    @property
    def is_for_office(self) -> bool:
        """Whether somebody of the ward's office has asked."""
        who = self.call.principal
        return who is not None and of_office(who, self.ward)

    def finding_text(self, finding: Finding) -> str:
        """The text of a finding for its reader."""
        return (self.is_for_office and finding.to_office) or self.worded(finding.text)

    @property
    def records(self) -> WardRecords:
        """The ward's registers, in this transaction; for the office only."""
        return WardRecords(
            self.session,
            self.cell.cipher,
            lambda entry: content_of(self.cell, entry),
            lambda entry: notes_of(self.session, self.cell, entry),
        )


def no_such_dossier() -> Refusal:
    """The refusal for an unknown dossier, and for one that the caller may not see."""
    return not_found("unknown-dossier", "Không tìm thấy hồ sơ này trong những hồ sơ được phép xem.")


def read_id(text: str) -> UUID:
    """An id from outside. Refusal NOT_FOUND if it cannot be parsed: no dossier has it."""
    id = read_uuid(text)
    if id is None:
        raise no_such_dossier()
    return id


def own_dossier(unit: Unit, dossier_id: str, *, locked: bool = False, expected_version: int = 0) -> DossierRow:
    """The caller's own dossier or draft, for acts that only its owner may do. Refusals as for `own`."""
    return own(
        unit, storage.dossier(unit.session, read_id(dossier_id), locked=locked), expected_version=expected_version
    )


def own(unit: Unit, row: DossierRow | None, *, expected_version: int = 0) -> DossierRow:
    """The row, if it is the caller's own. Refusals: NOT_FOUND (also if it is another's), STALE."""
    if row is None or row.applicant_id != unit.caller.id:
        raise no_such_dossier()
    return _as_expected(row, expected_version)


def account_name(unit: Unit, row: DossierRow) -> str:
    """The name of the applicant's account: of a draft that its applicant calls for, as the account has it now, since
    the desk may have corrected it; otherwise as stored.
    """
    own_draft = row.status == Status.DRAFT and row.applicant_id == unit.caller.id
    return unit.caller.name if own_draft else row.applicant_name


def edited_dossier(unit: Unit, dossier_id: str, *, locked: bool = False, expected_version: int = 0) -> DossierRow:
    """A dossier or draft that the caller may edit: their own, or one that the desk enters for somebody.

    Refusals: NOT_FOUND (also if it is another's), STALE.
    """
    row = storage.dossier(unit.session, read_id(dossier_id), locked=locked)
    if row is None or not is_edited_by_caller(unit, row):
        raise no_such_dossier()
    return _as_expected(row, expected_version)


def is_edited_by_caller(unit: Unit, row: DossierRow) -> bool:
    return edits(unit.caller, unit.ward, channel=row.channel, applicant_id=row.applicant_id)


def desk_dossier(unit: Unit, dossier_id: str, *, expected_version: int = 0) -> DossierRow:
    """A filed dossier, locked for an act of the office. Drafts are not included."""
    row = storage.dossier(unit.session, read_id(dossier_id), locked=True)
    if row is None or row.status == Status.DRAFT:
        raise no_such_dossier()
    return _as_expected(row, expected_version)


def visible_dossier(unit: Unit, dossier_id: str) -> DossierRow:
    """A dossier that the caller may see. Refusal as for `visible`."""
    return visible(unit, storage.dossier(unit.session, read_id(dossier_id)))


def visible(unit: Unit, row: DossierRow | None) -> DossierRow:
    """The row, if the caller may see it: one that they edit, or a filed one of the ward that they work for.

    Refusal NOT_FOUND.
    """
    if row is None:
        raise no_such_dossier()
    if not is_edited_by_caller(unit, row) and not (row.status != Status.DRAFT and of_office(unit.caller, unit.ward)):
        raise no_such_dossier()
    return row


def touch(row: DossierRow, now: datetime) -> None:
    """Raises the dossier's version although its own row may be unchanged, so that other pages notice the change."""
    row.updated_at = now
    flag_modified(row, "updated_at")


def _as_expected(row: DossierRow, expected_version: int) -> DossierRow:
    if expected_version and row.version != expected_version:
        raise stale(row.version)
    return row


def printable(text: str) -> str:
    """The text without control characters, which PostgreSQL and papers cannot hold; tabs become spaces, line breaks
    stay.
    """
    kept = text.replace("\t", " ").replace("\r\n", "\n")
    return "".join(letter for letter in kept if letter == "\n" or unicodedata.category(letter) != "Cc")


def written_day(field: str, text: str) -> date:
    """Parses a typed day. Refusal INVALID if it is no plausible day."""
    day = read_day(text)
    if day is None or not EARLIEST <= day <= LATEST:
        fault = "Không có ngày này. Ngày viết theo dạng NĂM-THÁNG-NGÀY, ví dụ 2020-10-06."
        raise faulty(field, fault)
    return day


def written(field: str, text: str, *, needed: str = "") -> str:
    """A typed text in NFC. Refusal INVALID if it is too long, or missing while `needed` gives a reason for it."""
    clean = normalised(printable(text)).strip()
    if not clean and needed:
        raise invalid("missing-field", needed, FieldFault(field, needed))
    if len(clean) > LONGEST_TEXT:
        fault = f"Xin viết ngắn hơn {LONGEST_TEXT} ký tự."
        raise invalid("text-too-long", fault, FieldFault(field, fault))
    return clean


def filing_day(unit: Unit, row: DossierRow) -> date:
    """The day that the checks count from: the day of filing, or today for a draft."""
    return day_in_vietnam(row.submitted_at or unit.now)


def kept_day(unit: Unit, row: DossierRow) -> date:
    """The earliest day on which a period may have ended that this filing still meets (BLDS 2015 Đ148.5)."""
    return still_kept(filing_day(unit, row), unit.place.calendar)


def tracking_fingerprint(cell: Cell, code: str, key: str) -> bytes:
    """The fingerprint of a typed code and key: case, spaces and hyphens in the key do not matter."""
    plain = "".join(letter for letter in key.upper() if letter in ALPHABET)
    return cell.cipher.fingerprint(f"tracking:{code.strip().upper()}:{plain}")
