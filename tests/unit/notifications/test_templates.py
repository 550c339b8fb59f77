"""The templates that are shipped: whole, short enough, and telling nothing they must not."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from caunoi.dossiers.v1 import events_pb2 as dossiers

from services.chassis.clock import VIETNAM
from services.chassis.district import District
from services.chassis.events.envelope import Event, event_type
from services.notifications.catalogue import Catalogue
from services.notifications.events import step_of, steps
from services.notifications.tables import MessageRow
from tests.conftest import NAM_DUONG
from tests.district import DISTRICT
from tests.fakes.notifications import PURPOSES
from tests.unit.notifications.segments import segments

THANH_BINH = "20227"
BASE = "https://hochieu.haichau.danang.gov.vn"  # longer than any that is likely
POSTED = "EB123456789VN"
CODE = "009.01.01.H17-201006-0001"
HAPPENED = datetime(2020, 10, 6, 9, 5, tzinfo=VIETNAM)
DUE = datetime(2020, 10, 6, 17, 30, tzinfo=VIETNAM)
CATALOGUE = Catalogue(BASE, DISTRICT.wards)
STEPS = steps(CATALOGUE.current)
NOTICES = [
    "account-recovered",
    "account-phone-changed",
    "account-phone-replaced",
    "account-phone-shared",
    "account-identity-confirmed",
    "account-details-corrected",
    "account-identity-replaced",
    "account-email-changed",
    "account-address-changed",
    "account-closed",
    "account-closed-second",
    "account-moved",
    "account-returned",
    "account-household-joined",
    "account-household-removed",
    "account-household-head",
    "account-factor-changed",
    "account-factor-reset",
    "account-recovery-code-used",
    "account-factor-tried",
    "account-contact-changed",
    "account-link-made",
    "account-roles-changed",
    "account-administrator-link",
    "account-administrator-added",
    "account-staff-ended",
]
BEFORE_RECEPTION = {CATALOGUE.current.named[template].before_reception for template in STEPS.values()}
AS_ASKED = [f"dossier-signed-{way}" for way in ("office", "post", "electronic")]
AS_CHANGED = [f"dossier-delivery-changed-{way}" for way in ("office", "post", "electronic")]
AS_GIVEN = [f"dossier-handed-over-{way}" for way in ("post", "electronic")]
TOLD = sorted({*STEPS.values(), *BEFORE_RECEPTION, *AS_ASKED, *AS_CHANGED, *AS_GIVEN} - {""})


def message(template: str, channel: str = "sms", *, code: str = CODE, due: datetime | None = DUE) -> MessageRow:
    data = {"code": code, "happened_at": HAPPENED.isoformat(), "posted": POSTED} | (
        {"due_at": due.isoformat()} if due else {}
    )
    return MessageRow(id=uuid4(), channel=channel, template=template, template_version=1, data=data, expires_at=None)


def template_of(payload: Any, status: int) -> str:
    """The template that tells of an event of a dossier in that status."""
    told = payload(facts=dossiers.DossierFacts(status=status)).SerializeToString()
    event = Event("e-1", event_type(payload), "/wards/20248/dossiers", "d-1", HAPPENED, told)
    return step_of(CATALOGUE.current, payload, STEPS[payload], event).template


def notice(template: str, channel: str, other_ward: str = NAM_DUONG) -> MessageRow:
    row = message(template, channel)
    row.data = {"happened_at": HAPPENED.isoformat()}
    if CATALOGUE.current.named[template].names_other_ward:
        row.data["other_ward"] = other_ward
    return row


def code_message(purpose: str) -> MessageRow:
    row = message(f"code-{purpose}")
    row.data, row.expires_at = {}, HAPPENED + timedelta(minutes=5)
    return row


def test_every_step_has_its_template_and_no_template_is_without_a_use() -> None:
    codes = {f"code-{purpose}" for purpose in CATALOGUE.purposes()}
    assert set(CATALOGUE.current.named) == {*TOLD, *codes, *NOTICES}
    assert CATALOGUE.purposes() == set(PURPOSES)


@pytest.mark.parametrize("template", TOLD)
def test_every_sms_is_one_segment_for_every_ward_with_and_without_a_due_moment(
    template: str, district: District
) -> None:
    for ward in district.wards.values():
        for due in (DUE, None):
            text = CATALOGUE.render(message(template, code=f"{ward.agency_id}-201006-99999", due=due), ward).text
            assert text.isascii()
            assert "$" not in text
            assert segments(text) == 1, text


@pytest.mark.parametrize("template", TOLD)
def test_every_email_greets_by_name_and_names_the_dossier_and_the_portal(template: str, district: District) -> None:
    rendered = CATALOGUE.render(message(template, "email"), district.wards[NAM_DUONG], name="Trần Thị Bảy")
    assert rendered.text.startswith("Kính gửi ông/bà Trần Thị Bảy,\n")
    assert CODE in rendered.subject
    assert CODE in rendered.text
    assert BASE in rendered.text
    assert "Ủy ban nhân dân phường Nam Dương" in rendered.text
    assert "$" not in rendered.text + rendered.subject


def test_acceptance_states_the_due_day_and_hour(district: District) -> None:
    ward = district.wards[NAM_DUONG]
    assert CATALOGUE.render(message("dossier-accepted"), ward).text == (
        f"Ho so {CODE}: da tiep nhan. Han tra 17h30 06/10/2020. UBND phuong Nam Duong"
    )
    email = CATALOGUE.render(message("dossier-accepted", "email"), ward, name="Trần Thị Bảy")
    assert "trước 17 giờ 30 ngày 06/10/2020" in email.text


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_a_late_answer_is_not_told_as_a_late_result(district: District, channel: str) -> None:
    """Before acceptance no result can be late: the agency owes the answer (NĐ 87/2020 Đ12)."""
    step = dossiers.DossierMarkedOverdue
    new, accepted = (template_of(step, status) for status in (1, 2))
    assert "kết quả" not in CATALOGUE.render(message(new, channel), district.wards[NAM_DUONG]).text
    assert new != accepted == STEPS[step]


def test_no_message_says_that_somebody_of_the_office_was_told() -> None:
    """Nobody is: no template is the office's."""
    for template in CATALOGUE.current.named.values():
        assert "được báo" not in template.sms.body + (template.email.body if template.email else "")


