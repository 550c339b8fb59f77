"""Checks of the parties' earlier marriages as the form declares them, and of the papers about them (1.000894)."""

from __future__ import annotations

from collections.abc import Iterator

from services.dossiers.domain.checking import CheckContext, ask_officer, check, stop, warn
from services.dossiers.domain.dates import months_after
from services.dossiers.domain.findings import Finding
from services.dossiers.domain.people import PARTIES

PROHIBITED = "Luật HNGĐ 2014 Đ5.2"
PAPER = "NĐ 123/2015 Đ23; TT 04/2020 Đ12"
_BY_COURT = ("divorced", "annulled")


@check("married-already", "/wife/marital_status", "/husband/marital_status")
def married_already(context: CheckContext) -> list[Finding]:
    """A married person does not marry another (Luật HNGĐ 2014 Đ5.2c)."""
    return [
        stop(
            f"/{party}/marital_status",
            "married-already",
            "Người đang có vợ hoặc chồng thì không đăng ký kết hôn với người khác được. "
            f"Nếu {who} đã ly hôn, hoặc vợ hay chồng đã chết, xin chọn câu đó.",
            PROHIBITED,
        )
        for party, who in PARTIES.items()
        if context.text(f"/{party}/marital_status") == "married"
    ]


@check(
    "judgment-in-force",
    *(
        f"/{party}/{field}"
        for party in PARTIES
        for field in ("marital_status", "divorced_abroad", "judgment_date", "judgment_in_force_on")
    ),
    parameters=("appeal_days",),
)
def judgment_in_force(context: CheckContext) -> list[Finding]:
    """A divorce counts once the judgment is in force, on the day of filing (Luật HNGĐ 2014 Đ3.14, Đ57.1).

    If the form itself names a later day, they are still married, and it stops (Đ5.2c); else it only warns.

    A judgment of first instance is open to appeal and protest for `appeal_days` [from memory]. A decision that
    recognises a divorce by consent is in force at once.
    """
    article, name = "Luật HNGĐ 2014 Đ57.1", "judgment-in-force"
    found = []
    for party in PARTIES:
        given, force = context.day(f"/{party}/judgment_date"), context.day(f"/{party}/judgment_in_force_on")
        field = f"/{party}/judgment_in_force_on"
        if context.text(f"/{party}/marital_status") not in _BY_COURT or given is None:
            continue
        if force is not None and force < given:
            text = "Ngày có hiệu lực trước ngày của bản án, quyết định. Xin xem lại cả hai ngày."
            found.append(warn(field, name, text))
        elif force is not None and force > context.today:
            text = "Bản án, quyết định chưa có hiệu lực nên hôn nhân trước còn tồn tại. Xin nộp khi đã có hiệu lực."
            found.append(stop(field, name, text, f"{article}, Đ5.2c"))
        elif force is None and (context.today - given).days <= context.parameter("appeal_days"):
            text = (
                "Bản án sơ thẩm còn trong thời gian kháng cáo thì chưa có hiệu lực. "
                "Xin mang giấy của Tòa án ghi bản án, quyết định đã có hiệu lực."
            )
            found.append(
                warn(
                    field,
                    name,
                    text,
                    article,
                    to_office="Bản án sơ thẩm còn trong thời gian kháng cáo thì chưa có hiệu lực. Cần "
                    "giấy của Tòa án ghi bản án, quyết định đã có hiệu lực.",
                )
            )
        else:
            text = "Công chức xem bản án, quyết định đã có hiệu lực pháp luật vào ngày nộp hồ sơ."
            found.append(ask_officer(f"/{party}/judgment_date", name, text, article))
    return found


@check("marriage-count", *(f"/{party}/{field}" for party in PARTIES for field in ("marriage_count", "marital_status")))
def marriage_count(context: CheckContext) -> list[Finding]:
    """A second marriage follows a divorce or a death, and a divorce or death follows a marriage (our own check)."""
    found = []
    for party in PARTIES:
        count, status = context.number(f"/{party}/marriage_count"), context.text(f"/{party}/marital_status")
        if count is None:
            continue
        if count > 1 and status in {"never", "together"}:
            text = (
                "Kết hôn từ lần thứ hai thì phải có ly hôn, hủy kết hôn, hoặc vợ hay chồng trước đã chết. Xin xem lại."
            )
        elif count == 1 and status in {"divorced", "widowed"}:
            text = "Đã từng kết hôn thì lần này là lần thứ hai trở lên. Xin xem lại."
        else:
            continue
        found.append(warn(f"/{party}/marriage_count", "marriage-count", text))
    return found


