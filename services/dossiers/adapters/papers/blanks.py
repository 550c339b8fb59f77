"""The Ministry's printed forms (phôi): which value of a paper stands where on them, as data.

By law three papers are printed on them (TT 04/2020 Đ27–28). The places were not read from an official source, so a ward
can correct each file (`BLANKS_DIRECTORY`). A ward also sets an offset that moves the whole print for its printer.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.dossiers.adapters.papers.fields import Office
from services.dossiers.adapters.papers.results import (
    Amendment,
    BirthCertificate,
    BirthCopy,
    MarriageCertificate,
    Parent,
    Picture,
    Result,
    Spouse,
)

Made = TypeVar("Made")
SHIPPED = Path(__file__).parents[2] / "blanks"
BIRTH_CERTIFICATE, BIRTH_COPY, MARRIAGE_CERTIFICATE = "birth-certificate", "birth-copy", "marriage-certificate"
_FORMS: Mapping[type, str] = {
    BirthCertificate: BIRTH_CERTIFICATE,
    BirthCopy: BIRTH_COPY,
    MarriageCertificate: MARRIAGE_CERTIFICATE,
}
#: Values in capitals (TT 04/2020 Đ29.5).
_NAMES = frozenset({"full_name", "requester_name"})
#: Values for which some forms have no line: an ordinary form has neither a code nor a spouse's date of birth in words.
_OPTIONAL = frozenset({"verification_url", "wife_birth_date_in_words", "husband_birth_date_in_words"})
#: What the boxes are called on a calibration page.
BOX_LABELS: Mapping[str, str] = {
    "number": "Số",
    "place_date": "Nơi, ngày cấp",
    "full_name": "Họ, chữ đệm, tên",
    "birth_date": "Ngày sinh",
    "birth_date_in_words": "Ngày sinh bằng chữ",
    "sex": "Giới tính",
    "ethnicity": "Dân tộc",
    "nationality": "Quốc tịch",
    "birth_place": "Nơi sinh",
    "home_town": "Quê quán",
    "personal_identification_number": "Số định danh cá nhân",
    "requester_name": "Người đi khai sinh",
    "requester_identity": "Giấy tờ tùy thân",
    "registered_at": "Nơi đăng ký",
    "registered_number": "Số đăng ký",
    "registered_on": "Ngày đăng ký",
    "signer_title": "Chức vụ người ký",
    "signer_name": "Họ tên người ký",
    "recognised_from": "Công nhận hôn nhân từ ngày",
    "notes": "Ghi chú",
    "verification_url": "Địa chỉ kiểm tra",
    **{
        f"{part}_{name}": f"{label} {who}"
        for part, who in (("mother", "mẹ"), ("father", "cha"), ("wife", "vợ"), ("husband", "chồng"))
        for name, label in (
            ("full_name", "Họ, chữ đệm, tên"),
            ("birth_year", "Năm sinh"),
            ("birth_date", "Ngày sinh"),
            ("birth_date_in_words", "Ngày sinh bằng chữ"),
            ("ethnicity", "Dân tộc"),
            ("nationality", "Quốc tịch"),
            ("residence", "Nơi cư trú"),
            ("identity_paper", "Giấy tờ tùy thân"),
        )
    },
}
_LONGEST = 500  # mm: no form is longer


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Box(_Strict):
    """Where a value stands, in mm from the upper left corner: `y` is the line on which its first line stands."""

    x: float = Field(ge=0, le=_LONGEST)
    y: float = Field(ge=0, le=_LONGEST)
    width: float = Field(gt=5, le=_LONGEST)
    first: float = Field(default=0, ge=0, le=_LONGEST)  # from `x` to the first line, behind the printed label
    lines: int = Field(default=1, ge=1, le=60)
    align: str = Field(default="left", pattern="^(left|center|right)$")
    bold: bool = False


class Emblem(_Strict):
    """An operator's picture on the full page, in mm; on the phôi it is printed already."""

    file: str = Field(pattern=r"^[\w.-]+\.svg$")
    x: float = Field(ge=0, le=_LONGEST)
    y: float = Field(ge=0, le=_LONGEST)
    width: float = Field(gt=0, le=100)


class Blank(_Strict):
    """A printed form: its size and type, and the boxes of its front and its reverse."""

    name: str
    title: str = Field(min_length=1)
    width: float = Field(ge=100, le=_LONGEST)
    height: float = Field(ge=100, le=_LONGEST)
    size: float = Field(ge=8, le=20)  # of the type, in pt; smaller if a value does not fit its lines
    pitch: float = Field(ge=4, le=20)  # mm from line to line
    front: Mapping[str, Box]
    reverse: Mapping[str, Box] = {}
    emblem: Emblem | None = None
    emblem_svg: str = ""


