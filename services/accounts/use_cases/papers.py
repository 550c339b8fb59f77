"""The desk notes another identity paper of the same person in their account. The officer has seen the original of the
new paper, and the proof that links it to the account's present paper.

From now on the account claims the new number in the resident directory, as at an opening, and gives up the old one.
Phone, password and sessions stay, so a filing does not wait (docs/decisions/0037).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from services.accounts import events
from services.accounts.domain import changes, papers
from services.accounts.domain.directory import Claim
from services.accounts.domain.papers import Replacement
from services.accounts.storage import people as storage
from services.accounts.storage import recovery as stored
from services.accounts.tables import AccountRow
from services.accounts.use_cases import desk
from services.accounts.use_cases.changing import refuse_too_many
from services.accounts.use_cases.desk import AtDesk, Original
from services.accounts.use_cases.directory import make_room, settle_change
from services.accounts.use_cases.telling import tell
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.database import audit
from services.chassis.events import outbox
from services.chassis.refusal import FieldFault, Refusal


@dataclass(frozen=True, slots=True)
class ReplaceIdentityPaper(Original):
    """Kind and number are those of the old paper, as the proof of the link names them. With `corrects` the old paper is
    the one that was replaced last: the account's present number was noted wrongly, and no paper has it.
    """

    new_identity_kind: str
    new_identity_number: str = field(repr=False)
    ground: str
    corrects: bool


def read(unit: Unit, command: ReplaceIdentityPaper) -> Replacement:
    """Raises a Refusal: INVALID (`original-not-seen`, `invalid-identity`, `invalid-replacement`)."""
    old = desk.read_original(unit, command)
    return papers.read_replacement(old, command.new_identity_kind, command.new_identity_number, command.ground)


def compare(place: Workplace, command: ReplaceIdentityPaper, replacement: Replacement) -> Replacement:
    """Compares the old number with the account and checks whether the new one is taken. A mismatch is recorded in the
    log of the account that it concerns.

    Raises a Refusal: INVALID (`identity-differs`), EXISTS (`account-exists`), CONFLICT (`account-elsewhere`), THROTTLED
    (`too-many-lookups`).
    """
    with place.unit() as unit:
        desk.refuse_too_many_misses(unit)
        account = storage.account(unit.session, command.account_id)
        if account is None or account.status != storage.ACTIVE:
            return replacement
        is_noted = desk.is_of(unit, replacement.new, account)
        if is_noted and _has_done(unit, account, replacement):
            return replacement
        if is_noted or not _is_old(unit, account, replacement, corrects=command.corrects):
            desk.note_miss(unit, "compare-identity-paper", f"account:{account.id}", str(account.id))
            refusal = papers.noted_already() if is_noted else papers.other_old_paper()
        else:
            fingerprint = storage.identity_fingerprint(unit.cell.cipher, replacement.new.normal_form)
            owner = _owner(unit, fingerprint)
            if owner is None or owner == (unit.ward, str(account.id)):
                return replacement
            ward, id = owner
            action = "view-account" if ward == unit.ward else "look-up-account"
            desk.note_miss(unit, action, f"account:{id}", id)
            refusal = _taken(unit, ward)
    # The record is committed before it is refused.
    raise refusal


def replace(unit: Unit, command: ReplaceIdentityPaper, replacement: Replacement) -> AtDesk:
    """Gives the account kind and number of the new paper; level 2.

    A repetition by the same officer returns the account as done. Raises a Refusal: INVALID (`identity-differs`,
    `invalid-replacement`), NOT_FOUND (`unknown-account`), EXISTS (`account-exists`), CONFLICT (`account-not-active`,
    `account-elsewhere`, `paper-noted-already`), THROTTLED (`too-many-changes`) past three a day.
    """
    session, cipher, new = unit.session, unit.cell.cipher, replacement.new
    fingerprint = storage.identity_fingerprint(cipher, new.normal_form)
    account = desk.active(unit, command.account_id, fingerprint)
    if desk.is_of(unit, new, account):
        if _has_done(unit, account, replacement):
            return desk.at_desk(unit, account)
        raise papers.noted_already()
    if not _is_old(unit, account, replacement, corrects=command.corrects):
        raise papers.other_old_paper()
    papers.refuse_compared(replacement.ground, seen=account.identity_level == changes.SEEN)
    refuse_too_many(unit, f"new-papers:{account.id}", papers.PER_DAY, papers.DONE_OFTEN)
    if not make_room(unit, fingerprint, str(account.id)):
        home = storage.home(session, fingerprint)
        raise _taken(unit, home.ward if home else unit.ward)
    former = account.identity_fingerprint
    account.identity_kind, account.identity_fingerprint = new.kind, fingerprint
    account.identity_number = storage.seal(cipher, account.id, "identity_number", new.number)
    account.identity_level, account.identity_seen_at = changes.SEEN, unit.now
    session.flush()
    desk.keep(unit, account, new, changes.REPLACE_PAPER, replaces=replacement.old, ground=replacement.ground)
    settle_change(unit, former, fingerprint, Claim(unit.now, unit.ward, str(account.id)))
    outbox.tell(session, events.identity_changed(unit.ward, account, former, unit.now), str(account.id))
    phone, email = (storage.unseal(cipher, account, column) for column in ("phone", "email"))
    tell(unit, account, "account-identity-replaced", phone=phone, email=email)
    audit.record(session, "replace-identity-paper", f"account:{account.id}", str(account.id))
    return desk.at_desk(unit, account)


def _is_old(unit: Unit, account: AccountRow, replacement: Replacement, *, corrects: bool) -> bool:
    """Whether the old paper is the account's present one, or with `corrects` the one that was replaced last."""
    if not corrects:
        return desk.is_of(unit, replacement.old, account)
    row = stored.newest_replacement(unit.session, account.id)
    if row is None:
        return False
    replaced = (row.replaced_kind, stored.replaced_number(unit.cell.cipher, row))
    return (replacement.old.kind, replacement.old.number) == replaced


def _has_done(unit: Unit, account: AccountRow, replacement: Replacement) -> bool:
    """Whether the caller has done exactly this, and nothing has changed since: the answer was lost, or the button was
    pressed twice.
    """
    row = stored.newest_replacement(unit.session, account.id)
    if row is None or row.officer_id != unit.caller.id or row.replaced_number is None:
        return False
    number = stored.replaced_number(unit.cell.cipher, row)
    done = (row.replaced_kind, number, row.ground)
    return done == (replacement.old.kind, replacement.old.number, replacement.ground)


def _owner(unit: Unit, fingerprint: bytes) -> tuple[str, str] | None:
    """Ward and id of the account that has a number; None if that account waits for its code or has moved."""
    home = storage.home(unit.session, fingerprint)
    if home is not None:
        return home.ward, home.account_id
    here = storage.account_by_identity(unit.session, fingerprint)
    return (unit.ward, str(here.id)) if here is not None and here.status == storage.ACTIVE else None


def _taken(unit: Unit, ward: str) -> Refusal:
    if ward == unit.ward:
        return papers.taken_here()
    refusal = desk.elsewhere(unit, ward)
    refusal.text += " Ở đó người ấy dùng tiếp hoặc đóng tài khoản ấy; đóng rồi thì trở lại đây."
    refusal.fields = (FieldFault("new_identity_number", refusal.text),)
    return refusal
