"""What the office does to a dossier from its screen. Which acts are offered, the dossiers service says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from caunoi.accounts.v1.accounts_pb2 import StaffMember
from caunoi.dossiers.v1 import dossiers_pb2 as dossiers_v1
from caunoi.dossiers.v1.dossiers_pb2_grpc import DossiersServiceStub
from google.protobuf.message import Message

from gateway.pages.dossier import Opened
from gateway.pages.forms import Field, whole
from gateway.pages.plain import errors_from, question, shown_fields
from gateway.pages.texts import EXEMPTIONS, dong
from services.chassis.clock import VIETNAM
from services.chassis.refusal import Kind, Refusal

_REASON = question(
    "reason", "Lý do", hint="Viết để người dân hiểu. Câu này gửi đến người nộp hồ sơ.", widget="textarea"
)
_ARTICLE = question("article", "Căn cứ pháp luật", hint="Điều, khoản, văn bản.")
_DELIVERY = question(
    "delivery",
    "Trả bằng cách nào?",
    widget="radios",
    choices=(("office", "Tại phường"), ("post", "Qua bưu chính"), ("electronic", "Bản điện tử trong tài khoản")),
)
_DELIVERY_NOTE = question("delivery_note", "Số hiệu bưu gửi", hint="Khi trả qua bưu chính.", optional=True)
_STATEMENT = question(
    "statement",
    "Nội dung xác nhận",
    hint="Soạn sẵn theo tờ khai. Xin đối chiếu với sổ rồi sửa nếu cần; người được xác nhận sẽ đọc câu này trên giấy.",
    widget="textarea",
)
#: Registers whose entries carry the personal identification number that the national database gives.
_OF_PEOPLE = ("birth", "death")
_SIGNED_AT_HANDOVER = ("register_signed", "Người yêu cầu đã đọc lại và ký vào sổ hộ tịch")
_SIGNED_BEFORE = ("register_signed", "Hai bên đã có mặt và ký vào sổ hộ tịch")
_AUTHORISED = ("authorised", "Người nhận được ủy quyền hợp lệ")


@dataclass(frozen=True, slots=True)
class Act:
    """An act of the office: its heading, what it asks, the button, and what is said once it is done."""

    title: str
    button: str
    done: str
    request: Callable[..., Any]
    rpc: Callable[[DossiersServiceStub], Callable[..., dossiers_v1.Dossier]]
    fields: tuple[Field, ...] = ()
    checks: tuple[tuple[str, str], ...] = ()
    is_warning: bool = False
    picks: bool = False
    charges: bool = False
    verified: bool = False  # asks which verification is meant


_RECEIPT = question("receipt", "Số biên lai đã giao", hint="Để trống nếu được miễn hết.", optional=True)
_EXEMPTION = question(
    "exemption",
    "Miễn lệ phí, đã xem giấy chứng minh",
    widget="radios",
    choices=(("", "Không miễn"), *((kind, text[:1].upper() + text[1:]) for kind, text in EXEMPTIONS.items())),
    optional=True,
)

_KINDS = (
    ("inquiry", "Hỏi cơ quan khác (chờ nhiều nhất 20 ngày)"),
    ("own", "Phường tự xác minh (thời hạn dài hơn của thủ tục)"),
    ("notice", "Niêm yết trẻ bị bỏ rơi (7 ngày)"),
)
_OUTCOMES = (
    ("replied", "Đã có văn bản trả lời"),
    ("no-result", "Nơi được hỏi trả lời không xác minh được"),
    ("commitment", "Người yêu cầu nộp văn bản cam đoan"),
    ("done", "Đã tự xác minh xong, hoặc niêm yết không có ai nhận"),
)

ACTS: Mapping[str, Act] = {
    "acceptance": Act(
        "Tiếp nhận hồ sơ",
        "Tiếp nhận",
        "Đã tiếp nhận hồ sơ.",
        dossiers_v1.AcceptDossierRequest,
        lambda stub: stub.AcceptDossier,
    ),
    "approval": Act(
        "Trình ký",
        "Trình người ký",
        "Đã trình ký. Hồ sơ đang chờ người ký.",
        dossiers_v1.ApproveDossierRequest,
        lambda stub: stub.ApproveDossier,
        (
            question(
                "personal_identification_number",
                "Số định danh cá nhân",
                hint="12 số do cơ sở dữ liệu quốc gia về dân cư cấp. Chưa có thì để trống.",
                widget="digits",
                optional=True,
            ),
            question("note", "Ghi chú trong sổ", widget="textarea", optional=True),
        ),
    ),
    "signature": Act(
        "Ký và đăng ký vào sổ",
        "Ký và vào sổ",
        "Đã ký. Số đăng ký và bản giấy đã có.",
        dossiers_v1.SignDossierRequest,
        lambda stub: stub.SignDossier,
    ),
    "supplement-request": Act(
        "Yêu cầu bổ sung",
        "Gửi yêu cầu bổ sung",
        "Đã gửi yêu cầu bổ sung. Thời hạn tạm dừng.",
        dossiers_v1.RequestSupplementRequest,
        lambda stub: stub.RequestSupplement,
        (question("reason", "Lời giải thích chung", widget="textarea", optional=True),),
        picks=True,
    ),
    "payment": Act(
        "Thu phí, lệ phí",
        "Ghi nhận",
        "Đã ghi nhận phí, lệ phí.",
        dossiers_v1.RecordPaymentRequest,
        lambda stub: stub.RecordPayment,
        (
            _RECEIPT,
            _EXEMPTION,
            question("reason", "Giấy chứng minh được miễn", hint="Tên giấy, số, ngày, nơi cấp.", optional=True),
            question("article", "Căn cứ miễn", hint="Ví dụ: Luật Hộ tịch 2014, Điều 11.", optional=True),
        ),
    ),
    "fee-request": Act(
        "Yêu cầu nộp thêm",
        "Gửi yêu cầu nộp",
        "Đã báo cho người nộp. Thời hạn tạm dừng.",
        dossiers_v1.RequestFeeRequest,
        lambda stub: stub.RequestFee,
        (_REASON,),
        charges=True,
    ),
    "verification-request": Act(
        "Xác minh hoặc niêm yết",
        "Gửi xác minh",
        "Đã ghi việc xác minh. Thời gian chờ nơi khác không tính vào thời hạn.",
        dossiers_v1.RequestVerificationRequest,
        lambda stub: stub.RequestVerification,
        (
            question("kind", "Cách xác minh", widget="radios", choices=_KINDS),
            question("recipient", "Gửi ai", hint="Cơ quan được hỏi. Niêm yết: nơi đang nuôi dưỡng trẻ.", optional=True),
            question("person", "Về ai", hint="Họ tên người cần xác minh.", widget="name", optional=True),
            question("birth_date", "Ngày sinh", hint="Ngày, tháng, năm, biết đến đâu ghi đến đó.", optional=True),
            question("identity_paper", "Giấy tờ tùy thân", optional=True),
            question("place", "Nơi đã cư trú, hoặc nơi phát hiện trẻ", optional=True),
            question("from_day", "Từ ngày, hoặc ngày phát hiện trẻ", optional=True),
            question("until_day", "Đến ngày", optional=True),
            question("question", "Cần xác minh gì, hoặc đặc điểm của trẻ theo biên bản", widget="textarea"),
            question("document_number", "Số công văn hoặc thông báo", optional=True),
        ),
    ),
    "verification-reply": Act(
        "Ghi kết quả xác minh",
        "Ghi kết quả",
        "Đã ghi kết quả xác minh.",
        dossiers_v1.RecordVerificationReplyRequest,
        lambda stub: stub.RecordVerificationReply,
        (
            question("outcome", "Kết quả", widget="radios", choices=_OUTCOMES),
            question("text", "Nội dung", widget="textarea", optional=True),
            question("document_number", "Số văn bản trả lời", optional=True),
            question("document_date", "Ngày của văn bản", hint="Ví dụ: 08/10/2020.", optional=True),
        ),
        verified=True,
    ),
    "extension": Act(
        "Xin lỗi và hẹn lại",
        "Lập phiếu hẹn lại",
        "Đã lập phiếu xin lỗi và hẹn lại, đã báo cho người nộp.",
        dossiers_v1.ExtendDossierRequest,
        lambda stub: stub.ExtendDossier,
        (
            question("new_day", "Ngày hẹn mới", hint="Mỗi hồ sơ chỉ hẹn lại một lần. Ví dụ: 08/10/2020."),
            question("new_hour", "Giờ hẹn mới", hint="Trong giờ làm việc. Ví dụ: 10:00."),
            _REASON,
        ),
    ),
    "handover": Act(
        "Trả kết quả",
        "Đã trả kết quả",
        "Đã trả kết quả. Hồ sơ kết thúc.",
        dossiers_v1.HandOverDossierRequest,
        lambda stub: stub.HandOverDossier,
        (question("recipient_name", "Họ tên người nhận", widget="name"),),
    ),
    "assignment": Act(
        "Nhận xử lý hoặc chuyển người xử lý",
        "Giao hồ sơ",
        "Đã ghi người xử lý hồ sơ.",
        dossiers_v1.AssignDossierRequest,
        lambda stub: stub.AssignDossier,
        (
            question("to", "Ai xử lý?", widget="radios", choices=(("", "Tôi nhận xử lý"),)),
            question("note", "Lời nhắn cho đồng nghiệp", hint="Người dân không thấy lời nhắn này.", optional=True),
        ),
    ),
    "refusal": Act(
        "Từ chối tiếp nhận",
        "Từ chối tiếp nhận",
        "Đã từ chối tiếp nhận và báo cho người nộp.",
        dossiers_v1.RefuseDossierRequest,
        lambda stub: stub.RefuseDossier,
        (_REASON, _ARTICLE),
        is_warning=True,
    ),
    "withdrawal": Act(
        "Rút hồ sơ theo đơn của người nộp",
        "Rút hồ sơ",
        "Đã rút hồ sơ.",
        dossiers_v1.WithdrawDossierRequest,
        lambda stub: stub.WithdrawDossier,
        (question("reason", "Lý do người nộp nêu", optional=True),),
        (("request_signed", "Người nộp đã ký đơn đề nghị rút hồ sơ"),),
        is_warning=True,
    ),
    "stop": Act(
        "Dừng xử lý",
        "Dừng xử lý hồ sơ",
        "Đã dừng xử lý hồ sơ.",
        dossiers_v1.StopDossierRequest,
        lambda stub: stub.StopDossier,
        (_REASON, _ARTICLE),
        is_warning=True,
    ),
}


def act_views(
    opened: Opened,
    refused: str,
    typed: Mapping[str, Any],
    errors: Mapping[str, str],
    colleagues: Iterable[StaffMember] = (),
) -> list[dict[str, Any]]:
    """The acts offered now, as the template draws them; the refused one as it was typed.

    `colleagues` are those to whom a dossier may be handed on.
    """
    choices = tuple((one.id, f"{one.full_name}, {one.title}") for one in colleagues)
    offered = [name for name in ACTS if name in opened.dossier.actions]
    return [
        {
            **_view(opened, name, typed if name == refused else {}, errors if name == refused else {}, choices),
            "open": name == (refused or offered[0]) and (name == refused or not ACTS[name].is_warning),
        }
        for name in offered
    ]


def fields_of(opened: Opened, name: str, colleagues: tuple[tuple[str, str], ...] = ()) -> tuple[Field, ...]:
    """What an act asks of this dossier, beside how many of each item are to be paid for."""
    fields = ACTS[name].fields
    if name == "assignment":
        to, note = fields
        return replace(to, choices=(*to.choices, *colleagues)), note
    if name == "approval":
        number, note = fields
        return (
            *((number,) if opened.dossier.register in _OF_PEOPLE else ()),
            *((_STATEMENT,) if opened.dossier.register == "marital-status" else ()),
            note,
        )
    if name == "handover" and opened.dossier.handover.remote:
        return *fields, _DELIVERY, _DELIVERY_NOTE
    return fields


def checks_of(opened: Opened, name: str) -> tuple[tuple[str, str], ...]:
    """What has to be ticked: of a hand-over and a signature, the procedure decides."""
    rules = opened.dossier.handover
    if name == "signature":
        return (_SIGNED_BEFORE,) if rules.register_signed == "at-signature" else ()
    if name == "handover":
        signed = (_SIGNED_AT_HANDOVER,) if rules.register_signed == "at-handover" else ()
        return signed if rules.present else (*signed, _AUTHORISED)
    return ACTS[name].checks


def _view(
    opened: Opened,
    name: str,
    typed: Mapping[str, Any],
    errors: Mapping[str, str],
    colleagues: tuple[tuple[str, str], ...],
) -> dict[str, Any]:
    act = ACTS[name]
    own = fields_of(opened, name, colleagues)
    asked = (*_which(opened, act), *own)
    typed = typed or (_prepared(opened) if name == "approval" else {})
    fields = shown_fields(asked, {key: str(value) for key, value in typed.items()}, errors)
    for view in fields:  # several acts on one screen ask for a reason: an id stands once
        view["params"]["idPrefix" if "idPrefix" in view["params"] else "id"] = f"{name}-{view['params']['name']}"
        if view["params"]["name"] == "article":
            view["params"]["attributes"] = {"list": "articles"}  # those of the procedure are at hand
    return {
        "name": name,
        "act": act,
        "fields": fields,
        "checks": [
            {
                "name": key,
                "id": f"{name}-{key}",
                "text": text,
                "checked": typed.get(key) == "yes",
                "error": errors.get(key, ""),
            }
            for key, text in checks_of(opened, name)
        ],
        "persons": _persons(opened, typed) if name == "handover" else [],
        "persons_error": errors.get("present", ""),
        "picks": _picks(opened, typed) if act.picks else [],
        "error": errors.get("", "") or errors.get("items", ""),
    }


def _prepared(opened: Opened) -> dict[str, str]:
    """What stands in the fields of the approval before anything is typed: what was prepared, or is proposed."""
    proposed = opened.dossier.proposed_entry
    return {
        "personal_identification_number": proposed.personal_identification_number,
        "statement": proposed.statement or opened.dossier.proposed_statement,
        "note": proposed.note,
    }


def _persons(opened: Opened, typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those who have to come, all of them, for the result to be handed over."""
    return [
        {"value": one.field, "id": f"present-{number}", "text": one.name, "checked": one.field in typed.get("pick", [])}
        for number, one in enumerate(opened.dossier.handover.present)
    ]


