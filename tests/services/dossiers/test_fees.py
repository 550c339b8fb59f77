"""The fee of a dossier, on real PostgreSQL: requested on acceptance, paid at the counter or online, settled once."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from pypdf import PdfReader
from sqlalchemy import select

from deploy.local.waiting import wait_until
from services.chassis.clock import VIETNAM
from services.chassis.database.tables import AuditRow
from services.chassis.refusal import Kind, Refusal
from services.dossiers.adapters.payment_provider import ProviderFault
from services.dossiers.domain.payments import Payment, signature
from services.dossiers.settings import Settings
from services.dossiers.tables import PaymentRow
from services.dossiers.use_cases.fees import payments
from services.dossiers.use_cases.fees.payments import reconcile, reconcile_daily, take
from tests.fakes.clock import SettableClock
from tests.fakes.payment_provider import InMemoryProvider
from tests.race import race
from tests.services.dossiers.world import (
    BIRTH,
    CHAIR,
    DUNG,
    FOREIGN_OFFICER,
    HOA,
    NAM_DUONG,
    SAU,
    STRANGER,
    VOLUNTEER,
    World,
    refused,
)
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import changed

KEY = "khóa chỉ để thử"
MERCHANT = f"caunoi-{NAM_DUONG}"
LATE: dict[str, Any] = {
    "child": {"birth_date": "2020-06-01"},
    "copies": {"wanted": True, "count": 2},
}  # 8.000 + 2 × 8.000 đồng
ON_TIME_WITH_COPIES: dict[str, Any] = {"copies": {"wanted": True, "count": 2}}


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in {
        "PAYMENT_KEY": KEY,
        "BANK_BIN": "970400",
        "BANK_NAME": "Ngân hàng chạy thử",
        "BANK_ACCOUNT": "000020248",
        "BANK_HOLDER": "UBND phường Nam Dương",
    }.items():
        monkeypatch.setenv(name, value)
    return Settings()


@pytest.fixture
def provider(world: World) -> InMemoryProvider:
    """The ward's payment provider, in this process."""
    provider = InMemoryProvider()
    install(world, provider)
    return provider


def install(world: World, provider: InMemoryProvider) -> None:
    providers: Any = world.parts.place.providers
    providers[NAM_DUONG] = provider


def waiting(world: World, **changes: Any) -> pb.Dossier:
    """A dossier that is accepted as far as its payment."""
    return world.accept(world.filed(**(changes or LATE)).dossier.id)


def record(world: World, dossier_id: str, who: Any = HOA, *, version: int = 0, key: str = "", **fields: str) -> Any:
    request = pb.RecordPaymentRequest(dossier_id=dossier_id, expected_version=version, **fields)
    return world.call("RecordPayment", request, who, key=key)


def ask_more(
    world: World, dossier_id: str, items: dict[str, int], who: Any = DUNG, reason: str = "Thêm bản sao"
) -> Any:
    wanted = [pb.FeeItem(item=item, count=count) for item, count in items.items()]
    return world.call("RequestFee", pb.RequestFeeRequest(dossier_id=dossier_id, items=wanted, reason=reason), who)


def start(world: World, dossier_id: str, who: Any = SAU) -> str:
    return str(world.call("StartPayment", pb.StartPaymentRequest(dossier_id=dossier_id), who).url)


def call_back(
    world: World, payment: Payment, *, key: str = KEY, age: float = 0, merchant: str = MERCHANT, **changes: Any
) -> Any:
    """The provider's callback after somebody has paid."""
    data = {
        "event": "paid",
        "merchant": merchant,
        "transaction": payment.transaction,
        "reference": payment.reference,
        "amount": payment.amount,
        "paid_at": payment.paid_at.isoformat(),
    }
    body = json.dumps(data | changes).encode()
    timestamp = str(int(world.clock.now().timestamp() - age))
    request = pb.NotePaymentRequest(body=body, timestamp=timestamp, signature=signature(key, timestamp, body))
    return world.call("NotePayment", request)


def paid_online(world: World, provider: InMemoryProvider, dossier: pb.Dossier, amount: int | None = None) -> Payment:
    """The applicant has paid at the provider's; nobody has told us yet."""
    start(world, dossier.id)
    return provider.pay(dossier.fees[-1].reference, world.clock.now(), amount)


