"""An agent's authorisation (văn bản ủy quyền): who has signed it, and whether it has to be certified (TT 04/2020 Đ2).

The forms in use have no field for the principal, so the officer reads the paper.
"""

from __future__ import annotations

from services.dossiers.domain.checking import ask_officer
from services.dossiers.domain.findings import Finding

ARTICLE = "TT 04/2020 Đ2"
#: The agents whose authorisation need not be certified, as the principal's kin.
KIN = "ông, bà, cha, mẹ, con, vợ, chồng, anh, chị, em ruột"


def needed_from(principal: str = "") -> str:
    """What the agent is told; `principal`: who authorises, in Vietnamese."""
    of = f" của {principal}" if principal else ""
    return f"Cần văn bản ủy quyền{of}, có chứng thực. Nếu ông/bà là {KIN} của người ủy quyền thì không cần chứng thực."


def look_into(field: str, check: str, principal: str, *, is_kin: bool | None = None) -> Finding:
    """What the officer looks at in the paper; `is_kin`: whether the form says that the agent is the principal's kin."""
    certified = {
        None: f"có chứng thực, trừ khi người nộp là {KIN} của người ký",
        True: "không cần chứng thực nếu người nộp đúng là người thân đã khai",
        False: "phải có chứng thực",
    }[is_kin]
    text = f"Công chức xem văn bản ủy quyền: người ký phải là {principal}; {certified}."
    return ask_officer(field, check, text, ARTICLE)
