"""A dossier of any procedure on its way: what its applicant and the ward's office do with it, step by step."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import Any

import pypdfium2

from tests.e2e.api import Api, Phone, Staff, accepted, compare_all, sign
from tests.e2e.drafts import APPLICANT, WARD, begin
from tests.e2e.forms import MARRY


@dataclass(frozen=True)
class Case:
    """A dossier that was filed. `path` is that of the API; `phone` is its applicant's."""

    url: str
    citizen: Api
    staff: Staff
    phone: Phone
    path: str
    code: str
    key: str

    def read(self) -> dict[str, Any]:
        """As its applicant sees it."""
        found: dict[str, Any] = self.citizen.get(self.path)
        return found

    def at_desk(self) -> dict[str, Any]:
        found: dict[str, Any] = self.staff.officer.get(self.path)
        return found

    def tracked(self) -> dict[str, Any]:
        """As anybody sees it who has its code and key."""
        found: dict[str, Any] = Api(self.url).post("/tracking", {"code": self.code, "key": self.key})
        return found

    def actions(self) -> list[str]:
        return [step["action"] for step in self.citizen.get(f"{self.path}/history")["entries"]]

    def told(self, words: str) -> str:
        """The SMS about this dossier with these words, waiting for it to come."""
        return self.phone.wait_for(f"{self.code}: {words}")["text"]

    # The office

    def accept(self) -> dict[str, Any]:
        found: dict[str, Any] = self.staff.reception.post(f"{self.path}/acceptance")
        return found

    def pay_at_counter(self, receipt: str) -> dict[str, Any]:
        paid: dict[str, Any] = self.staff.reception.post(f"{self.path}/payment", {"receipt": receipt})["dossier"]
        return paid

    def approve(self, **entry: Any) -> dict[str, Any]:
        """Prepares the entry; of a marriage, after somebody has asked about marriages elsewhere."""
        if self.read()["procedure"] == MARRY:
            entry = {"wife_elsewhere": "only-here", "husband_elsewhere": "paper", **entry}
        found: dict[str, Any] = self.staff.officer.post(f"{self.path}/approval", entry)
        return found

    def sign(self, *, register_signed: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = sign(self.staff.chairman, self.path, register_signed=register_signed)
        return found

    def compare(self) -> None:
        compare_all(self.staff.reception, self.path)

    def hand_over(self, **how: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.staff.reception.post(f"{self.path}/handover", how)
        return found

    def registered(self, **entry: Any) -> dict[str, Any]:
        """From the filing to the signature, paid at the counter if there is a fee; returns the register entry."""
        if self.accept()["status"] == 6:
            self.pay_at_counter("BL 0001")
        rules = self.approve(**entry)["handover"]
        entered: dict[str, Any] = self.sign(register_signed=rules["register_signed"] == "at-signature")[
            "register_entry"
        ]
        return entered

    # Papers

    def paper(self, kind: str) -> str:
        """The text of a paper of the dossier, in one line."""
        return text_of(self._pdf(kind))

    def at_desk_paper(self, kind: str) -> str:
        """The text of a paper that only the office has."""
        return text_of(accepted(self.staff.officer.send("GET", f"{self.path}/papers/{kind}")).content)

    def is_what_the_check_knows(self, certificate: str) -> bool:
        """Whether the public check names exactly the file that the applicant has."""
        known: str = verify(self.url, certificate)["sha256"]
        return known == hashlib.sha256(self._pdf("certificate")).hexdigest()

    def _pdf(self, kind: str) -> bytes:
        answer = accepted(self.citizen.send("GET", f"{self.path}/papers/{kind}"))
        assert answer.headers["Content-Type"] == "application/pdf"
        return answer.content


def file(url: str, citizen: Api, staff: Staff, procedure: str, form: dict[str, Any], phone: str = APPLICANT) -> Case:
    """Drafts, fills in, adds the papers that the answer asks for, confirms with the code that comes, and files."""
    draft = begin(citizen, procedure=procedure, form=form)
    hand = Phone(url, phone)
    filed = citizen.post(f"{draft.path}/submission", draft.confirm(hand))
    assert filed["status"] == 1
    return Case(url, citizen, staff, hand, draft.path, filed["code"], filed["tracking_key"])


def text_of(pdf: bytes) -> str:
    """All that is written in a PDF, in one line."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    pages = [page.get_textpage().get_text_range() for page in document]
    return " ".join(" ".join(pages).split())


def verify(url: str, certificate: str) -> dict[str, Any]:
    """The public check of a certificate."""
    found: dict[str, Any] = Api(url).get(f"/verify/{certificate}")
    return found


def find_entry(staff: Staff, register: str, names: str, reason: str, number: int) -> str:
    """Id of the one entry of the ward's register that names and number lead to."""
    body = {"q": names, "number": number, "reason": reason}
    (found,) = staff.officer.post(f"/wards/{WARD}/registers/{register}/searches", body)["entries"]
    return str(found["id"])
