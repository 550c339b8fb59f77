"""Words and dates as people here read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import IntEnum

from caunoi.accounts.v1.accounts_pb2 import Account, Opening
from caunoi.dossiers.v1.dossiers_pb2 import Assistance, CertificateStatus, Dossier, DossierSummary
from google.protobuf.timestamp_pb2 import Timestamp

from services.chassis.clock import VIETNAM

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
ROLES = {
    "citizen": "Công dân",
    "volunteer": "Tình nguyện viên",
    "receptionist": "Bộ phận Một cửa",
    "civil_status_officer": "Công chức tư pháp – hộ tịch",
    "signer": "Người ký",
    "ward_admin": "Quản trị phường",
    "service": "Hệ thống",
    # Readers without a name of their own, by their names in the log.
    "kiosk": "Máy tính ở điểm hỗ trợ",
    "scanner": "Máy quét ở điểm hỗ trợ",
    "visitor": "Người dùng máy ở điểm hỗ trợ",
    "public": "Người chưa đăng nhập",
}

#: The procedure that issues copies of entries.
COPY = "2.000635"
#: The register of confirmations, which say what is so on their day and end when that changes.
CONFIRMATIONS = "marital-status"
#: Kinds of notes on an entry that ask for more than the others; the service has the same.
TAKES_BACK_A_DEATH = "declaration-annulled"
ENDS_BY_DEATH = "death"
SUPPLEMENTS_A_DEATH = "death-supplemented"
RESTORES_A_MARRIAGE = "marriage-restored"
WITHDRAWS_A_NOTE = "note-withdrawn"
ANNULS_AN_ENTRY = frozenset({TAKES_BACK_A_DEATH, "annulment"})
ENDS_FOR_BOTH = frozenset({"divorce", "annulment"})  # a marriage whose spouses are both alive
SPOUSES = {"wife": "Vợ", "husband": "Chồng"}
SPOUSE_ELSEWHERE = {
    "none": "Đã hỏi: chưa kết hôn với người khác, chưa ly hôn",
    "remarried": "Đã kết hôn với người khác",
    "divorced": "Đã ly hôn với người này",
}
#: Whose marital status an office was asked about, or has said something about.
VERIFIED_ABOUT = {
    "wife-marital-status": "Tình trạng hôn nhân của bên nữ",
    "husband-marital-status": "Tình trạng hôn nhân của bên nam",
}
#: The capacity in which a signer signs: a deputy's papers say "KT. CHỦ TỊCH".
CAPACITIES = {"head": "Chủ tịch", "acting": "Quyền Chủ tịch", "deputy": "Phó Chủ tịch"}


class Status(IntEnum):
    """Statuses of the national portal that are told apart here; 0 is a draft."""

    DRAFT = 0
    NEW = 1
    REFUSED = 3
    IN_PROGRESS = 4
    SUPPLEMENT_ASKED = 5
    PAYMENT_ASKED = 6
    WITHDRAWN = 7
    STOPPED = 8
    DONE = 9
    HANDED_OVER = 10


#: How a status looks; others have no particular look.
TONES: Mapping[int, str] = {
    Status.SUPPLEMENT_ASKED: "paused",
    Status.PAYMENT_ASKED: "paused",
    Status.DONE: "done",
    Status.HANDED_OVER: "done",
    Status.REFUSED: "ended",
    Status.WITHDRAWN: "ended",
    Status.STOPPED: "ended",
}
_CAME_ABOUT = {
    "alone": "Ông/bà tự điền và tự gửi.",
    "station": "Ông/bà tự điền và tự gửi tại máy của điểm hỗ trợ.",
    "counter": "Nộp tại Bộ phận Một cửa; cán bộ nhập giúp, người nộp ký.",
}
#: Statuses after which nothing follows.
FINAL = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.STOPPED, Status.HANDED_OVER})
DRAFTS_AT_THE_DESK = {int(Status.DRAFT): "Đang nhập tại quầy"}
PAPERS = {
    "receipt": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    "supplement-request": "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    "payment-slip": "Phiếu nộp phí, lệ phí",
    "refusal": "Phiếu từ chối tiếp nhận hồ sơ",
    "certificate": "Kết quả",
    "certificate-on-blank": "Bản in lên phôi của Bộ Tư pháp",
    "copies-on-blank": "Bản sao xin cùng lúc: in lên phôi của Bộ Tư pháp",
    "copies": "Bản sao đã xin cùng lúc đăng ký",
    "apology": "Phiếu xin lỗi và hẹn lại ngày trả kết quả",
    "stop-notice": "Thông báo dừng giải quyết hồ sơ",
    "control-sheet": "Phiếu kiểm soát quá trình giải quyết hồ sơ",
    "verification-request": "Công văn đề nghị xác minh",
    "public-notice": "Thông báo niêm yết",
}
EXEMPTIONS = {
    "merit": "người thuộc gia đình có công với cách mạng",
    "poor": "người thuộc hộ nghèo",
    "disabled": "người khuyết tật",
}
PAYMENTS = {
    "counter": "Đã thu tại quầy, biên lai",
    "provider": "Đã nộp qua cổng thanh toán, giao dịch",
    "exempt": "Được miễn",
}
CHANNELS = {
    "online": "Trực tuyến",
    "counter": "Tại quầy",
    "post": "Qua bưu chính",
    "sms": "Tin nhắn",
    "email": "Thư điện tử",
}
ASSISTANCE = {
    "alone": "Tự làm",
    "station": "Tự làm tại điểm hỗ trợ",
    "helped": "Có tình nguyện viên hướng dẫn",
    "counter": "Làm tại quầy",
}
IDENTITY_KINDS = {"cccd": "Căn cước công dân", "cmnd": "Chứng minh nhân dân", "passport": "Hộ chiếu"}
#: Texts by level of identification; staff have no level.
LEVELS = ("", "Mức 1: tự khai", "Mức 2: cán bộ đã xem bản chính giấy tờ tùy thân")

LEVELS_ALLOW = (
    "Cả hai mức đều nộp được mọi thủ tục. Mức 2 chỉ cho biết phường đã xem bản chính; khi làm hồ sơ, giấy tờ nào "
    "pháp luật yêu cầu xuất trình thì vẫn xuất trình."
)
SEEN_FOR = {
    "confirm-identity": "Xác nhận giấy tờ tùy thân",
    "replace-phone": "Đổi số điện thoại đã mất",
    "replace-identity-paper": "Ghi giấy tờ tùy thân mới",
    "close-account": "Đóng tài khoản",
}
#: What links a new identity paper to the old one.
PAPER_GROUNDS = {
    "old-paper": "Đã xem giấy tờ cũ",
    "new-paper": "Giấy tờ mới, chip, mã QR hoặc VNeID ghi số cũ",
    "number-confirmation": "Giấy của nơi cấp xác nhận số cũ, như giấy xác nhận số chứng minh nhân dân",
    "number-reissued": "Giấy xác nhận hủy, xác lập lại số định danh cá nhân",
    "mistyped-at-opening": "Số gõ nhầm khi mở tài khoản; họ tên, ngày sinh trong tài khoản đúng là của người này",
}
#: Why an account is closed.
CLOSINGS = {
    "opened-by-other": "Người khác mở bằng số giấy tờ của người ấy",
    "second-account": "Tài khoản thứ hai của chính người ấy",
}
#: What the desk does to an account: title, consequences, button.
DESK_ACTS = {
    "xac-nhan": {
        "title": "Đã xem bản chính giấy tờ tùy thân",
        "lead": "Gõ lại loại và số giấy tờ từ bản chính; hệ thống so với tài khoản và ghi ai đã xem, lúc nào. Họ "
        "tên hay ngày sinh trong tài khoản khác bản chính thì sửa luôn ở đây; người ấy được báo.",
        "button": "Ghi là đã xem",
    },
    "doi-dien-thoai": {
        "title": "Đổi số điện thoại đã mất",
        "lead": "Một mã được gửi đến số mới. Đổi xong: số cũ, số mới và thư điện tử đều được báo; mọi nơi đang "
        "đăng nhập bị đăng xuất; mật khẩu phải đặt lại bằng “Quên mật khẩu”; trong 24 giờ chưa nộp được hồ sơ trực "
        "tuyến.",
        "button": "Gửi mã đến số mới",
    },
    "dong": {
        "title": "Đóng tài khoản",
        "lead": "Chỉ làm khi người có giấy tờ này cho biết không mở tài khoản, hoặc có hai tài khoản và không dùng "
        "tài khoản này nữa: xin hỏi kỹ dùng tiếp tài khoản nào. Tài khoản không đăng nhập được nữa và không mở lại "
        "được; tờ khai chưa nộp không chuyển sang tài khoản khác, hồ sơ đã nộp vẫn được giải quyết. Điện thoại và thư "
        "điện tử của tài khoản được báo, với lý do. Người chưa có tài khoản của mình thì sau đó mở như mọi người. Tên "
        "hay ngày sinh trong tài khoản là của người khác thì có thể hai người trùng số: đừng đóng, mời chủ tài khoản "
        "đến ghi giấy tờ mới trước.",
        "button": "Đóng tài khoản",
    },
}
TEMPLATES = {
    "code-recover-account": "Mã đặt lại mật khẩu",
    "code-change-phone-old": "Mã đổi số điện thoại (số cũ)",
    "code-change-phone-new": "Mã đổi số điện thoại (số mới)",
    "code-replace-phone": "Mã ghi số điện thoại mới",
    "account-recovered": "Báo đã đặt lại mật khẩu",
    "account-phone-changed": "Báo đã đổi số điện thoại",
    "account-phone-replaced": "Báo phường đã đổi số điện thoại",
    "account-identity-confirmed": "Báo phường đã xem bản chính giấy tờ",
    "account-details-corrected": "Báo phường đã sửa họ tên hoặc ngày sinh",
    "account-identity-replaced": "Báo phường đã ghi giấy tờ tùy thân mới",
    "account-phone-shared": "Báo có thêm tài khoản dùng số điện thoại này",
    "account-email-changed": "Báo đã đổi thư điện tử",
    "account-address-changed": "Báo đã đổi nơi ở",
    "account-closed": "Báo đã đóng tài khoản",
    "account-closed-second": "Báo đã đóng tài khoản thứ hai",
    "account-moved": "Báo tài khoản ngừng dùng",
    "account-returned": "Báo tài khoản dùng lại được",
    "account-household-joined": "Báo có người vào hộ gia đình",
    "account-household-removed": "Báo không còn ở hộ gia đình",
    "account-household-head": "Báo đứng đầu hộ gia đình",
    "account-factor-changed": "Báo đã đổi cách xác thực hai lớp",
    "account-factor-reset": "Báo đã xóa các cách xác thực hai lớp",
    "account-recovery-code-used": "Báo đã dùng một mã dự phòng",
    "account-factor-tried": "Báo có người thử sai xác thực hai lớp",
    "account-contact-changed": "Báo đã đổi nơi nhận tin của tài khoản cán bộ",
    "account-link-made": "Báo có liên kết đặt lại mật khẩu",
    "account-roles-changed": "Báo đã đổi việc được giao",
    "account-administrator-link": "Báo có liên kết mở tài khoản quản trị viên",
    "account-administrator-added": "Báo có thêm quản trị viên",
    "account-staff-ended": "Báo tài khoản cán bộ ngừng dùng",
    "code-activate-account": "Mã mở tài khoản",
    "code-file-dossier": "Mã xác nhận gửi hồ sơ",
    "dossier-submitted": "Đã nhận hồ sơ gửi đến",
    "dossier-accepted": "Đã tiếp nhận hồ sơ",
    "dossier-refused": "Không tiếp nhận hồ sơ",
    "dossier-supplement-requested": "Yêu cầu bổ sung",
    "dossier-supplemented": "Đã nhận bổ sung",
    "dossier-fee-requested": "Yêu cầu nộp phí, lệ phí",
    "dossier-paid": "Đã nhận phí, lệ phí",
    "dossier-verification-requested": "Đang xác minh",
    "dossier-verification-answered": "Việc xác minh đã kết thúc",
    "dossier-extended": "Xin lỗi và hẹn lại",
    "dossier-marked-overdue": "Báo quá hạn và xin lỗi",
    "dossier-reception-overdue": "Báo chậm trả lời tiếp nhận và xin lỗi",
    "dossier-approved": "Hồ sơ đang chờ ký",
    "dossier-signed": "Đã có kết quả",
    "dossier-handed-over-post": "Đã gửi kết quả qua bưu chính",
    "dossier-handed-over-electronic": "Đã gửi bản điện tử vào tài khoản",
    "dossier-signed-office": "Đã có kết quả",
    "dossier-signed-post": "Đã có kết quả",
    "dossier-signed-electronic": "Đã có kết quả",
    "dossier-result-annulled": "Không còn giấy tờ để nhận",
    "dossier-result-restored": "Lại nhận được kết quả",
    "dossier-delivery-changed": "Đổi cách nhận kết quả",
    "dossier-delivery-changed-office": "Đổi cách nhận kết quả",
    "dossier-delivery-changed-post": "Đổi cách nhận kết quả",
    "dossier-delivery-changed-electronic": "Đổi cách nhận kết quả",
    "dossier-handed-over": "Đã trả kết quả",
    "dossier-withdrawn": "Đã rút hồ sơ",
    "dossier-stopped": "Dừng xử lý hồ sơ",
}
#: What was done in a look at somebody's data; acts on a dossier (acts.py) and papers are elsewhere.
LOOKS = {
    "open-account": "Mở tài khoản",
    "activate-account": "Xác nhận tài khoản bằng mã",
    "resend-code": "Gửi lại mã mở tài khoản",
    "move-account": "Chuyển tài khoản về phường khác",
    "sign-in": "Đăng nhập",
    "change-password": "Đổi mật khẩu",
    "renew-password": "Cấp mật khẩu mới",
    "end-session": "Đăng xuất",
    "add-authenticator": "Thêm cách xác thực hai lớp",
    "remove-authenticator": "Gỡ cách xác thực hai lớp",
    "renew-recovery-codes": "Lấy mã dự phòng mới",
    "use-recovery-code": "Dùng một mã dự phòng",
    "reset-second-factor": "Xóa các cách xác thực hai lớp",
    "open-staff-account": "Đặt mật khẩu bằng liên kết",
    "renew-staff-link": "Tạo liên kết đặt mật khẩu",
    "add-staff": "Thêm cán bộ",
    "change-staff": "Đổi thông tin của cán bộ",
    "change-roles": "Đổi việc được giao của cán bộ",
    "end-staff": "Cho thôi việc trên hệ thống",
    "request-recovery": "Yêu cầu mã đặt lại mật khẩu",
    "recover-account": "Đặt lại mật khẩu bằng mã",
    "request-phone-change": "Yêu cầu mã đổi số điện thoại",
    "change-phone": "Đổi số điện thoại",
    "change-email": "Đổi địa chỉ thư điện tử",
    "change-address": "Đổi nơi ở",
    "view-account": "Xem tài khoản tại quầy",
    "look-up-account": "Tra số giấy tờ tại quầy của phường khác",
    "compare-identity-paper": "So bản chính giấy tờ với tài khoản: không khớp",
    "see-identity-paper": "Xem bản chính giấy tờ tùy thân",
    "confirm-identity": "Ghi là đã xem bản chính giấy tờ tùy thân",
    "correct-name": "Sửa họ tên trong tài khoản theo bản chính giấy tờ",
    "correct-birth-date": "Sửa ngày sinh trong tài khoản theo bản chính giấy tờ",
    "replace-phone": "Đổi số điện thoại đã mất",
    "replace-identity-paper": "Ghi giấy tờ tùy thân mới vào tài khoản",
    "close-account": "Đóng tài khoản",
    "return-account": "Mở lại tài khoản, vì tài khoản cùng số ở phường khác đã đóng hoặc đã đổi số",
    "accept-notice": "Gửi tin báo về tài khoản",
    "issue-code": "Gửi mã xác nhận",
    "redeem-code": "Dùng mã xác nhận",
    "view-contact": "Xem số điện thoại, thư điện tử để gửi tin",
    "view-household": "Xem hộ gia đình: tên, vào hộ từ khi nào, đã tự làm được chưa",
    "start-household": "Bắt đầu một hộ gia đình",
    "join-household": "Vào một hộ gia đình",
    "leave-household": "Ra khỏi hộ gia đình",
    "remove-household-member": "Mời ra khỏi hộ gia đình",
    "issue-household-code": "Lấy mã để người nhà vào hộ",
    "hand-over-household": "Giao lại việc đứng đầu hộ",
    "set-residential-group": "Ghi tổ dân phố của hộ",
    "record-practice": "Ghi một lần tập thử đã làm xong",
    "request-guidance": "Nhờ tình nguyện viên hướng dẫn",
    "claim-visit": "Nhận về tài khoản buổi hướng dẫn khi mở tài khoản",
    "join-guidance": "Vào hướng dẫn (không thấy điều ông/bà điền)",
    "end-guidance": "Kết thúc buổi hướng dẫn",
    "withdraw-consent": "Rút lại sự đồng ý",
    "note-guidance": "Ghi rằng tờ khai được điền có hướng dẫn",
    "create-draft": "Bắt đầu tờ khai",
    "save-form": "Lưu tờ khai",
    "add-document": "Thêm giấy tờ",
    "remove-document": "Bỏ giấy tờ",
    "delete-draft": "Xóa tờ khai",
    "start-capture": "Bắt đầu quét hoặc chụp giấy tờ",
    "add-capture-page": "Nhận một trang quét hoặc chụp",
    "view-capture-page": "Xem trang quét hoặc chụp",
    "remove-capture-page": "Bỏ một trang quét hoặc chụp",
    "discard-capture": "Bỏ các trang quét hoặc chụp",
    "compare-document": "Đối chiếu bản chính giấy tờ",
    "record-residence": "Ghi kết quả tra cứu nơi cư trú",
    "record-reply-in-hand": "Ghi văn bản trả lời của cơ quan khác đã có sẵn",
    "request-confirmation": "Yêu cầu mã để gửi hồ sơ",
    "view-dossier": "Xem hồ sơ",
    "view-document": "Xem giấy tờ đính kèm",
    "view-signing": "Xem bản giấy trước khi ký",
    "print-tracking-book": "In sổ theo dõi hồ sơ",
    "search-register": "Tra cứu sổ hộ tịch",
    "view-entry": "Xem một mục trong sổ hộ tịch",
    "propose-note": "Viết ghi chú vào một mục trong sổ hộ tịch, chờ ký xác nhận",
    "return-note": "Trả lại một ghi chú chờ ký xác nhận",
    "drop-note": "Bỏ một ghi chú chưa được ký xác nhận",
    "note-entry": "Ghi chú thay đổi vào một mục trong sổ hộ tịch",
    "set-ministry-number": "Ghi số của phần mềm Bộ Tư pháp cho một mục trong sổ hộ tịch",
    "correct-ministry-number": "Sửa số của phần mềm Bộ Tư pháp cho một mục trong sổ hộ tịch",
    "begin-book": "Tiếp theo sổ giấy",
    "close-book": "Khóa sổ",
    "view-closing-statement": "Xem bản khóa sổ",
    "view-history": "Xem quá trình xử lý",
    "view-messages": "Xem các tin đã gửi cho ông/bà",
    "submission": "Gửi hồ sơ",
    "start-payment": "Mở trang nộp phí, lệ phí",
    "release": "Ghi hồ sơ chưa có người xử lý",
    "reminder": "Nhắc sắp đến hạn",
    "overdue": "Ghi quá hạn",
    "result-annulment": "Ghi mục trong sổ đã bị hủy",
    "result-restoration": "Ghi việc hủy mục không còn giá trị",
}
REGISTERS = {
    "birth": "Khai sinh",
    "marriage": "Kết hôn",
    "death": "Khai tử",
    "marital-status": "Xác nhận tình trạng hôn nhân",
    "copies": "Bản sao trích lục",
}
#: Whose spouse a note asks about: of a death, the deceased's.
SPOUSE_IN = {"marriage": "trong mục này", "death": "người chết"}
NOTES = {
    "nationality": "Thay đổi quốc tịch",
    "recognition": "Nhận cha, mẹ, con",
    "parentage": "Tòa án xác định cha, mẹ, con",
    "sex": "Xác định lại giới tính",
    "adoption": "Nuôi con nuôi",
    "adoption-ended": "Chấm dứt nuôi con nuôi",
    "missing": "Tuyên bố mất tích",
    "missing-annulled": "Hủy tuyên bố mất tích",
    "capacity": "Mất, hạn chế năng lực hành vi dân sự",
    "capacity-restored": "Hủy quyết định mất, hạn chế năng lực hành vi dân sự",
    "divorce": "Ly hôn",
    "marriage-recognised": "Công nhận việc kết hôn",
    "death": "Vợ hoặc chồng chết",
    "death-supplemented": "Bổ sung ghi chú vợ hoặc chồng chết",
    "death-annulled": "Hủy tuyên bố chết, hôn nhân không khôi phục",
    "marriage-restored": "Khôi phục hôn nhân",
    "declared-dead": "Tòa án tuyên bố chết",
    "declaration-annulled": "Tòa án hủy tuyên bố chết",
    "correction": "Thay đổi, cải chính, bổ sung",
    "annulment": "Hủy việc đăng ký",
    "note-withdrawn": "Hủy bỏ một ghi chú trước",
    "other": "Ghi chú khác",
}
VERDICTS = {"early": "Trước hạn", "on-time": "Đúng hạn", "late": "Trễ hạn", "running": "Còn trong hạn"}
CERTIFICATES = {
    "valid": "Giấy tờ này do phường cấp và còn hiệu lực",
    "expired": "Giấy tờ này do phường cấp nhưng đã hết hạn",
    "superseded": "Giấy tờ này do phường cấp nhưng không còn hiệu lực",
    "changed": "Giấy tờ này do phường cấp, đúng với ngày cấp; sổ hộ tịch đã thay đổi sau đó",
    "revoked": "Giấy tờ này đã bị thu hồi",
    "withdrawn": "Giấy tờ này không còn giá trị",
    "annulled": "Giấy tờ này do phường cấp, nhưng việc đăng ký ghi trong đó đã bị hủy",
}
CERTIFICATE_TAGS = {
    "valid": "Còn hiệu lực",
    "expired": "Hết hạn",
    "superseded": "Đã thay đổi",
    "revoked": "Đã thu hồi",
    "annulled": "Đăng ký đã bị hủy",
}
CERTIFICATE_ADVICE = {
    "expired": "Cần dùng tiếp thì người có tên trên giấy xin phường cấp giấy mới.",
    "superseded": "Đã có giấy mới thay giấy này, hoặc tình trạng hôn nhân đã thay đổi. Xin yêu cầu giấy mới, do "
    "phường ghi dưới đây cấp.",
    "changed": "Giấy này là thật và đúng với sổ vào ngày cấp. Từ đó, sổ đã có ghi chú thay đổi. Muốn biết nội dung "
    "hiện nay thì xin xem bản sao mới, do phường ghi dưới đây cấp; bản sao mới ghi theo sổ hiện nay.",
    "revoked": "Xin không nhận giấy này. Nếu cần biết thêm, xin hỏi phường ghi dưới đây.",
    "withdrawn": "Việc đăng ký ghi trong giấy này đã bị hủy. Xin không nhận giấy này. Nếu cần biết thêm, xin hỏi "
    "phường ghi dưới đây.",
    "annulled": "Giấy này là bản sao có ghi việc hủy, không chứng minh việc đăng ký còn giá trị.",
}


def certificate_said(status: CertificateStatus) -> str:
    """The name under which `CERTIFICATES` and `CERTIFICATE_ADVICE` have the texts for a paper's state.

    After a note on the entry, an original stays genuine as of its day (`changed`). If the registration was annulled,
    its papers are no longer in force (`withdrawn`).
    """
    if status.registration_annulled and status.status != "annulled":
        return "withdrawn"
    return "changed" if status.entry_changed else str(status.status)


def role_name(role: str) -> str:
    """The everyday name of a role, or of several as the log writes them."""
    return ", ".join(ROLES.get(one, one) for one in role.split(","))


def paper_name(account: Account) -> str:
    """Kind and last characters of an account's identity paper, such as `Hộ chiếu •••••567`; empty for staff."""
    kind = IDENTITY_KINDS.get(account.identity_kind, "")
    return f"{kind} {account.identity_number_masked}".strip()


