"""Typst renders the page; people's texts reach it as data, never as markup."""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import segno
import structlog
import typst
from pydantic import BaseModel

from services.chassis.capacity import OFFICE_LINES, Capacity
from services.chassis.clock import VIETNAM
from services.chassis.letters import normalised
from services.dossiers.adapters.papers.blanks import (
    BOX_LABELS,
    Blank,
    BlankLayer,
    Calibration,
    Offset,
    blank_name,
    values_of,
)
from services.dossiers.adapters.papers.fields import (
    ApologySlip,
    ClosingStatement,
    ControlSheet,
    Office,
    PaymentSlip,
    PublicNotice,
    Receipt,
    RefusalSlip,
    StopNotice,
    SupplementSlip,
    TrackingBook,
    VerificationRequest,
)
from services.dossiers.adapters.papers.results import (
    BirthCertificate,
    BirthCopy,
    DeathExtract,
    MaritalStatusConfirmation,
    MarriageCertificate,
    MarriageExtract,
    Result,
)
from services.dossiers.domain.words import money_in_words, number_in_words

if TYPE_CHECKING:
    from typst import PDFStandard

_log = structlog.get_logger(__name__)

PRACTICE_TITLE, PREVIEW_TITLE = "TẬP THỬ: ", "CHƯA KÝ: "
_TEMPLATES = Path(__file__).parent / "templates"
# PDF/A-2a, because papers are kept for ever (NĐ 123/2015 Đ12.3), and PDF/UA-1 for screen readers.
_STANDARDS: list[PDFStandard] = ["a-2a", "ua-1"]
_SCREEN_PPI = 144