@dataclass(frozen=True, slots=True)
class Offset:
    """By how much a ward's printer has to be corrected, in tenths of a millimetre to the right and down."""

    dx: int = 0
    dy: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BlankLayer:
    """The values of a paper alone, in black, for printing on its phôi; with a reverse page if a value stands there."""

    office: Office
    blank: Blank
    offset: Offset
    values: Mapping[str, str]
    number: str
    issued_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A page to be printed on plain paper and held against a phôi: rulers, crosses, and the boxes of the values."""

    office: Office
    blank: Blank
    offset: Offset
    made_on: date


def load_blanks(directory: Path) -> Mapping[str, Blank]:
    """The forms: a file in `directory` replaces the one that is shipped.

    ValueError says which file is wrong, and how.
    """
    return {name: _load(directory, name, paper) for paper, name in _FORMS.items()}


def _load(directory: Path, name: str, paper: type) -> Blank:
    own = directory / f"{name}.toml"
    path = own if own.is_file() else SHIPPED / f"{name}.toml"
    try:
        blank = Blank(**tomllib.loads(path.read_text("utf-8")), name=name)
        if blank.emblem is not None:
            blank = blank.model_copy(update={"emblem_svg": (path.parent / blank.emblem.file).read_text("utf-8")})
    except (ValidationError, ValueError, TypeError, OSError) as wrong:
        raise ValueError(f"{path}: {wrong}") from wrong
    boxes, known = [*blank.front, *blank.reverse], _names_of(paper)
    if unknown := sorted(set(boxes) - known):
        raise ValueError(f"{path}: no such value: {', '.join(unknown)}")
    if missing := sorted(known - set(boxes) - _OPTIONAL):
        raise ValueError(f"{path}: no place for: {', '.join(missing)}")
    if len(boxes) != len(set(boxes)):
        raise ValueError(f"{path}: a value stands on one side")
    for box in [*blank.front.values(), *blank.reverse.values()]:
        if box.x + box.width > blank.width or box.y + (box.lines - 1) * blank.pitch > blank.height:
            raise ValueError(f"{path}: a box goes beyond the page")
        if box.first + 5 > box.width:
            raise ValueError(f"{path}: no room behind `first`")
    return blank


def with_emblem(paper: Made, blanks: Mapping[str, Blank]) -> Made:
    """The full page, with the Emblem if the data of its form has one."""
    blank = blanks.get(blank_name(paper))
    if blank is None or blank.emblem is None:
        return paper
    place = blank.emblem
    full: Any = paper
    picture = Picture(svg=blank.emblem_svg, x=place.x, y=place.y, width=place.width)
    made: Made = replace(full, emblem=picture)
    return made


def blank_name(paper: object) -> str:
    """The name of the phôi that a paper is printed on; empty if the ward prints it on plain paper."""
    return _FORMS.get(type(paper), "")


def values_of(paper: Result, place_date: str, printed: Mapping[str, str]) -> dict[str, str]:
    """The values of a paper by the names of their boxes. `printed`: the number and the signer's capacity."""
    found = {**dict(_flat(paper)), **printed, "place_date": place_date}
    return {name: found[name] for name in _names_of(type(paper))}


def _flat(paper: Result) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for field in fields(paper):
        value: Any = getattr(paper, field.name)
        if isinstance(value, Parent | Spouse):
            found += [(f"{field.name}_{one.name}", _text(one.name, getattr(value, one.name))) for one in fields(value)]
        elif field.name == "amendments":
            found.append(("notes", "\n".join(_note(each) for each in value)))
        else:
            found.append((field.name, _text(field.name, value)))
    return found


def _text(name: str, value: object) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return str(value).upper() if name in _NAMES else str(value)


def _note(note: Amendment) -> str:
    """As a copy words it: a note is never left out, not even on a phôi (TT 04/2020 Đ23)."""
    basis = f" (căn cứ: {note.basis})" if note.basis else ""
    signer = f", người ký: {note.signer_name}" if note.signer_name else ""
    return f"{note.text}{basis}, ghi chú ngày {note.on:%d/%m/%Y}{signer}."


_NOT_PRINTED = frozenset(
    {"office", "emblem", "signs_as", "certificate_id", "is_preview", "year", "extracted_from", "issued_on"}
)


def _names_of(paper: type) -> frozenset[str]:
    """The values that a form has a box for."""
    names: set[str] = {"signer_title", "notes"} | ({"place_date"} if paper is BirthCopy else set())
    for field in fields(paper):
        if field.type in {"Parent", "Spouse"}:
            part = Parent if field.type == "Parent" else Spouse
            names |= {f"{field.name}_{one.name}" for one in fields(part)}
        elif field.name != "amendments":
            names.add(field.name)
    return frozenset(names - _NOT_PRINTED)
