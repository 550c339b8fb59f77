"""Households: account holders start one, join it with the code that the head reads out, leave it, hand it over. Only
members see it.

Locks are taken in one order: the caller's account, the household, a consent. A wrong code is counted and committed
before it is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from services.accounts.domain import households as rules
from services.accounts.domain.throttle import Limit, seconds_to_wait
from services.accounts.storage import households as storage
from services.accounts.storage import people
from services.accounts.storage.households import Own
from services.accounts.storage.learning import able_alone
from services.accounts.storage.tries import tries as counted
from services.accounts.tables import AccountRow, HouseholdCodeRow, HouseholdMemberRow, HouseholdRow
from services.accounts.use_cases import parting, tries
from services.accounts.use_cases.changing import own as own_account
from services.accounts.use_cases.changing import refuse_too_many
from services.accounts.use_cases.consents import give, refuse_old_text
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.database import audit
from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, faulty, not_found
from services.chassis.tokens import unauthenticated


@dataclass(frozen=True, slots=True)
class GetOwnHousehold:
    pass


@dataclass(frozen=True, slots=True)
class StartHousehold:
    text_version: str


@dataclass(frozen=True, slots=True)
class IssueHouseholdCode:
    pass


@dataclass(frozen=True, slots=True)
class JoinHousehold:
    text_version: str
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LeaveHousehold:
    pass


@dataclass(frozen=True, slots=True)
class RemoveHouseholdMember:
    member_id: str


@dataclass(frozen=True, slots=True)
class HandOverHousehold:
    member_id: str


@dataclass(frozen=True, slots=True)
class SetResidentialGroup:
    residential_group: int
    shown_group: int | None  # 0: no group was shown; None: change any group


@dataclass(frozen=True, slots=True)
class Seen:
    """A household as one of its members sees it."""

    household: HouseholdRow
    own: HouseholdMemberRow
    members: Sequence[HouseholdMemberRow]
    names: dict[UUID, str]
    able: set[UUID]


@dataclass(frozen=True, slots=True)
class Issued:
    code: str = field(repr=False)
    expires_at: datetime


def own(unit: Unit, _: GetOwnHousehold) -> Seen:
    """Raises a Refusal: NOT_FOUND (`no-household`), UNAUTHENTICATED if the caller's account is closed."""
    account = people.account(unit.session, unit.caller.id)
    if account is None or account.status != people.ACTIVE:
        raise unauthenticated()
    found = storage.own(unit.session, account.id)
    if found is None:
        raise _none()
    return _seen(unit, found)


def start(unit: Unit, command: StartHousehold) -> Seen:
    """Raises a Refusal: CONFLICT (`in-household`, `text-changed`), THROTTLED (`too-many-changes`)."""
    account = own_account(unit)
    _refuse_in_household(unit, account)
    refuse_old_text(unit, rules.PURPOSE, command.text_version)
    _count_change(unit)
    household = HouseholdRow(id=uuid4(), started_at=unit.now)
    unit.session.add(household)
    unit.session.flush()
    member = _enter(unit, account, household.id, command.text_version, is_head=True)
    audit.record(unit.session, "start-household", f"household-member:{member.id}", str(account.id))
    return _seen(unit, Own(household, member))


def issue_code(unit: Unit, _: IssueHouseholdCode) -> Issued:
    """Raises a Refusal: NOT_FOUND (`no-household`), FORBIDDEN (`not-head-of-household`), CONFLICT
    (`household-full`).
    """
    found = _as_head(unit)
    if len(storage.members(unit.session, found.household.id)) >= rules.MOST_MEMBERS:
        # Each code lets in one, and a household has one code: so nobody joins a full one.
        raise conflict("household-full", f"Hộ này đã đủ {rules.MOST_MEMBERS} người.")
    storage.forget_code(unit.session, found.household.id)
    while True:
        code = rules.make_code()
        digest = _digest_of(unit, code)
        if storage.code(unit.session, digest) is None:
            break
    expires_at = unit.now + rules.CODE_LIFE
    unit.session.add(HouseholdCodeRow(household_id=found.household.id, code_digest=digest, expires_at=expires_at))
    unit.session.flush()
    audit.record(unit.session, "issue-household-code", f"household-member:{found.member.id}", unit.caller.id)
    return Issued(code, expires_at)


