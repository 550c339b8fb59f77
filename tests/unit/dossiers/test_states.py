"""The statuses of the national portal and what leads from one to the next."""

from __future__ import annotations

import pytest

from services.chassis.refusal import Kind, Refusal
from services.dossiers.domain import acts
from services.dossiers.domain.acts import ACTS, acts_in, next_status
from services.dossiers.domain.states import FINAL, OPEN, STATUS_TEXT, Status

#: A rejection that is prepared while the applicant is waited for, and then signed.
REJECTED_IN: dict[int, dict[str, int]] = {status: {"stop-proposal": status, "stop": 8} for status in (5, 6)}
# The whole table, written out a second time by codes: status → act → status.
TABLE: dict[int, dict[str, int]] = {
    0: {"submission": 1},
    1: {
        "acceptance": 2,
        "refusal": 3,
        "supplement-request": 5,
        "fee-request": 6,
        "assignment": 1,
        "delivery-change": 1,
        "release": 1,
        "reminder": 1,
        "overdue": 1,
        "withdrawal": 7,
    },
    2: {
        "approval": 4,
        "supplement-request": 5,
        "fee-request": 6,
        "assignment": 2,
        "delivery-change": 2,
        "release": 2,
        "verification-request": 4,
        "extension": 2,
        "reminder": 2,
        "overdue": 2,
        "withdrawal": 7,
        "return": 2,
        "stop-proposal": 2,
        "stop": 8,
    },
    3: {},
    4: {
        "approval": 4,
        "supplement-request": 5,
        "fee-request": 6,
        "assignment": 4,
        "delivery-change": 4,
        "release": 4,
        "verification-request": 4,
        "verification-reply": 4,
        "extension": 4,
        "reminder": 4,
        "overdue": 4,
        "withdrawal": 7,
        "stop-proposal": 4,
        "stop": 8,
        "signature": 9,
        "return": 4,
    },
    5: {
        "supplement": 4,
        "assignment": 5,
        "delivery-change": 5,
        "release": 5,
        "verification-reply": 5,
        "withdrawal": 7,
        "return": 5,
        "stop-proposal": 5,
        "stop": 8,
    },
    6: {
        "payment": 2,
        "assignment": 6,
        "delivery-change": 6,
        "release": 6,
        "verification-reply": 6,
        "withdrawal": 7,
        "return": 6,
        "stop-proposal": 6,
        "stop": 8,
    },
    7: {},
    8: {"result-restoration": 9},
    9: {
        "delivery-change": 9,
        "result-annulment": 9,
        "result-restoration": 9,
        "handover": 10,
        "return": 9,
        "stop-proposal": 9,
        "stop": 8,
    },
    10: {},
}


@pytest.mark.parametrize("status", list(Status))
def test_each_act_leads_where_the_table_says_and_nowhere_else(status: Status) -> None:
    assert set(acts_in(status)) == {ACTS[each] for each in TABLE[status]}
    for act in acts_in(status):
        assert next_status(status, act, Status.ACCEPTED) == TABLE[status][act.name]
    for act in set(ACTS.values()) - set(acts_in(status)):
        with pytest.raises(Refusal) as refused:
            next_status(status, act, Status.ACCEPTED)
        assert (refused.value.kind, refused.value.type) == (Kind.CONFLICT, "wrong-state")
        assert STATUS_TEXT[status] in refused.value.text
        assert act.label in refused.value.text
        assert ("kết thúc" in refused.value.text) == (status in FINAL)


@pytest.mark.parametrize(
    ("before", "after"),
    [(Status.NEW, Status.NEW), (Status.ACCEPTED, Status.IN_PROGRESS), (Status.IN_PROGRESS, Status.IN_PROGRESS)],
)
def test_a_supplement_leads_back_to_the_desk_or_to_the_officer(before: Status, after: Status) -> None:
    assert next_status(Status.SUPPLEMENT_ASKED, acts.SUPPLEMENT, before) is after


@pytest.mark.parametrize(
    ("before", "after"),
    [(Status.NEW, Status.ACCEPTED), (Status.ACCEPTED, Status.ACCEPTED), (Status.IN_PROGRESS, Status.IN_PROGRESS)],
)
def test_a_paid_dossier_is_accepted_or_returns_to_its_status(before: Status, after: Status) -> None:
    """NĐ 87/2020 Đ12: accepted when it is complete and paid for."""
    assert next_status(Status.PAYMENT_ASKED, acts.PAYMENT, before) is after


def test_a_supplement_without_knowing_where_it_was_asked_for_is_a_fault() -> None:
    with pytest.raises(ValueError, match="in which it began"):
        next_status(Status.SUPPLEMENT_ASKED, acts.SUPPLEMENT)


def test_codes_and_texts_are_the_portals() -> None:
    """docs/law.md §9.3, written out a second time; 0 is ours."""
    assert {int(status): (status.name, text) for status, text in STATUS_TEXT.items()} == {
        0: ("DRAFT", "Bản nháp"),
        1: ("NEW", "Mới đăng ký"),
        2: ("ACCEPTED", "Được tiếp nhận"),
        3: ("REFUSED", "Không được tiếp nhận"),
        4: ("IN_PROGRESS", "Đang xử lý"),
        5: ("SUPPLEMENT_ASKED", "Yêu cầu bổ sung giấy tờ"),
        6: ("PAYMENT_ASKED", "Yêu cầu thực hiện nghĩa vụ tài chính"),
        7: ("WITHDRAWN", "Công dân yêu cầu rút hồ sơ"),
        8: ("STOPPED", "Dừng xử lý"),
        9: ("DONE", "Đã xử lý xong"),
        10: ("HANDED_OVER", "Đã trả kết quả"),
    }


def test_nobody_does_anything_with_a_dossier_that_has_ended() -> None:
    """Only the withdrawal of an annulment leads back from 8, by itself (docs/decisions/0053)."""
    assert {int(status) for status in FINAL} == {3, 7, 8, 10}
    assert {party for status in FINAL for act in acts_in(status) for party in act.by} == {acts.Party.SYSTEM}
    assert {int(status) for status in OPEN} == {1, 2, 4, 5, 6, 9}
