"""The acts on a dossier, a record each.

The dossiers service says which acts are offered, and what an approval or a hand-over asks for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from caunoi.dossiers.v1 import dossiers_pb2
from caunoi.dossiers.v1.dossiers_pb2 import Dossier

from gateway import models
from gateway.act import Check, OfferedAct, Posted, Rank, always
from gateway.questions import Field, question, whole
from gateway.rpc import APPLICANT_OR_DESK, BY_OFFICE, DESK, OFFICER, OFFICER_OR_SIGNER, SIGNER, Rpc
from gateway.texts import CAPACITIES, EXEMPTIONS, VERIFIED_ABOUT, dong
from services.chassis.clock import VIETNAM

SIGNATURE_SECONDS = 10.0  # registering, rendering and sealing the certificate

_REASON = question(
    "reason", "Lý do", hint="Viết để người dân hiểu. Câu này gửi đến người nộp hồ sơ.", widget="textarea"
)
_WHY_NOT_TAKEN_IN = question(
    "reason",
    "Lý do",
    hint="Chỉ khi nộp sai nơi hoặc không phải việc của phường. Không đủ điều kiện đăng ký thì tiếp nhận rồi trình lãnh "
    "đạo từ chối. Câu này gửi đến người nộp hồ sơ.",
    widget="textarea",
)
_ARTICLE = question("article", "Căn cứ pháp luật", hint="Điều, khoản, văn bản.")

ASSIGNMENT = OfferedAct(
    name="assignment",
    rpc=Rpc(
        dossiers_pb2.AssignDossierRequest,
        Dossier,
        by=BY_OFFICE,
        refuses="400 missing-field text-too-long unknown-colleague 404 unknown-dossier 409 held-by-another wrong-state",
    ),
    body=models.Assignment,
    summary="Take a dossier on, or hand it on to a colleague",
    description="Only the person who works on a dossier, or a signer, can hand it on.",
    title="Nhận xử lý hoặc chuyển người xử lý",
    button="Giao hồ sơ",
    done="Đã ghi người xử lý hồ sơ.",
    rank=Rank.ASSIGNMENT,
    questions=always(
        question("to", "Ai xử lý?", widget="colleagues", choices=(("", "Tôi nhận xử lý"),)),
        question("note", "Lời nhắn cho đồng nghiệp", hint="Người dân không thấy lời nhắn này.", optional=True),
    ),
)

ACCEPTANCE = OfferedAct(
    name="acceptance",
    rpc=Rpc(
        dossiers_pb2.AcceptDossierRequest,
        Dossier,
        by=DESK,
        refuses="404 unknown-dossier unknown-procedure 409 wrong-state",
    ),
    summary="Accept a dossier: sets the due time, sends the receipt (1 → 2); a fee that is due comes first (1 → 6)",
    title="Tiếp nhận hồ sơ",
    button="Tiếp nhận",
    done="Đã tiếp nhận hồ sơ.",
    papers=("receipt", "payment-slip"),
    rank=Rank.NEXT,
)
REFUSAL = OfferedAct(
    name="refusal",
    rpc=Rpc(
        dossiers_pb2.RefuseDossierRequest,
        Dossier,
        by=DESK,
        refuses="400 missing-field text-too-long 404 unknown-dossier 409 wrong-state",
    ),
    body=models.ReasonAndArticle,
    summary="Refuse to accept a dossier, with reason and article (1 → 3)",
    title="Từ chối tiếp nhận",
    button="Từ chối tiếp nhận",
    done="Đã từ chối tiếp nhận và báo cho người nộp.",
    papers=("refusal",),
    rank=Rank.ENDING,
    questions=always(_WHY_NOT_TAKEN_IN, _ARTICLE),
)

SUPPLEMENT_REQUEST = OfferedAct(
    name="supplement-request",
    rpc=Rpc(
        dossiers_pb2.RequestSupplementRequest,
        Dossier,
        by=DESK,
        refuses="400 missing-field text-too-long unknown-field 404 unknown-dossier 409 wrong-state",
    ),
    body=models.SupplementAsked,
    summary="Ask the applicant for what is missing, field by field; the clock stands still (1, 2 or 4 → 5)",
    title="Yêu cầu bổ sung",
    button="Gửi yêu cầu bổ sung",
    done="Đã gửi yêu cầu bổ sung. Thời hạn tạm dừng.",
    papers=("supplement-request",),
    questions=always(question("reason", "Lời giải thích chung", widget="textarea", optional=True)),
    picks=True,
)
SUPPLEMENT = OfferedAct(
    name="supplement",
    rpc=Rpc(
        dossiers_pb2.SupplementDossierRequest,
        Dossier,
        by=APPLICANT_OR_DESK,
        refuses="400 form-too-large invalid-form malformed-json missing-field not-asked-for not-complete text-too-long "
        "nothing-supplemented 404 unknown-dossier 409 wrong-state",
    ),
    tag="dossiers",
    body=models.Supplement,
    summary="Send in what a supplement request asked for",
    description="Only fields that were asked for may change; documents that were asked for are added beforehand. If a "
    "new answer to such a field leads to other questions by `x-when`, these are answered along with it, and their "
    "documents are added beforehand.",
    title="Gửi bổ sung",
)

PAYMENT = OfferedAct(
    name="payment",
    rpc=Rpc(
        dossiers_pb2.RecordPaymentRequest,
        Dossier,
        by=DESK,
        refuses="400 missing-field not-exempt text-too-long 404 unknown-dossier unknown-procedure 409 wrong-state",
    ),
    body=models.Payment,
    title="Thu phí, lệ phí",
    button="Ghi nhận",
    done="Đã ghi nhận phí, lệ phí.",
    papers=("receipt", "payment-slip"),
    look="Ghi nhận nộp phí, lệ phí",
    questions=always(
        question("receipt", "Số biên lai đã giao", hint="Để trống nếu được miễn hết.", optional=True, conditional=True),
        question(
            "exemption",
            "Miễn lệ phí, đã xem giấy chứng minh",
            widget="radios",
            choices=(("", "Không miễn"), *((kind, text[:1].upper() + text[1:]) for kind, text in EXEMPTIONS.items())),
            optional=True,
        ),
        question("reason", "Giấy chứng minh được miễn", hint="Tên giấy, số, ngày, nơi cấp.", optional=True),
        question("article", "Căn cứ miễn", hint="Ví dụ: Luật Hộ tịch 2014, Điều 11.", optional=True),
    ),
)


def _charges(dossier: Dossier) -> Sequence[Field]:
    """How many of each item there are, for the items that may be asked for."""
    counts = [
        question(f"count-{one.item}", f"{one.text}, {dong(one.price)}: số lượng", widget="digits", optional=True)
        for one in dossier.chargeable
    ]
    return *counts, _REASON


def _read_charges(request: dossiers_pb2.RequestFeeRequest, posted: Posted) -> None:
    for name, text in posted.items():
        if name.startswith("count-") and whole(text):
            request.items.add(item=name.removeprefix("count-"), count=whole(text))


FEE_REQUEST = OfferedAct(
    name="fee-request",
    rpc=Rpc(
        dossiers_pb2.RequestFeeRequest,
        Dossier,
        by=DESK,
        refuses="400 missing-field text-too-long unknown-charge 404 unknown-dossier 409 wrong-state",
    ),
    body=models.FeeAsked,
    summary="Ask for what is still to be paid, such as more copies; the clock stands still (2 or 4 → 6)",
    description="The acceptance asks for the fees that are due from the start.",
    title="Yêu cầu nộp thêm",
    button="Gửi yêu cầu nộp",
    done="Đã báo cho người nộp. Thời hạn tạm dừng.",
    papers=("payment-slip",),
    look="Yêu cầu nộp phí, lệ phí",
    questions=_charges,
    read=_read_charges,
)


def _read_appointment(request: dossiers_pb2.ExtendDossierRequest, posted: Posted) -> None:
    """Sets the new time from the typed day and hour; leaves it unset if they cannot be read."""
    typed = f"{posted.get('new_day', '').strip()} {posted.get('new_hour', '').strip()}"
    try:
        request.new_due_at.FromDatetime(datetime.strptime(typed, "%d/%m/%Y %H:%M").replace(tzinfo=VIETNAM))
    except (ValueError, OverflowError):  # the first hours of the year 1 have no time in UTC
        return


EXTENSION = OfferedAct(
    name="extension",
    rpc=Rpc(
        dossiers_pb2.ExtendDossierRequest,
        Dossier,
        by=OFFICER_OR_SIGNER,
        refuses="400 invalid-field missing-field text-too-long 404 unknown-dossier 409 already-extended "
        "clock-stands-still wrong-state",
    ),
    body=models.NewAppointment,
    summary="Apologise and name a new day and hour, once",
    description="Before the due time is over. It is also accepted later, but then the dossier still counts as late.",
    title="Xin lỗi và hẹn lại",
    button="Lập phiếu hẹn lại",
    done="Đã lập phiếu xin lỗi và hẹn lại, đã báo cho người nộp.",
    papers=("apology",),
    rank=Rank.APPOINTMENT,
    questions=always(
        question("new_day", "Ngày hẹn mới", hint="Mỗi hồ sơ chỉ hẹn lại một lần. Ví dụ: 08/10/2020."),
        question("new_hour", "Giờ hẹn mới", hint="Trong giờ làm việc. Ví dụ: 10:00."),
        _REASON,
    ),
    read=_read_appointment,
)


def _read_document_date(
    request: dossiers_pb2.RequestVerificationRequest | dossiers_pb2.RecordVerificationReplyRequest, _: Posted
) -> None:
    """`8/10/2020` as `2020-10-08`; any other text stays as typed, and the service refuses it."""
    try:
        day = datetime.strptime(request.document_date, "%d/%m/%Y").date()  # noqa: DTZ007  # a day has no zone
    except ValueError:
        return
    request.document_date = day.isoformat()


_FINDING = question(
    "finding",
    "So với lời khai thì kết quả xác minh thế nào?",
    hint="Chọn khi đã có văn bản trả lời, hoặc phường đã tự xác minh xong.",
    widget="radios",
    choices=(
        ("", "Không có kết quả để so"),
        ("agrees", "Khớp với lời khai"),
        ("contradicts", "Trái với lời khai"),
    ),
    optional=True,
)
_KINDS = (
    ("inquiry", "Hỏi cơ quan khác"),
    ("own", "Phường tự xác minh (thời hạn dài hơn của thủ tục)"),
    ("notice", "Niêm yết trẻ bị bỏ rơi"),
    ("in-hand", "Đã có sẵn văn bản trả lời, không gửi hỏi"),
)
_ABOUT = question(
    "about",
    "Hỏi, trả lời về việc gì?",
    hint="Về tình trạng hôn nhân của một bên thì họ tên, ngày sinh, giấy tờ ghi theo tờ khai: để trống ba mục đó.",
    widget="radios",
    choices=(*VERIFIED_ABOUT.items(), ("", "Việc khác, hoặc người khác")),
    optional=True,
)


def _verification(dossier: Dossier) -> Sequence[Field]:
    """Of a marriage also, whether it is about one of the parties."""
    kind, *rest = _VERIFICATION
    return (kind, _ABOUT, *rest) if "wife_elsewhere" in dossier.approval_asks else _VERIFICATION


_VERIFICATION = (
    question("kind", "Cách xác minh", widget="radios", choices=_KINDS),
    question(
        "recipient",
        "Gửi ai, hoặc ai đã trả lời",
        hint="Cơ quan được hỏi, cơ quan đã trả lời. Niêm yết: nơi đang nuôi dưỡng trẻ.",
        optional=True,
    ),
    question("person", "Về ai", hint="Họ tên người cần xác minh.", widget="name", optional=True),
    question("birth_date", "Ngày sinh", hint="Ngày, tháng, năm, biết đến đâu ghi đến đó.", optional=True),
    question("identity_paper", "Giấy tờ tùy thân", optional=True),
    question(
        "place",
        "Nơi đã cư trú, hoặc nơi phát hiện trẻ",
        hint="Hỏi nơi đăng ký kết hôn mà giấy cũ đã mất ghi thì để trống.",
        optional=True,
    ),
    question("from_day", "Từ ngày, hoặc ngày phát hiện trẻ", optional=True),
    question("until_day", "Đến ngày", optional=True),
    question(
        "question",
        "Cần xác minh gì, hoặc đặc điểm của trẻ theo biên bản",
        hint="Văn bản đã có sẵn thì để trống.",
        widget="textarea",
        optional=True,
        conditional=True,
    ),
    question("document_number", "Số công văn hoặc thông báo, hoặc số văn bản đã có sẵn", optional=True),
    question(
        "signer_capacity",
        "Ai ký công văn, thông báo này?",
        hint="Để ghi đúng chức vụ ở chỗ ký. Phường tự xác minh, văn bản đã có sẵn thì bỏ qua câu này.",
        widget="radios",
        choices=tuple(CAPACITIES.items()),
        optional=True,
    ),
    question(
        "document_date",
        "Ngày của văn bản đã có sẵn",
        hint="Chỉ ghi khi văn bản đã có sẵn. Ví dụ: 08/10/2020.",
        optional=True,
        conditional=True,
    ),
    question(
        "text",
        "Nội dung văn bản đã có sẵn",
        hint="Chỉ ghi khi văn bản đã có sẵn.",
        widget="textarea",
        optional=True,
        conditional=True,
    ),
    replace(_FINDING, title="Văn bản đã có sẵn so với lời khai thì thế nào?", hint="Chỉ chọn khi văn bản đã có sẵn."),
)
VERIFICATION_REQUEST = OfferedAct(
    name="verification-request",
    rpc=Rpc(
        dossiers_pb2.RequestVerificationRequest,
        Dossier,
        by=OFFICER,
        refuses="400 invalid-field missing-field text-too-long 404 unknown-dossier 409 "
        "too-many-verifications verification-running wrong-state",
    ),
    body=models.VerificationAsked,
    summary="Verify before the result: ask another office, verify here, or post a notice (2 or 4 → 4)",
    description="While the office waits for another office or for a notice, the clock stands still (NĐ 123/2015 Đ3.4). "
    "`in-hand` only records a written reply that is there already: status and clock stay.",
    title="Xác minh hoặc niêm yết",
    button="Gửi xác minh",
    done="Đã ghi việc xác minh. Thời gian chờ nơi khác không tính vào thời hạn.",
    papers=("verification-request", "public-notice"),
    look="Gửi xác minh",
    questions=_verification,
    read=_read_document_date,
)

_OUTCOMES = (
    ("replied", "Đã có văn bản trả lời"),
    ("no-result", "Nơi được hỏi trả lời không xác minh được"),
    ("commitment", "Người yêu cầu nộp văn bản cam đoan"),
    ("done", "Đã tự xác minh xong, hoặc niêm yết không có ai nhận"),
    ("withdrawn", "Rút lại kết quả đã ghi nhầm; ghi lý do ở ô Nội dung"),
)
_REPLY = (
    question("outcome", "Kết quả", widget="radios", choices=_OUTCOMES),
    _FINDING,
    question("text", "Nội dung", widget="textarea", optional=True),
    question("document_number", "Số văn bản trả lời", optional=True),
    question("document_date", "Ngày của văn bản", hint="Ví dụ: 08/10/2020.", optional=True),
)


def _replies(dossier: Dossier) -> Sequence[Field]:
    """Where several are open, the first question asks which one is meant."""
    open_ones = [one for one in dossier.verifications if one.outcomes or one.state == "sent"]
    if len(open_ones) < 2:
        return _REPLY
    choices = tuple((one.id, one.recipient or one.question) for one in open_ones)
    return question("verification_id", "Việc xác minh nào", widget="radios", choices=choices), *_REPLY


VERIFICATION_REPLY = OfferedAct(
    name="verification-reply",
    rpc=Rpc(
        dossiers_pb2.RecordVerificationReplyRequest,
        Dossier,
        by=OFFICER,
        refuses="400 invalid-field missing-field text-too-long 404 unknown-dossier unknown-verification "
        "409 verification-state wrong-state",
    ),
    body=models.VerificationReply,
    summary="Record the outcome of a verification; the clock continues when nothing else is open",
    title="Ghi kết quả xác minh",
    button="Ghi kết quả",
    done="Đã ghi kết quả xác minh.",
    questions=_replies,
    read=_read_document_date,
)

_ELSEWHERE = (
    ("paper", "Giấy xác nhận tình trạng hôn nhân đã nộp"),
    ("answer", "Văn bản trả lời của cơ quan khác, đã ghi ở “Ghi kết quả xác minh” hoặc văn bản đã có sẵn"),
    ("database", "Tra cứu cơ sở dữ liệu hộ tịch"),
    ("only-here", "Chỉ cư trú tại phường này từ khi đủ tuổi kết hôn; sổ của phường không có"),
)
_PARTIES = {"wife": "bên nữ", "husband": "bên nam"}
#: A paper that is a party's own confirmation has the party's name and one of these endings.
CONFIRMATIONS = ("-marital-status-confirmation", "-mission-confirmation")
_APPROVAL = (
    question(
        "personal_identification_number",
        "Số định danh cá nhân",
        hint="12 số do cơ sở dữ liệu quốc gia về dân cư cấp. Chưa có thì để trống.",
        widget="digits",
        optional=True,
    ),
    question(
        "statement",
        "Nội dung xác nhận",
        hint="Soạn sẵn theo tờ khai. Xin đối chiếu với sổ rồi sửa nếu cần; người được xác nhận sẽ đọc câu này trên "
        "giấy.",
        widget="textarea",
    ),
    question("source_entry_id", "Mục được sao", widget="entry"),
    *(
        asked
        for party, who in _PARTIES.items()
        for asked in (
            question(
                f"{party}_elsewhere",
                f"Hôn nhân của {who} ở nơi khác: đã hỏi, tra cứu bằng cách nào?",
                hint="Sổ của phường không có việc đăng ký ở nơi khác. Thấy còn hôn nhân thì không trình ký.",
                widget="radios",
                choices=_ELSEWHERE,
            ),
            question(
                f"{party}_elsewhere_note",
                f"Lần tra cứu về {who}",
                hint="Ghi ngày và kết quả tra cứu. Người đã kết hôn trước đây mà chỉ cư trú tại phường này: ghi sổ, "
                "số, ngày của lần đó.",
                widget="textarea",
                optional=True,
            ),
        )
    ),
    question("note", "Ghi chú trong sổ", widget="textarea", optional=True),
)


def _approval(dossier: dossiers_pb2.Dossier) -> list[Field]:
    """The questions for this register. If a party filed no confirmation, `paper` is not offered for that party."""
    there = {each.kind for each in dossier.documents}
    there |= {each.kind for each in dossier.comparisons if each.compared_at.seconds and each.agrees}
    without = {
        f"{party}_elsewhere": who
        for party, who in _PARTIES.items()
        if there.isdisjoint(party + each for each in CONFIRMATIONS)
    }
    return [
        _without_paper(one, without[one.name]) if one.name in without else one
        for one in _APPROVAL
        if one.name in dossier.approval_asks
    ]


def _without_paper(field: Field, who: str) -> Field:
    text = f"Hồ sơ không có giấy xác nhận tình trạng hôn nhân của {who}."
    return replace(field, choices=_ELSEWHERE[1:], hint=f"{text} {field.hint}")


def _prepared(dossier: Dossier) -> Posted:
    """What was prepared or, if nothing was, what is proposed."""
    proposed = dossier.proposed_entry
    return {
        "personal_identification_number": proposed.personal_identification_number,
        "statement": proposed.statement or dossier.proposed_statement,
        "note": proposed.note,
        "wife_elsewhere": proposed.wife_elsewhere,
        "wife_elsewhere_note": proposed.wife_elsewhere_note,
        "husband_elsewhere": proposed.husband_elsewhere,
        "husband_elsewhere_note": proposed.husband_elsewhere_note,
    }


APPROVAL = OfferedAct(
    name="approval",
    rpc=Rpc(
        dossiers_pb2.ApproveDossierRequest,
        Dossier,
        by=OFFICER,
        refuses="400 invalid-field missing-field not-registrable text-too-long 404 unknown-dossier "
        "unknown-entry 409 verification-open wrong-state",
    ),
    body=models.Approval,
    summary="Find the dossier complete and correct, and prepare the register entry (2 or 4 → 4)",
    title="Trình ký",
    button="Trình người ký",
    done="Đã trình ký. Hồ sơ đang chờ người ký.",
    rank=Rank.NEXT,
    questions=_approval,
    prepared=_prepared,
)


#: What a signer declares with a signature or a note (Luật Hộ tịch 2014 Đ12): a field of the request, and its words.
NO_CONFLICT = (
    "no_conflict_of_interest",
    "Không phải việc của tôi hay của người thân thích: vợ chồng, con nuôi, cha mẹ nuôi, trực hệ, họ trong ba đời",
)
NAMESAKE = ("namesake", "Người cùng họ tên với tôi là người khác")


def _signers_declarations(dossier: dossiers_pb2.Dossier) -> list[tuple[str, str]]:
    found = []
    if dossier.handover.register_signed == "at-signature":
        found.append(("register_signed", "Hai bên đã có mặt và ký vào sổ hộ tịch"))
    found.append(NO_CONFLICT)
    if any(finding.check == "signer-named" for finding in dossier.findings):
        found.append(NAMESAKE)
    return found


def _read_seen(request: dossiers_pb2.SignDossierRequest, posted: Posted) -> None:
    request.seen = posted.get("seen", "")


SIGNATURE = OfferedAct(
    name="signature",
    rpc=Rpc(
        dossiers_pb2.SignDossierRequest,
        Dossier,
        seconds=SIGNATURE_SECONDS,
        by=SIGNER,
        refuses="400 conflict-of-interest missing-field not-registrable 403 signer-prepared-it 404 unknown-dossier "
        "unknown-entry 409 approval-incomplete book-closed not-approved register-not-signed verification-open "
        "wrong-state 412 paper-changed 503 file-store-unavailable",
    ),
    body=models.Signature,
    summary="Register and sign; this makes the register number and the certificate (4 → 9)",
    description="By a signer who is not the person who approved.",
    title="Ký và đăng ký vào sổ",
    button="Ký và vào sổ",
    done="Đã ký. Số đăng ký và bản giấy đã có.",
    look="Ký và vào sổ",
    rank=Rank.NEXT,
    checks=_signers_declarations,
    read=_read_seen,
)

RETURN = OfferedAct(
    name="return",
    rpc=Rpc(
        dossiers_pb2.ReturnDossierRequest,
        Dossier,
        by=SIGNER,
        refuses="400 missing-field text-too-long 404 unknown-dossier 409 not-approved wrong-state",
    ),
    body=models.Return,
    summary="Give the dossier back to the officer, with the reason",
    description="By a signer, while an entry or a rejection waits for the signature. The citizen is not told. A "
    "prepared entry is kept.",
    title="Trả lại cho công chức",
    button="Trả lại",
    done="Đã trả lại cho công chức xem lại.",
    questions=always(question("reason", "Lý do", hint="Chỉ cán bộ của phường đọc câu này.", widget="textarea")),
)

_RECIPIENT = question("recipient_name", "Họ tên người nhận", widget="name")
_WAYS = (("office", "Tại phường"), ("post", "Qua bưu chính"))
_SENT = ("post", "electronic")  # nobody comes for the result
_INTO_ACCOUNT = ("electronic", "Bản điện tử trong tài khoản")


def _posted(dossier: Dossier) -> str:
    hint = "Trả qua bưu chính thì phải ghi, như EB123456789VN."
    return f"{hint} Gửi đến: {dossier.handover.address}" if dossier.handover.address else hint


def _delivery(dossier: Dossier) -> tuple[Field, ...]:
    """How the result is given, with the number of a posted item. People who filed at the desk or by post cannot get it
    electronically, since they have no account.
    """
    ways = _WAYS if dossier.channel in ("counter", "post") else (*_WAYS, _INTO_ACCOUNT)
    return (
        question("delivery", "Trả bằng cách nào?", widget="radios", choices=ways),
        question("delivery_note", "Số hiệu bưu gửi", hint=_posted(dossier), optional=True, conditional=True),
    )


def _new_delivery(dossier: Dossier) -> tuple[Field, ...]:
    ways = _WAYS if dossier.channel in ("counter", "post") else (*_WAYS, _INTO_ACCOUNT)
    return (
        question("delivery", "Nay xin nhận kết quả bằng cách nào?", widget="radios", choices=ways),
        question(
            "address", "Địa chỉ nhận thư", hint="Chỉ ghi khi nhận qua bưu chính.", optional=True, conditional=True
        ),
        question("asked_by", "Ai xin đổi?", hint="Họ tên. Người nộp đọc được ở trang hồ sơ.", widget="name"),
        question(
            "asked_how",
            "Xin đổi bằng cách nào?",
            widget="radios",
            choices=(("came", "Đến phường"), ("called", "Gọi điện"), ("wrote", "Gửi văn bản")),
        ),
    )


DELIVERY_CHANGE = OfferedAct(
    name="delivery-change",
    rpc=Rpc(
        dossiers_pb2.ChangeDeliveryRequest,
        Dossier,
        by=DESK,
        refuses="400 invalid-field invalid-form missing-field text-too-long 404 unknown-dossier 409 wrong-state",
    ),
    body=models.DeliveryChange,
    summary="Record that the applicant wants the result in another way than they had chosen",
    description="Until the hand-over, if the form asks how the result is wanted. The applicant is told.",
    title="Đổi cách nhận kết quả",
    button="Ghi cách nhận",
    done="Đã ghi cách nhận kết quả, và báo cho người nộp.",
    rank=Rank.ASSIGNMENT,
    prepared=lambda dossier: {"delivery": dossier.handover.asked},  # an address would stay beside another way
    questions=_new_delivery,
)


def _handover_checks(dossier: Dossier) -> Sequence[Check]:
    rules = dossier.handover
    signed = ("register_signed", "Người yêu cầu đã đọc lại và ký vào sổ hộ tịch")
    checks = [signed] if rules.register_signed == "at-handover" else []
    if rules.present or rules.asked in _SENT:
        return checks
    return [*checks, ("authorised", "Người nhận được ủy quyền hợp lệ")]


def _handover_prepared(dossier: Dossier) -> dict[str, str]:
    """The way that the applicant asked for; what is posted goes to them."""
    asked = dossier.handover.asked
    return {"delivery": asked, "recipient_name": dossier.applicant_name if asked == "post" else ""}


HANDOVER = OfferedAct(
    name="handover",
    rpc=Rpc(
        dossiers_pb2.HandOverDossierRequest,
        Dossier,
        by=DESK,
        refuses="400 missing-field not-complete text-too-long 404 unknown-dossier 409 wrong-state",
    ),
    body=models.Handover,
    summary="Hand over the result: at the office, or by post or electronically if the procedure allows it (9 → 10)",
    description="`handover` of the dossier says who has to come and sign, and how the applicant asked for the result. "
    "`comparisons` says what still has to be compared.",
    title="Trả kết quả",
    button="Đã trả kết quả",
    done="Đã trả kết quả. Hồ sơ kết thúc.",
    rank=Rank.HANDOVER,
    prepared=_handover_prepared,
    questions=lambda dossier: (_RECIPIENT, *(_delivery(dossier) if dossier.handover.remote else ())),
    checks=_handover_checks,
)

WITHDRAWAL = OfferedAct(
    name="withdrawal",
    rpc=Rpc(
        dossiers_pb2.WithdrawDossierRequest,
        Dossier,
        by=APPLICANT_OR_DESK,
        refuses="400 missing-field text-too-long 404 unknown-dossier 409 wrong-state",
    ),
    tag="dossiers",
    body=models.Withdrawal,
    summary="Withdraw the dossier, as the applicant or for them",
    title="Rút hồ sơ theo đơn của người nộp",
    button="Rút hồ sơ",
    done="Đã rút hồ sơ.",
    look="Rút hồ sơ",
    rank=Rank.ENDING,
    questions=always(question("reason", "Lý do người nộp nêu", optional=True)),
    checks=always(("request_signed", "Người nộp đã ký đơn đề nghị rút hồ sơ")),
)
STOP_PROPOSAL = OfferedAct(
    name="stop-proposal",
    rpc=Rpc(
        dossiers_pb2.ProposeStopRequest,
        Dossier,
        by=OFFICER,
        refuses="400 missing-field text-too-long 404 unknown-dossier 409 wrong-state",
    ),
    body=models.ReasonAndArticle,
    summary="Propose to the signer to reject a dossier for good, with reason and article (2, 4, 5 or 6)",
    description="Also in status 9, once the entry is annulled. The status stays, and the citizen is not told. Any "
    "other act cancels the proposal.",
    title="Trình từ chối giải quyết",
    button="Trình lãnh đạo từ chối",
    done="Đã trình lãnh đạo từ chối giải quyết hồ sơ.",
    rank=Rank.ENDING,
    questions=always(_REASON, _ARTICLE),
)
STOP = OfferedAct(
    name="stop",
    rpc=Rpc(
        dossiers_pb2.StopDossierRequest,
        Dossier,
        by=SIGNER,
        refuses="400 missing-field text-too-long 403 signer-prepared-it 404 unknown-dossier "
        "409 not-approved wrong-state",
    ),
    body=models.Stop,
    summary="Reject a dossier for good, as the officer proposed (2, 4, 5 or 6 → 8; 9 → 8 once its entry is annulled)",
    description="By a signer. Without a reason or article, those that the officer proposed are used.",
    title="Ký từ chối giải quyết",
    button="Ký từ chối, dừng hồ sơ",
    done="Đã từ chối giải quyết và dừng hồ sơ.",
    papers=("stop-notice",),
    rank=Rank.NEXT,
    questions=always(
        question(
            "reason",
            "Lý do",
            hint="Để trống thì ghi lý do công chức đã trình.",
            widget="textarea",
            optional=True,
        ),
        question(
            "article", "Căn cứ", hint="Để trống thì ghi căn cứ công chức đã trình.", widget="textarea", optional=True
        ),
    ),
)

#: In the order of their declarations, which is also the order in the API's document.
ACTS: Mapping[str, OfferedAct] = {one.name: one for one in list(globals().values()) if isinstance(one, OfferedAct)}
#: Those that the desk does, in the order of its screen.
AT_THE_DESK: Sequence[OfferedAct] = sorted((one for one in ACTS.values() if one.button), key=lambda one: one.rank)