def test_while_the_clock_stands_still_no_due_moment_is_named(district: District) -> None:
    text = CATALOGUE.render(message("dossier-supplemented", due=None), district.wards[NAM_DUONG]).text
    assert text == f"Ho so {CODE}: da nhan phan bo sung. UBND phuong Nam Duong"


def test_the_message_of_a_signed_dossier_says_how_to_get_the_result(district: District) -> None:
    """Results for which people sign the register are received only at the office; others also remotely (NĐ 87/2020
    Đ12).
    """
    text = CATALOGUE.render(message("dossier-signed"), district.wards[NAM_DUONG]).text
    assert "da xong. Xem cach nhan tai" in text
    assert "Den UBND phuong Nam Duong nho mang ban chinh giay to" in text


def test_what_was_posted_has_its_number_and_what_lies_in_the_account_is_said_to_lie_there(district: District) -> None:
    ward = district.wards[NAM_DUONG]
    for given, words in (
        (
            {"delivery": "post", "posted_number": POSTED},
            ("qua buu chinh, so hieu buu gui EB123456789VN",),
        ),
        ({"delivery": "electronic"}, ("da gui ban dien tu vao tai khoan",)),
        ({"delivery": "office"}, ("da tra ket qua",)),
        ({}, ("da tra ket qua",)),
    ):
        payload = dossiers.DossierHandedOver(facts=dossiers.DossierFacts(status=10, dossier_code=CODE), **given)
        event = Event("e-1", event_type(type(payload)), "/w", "d-1", HAPPENED, payload.SerializeToString())
        step = step_of(CATALOGUE.current, type(payload), STEPS[type(payload)], event)
        row = message(step.template)
        row.data = {**step.data, "happened_at": HAPPENED.isoformat()}
        text = CATALOGUE.render(row, ward).text
        assert all(each in text for each in words), text


def test_who_waits_for_the_signature_is_not_told_to_come(district: District) -> None:
    """How the result is had is asked with the form, and told when it is there."""
    text = CATALOGUE.render(message("dossier-approved", "email"), district.wards[NAM_DUONG]).text
    assert "đến nhận" not in text


def test_a_one_time_code_says_what_for_until_when_and_to_keep_it(district: District) -> None:
    ward = district.wards[NAM_DUONG]
    filing = CATALOGUE.render(code_message("file-dossier"), ward, otp="123456").text
    assert filing == (
        "Ma xac nhan nop ho so: 123456. Het han luc 9h10. "
        "Khong dua ma nay cho bat ky ai, ke ca can bo va tinh nguyen vien."
    )
    activation = CATALOGUE.render(code_message("activate-account"), ward, otp="12345678").text
    assert activation.startswith("Ma kich hoat tai khoan: 12345678.")
    assert segments(filing) == segments(activation) == 1


