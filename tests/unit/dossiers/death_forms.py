"""A death registration as the son files it: his father died in hospital, two days ago."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.unit.dossiers.worlds import CATALOGUE, Filing

TODAY = date(2020, 10, 6)

FORM: dict[str, Any] = {
    "requester": {
        "relation": "child",
        "full_name": "Nguyễn Văn Bình",
        "residence": "12 Lê Đình Dương, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
        "identity_paper": "citizen-card",
        "identity_number": "048068000123",
        "identity_issued_on": "2018-05-20",
        "identity_issued_by": "Cục Cảnh sát ĐKQL cư trú và DLQG về dân cư",
    },
    "deceased": {
        "full_name": "Nguyễn Văn Thành",
        "sex": "male",
        "birth_date_known": True,
        "birth_date": "1941-05-02",
        "ethnicity": "Kinh",
        "nationality": "vietnamese",
        "lives_in": "this-ward",
        "last_residence": "12 Lê Đình Dương, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng",
        "has_identity_paper": True,
        "identity_paper": "identity-card",
        "identity_number": "200123456",
        "identity_issued_on": "2009-03-12",
        "identity_issued_by": "Công an thành phố Đà Nẵng",
    },
    "death": {
        "date": "2020-10-04",
        "time": "17:30",
        "in_this_ward": False,
        "place": "Bệnh viện Đà Nẵng, 124 Hải Phòng, phường Thạch Thang, quận Hải Châu, thành phố Đà Nẵng",
        "circumstance": "facility",
        "cause": "Nhồi máu cơ tim",
    },
    "death_paper": {"have": True, "number": "112/GBT", "issued_on": "2020-10-04", "issued_by": "Bệnh viện Đà Nẵng"},
    "exemption": {"kind": "none"},
    "copies": {"wanted": True, "count": 3},
    "declaration": {"truthful": True},
}

DEATH = Filing(CATALOGUE.get("1.000656", TODAY), FORM, TODAY)

#: He died at home in the ward, of old age: the ward issues no giấy báo tử.
AT_HOME_HERE = {"/death/circumstance": "elsewhere", "/death/in_this_ward": True, "/death_paper/have": False}
#: He died long ago, and nobody remembers the day.
DEATH_YEAR_ONLY = {
    "/death/circumstance": "long-ago",
    "/death/date": None,
    "/death/time": None,
    "/death/year": 1968,
    "/death_paper/issued_on": "1970-05-02",
}
#: The police found a body that nobody knows.
UNIDENTIFIED = {
    "/requester/relation": "unidentified",
    "/death/circumstance": "accident",
    "/death/in_this_ward": True,
    "/deceased": {},
}
#: Only the year of birth of the deceased is known.
YEAR_ONLY = {"/deceased/birth_date_known": False, "/deceased/birth_date": None, "/deceased/birth_year": 1941}
