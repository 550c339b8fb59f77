"""Confirmations of marital status: what they say, and how long they are in force."""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import UUID

from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.clock import VIETNAM
from services.chassis.refusal import Kind
from services.dossiers.tables import DossierRow
from tests.services.dossiers.people import (
    CONFIRM,
    DIE,
    MARRY,
    register_marriage,
    status_of,
    waits_for_lock,
    withdraw_note,
)
from tests.services.dossiers.world import (
    DUNG,
    NAM_DUONG,
    SAU,
    World,
    just_before,
    refused,
    until,
)
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marital_status_forms import DIVORCED, MARITAL_STATUS, MARRIED, OTHER_PURPOSE, PERIOD
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import changed


def test_a_divorce_that_is_noted_ends_the_force_of_what_was_confirmed_before(world: World) -> None:
    """NĐ 123/2015 Đ23: a confirmation is in force until the status changes; here that she is married."""
    person = MARITAL_STATUS.form["person"]
    bride = {f"/wife/{name}": person[name] for name in ("full_name", "birth_date")}
    bride["/wife/identity_number"] = MARITAL_STATUS.form["requester"]["identity_number"]
    married = register_marriage(world, bride).register_entry
    form = changed(MARITAL_STATUS.form, OTHER_PURPOSE | MARRIED)
    confirmed = world.registered(CONFIRM, form).register_entry.certificate_id
    written = world.propose_note(married.id, "divorce")
    assert status_of(world, confirmed) == "valid"
    world.decide_note(written, confirmed=True)
    assert status_of(world, confirmed) == "superseded"


def test_a_confirmation_is_in_force_for_six_months_and_no_longer_than_the_status(world: World) -> None:
    """NĐ 123/2015 Đ23."""
    confirmed = world.registered(CONFIRM, MARITAL_STATUS.form)
    paper = confirmed.register_entry.certificate_id
    answer = world.call("VerifyCertificate", pb.VerifyCertificateRequest(certificate_id=paper))
    assert (answer.status, answer.valid_until, answer.number) == ("valid", "2021-04-06", "1/UBND-XNTTHN")
    person = MARITAL_STATUS.form["person"]
    bride = {
        "/wife/full_name": person["full_name"],
        "/wife/birth_date": person["birth_date"],
        "/wife/identity_number": MARITAL_STATUS.form["requester"]["identity_number"],
    }
    register_marriage(world, bride)
    assert status_of(world, paper) == "superseded"


def test_a_confirmation_of_who_has_died_since_is_no_longer_in_force(world: World) -> None:
    """NĐ 123/2015 Đ23: until the status changes, also for somebody who was never married."""
    paper = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    person = {f"/deceased/{name}": MARITAL_STATUS.form["person"][name] for name in ("full_name", "birth_date", "sex")}
    number = {"/deceased/identity_number": MARITAL_STATUS.form["requester"]["identity_number"]}
    world.registered(DIE, changed(DEATH.form, person | number | {"/copies/wanted": False}))
    assert status_of(world, paper) == "superseded"


def test_a_marriage_at_the_moment_of_a_confirmation_leaves_no_false_paper_in_force(world: World) -> None:
    """NĐ 123/2015 Đ23: the signatures of one ward that change people's status come one after the other."""
    person = MARITAL_STATUS.form["person"]
    bride = {f"/wife/{name}": person[name] for name in ("full_name", "birth_date")}
    bride["/wife/identity_number"] = MARITAL_STATUS.form["requester"]["identity_number"]
    confirmation = world.ready_to_sign(CONFIRM, MARITAL_STATUS.form)
    marriage = world.ready_to_sign(MARRY, changed(MARRIAGE.form, bride))
    database = world.cells[NAM_DUONG].database
    with ThreadPoolExecutor(1) as other:
        signed: list[Future[pb.Dossier]] = []

        def marry() -> None:
            signed.append(other.submit(world.sign, marriage, register_signed=True))
            until(lambda: signed[0].done() or waits_for_lock(database))

        with just_before(database, "INSERT INTO register_entries", marry):
            paper = world.sign(confirmation).register_entry.certificate_id
        assert signed[0].result(20).status == 9
    assert status_of(world, paper) == "superseded"


