"""A register entry as lines to read: every member of its content under its Vietnamese name, codes in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.texts import CAPACITIES, REGISTERS, day

#: The names of members, by `group.member` if a group needs its own words, else by member.
LABELS = {
    "register": "Sổ",
    "book": "Quyển số",
    "year": "Năm",
    "number": "Số",
    "registered_on": "Ngày đăng ký",
    "place_of_registration": "Nơi đăng ký",
    "registration_kind": "Hình thức đăng ký",
    "prepared_by": "Người thực hiện",
    "notes": "Ghi chú khi đăng ký",
    "parentage": "Phần cha, mẹ",
    "full_name": "Họ, chữ đệm, tên",
    "title": "Chức vụ",
    "capacity": "Ký với tư cách",
    "birth_date": "Ngày, tháng, năm sinh",
    "birth_date_words": "Ngày sinh ghi bằng chữ",
    "birth_year": "Năm sinh",
    "sex": "Giới tính",
    "ethnicity": "Dân tộc",
    "nationality": "Quốc tịch",
    "place_of_birth": "Nơi sinh",
    "birth_place": "Nơi sinh",
    "home_town": "Quê quán",
    "personal_identification_number": "Số định danh cá nhân",
    "residence": "Nơi cư trú",
    "last_residence": "Nơi cư trú cuối cùng",
    "identity_paper": "Giấy tờ tùy thân",
    "relation": "Quan hệ",
    "marriage_count": "Kết hôn lần thứ",
    "before": "Tình trạng trước khi kết hôn",
    "marriage_established_on": "Ngày xác lập quan hệ hôn nhân",
    "death.date": "Ngày chết",
    "death.at": "Chết lúc",
    "death.at_words": "Chết lúc, ghi bằng chữ",
    "death.place": "Nơi chết",
    "cause_of_death": "Nguyên nhân chết",
    "age_class": "Nhóm tuổi để thống kê",
    "death_paper.kind": "Loại giấy",
    "death_paper.number": "Số",
    "issued_on": "Ngày cấp",
    "issued_by": "Nơi cấp",
    "period.place": "Nơi cư trú",
    "period.from": "Từ ngày",
    "period.to": "Đến ngày",
    "status": "Nội dung xác nhận",
    "for_marriage": "Để đăng ký kết hôn",
    "purpose": "Mục đích sử dụng",
    "marriage_place": "Nơi dự định đăng ký kết hôn",
    "copies": "Số bản",
    "copy_of": "Sao từ sổ",
    "extract": "Loại bản sao",
    "organisation.name": "Tên cơ quan, tổ chức",
    "organisation.address": "Địa chỉ",
    "organisation.reason": "Lý do",
}
GROUPS = {
    "": "Trong sổ",
    "child": "Người được khai sinh",
    "mother": "Mẹ",
    "father": "Cha",
    "wife": "Vợ",
    "husband": "Chồng",
    "deceased": "Người chết",
    "death": "Việc chết",
    "death_paper": "Giấy báo tử hoặc giấy thay giấy báo tử",
    "person": "Người được xác nhận",
    "requester": "Người yêu cầu",
    "period": "Thời gian cư trú được xác nhận",
    "intended_spouse": "Người dự định kết hôn",
    "organisation": "Cơ quan, tổ chức yêu cầu",
    "subject": "Người có tên trong bản sao",
    "signer": "Người ký",
    "source": "Mục được sao",
}
#: Codes in words, by member.
WORDS: Mapping[str, Mapping[str, str]] = {
    "register": REGISTERS,
    "copy_of": REGISTERS,
    "registration_kind": {"on-time": "Đúng hạn", "late": "Đăng ký quá hạn"},
    "capacity": CAPACITIES,
    "parentage": {
        "both": "Ghi cả cha và mẹ",
        "father-unknown": "Chưa ghi phần cha",
        "mother-unknown": "Chưa ghi phần mẹ",
        "both-unknown": "Chưa xác định được cha, mẹ",
        "abandoned": "Trẻ bị bỏ rơi",
    },
    "age_class": {"under-1": "Dưới 1 tuổi", "1-to-4": "Từ 1 đến dưới 5 tuổi"},
}
#: Members that the page shows elsewhere.
ELSEWHERE = {"entry_id", "later_notes"}
UNNAMED = "Mục khác"  # for an entry that a later version has written


@dataclass(frozen=True, slots=True)
class Section:
    """A group of an entry's content: title, and rows of label and text."""

    title: str
    rows: list[tuple[str, str]]


_MONTH = re.compile(r"\d{4}-\d{2}")  # a birth whose day is not known


def sections(content: Mapping[str, Any]) -> list[Section]:
    """The content of an entry, first the members outside its groups; empty members are left out."""
    return [section for section in _sections(content, "", "") if section.rows]


def _sections(members: Mapping[str, Any], group: str, before: str) -> Iterator[Section]:
    shown = {name: value for name, value in members.items() if name not in ELSEWHERE}
    texts = {name: _text(name, value) for name, value in shown.items() if not isinstance(value, Mapping)}
    rows = [(LABELS.get(f"{group}.{name}") or LABELS.get(name, UNNAMED), text) for name, text in texts.items() if text]
    yield Section(before + GROUPS.get(group, UNNAMED), rows)
    for name, value in shown.items():
        if isinstance(value, Mapping):
            yield from _sections(value, name, f"{GROUPS['source']}: " if group == "source" else "")


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    text = "" if value is None else str(value)
    if name == "birth_date" and _MONTH.fullmatch(text):
        return "/".join(reversed(text.split("-")))
    return WORDS.get(name, {}).get(text) or day(text)
