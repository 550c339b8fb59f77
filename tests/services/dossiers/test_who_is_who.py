"""How the registers identify a person: by a number beside another name, after a note, by the parents in an entry."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from sqlalchemy.orm import Session

from services.dossiers import registers
from services.dossiers.adapters.records import number_fingerprints
from services.dossiers.domain.search import folded
from tests.services.dossiers.people import DIED_ON_THE_SIXTH, HUSBAND_DIED, kinds_of_notes, read_entry, withdraw_note
from tests.services.dossiers.world import DUNG, NAM_DUONG, World, birth_form, refused
from tests.unit.dossiers.copy_forms import copy_form_of
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import changed

MARRY, DIE, CONFIRM, COPY_OUT, BIRTH = "1.000894", "1.000656", "1.004873", "2.000635", "1.001193"
SLIP = "048199000777"  # B's number; by a slip it is beside A's name, too
B: dict[str, Any] = {
    "full_name": "Phạm Thị Bích Ngọc",
    "birth_date": "1999-01-15",
    "sex": "female",
    "identity_paper": "citizen-card",
    "identity_number": SLIP,
    "identity_issued_on": "2018-05-20",
}
OTHER_GROOM = {
    "/husband/full_name": "Phạm Văn Khác",
    "/husband/birth_date": "1991-02-03",
    "/husband/identity_number": "048091000777",
}
#: B as the bride of somebody.
B_MARRIES = {f"/wife/{name}": value for name, value in B.items()} | OTHER_GROOM
B_DIED = {f"/deceased/{name}": value for name, value in B.items()} | {"/copies/wanted": False, **DIED_ON_THE_SIXTH}


def _status(world: World, certificate_id: str) -> str:
    answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=certificate_id))
    return str(answer.status)


def _findings(world: World, dossier_id: str) -> dict[str, pb.Finding]:
    return {each.check: each for each in world.get(dossier_id, DUNG).findings}


def _confirmation_of_a(world: World) -> str:
    """A's confirmation of marital status, in which a digit of the number is B's; its certificate."""
    form = changed(MARITAL_STATUS.form, {"/requester/identity_number": SLIP})
    return str(world.registered(CONFIRM, form).register_entry.certificate_id)


def test_a_slip_in_a_number_that_a_note_corrected_makes_nobody_else_of_who_has_it(world: World) -> None:
    """Luật HNGĐ 2014 Đ5.2c, Đ65: B is asked about, not stopped; B's death ends no marriage of A."""
    form = changed(MARRIAGE.form, {"/wife/identity_number": SLIP})
    married = world.registered(MARRY, form).register_entry
    right = [pb.EntryChange(at="wife/identity_paper", value="Thẻ căn cước công dân số 048196000123")]
    world.noted(married.id, "correction", text="Cải chính số giấy tờ.", changes=right)
    marries = world.filed_as(MARRY, changed(MARRIAGE.form, B_MARRIES))
    found = _findings(world, marries)["standing-marriage"]
    assert found.kind == pb.FINDING_KIND_ASKS_OFFICER
    assert "cùng số giấy tờ nhưng khác họ tên và ngày sinh" in found.text
    world.registered(DIE, changed(DEATH.form, B_DIED))
    assert kinds_of_notes(world, married.id) == ["correction"]


def test_what_is_not_known_of_who_has_a_number_by_a_slip_is_not_looked_for(world: World) -> None:
    """A's own confirmation, under A's right number, is no entry of B's because of the slip in A's marriage."""
    world.registered(CONFIRM, changed(MARITAL_STATUS.form, {"/requester/identity_number": "048194000555"}))
    a = {f"/wife/{name}": MARITAL_STATUS.form["person"][name] for name in ("full_name", "birth_date")}
    married = world.registered(MARRY, changed(MARRIAGE.form, a | {"/wife/identity_number": SLIP})).register_entry
    right = [pb.EntryChange(at="wife/identity_paper", value="Thẻ căn cước công dân số 048194000555")]
    world.noted(married.id, "correction", text="Cải chính số giấy tờ.", changes=right)
    with world.cells[NAM_DUONG].database.transaction() as session:
        known = _entries(world, session, "marital-status", B)
    assert known == []


def test_who_was_renamed_is_still_certain_by_the_number_and_the_former_name(world: World) -> None:
    """The other side: each number with the former or the new name leaves no doubt, as long as the birth is the same
    (docs/decisions/0051: who has another name, birth and number is somebody else).
    """
    married = world.registered(MARRY, MARRIAGE.form).register_entry
    new = [pb.EntryChange(at="wife/full_name", value="Trần Thị Mận"), *_card("048196000999")]
    world.noted(married.id, "correction", text="Cải chính.", changes=new)
    for name in ("Trần Thị Lan", "Trần Thị Mận"):
        for number in ("048196000123", "048196000999"):
            bride = {"/wife/full_name": name, "/wife/identity_number": number}
            again = world.filed_as(MARRY, changed(MARRIAGE.form, bride | OTHER_GROOM))
            assert _findings(world, again)["standing-marriage"].kind == pb.FINDING_KIND_STOPS, (name, number)


