"""A birth whose father, not married to the mother, recognises his child at the same time."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.unit.dossiers.birth_forms import birth_form
from tests.unit.dossiers.worlds import CATALOGUE, Filing

TODAY = date(2020, 10, 6)
FORM: dict[str, Any] = birth_form() | {
    "parents": {"husband_lately": False},
    "recognition": {
        "evidence": "commitment",
        "first_witness": "Võ Thị Hồng",
        "second_witness": "Đặng Quốc Bảo",
    },
}
FORM["requester"] |= {"relation": "father", "full_name": "Nguyễn Văn Hùng", "identity_number": "048092000123"}
COMBINED = Filing(CATALOGUE.get("1.000689", TODAY), FORM, TODAY)
