"""Drafts for faulty requests, and the required form of a refusal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import httpx

from tests.e2e.api import Api, Phone, accepted
from tests.e2e.birth import PROCEDURE, photograph, whole_form

WARD, SLUG = "20248", "nam-duong"
NEIGHBOUR, NEIGHBOUR_SLUG = "20242", "phuoc-ninh"
APPLICANT, NEIGHBOUR_APPLICANT = "0905209303", "0905206303"
PROBLEMS = "https://caunoi.vn/problems/"
VIETNAMESE = re.compile("[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE)


@dataclass(frozen=True)
class Draft:
    """A citizen's complete draft that is not yet filed. `path` is that of the API."""

    citizen: Api
    path: str

    def read(self) -> dict[str, Any]:
        """The dossier as its applicant sees it, without the messages that go out meanwhile."""
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


def begin(
    citizen: Api,
    *,
    ward: str = WARD,
    procedure: str = PROCEDURE,
    form: dict[str, Any] | None = None,
    papers: bool = True,
) -> Draft:
    """A draft with a form saved, and a photograph of each paper that the answer to it asks for."""
    made = citizen.post(f"/wards/{ward}/dossiers", {"procedure": procedure})
    draft = Draft(citizen, f"/wards/{ward}/dossiers/{made['id']}")
    saved = citizen.put(f"{draft.path}/form", form or whole_form())
    for number, kind in enumerate(missing_papers(saved) if papers else []):
        accepted(citizen.upload(draft.path, kind, f"{kind}.jpg", photograph(200 - number)))
    return draft


def missing_papers(dossier: dict[str, Any]) -> list[str]:
    """Kinds of the documents without which a draft is not filed."""
    stopping = [finding["field"] for finding in dossier["findings"] if finding["kind"] == "stops"]
    return [field.removeprefix("documents/") for field in stopping if field.startswith("documents/")]


def refused(answer: httpx.Response, status: int, type: str, *fields: str) -> dict[str, Any]:
    """The problem document of a refusal, whole: RFC 9457, in Vietnamese, with exactly the fields at fault."""
    assert answer.status_code == status, f"{answer.request.method} {answer.request.url}: {answer.text[:1000]}"
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    problem: dict[str, Any] = answer.json()
    assert (problem["type"], problem["status"]) == (PROBLEMS + type, status)
    assert VIETNAMESE.search(problem["title"])
    assert VIETNAMESE.search(problem["detail"])
    assert problem["request_id"]
    told = problem.get("fields", [])
    assert [fault["field"] for fault in told] == list(fields), told
    assert all(VIETNAMESE.search(fault["text"]) for fault in told)
    return problem
