"""Typst makes the page; what people wrote reaches it as data, never as markup."""

from __future__ import annotations

import io
import json
import unicodedata
from dataclasses import asdict
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import segno
import structlog
import typst

from services.chassis.clock import VIETNAM
from services.dossiers.papers.fields import BirthCertificate, Office, Paper, Receipt, RefusalSlip, SupplementSlip

if TYPE_CHECKING:
    from typst import PDFStandard

_log = structlog.get_logger(__name__)

_TEMPLATES = Path(__file__).parent
# Kept for ever (NĐ 123/2015 Đ12.3) and read aloud to those who cannot see: PDF/A-2a and PDF/UA-1.
_STANDARDS: list[PDFStandard] = ["a-2a", "ua-1"]


def render(paper: Paper) -> bytes:
    """The paper as a tagged PDF/A-2a and PDF/UA-1; the same bytes for the same paper.

    Takes 10 to 60 ms and may be called from many threads at once. Where somebody wrote a letter that no font at hand
    can draw (an emoji, a Chinese name) the paper is made all the same, with a box in its place, but is no PDF/A.
    """
    template, fields, moment = _prepare(paper)
    inputs = {"paper": json.dumps(_clean(fields), ensure_ascii=False)}
    try:
        return _compile(template, inputs, moment, _STANDARDS)
    except typst.TypstError:
        pdf = _compile(template, inputs, moment, [])  # what is wrong with more than letters fails here again
        _log.warning("paper_not_archivable", paper=type(paper).__name__)
        return pdf


def _compile(template: str, inputs: dict[str, str], moment: datetime, standards: list[PDFStandard]) -> bytes:
    return typst.compile(
        _TEMPLATES / template,
        root=_TEMPLATES,
        font_paths=_fonts(),
        format="pdf",
        pdf_standards=standards,
        sys_inputs=inputs,
        timestamp=int(moment.timestamp()),
    )


@cache
def _fonts() -> typst.Fonts:
    """Only the fonts that typst carries, so that a paper looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def _prepare(paper: Paper) -> tuple[str, dict[str, Any], datetime]:
    """Template, what it prints, and the moment that dates the PDF."""
    match paper:
        case Receipt():
            return "receipt.typ", _receipt(paper), paper.received_at
        case SupplementSlip():
            return "supplement.typ", _slip(paper, "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"), paper.requested_at
        case RefusalSlip():
            return "refusal.typ", _slip(paper, "Phiếu từ chối tiếp nhận giải quyết hồ sơ"), paper.refused_at
        case BirthCertificate():
            registered = datetime.combine(paper.registered_on, time(), tzinfo=VIETNAM)
            return "birth_certificate.typ", _birth_certificate(paper), registered


def _receipt(paper: Receipt) -> dict[str, Any]:
    return asdict(paper) | {
        "title": f"Giấy tiếp nhận hồ sơ và hẹn trả kết quả {paper.dossier_code}",
        "office": _office(paper.office),
        "place_date": _place_and_date(paper.office, paper.received_at),
        "received_at": _moment(paper.received_at),
        "due_at": _moment(paper.due_at),
        "qr": _qr(paper.tracking_url),
    }


def _slip(paper: SupplementSlip | RefusalSlip, title: str) -> dict[str, Any]:
    moment = paper.requested_at if isinstance(paper, SupplementSlip) else paper.refused_at
    return asdict(paper) | {
        "title": f"{title} {paper.dossier_code}",
        "office": _office(paper.office),
        "place_date": _place_and_date(paper.office, moment),
        "requested_at": None,
        "refused_at": None,
    }


def _birth_certificate(paper: BirthCertificate) -> dict[str, Any]:
    fields = asdict(paper) | {
        "title": f"Giấy khai sinh số {paper.number:02d}/{paper.year}",
        "office": _office(paper.office),
        "number": f"{paper.number:02d}/{paper.year}",
        "registered_on": f"{paper.registered_on:%d/%m/%Y}",
        "signer_block": ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"] if paper.signs_for_chairman else ["CHỦ TỊCH"],
        "qr": _qr(paper.verification_url),
        "full_name": paper.full_name.upper(),
        "requester_name": paper.requester_name.upper(),
        "amendments": [asdict(note) | {"on": f"{note.on:%d/%m/%Y}"} for note in paper.amendments],
    }
    for parent in ("mother", "father"):
        fields[parent]["full_name"] = fields[parent]["full_name"].upper()
    return fields


def _office(office: Office) -> dict[str, str]:
    return {
        "name": f"Ủy ban nhân dân {office.ward_name}, {office.district_name}, {office.province}",
        "ward": office.ward_name.upper(),
        "district": office.district_name.upper(),
        "address": office.address,
        "phone": office.phone,
    }


def _place_and_date(office: Office, moment: datetime) -> str:
    """As NĐ 30/2020 dates letters, without the kind of place: "Nam Dương, ngày 06 tháng 10 năm 2020"."""
    place = office.ward_name.removeprefix("Phường ").removeprefix("Xã ").removeprefix("Thị trấn ")
    return f"{place}, {_date(moment.astimezone(VIETNAM).date())}"


def _moment(moment: datetime) -> str:
    local = moment.astimezone(VIETNAM)
    return f"{local:%H} giờ {local:%M} phút, {_date(local.date())}"


def _date(day: date) -> str:
    """NĐ 30/2020: days below 10 and the months 1 and 2 take a nought before them."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def _qr(url: str) -> str:
    out = io.BytesIO()
    segno.make_qr(url, error="m").save(out, kind="svg", xmldecl=False, border=2, dark="#000", light="#fff")
    return out.getvalue().decode()


def _clean(value: Any) -> Any:
    """NFC, and no characters that a page cannot show; line breaks stay."""
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\t", " "))
        return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in _UNPRINTABLE)
    if isinstance(value, dict):
        return {name: _clean(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return value


_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