def level_name(level: int) -> str:
    """A level of identification in words; empty for a level that this release does not know."""
    return LEVELS[level] if 0 <= level < len(LEVELS) else ""


def local(at: Timestamp | datetime) -> datetime:
    """The moment in Đà Nẵng."""
    moment = at.ToDatetime(tzinfo=UTC) if isinstance(at, Timestamp) else at
    return moment.astimezone(VIETNAM)


def day_and_hour(at: Timestamp | datetime) -> str:
    """Such as `17 giờ 30 ngày 24/11/2026`; empty for an unset timestamp."""
    if _unset(at):
        return ""
    moment = local(at)
    return f"{_hour(moment)} ngày {moment:%d/%m/%Y}"


def day_of(at: Timestamp | datetime) -> str:
    """The day of a moment, such as `24/11/2026`; empty for an unset timestamp."""
    return "" if _unset(at) else f"{local(at):%d/%m/%Y}"


def hour(at: Timestamp | datetime) -> str:
    """The hour of a moment, such as `17 giờ 30`; empty for an unset timestamp."""
    return "" if _unset(at) else _hour(local(at))


def exact_time(at: Timestamp | datetime) -> str:
    """Such as `17:30:05`; empty for an unset timestamp."""
    return "" if _unset(at) else f"{local(at):%H:%M:%S}"


