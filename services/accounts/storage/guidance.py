"""Guided sessions at the ward's stations, what was done in them, and the consents that they rest on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    Uuid,
    bindparam,
    case,
    cast,
    delete,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from services.accounts.domain.guidance import SILENCE, Ending, State, Times, ending, read_because, state
from services.accounts.storage.rows import by_id
from services.accounts.tables import (
    ConsentRow,
    DeviceRow,
    DutyRow,
    GuidanceRow,
    GuidedPageRow,
    GuidedSessionRow,
    OpeningRow,
    StaffRow,
    StationRow,
)
from services.chassis.ids import read_uuid

MOST_SHOWN = 50  # acts in a session
MOST_CONSENTS = 200
MOST_PAGES = 60  # of dossiers in a session; further ones are not counted
#: How long what was done in a session is kept.
KEPT = timedelta(days=365)
#: How long a code is still recognised as used or expired.
CODE_REMEMBERED = timedelta(hours=1)

# A duty ends when the volunteer is taken off, the opening session is called off, or its hours end. LEAST ignores NULL.
_DUTY_OVER_AT: ColumnElement[datetime | None] = func.least(
    DutyRow.taken_off_at, OpeningRow.cancelled_at, OpeningRow.ends_at
)

MOST_EXPLAINED = 100


@dataclass(frozen=True, slots=True)
class Guided:
    """A guided session with its station and its volunteer."""

    row: GuidedSessionRow
    station: StationRow
    kiosk: DeviceRow
    volunteer: StaffRow | None
    duty_over_at: datetime | None

    @property
    def times(self) -> Times:
        return times_of(self.row, self.duty_over_at)

    def state(self, now: datetime) -> State:
        return state(self.times, now)

    def ending(self, now: datetime) -> Ending | None:
        return ending(self.times, now)

    def is_silent(self, now: datetime) -> bool:
        """Whether the citizen of an open session has not been heard from for long."""
        return self.state(now) is State.OPEN and self.row.citizen_seen_at < now - SILENCE

    def version(self, now: datetime) -> int:
        """The present version: an end by time counts as a change even before it is written."""
        return self.row.version + (self.row.ended_at is None and self.ending(now) is not None)


def times_of(row: GuidedSessionRow, duty_over_at: datetime | None) -> Times:
    ended = None if row.ended_at is None else Ending(row.ended_at, read_because(row.ended_because))
    return Times(row.code_expires_at, row.joined_at, row.ends_at, duty_over_at, ended)


def _guided() -> Select[tuple[GuidedSessionRow, StationRow, DeviceRow, StaffRow, datetime | None]]:
    return (
        select(GuidedSessionRow, StationRow, DeviceRow, StaffRow, _DUTY_OVER_AT)
        .join(StationRow, GuidedSessionRow.station_id == StationRow.id)
        .join(DeviceRow, GuidedSessionRow.kiosk_id == DeviceRow.id)
        .outerjoin(StaffRow, GuidedSessionRow.volunteer_id == StaffRow.id)
        .outerjoin(DutyRow, GuidedSessionRow.duty_id == DutyRow.id)
        .outerjoin(OpeningRow, DutyRow.opening_id == OpeningRow.id)
    )


def guided_session(session: Session, session_id: str, *, locked: bool = False) -> Guided | None:
    """The session of a UUID as text; None if the text is no UUID."""
    key = read_uuid(session_id)
    if key is None:
        return None
    if locked:  # first, in a query of its own: so the joined query reads the values after the wait
        session.execute(select(GuidedSessionRow.id).where(GuidedSessionRow.id == key).with_for_update())
    return _one(session, _guided().where(GuidedSessionRow.id == key))


def newest_of_citizen(session: Session, account_id: str) -> Guided | None:
    query = _guided().where(GuidedSessionRow.account_id == account_id)
    return _one(session, query.order_by(GuidedSessionRow.requested_at.desc(), GuidedSessionRow.id).limit(1))


def by_code(session: Session, station_id: UUID, digest: bytes, now: datetime) -> Guided | None:
    """The newest session of a station for which a code was given out, locked; the code may be over."""
    query = (
        select(GuidedSessionRow.id)
        .where(
            GuidedSessionRow.station_id == station_id,
            GuidedSessionRow.code_digest == digest,
            or_(GuidedSessionRow.ended_at.is_(None), GuidedSessionRow.requested_at > now - CODE_REMEMBERED),
        )
        .order_by(GuidedSessionRow.requested_at.desc())
        .limit(1)
    )
    found = session.scalar(query)
    return None if found is None else guided_session(session, str(found), locked=True)


def waits_elsewhere(session: Session, digests: Iterable[bytes], now: datetime) -> bool:
    """Whether a session with one of these codes, at another station, waits for its volunteer."""
    query = select(GuidedSessionRow.id).where(
        GuidedSessionRow.code_digest.in_(list(digests)),
        GuidedSessionRow.joined_at.is_(None),
        GuidedSessionRow.ended_at.is_(None),
        GuidedSessionRow.code_expires_at > now,
    )
    return session.scalar(query.limit(1)) is not None


def of_volunteer(session: Session, volunteer_id: UUID, now: datetime) -> list[Guided]:
    """The sessions that a volunteer holds now, by the moment of joining."""
    query = _guided().where(GuidedSessionRow.volunteer_id == volunteer_id, GuidedSessionRow.ended_at.is_(None))
    found = [Guided(*each) for each in session.execute(query.order_by(GuidedSessionRow.joined_at)).all()]
    return [each for each in found if each.state(now) is State.OPEN]


def unended(session: Session, kiosk_id: UUID, account_id: str = "") -> list[Guided]:
    """The sessions of a computer, and those of a citizen, whose end is not written; locked."""
    mine = or_(GuidedSessionRow.account_id == account_id, GuidedSessionRow.kiosk_id == kiosk_id)
    return _unended(session, mine)


def of_citizen(session: Session, account_id: str) -> list[Guided]:
    """The sessions of a citizen whose end is not written; locked."""
    return _unended(session, GuidedSessionRow.account_id == account_id)


def of_visit(session: Session, visitor: str, kiosk_id: UUID) -> Sequence[GuidedSessionRow]:
    """The sessions of a visit at a computer, ended or not; locked."""
    query = select(GuidedSessionRow).where(
        GuidedSessionRow.account_id == visitor, GuidedSessionRow.kiosk_id == kiosk_id
    )
    return session.scalars(query.order_by(GuidedSessionRow.id).with_for_update()).all()


def _unended(session: Session, which: ColumnElement[bool]) -> list[Guided]:
    ids = select(GuidedSessionRow.id).where(which, GuidedSessionRow.ended_at.is_(None))
    locked = session.scalars(ids.order_by(GuidedSessionRow.id).with_for_update()).all()
    query = _guided().where(GuidedSessionRow.id.in_(locked), GuidedSessionRow.ended_at.is_(None))
    return [Guided(*each) for each in session.execute(query.execution_options(populate_existing=True)).all()]


def resting_on(
    session: Session, *, duty_ids: Sequence[UUID] = (), consent_id: UUID | None = None, volunteer_id: UUID | None = None
) -> list[Guided]:
    """The sessions that depend on duties, a consent or a volunteer and whose end is not written; locked."""
    which: list[ColumnElement[bool]] = [GuidedSessionRow.duty_id.in_(duty_ids)]
    which += [GuidedSessionRow.consent_id == consent_id] if consent_id else []
    which += [GuidedSessionRow.volunteer_id == volunteer_id] if volunteer_id else []
    return _unended(session, or_(*which))


def over_now(session: Session, now: datetime) -> list[Guided]:
    """Sessions whose time, code or duty is over and whose end is not written; locked. Sessions that somebody else is
    changing are skipped.
    """
    return [Guided(*each) for each in session.execute(_OVER_NOW, {"now": now}).all()]


class Watched(NamedTuple):
    id: UUID
    version: int
    ended: bool
    citizen_silent: bool
    over_at: datetime | None  # when it ends by time, unless somebody ends it before


_OVER_AT: ColumnElement[datetime | None] = func.least(
    GuidedSessionRow.ends_at,
    _DUTY_OVER_AT,
    case((GuidedSessionRow.joined_at.is_(None), GuidedSessionRow.code_expires_at)),
)
_UNWRITTEN_END = GuidedSessionRow.ended_at.is_(None) & func.coalesce(bindparam("now") >= _OVER_AT, false())
_OVER_NOW = (
    _guided()
    .where(_UNWRITTEN_END)
    .with_for_update(of=GuidedSessionRow, skip_locked=True)
    .execution_options(populate_existing=True)
)
_WATCHED = (
    select(
        GuidedSessionRow.id,
        GuidedSessionRow.version + cast(_UNWRITTEN_END, Integer),
        GuidedSessionRow.ended_at.is_not(None) | _UNWRITTEN_END,
        GuidedSessionRow.joined_at.is_not(None)
        & GuidedSessionRow.ended_at.is_(None)
        & ~_UNWRITTEN_END
        & (GuidedSessionRow.citizen_seen_at < bindparam("silent_since")),
        _OVER_AT,
    )
    .outerjoin(DutyRow, GuidedSessionRow.duty_id == DutyRow.id)
    .outerjoin(OpeningRow, DutyRow.opening_id == OpeningRow.id)
    .where(GuidedSessionRow.id == func.any(bindparam("ids", type_=ARRAY(Uuid))))
)


def watched(session: Session, ids: Sequence[UUID], now: datetime) -> list[Watched]:
    """The versions (`Guided.version`) of those sessions that exist."""
    given = {"ids": list(ids), "now": now, "silent_since": now - SILENCE}
    return [Watched(*each) for each in session.connection().execute(_WATCHED, given)]


# --- what was done


def done(session: Session, session_id: UUID, most: int = MOST_SHOWN) -> list[GuidanceRow]:
    """The last acts in a session, newest last."""
    query = select(GuidanceRow).where(GuidanceRow.session_id == session_id)
    rows = session.scalars(query.order_by(GuidanceRow.sequence.desc()).limit(most)).all()
    return list(reversed(rows))


def explained_before(session: Session, row: GuidedSessionRow, terms: Collection[str]) -> Sequence[str]:
    """Which of these terms were explained to the same person in earlier sessions here, except sessions with a withdrawn
    consent.

    Questions are left out: another volunteer, another day, has no need to know what this person was asked.
    """
    query = (
        select(GuidanceRow.subject)
        .join(GuidedSessionRow, GuidanceRow.session_id == GuidedSessionRow.id)
        .join(ConsentRow, GuidedSessionRow.consent_id == ConsentRow.id)
        .where(
            GuidedSessionRow.account_id == row.account_id,
            GuidedSessionRow.id != row.id,
            GuidanceRow.kind == "explained",
            GuidanceRow.subject.in_(terms),
            ConsentRow.withdrawn_at.is_(None),
        )
        .distinct()
    )
    return session.scalars(query.order_by(GuidanceRow.subject).limit(MOST_EXPLAINED)).all()


# --- pages of dossiers


def show_page(session: Session, row: GuidedSessionRow, dossier: tuple[str, str, str] | None) -> None:
    """Notes the open page of a dossier (ward, id, page); at most 60 pages in a session.

    While nobody guides, only the last page counts.
    """
    if row.joined_at is None:
        session.execute(delete(GuidedPageRow).where(GuidedPageRow.session_id == row.id))
    if dossier is not None and _pages(session, row) < MOST_PAGES:
        ward, dossier_id, page = dossier
        noted = upsert(GuidedPageRow).values(session_id=row.id, dossier_ward=ward, dossier_id=dossier_id, page=page)
        session.execute(noted.on_conflict_do_nothing())


def _pages(session: Session, row: GuidedSessionRow) -> int:
    query = select(func.count()).select_from(GuidedPageRow).where(GuidedPageRow.session_id == row.id)
    return session.scalar(query) or 0


def given(session: Session, account_id: str, dossier_id: str) -> list[tuple[Guided, int]]:
    """The joined sessions of a citizen in which a dossier was open, each with the number of its pages."""
    pages = (
        select(GuidedPageRow.session_id, func.count().label("pages"))
        .where(GuidedPageRow.dossier_id == dossier_id)
        .group_by(GuidedPageRow.session_id)
        .subquery()
    )
    query = (
        _guided()
        .add_columns(pages.c.pages)
        .join(pages, pages.c.session_id == GuidedSessionRow.id)
        .where(GuidedSessionRow.account_id == account_id, GuidedSessionRow.joined_at.is_not(None))
        .order_by(GuidedSessionRow.joined_at)
    )
    return [(Guided(*rest), pages) for *rest, pages in session.execute(query).all()]


# --- consents


def consent(session: Session, consent_id: str) -> ConsentRow | None:
    """The consent of a UUID as text, locked; None if the text is no UUID."""
    return by_id(session, ConsentRow, consent_id, locked=True)


def consents(session: Session, account_id: str, ward: str) -> Sequence[tuple[ConsentRow, str]]:
    """The consents of an account of a ward, with the names of the stations; newest first."""
    query = (
        select(ConsentRow, func.coalesce(StationRow.name, ""))
        .outerjoin(StationRow, ConsentRow.station_id == StationRow.id)
        .where(ConsentRow.account_id == account_id, ConsentRow.account_ward == ward)
        .order_by(ConsentRow.given_at.desc(), ConsentRow.id)
    )
    return session.execute(query.limit(MOST_CONSENTS)).tuples().all()


def purge(session: Session, now: datetime) -> None:
    """Deletes sessions, and what was done in them, after a year; the consents stay as proof."""
    old = select(GuidedSessionRow.id).where(GuidedSessionRow.requested_at < now - KEPT)
    session.execute(delete(GuidanceRow).where(GuidanceRow.session_id.in_(old)))
    session.execute(delete(GuidedPageRow).where(GuidedPageRow.session_id.in_(old)))
    session.execute(delete(GuidedSessionRow).where(GuidedSessionRow.requested_at < now - KEPT))


def note_seen(session: Session, ids: Sequence[UUID], now: datetime) -> None:
    """Notes that the citizens' browsers have been heard from; written at most every few seconds."""
    stale = (
        select(GuidedSessionRow.id)
        .where(GuidedSessionRow.id.in_(ids), GuidedSessionRow.ended_at.is_(None))
        .where(GuidedSessionRow.citizen_seen_at < now - timedelta(seconds=5))
        .order_by(GuidedSessionRow.id)
        .with_for_update()
    )
    found = session.scalars(stale).all()
    if found:
        session.execute(update(GuidedSessionRow).where(GuidedSessionRow.id.in_(found)).values(citizen_seen_at=now))


def _one(
    session: Session, query: Select[tuple[GuidedSessionRow, StationRow, DeviceRow, StaffRow, datetime | None]]
) -> Guided | None:
    found = session.execute(query.execution_options(populate_existing=True)).one_or_none()
    return None if found is None else Guided(*found)
