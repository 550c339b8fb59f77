"""Another identity paper of the same person, with another number: which kind may follow which, and what may prove the
link between the two.

Which kinds follow which is our own choice. Two facts are from memory (docs/law.md §14): a renewed citizen card keeps
its number, and no CMND is valid any more. So nothing here says that a paper is not valid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from services.accounts.domain.changes import Paper, read_paper
from services.accounts.domain.throttle import Limit
from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, invalid

#: The old paper was shown; the new one (its chip, its QR code, VNeID) names the old number; the issuer of the old one
#: confirms its number, as in a giấy xác nhận số CMND; or a paper says that the personal number was annulled and a new
#: one assigned. The last ground has only one paper: its number was mistyped at the opening, and nobody has compared it.
OLD_PAPER, NEW_PAPER, CONFIRMATION, REISSUED = "old-paper", "new-paper", "number-confirmation", "number-reissued"
MISTYPED = "mistyped-at-opening"
GROUNDS = (OLD_PAPER, NEW_PAPER, CONFIRMATION, REISSUED, MISTYPED)
#: The most digits by which a mistyped number may differ, such as two that changed places. Name and day of birth are not
#: enough, because several residents may share them (docs/decisions/0037).
_SLIPS = 2
#: Limit for one account: a new paper, and two slips corrected. Each change is told by SMS and to the whole district,
#: and somebody with more corrections on one day is not looking at the paper.
PER_DAY = Limit(3, timedelta(days=1))
DONE_OFTEN = (
    "Tài khoản này đã ghi giấy tờ mới ba lần trong một ngày. Xin so lại số đang ghi với bản chính; sai thì hôm sau sửa "
    "tiếp. Trong lúc chờ, người ấy vẫn đăng nhập bằng số điện thoại, và nộp hồ sơ tại quầy được."
)
#: Kind of the old paper and of the new one → what may link them.
_FOLLOWS: Mapping[tuple[str, str], frozenset[str]] = {
    ("cmnd", "cccd"): frozenset({OLD_PAPER, NEW_PAPER, CONFIRMATION}),
    ("passport", "passport"): frozenset({OLD_PAPER, NEW_PAPER, CONFIRMATION}),
    ("passport", "cccd"): frozenset({OLD_PAPER, NEW_PAPER, CONFIRMATION}),
    # The number of a citizen card is the person's for life: two cards with two numbers are two persons, except on these
    # grounds.
    ("cccd", "cccd"): frozenset({REISSUED, MISTYPED}),
}


@dataclass(frozen=True, slots=True)
class Replacement:
    """An account's present paper, its new paper, and what links the two."""

    old: Paper
    new: Paper
    ground: str


def read_replacement(old: Paper, new_kind: str, new_number: str, ground: str) -> Replacement:
    """Raises a Refusal: INVALID (`invalid-identity`, `invalid-replacement`)."""
    new = read_paper(new_kind, new_number, fields="new_identity")
    if new == old:
        raise _invalid("new_identity_number", _SAME)
    grounds = _FOLLOWS.get((old.kind, new.kind))
    if grounds is None:
        raise _invalid("new_identity_kind", _NOT_AFTER)
    if ground not in grounds:
        raise _invalid("ground", _ground_fault(old, new, ground))
    if ground == MISTYPED and sum(one != other for one, other in zip(old.number, new.number, strict=True)) > _SLIPS:
        raise _invalid("ground", _NO_SLIP)
    return Replacement(old, new, ground)


def other_old_paper() -> Refusal:
    """The old number, as the link between the papers names it, is not the account's."""
    text = (
        "Loại hay số giấy tờ cũ không khớp với tài khoản này. Xin xem lại trên giấy tờ cũ, hoặc nơi ghi số cũ; nếu "
        "đúng là khác, xin không làm."
    )
    return invalid("identity-differs", text, FieldFault("identity_number", text))


def refuse_compared(ground: str, *, seen: bool) -> None:
    """A number that somebody has compared with the original was not mistyped.

    Raises a Refusal (INVALID, `invalid-replacement`).
    """
    if ground == MISTYPED and seen:
        raise _invalid("ground", _COMPARED)


def noted_already() -> Refusal:
    return conflict("paper-noted-already", "Tài khoản đã ghi giấy tờ mới này rồi. Xin tải lại trang của tài khoản.")


def taken_here() -> Refusal:
    text = (
        "Số giấy tờ mới đã có tài khoản khác ở phường này. Xin tra tài khoản ấy theo số mới. Cũng của người này: xin "
        "dùng nó, và đóng tài khoản kia vì là tài khoản thứ hai. Tên hay ngày sinh là của người khác: có thể số bị ghi "
        "nhầm hoặc hai người trùng số, xin mời chủ tài khoản ấy đến trước. Còn lại, người này không mở nó: xin đóng nó "
        "rồi làm lại."
    )
    return Refusal(Kind.EXISTS, "account-exists", text, fields=(FieldFault("new_identity_number", text),))


_SAME = (
    "Đây là số đang ghi trong tài khoản. Đổi hay cấp lại thẻ căn cước mà số vẫn như cũ thì tài khoản không phải đổi gì."
)
_NO_SLIP = (
    "Hai số khác nhau nhiều hơn hai chữ số, nên không coi là gõ nhầm. Xin xem lại có đúng tài khoản không; đúng là của "
    "người này thì đóng tài khoản này và mời mở tài khoản khác."
)
_COMPARED = (
    "Số đang ghi trong tài khoản đã có cán bộ so với bản chính, nên không phải gõ nhầm khi mở tài khoản. Xin xem "
    "lại có đúng người không."
)
_NOT_AFTER = (
    "Chỉ ghi được: căn cước thay chứng minh nhân dân hay hộ chiếu, hộ chiếu mới thay hộ chiếu cũ, hoặc căn cước có số "
    "mới vì số định danh đã hủy và xác lập lại. Xin xem lại loại của cả hai giấy tờ."
)


def _ground_fault(old: Paper, new: Paper, ground: str) -> str:
    if ground not in GROUNDS:
        return "Xin chọn căn cứ cho biết hai giấy tờ là của một người."
    if (old.kind, new.kind) == ("cccd", "cccd"):
        return (
            "Số căn cước không đổi khi đổi hay cấp lại thẻ. Số khác chỉ ghi được khi có giấy xác nhận hủy, xác lập lại "
            "số định danh cá nhân, hoặc khi số đã gõ nhầm lúc mở tài khoản; không phải thế, xin xem lại có đúng "
            "người không."
        )
    return "Căn cứ này không dùng cho hai loại giấy tờ đã chọn. Xin chọn căn cứ khác."


def _invalid(field: str, text: str) -> Refusal:
    return invalid("invalid-replacement", text, FieldFault(field, text))
