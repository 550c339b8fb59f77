"""A birth to be registered: the form filled over several saves, and the photographed giấy chứng sinh."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

from PIL import Image

PROCEDURE = "1.001193"
HOSPITAL_PAPER = "birth-certificate-of-hospital"


def saves(child: str = "Lê Minh Khôi", born: date | None = None) -> list[dict[str, Any]]:
    """The answers of a grandmother, sitting by sitting; merged, they are a complete form."""
    birth_date = (born or date.today() - timedelta(days=20)).isoformat()
    lives = {"lives_in": "this-ward", "residence": "K45/7 Lê Đình Dương, phường Nam Dương, quận Hải Châu, Đà Nẵng"}
    return [
        {
            "requester": {
                "relation": "grandparent",
                "full_name": "Nguyễn Thị Sáu",
                "residence": "Số 12 Lê Đình Dương, phường Nam Dương, quận Hải Châu, Đà Nẵng",
                "identity_paper": "citizen-card",
                "identity_number": "048155091001",
                "identity_issued_on": "2018-05-14",
                "identity_issued_by": "Cục Cảnh sát quản lý hành chính về trật tự xã hội",
            }
        },
        {
            "child": {
                "situation": "usual",
                "full_name": child,
                "birth_date": birth_date,
                "sex": "male",
                "birth_paper": "hospital",
                "birth_paper_number": "0315",
                "ethnicity": "Kinh",
                "nationality": "vietnamese",
                "home_town": "Xã Điện Hòa, thị xã Điện Bàn, tỉnh Quảng Nam",
            },
            "birth_place": {
                "kind": "facility",
                "facility": "Bệnh viện Phụ sản – Nhi Đà Nẵng",
                "address": "402 Lê Văn Hiến, phường Khuê Mỹ, quận Ngũ Hành Sơn, Đà Nẵng",
            },
        },
        {
            "mother": {
                "known": True,
                "full_name": "Phạm Thị Hạnh",
                "birth_year": 1992,
                "ethnicity": "Kinh",
                "nationality": "vietnamese",
                **lives,
            },
            "father": {
                "known": True,
                "full_name": "Lê Văn Hậu",
                "birth_year": 1988,
                "ethnicity": "Kinh",
                "nationality": "vietnamese",
                **lives,
            },
            "parents": {"married": True, "married_before_birth": True, "married_on": "2018-03-02"},
        },
        {"copies": {"wanted": False}, "declaration": {"truthful": True}},
    ]


def whole_form(child: str = "Lê Minh Khôi", born: date | None = None) -> dict[str, Any]:
    return {name: value for part in saves(child, born) for name, value in part.items()}


def practice_form(child: str) -> dict[str, Any]:
    """A complete form without the province of the home town: the office of the practice ward asks for it."""
    form = whole_form(child)
    form["child"]["home_town"] = "Xã Điện Hòa, thị xã Điện Bàn"
    return form


def photograph(tint: int = 200) -> bytes:
    """A JPEG as a phone takes it, with the place where it was taken in its EXIF data."""
    image = Image.effect_noise((1200, 900), 40).convert("RGB")
    image.paste((tint, tint, 220), (100, 100, 1100, 800))
    exif = Image.Exif()
    exif[0x010F] = "Phone"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (16.0, 3.0, 40.0)
    content = io.BytesIO()
    image.save(content, "JPEG", quality=85, exif=exif)
    return content.getvalue()