def came_about(assisted: Assistance) -> str:
    """How a filing came about, as its applicant reads it; empty for a draft."""
    if assisted.how == "helped":
        minutes = sum(one.minutes for one in assisted.guided)
        pages = sum(one.pages for one in assisted.guided)
        measured = f" {minutes} phút, ở {pages} trang" if minutes else ""
        where = "tại điểm hỗ trợ; " if assisted.station_id else ""
        return f"Ông/bà tự điền và tự gửi {where}có tình nguyện viên hướng dẫn{measured}."
    return _CAME_ABOUT.get(assisted.how, "")


def short_moment(at: Timestamp | datetime) -> str:
    """Such as `24/11/2026 17:30`, for tables."""
    return "" if _unset(at) else f"{local(at):%d/%m/%Y %H:%M}"


def day(text: str) -> str:
    """An ISO date as `24/11/2026`; other text as it is."""
    try:
        return f"{date.fromisoformat(text):%d/%m/%Y}"
    except ValueError:
        return text


def weekday(on: date) -> str:
    """Such as `Thứ Hai, 30/11/2026`."""
    return f"{WEEKDAYS[on.weekday()]}, {on:%d/%m/%Y}"


def weekday_of(at: Timestamp) -> str:
    """The day of a moment with its weekday."""
    return weekday(local(at).date())


