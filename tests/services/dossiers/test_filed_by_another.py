"""A marriage, or a recognition, is not filed from the account of anybody else (TT 04/2020 Đ2); what was filed so, the
office is told.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from uuid import UUID

from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.refusal import Kind
from services.dossiers.tables import DossierRow
from tests.services.dossiers.world import CHAIR, COMBINED, HOA, MARRIAGE, NAM_DUONG, SAU, World, refused
from tests.unit.dossiers import combined_birth_forms
from tests.unit.dossiers.marriage_forms import FORM


def told(dossier: pb.Dossier) -> list[tuple[str, int]]:
    return [(each.field, each.kind) for each in dossier.findings if each.check == "filed-by-another"]


def put_account(world: World, id: str, name: str) -> None:
    """The dossier's account has this name, as if it had been begun so."""
    with world.cells[NAM_DUONG].database.transaction() as session:
        row = session.get(DossierRow, UUID(id))
        assert row is not None
        row.applicant_name = name


def test_a_marriage_is_not_filed_from_the_account_of_neither_party(world: World) -> None:
    """TT 04/2020 Đ2; Luật Hộ tịch 2014 Đ6.2: one party files, and nobody can be authorised."""
    draft = world.ready_as(MARRIAGE, FORM)
    fields = ["/requester/relation", "/wife/full_name", "/husband/full_name"]  # the page of each shows it
    assert told(world.get(draft.id)) == [(field, pb.FINDING_KIND_STOPS) for field in fields]
    no = refused(partial(world.confirm, draft.id))
    assert (no.kind, no.type) == (Kind.INVALID, "not-complete")
    ((field, why),) = [(each.field, each.text) for each in no.fields]
    assert field == "/requester/relation"
    assert all(said in why for said in (SAU.name, "bên nữ, Trần Thị Lan", "bên nam, Nguyễn Văn Hùng"))


def test_a_name_that_the_desk_corrects_in_the_account_files_the_draft_that_was_begun(world: World) -> None:
    """The draft was begun under the wrong name; who files it is who the account belongs to now."""
    draft = world.save(world.ready_as(MARRIAGE, FORM).id, {})
    assert draft.applicant_name == SAU.name, "saved last under this name"
    now = replace(SAU, name="TRẦN Thị  Lan")
    assert told(world.get(draft.id, now)) == []
    filed = world.submit(draft.id, world.confirm(draft.id, now).id, now).dossier
    assert (filed.status, filed.applicant_name) == (1, now.name)
    assert world.get(draft.id, HOA).applicant_name == now.name
    assert told(world.get(draft.id, HOA)) == []
    assert world.get(draft.id, SAU).applicant_name == now.name, "what is filed keeps the name of the filing"


def test_the_office_is_told_of_what_was_filed_from_the_account_of_neither_party(world: World) -> None:
    """TT 04/2020 Đ2: of before that was refused."""
    id = world.filed_as(MARRIAGE, FORM)
    put_account(world, id, SAU.name)
    for who in (HOA, CHAIR):
        assert told(world.get(id, who)) == [("/requester/relation", pb.FINDING_KIND_ASKS_OFFICER)]
    (finding,) = [each for each in world.get(id, HOA).findings if each.check == "filed-by-another"]
    assert SAU.name in finding.text
    assert "Trần Thị Lan" in finding.text


def test_who_is_the_other_party_is_told_and_may_file(world: World) -> None:
    draft = world.ready_as(MARRIAGE, FORM)
    husband = replace(SAU, name="Nguyễn Văn Hùng")
    assert told(world.get(draft.id, husband)) == [("/requester/relation", pb.FINDING_KIND_WARNS)]
    assert world.submit(draft.id, world.confirm(draft.id, husband).id, husband).dossier.status == 1


def test_a_party_s_own_filing_and_the_desk_s_say_nothing_of_it(world: World) -> None:
    own = world.filed_as(MARRIAGE, FORM)
    assert told(world.get(own)) == told(world.get(own, HOA)) == []
    draft = world.ready_as(MARRIAGE, FORM, HOA, "counter")
    assert told(world.get(draft.id, HOA)) == []


RECOGNITION = combined_birth_forms.FORM


def test_a_recognition_is_not_filed_from_the_account_of_neither_parent(world: World) -> None:
    """TT 04/2020 Đ2; NĐ 123/2015 Đ3.1: who recognises a child files in person, and nobody can be authorised."""
    draft = world.ready_as(COMBINED, RECOGNITION)
    fields = ["/requester/relation", "/mother/full_name", "/father/full_name"]
    assert told(world.get(draft.id)) == [(field, pb.FINDING_KIND_STOPS) for field in fields]
    no = refused(partial(world.confirm, draft.id))
    assert (no.type, [each.field for each in no.fields]) == ("not-complete", ["/requester/relation"])
    assert all(said in no.fields[0].text for said in (SAU.name, "mẹ, Trần Thị Lan", "cha, Nguyễn Văn Hùng"))


def test_a_parent_files_a_recognition_and_the_other_one_is_asked_who_they_are(world: World) -> None:
    draft = world.ready_as(COMBINED, RECOGNITION)
    mother, father = (replace(SAU, name=name) for name in ("Trần Thị Lan", "Nguyễn Văn Hùng"))
    assert told(world.get(draft.id, mother)) == [("/requester/relation", pb.FINDING_KIND_WARNS)]
    assert told(world.get(draft.id, father)) == []
    assert world.submit(draft.id, world.confirm(draft.id, father).id, father).dossier.status == 1


def test_where_the_mother_is_unknown_only_the_father_files(world: World) -> None:
    """NĐ 123/2015 Đ15.4: of an unknown mother no name is asked."""
    draft = world.ready_as(COMBINED, {**RECOGNITION, "mother": {"known": False}})
    assert told(world.get(draft.id)) == [
        (field, pb.FINDING_KIND_STOPS) for field in ("/requester/relation", "/father/full_name")
    ]


def test_nobody_is_sent_away_before_both_parents_are_named(world: World) -> None:
    """The father who has named the mother alone may be the other parent: whether he recognises is not answered yet."""
    draft = world.ready_as(COMBINED, RECOGNITION)
    father = replace(SAU, name="Nguyễn Văn Hùng")
    world.save(draft.id, {"father": {"known": None}}, father)
    assert told(world.get(draft.id, father)) == []
    no = refused(partial(world.confirm, draft.id, father))
    assert "/requester/relation" not in [each.field for each in no.fields]


def test_the_desk_files_a_recognition_for_a_parent_who_came(world: World) -> None:
    draft = world.ready_as(COMBINED, RECOGNITION, HOA, "counter")
    assert told(world.get(draft.id, HOA)) == []