def payment_rows(world: World) -> dict[str, str]:
    with world.cells[NAM_DUONG].database.transaction() as session:
        return {row.transaction: row.outcome for row in session.scalars(select(PaymentRow))}


def told_of(world: World, dossier_id: str, what: str) -> int:
    return sum(event.type.endswith(f".{what}.v1") for event in world.events(key=dossier_id))


# Assessed on acceptance


def test_where_nothing_is_owed_acceptance_takes_the_dossier_in(world: World) -> None:
    accepted = waiting(world, copies={"wanted": False})
    assert (accepted.status, list(accepted.fees)) == (2, [])
    assert "payment-slip" not in accepted.papers


def test_a_dossier_with_a_fee_is_accepted_only_when_it_is_paid(world: World) -> None:
    """NĐ 87/2020 Đ12: tiếp nhận khi hồ sơ đầy đủ và đã nộp lệ phí; thời hạn tính từ khi gửi phiếu hẹn."""
    asked = waiting(world)
    assert (asked.status, asked.HasField("due_at"), asked.HasField("accepted_at")) == (6, False, False)
    assert [(line.item, line.count, line.amount) for line in asked.fees[0].lines] == [
        ("birth-registration", 1, 8000),
        ("copy", 2, 16_000),
    ]
    assert asked.fees[0].total == 24_000
    assert "receipt" not in asked.papers
    world.clock.advance(timedelta(days=1))
    paid = record(world, asked.id, receipt="BL 0012")
    assert (paid.status, paid.fees[0].method, paid.fees[0].receipt) == (2, "counter", "BL 0012")
    assert paid.accepted_at.ToDatetime(VIETNAM) == world.clock.now()
    assert paid.due_at.ToDatetime(VIETNAM) > world.clock.now()
    assert {"receipt", "payment-slip"} <= set(paid.papers)
    assert [told_of(world, asked.id, what) for what in ("fee-requested", "paid", "accepted")] == [1, 1, 0]


def test_the_promise_on_the_receipt_counts_from_the_payment(world: World) -> None:
    asked = waiting(world)
    world.clock.advance(timedelta(days=3))
    paid = record(world, asked.id, receipt="BL 1")
    text = pdf(world, asked.id, "receipt")
    due = paid.due_at.ToDatetime(VIETNAM).astimezone(VIETNAM)
    assert f"{due:%d/%m/%Y}" in text or f"ngày {due.day:02d} tháng {due.month:02d}" in text
    assert "24.000 đồng" in text


def test_an_exemption_that_the_form_claims_frees_from_the_registration_alone(world: World) -> None:
    """Luật Hộ tịch 2014 Đ11 khoản 1 điểm a; phí bản sao (TT 281/2016) vẫn phải nộp."""
    asked = waiting(world, **LATE, exemption={"kind": "poor"})
    assert (asked.fees[0].exemption, asked.fees[0].total) == ("poor", 16_000)


def test_no_page_of_a_marriage_asks_for_an_exemption_and_a_form_with_an_answer_is_registered(world: World) -> None:
    """Luật Hộ tịch 2014 Đ11: a marriage costs nothing; earlier forms have asked whether it is free."""
    pages = [
        world.call("GetProcedure", pb.GetProcedureRequest(code=code)).form_pages_json for code in (BIRTH, "1.000894")
    ]
    assert ["/exemption/kind" in each for each in pages] == [True, False]
    married = world.registered("1.000894", changed(MARRIAGE.form, {"/exemption/kind": "poor"}))
    assert (married.status, list(married.fees)) == (9, [])


def test_a_dossier_that_is_wholly_exempt_is_accepted_and_the_record_says_why(world: World) -> None:
    accepted = waiting(world, child={"birth_date": "2020-06-01"}, exemption={"kind": "merit"})
    assert (accepted.status, accepted.fees[0].method, accepted.fees[0].exemption) == (2, "exempt", "merit")
    assert "gia đình có công với cách mạng" in pdf(world, accepted.id, "payment-slip")


def test_before_accepting_the_office_reads_what_will_be_asked_for_and_how_sure_it_is(world: World) -> None:
    filed = world.filed(**LATE).dossier
    found = {each.check: each.text for each in world.get(filed.id, HOA).findings}
    assert "24.000 đồng" in found["fee"]
    assert "chưa được kiểm chứng" in found["fee-unverified"]
    assert not {"fee", "fee-unverified"} & {each.check for each in world.get(filed.id).findings}


