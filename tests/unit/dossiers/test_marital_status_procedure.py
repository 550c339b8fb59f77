"""The procedure 1.004873 as data: what it promises, and what changed on 1/1/2023."""

from __future__ import annotations

from datetime import date

from services.dossiers.domain.deadlines import TimeLimit
from services.dossiers.domain.procedures import Charge, DocumentMode, Handover, RegisterSigned
from services.dossiers.forms import leaves
from tests.unit.dossiers.marital_status_forms import LOST, MARITAL_STATUS, OTHER_PURPOSE
from tests.unit.dossiers.worlds import CATALOGUE

PROCEDURE = MARITAL_STATUS.procedure


def test_it_takes_three_working_days_and_waiting_for_other_wards_does_not_count() -> None:
    """NĐ 123/2015 Đ22, Đ3.4; TT 04/2020 Đ4."""
    assert PROCEDURE.time_limit == TimeLimit("working-days", working_days=3)
    law = "NĐ 123/2015 Đ3, Đ22; TT 04/2020 Đ4"
    assert PROCEDURE.verification is not None
    assert (PROCEDURE.verification.article, PROCEDURE.verification.working_days) == (law, 0)


def test_the_paper_is_good_for_six_months_and_has_a_number_of_its_own_form() -> None:
    """NĐ 123/2015 Đ23."""
    assert PROCEDURE.valid_months == 6
    assert PROCEDURE.register.name == "marital-status"
    assert PROCEDURE.register.paper_number(12, 2020, MARITAL_STATUS.filed()) == "12/UBND-XNTTHN"


def test_nobody_has_to_come_and_nobody_signs_the_register() -> None:
    """NĐ 87/2020 Đ12."""
    assert PROCEDURE.handover == Handover(RegisterSigned.NEVER, remote=True, asked="/delivery/way")


def test_the_fee_is_one_and_never_for_lateness() -> None:
    assert PROCEDURE.fee.charges == (Charge("marital-status"),)
    assert PROCEDURE.late is None


def test_from_2023_no_proof_of_residence_is_asked_for() -> None:
    """NĐ 104/2022: the household book is abolished."""
    before, after = (CATALOGUE.get("1.004873", day) for day in (date(2022, 12, 31), date(2023, 1, 1)))
    assert (before.version, after.version) == ("2020-09-15", "2023-01-01")
    gone = {each.kind for each in before.documents} - {each.kind for each in after.documents}
    assert gone == {"residence-proof"}
    proof = before.document("residence-proof")
    assert proof is not None
    assert proof.mode is DocumentMode.PRESENT
    assert "Nghị định 104/2022/NĐ-CP" in set(after.legal_basis) - set(before.legal_basis)
    told = [*after.texts.values(), *(leaf.get("description", "") for leaf in leaves(after.form).values())]
    assert "sổ hộ khẩu" not in " ".join(told).lower()
    assert set(leaves(after.form)) == set(leaves(before.form))


def test_each_former_commune_is_asked_and_the_place_of_marriage_that_a_lost_paper_named() -> None:
    """NĐ 123/2015 Đ22.4; TT 04/2020 Đ12.1."""
    assert PROCEDURE.verification is not None
    lost, lived = PROCEDURE.verification.inquiries
    own = "Ủy ban nhân dân phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng"
    places = "8/2014 đến 6/2018: phường An Hải Bắc\n\n 7/2018 đến 5/2019: xã Hòa Tiến \n"
    elsewhere = {"/elsewhere/lived": True, "/elsewhere/proof": False, "/elsewhere/places": places}
    assert (
        lived.letters(MARITAL_STATUS.filed(elsewhere), own),
        lost.letters(MARITAL_STATUS.filed(elsewhere), own),
    ) == (2, 0)
    assert lived.letters(MARITAL_STATUS.filed(elsewhere | {"/elsewhere/proof": True}), own) == 0
    assert lost.letters(MARITAL_STATUS.filed(LOST), own) == 1
    for other in (OTHER_PURPOSE, {"/earlier/for_marriage": False}, {"/earlier/returned": True}):
        assert lost.letters(MARITAL_STATUS.filed(LOST | other), own) == 0


def test_silence_of_twenty_days_ends_inquiries_about_marital_status_only() -> None:
    """TT 04/2020 Đ4: of the five kinds of inquiry this system has NĐ 123/2015 Đ22.4 and TT 04/2020 Đ12.1."""
    assert {each.code for each in CATALOGUE if each.commits} == {"1.004873"}