def join(place: Workplace, command: JoinHousehold) -> Seen:
    """Lets the caller into the household whose head has read out the code; a repetition returns its present state.

    Raises a Refusal: INVALID (`wrong-household-code`), CONFLICT (`in-household`, `text-changed`), THROTTLED
    (`too-many-codes-tried`, `too-many-changes`).
    """
    code = rules.read_code(command.code)
    with place.unit() as unit:
        account = own_account(unit)
        given = storage.code(unit.session, _digest_of(unit, code))
        if given is not None and given.used_by == account.id:
            again = storage.own(unit.session, account.id)
            if again is not None and again.household.id == given.household_id:
                return _seen(unit, again)
        _refuse_in_household(unit, account)  # even if the code is wrong
        refuse_old_text(unit, rules.PURPOSE, command.text_version)  # costs no try
        found = _try_code(unit, account, code, command.text_version)
        if isinstance(found, Own):
            return _seen(unit, found)
    raise found


def leave(unit: Unit, _: LeaveHousehold) -> None:
    """Raises a Refusal (NOT_FOUND, `no-household`)."""
    if not parting.leave_of(unit, own_account(unit).id):
        raise _none()


def remove(unit: Unit, command: RemoveHouseholdMember) -> None:
    """Raises a Refusal: NOT_FOUND (`no-household`, `unknown-household-member`), FORBIDDEN (`not-head-of-household`),
    INVALID (`invalid-field`) for the head.
    """
    found = _as_head(unit)
    member = _other(unit, found, command.member_id, "Muốn ra khỏi hộ, xin dùng mục “Ra khỏi hộ”.")
    parting.leave(unit, member, "remove-household-member")
    storage.forget_code(unit.session, found.household.id)  # the removed member may have heard it
    parting.tell_owner(unit, member.account_id, "account-household-removed")


def hand_over(unit: Unit, command: HandOverHousehold) -> None:
    """Raises a Refusal as `remove`; also THROTTLED (`too-many-changes`)."""
    found = _as_head(unit)
    member = _other(unit, found, command.member_id, "Ông/bà đang là người đứng đầu hộ.")
    _count_change(unit)
    found.member.is_head = False
    unit.session.flush()
    storage.forget_code(unit.session, found.household.id)
    audit.record(unit.session, "hand-over-household", f"household-member:{found.member.id}", unit.caller.id)
    parting.make_head(unit, member)


def set_group(unit: Unit, command: SetResidentialGroup) -> None:
    """Raises a Refusal: INVALID (`invalid-field`), NOT_FOUND (`no-household`), FORBIDDEN (`not-head-of-household`),
    CONFLICT (`residential-group-changed`) if the present group is not the shown one, THROTTLED (`too-many-changes`).
    """
    group = rules.read_group(command.residential_group)
    found = _as_head(unit)
    present = found.household.residential_group
    if present == group:
        return
    if command.shown_group is not None and (command.shown_group or None) != present:
        text = "Tổ dân phố của hộ vừa được đổi ở nơi khác. Xin xem lại rồi đổi nữa nếu cần."
        fault = FieldFault("residential_group", text)
        raise Refusal(Kind.CONFLICT, "residential-group-changed", text, fields=(fault,))
    _count_change(unit)
    found.household.residential_group = group
    unit.session.flush()
    audit.record(unit.session, "set-residential-group", f"household-member:{found.member.id}", unit.caller.id)


# --- joining


def _try_code(unit: Unit, account: AccountRow, code: str, text_version: str) -> Own | Refusal:
    guesser = f"household:{account.id}"
    seconds = max(tries.wait(unit, guesser, limit) for limit in _limits(unit))
    if seconds:
        return tries.too_many_codes_tried(seconds)
    household_id = _household_of(unit, code)
    if household_id is None:
        for subject in (guesser, _EVERYBODY):
            tries.count(unit, subject)
        return rules.wrong_code("Mã không đúng, đã dùng hoặc quá 10 phút. Xin nhờ người đứng đầu hộ lấy mã mới.")
    _count_change(unit)
    given = unit.session.get_one(HouseholdCodeRow, household_id)
    given.used_at, given.used_by = unit.now, account.id
    member = _enter(unit, account, household_id, text_version, is_head=False)
    audit.record(unit.session, "join-household", f"household-member:{member.id}", str(account.id))
    head = next(one for one in storage.members(unit.session, household_id) if one.is_head)
    parting.tell_owner(unit, head.account_id, "account-household-joined")
    return Own(unit.session.get_one(HouseholdRow, household_id), member)