# The wait is a pause


def test_the_wait_for_more_copies_does_not_count(world: World) -> None:
    """QĐ 766/QĐ-TTg: thời gian chờ người dân không tính vào hạn."""
    accepted = waiting(world, copies={"wanted": False})
    due = accepted.due_at.ToDatetime(VIETNAM)
    asked = ask_more(world, accepted.id, {"copy": 3})
    assert (asked.status, asked.fees[-1].total, asked.HasField("due_at")) == (6, 24_000, False)
    world.clock.advance(timedelta(days=2))
    paid = record(world, accepted.id, receipt="BL 7")
    assert (paid.status, paid.due_at.ToDatetime(VIETNAM)) == (2, due + timedelta(days=2))
    assert paid.accepted_at == accepted.accepted_at


def test_a_payment_leads_back_to_where_the_dossier_was(world: World) -> None:
    accepted = waiting(world, copies={"wanted": False})
    world.approve(accepted.id)
    ask_more(world, accepted.id, {"copy": 1})
    assert record(world, accepted.id, receipt="BL 7").status == 4


def test_only_the_procedures_own_charges_may_be_requested_with_a_reason_after_acceptance(world: World) -> None:
    """TT 04/2020 Đ3: không đòi gì ngoài danh mục."""
    accepted = waiting(world, copies={"wanted": False})
    assert [(each.item, each.price) for each in world.get(accepted.id, DUNG).chargeable] == [
        ("birth-registration", 8000),
        ("copy", 8000),
    ]
    for items in ({}, {"marital-status": 1}, {"copy": 0}, {"copy": -2}, {"copy": 101}):
        assert refused(partial(ask_more, world, accepted.id, items)).type == "unknown-charge"
    assert refused(lambda: ask_more(world, accepted.id, {"copy": 1}, reason=" ")).type == "missing-field"
    filed = world.filed().dossier
    assert refused(lambda: ask_more(world, filed.id, {"copy": 1})).type == "wrong-state"
    assert "fee-request" not in world.get(filed.id, DUNG).actions
    assert world.get(accepted.id).version == accepted.version


# At the counter


def test_who_may_ask_and_record_and_who_may_not(world: World) -> None:
    asked = waiting(world)
    for who in (CHAIR, SAU, VOLUNTEER, FOREIGN_OFFICER):
        assert refused(partial(record, world, asked.id, who, receipt="1")).kind is Kind.FORBIDDEN
        assert refused(partial(ask_more, world, asked.id, {"copy": 1}, who)).kind is Kind.FORBIDDEN
    for who in (HOA, DUNG, CHAIR, VOLUNTEER):
        assert refused(partial(start, world, asked.id, who)).kind is Kind.FORBIDDEN
    assert refused(lambda: start(world, asked.id, STRANGER)).type == "unknown-dossier"
    assert "payment" in world.get(asked.id).actions
    assert "payment" in world.get(asked.id, HOA).actions
    assert "payment" not in world.get(asked.id, CHAIR).actions


def test_money_at_the_counter_needs_the_number_of_its_receipt(world: World) -> None:
    asked = waiting(world)
    no = refused(lambda: record(world, asked.id))
    assert (no.type, [fault.field for fault in no.fields]) == ("missing-field", ["receipt"])
    assert "24.000 đồng" in no.text


def test_an_exemption_proven_at_the_desk_frees_from_the_registration_and_the_copies_are_paid(world: World) -> None:
    asked = waiting(world)
    why: Any = {"reason": "Giấy chứng nhận hộ nghèo số 12/2020", "article": "Luật Hộ tịch 2014 Đ11"}
    assert refused(lambda: record(world, asked.id, exemption="poor")).type == "missing-field"
    assert refused(lambda: record(world, asked.id, exemption="rich", **why)).type == "not-exempt"
    left = refused(lambda: record(world, asked.id, exemption="poor", **why))
    assert (left.type, "16.000 đồng" in left.text) == ("missing-field", True)
    assert world.get(asked.id).fees[0].total == 24_000, "what was refused changed nothing"
    paid = record(world, asked.id, exemption="poor", receipt="BL 3", **why)
    assert (paid.status, paid.fees[0].total, paid.fees[0].exemption) == (2, 16_000, "poor")


