"""The effects of a new entry on older entries and papers of its people (the people chain).

Only certain matches, by the number of a paper, are changed automatically; likely ones were shown to the officer, who
notes them by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from services.dossiers import registers
from services.dossiers.adapters.records import label_of, number_fingerprints
from services.dossiers.domain.people import Person
from services.dossiers.domain.register import DEATH, MARITAL_STATUS, MARRIAGE
from services.dossiers.register_tables import RegisterEntryRow
from services.dossiers.use_cases.registers import notes
from services.dossiers.use_cases.unit import Unit


def follow(unit: Unit, entry: RegisterEntryRow, people: Mapping[str, Person]) -> None:
    """A death ends a marriage; both, and a new confirmation, end the validity of confirmations (NĐ 123/2015 Đ22–23)."""
    if entry.register == DEATH:
        for person in people.values():
            _end_marriages(unit, entry, person)
    if entry.register in {MARRIAGE, DEATH}:
        withdraw_confirmations(unit, people.values())
    if entry.register == MARITAL_STATUS:  # an earlier paper is handed back, and no longer in force (NĐ 123/2015 Đ22.6)
        withdraw_confirmations(unit, people.values(), but=entry.id)


def withdraw_confirmations(unit: Unit, people: Iterable[Person], *, but: UUID | None = None) -> None:
    """Withdraws confirmations, which are valid until the status changes (NĐ 123/2015 Đ23), all `but` a new one."""
    for person in people:
        numbers = number_fingerprints(unit.cell.cipher, person.identity_numbers)
        registers.withdraw_confirmations(unit.session, numbers, unit.now, but)


def _end_marriages(unit: Unit, death: RegisterEntryRow, person: Person) -> None:
    for found in unit.records.standing_marriages(person):
        if not found.certain:
            continue
        marriage = registers.entry(unit.session, UUID(found.id), locked=True)
        assert marriage is not None
        text = "Hôn nhân chấm dứt do một bên chết."
        notes.write(unit, marriage, "death", text, f"Đăng ký khai tử {label_of(death)}")
        registers.withdraw_confirmations(unit.session, registers.numbers_of_entry(unit.session, marriage.id), unit.now)