def test_a_confirmation_expires(world: World) -> None:
    """NĐ 123/2015 Đ23: six months from the day of issue; a last day off is followed by a working day (BLDS Đ148.5)."""
    paper = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    world.clock.set(datetime(2021, 4, 6, 12, tzinfo=VIETNAM))
    assert status_of(world, paper) == "valid"
    world.clock.set(datetime(2021, 4, 7, 0, 0, 1, tzinfo=VIETNAM))
    assert status_of(world, paper) == "expired"


def test_a_confirmation_whose_last_day_is_a_sunday_is_in_force_on_monday(world: World) -> None:
    """BLDS 2015 Đ148.5."""
    world.clock.set(datetime(2020, 11, 9, 9, tzinfo=VIETNAM))  # six months later is Sunday 9 May 2021
    paper = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    world.clock.set(datetime(2021, 5, 10, 16, tzinfo=VIETNAM))
    assert status_of(world, paper) == "valid"
    world.clock.set(datetime(2021, 5, 11, 8, tzinfo=VIETNAM))
    assert status_of(world, paper) == "expired"


def test_what_will_be_confirmed_is_proposed_to_the_officer_and_replaced_by_the_officers_words(world: World) -> None:
    """TT 04/2020 Đ33: the wording follows the form; the officer answers for it."""
    id = world.filed_as(CONFIRM, MARITAL_STATUS.form)
    assert "chưa đăng ký kết hôn với ai" in world.get(id, DUNG).proposed_statement.casefold()
    assert world.get(id, SAU).proposed_statement == ""
    world.take_in(id)
    own = "Hiện tại chưa đăng ký kết hôn với ai; trước năm 2019 không cư trú tại phường."
    approved = world.call("ApproveDossier", pb.ApproveDossierRequest(dossier_id=id, statement=own), DUNG)
    assert approved.proposed_entry.statement == own
    signed = world.sign(id)
    entry = world.call("GetEntry", pb.GetEntryRequest(entry_id=signed.register_entry.id), DUNG)
    assert json.loads(entry.content_json)["status"] == own


def test_a_paper_for_another_period_stays_in_force_and_one_for_the_same_replaces_it(world: World) -> None:
    """TT 04/2020 Đ33; NĐ 123/2015 Đ22.6: each time has its own paper, and a paper to marry is the only one."""

    def paper(changes: dict[str, Any]) -> str:
        confirmed = world.registered(CONFIRM, changed(MARITAL_STATUS.form, changes))
        return str(confirmed.register_entry.certificate_id)

    then = OTHER_PURPOSE | PERIOD
    first, second = paper(then), paper(then | {"/period/from": "2016-08-12", "/period/to": "2019-01-01"})
    today = paper(OTHER_PURPOSE)
    assert [status_of(world, each) for each in (first, second, today)] == ["valid"] * 3
    again = paper(then | {"/purpose/text": "Vay vốn ngân hàng"})
    assert [status_of(world, each) for each in (first, second, today, again)] == ["superseded", *["valid"] * 3]
    to_marry, to_marry_again = paper(PERIOD), paper({})
    assert [status_of(world, each) for each in (to_marry, to_marry_again)] == ["superseded", "valid"]
    assert [status_of(world, each) for each in (second, today, again)] == ["valid", "superseded", "superseded"]


def test_a_paper_that_was_replaced_is_no_longer_valid(world: World) -> None:
    """NĐ 123/2015 Đ22.6: the earlier one is handed back; somebody who checks it is told that another one
    replaced it.
    """
    first = world.registered(CONFIRM, MARITAL_STATUS.form).register_entry.certificate_id
    other = {"/requester/identity_number": "048194000999", "/person/full_name": "Trần Thị Mỹ Linh"}
    theirs = world.registered(CONFIRM, changed(MARITAL_STATUS.form, other)).register_entry.certificate_id
    assert status_of(world, first) == "valid"
    returned = {"/earlier/issued": True, "/earlier/returned": True}
    again = changed(MARITAL_STATUS.form, OTHER_PURPOSE | returned)
    second = world.registered(CONFIRM, again).register_entry.certificate_id
    assert [status_of(world, one) for one in (first, second, theirs)] == ["superseded", "valid", "valid"]


