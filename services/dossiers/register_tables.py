"""The tables of the registers: books and their volumes, entries, who stands in them, notes, certificates."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from services.dossiers.tables import Base


class RegisterBookRow(Base):
    """A register of one kind and year: its last number, and the digest that its next entry is chained to."""

    __tablename__ = "register_books"

    register: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    first_number: Mapped[int] = mapped_column(Integer)  # 1, or the number after the last of a paper book
    last_number: Mapped[int] = mapped_column(Integer)
    last_digest: Mapped[bytes]
    volume: Mapped[int] = mapped_column(SmallInteger)  # the open volume; a full one is followed by the next
    # The book in which the year began, if it continues from an earlier year (TT 04/2020 Đ29.3): year and number on it.
    runs_on_from_year: Mapped[int | None] = mapped_column(Integer)
    runs_on_from_volume: Mapped[int | None] = mapped_column(SmallInteger)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]  # with the closing statement; no entry is possible afterwards


class RegisterVolumeRow(Base):
    """A volume that was closed, with its statement (NĐ 123/2015 Đ12; TT 04/2020 Đ29–36)."""

    __tablename__ = "register_volumes"

    register: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    volume: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    first_number: Mapped[int] = mapped_column(Integer)
    last_number: Mapped[int] = mapped_column(Integer)
    closed_at: Mapped[datetime]
    closed_by: Mapped[str]  # name and title, as the statement's list shows them
    closed_by_title: Mapped[str] = mapped_column(server_default="")
    closed_by_capacity: Mapped[str] = mapped_column(server_default="")  # of `Capacity`; empty of a version before
    last_digest: Mapped[bytes]


#: Versions of a person of an entry: as it was written, and the same once a note has put somebody else there.
WRITTEN = 0
REPLACED = -1


class RegisterPersonRow(Base):
    """A person of an entry; searches find them by name, date of birth or the number of a paper."""

    __tablename__ = "register_people"
    __table_args__ = (
        Index("ix_register_people_numbers", "numbers", postgresql_using="gin"),
        Index("ix_register_people_name", "name", "birth_year"),
    )

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("register_entries.id"), primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)  # `child`, `wife`, `husband`, `deceased`, `person` …
    # `WRITTEN`; above it the same person by what notes have changed; `REPLACED`: kept, and not found.
    version: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False, server_default="0")
    register: Mapped[str]
    name: Mapped[str]  # folded
    birth_date: Mapped[date | None]
    birth_year: Mapped[int | None] = mapped_column(SmallInteger)
    numbers: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))  # keyed fingerprints


class RegisterNoteRow(Base):
    """A dated note to an entry: never changed, chained to the notes before it."""

    __tablename__ = "register_notes"
    __table_args__ = (
        Index("ix_register_notes_death", "death_entry_id", postgresql_where=text("death_entry_id IS NOT NULL")),
        Index("ix_register_notes_withdrawing", "entry_id", postgresql_where=text("withdraws IS NOT NULL")),
    )

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("register_entries.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str]  # of `domain.notes.NOTE_KINDS`
    at: Mapped[datetime]
    content: Mapped[bytes]  # JSON, sealed: text, basis (number, date, issuer), who prepared it, signer
    previous_digest: Mapped[bytes]  # of the previous note, or of the entry
    digest: Mapped[bytes]
    by_id: Mapped[str]  # who signed it
    withdraws: Mapped[int | None]  # sequence of the earlier note of the entry that no longer counts
    death_entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("register_entries.id"))  # the death that it is about


class ProposedNoteRow(Base):
    """A note that an officer wrote and that waits for a signer or was sent back; a confirmed note moves to
    `register_notes`.
    """

    __tablename__ = "proposed_notes"
    __table_args__ = (
        Index("ix_proposed_notes_entry_id", "entry_id"),
        Index("ix_proposed_notes_waiting", "at", postgresql_where=text("returned_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("register_entries.id"))
    kind: Mapped[str]
    at: Mapped[datetime]
    content: Mapped[bytes]  # JSON, sealed: text, basis, prepared_by, withdraws, returned_because
    by_id: Mapped[str]
    returned_at: Mapped[datetime | None]
    number: Mapped[int] = mapped_column(BigInteger, Identity())  # tells the order of what has one moment


class RegisterEntryRow(Base):
    """An entry of a register: never changed, never deleted (a trigger ensures it)."""

    __tablename__ = "register_entries"
    __table_args__ = (
        UniqueConstraint("register", "year", "number"),
        UniqueConstraint("dossier_id", "register"),  # a registration, and copies that were asked for with it
        UniqueConstraint("certificate_id"),
        Index("ix_register_entries_search", "search", postgresql_using="gin"),
        Index("ix_register_entries_day", "register", "registered_at", "number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    register: Mapped[str]  # `birth`
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    book: Mapped[str]
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    content: Mapped[bytes]  # JSON, sealed
    previous_digest: Mapped[bytes]
    digest: Mapped[bytes]  # over the plain content and the digest before
    registered_at: Mapped[datetime]
    signer_id: Mapped[str]
    signer_name: Mapped[str]
    signer_title: Mapped[str]
    certificate_id: Mapped[str]
    search: Mapped[str] = mapped_column(TSVECTOR, deferred=True)  # folded words of the names, and the number


class CertificateRow(Base):
    """A certificate of an entry; made after the signature is committed, once."""

    __tablename__ = "certificates"
    __table_args__ = (
        Index("ix_certificates_missing", "entry_id", postgresql_where=text("sha256 IS NULL")),
        Index("ix_certificates_source", "source_entry_id", postgresql_where=text("source_entry_id IS NOT NULL")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)  # <ward>-<random>
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("register_entries.id"), unique=True)
    number: Mapped[str]  # as it is printed, such as "07/2020" or "12/UBND-XNTTHN"
    status: Mapped[str]  # `valid`, `superseded`, `revoked`
    changed_at: Mapped[datetime | None]  # when it stopped being valid
    revoked_at: Mapped[datetime | None]  # `changed_at` of a revoked one if `superseded_at` is known
    superseded_at: Mapped[datetime | None]  # of a revoked one that is superseded as well
    valid_until: Mapped[date | None]  # the last day on which it is in force; null if it has no end
    source_entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("register_entries.id"))  # what a copy was made of
    sha256: Mapped[str | None]  # hex, of the signed PDF
    path: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    made_at: Mapped[datetime | None]


class BlankOffsetRow(Base):
    """By how much the ward's printer has to be corrected on one of the Ministry's printed forms (phôi)."""

    __tablename__ = "blank_offsets"

    blank: Mapped[str] = mapped_column(primary_key=True)  # `birth-certificate`, `birth-copy`, `marriage-certificate`
    dx: Mapped[int] = mapped_column(SmallInteger)  # tenths of a millimetre, to the right
    dy: Mapped[int] = mapped_column(SmallInteger)  # downwards
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
    version: Mapped[int] = mapped_column(Integer, server_default="2")  # 1: without a row


class BlankPrintRow(Base):
    """A layer for a phôi that was fetched. The rows show how often an entry's paper was printed, when and by whom."""

    __tablename__ = "blank_prints"
    __table_args__ = (Index("ix_blank_prints_entry_id", "entry_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("register_entries.id"))
    at: Mapped[datetime]
    by_id: Mapped[str]
    by_name: Mapped[str]


class MinistryNumberRow(Base):
    """The number that the Ministry's software gave an entry, as an officer typed it; also one that was corrected."""

    __tablename__ = "ministry_numbers"
    __table_args__ = (
        Index(
            "uq_ministry_numbers_in_force",
            "register",
            "year",
            "number",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("register_entries.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    register: Mapped[str]
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[str]
    reason: Mapped[str]  # of a correction
    at: Mapped[datetime]
    by_id: Mapped[str]
    by_name: Mapped[str]
    replaced_at: Mapped[datetime | None]