def test_where_an_exemption_proven_at_the_desk_leaves_nothing_no_receipt_is_needed(world: World) -> None:
    asked = waiting(world, child={"birth_date": "2020-06-01"})
    paid = record(world, asked.id, exemption="disabled", reason="Giấy xác nhận khuyết tật", article="Luật HT Đ11")
    assert (paid.status, paid.fees[0].method, paid.fees[0].total) == (2, "exempt", 0)


def test_the_notice_of_a_stop_says_what_happens_to_the_payment(world: World) -> None:
    def notice_of(dossier_id: str) -> str:
        stop = pb.ProposeStopRequest(dossier_id=dossier_id, reason="Mục chỉ có trong sổ giấy", article="TT 04/2020 Đ23")
        world.call("ProposeStop", stop, DUNG)
        world.call("StopDossier", pb.StopDossierRequest(dossier_id=dossier_id), CHAIR)
        paper = world.call("GetPaper", pb.GetPaperRequest(dossier_id=dossier_id, kind="stop-notice"), DUNG)
        text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages)
        return " ".join(text.split())

    paid = record(world, waiting(world, **ON_TIME_WITH_COPIES).id, receipt="BL 3")
    said = notice_of(paid.id)
    assert "Ông/Bà đã nộp 16.000 đồng cho hồ sơ này." in said
    assert "hoàn lại số tiền đã nộp" in said
    free = world.filed()
    world.accept(free.dossier.id)
    assert "đã nộp" not in notice_of(free.dossier.id)


def test_copies_alone_are_exempt_for_nobody(world: World) -> None:
    asked = waiting(world, **ON_TIME_WITH_COPIES)
    no = refused(lambda: record(world, asked.id, exemption="poor", reason="x", article="y", receipt="1"))
    assert no.type == "not-exempt"


def test_a_stale_or_repeated_record_of_a_payment(world: World) -> None:
    asked = waiting(world)
    assert refused(lambda: record(world, asked.id, receipt="1", version=asked.version - 1)).kind is Kind.STALE
    first = record(world, asked.id, receipt="1", key="k")
    assert record(world, asked.id, receipt="1", key="k") == first
    assert refused(lambda: record(world, asked.id, receipt="2")).type == "wrong-state"
    with world.cells[NAM_DUONG].database.transaction() as session:
        done = session.scalars(select(AuditRow.action).where(AuditRow.subject == f"dossier:{asked.id}")).all()
    assert (done.count("payment"), done.count("fee-request")) == (1, 1)


# Online


def test_the_applicant_pays_online_and_the_signed_word_of_the_provider_takes_the_dossier_in(
    world: World, provider: InMemoryProvider
) -> None:
    asked = waiting(world)
    fee = world.get(asked.id).fees[0]
    assert fee.online
    assert start(world, asked.id) == start(world, asked.id), "one order, however often it is asked for"
    payment = provider.pay(fee.reference, world.clock.now())
    assert call_back(world, payment).outcome == "settled"
    paid = world.get(asked.id)
    assert (paid.status, paid.fees[0].method, paid.fees[0].receipt) == (2, "provider", payment.transaction)
    last = world.call("GetHistory", pb.GetHistoryRequest(dossier_id=asked.id), SAU).entries[-1]
    assert (last.action, last.actor) == ("paid", "Hệ thống")


def test_a_callback_that_comes_twice_counts_once(world: World, provider: InMemoryProvider) -> None:
    asked = waiting(world)
    payment = paid_online(world, provider, asked)
    answers = race(*[lambda: call_back(world, payment).outcome] * 4)
    assert answers == ["settled"] * 4
    assert told_of(world, asked.id, "paid") == 1


