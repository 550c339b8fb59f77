"""Stations, their opening sessions, duties and set phrases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.accounts.domain.openings import GRACE, Span
from services.accounts.tables import DutyRow, OpeningRow, PhraseRow, StaffRow, StationRow


def stations(session: Session) -> Sequence[StationRow]:
    """By name, also the closed ones."""
    return session.scalars(select(StationRow).order_by(StationRow.name)).all()


def station_named(session: Session, name: str) -> StationRow | None:
    return session.scalar(select(StationRow).where(StationRow.name == name))


# --- opening sessions


def openings(session: Session, span: Span, station_id: UUID | None = None) -> Sequence[OpeningRow]:
    """The opening sessions that begin within a span, by time; of all stations, or of one."""
    query = select(OpeningRow).where(OpeningRow.starts_at >= span.starts_at, OpeningRow.starts_at < span.ends_at)
    if station_id is not None:
        query = query.where(OpeningRow.station_id == station_id)
    return session.scalars(query.order_by(OpeningRow.starts_at, OpeningRow.id)).all()


def openings_within(session: Session, station_id: UUID, span: Span) -> Sequence[OpeningRow]:
    """The sessions of a station that are not called off and overlap with a span."""
    query = select(OpeningRow).where(
        OpeningRow.station_id == station_id,
        OpeningRow.cancelled_at.is_(None),
        OpeningRow.starts_at < span.ends_at,
        OpeningRow.ends_at > span.starts_at,
    )
    return session.scalars(query).all()


def openings_to_come(session: Session, station_id: UUID, now: datetime) -> Sequence[OpeningRow]:
    """The sessions of a station that are neither over nor called off, locked."""
    query = select(OpeningRow).where(
        OpeningRow.station_id == station_id, OpeningRow.cancelled_at.is_(None), OpeningRow.ends_at > now
    )
    return session.scalars(query.order_by(OpeningRow.starts_at, OpeningRow.id).with_for_update()).all()


# --- duties


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty with its opening session and its volunteer."""

    row: DutyRow
    opening: OpeningRow
    station: StationRow
    volunteer: StaffRow


def _duties() -> Select[tuple[DutyRow, OpeningRow, StationRow, StaffRow]]:
    return (
        select(DutyRow, OpeningRow, StationRow, StaffRow)
        .join(OpeningRow, DutyRow.opening_id == OpeningRow.id)
        .join(StationRow, OpeningRow.station_id == StationRow.id)
        .join(StaffRow, DutyRow.volunteer_id == StaffRow.id)
        .order_by(OpeningRow.starts_at, StationRow.name, StaffRow.full_name, DutyRow.id)
    )


def duty(session: Session, duty_id: UUID) -> Duty:
    return Duty(*session.execute(_duties().where(DutyRow.id == duty_id)).one())


def duty_for(session: Session, opening_id: UUID, volunteer_id: UUID) -> DutyRow | None:
    query = select(DutyRow).where(DutyRow.opening_id == opening_id, DutyRow.volunteer_id == volunteer_id)
    return session.scalar(query.with_for_update())


def duty_ids(session: Session, opening_id: UUID) -> Sequence[UUID]:
    return session.scalars(select(DutyRow.id).where(DutyRow.opening_id == opening_id)).all()


def duties(session: Session, span: Span, volunteer_id: UUID | None = None) -> list[Duty]:
    """The duties whose opening session begins within a span, by time; of all volunteers, or of one."""
    query = _duties().where(OpeningRow.starts_at >= span.starts_at, OpeningRow.starts_at < span.ends_at)
    if volunteer_id is not None:
        query = query.where(DutyRow.volunteer_id == volunteer_id)
    return [Duty(*found) for found in session.execute(query).all()]


def duties_within(session: Session, volunteer_id: UUID, span: Span) -> list[Duty]:
    """A volunteer's valid duties (not taken off, opening session not called off) that overlap with a span."""
    query = _duties().where(
        DutyRow.volunteer_id == volunteer_id,
        DutyRow.taken_off_at.is_(None),
        OpeningRow.cancelled_at.is_(None),
        OpeningRow.starts_at < span.ends_at,
        OpeningRow.ends_at > span.starts_at,
    )
    return [Duty(*found) for found in session.execute(query).all()]


def running_duties(session: Session, volunteer_id: UUID, now: datetime) -> list[Duty]:
    """The duties that a volunteer has now: not taken off, and the opening session takes place and runs
    (domain/openings).
    """
    query = _duties().where(
        DutyRow.volunteer_id == volunteer_id,
        DutyRow.taken_off_at.is_(None),
        OpeningRow.cancelled_at.is_(None),
        OpeningRow.starts_at - GRACE <= now,
        OpeningRow.ends_at > now,
    )
    return [Duty(*found) for found in session.execute(query).all()]


# --- phrases


def phrases(session: Session) -> Sequence[PhraseRow]:
    """The phrases in use, in the order of the list."""
    query = select(PhraseRow).where(PhraseRow.retired_at.is_(None))
    return session.scalars(query.order_by(PhraseRow.position, PhraseRow.text, PhraseRow.id)).all()


def phrases_in_use(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(PhraseRow).where(PhraseRow.retired_at.is_(None))) or 0
