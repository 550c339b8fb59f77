"""Registered marriages change what later checks find about people."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.clock import VIETNAM
from services.chassis.refusal import Kind, Refusal
from tests.race import race
from tests.services.dossiers.people import (
    CONFIRM,
    COPY_OUT,
    DIE,
    DIED_ON_THE_SEVENTH,
    HUSBAND_DIED,
    MARRY,
    OTHER_BRIDE,
    findings_of,
    kinds_of_notes,
    register_marriage,
    status_of,
)
from tests.services.dossiers.world import (
    CHAIR,
    DUNG,
    SAU,
    World,
    refused,
)
from tests.unit.dossiers.copy_forms import copy_form_of
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS
from tests.unit.dossiers.marriage_forms import MARRIAGE, divorced
from tests.unit.dossiers.worlds import changed


def test_nobody_marries_while_an_earlier_marriage_exists(world: World) -> None:
    """Luật HNGĐ 2014 Đ5.2: the second groom is the first one, by the number of his paper."""
    register_marriage(world)
    second = world.filed_as(MARRY, changed(MARRIAGE.form, OTHER_BRIDE))
    world.take_in(second)
    no = refused(partial(world.call, "ApproveDossier", pb.ApproveDossierRequest(dossier_id=second), DUNG))
    assert (no.kind, no.type) == (Kind.INVALID, "not-registrable")
    assert any("Luật HNGĐ 2014" in fault.text for fault in no.fields)
    assert world.get(second).status == 2


def test_typing_a_name_does_not_reveal_the_register(world: World) -> None:
    register_marriage(world)
    second = world.filed_as(MARRY, changed(MARRIAGE.form, OTHER_BRIDE))
    checks_of = [{each.check for each in world.get(second, who).findings} for who in (SAU, DUNG)]
    only_the_office = checks_of[1] - checks_of[0]
    assert any("marri" in check for check in only_the_office), checks_of


def test_a_registered_dossier_does_not_contradict_itself(world: World) -> None:
    """The marriage that is now in the register is the one of this dossier, not another."""
    married = register_marriage(world)
    stopping = [each for each in world.get(married.id, DUNG).findings if each.kind == pb.FINDING_KIND_STOPS]
    assert stopping == []


def test_two_marriages_of_one_person_at_the_same_moment_give_one(world: World) -> None:
    """The check runs under the lock that both signatures take."""
    ids = [
        world.ready_to_sign(MARRY, MARRIAGE.form),
        world.ready_to_sign(MARRY, changed(MARRIAGE.form, OTHER_BRIDE)),
    ]
    requests = [
        pb.SignDossierRequest(dossier_id=id, register_signed=True, no_conflict_of_interest=True, seen=world.seen(id))
        for id in ids
    ]
    answers = race(*(partial(world.call, "SignDossier", each, CHAIR) for each in requests))
    refusals = [each for each in answers if isinstance(each, Refusal)]
    assert len(refusals) == 1, answers
    assert refusals[0].type == "not-registrable"


def test_spouses_sign_the_register_before_the_signer_does(world: World) -> None:
    """TT 04/2020 Đ32: the marriage is registered on the day both sign."""
    id = world.ready_to_sign(MARRY, MARRIAGE.form)
    no = refused(partial(world.sign, id))
    assert (no.kind, no.type) == (Kind.CONFLICT, "register-not-signed")
    assert world.get(id).status == 4


def test_after_a_divorce_is_noted_a_new_marriage_is_possible(world: World) -> None:
    first = register_marriage(world)
    world.noted(first.register_entry.id, "divorce")
    again = {**OTHER_BRIDE, **divorced("husband")}
    assert register_marriage(world, again).status == 9


@pytest.mark.parametrize("month", [None, 3])
def test_a_former_spouse_of_whose_birth_no_day_is_known_is_found_again(world: World, month: int | None) -> None:
    """TTLT 01/2016 Đ2 (quoted): entries that have only a year, or month and year, are also searched for kinship."""
    no_day = {"/wife/birth_date": None, "/wife/birth_year": 1955, "/wife/birth_month": month}
    first = register_marriage(world, no_day)
    world.noted(first.register_entry.id, "divorce")
    same = world.filed_as(MARRY, changed(MARRIAGE.form, no_day | divorced("husband") | divorced("wife")))
    found = {each.check for each in world.get(same, DUNG).findings}
    assert "kinship-in-registers" not in found
    assert register_marriage(world, OTHER_BRIDE | divorced("husband")).status == 9


def test_a_divorce_shows_at_once_on_the_certificate_and_an_annulment_revokes_it(world: World) -> None:
    first = register_marriage(world)
    certificate = first.register_entry.certificate_id
    assert status_of(world, certificate) == "valid"
    world.noted(first.register_entry.id, "divorce")
    assert status_of(world, certificate) == "superseded"
    entry = world.noted(first.register_entry.id, "annulment", text="Hủy việc đăng ký kết hôn.")
    assert status_of(world, certificate) == "revoked"
    assert [(note.sequence, note.kind) for note in entry.notes] == [(1, "divorce"), (2, "annulment")]
    told = [event.type for event in world.events(key=entry.id)]
    assert told[-2:] == ["vn.caunoi.civil-status.entry.noted.v1"] * 2


def test_the_check_tells_a_paper_whose_entry_was_noted_from_a_confirmation_that_is_no_longer_in_force(
    world: World,
) -> None:
    """An original stays genuine as of its day; a confirmation lasts until the status changes (NĐ 123/2015 Đ23)."""

    def checked(certificate: str) -> tuple[str, bool]:
        answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=certificate))
        return answer.status, answer.entry_changed

    confirmed = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    again = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    married = register_marriage(world).register_entry
    assert [checked(one) for one in (married.certificate_id, again)] == [("valid", False)] * 2
    assert checked(confirmed) == ("superseded", False)
    copied = world.registered(COPY_OUT, copy_form_of(MARRIAGE.form["wife"]), source_entry_id=married.id).register_entry
    world.noted(married.id, "divorce")
    assert [checked(one.certificate_id) for one in (married, copied)] == [("superseded", True)] * 2
    world.noted(married.id, "annulment", text="Hủy việc đăng ký kết hôn.")
    assert [checked(one.certificate_id) for one in (married, copied)] == [("revoked", False)] * 2


def test_a_marriage_ends_once_and_after_it_began(world: World) -> None:
    """Luật HNGĐ 2014 Đ57, Đ65: no divorce by a paper of before the marriage, no second one, none of the dead."""
    married = register_marriage(world).register_entry.id
    no = refused(lambda: world.propose_note(married, "divorce", basis_date="2020-10-04"))
    assert (no.type, no.fields[0].field) == ("invalid-field", "basis_date")
    first = world.propose_note(married, "divorce")
    both = world.propose_note(married, "divorce")
    (second,) = [each.id for each in both.proposed_notes if each.id != first.proposed_notes[0].id]
    world.decide_note(first, confirmed=True)
    request = pb.DecideNoteRequest(entry_id=married, proposed_note_id=second, confirmed=True)
    request.no_conflict_of_interest = True
    assert refused(partial(world.call, "DecideNote", request, CHAIR)).type == "note-decided"
    for kind in ("divorce", "death"):
        no = refused(partial(world.propose_note, married, kind))
        assert (no.type, no.fields[0].field) == ("invalid-field", "kind"), kind
    assert kinds_of_notes(world, married) == ["divorce"]


def test_a_divorce_of_after_a_death_is_refused_and_one_of_before_is_noted(world: World) -> None:
    """Luật HNGĐ 2014 Đ65, Đ67.1."""
    married = register_marriage(world).register_entry.id
    world.clock.set(datetime(2020, 10, 8, 9, tzinfo=VIETNAM))
    world.registered(DIE, changed(DEATH.form, HUSBAND_DIED | DIED_ON_THE_SEVENTH))
    no = refused(lambda: world.propose_note(married, "divorce", basis_date="2020-10-08"))
    assert (no.type, no.fields[0].field) == ("invalid-field", "basis_date")
    world.noted(married, "divorce", basis_date="2020-10-06")
    assert kinds_of_notes(world, married) == ["death", "divorce"]


def test_a_number_alone_beside_another_name_and_birth_is_asked_about_and_stops_nobody(world: World) -> None:
    """A slip in either number: the officer compares, and the death can be registered."""
    world.registered(DIE, changed(DEATH.form, HUSBAND_DIED))
    other = HUSBAND_DIED | {"/deceased/full_name": "Người Khác Hẳn", "/deceased/birth_date": "1980-02-03"}
    second = world.filed_as(DIE, changed(DEATH.form, other))
    found = findings_of(world, second)["earlier-death"]
    assert found.kind == pb.FINDING_KIND_ASKS_OFFICER
    assert "cùng số giấy tờ nhưng khác họ tên và ngày sinh" in found.text
    for same in ("full_name", "birth_date"):
        again = world.filed_as(
            DIE, changed(DEATH.form, other | {f"/deceased/{same}": HUSBAND_DIED[f"/deceased/{same}"]})
        )
        assert findings_of(world, again)["earlier-death"].kind == pb.FINDING_KIND_STOPS, same