Paper = (
    BirthCertificate
    | BirthCopy
    | MarriageCertificate
    | MarriageExtract
    | DeathExtract
    | MaritalStatusConfirmation
    | Receipt
    | SupplementSlip
    | RefusalSlip
    | ApologySlip
    | ControlSheet
    | TrackingBook
    | PaymentSlip
    | StopNotice
    | VerificationRequest
    | PublicNotice
    | ClosingStatement
    | BlankLayer
    | Calibration
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper as PDF, and its file name."""

    filename: str
    content: bytes


def render(paper: Paper) -> bytes:
    """The paper as a tagged PDF/A-2a and PDF/UA-1; the same bytes for the same paper.

    Takes 10 to 40 ms of a core (mostly the layout of text, twice if a page is fitted) and is thread-safe. A character
    that no font has (an emoji, a Chinese name) is printed as a box; the paper is then no PDF/A.
    """
    layout, moment, inputs = _to_lay_out(paper)
    try:
        return _compile(layout.template, inputs, moment, _STANDARDS)
    except typst.TypstError:
        pdf = _compile(layout.template, inputs, moment, [])  # a fault other than missing letters fails here again
        _log.warning("paper_not_archivable", paper=type(paper).__name__)
        return pdf


def pictures(paper: Paper) -> list[bytes]:
    """The pages of a paper as pictures (PNG) for a screen, laid out as `render` does."""
    layout, moment, inputs = _to_lay_out(paper)
    found: Any = typst.compile(  # of several pages a list
        _TEMPLATES / f"{layout.template}.typ",
        root=_TEMPLATES,
        font_paths=_fonts(),
        format="png",
        ppi=_SCREEN_PPI,
        sys_inputs=inputs,
        timestamp=int(moment.timestamp()),
    )
    return list(found) if isinstance(found, list) else [found]


def _to_lay_out(paper: Paper) -> tuple[_Layout, datetime, dict[str, str]]:
    layout = _LAYOUTS[type(paper)]
    moment = _moment_of(paper, layout)
    return layout, moment, {"paper": json.dumps(_data(paper, layout, moment), ensure_ascii=False)}


def _compile(template: str, inputs: dict[str, str], moment: datetime, standards: list[PDFStandard]) -> bytes:
    return typst.compile(
        _TEMPLATES / f"{template}.typ",
        root=_TEMPLATES,
        font_paths=_fonts(),
        format="pdf",
        pdf_standards=standards,
        sys_inputs=inputs,
        timestamp=int(moment.timestamp()),
    )


@cache
def _fonts() -> typst.Fonts:
    """Only typst's own fonts, so that a paper looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


@dataclass(frozen=True, slots=True)
class _Layout:
    template: str
    title: str  # names the PDF; takes the paper's fields
    dated: str  # the field that dates the paper
    code: str = ""  # the field that its QR code contains
    printed: Callable[[Any], dict[str, Any]] = lambda _: {}  # values that are printed in another form


def _numbered_in_year(paper: BirthCertificate) -> dict[str, Any]:
    return {"number": f"{paper.number:02d}/{paper.year}"}


def _sums(paper: PaymentSlip) -> dict[str, Any]:
    total = sum(line.amount for line in paper.lines)
    return {
        "lines": [
            {
                "title": line.title,
                "count": str(line.count),
                "unit_price": _thousands(line.unit_price),
                "amount": _thousands(line.amount),
            }
            for line in paper.lines
        ],
        "total": _thousands(total),
        "total_in_words": money_in_words(total),
    }


def _steps(paper: ControlSheet) -> dict[str, Any]:
    return {"steps": [_given(step) | {"at": _short(step.at)} for step in paper.steps]}


def _rows(paper: TrackingBook) -> dict[str, Any]:
    moments = ("received_at", "due_at", "returned_at")
    return {
        "dossiers": [_given(row) | {name: _short(getattr(row, name)) for name in moments} for row in paper.dossiers]
    }


def _first_and_last(paper: ClosingStatement) -> dict[str, Any]:
    return {
        "entries": f"{paper.entries:02d}",
        "entries_in_words": number_in_words(paper.entries),
        "first_number": "" if paper.first_number is None else f"{paper.first_number:02d}",
        "last_number": "" if paper.last_number is None else f"{paper.last_number:02d}",
    }


def _corrections(paper: Calibration) -> dict[str, Any]:
    return {"across": millimetres(paper.offset.dx), "down": millimetres(paper.offset.dy), "labels": BOX_LABELS}


_LAYOUTS: Mapping[type, _Layout] = {
    BirthCertificate: _Layout(
        "birth_certificate",
        "Giấy khai sinh số {number:02d}/{year}",
        "registered_on",
        "verification_url",
        _numbered_in_year,
    ),
    BirthCopy: _Layout("birth_copy", "Bản sao giấy khai sinh số {number}", "issued_on", "verification_url"),
    MarriageCertificate: _Layout(
        "marriage_certificate", "Giấy chứng nhận kết hôn số {number}", "registered_on", "verification_url"
    ),
    MarriageExtract: _Layout(
        "marriage_extract", "Trích lục kết hôn (bản sao) số {number}", "issued_on", "verification_url"
    ),
    DeathExtract: _Layout("death_extract", "Trích lục khai tử số {number}", "issued_on", "verification_url"),
    MaritalStatusConfirmation: _Layout(
        "marital_status", "Giấy xác nhận tình trạng hôn nhân số {number}", "issued_on", "verification_url"
    ),
    Receipt: _Layout(
        "receipt", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả {dossier_code}", "received_at", "tracking_url"
    ),
    SupplementSlip: _Layout("supplement", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ {dossier_code}", "requested_at"),
    RefusalSlip: _Layout("refusal", "Phiếu từ chối tiếp nhận giải quyết hồ sơ {dossier_code}", "refused_at"),
    ApologySlip: _Layout("apology", "Phiếu xin lỗi và hẹn lại ngày trả kết quả {dossier_code}", "apologised_at"),
    ControlSheet: _Layout(
        "control_sheet", "Phiếu kiểm soát quá trình giải quyết hồ sơ {dossier_code}", "made_at", printed=_steps
    ),
    TrackingBook: _Layout(
        "tracking_book", "Sổ theo dõi hồ sơ {from_day:%d/%m/%Y} đến {to_day:%d/%m/%Y}", "made_at", printed=_rows
    ),
    PaymentSlip: _Layout("payment", "Phiếu nộp phí, lệ phí {dossier_code}", "made_at", "vietqr", _sums),
    StopNotice: _Layout("stop", "Thông báo dừng giải quyết hồ sơ {dossier_code}", "stopped_at"),
    VerificationRequest: _Layout(
        "verification_request", "Công văn đề nghị xác minh tình trạng hôn nhân số {number}", "sent_on"
    ),
    PublicNotice: _Layout("public_notice", "Thông báo về việc trẻ bị bỏ rơi số {number}", "posted_on"),
    ClosingStatement: _Layout(
        "closing_statement", "Khóa sổ hộ tịch {book_label}", "closed_on", printed=_first_and_last
    ),
    BlankLayer: _Layout("blank_layer", "Lớp in lên phôi {blank.title} số {number}", "issued_on"),
    Calibration: _Layout("calibration", "Trang chỉnh máy in: phôi {blank.title}", "made_on", printed=_corrections),
}


def _moment_of(paper: Paper, layout: _Layout) -> datetime:
    when: date = getattr(paper, layout.dated)
    return when if isinstance(when, datetime) else datetime.combine(when, time(), tzinfo=VIETNAM)


def _data(paper: Paper, layout: _Layout, moment: datetime) -> dict[str, Any]:
    """The data for the template."""
    given = _given(paper)
    made = {
        "title": _mark(paper, given) + layout.title.format_map(given),
        "office": _office(paper.office),
        "has_blank": bool(blank_name(paper)),
        "place_date": _place_and_date(paper.office, moment),
        "signer_block": OFFICE_LINES[given.get("signs_as") or Capacity.HEAD],
    }
    code = given.get(layout.code)
    return {**_printed(given | made | layout.printed(paper)), "qr": _qr(code) if code else ""}


def layer_of(paper: Paper, blank: Blank, offset: Offset) -> BlankLayer:
    """The layer of a paper for its phôi."""
    assert isinstance(paper, Result)  # nothing else has a blank
    moment = _moment_of(paper, _LAYOUTS[type(paper)])
    number = f"{paper.number:02d}/{paper.year}" if isinstance(paper, BirthCertificate) else paper.number
    printed = {"number": number, "signer_title": "\n".join(OFFICE_LINES[paper.signs_as])}
    return BlankLayer(
        office=paper.office,
        blank=blank,
        offset=offset,
        values=values_of(paper, _place_and_date(paper.office, moment), printed),
        number=number,
        issued_on=moment.astimezone(VIETNAM).date(),
    )


def millimetres(tenths: int) -> str:
    """As people write it: "-1,5"."""
    return f"{tenths / 10:.1f}".replace(".", ",")


def _mark(paper: Paper, given: Mapping[str, Any]) -> str:
    if paper.office.is_practice:
        return PRACTICE_TITLE
    return PREVIEW_TITLE if given.get("is_preview") else ""


def _given(record: Any) -> dict[str, Any]:
    return {each.name: getattr(record, each.name) for each in fields(record)}


def _printed(value: Any) -> Any:
    """A value as it is printed: texts cleaned, times and days in the form of papers, the rest unchanged."""
    if isinstance(value, BaseModel):
        value = value.model_dump()
    if is_dataclass(value):
        value = _given(value)
    match value:
        case str():
            return _clean(value)
        case date():
            return _moment(value) if isinstance(value, datetime) else f"{value:%d/%m/%Y}"
        case Mapping():
            return {name: _printed(inner) for name, inner in value.items()}
        case tuple() | list():
            return [_printed(inner) for inner in value]
    return value


def _office(office: Office) -> dict[str, Any]:
    places = (office.ward_name, office.district_name, office.province)
    return {
        "name": f"Ủy ban nhân dân {', '.join(_lower(each) for each in places)}",
        "ward": office.ward_name.upper(),
        "district": office.district_name.upper(),
        "province": office.province.upper(),
        "address": office.address,
        "phone": office.phone,
        "is_practice": office.is_practice,
    }


def _place_and_date(office: Office, moment: datetime) -> str:
    """Place and date in the form of NĐ 30/2020, without the kind of place: "Nam Dương, ngày 06 tháng 10 năm 2020"."""
    place = office.ward_name.removeprefix("Phường ").removeprefix("Xã ").removeprefix("Thị trấn ")
    return f"{place}, {_date(moment.astimezone(VIETNAM).date())}"


def _moment(moment: datetime) -> str:
    local = moment.astimezone(VIETNAM)
    return f"{local:%H} giờ {local:%M} phút, {_date(local.date())}"


def _date(day: date) -> str:
    """NĐ 30/2020: days below 10 and the months 1 and 2 get a leading zero."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def _qr(url: str) -> str:
    out = io.BytesIO()
    segno.make_qr(url, error="m").save(out, kind="svg", xmldecl=False, border=2, dark="#000", light="#fff")
    return out.getvalue().decode()


def _lower(place: str) -> str:
    """Inside a name the kind of place is in lower case: "phường Nam Dương"."""
    return place[:1].lower() + place[1:]


def _short(moment: datetime | None) -> str:
    """For narrow columns, on two lines: "09:05 / 06/10/2020"."""
    return f"{moment.astimezone(VIETNAM):%H:%M\n%d/%m/%Y}" if moment else ""


def _thousands(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")


def _clean(text: str) -> str:
    """The text in NFC, without characters that a page cannot show; line breaks stay."""
    text = normalised(text.replace("\r\n", "\n").replace("\t", " "))
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in _UNPRINTABLE)


_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