def _card(number: str) -> list[pb.EntryChange]:
    return [pb.EntryChange(at="wife/identity_paper", value=f"Thẻ căn cước công dân số {number}")]


def _entries(world: World, session: Session, register: str, who: dict[str, Any]) -> list[str]:
    """The certificates of the entries of a register that may be about somebody."""
    numbers = number_fingerprints(world.cells[NAM_DUONG].cipher, frozenset({who["identity_number"]}))
    born = date.fromisoformat(who["birth_date"])
    found = registers.entries_about(
        session, register, numbers=numbers, name=folded(who["full_name"]), birth_date=born, birth_year=born.year
    )
    return [each.entry.certificate_id for each in found]


def test_the_marriage_of_who_has_a_number_that_is_in_a_strangers_paper_leaves_that_paper_in_force(
    world: World,
) -> None:
    """NĐ 123/2015 Đ23: until the status of its own person changes. A number alone identifies nobody
    (docs/law.md §2.2).
    """
    paper = _confirmation_of_a(world)
    world.registered(MARRY, changed(MARRIAGE.form, B_MARRIES))
    assert _status(world, paper) == "valid"
    world.registered(DIE, changed(DEATH.form, B_DIED))
    assert _status(world, paper) == "valid"
    world.registered(DIE, changed(DEATH.form, B_DIED | {
        "/deceased/full_name": MARITAL_STATUS.form["person"]["full_name"],
        "/deceased/birth_date": MARITAL_STATUS.form["person"]["birth_date"],
        "/deceased/identity_number": SLIP,
    }))  # fmt: skip
    assert _status(world, paper) == "superseded", "A's own death, by the number as it was written and the name"


def test_a_note_on_a_marriage_leaves_a_strangers_paper_in_force(world: World) -> None:
    """NĐ 123/2015 Đ23: the divorce of B, whose number is in A's confirmation by a slip."""
    married = world.registered(MARRY, changed(MARRIAGE.form, B_MARRIES)).register_entry
    paper = _confirmation_of_a(world)
    world.noted(married.id, "divorce")
    assert _status(world, paper) == "valid"


def test_a_number_alone_marries_no_widow_again(world: World) -> None:
    """Luật HNGĐ 2014 Đ67.1: of B, who has the widow's number by a slip, the officer says it is not the widow."""
    married = world.registered(MARRY, MARRIAGE.form).register_entry
    death = world.registered(DIE, changed(DEATH.form, HUSBAND_DIED)).register_entry
    same_number = {"/wife/identity_number": MARRIAGE.form["wife"]["identity_number"]}
    of_b = world.registered(MARRY, changed(MARRIAGE.form, B_MARRIES | same_number)).register_entry
    not_the_widow = [pb.SpouseRemarried(entry_id=of_b.id, of_spouse=False)]
    world.noted(
        death.id, "declaration-annulled", text="Hủy quyết định.", spouse_elsewhere="none", remarriages=not_the_widow
    )
    assert kinds_of_notes(world, married.id) == ["death", "marriage-restored"]


def test_a_number_alone_hands_nobody_the_entry_of_somebody_else(world: World) -> None:
    """Luật Hộ tịch 2014 Đ61: B asks for a copy of B's marriage; the officer picks A's, which contains B's number."""
    of_a = world.registered(MARRY, changed(MARRIAGE.form, {"/wife/identity_number": SLIP})).register_entry
    b = MARRIAGE.form["wife"] | B
    asked = world.accepted(COPY_OUT, copy_form_of(b))
    approval = pb.ApproveDossierRequest(dossier_id=asked, source_entry_id=of_a.id)
    no = refused(partial(world.call, "ApproveDossier", approval, DUNG))
    assert (no.type, no.fields[0].field) == ("invalid-field", "source_entry_id")


FAMILY = {
    "mother": {"full_name": "Lê Thị Mẹ", "birth_year": 1970},
    "father": {"full_name": "Trần Văn Cha", "birth_year": 1968},
}
ADOPTERS = {
    "mother": {"full_name": "Hồ Thị Nuôi", "birth_year": "1977"},
    "father": {"full_name": "Hồ Văn Nuôi", "birth_year": "1975"},
}


