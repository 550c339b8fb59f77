"""Drafts that requests go wrong on, and what a refusal has to look like."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import httpx

from tests.e2e.api import Api, Phone, accepted
from tests.e2e.birth import HOSPITAL_PAPER, PROCEDURE, photograph, whole_form

WARD, SLUG = "20248", "nam-duong"
NEIGHBOUR, NEIGHBOUR_SLUG = "20242", "phuoc-ninh"
APPLICANT, NEIGHBOUR_APPLICANT = "0905209303", "0905206303"
PROBLEMS = "https://caunoi.vn/problems/"
VIETNAMESE = re.compile("[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE)


@dataclass(frozen=True)
class Draft:
    """A draft of a citizen's, whole but for its filing. `path` is that of the API."""

    citizen: Api
    path: str

    def read(self) -> dict[str, Any]:
        """The dossier as its applicant sees it, but for the messages that go out meanwhile."""
        found: dict[str, Any] = self.citizen.get(self.path)
        del found["told"]
        return found

    def confirm(self, phone: Phone) -> dict[str, str]:
        """The body of a submission with the code that came."""
        sent = self.citizen.post(f"{self.path}/confirmations")
        return {"confirmation": sent["confirmation"], "otp": phone.next_code()}

    def file(self, url: str) -> dict[str, Any]:
        """Files it, as the applicant of the tests."""
        filed: dict[str, Any] = self.citizen.post(f"{self.path}/submission", self.confirm(Phone(url, APPLICANT)))
        return filed


def begin(citizen: Api, *, ward: str = WARD, form: dict[str, Any] | None = None, paper: bool = True) -> Draft:
    made = citizen.post(f"/wards/{ward}/dossiers", {"procedure": PROCEDURE})
    draft = Draft(citizen, f"/wards/{ward}/dossiers/{made['id']}")
    citizen.put(f"{draft.path}/form", form or whole_form())
    if paper:
        accepted(citizen.upload(draft.path, HOSPITAL_PAPER, "giay-chung-sinh.jpg", photograph()))
    return draft


def refused(answer: httpx.Response, status: int, type: str, *fields: str) -> dict[str, Any]:
    """The problem document of a refusal, whole: RFC 9457, in Vietnamese, with exactly the fields at fault."""
    assert answer.status_code == status, f"{answer.request.method} {answer.request.url}: {answer.text}"
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    problem: dict[str, Any] = answer.json()
    assert (problem["type"], problem["status"]) == (PROBLEMS + type, status)
    assert VIETNAMESE.search(problem["title"])
    assert VIETNAMESE.search(problem["detail"])
    assert problem["request_id"]
    told = problem.get("fields", [])
    assert [fault["field"] for fault in told] == list(fields)
    assert all(VIETNAMESE.search(fault["text"]) for fault in told)
    return problem
