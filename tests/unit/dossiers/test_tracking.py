"""The citizen's texts: every status says what it waits for, every act says what happened, and nobody is named."""

from __future__ import annotations

import pytest

from services.chassis.events.names import past_action
from services.dossiers.domain import acts
from services.dossiers.domain.acts import ACTS, act_named
from services.dossiers.domain.handover import Delivery
from services.dossiers.domain.procedures import Handover, RegisterSigned
from services.dossiers.domain.states import Status
from services.dossiers.domain.tracking import waits_for


def test_every_status_says_something_of_its_own() -> None:
    texts = {waits_for(status) for status in Status}
    assert len(texts) == len(Status)
    assert all(text.endswith((".", ".”")) for text in texts)


def test_a_finished_practice_leads_on_and_nobody_is_asked_to_come() -> None:
    assert "Kết thúc lần tập thử này" in waits_for(Status.HANDED_OVER, practice=True)
    assert "không phải làm gì thêm" in waits_for(Status.HANDED_OVER)
    assert "không phải đến" in waits_for(Status.DONE, practice=True)
    assert waits_for(Status.NEW, practice=True) == waits_for(Status.NEW)


def test_while_an_entry_waits_to_be_signed_the_signer_holds_it() -> None:
    assert "chờ ký" in waits_for(Status.IN_PROGRESS, proposed=True)
    assert "chờ ký" not in waits_for(Status.IN_PROGRESS)
    assert waits_for(Status.ACCEPTED, proposed=True) == waits_for(Status.ACCEPTED)


def test_a_pause_says_that_the_clock_stands_still() -> None:
    """NĐ 123/2015 Đ3.4; QĐ 766/QĐ-TTg."""
    assert "không tính vào hạn" in waits_for(Status.SUPPLEMENT_ASKED)


def test_every_act_has_a_name_and_a_text_in_the_history() -> None:
    assert all(act.text(status, inside=True) for act in ACTS.values() for status in Status)
    inside_alone = [act for act in ACTS.values() if not act.text(Status.IN_PROGRESS)]
    assert inside_alone == [acts.RELEASE, acts.RETURN, acts.STOP_PROPOSAL]
    past = {past_action(act.event) for act in ACTS.values()}
    assert len(past) == len({act.name for act in ACTS.values()}) == len(ACTS)
    assert past_action(acts.SUPPLEMENT_REQUEST.event) == "supplement-requested"


def test_before_acceptance_a_dossiers_time_is_that_of_the_answer() -> None:
    """NĐ 87/2020 Đ12: the agency checks what was filed in the same working day; no result is promised yet."""
    for act in (acts.REMINDER, acts.OVERDUE):
        assert "tiếp nhận" in act.text(Status.NEW)
        assert "kết quả" not in act.text(Status.NEW)
        assert "trả kết quả" in act.text(Status.ACCEPTED) == act.text(Status.IN_PROGRESS)


def test_nobody_is_reported_as_told_without_a_message() -> None:
    told = " ".join(act.text(status) for act in ACTS.values() for status in Status)
    assert "được báo" not in told
    assert "đã nhắc" not in told


def test_an_act_of_a_newer_version_is_shown_to_the_office_by_its_name_and_to_nobody_else() -> None:
    unknown = act_named("renunciation")
    assert unknown.text(Status.IN_PROGRESS, inside=True) == "renunciation"
    assert unknown.text(Status.IN_PROGRESS) == ""
    assert not unknown.reason_is_told
    assert act_named("return") is acts.RETURN


def test_nobody_is_said_to_have_proposed_a_way_that_nobody_asked_them_about() -> None:
    text = waits_for(Status.DONE, handover=Handover(RegisterSigned.NEVER, remote=True))
    assert "đã đề nghị" not in text
    assert "xin báo phường gửi qua bưu chính hay gửi bản điện tử" in text


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (Delivery.OFFICE, "Đang chờ ông/bà đến nhận như đã chọn."),
        (Delivery.POST, "Phường gửi qua bưu chính như ông/bà đã chọn"),
        (Delivery.ELECTRONIC, "Phường gửi bản điện tử vào tài khoản như ông/bà đã chọn"),
    ],
)
def test_a_result_waits_as_it_was_asked_for(way: Delivery, said: str) -> None:
    """NĐ 87/2020 Đ12.4–6."""
    asked = Handover(RegisterSigned.NEVER, remote=True, asked="/delivery/way")
    assert said in waits_for(Status.DONE, handover=asked, delivery=way)


def test_nobody_without_an_account_is_offered_the_electronic_paper() -> None:
    """The desk has no way to send it, and the page and the slip promised it."""
    for asked in ("", "/delivery/way"):
        open_way = Handover(RegisterSigned.NEVER, remote=True, asked=asked)
        text = waits_for(Status.DONE, handover=open_way, has_account=False)
        assert "bưu chính" in text
        assert "điện tử" not in text


def test_the_applicant_is_told_that_the_electronic_paper_is_right_here() -> None:
    assert "ngay trang này" in waits_for(Status.HANDED_OVER, given=Delivery.ELECTRONIC, own=True)
    assert "tài khoản của người nộp" in waits_for(Status.HANDED_OVER, given=Delivery.ELECTRONIC)


def test_a_list_does_not_say_that_all_is_over_while_the_letter_is_on_its_way() -> None:
    sent = Handover(RegisterSigned.NEVER, remote=True)
    assert "Xin mở hồ sơ" in waits_for(Status.HANDED_OVER, handover=sent, is_listed=True)
    fetched = Handover(RegisterSigned.AT_HANDOVER)
    assert "không phải làm gì thêm" in waits_for(Status.HANDED_OVER, handover=fetched, is_listed=True)


def test_a_list_that_reads_no_form_says_nothing_of_the_way() -> None:
    asked = Handover(RegisterSigned.NEVER, remote=True, asked="/delivery/way")
    text = waits_for(Status.DONE, handover=asked, is_listed=True)
    assert text == "Kết quả đã có. Xin mở hồ sơ để xem ông/bà nhận bằng cách nào."


def test_a_practice_by_post_has_an_invented_number_to_follow() -> None:
    posted = waits_for(Status.HANDED_OVER, practice=True, given=Delivery.POST, posted="TAPTHU000000VN")
    assert "số hiệu bưu gửi TAPTHU000000VN (số không có thật)" in posted
    assert "Kết thúc lần tập thử này" in posted
    assert "bưu" not in waits_for(Status.HANDED_OVER, practice=True, given=Delivery.OFFICE)