def test_a_callback_with_a_wrong_key_an_old_one_and_one_of_another_merchant_are_refused(
    world: World, provider: InMemoryProvider
) -> None:
    asked = waiting(world)
    payment = paid_online(world, provider, asked)
    for no in (
        refused(lambda: call_back(world, payment, key="another")),
        refused(lambda: call_back(world, payment, key="")),
        refused(lambda: call_back(world, payment, age=301)),
        refused(lambda: call_back(world, payment, age=-301)),
    ):
        assert (no.kind, no.type) == (Kind.UNAUTHENTICATED, "wrong-signature")
    for no in (
        refused(lambda: call_back(world, payment, merchant="caunoi-20227")),
        refused(lambda: call_back(world, payment, event="refunded")),
        refused(lambda: call_back(world, payment, amount="24000")),
        refused(lambda: call_back(world, payment, paid_at="2020-10-06T09:00:00")),
    ):
        assert (no.kind, no.type) == (Kind.INVALID, "unreadable-payment")
    assert world.get(asked.id).status == 6
    assert payment_rows(world) == {}


def test_a_body_that_was_changed_on_its_way_is_not_genuine(world: World, provider: InMemoryProvider) -> None:
    payment = paid_online(world, provider, waiting(world))
    timestamp = str(int(world.clock.now().timestamp()))
    signed = signature(KEY, timestamp, b'{"amount": 1}')
    request = pb.NotePaymentRequest(body=b'{"amount": 2}', timestamp=timestamp, signature=signed)
    assert refused(lambda: world.call("NotePayment", request)).type == "wrong-signature"
    assert payment.transaction not in payment_rows(world)


def test_an_amount_that_does_not_fit_is_refused_kept_and_shown_to_the_office(
    world: World, provider: InMemoryProvider
) -> None:
    asked = waiting(world)
    payment = paid_online(world, provider, asked, amount=8000)
    for _ in range(2):
        assert refused(lambda: call_back(world, payment)).type == "payment-mismatch"
    assert payment_rows(world) == {payment.transaction: "mismatch"}
    assert world.get(asked.id).status == 6
    found = {each.check: each.text for each in world.get(asked.id, HOA).findings}
    assert payment.transaction in found["payment-mismatch"]


@pytest.mark.parametrize("ended", ["withdrawn", "paid"])
def test_a_payment_that_comes_when_all_is_over_changes_nothing_and_stays_visible(
    world: World, provider: InMemoryProvider, ended: str
) -> None:
    asked = waiting(world)
    payment = paid_online(world, provider, asked)
    if ended == "withdrawn":
        world.call("WithdrawDossier", pb.WithdrawDossierRequest(dossier_id=asked.id, reason="Đổi ý"), SAU)
    else:
        record(world, asked.id, receipt="BL 5")
    before = world.get(asked.id)
    assert call_back(world, payment).outcome == "late"
    after = world.get(asked.id)
    assert (after.status, after.version, after.fees[0].method) == (before.status, before.version, before.fees[0].method)
    found = {each.check: each.text for each in world.get(asked.id, HOA).findings}
    assert "hoàn lại" in found["payment-late"]


def test_a_payment_for_nothing_of_ours_is_kept(world: World, provider: InMemoryProvider) -> None:
    payment = Payment("GD9", f"HT{NAM_DUONG}AAAAAAAA", 8000, world.clock.now())
    assert call_back(world, payment).outcome == "unknown"
    assert payment_rows(world) == {"GD9": "unknown"}


def test_while_the_provider_is_away_the_applicant_is_told_what_else_they_can_do(
    world: World, provider: InMemoryProvider
) -> None:
    asked = waiting(world)
    provider.fault = ProviderFault("orders: ConnectTimeout")
    no = refused(lambda: start(world, asked.id))
    assert (no.kind, no.type, no.retry_after) == (Kind.UNAVAILABLE, "payment-provider-unavailable", 30)


def test_a_ward_without_a_provider_says_so(world: World) -> None:
    asked = waiting(world)
    assert not asked.fees[0].online
    assert refused(lambda: start(world, asked.id)).type == "no-online-payment"


# Reconciliation


def test_the_days_report_settles_what_a_lost_callback_left_open(
    world: World, provider: InMemoryProvider, clock: SettableClock
) -> None:
    asked = waiting(world)
    payment = paid_online(world, provider, asked)
    day = clock.now().astimezone(VIETNAM).date()
    clock.advance(timedelta(hours=15))
    place = world.parts.place
    assert reconcile(place, NAM_DUONG, day - timedelta(days=1)) == []
    (noted,) = reconcile(place, NAM_DUONG, day)
    assert (noted.outcome, noted.is_new, noted.payment.transaction) == ("settled", True, payment.transaction)
    paid = world.get(asked.id)
    assert paid.status == 2
    assert paid.fees[0].settled_at.ToDatetime(VIETNAM) == payment.paid_at, "when it was paid, not when it was found"
    assert paid.accepted_at.ToDatetime(VIETNAM) == clock.now(), "when the appointment goes out"
    (again,) = reconcile(place, NAM_DUONG, day)
    assert not again.is_new
    assert told_of(world, asked.id, "paid") == 1


