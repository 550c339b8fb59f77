"""Drafts: kept over several saves, with any faults in them, and only for their applicant."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from sqlalchemy import update

from services.chassis.refusal import Kind
from services.dossiers.catalogue import PROCEDURES
from services.dossiers.tables import DossierRow
from tests.race import race
from tests.services.dossiers.world import (
    BIRTH,
    DUNG,
    HOA,
    HOSPITAL_PAPER,
    NAM_DUONG,
    NEIGHBOUR,
    SAU,
    STRANGER,
    VOLUNTEER,
    Person,
    World,
    birth_form,
    photograph,
    refused,
)


def _stops(dossier: pb.Dossier) -> set[str]:
    return {each.field for each in dossier.findings if each.kind == pb.FINDING_KIND_STOPS}


def test_an_unknown_procedure_is_refused(world: World) -> None:
    no = refused(lambda: world.call("CreateDraft", pb.CreateDraftRequest(procedure="9.999999"), SAU))
    assert (no.kind, no.type) == (Kind.NOT_FOUND, "unknown-procedure")


def test_one_person_has_a_bounded_number_of_drafts_however_fast_they_are_created(world: World) -> None:
    most = world.settings.open_drafts_per_person
    first = world.draft(key="first")
    for _ in range(most - 3):
        world.draft()
    answers = race(*[world.draft] * 4)
    assert sum(isinstance(each, pb.Dossier) for each in answers) == 2
    no = refused(world.draft)
    assert (no.kind, no.type) == (Kind.CONFLICT, "too-many-drafts")
    assert world.draft(key="first") == first, "a request that is repeated begins nothing"
    assert world.draft(STRANGER).status == 0
    assert [world.draft(HOA, channel="counter").status for _ in range(most + 1)][-1] == 0, "the desk's are for others"
    world.add(first.id, photograph())
    world.save(first.id, birth_form())
    world.submit(first.id, world.confirm(first.id).id)
    assert world.draft().status == 0, "what is filed is no draft any more"


def test_an_unknown_ward_is_refused(world: World) -> None:
    no = refused(lambda: world.draft(ward="99999"))
    assert (no.kind, no.type) == (Kind.NOT_FOUND, "unknown-ward")


def test_a_draft_starts_empty_if_accounts_is_away(world: World) -> None:
    world.accounts.away = True
    draft = world.draft()
    assert json.loads(draft.form_json) == {}
    assert draft.status == 0


def test_repeating_the_creation_returns_the_same_draft(world: World) -> None:
    first = world.draft(key="k")
    assert world.draft(key="k") == first
    assert world.draft(key="other").id != first.id


def test_the_same_creation_at_the_same_moment_makes_one_draft(world: World) -> None:
    answers = race(*[lambda: world.draft(key="k").id] * 4)
    assert len(set(answers)) == 1, answers


def test_a_key_used_for_another_request_is_refused(world: World) -> None:
    world.call("CreateDraft", pb.CreateDraftRequest(procedure=BIRTH), SAU, key="k")
    draft = world.draft()
    request = pb.SaveFormRequest(dossier_id=draft.id, form_json='{"child": {"full_name": "An"}}')
    world.call("SaveForm", request, SAU, key="s")
    other = pb.SaveFormRequest(dossier_id=draft.id, form_json="{}")
    no = refused(lambda: world.call("SaveForm", other, SAU, key="s"))
    assert (no.kind, no.type) == (Kind.EXISTS, "idempotency-key-reused")


def test_saves_are_merged_and_unfinished_values_kept(world: World) -> None:
    draft = world.draft()
    world.save(draft.id, {"child": {"full_name": "Nguyễn M1nh"}})
    saved = world.save(draft.id, {"child": {"birth_date": "2020-13-40"}})
    form = json.loads(saved.form_json)
    assert form["child"] == {"full_name": "Nguyễn M1nh", "birth_date": "2020-13-40"}
    assert {"/child/full_name", "/child/birth_date"} <= _stops(saved), "a name with digits, a day that is none"
    removed = world.save(draft.id, {"child": {"birth_date": None}})
    assert "birth_date" not in json.loads(removed.form_json)["child"]


def test_a_dossier_says_which_questions_its_form_leads_to(world: World) -> None:
    draft = world.draft()
    assert "/child/full_name" in draft.asked
    assert "/father/full_name" not in draft.asked
    for known, wanted in ((True, True), (1, False), (False, False)):  # true is not 1
        draft = world.save(draft.id, {"child": {"situation": "usual"}, "father": {"known": known}})
        assert ("/father/full_name" in draft.asked) is wanted, known
    assert list(world.get(draft.id).asked) == list(draft.asked)


def test_a_date_in_the_future_is_found_and_kept(world: World) -> None:
    draft = world.ready(child={"birth_date": "2020-10-07"})
    assert "/child/birth_date" in _stops(draft)
    no = refused(lambda: world.confirm(draft.id))
    assert (no.kind, no.type) == (Kind.INVALID, "not-complete")
    assert "/child/birth_date" in {fault.field for fault in no.fields}
    assert json.loads(world.get(draft.id).form_json)["child"]["birth_date"] == "2020-10-07"


def test_answers_from_the_account_are_the_persons_own_once_they_send_them(world: World) -> None:
    """Changed or not: who has sent them has read them. What others sent, or the desk enters, came from no account."""
    draft = world.draft()
    account = json.loads(draft.form_json)["requester"]
    assert set(draft.prefilled) == {f"/requester/{name}" for name in account}
    assert {"full_name", "residence"} <= account.keys()
    now = world.save(draft.id, {"requester": {"full_name": account["full_name"], "residence": "Nơi khác"}})
    assert set(draft.prefilled) - set(now.prefilled) == {"/requester/full_name", "/requester/residence"}
    counter = world.draft(HOA, channel="counter")
    assert (draft.prefilled_known, now.prefilled_known, counter.prefilled_known) == (True, True, True)
    assert not counter.prefilled
    assert not world.filed().dossier.prefilled


def test_of_a_draft_of_the_version_before_nobody_knows_which_answers_were_sent(world: World) -> None:
    """It wrote none of them down: the page tells by the account, as that version did."""
    draft = world.draft()
    with world.cells[NAM_DUONG].database.transaction() as session:
        session.execute(update(DossierRow).values(prefilled=None))
    saved = world.save(draft.id, {"requester": {"residence": "Nơi khác"}})
    assert (saved.prefilled_known, list(saved.prefilled)) == (False, [])


@pytest.mark.parametrize(
    ("form_json", "type"),
    [
        ("{", "malformed-json"),
        ('{"child": NaN}', "malformed-json"),
        ("[" * 100_000, "malformed-json"),
        ("[]", "invalid-form"),
        ('{"nobody": {}}', "invalid-form"),
        ('{"child": {"full_name": {"first": "An"}}}', "invalid-form"),
        (json.dumps({"child": {"full_name": "a" * 100_000}}), "invalid-form"),
    ],
)
def test_what_no_page_can_have_sent_is_refused_and_nothing_saved_is_lost(
    world: World, form_json: str, type: str
) -> None:
    draft = world.draft()
    before = world.save(draft.id, {"child": {"full_name": "Nguyễn Minh An"}})
    request = pb.SaveFormRequest(dossier_id=draft.id, form_json=form_json)
    no = refused(lambda: world.call("SaveForm", request, SAU))
    assert (no.kind, no.type) == (Kind.INVALID, type)
    after = world.get(draft.id)
    assert (after.form_json, after.version) == (before.form_json, before.version)


def test_a_stale_version_is_refused_and_the_newer_save_stays(world: World) -> None:
    draft = world.draft()
    world.save(draft.id, {"child": {"full_name": "Nguyễn Minh An"}}, version=draft.version)
    no = refused(lambda: world.save(draft.id, {"child": {"full_name": "Khác"}}, version=draft.version))
    assert (no.kind, no.type) == (Kind.STALE, "stale-version")
    assert json.loads(world.get(draft.id).form_json)["child"]["full_name"] == "Nguyễn Minh An"


def test_a_stale_version_deletes_nothing_and_adds_nothing(world: World) -> None:
    draft = world.ready()
    old, document = draft.version - 1, draft.documents[0].id
    for method, request in (
        ("DeleteDraft", pb.DeleteDraftRequest(dossier_id=draft.id, expected_version=old)),
        ("RemoveDocument", pb.RemoveDocumentRequest(dossier_id=draft.id, document_id=document, expected_version=old)),
        (
            "AddDocument",
            pb.AddDocumentRequest(dossier_id=draft.id, kind=HOSPITAL_PAPER, content=photograph(), expected_version=old),
        ),
    ):
        assert refused(partial(world.call, method, request, SAU)).type == "stale-version"
    assert [one.id for one in world.get(draft.id).documents] == [one.id for one in draft.documents]


def test_one_of_two_saves_at_once_with_one_version_loses(world: World) -> None:
    draft = world.draft()
    answers = race(
        *(partial(world.save, draft.id, {"child": {"sex": sex}}, version=draft.version) for sex in ("male", "female"))
    )
    kinds = sorted(str(getattr(answer, "kind", "saved")) for answer in answers)
    assert kinds == ["Kind.STALE", "saved"]


@pytest.mark.parametrize("who", [STRANGER, NEIGHBOUR, HOA, DUNG], ids=lambda person: person.name)
def test_only_its_applicant_can_use_a_draft(world: World, who: Person) -> None:
    draft = world.ready()
    no = refused(lambda: world.get(draft.id, who))
    assert (no.kind, no.type) == (Kind.NOT_FOUND, "unknown-dossier")


def _touches(world: World, dossier_id: str, document_id: str) -> list[Callable[[Person], object]]:
    def touch(rpc: str, request: object) -> Callable[[Person], object]:
        return lambda who: world.call(rpc, request, who)  # type: ignore[arg-type] # each is a message

    return [
        touch("GetDossier", pb.GetDossierRequest(dossier_id=dossier_id)),
        touch("GetHistory", pb.GetHistoryRequest(dossier_id=dossier_id)),
        touch("SaveForm", pb.SaveFormRequest(dossier_id=dossier_id, form_json="{}")),
        touch("AddDocument", pb.AddDocumentRequest(dossier_id=dossier_id, kind="x", content=photograph())),
        touch("RemoveDocument", pb.RemoveDocumentRequest(dossier_id=dossier_id, document_id=document_id)),
        touch("GetDocument", pb.GetDocumentRequest(dossier_id=dossier_id, document_id=document_id)),
        touch("RequestConfirmation", pb.RequestConfirmationRequest(dossier_id=dossier_id)),
        touch("SubmitDossier", pb.SubmitDossierRequest(dossier_id=dossier_id, confirmation_id=document_id, otp="1")),
        touch("SupplementDossier", pb.SupplementDossierRequest(dossier_id=dossier_id)),
        touch("WithdrawDossier", pb.WithdrawDossierRequest(dossier_id=dossier_id)),
        touch("GetPaper", pb.GetPaperRequest(dossier_id=dossier_id, kind="receipt")),
    ]


def test_another_citizen_learns_nothing_of_a_dossier_by_any_call(world: World) -> None:
    filed = world.filed().dossier
    for touch in _touches(world, filed.id, filed.documents[0].id):
        no = refused(partial(touch, STRANGER))
        unknown = refused(lambda: world.get("0c000000-0000-4000-8000-000000000009", STRANGER))
        assert (no.kind, no.type, no.text) == (unknown.kind, unknown.type, unknown.text)


def test_a_volunteer_opens_no_dossier_by_any_call(world: World) -> None:
    """docs/architecture.md, rule 3"""
    filed = world.filed().dossier
    touches = _touches(world, filed.id, filed.documents[0].id)
    touches.append(world.draft)
    touches.append(lambda who: world.call("ListOwnDossiers", pb.ListOwnDossiersRequest(), who))
    touches.append(lambda who: world.call("ListDesk", pb.ListDeskRequest(), who))
    for touch in touches:
        no = refused(partial(touch, VOLUNTEER))
        assert no.kind is Kind.FORBIDDEN


def test_nobody_at_all_opens_no_dossier(world: World) -> None:
    draft = world.draft()
    no = refused(lambda: world.call("GetDossier", pb.GetDossierRequest(dossier_id=draft.id)))
    assert no.kind is Kind.UNAUTHENTICATED


def test_an_id_that_cannot_be_parsed_is_not_found(world: World) -> None:
    assert refused(lambda: world.get("../../etc/passwd")).type == "unknown-dossier"


def test_a_filed_dossier_cannot_be_saved(world: World) -> None:
    filed = world.filed().dossier
    no = refused(lambda: world.save(filed.id, {"child": {"full_name": "Khác"}}))
    assert (no.kind, no.type) == (Kind.CONFLICT, "wrong-state")
    assert "không thể sửa tờ khai" in no.text, "what was tried, not what it would lead to"


def test_a_filed_dossier_is_withdrawn_and_not_deleted(world: World) -> None:
    filed = world.filed().dossier
    no = refused(lambda: world.call("DeleteDraft", pb.DeleteDraftRequest(dossier_id=filed.id), SAU))
    assert (no.kind, no.type) == (Kind.CONFLICT, "wrong-state")
    assert "không thể xóa hồ sơ" in no.text
    assert "rút hồ sơ" in no.text, "what is possible instead"


def test_own_dossiers_come_newest_first_in_pages(world: World) -> None:
    ids = []
    for _ in range(5):
        ids.append(world.draft().id)
        world.clock.advance(timedelta(minutes=1))
    world.draft(STRANGER)
    seen, cursor = [], ""
    while True:
        page = world.call("ListOwnDossiers", pb.ListOwnDossiersRequest(page_size=2, cursor=cursor), SAU)
        seen += [each.id for each in page.dossiers]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == ids[::-1]
    mine = world.call("ListOwnDossiers", pb.ListOwnDossiersRequest(page_size=2), SAU).next_cursor
    for who, strange in ((SAU, "zzz"), (STRANGER, mine)):
        asked = pb.ListOwnDossiersRequest(cursor=strange)
        no = refused(partial(world.call, "ListOwnDossiers", asked, who))
        assert (no.kind, no.type) == (Kind.INVALID, "invalid-cursor")


def test_the_catalogue_is_open_to_everybody(world: World) -> None:
    listed = world.call("ListProcedures", pb.ListProceduresRequest())
    assert {each.code for each in listed.procedures} == {each.name for each in PROCEDURES.iterdir() if each.is_dir()}
    whole = world.call("GetProcedure", pb.GetProcedureRequest(code=BIRTH))
    assert json.loads(whole.form_schema_json)["properties"]["child"]
    assert json.loads(whole.form_pages_json)[0]["fields"]
    assert not listed.procedures[0].form_schema_json
    conditions = {each.kind: (each.when_json, each.condition, each.required) for each in whole.documents}
    assert json.loads(conditions["witness-statement"][0])
    for when, words, always in conditions.values():
        assert bool(when) == bool(words) == (not always), "for machines and in words, or always"
    by_version = world.call("GetProcedure", pb.GetProcedureRequest(code=BIRTH, version=whole.version))
    assert by_version == whole
    no = refused(lambda: world.call("ListProcedures", pb.ListProceduresRequest(on="hôm qua")))
    assert no.kind is Kind.INVALID
    before = refused(lambda: world.call("GetProcedure", pb.GetProcedureRequest(code=BIRTH, on="2019-01-01")))
    assert before.type == "unknown-procedure"


def test_a_draft_begins_with_the_whole_address_of_the_applicant(world: World) -> None:
    """An envelope without district and province comes back."""
    form = json.loads(world.draft().form_json)
    assert form["requester"]["residence"] == "12 Lê Đình Dương, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng"


def test_the_filer_alone_learns_which_questions_their_account_can_answer(world: World) -> None:
    draft = world.draft()
    assert list(draft.about_filer) == []
    saved = world.save(draft.id, birth_form(requester={"relation": "mother"}))
    assert "/mother/full_name" in saved.about_filer
    assert list(world.save(draft.id, {"requester": {"relation": "grandparent"}}).about_filer) == []
    world.add(draft.id, photograph())
    filed = world.submit(draft.id, world.confirm(draft.id).id).dossier
    assert list(filed.about_filer) == list(world.get(filed.id, HOA).about_filer) == []