def _born(world: World, party: str) -> str:
    """The birth entry of a party of the marriage, as a child of the family."""
    person = MARRIAGE.form[party]
    child = {name: person[name] for name in ("full_name", "birth_date", "sex")}
    form = birth_form(child=child, parents={"married_on": "1990-03-02"}, **FAMILY)
    return str(world.registered(BIRTH, form).register_entry.id)


def _replaced(world: World, entry_id: str, kind: str, parents: dict[str, dict[str, Any]], **note: Any) -> None:
    changes = [
        pb.EntryChange(at=f"{parent}/{name}", value=str(value))
        for parent, members in parents.items()
        for name, value in members.items()
    ]
    world.noted(entry_id, kind, text="Ghi chú cha, mẹ.", changes=changes, **note)


def _kinship(world: World, changes: dict[str, Any] | None = None) -> pb.Finding | None:
    filed = world.filed_as(MARRY, changed(MARRIAGE.form, changes))
    return _findings(world, filed).get("kinship-in-registers")


@pytest.mark.parametrize("of", ["wife", "husband"])
def test_a_birth_that_was_annulled_ends_no_descent_and_proves_none(world: World, of: str) -> None:
    """Luật HNGĐ 2014 Đ5.2d, Đ3.17: the officer asks, and reads which entry was annulled; it stops nobody by itself."""
    born = {party: _born(world, party) for party in ("wife", "husband")}
    before = _kinship(world)
    assert before is not None
    assert "ghi chú hủy" not in before.text
    label = read_entry(world, born[of]).label
    world.noted(born[of], "annulment", text="Hủy việc đăng ký khai sinh.")
    found = _kinship(world)
    assert found is not None
    assert (found.kind, label in found.text, "ghi chú hủy" in found.text) == (pb.FINDING_KIND_ASKS_OFFICER, True, True)
    withdraw_note(world, born[of], 1)
    again = _kinship(world)
    assert again is not None
    assert again.text == before.text, "the annulment was quashed"


def test_a_marriage_that_a_court_annulled_made_no_in_laws(world: World) -> None:
    """Luật HNGĐ 2014 Đ12.1: the officer reads that there were no spouses, not that the relation goes on."""
    _born(world, "husband")
    once = {"/husband/full_name": "Trần Văn Cha", "/husband/birth_date": "1968-05-02"}
    married = world.registered(MARRY, changed(MARRIAGE.form, once | {"/husband/identity_number": "048068000111"}))
    world.noted(married.register_entry.id, "divorce", text="Ly hôn.")
    before = _kinship(world)
    assert before is not None
    assert "mẹ kế" in before.text
    world.noted(married.register_entry.id, "annulment", text="Tòa án hủy việc kết hôn.")
    found = _kinship(world)
    assert found is not None
    assert found.kind == pb.FINDING_KIND_ASKS_OFFICER
    label = read_entry(world, married.register_entry.id).label
    assert f"mục kết hôn {label}" in found.text
    assert "không phải là vợ chồng" in found.text
    assert "không tự làm mất quan hệ" not in found.text


def test_an_adoption_ends_no_kinship_by_blood(world: World) -> None:
    """Luật HNGĐ 2014 Đ5.2d: siblings stay siblings when one of them is adopted, and when that has ended."""
    wife = _born(world, "wife")
    _born(world, "husband")
    assert _kinship(world) is not None
    _replaced(world, wife, "adoption", ADOPTERS)
    assert _kinship(world) is not None
    _replaced(world, wife, "adoption-ended", FAMILY)
    assert _kinship(world) is not None


def test_who_once_adopted_is_asked_about_for_ever(world: World) -> None:
    """Luật HNGĐ 2014 Đ5.2d: between who was an adoptive parent and the child, too."""
    wife = _born(world, "wife")
    adopter = {"/husband/full_name": "Hồ Văn Nuôi", "/husband/birth_date": "1975-11-20"}
    assert _kinship(world, adopter) is None
    _replaced(world, wife, "adoption", ADOPTERS)
    _replaced(world, wife, "adoption-ended", FAMILY)
    found = _kinship(world, adopter)
    assert found is not None
    assert found.kind == pb.FINDING_KIND_ASKS_OFFICER


def test_a_parent_removed_by_a_judgment_or_a_withdrawal_is_no_kin(world: World) -> None:
    """Luật HNGĐ 2014 Đ101.2: by a judgment he is not the father, so his daughter is no sister."""
    wife = _born(world, "wife")
    _born(world, "husband")
    others = {"mother": ADOPTERS["mother"], "father": ADOPTERS["father"]}
    _replaced(world, wife, "parentage", others)
    assert _kinship(world) is None
    world.noted(wife, "note-withdrawn", text="Bản án bị hủy.", withdraws=1)
    assert _kinship(world) is not None