def hours(opening: Opening) -> str:
    """A station's opening hours, such as `18 giờ – 20 giờ 30`."""
    starts, ends = (_hour(local(at)) for at in (opening.starts_at, opening.ends_at))
    return f"{starts} – {ends}"


def _hour(moment: datetime) -> str:
    return f"{moment.hour} giờ" + (f" {moment.minute:02d}" if moment.minute else "")


def dong(amount: int) -> str:
    """Such as `24.000 đồng`."""
    return f"{amount:,} đồng".replace(",", ".")


def in_sentence(name: str) -> str:
    """A ward's name within a sentence: `phường Nam Dương`."""
    return name[:1].lower() + name[1:]


def first_sentence(text: str) -> str:
    """The part of several sentences that fits on a card."""
    first, stop, _ = text.partition(". ")
    return f"{first}." if stop else text


def file_size(size: int) -> str:
    """Such as `1,4 MB` or `320 KB`."""
    if size >= 1024 * 1024:
        return f"{size / 1024 / 1024:.1f} MB".replace(".", ",")
    return f"{max(1, round(size / 1024))} KB"


def is_draft(dossier: Dossier | DossierSummary) -> bool:
    return dossier.status == Status.DRAFT


def due_label(status: int) -> str:
    """What a running clock measures: the time to the office's answer before the dossier is accepted, afterwards the
    time to the result.
    """
    return "Phường trả lời tiếp nhận chậm nhất" if status == Status.NEW else "Hẹn trả kết quả"


def due_short(status: int) -> str:
    """The same, for the office."""
    return "Trả lời tiếp nhận" if status == Status.NEW else "Trả kết quả"


def late_text(status: int) -> str:
    """The text after that time has passed."""
    what = "Đã hết thời gian trả lời về việc tiếp nhận" if status == Status.NEW else "Hồ sơ đã quá hạn trả kết quả"
    return f"{what}. Ông/bà có thể hỏi Bộ phận Một cửa của phường."


def status_tone(status: int, annulled: bool = False) -> str:
    """How a status looks: `paused`, `done`, `ended` or nothing in particular. `annulled`: its result was annulled."""
    return "ended" if annulled else TONES.get(status, "")


def tag_class(status: int, annulled: bool = False) -> str:
    """The colour of a status's tag."""
    colours = {"paused": "orange", "done": "green", "ended": "grey", "": "blue"}
    return f"govuk-tag--{colours[status_tone(status, annulled)]}"


def _unset(at: Timestamp | datetime) -> bool:
    return isinstance(at, Timestamp) and not at.seconds
