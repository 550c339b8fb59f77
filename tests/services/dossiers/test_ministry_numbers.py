"""The number that an entry has in the Ministry's software, which this register mirrors (NĐ 87/2020 Đ2.2, Đ24.1)."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.tokens import Role
from tests.services.dossiers.world import CHAIR, DUNG, HOA, SAU, Person, World, refused
from tests.unit.dossiers.marriage_forms import MARRIAGE

ADMIN = Person("0b000000-0000-4000-8000-000000000009", "Mai Thị Lan", (Role.WARD_ADMIN,))


def _set(world: World, entry: str, number: str, who: Person = DUNG, reason: str = "") -> Any:
    request = pb.SetMinistryNumberRequest(entry_id=entry, number=number, reason=reason)
    return world.call("SetMinistryNumber", request, who)


def _found(world: World) -> list[str]:
    request = pb.SearchRegisterRequest(register="birth", reason="Đối chiếu")
    return [one.ministry_number for one in world.call("SearchRegister", request, HOA).entries]


def test_an_officer_records_the_number_which_the_office_sees_and_corrects_with_a_reason(world: World) -> None:
    born = world.signed()
    entry = born.register_entry.id
    assert _found(world) == [""]
    assert _set(world, entry, " 0007/ks/2020 ").ministry_number == "0007/KS/2020"
    assert _found(world) == ["0007/KS/2020"]
    assert world.get(born.id, HOA).register_entry.ministry_number == "0007/KS/2020"
    assert world.get(born.id, SAU).register_entry.ministry_number == "", "the applicant has no use for it"
    fault = refused(lambda: _set(world, entry, "0008/KS/2020"))
    assert (fault.type, [one.field for one in fault.fields]) == ("missing-field", ["reason"])
    corrected = _set(world, entry, "0008/KS/2020", reason="Gõ nhầm")
    had = [(one.number, one.reason, one.by) for one in corrected.ministry_numbers]
    by = f"{DUNG.name}, {DUNG.title}"
    assert had == [("0007/KS/2020", "", by), ("0008/KS/2020", "Gõ nhầm", by)]
    assert len(_set(world, entry, "0008/KS/2020").ministry_numbers) == 2, "the same again is no correction"
    looks = [one.action for one in world.call("ListOwnAccessLog", pb.ListOwnAccessLogRequest(), SAU).entries]
    assert {"set-ministry-number", "correct-ministry-number"} <= set(looks)


def test_a_number_belongs_to_one_entry_of_its_register_and_year(world: World) -> None:
    first, second = (world.signed(child={"full_name": name}).register_entry.id for name in ("Lê An", "Lê Bình"))
    married = world.registered("1.000894", dict(MARRIAGE.form)).register_entry.id
    _set(world, first, "0007")
    fault = refused(lambda: _set(world, second, "0007"))
    assert (fault.type, "01/2020" in fault.text) == ("ministry-number-taken", True)
    assert _set(world, married, "0007").ministry_number == "0007", "another register has numbers of its own"
    _set(world, first, "0009", reason="Gõ nhầm")
    assert _set(world, second, "0007").ministry_number == "0007", "what was corrected is free again"


@pytest.mark.parametrize("number", ["", "   ", "<script>", "7" * 41, "số bảy!"])
def test_what_is_no_number_is_refused(world: World, number: str) -> None:
    entry = world.signed().register_entry.id
    assert refused(lambda: _set(world, entry, number)).type in {"missing-field", "invalid-field"}


def test_only_an_officer_records_it(world: World) -> None:
    entry = world.signed().register_entry.id
    for who in (HOA, CHAIR, SAU, ADMIN):
        assert refused(partial(_set, world, entry, "0007", who)).type == "not-allowed"
