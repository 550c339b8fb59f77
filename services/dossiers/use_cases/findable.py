"""The words by which the desk finds a dossier: names, its code, and numbers of papers and phones as keyed fingerprints.

All are in one indexed column. A fingerprint is valid in one ward only, and discloses nothing without the ward's key.
Each number has two: one of the whole number and one of its last four digits (docs/decisions/0044).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, insert, select, update

from services.chassis.cells import Cell
from services.chassis.database.encryption import Cipher
from services.chassis.database.tables import AuditRow, table_of
from services.dossiers import storage
from services.dossiers.domain.numbers import last_digits, numbers_in, plain_number, typed_number
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.search import folded, words
from services.dossiers.domain.states import Status
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.opened import form_of

MOST_WORDS = 12
_SHORT = 8  # bytes of a fingerprint: enough that no two numbers of a ward share one by chance
_BATCH = 200  # rows in one transaction


def make_findable(cell: Cell, row: DossierRow, procedure: Procedure, form: Mapping[str, Any]) -> None:
    """Sets the words by which the desk's search finds a dossier, and the fingerprint of the event."""
    names = row.subject_name, row.applicant_name
    row.search = storage.word_vector(_found_by(cell, row.code or "", names, form, row.found_by or ()))
    values = [value_at(form, pointer) for pointer in procedure.likeness]
    texts = [folded(value) for value in values if isinstance(value, str) and value]
    whole = bool(values) and len(texts) == len(values)
    row.likeness = cell.cipher.fingerprint("likeness:" + "\x1f".join(texts)) if whole else None


def wanted_words(cell: Cell, query: str) -> tuple[str, ...]:
    """The words that a dossier must have for a query to find it: for a number or its last digits, the fingerprint."""
    number = typed_number(query)
    if number:
        return (_fingerprint(cell, number),)
    found_by = words(query)[:MOST_WORDS]
    return tuple(_fingerprint(cell, word) if last_digits(word) == word else word for word in found_by)


def phone_words(cell: Cell, phone: str) -> list[str]:
    """The words by which a dossier is found for its applicant's own phone: fingerprints of the number and of its last
    digits.
    """
    number = plain_number(phone)
    return [_fingerprint(cell, each) for each in sorted({number, last_digits(number)} - {""})]


def _found_by(
    cell: Cell, code: str, names: Sequence[str], form: Mapping[str, Any], of_account: Sequence[str]
) -> list[str]:
    numbers = numbers_in(form)
    ends = {last_digits(each) for each in (*numbers, code)} - {""}
    secret = [_fingerprint(cell, each) for each in sorted(numbers | ends)]
    return [*words(" ".join(names)), folded(code), code.split("-", 1)[-1], *secret, *of_account]


def _fingerprint(cell: Cell, digits: str) -> str:
    return number_word(cell.cipher, cell.ward.code, digits)


def number_word(cipher: Cipher, ward: str, digits: str) -> str:
    """The fingerprint of a number as a word; no word of a name begins like this.

    It includes the ward, because all wards have the same key.
    """
    made = cipher.fingerprint(f"found-by:{ward}:{digits}")[:_SHORT]
    return "#" + base64.b64encode(made).decode().rstrip("=")


def make_all_findable(cell: Cell, procedure_of: Callable[[str, str], Procedure], batch: int = _BATCH) -> int:
    """Writes the search words of this release for each filed dossier, and the names of its people for lists; returns
    how many dossiers there are (docs/runbook.md).

    A batch is a transaction, with an audit row. The dossiers' versions stay, so no open page becomes out of date.
    """
    table = table_of(DossierRow)
    change = (
        update(table)
        .where(table.c.id == bindparam("this"))
        .values(search=storage.word_vector_of(bindparam("words_of_it")), subject_name=bindparam("about"))
    )
    request_id, done, after = uuid4().hex, 0, None
    while True:
        with cell.database.transaction() as session:
            query = select(DossierRow).where(DossierRow.status > Status.DRAFT)
            query = query if after is None else query.where(DossierRow.id > after)
            rows = session.scalars(query.order_by(DossierRow.id).limit(batch).with_for_update()).all()
            if not rows:
                return done
            after = rows[-1].id
            changes = []
            for row in rows:
                procedure = procedure_of(row.procedure, row.procedure_version)
                form = form_of(cell, row)
                about = procedure.about(form)
                found_by = _found_by(cell, row.code or "", (about, row.applicant_name), form, row.found_by or ())
                changes.append({"this": row.id, "words_of_it": sorted(set(found_by)), "about": about})
            session.connection().execute(change, changes)
            audit = {"actor_id": "operator", "actor": "", "role": "operator", "person_id": "", "request_id": request_id}
            about_it = {"action": "make-findable", "subject": f"dossiers:{len(rows)}"}
            session.connection().execute(insert(table_of(AuditRow)), {**audit, **about_it})
        done += len(rows)