def test_an_older_dossier_is_not_stopped_by_a_question_that_it_was_not_asked(world: World) -> None:
    """TT 04/2020 Đ33: nothing is confirmed by guess of a time, so the officer asks, and writes what is confirmed."""
    form = changed(MARITAL_STATUS.form, OTHER_PURPOSE | PERIOD | DIVORCED | {"/status/then": "unmarried"})
    form = changed(form, {"/period/to": "2016-08-11"})
    id = world.filed_as(CONFIRM, form)
    leave_unasked(world, id, changed(form, {"/status/then": None, "/status/unmarried_then": False}))
    world.take_in(id)
    shown = world.get(id, DUNG)
    assert {each.kind for each in shown.findings if each.field == "/status/then"} == {pb.FINDING_KIND_ASKS_OFFICER}
    assert shown.proposed_statement == ""
    no = refused(lambda: world.approve(id, number=""))
    assert (no.kind, no.type, no.fields[0].field) == (Kind.INVALID, "missing-field", "statement")
    own = "Không đăng ký kết hôn với ai từ ngày 01/06/2013 đến ngày 11/08/2016."
    request = pb.ApproveDossierRequest(dossier_id=id, statement=own)
    assert world.call("ApproveDossier", request, DUNG).proposed_entry.statement == own


def test_an_older_dossier_is_supplemented_without_the_questions_that_it_was_not_asked(world: World) -> None:
    form = changed(MARITAL_STATUS.form, OTHER_PURPOSE | PERIOD | DIVORCED | {"/status/then": "unmarried"})
    id = world.filed_as(CONFIRM, form)
    leave_unasked(world, id, changed(form, {"/status/then": None, "/status/unmarried_then": False}))
    world.take_in(id)
    world.ask(id, "/status/court")
    answered = world.supplement(id, {"status": {"court": "Tòa án nhân dân quận Sơn Trà, thành phố Đà Nẵng"}})
    assert answered.status == 4
    world.ask(id, "/status/then")
    no = refused(lambda: world.supplement(id, {"status": {"court": None}}))
    assert no.type == "not-asked-for"
    assert refused(lambda: world.supplement(id, {})).type == "nothing-supplemented"
    told = world.supplement(id, {"status": {"then": "unmarried"}})
    assert json.loads(told.form_json)["status"]["then"] == "unmarried"


def leave_unasked(world: World, id: str, form: dict[str, Any]) -> None:
    """The dossier as it was filed before a question was there."""
    cell = world.cells[NAM_DUONG]
    with cell.database.transaction() as session:
        row = session.get_one(DossierRow, UUID(id))
        row.form = cell.cipher.encrypt(json.dumps(form, ensure_ascii=False), f"dossier:{row.id}")


def test_a_divorce_that_was_quashed_ends_the_confirmations_that_were_given_on_it(world: World) -> None:
    """NĐ 123/2015 Đ23: valid until the status changes."""
    wife = MARRIAGE.form["wife"]
    married = register_marriage(world).register_entry
    world.noted(married.id, "divorce")
    of_the_wife = {f"/person/{name}": wife[name] for name in ("full_name", "birth_date", "sex")}
    of_the_wife |= {f"/requester/{name}": wife[name] for name in ("full_name", "identity_paper", "identity_number")}
    asked = OTHER_PURPOSE | DIVORCED | of_the_wife
    paper = world.registered(CONFIRM, changed(MARITAL_STATUS.form, asked)).register_entry.certificate_id
    assert status_of(world, paper) == "valid"
    withdraw_note(world, married.id, 1)
    assert status_of(world, paper) == "superseded"