#: The advice in a notice; staff ask their administrator.
WAYS = (
    "xin bao ngay",
    "xin den phuong",
    "xin hoi nguoi nha",
    "xin giao lai",
    "xin hoi quan tri vien",
    "xin doi ngay mat khau",
)


@pytest.mark.parametrize("template", NOTICES)
def test_a_notice_is_one_segment_for_every_ward_and_says_what_to_do(template: str, district: District) -> None:
    for ward, other in product(district.wards.values(), district.wards):
        text = CATALOGUE.render(notice(template, "sms", other), ward).text
        assert text.isascii()
        assert "9h05 06/10/2020" in text
        assert segments(text) == 1, text
        assert any(word in text for word in WAYS)


def test_who_shares_a_phone_is_told_to_sign_in_by_the_number_of_the_card(district: District) -> None:
    """A phone of two accounts signs nobody in (accounts/storage/people.py::find_person)."""
    ward = district.wards[NAM_DUONG]
    sms, email = (CATALOGUE.render(notice("account-phone-shared", each), ward).text for each in ("sms", "email"))
    assert "xin dang nhap bang so giay to tuy than" in sms
    assert "đăng nhập bằng số giấy tờ tùy thân" in email
    assert "không bằng số điện thoại" in email


@pytest.mark.parametrize("template", ["account-phone-changed", "account-phone-replaced"])
def test_a_change_of_phone_does_not_read_as_ones_own_to_a_family_member_on_the_same_phone(
    district: District, template: str
) -> None:
    text = CATALOGUE.render(notice(template, "sms"), district.wards[NAM_DUONG]).text
    assert "mot tai khoan" in text
    assert "Khong phai ong/ba hay nguoi nha" in text


@pytest.mark.parametrize("template", NOTICES)
def test_the_email_of_a_notice_names_no_dossier(template: str, district: District) -> None:
    rendered = CATALOGUE.render(notice(template, "email"), district.wards[NAM_DUONG], name="Trần Thị Bảy")
    assert rendered.text.startswith("Kính gửi ông/bà Trần Thị Bảy,\n")
    assert "Mã hồ sơ" not in rendered.text
    assert "Ủy ban nhân dân phường Nam Dương" in rendered.text
    assert "$" not in rendered.text + rendered.subject


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_code_is_one_segment_and_says_to_keep_it(purpose: str, district: District) -> None:
    text = CATALOGUE.render(code_message(purpose), district.wards[NAM_DUONG], otp="123456").text
    assert "123456" in text
    assert segments(text) == 1, text
    kept = "Chi doc cho can bo khi ong/ba dang o UBND" if purpose == "replace-phone" else "cho bat ky ai, ke ca can bo"
    assert kept in text


def test_a_name_that_looks_like_a_placeholder_stays_a_name(district: District) -> None:
    text = CATALOGUE.render(message("dossier-accepted", "email"), district.wards[NAM_DUONG], name="$code ${otp} $").text
    assert text.startswith("Kính gửi ông/bà $code ${otp} $,\n")


def test_without_a_name_the_greeting_is_still_polite(district: District) -> None:
    text = CATALOGUE.render(message("dossier-accepted", "email"), district.wards[NAM_DUONG]).text
    assert text.startswith("Kính gửi ông/bà,\n")


def test_a_code_without_its_value_is_never_sent(district: District) -> None:
    with pytest.raises(KeyError):
        CATALOGUE.render(code_message("file-dossier"), district.wards[NAM_DUONG])


def test_a_notice_about_two_wards_names_both(district: District) -> None:
    assert [name for name in NOTICES if CATALOGUE.current.named[name].names_other_ward] == ["account-moved"]
    for channel, words in (("sms", "co tai khoan o phuong Thanh Binh"), ("email", "tài khoản ở phường Thanh Bình")):
        text = CATALOGUE.render(notice("account-moved", channel, THANH_BINH), district.wards[NAM_DUONG]).text
        assert words in text
    with pytest.raises(KeyError):
        CATALOGUE.render(notice("account-moved", "sms", "00000"), district.wards[NAM_DUONG])


def test_no_template_names_a_placeholder_that_could_hold_a_form_value() -> None:
    known = {"code", "ward", "base", "at", "due", "due_at", "otp", "expires", "greeting", "body", "elsewhere", "posted"}
    templates = CATALOGUE.current
    texts = [templates.frame, templates.account_frame]
    for template in templates.named.values():
        texts += [template.subject, template.sms.body, template.sms.due]
        texts += [template.email.body, template.email.due] if template.email else []
    assert {name for text in texts for name in re.findall(r"\$\{?(\w+)", text)} <= known