_EVERYBODY = "households"  # the subject for the whole ward


def _limits(unit: Unit) -> list[Limit]:
    """After many wrong codes in the ward, each account has one guess: so a person with the right code still gets in."""
    window = rules.WARD_TRIES.window
    guessed = seconds_to_wait(rules.WARD_TRIES, counted(unit.session, _EVERYBODY, unit.now - window), unit.now)
    return [rules.TRIES, rules.TRIES_A_DAY, *([rules.TRIES_WHILE_GUESSED] if guessed else [])]


def _household_of(unit: Unit, code: str) -> UUID | None:
    """The household, locked, that a code opens at present."""
    digest = _digest_of(unit, code)
    given = storage.code(unit.session, digest)
    if given is None:
        return None
    storage.lock_household(unit.session, given.household_id)
    now = storage.code(unit.session, digest)  # somebody may have used or replaced it meanwhile
    if now is None or now.used_at is not None or unit.now >= now.expires_at:
        return None
    return now.household_id


def _digest_of(unit: Unit, code: str) -> bytes:
    return unit.cell.cipher.fingerprint(rules.code_text(code))


def _enter(
    unit: Unit, account: AccountRow, household_id: UUID, text_version: str, *, is_head: bool
) -> HouseholdMemberRow:
    consent = give(unit, rules.PURPOSE, text_version)
    member = HouseholdMemberRow(
        id=uuid4(),
        household_id=household_id,
        account_id=account.id,
        consent_id=consent.id,
        is_head=is_head,
        joined_at=unit.now,
    )
    unit.session.add(member)
    unit.session.flush()
    return member


def _refuse_in_household(unit: Unit, account: AccountRow) -> None:
    if storage.own(unit.session, account.id) is not None:
        raise conflict("in-household", "Ông/bà đang ở một hộ rồi. Muốn vào hộ khác, xin ra khỏi hộ này trước.")


def _count_change(unit: Unit) -> None:
    """Limits changes: most of them write a message to somebody else, and the ward pays for it. Raises a Refusal
    (THROTTLED, `too-many-changes`).
    """
    text = "Ông/bà đã vào hộ hoặc thay đổi hộ nhiều lần trong một ngày."
    refuse_too_many(unit, f"household-changes:{unit.caller.id}", rules.CHANGES_A_DAY, text)


# --- the members


def _seen(unit: Unit, found: Own) -> Seen:
    """The household's present state. Raises a Refusal (NOT_FOUND, `no-household`) for somebody who was removed a moment
    ago.
    """
    members = storage.members(unit.session, found.household.id)
    if all(one.id != found.member.id for one in members):
        raise _none()
    accounts = [one.account_id for one in members]
    _record_looks(unit, [one for one in members if one.id != found.member.id])
    names, able = storage.names(unit.session, accounts), able_alone(unit.session, accounts)
    return Seen(found.household, found.member, members, names, able)


def _record_looks(unit: Unit, others: Sequence[HouseholdMemberRow]) -> None:
    """Records only the first look of a day: many looks must not hide other entries in the members' logs."""
    accounts = [str(one.account_id) for one in others]
    known = audit.had_recorded(unit.session, "view-household", accounts, timedelta(days=1))
    for one in others:
        if str(one.account_id) not in known:
            audit.record(unit.session, "view-household", f"household-member:{one.id}", str(one.account_id))


def _as_head(unit: Unit) -> Own:
    """The caller's household, locked; the caller must be its head."""
    found = storage.own(unit.session, own_account(unit).id, locked=True)
    if found is None:
        raise _none()
    if not found.member.is_head:
        text = "Chỉ người đứng đầu hộ làm được việc này. Người ấy giao lại được cho ông/bà."
        raise Refusal(Kind.FORBIDDEN, "not-head-of-household", text)
    return found


def _other(unit: Unit, found: Own, member_id: str, if_themself: str) -> HouseholdMemberRow:
    if member_id == str(found.member.id):
        raise faulty("member_id", if_themself)
    for one in storage.members(unit.session, found.household.id):
        if str(one.id) == member_id:
            return one
    raise not_found("unknown-household-member", "Người này không còn trong hộ. Xin tải lại trang.")


def _none() -> Refusal:
    return not_found("no-household", "Ông/bà chưa ở hộ nào.")
