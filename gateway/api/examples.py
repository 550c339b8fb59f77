"""Examples of bodies and answers for the document, made from their schemas.

A member gets the example of its own field, else the first word of its vocabulary, else the example that this module has
for its name. A body whose members depend on one another gets the example of its model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.acts import ACCEPTANCE, EXTENSION, WITHDRAWAL

Schema = Mapping[str, Any]

_BY_FORMAT: Mapping[str, str] = {
    "uuid": "6f0c1d52-9a4e-4a57-8f3b-2b7d0e4c91a6",
    "date": "2020-10-06",
    "date-time": "2020-10-06T09:12:30.000+07:00",
    "uri": "https://caunoi.vn/problems/stale-version",
}
_TOKEN = "eyJhbGciOiJFUzI1NiIsImtpZCI6IjIwMjQ4In0.eyJzdWIiOiI2ZjBjMWQ1MiJ9.Zk3yQ0"  # noqa: S105  of nobody
_SECRET = "q3mQ0bq1c7l0cVxYp0b3n1bR2tq8hJ4mX5wE6uK9sZA"  # noqa: S105  of nobody
#: A member's name → its example, where its own field has none.
_BY_NAME: Mapping[str, Any] = {
    "about_filer": "/mother/full_name",
    "contradicted": "/death/date",
    "prefilled": "/requester/full_name",
    "access_token": _TOKEN,
    "account": "000020248",
    "action": ACCEPTANCE.name,
    "actor": "Bộ phận Một cửa",
    "address": "12 Hoàng Diệu, tổ 7",
    "alone": 31,
    "amount": 16000,
    "answer": "Chưa đăng ký kết hôn với ai.",
    "applicant_account_id": "0f8d7c1e-5b52-4f0a-9d6e-3c1a7b2e4f90",
    "applicant_name": "Trần Thị Mai",
    "article": "Nghị định 123/2015 Điều 15",
    "asked_for": "Giấy chứng sinh",
    "assigned_to": "Lê Văn Dũng",
    "at_handover": "Người yêu cầu đến phường, ký vào sổ và nhận Giấy khai sinh.",
    "bank": "Ngân hàng TMCP Ngoại thương Việt Nam",
    "basis": "Quyết định công nhận thuận tình ly hôn",
    "basis_agency": "Tòa án nhân dân quận Hải Châu, Thẩm phán Nguyễn Văn Bình",
    "basis_number": "45/2020/QĐST-HNGĐ",
    "before_you_start": "Giấy chứng sinh và giấy tờ tùy thân.",
    "birth_date": "1992",
    "book": "01-TP/HT-2020-KS",
    "certificate_id": "20248-k7pm-3xdn-w9h2",
    "change": "b1f6a3de-2c47-49b8-8e15-7d9c0a5e6f23",
    "check": "birth-date",
    "closed_by": "Phạm Quốc Việt, Chủ tịch",
    "code": "009.01.01.H17-201006-0001",
    "condition": "Khi trẻ sinh tại cơ sở y tế",
    "confirmation": "c2a7e4b1-6d38-4f59-a0c6-8e1f7b3d5a42",
    "contact_name": "Nguyễn Thị Hoa",
    "contact_phone": "0905 123 456",
    "count": 2,
    "covered": 12,
    "credential": f"20248.{_SECRET}",
    "cursor": "",
    "death_entry": "7a1e5c90-3b6d-4f28-9c04-e2d8b5f7a613",
    "declaration": "Tôi cam đoan những điều khai trên là đúng sự thật.",
    "delivery_note": "EA123456789VN",
    "detail": "Nội dung này vừa được thay đổi ở nơi khác. Xin mở lại, xem bản mới rồi làm lại.",
    "died_on": "2020-10-08",
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "directions": "Từ cổng chợ rẽ phải, nhà thứ ba.",
    "district": "Quận Hải Châu",
    "document_number": "45/UBND-TP",
    "dossier_id": "3d0a9b7c-41e2-4c68-b5f7-90e1c8a2d634",
    "dossier_page": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "dossier_version": 4,
    "dossiers": 3,
    "duties_ahead": 2,
    "email": "mai@example.vn",
    "entry_id": "7a1e5c90-3b6d-4f28-9c04-e2d8b5f7a613",
    "expires_in": 600,
    "explained_before": "que-quan",
    "explanation": "Nơi sinh của cha hoặc của ông nội.",
    "fee": "Miễn lệ phí khi đăng ký đúng hạn",
    "field": "/child/full_name",
    "fields": "/child/full_name",
    "filename": "giấy chứng sinh.jpg",
    "first_number": 1,
    "from_day": "2013",
    "full_name": "Trần Thị Mai",
    "ground": "",
    "heading": "Ai thấy gì",
    "helped_before": 9,
    "hint": "Bản do bệnh viện cấp.",
    "holder": "UBND phường Nam Dương",
    "households": 40,
    "id": "6f0c1d52-9a4e-4a57-8f3b-2b7d0e4c91a6",
    "identity_number_masked": "•••••••••123",
    "identity_paper": "CMND 201456789",
    "in_short": "Tình nguyện viên không thấy điều ông/bà điền.",
    "issuer": "Ủy ban nhân dân phường Nam Dương",
    "item": "copy",
    "key": "K7QF-2M9X-RT4B",
    "kind": "birth-certificate-of-hospital",
    "kiosk_name": "Máy 1",
    "label": "01-TP/HT-2020-KS",
    "last_number": 214,
    "legal_basis": "Luật Hộ tịch 2014, Điều 16",
    "letter_number": "12/UBND-TP",
    "limit": 50,
    "lines": "Tình nguyện viên thấy ông/bà đang ở câu hỏi nào, và không thấy điều ông/bà điền.",
    "median_days": 12,
    "message": "HT20248K7M2P9QX",
    "minutes": 14,
    "most_pages": 60,
    "name": "Trần Minh Anh",
    "names": "Trần Minh Anh",
    "new_password": "mùa sen hồ Thạc Gián",
    "new_phone_masked": "•••••••888",
    "next_cursor": "MjAyNDgfZTMwLmE",
    "note": "Mang theo giấy tờ tùy thân.",
    "number": 41,
    "officer": "Ngô Thị Hoa",
    "old_phone_masked": "•••••••101",
    "opening_hours": "thứ Hai đến thứ Sáu, 7 giờ 30 đến 11 giờ 30",
    "overdue": 3,
    "owed": 24000,
    "page": "form",
    "pages": 2,
    "paper": "Giấy khai sinh",
    "paper_number": 41,
    "part": "child",
    "password": "sông Hàn mùa nước lớn",
    "people": 8,
    "person": "Trần Văn Nam",
    "personal_identification_number": "048220001234",
    "phone_masked": "•••••••456",
    "place": "Xã Điện Phong, thị xã Điện Bàn",
    "position": 1,
    "posted_number": "EA123456789VN",
    "prepared_by": "Lê Văn Dũng",
    "price": 8000,
    "procedure": "1.001193",
    "procedure_name": "Đăng ký khai sinh",
    "procedure_version": "2020-09-15",
    "proof": _TOKEN,
    "proposed_statement": "Hiện tại chưa đăng ký kết hôn với ai.",
    "province": "Thành phố Đà Nẵng",
    "question": "Tình trạng hôn nhân từ năm 2013 đến năm 2016.",
    "reason": "Tên mẹ chưa khớp giấy chứng sinh; xin ghi lại.",
    "receipt": "BL 0012",
    "recipient": "Ủy ban nhân dân xã Điện Phong",
    "recipient_name": "Trần Thị Mai",
    "recovery": _SECRET,
    "reference": "HT20248K7M2P9QX",
    "refresh_token": f"20248.20248.{_SECRET}",
    "request_id": "8e6c390ab5ae4464a60fee63319cdb76",
    "residential_group": 12,
    "result_name": "Giấy khai sinh",
    "retry_after": 5,
    "returned_because": "Ngày của quyết định chưa đúng.",
    "right_as_it_is": "",
    "role": "civil_status_officer",
    "sequence": 1,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "shown_group": 12,
    "signer_name": "Phạm Quốc Việt",
    "signer_title": "Chủ tịch",
    "printed_on_blank": 1,
    "dx": -15,
    "dy": 20,
    "ministry_number": "0007/KS/2020",
    "by": "Đỗ Tiến Dũng, công chức tư pháp – hộ tịch",
    "changed_by": "Đỗ Tiến Dũng, công chức tư pháp – hộ tịch",
    "since": 1,
    "size": 318204,
    "elsewhere": "",
    "wife_elsewhere_note": "",
    "husband_elsewhere_note": "Công văn 45/UBND ngày 02/10/2020 của Ủy ban nhân dân xã Điện Phong",
    "spouse_elsewhere_text": "Ủy ban nhân dân phường Thanh Bình, số 12/2020, ngày 02/10/2020",
    "source_entry_id": "7a1e5c90-3b6d-4f28-9c04-e2d8b5f7a613",
    "state_text": "đang chờ kết quả",
    "statement": "Hiện tại chưa đăng ký kết hôn với ai.",
    "station_name": "Điểm hỗ trợ Nhà văn hóa tổ 12",
    "station_ward": "20248",
    "status": 409,
    "status_text": "Đang xử lý",
    "steps": "Điền tờ khai và gửi giấy tờ",
    "subject": "dossier:3d0a9b7c-41e2-4c68-b5f7-90e1c8a2d634",
    "supplements": 2,
    "subject_name": "Trần Minh Anh",
    "summary": "Cho trẻ sinh ra tại Việt Nam.",
    "tellable": "/child/full_name",
    "template": "dossier-accepted",
    "term": "Quê quán",
    "text": "Xin ông/bà đọc kỹ câu này.",
    "text_version": "2026-11-28",
    "ticket": _SECRET,
    "time_limit": "Trong ngày",
    "title": "Chưa làm được ở bước này",
    "to": "5e2b8d14-70c3-4a9f-8d61-1f4a9c7e3b05",
    "token": _TOKEN,
    "total": 24000,
    "tracking_key": "K7QF-2M9X-RT4B",
    "trouble": "",
    "turned": 90,
    "until": 6,
    "until_day": "2016",
    "url": "https://pay.example.vn/orders/HT20248K7M2P9QX",
    "username": "lan.nam-duong",
    "link": f"https://caunoi.vn/can-bo/lan-dau/nam-duong#{_SECRET}",
    "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",  # belongs to nobody
    "otpauth_uri": "otpauth://totp/lan.nam-duong?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "recovery_codes": "k7qf2-9xmrt",
    "recovery_codes_left": 10,
    "authenticators": 1,
    "email_masked": "t•••@example.com",
    "roles": "signer",
    "value": "2020-11-11",
    "venue": "Nhà văn hóa tổ 12",
    "verification": "d9c4f2a8-15b7-4e63-a80d-6c3e9b1f7d52",
    "version": 7,
    "vietqr": "00020101021238540010A00000072701240006970436011000002024805303704540524000",
    "volume": 1,
    "volunteer_name": "Trần Thị Lan",
    "waits_for": "phường xem xét",
    "ward": "20248",
    "who": "Ngô Thị Hoa, công chức",
    "withdraws": 0,
    "year": 2020,
}


_SOON = "2020-10-09T17:00:00.000+07:00"
_RUNNING = {
    "status": 4,
    "due_at": _SOON,
    "overdue": False,
    "result_annulled": False,
    "paused_at": None,
    EXTENSION.name: None,
    "verifying_until": None,
}
#: Name of a schema → members whose examples above would contradict one another.
_TOGETHER: Mapping[str, Mapping[str, Any]] = {
    "Certificate": {
        "practice": False,
        "status": "valid",
        "number": "41/2020",
        "valid_until": None,
        "changed_at": None,
        "registration_annulled": False,
        "entry_changed": False,
    },
    "HistoryEntry": {
        "action": "accepted",
        "status": 2,
        "text": "Phường đã tiếp nhận hồ sơ và hẹn ngày giờ trả kết quả.",
    },
    "Dossier": {
        **_RUNNING,
        "result_paper_status": None,
        "result_paper_changed_at": None,
        "verdict": "running",
        "copied_register": None,
        "proposed_statement": "",
        "register_entry": None,
        "verifications": [],
        "actions": [WITHDRAWAL.name],
        "open_captures": [],
        "kept_until": None,
        "reminded_at": None,
    },
    "Tracked": {**_RUNNING, "asked_for": [], "reason": "", "owed": 0},
    "Fee": {"total": 16000},
}


def example_of(schema: Schema, schemas: Mapping[str, Schema], *, body: bool = False) -> Any:
    """An example of what a schema describes. For a `body`, optional members are left out, unless they have an example
    of their own.
    """
    return _example("", schema, schemas, body=body)


def _example(name: str, schema: Schema, schemas: Mapping[str, Schema], *, body: bool) -> Any:
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        referred = schema["$ref"].rpartition("/")[2]
        made = _example(name, schemas[referred], schemas, body=body)
        return made | _TOGETHER[referred] if referred in _TOGETHER else made
    if "enum" in schema:
        return schema["enum"][0] or schema["enum"][1]
    if "anyOf" in schema:
        return _example(name, next(each for each in schema["anyOf"] if each != _NULL), schemas, body=body)
    return _of_type(name, schema, schemas, body=body)


_NULL = {"type": "null"}


def _of_type(name: str, schema: Schema, schemas: Mapping[str, Schema], *, body: bool) -> Any:
    kind = schema.get("type")
    if kind == "object":
        members = schema.get("properties", {})
        shown = [each for each in members if not body or _is_shown(each, schema)]
        return {each: _example(each, members[each], schemas, body=body) for each in shown}
    if kind == "array":
        return [_example(name, schema["items"], schemas, body=body)]
    if kind == "boolean":
        return not schema.get("default", False)
    if "const" in schema:
        return schema["const"]
    if schema.get("format") in _BY_FORMAT:
        return _BY_FORMAT[schema["format"]]
    found = _BY_NAME[name]
    return str(found) if kind == "string" else found


def _is_shown(member: str, schema: Schema) -> bool:
    return member in schema.get("required", ()) or "examples" in schema["properties"][member]
