"""Checks of copies of extracts (2.000635): from the form, and whether the ward's own registers hold the entry.

By law any office that holds the register or manages the database may issue one (NĐ 87/2020 Đ8; TT 04/2020 Đ23), and
anybody may ask; this ward can copy only from its own registers.
"""

from __future__ import annotations

from services.dossiers.domain.checking import CheckContext, ask_officer, check, inform, stop, warn
from services.dossiers.domain.entries.copy import subject
from services.dossiers.domain.findings import Finding
from services.dossiers.domain.register import BIRTH, DEATH, MARRIAGE

_ARTICLE = "NĐ 87/2020 Đ8; TT 04/2020 Đ23"


@check("copy-kind", "/copy/kind")
def kind(context: CheckContext) -> list[Finding]:
    """The registers here hold births, marriages and deaths; the rest is in books on paper."""
    if context.text("/copy/kind") != "other":
        return []
    text = (
        "Qua mạng, phường mới cấp bản sao khai sinh, kết hôn, khai tử. "
        "Giấy hộ tịch khác (nhận cha, mẹ, con; giám hộ; cải chính…), xin hỏi ở Bộ phận Một cửa của phường."
    )
    return [stop("/copy/kind", "copy-kind", text)]


@check("copy-register", "/registered/place")
def register(context: CheckContext) -> list[Finding]:
    """A ward copies from its own registers; an entry of another office is copied there."""
    if context.text("/registered/place") != "elsewhere":
        return []
    text = (
        "Phường chỉ cấp được bản sao từ sổ của phường. "
        "Xin nộp ở cơ quan đã đăng ký: tên cơ quan ghi trên giấy cũ, ở dòng Nơi đăng ký."
    )
    return [stop("/registered/place", "copy-register", text, _ARTICLE)]


@check("copy-can-be-found", "/subject/birth_date", "/registered/number", "/registered/date")
def can_be_found(context: CheckContext) -> list[Finding]:
    """An entry is found by name with the date of birth, or by its number and date; with less, the officer asks."""
    numbered = context.text("/registered/number") and context.day("/registered/date")
    if context.day("/subject/birth_date") or numbered:
        return []
    text = (
        "Chỉ có tên thì khó tìm đúng trong sổ. Xin ghi thêm ngày sinh, hoặc số và ngày đăng ký; "
        "nếu không có, phường có thể phải hỏi thêm hoặc không tìm được."
    )
    return [warn("/subject/birth_date", "copy-can-be-found", text, _ARTICLE)]


@check("copy-requester", "/requester/kind", "/requester/relation")
def requester(context: CheckContext) -> list[Finding]:
    """Anybody may ask [from memory: no law limits it to one's own entry]; the look into the register is recorded.

    An agent needs an authorisation, certified unless the agent is close kin of the principal (TT 04/2020 Đ2).
    """
    found: list[Finding] = []
    if context.text("/requester/kind") == "agent":
        text = (
            "Cần văn bản ủy quyền, có chứng thực. Nếu ông/bà là ông, bà, cha, mẹ, con, vợ, chồng, anh, chị, em ruột "
            "của người ủy quyền thì không cần chứng thực."
        )
        found.append(inform("/requester/kind", "copy-requester", text, "TT 04/2020 Đ2"))
    if context.text("/requester/relation") == "other":
        text = "Công chức xem kỹ giấy tờ của người yêu cầu; việc xem sổ được ghi lại."
        found.append(ask_officer("/requester/relation", "copy-requester", text))
    return found


@check("copy-entry", "/copy/kind", "/subject/full_name", "/subject/birth_date", records=True)
def entry(context: CheckContext) -> list[Finding]:
    """The entries of the register that may be meant; if there is none, the officer searches the paper books."""
    kind, field = context.text("/copy/kind"), "/subject/full_name"
    if context.records is None or kind not in {BIRTH, MARRIAGE, DEATH} or not context.text(field):
        return []
    entries = context.records.entries(kind, subject(context))
    if not entries:
        text = (
            "Sổ điện tử của phường không có mục nào khớp. Xin tìm trong sổ giấy; "
            "không thấy thì yêu cầu người nộp bổ sung thông tin hoặc từ chối."
        )
        return [ask_officer(field, "copy-entry", text, _ARTICLE)]
    return [
        inform(
            field,
            "copy-entry",
            f"Sổ của phường có mục {each.label}"
            + ("." if each.certain else ", cùng họ tên và ngày sinh. Xin xem có đúng là một người không."),
            _ARTICLE,
        )
        for each in entries
    ]