def test_one_payment_that_breaks_holds_up_no_other(
    world: World, provider: InMemoryProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = waiting(world), waiting(world)
    first = paid_online(world, provider, broken)
    paid_online(world, provider, whole)

    def breaks(place: Any, ward: str, payment: Payment, told_by: str) -> Any:
        if payment.transaction == first.transaction:
            raise RuntimeError("a fault of ours")
        return take(place, ward, payment, told_by)

    monkeypatch.setattr("services.dossiers.use_cases.fees.payments.take", breaks)
    day = world.clock.now().astimezone(VIETNAM).date()
    assert len(reconcile(world.parts.place, NAM_DUONG, day)) == 1
    assert (world.get(broken.id).status, world.get(whole.id).status) == (6, 2)


def test_counter_callback_and_report_at_once_settle_once(world: World, provider: InMemoryProvider) -> None:
    for round in range(5):
        asked = waiting(world)
        payment = paid_online(world, provider, asked)
        day = world.clock.now().astimezone(VIETNAM).date()
        answers = race(
            partial(record, world, asked.id, receipt="BL 1"),
            partial(call_back, world, payment),
            partial(call_back, world, payment),
            partial(reconcile, world.parts.place, NAM_DUONG, day),
        )
        for answer in answers:
            assert not isinstance(answer, Exception) or (isinstance(answer, Refusal) and answer.type == "wrong-state")
        paid = world.get(asked.id)
        assert (round, paid.status, told_of(world, asked.id, "paid")) == (round, 2, 1)
        by_provider = paid.fees[0].method == "provider"
        assert payment_rows(world)[payment.transaction] == ("settled" if by_provider else "late")


def test_withdrawal_and_callback_at_once_leave_the_dossier_withdrawn_or_paid_and_never_both(
    world: World, provider: InMemoryProvider
) -> None:
    for _ in range(5):
        asked = waiting(world)
        payment = paid_online(world, provider, asked)
        withdrawal = pb.WithdrawDossierRequest(dossier_id=asked.id, reason="Đổi ý")
        race(
            partial(world.call, "WithdrawDossier", withdrawal, SAU),
            partial(call_back, world, payment),
        )
        events = [event.type.split(".")[-2] for event in world.events(key=asked.id)]
        if payment_rows(world)[payment.transaction] == "late":
            assert events[-1] == "withdrawn"
        else:
            assert "paid" in events


def test_the_nightly_round_reconciles_all_days_that_the_provider_was_away(
    world: World, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.dossiers.use_cases.fees.payments.RETRY_SECONDS", 0.01)
    monkeypatch.setattr("services.dossiers.use_cases.fees.payments._seconds_to_next_round", lambda _: 0.01)
    asked_for: list[date] = []

    class Remembering(InMemoryProvider):
        def report(self, day: date) -> Sequence[Payment]:
            asked_for.append(day)
            return super().report(day)

    provider = Remembering()
    install(world, provider)
    first = clock.now().astimezone(VIETNAM).date()
    asked = waiting(world)
    paid_online(world, provider, asked)
    provider.fault = ProviderFault("reports: 502")
    stopped = threading.Event()
    loop = threading.Thread(target=reconcile_daily(world.parts.place, NAM_DUONG), args=(stopped,))
    loop.start()
    try:
        assert wait_until(lambda: len(asked_for) > 2, 10)
        assert set(asked_for) == {first - timedelta(days=1)}, "the first day is asked for until it answers"
        clock.advance(timedelta(days=2))
        provider.fault = None
        today = first + timedelta(days=2)
        assert wait_until(lambda: asked_for.count(today) > 2, 10)
    finally:
        stopped.set()
        loop.join(10)
    whole = asked_for.index(today) + 1
    assert asked_for[whole - 4 : whole] == [first + timedelta(days=days) for days in (-1, 0, 1, 2)]
    assert set(asked_for[whole:]) == {today}, "what went well is not asked for again"
    assert world.get(asked.id).status == 2


def test_a_day_on_which_a_payment_broke_is_gone_through_again(
    world: World, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.dossiers.use_cases.fees.payments._seconds_to_next_round", lambda _: 0.01)
    provider = InMemoryProvider()
    install(world, provider)
    asked = waiting(world)
    paid_online(world, provider, asked)
    clock.advance(timedelta(days=1))  # the first round goes through yesterday, too; the next from today on
    broken = threading.Event()

    def breaks(*arguments: Any) -> Any:
        if broken.is_set():
            return take(*arguments)
        broken.set()
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("services.dossiers.use_cases.fees.payments.take", breaks)
    stopped = threading.Event()
    loop = threading.Thread(target=reconcile_daily(world.parts.place, NAM_DUONG), args=(stopped,))
    loop.start()
    try:
        assert wait_until(lambda: world.get(asked.id).status == 2, 10)
    finally:
        stopped.set()
        loop.join(10)
    assert broken.is_set()


@pytest.mark.parametrize(
    ("now", "hours"),
    [("2020-10-06T00:30:00+07:00", 24.5), ("2020-10-06T01:00:00+07:00", 24), ("2020-10-06T23:00:00+07:00", 2)],
)
def test_the_next_round_is_at_one_in_the_night_when_the_day_is_over(now: str, hours: float) -> None:
    assert payments._seconds_to_next_round(datetime.fromisoformat(now)) == hours * 3600


# Papers and tracking


def test_the_slip_has_the_code_of_the_transfer_and_once_paid_it_is_the_receipt(world: World) -> None:
    asked = waiting(world)
    fee = world.get(asked.id).fees[0]
    assert (fee.transfer.account, fee.transfer.message) == ("000020248", fee.reference)
    assert fee.transfer.vietqr.startswith("000201010212")
    assert fee.reference in fee.transfer.vietqr
    assert fee.reference.isascii()
    assert fee.reference.isalnum()
    slip = pdf(world, asked.id, "payment-slip")
    for words in ("24.000", "000020248", fee.reference, "Ngân hàng chạy thử"):
        assert words in slip
    record(world, asked.id, receipt="BL 0099")
    paid = pdf(world, asked.id, "payment-slip")
    assert "BL 0099" in paid
    assert "000020248" not in paid
    assert not world.get(asked.id).fees[0].HasField("transfer")


def test_who_follows_the_dossier_reads_how_much_is_waited_for(world: World) -> None:
    filed = world.filed(**LATE)
    world.accept(filed.dossier.id)
    assert world.track(filed.dossier.code, filed.tracking_key).owed == 24_000
    record(world, filed.dossier.id, receipt="1")
    assert world.track(filed.dossier.code, filed.tracking_key).owed == 0


def pdf(world: World, dossier_id: str, kind: str, who: Any = SAU) -> str:
    paper = world.call("GetPaper", pb.GetPaperRequest(dossier_id=dossier_id, kind=kind), who)
    return " ".join(PdfReader(io.BytesIO(paper.content)).pages[0].extract_text().split())


def test_who_would_pay_again_because_the_callback_was_lost_is_told_that_it_is_paid(
    world: World, provider: InMemoryProvider
) -> None:
    """The provider is asked before anything is offered, so that nobody pays twice."""
    asked = waiting(world)
    payment = paid_online(world, provider, asked)
    assert world.get(asked.id).status == 6, "nobody has told of it"
    assert start(world, asked.id) == "", "no page to pay at"
    found = world.get(asked.id)
    assert (found.status, found.fees[-1].method, found.fees[-1].receipt) == (2, "provider", payment.transaction)
    assert call_back(world, payment).outcome == "settled", "the callback that comes after all changes nothing"
    assert payment_rows(world) == {payment.transaction: "settled"}
    assert refused(lambda: start(world, asked.id)).type == "wrong-state"


def test_who_has_paid_another_sum_is_offered_no_page_to_pay_at_again(world: World, provider: InMemoryProvider) -> None:
    asked = waiting(world)
    payment = paid_online(world, provider, asked, 1000)
    assert refused(lambda: start(world, asked.id)).type == "payment-mismatch"
    assert payment_rows(world) == {payment.transaction: "mismatch"}
    assert world.get(asked.id).status == 6
