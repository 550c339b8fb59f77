"""Which refusals a page shows itself, and which it leaves to the page of a fault."""

from __future__ import annotations

import pytest

from gateway.pages.refusals import errors_from, text_of
from services.chassis.refusal import FieldFault, Kind, Refusal, invalid
from tests.unit.gateway.fakes import FakeWards
from tests.unit.gateway_pages.conftest import Browser
from tests.unit.gateway_pages.dossiers import a_filed_dossier
from tests.unit.gateway_pages.ward import Ward

TOLD = {Kind.INVALID, Kind.FORBIDDEN, Kind.CONFLICT, Kind.EXISTS, Kind.STALE, Kind.THROTTLED, Kind.UNAVAILABLE}
WHY = "Chưa làm được, vì một lý do."


@pytest.mark.parametrize("kind", Kind)
def test_the_same_refusals_are_told_at_every_form(browser: Browser, ward: Ward, wards: FakeWards, kind: Kind) -> None:
    """At an officer's and at a citizen's, beside what was typed."""
    refusal = Refusal(kind, "some-reason", WHY)
    for login, path, rpc, typed in (
        ("motcua.nam-duong", f"/can-bo/so-ho-tich/muc/{ward.entry('marriage', {}).id}", "NoteEntry", "note.text"),
        ("0905123456", f"{a_filed_dossier(ward)}/rut", "WithdrawDossier", "reason"),
    ):
        browser.signed_in(login)
        browser.get(path)
        before = browser.page.headings
        wards.answers(rpc, refusal)
        browser.post(path, **{typed: "Đã gõ điều này"})
        at_the_form = browser.response.status_code == 422 and browser.page.headings == before
        assert at_the_form is (kind in TOLD), rpc
        if at_the_form:
            assert WHY in browser.page.text
            assert "Đã gõ điều này" in browser.response.get_data(as_text=True)


def test_a_fault_of_a_field_stands_under_its_name() -> None:
    refusal = invalid("invalid-form", "Sai.", FieldFault("/child/full_name", "Thiếu họ."), FieldFault("note", "Dài."))
    assert errors_from(refusal) == {"child.full_name": "Thiếu họ.", "note": "Dài."}
    assert text_of(refusal) == "Thiếu họ."
    assert errors_from(invalid("invalid-form", "Sai.")) == {"": "Sai."}