def _which(opened: Opened, act: Act) -> tuple[Field, ...]:
    """What an act asks that depends on the dossier: which items, which of several verifications."""
    if act.charges:
        return _charges(opened)
    open_ones = [one for one in opened.dossier.verifications if one.outcomes or one.state == "sent"]
    if not act.verified or len(open_ones) < 2:
        return ()
    choices = tuple((one.id, one.recipient or one.question) for one in open_ones)
    return (question("verification_id", "Việc xác minh nào", widget="radios", choices=choices),)


def _charges(opened: Opened) -> tuple[Field, ...]:
    """How many of each item that may be asked for."""
    return tuple(
        question(f"count-{one.item}", f"{one.text}, {dong(one.price)}: số lượng", widget="digits", optional=True)
        for one in opened.dossier.chargeable
    )


def _picks(opened: Opened, typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every field that was asked and every paper, to be ticked where something is missing."""
    places = [
        (one.pointer, one.title, opened.form.sections.get(page.section, ""))
        for page in opened.form.asked(opened.values)
        for one in page.fields
    ]
    places += [
        (f"documents/{one.kind}", one.title, "Giấy tờ") for one in opened.procedure.documents if one.mode == "file"
    ]
    chosen = typed.get("pick", [])
    return [
        {
            "field": field,
            "title": title,
            "section": section,
            "number": number,
            "checked": field in chosen,
            "text": typed.get(f"text-{number}", ""),
        }
        for number, (field, title, section) in enumerate(places)
    ]


def command(act: str, id: str, opened: Opened, posted: Mapping[str, str], picked: list[str]) -> Message:
    """The request of an act, from what the screen sent: `picked` are the fields, papers or persons that were ticked."""
    request: Message = ACTS[act].request(dossier_id=id, expected_version=whole(posted.get("version", "")))
    for one in fields_of(opened, act):
        if one.name in request.DESCRIPTOR.fields_by_name:
            setattr(request, one.name, posted.get(one.name, "").strip())
    for name, _ in checks_of(opened, act):
        setattr(request, name, posted.get(name) == "yes")
    if isinstance(request, dossiers_v1.RequestSupplementRequest):
        ticked = [pick for pick in _picks(opened, {**posted, "pick": picked}) if pick["checked"]]
        request.items.extend(
            dossiers_v1.SupplementItem(field=pick["field"], text=pick["text"].strip()) for pick in ticked
        )
    if isinstance(request, dossiers_v1.ApproveDossierRequest):
        request.source_entry_id = posted.get("source_entry_id", "")
    if isinstance(request, dossiers_v1.HandOverDossierRequest):
        request.present.extend(picked)
    if isinstance(request, dossiers_v1.RequestFeeRequest):
        counts = {one.item: whole(posted.get(f"count-{one.item}", "")) for one in opened.dossier.chargeable}
        request.items.extend(dossiers_v1.FeeItem(item=item, count=count) for item, count in counts.items() if count)
    if isinstance(request, dossiers_v1.RecordVerificationReplyRequest):
        request.verification_id = posted.get("verification_id", "")
        request.document_date = _iso(request.document_date)
    if isinstance(request, dossiers_v1.ExtendDossierRequest):
        _appoint(request, posted)
    return request


def _iso(day: str) -> str:
    """`8/10/2020` as `2020-10-08`; what is no such day stays as it was typed, and the service says so."""
    try:
        return datetime.strptime(day, "%d/%m/%Y").date().isoformat()  # noqa: DTZ007  # a day has no zone
    except ValueError:
        return day


def _appoint(request: dossiers_v1.ExtendDossierRequest, posted: Mapping[str, str]) -> None:
    """The new time from day and hour as they are typed; left out where they cannot be read."""
    typed = f"{posted.get('new_day', '').strip()} {posted.get('new_hour', '').strip()}"
    try:
        request.new_due_at.FromDatetime(datetime.strptime(typed, "%d/%m/%Y %H:%M").replace(tzinfo=VIETNAM))
    except (ValueError, OverflowError):  # of the first hours of the year 1 no time in UTC is known
        return


def act_errors(refusal: Refusal) -> dict[str, str]:
    """What is wrong, by the names of the screen's fields."""
    if refusal.kind is Kind.STALE:
        text = "Hồ sơ vừa được thay đổi ở nơi khác. Trạng thái mới ở trên; những gì vừa nhập vẫn còn dưới đây."
        return {"": text}
    errors = errors_from(refusal)
    shown = {"new_due_at": "new_day"}
    return {("items" if name.startswith("items") else shown.get(name, name)): text for name, text in errors.items()}