@check(
    "marital-status-paper",
    *(
        f"/{party}/{field}"
        for party in PARTIES
        for field in (
            "works_abroad",
            "judgment_date",
            "judgment_in_force_on",
            "death_extract_date",
            "marital_status_paper/issued_on",
            "marital_status_paper/purpose_marriage",
            "marital_status_paper/names_spouse",
            "marital_status_paper/names_ward",
        )
    ),
    parameters=("months",),
)
def marital_status_paper(context: CheckContext) -> list[Finding]:
    """The giấy xác nhận tình trạng hôn nhân fits this marriage (NĐ 123/2015 Đ23; TT 04/2020 Đ12, Đ33).

    On the day of filing it is at most six months old, and the status has not changed since; it names this spouse and
    this place.
    """
    return [finding for party in PARTIES for finding in (*_validity(context, party), *_purpose(context, party))]


def _validity(context: CheckContext, party: str) -> Iterator[Finding]:
    field, issued = paper_at(party, "issued_on"), context.day(paper_at(party, "issued_on"))
    if context.is_(f"/{party}/works_abroad", True):
        text = (
            "Công chức đối chiếu giấy xác nhận tình trạng hôn nhân của cơ quan đại diện Việt Nam: ngày cấp, mục đích."
        )
        yield ask_officer(f"/{party}/works_abroad", "marital-status-paper", text, "NĐ 123/2015 Đ10, Đ23")
    if issued is None or issued > context.today:
        return
    last = months_after(issued, context.parameter("months"))
    divorced, widowed = context.day(f"/{party}/judgment_date"), context.day(f"/{party}/death_extract_date")
    force = context.day(f"/{party}/judgment_in_force_on")
    if (context.kept or context.today) > last:
        text = (
            f"Giấy có giá trị {context.parameter('months')} tháng, đến hết ngày {last.day}/{last.month}/{last.year}; "
            "ngày nộp hồ sơ thì đã hết. Xin đến phường, xã nơi thường trú xin giấy mới."
        )
        yield stop(field, "marital-status-paper", text, PAPER)
    elif divorced is not None and divorced > issued:
        text = "Giấy cấp trước bản án, quyết định của Tòa án nên không còn giá trị. Phải có giấy mới, cấp sau đó."
        yield stop(field, "marital-status-paper", text, PAPER)
    elif divorced is not None and force is not None and force > issued:
        text = "Giấy cấp trước khi bản án, quyết định có hiệu lực nên không còn giá trị. Phải có giấy mới, cấp sau đó."
        yield stop(field, "marital-status-paper", text, f"{PAPER}; Luật HNGĐ 2014 Đ57.1")
    elif divorced is not None and force is None:
        text = "Công chức xem bản án, quyết định có hiệu lực từ ngày nào: giấy phải cấp từ ngày đó trở đi."
        yield ask_officer(field, "marital-status-paper", text, f"{PAPER}; Luật HNGĐ 2014 Đ57.1")
    elif widowed is not None and widowed > issued:
        text = "Giấy cấp trước trích lục khai tử của vợ hoặc chồng trước: công chức xem giấy có ghi việc chết không."
        yield ask_officer(field, "marital-status-paper", text, PAPER)


def _purpose(context: CheckContext, party: str) -> Iterator[Finding]:
    wrong = {
        "purpose_marriage": "Giấy cấp để dùng vào việc khác thì không dùng để kết hôn được.",
        "names_spouse": "Giấy dùng để kết hôn phải ghi đúng tên người sẽ kết hôn.",
        "names_ward": "Giấy phải ghi đăng ký kết hôn ở phường này.",
    }
    then = "Xin đến phường, xã nơi thường trú đổi giấy này lấy giấy mới."
    for name, text in wrong.items():
        if context.is_(paper_at(party, name), False):
            yield stop(paper_at(party, name), "marital-status-paper", f"{text} {then}", f"{PAPER}, Đ33")


def paper_at(party: str, name: str) -> str:
    return f"/{party}/marital_status_paper/{name}"
