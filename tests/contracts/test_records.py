"""The registers that rules are tested with answer as the ward's own registers on PostgreSQL do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from services.chassis.capacity import Capacity
from services.dossiers.adapters.records import WardRecords
from services.dossiers.domain.entries import PEOPLE
from services.dossiers.domain.people import FoundEntry, Person, Records, Relative
from services.dossiers.domain.register import Registration
from services.dossiers.domain.search import folded
from services.dossiers.use_cases.opened import content_of
from tests.services.dossiers.conftest import accounts, settings, world
from tests.services.dossiers.world import NAM_DUONG, World, birth_form
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import Registers, changed

__all__ = ["accounts", "settings", "world"]

SECOND_COUPLE = {
    "/wife/full_name": "Phạm Thị Bích Ngọc",
    "/wife/birth_date": "1997-01-15",
    "/wife/identity_number": "048197000777",
    "/husband/full_name": "Đặng Quốc Bảo",
    "/husband/birth_date": "1990-06-01",
    "/husband/identity_number": "201777888",
}
DEAD = {"/copies/wanted": False}
CHILD_NUMBER = "048220000123"


def _people(register: str, form: dict[str, Any], number: str = "") -> dict[str, Person]:
    registration = Registration(
        book="",
        year=2020,
        number=1,
        registered_on=date(2020, 10, 6),
        place="",
        signer_name="",
        signer_title="",
        signer_capacity=Capacity.HEAD,
        personal_identification_number=number,
    )
    return PEOPLE[register](form, registration)


def _fill_ward(world: World) -> None:
    child = world.filed().dossier.id
    world.accept(child)
    world.approve(child, number=CHILD_NUMBER)
    world.sign(child)
    world.registered("1.000894", MARRIAGE.form)
    ended = world.registered("1.000894", changed(MARRIAGE.form, SECOND_COUPLE))
    world.noted(ended.register_entry.id, "divorce")
    world.registered("1.000656", changed(DEATH.form, DEAD))


def _filled_registers() -> Registers:
    couple = _people("marriage", dict(MARRIAGE.form))
    former = _people("marriage", changed(MARRIAGE.form, SECOND_COUPLE))
    form = birth_form()
    parents = tuple(Person(form[who]["full_name"], birth_year=form[who]["birth_year"]) for who in ("mother", "father"))
    return Registers(
        marriages=[(couple["wife"], couple["husband"])],
        former=[(former["wife"], former["husband"])],
        dead=[_people("death", changed(DEATH.form, DEAD))["deceased"]],
        born=[(_people("birth", form, CHILD_NUMBER)["child"], parents)],
    )


def _asked_about() -> list[Person]:
    """All registered people, and each with another number, without a number, with only the year, and on another day."""
    known = _filled_registers()
    people = [*known.marriages[0], *known.former[0], *known.dead, known.born[0][0]]
    asked = [Person("Người Không Có Trong Sổ", date(1980, 1, 1), frozenset({"000000000"})), Person()]
    for person in people:
        assert person.birth_date is not None
        asked += [
            person,
            replace(person, identity_numbers=frozenset({"999999999"})),
            replace(person, identity_numbers=frozenset()),
            Person(person.full_name.upper(), birth_year=person.birth_date.year),
            replace(person, identity_numbers=frozenset(), birth_date=person.birth_date.replace(day=27)),
            Person(identity_numbers=person.identity_numbers),
        ]
    return asked


def _answers(records: Records, person: Person) -> dict[str, object]:
    found = {
        "standing": records.standing_marriages(person),
        "deaths": records.deaths(person),
        **{register: records.entries(register, person) for register in ("birth", "marriage", "death")},
    }
    relatives = {"parents": records.parents(person), "spouses": records.spouses(person)}
    return {name: _entries(entries) for name, entries in found.items()} | {
        name: _relatives(people) for name, people in relatives.items()
    }


def _entries(entries: Sequence[FoundEntry]) -> list[tuple[str, bool]]:
    return sorted((each.register, each.certain) for each in entries)


def _relatives(relatives: Sequence[Relative]) -> list[tuple[str, int | None, bool]]:
    return sorted((folded(each.person.full_name), each.person.born_in, each.certain) for each in relatives)


def test_both_answer_the_same_about_everybody(world: World) -> None:
    _fill_ward(world)
    cell = world.cells[NAM_DUONG]
    told = _filled_registers()
    with cell.database.transaction() as session:
        kept = WardRecords(session, cell.cipher, lambda entry: content_of(cell, entry), lambda _: [])
        for person in _asked_about():
            assert _answers(kept, person) == _answers(told, person), person
