"""Dossiers in every state of interest, made over the API, and every kind of page with who sees it and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.e2e.api import compare_all, sign_in, staff_of
from tests.e2e.birth import HOSPITAL_PAPER, PROCEDURE, whole_form
from tests.e2e.drafts import APPLICANT, SLUG, WARD, Draft, begin

RECEPTIONIST, OFFICER = f"motcua.{SLUG}", f"hotich.{SLUG}"
ADMIN, VOLUNTEER = f"quantri.{SLUG}", f"tinhnguyen.{SLUG}"
NOBODY = ""  # who is not signed in


@dataclass(frozen=True)
class Scene:
    """Ids of dossiers: begun, whole, filed, accepted, asked for a supplement, owing, handed over; codes of the last."""

    begun: str
    whole: str
    filed: str
    accepted: str
    asked: str
    owing: str
    done: str
    code: str
    key: str
    certificate: str


def set_scene(url: str) -> Scene:
    citizen, staff = sign_in(url, APPLICANT), staff_of(url, WARD, SLUG)

    def accept(child: str, **more: Any) -> tuple[Draft, dict[str, Any]]:
        draft = begin(citizen, form=whole_form(child) | more)
        filed = draft.file(url)
        staff.reception.post(f"{draft.path}/acceptance")
        return draft, filed

    done, filed_as = accept("Lê Bảo An")
    staff.officer.post(f"{done.path}/approval", {"personal_identification_number": "048220000321"})
    entry = staff.chairman.post(f"{done.path}/signature")["register_entry"]
    handover = {"recipient_name": "Phạm Thị Hạnh", "register_signed": True}
    compare_all(staff.reception, done.path)
    staff.reception.post(f"{done.path}/handover", handover)
    asked, _ = accept("Lê Phương Thảo")
    items = [
        {"field": "/mother/full_name", "text": "Tên mẹ chưa khớp giấy chứng sinh, xin ghi lại."},
        {"field": f"documents/{HOSPITAL_PAPER}", "text": "Ảnh bị mờ ở góc dưới, xin chụp lại."},
    ]
    staff.officer.post(f"{asked.path}/supplement-request", {"items": items, "reason": "Còn hai chỗ cần xem lại."})
    accepted, _ = accept("Lê Gia Bảo")
    owing, _ = accept("Lê Bảo Châu", copies={"wanted": True, "count": 2})
    filed = begin(citizen, form=whole_form("Lê Minh Khôi"))
    filed.file(url)
    whole = begin(citizen, form=whole_form("Lê Hoàng Phúc"))
    begun = begin(citizen, form={"requester": whole_form()["requester"]}, papers=False)
    return Scene(
        begun=_id(begun),
        whole=_id(whole),
        filed=_id(filed),
        accepted=_id(accepted),
        asked=_id(asked),
        owing=_id(owing),
        done=_id(done),
        code=filed_as["code"],
        key=filed_as["tracking_key"],
        certificate=entry["certificate_id"],
    )


def _id(draft: Draft) -> str:
    return draft.path.rpartition("/")[2]


@dataclass(frozen=True)
class PageKind:
    """A page: who sees it, and its address with the scene's names in braces."""

    name: str
    who: str
    address: str
    status: int = 200

    def path(self, scene: Scene) -> str:
        return self.address.format(**vars(scene))


_WARD, _OWN = f"/phuong/{SLUG}", f"/ho-so/{SLUG}"
PAGES = (
    PageKind("start", NOBODY, "/"),
    PageKind("ward", NOBODY, _WARD),
    PageKind("procedure", NOBODY, f"{_WARD}/thu-tuc/{PROCEDURE}"),
    PageKind("stations", NOBODY, f"{_WARD}/diem-ho-tro"),
    PageKind("timetables", NOBODY, "/lich"),
    PageKind("timetable", NOBODY, f"/lich/{SLUG}"),
    PageKind("timetable-empty", NOBODY, f"/lich/{SLUG}?tuan=2020-10-05"),
    PageKind("open-account", NOBODY, f"{_WARD}/mo-tai-khoan"),
    PageKind("sign-in", NOBODY, "/dang-nhap"),
    PageKind("signed-out", NOBODY, "/da-dang-xuat"),
    PageKind("tracking", NOBODY, "/theo-doi"),
    PageKind("genuine", NOBODY, "/xac-minh/{certificate}"),
    PageKind("not-genuine", NOBODY, f"/xac-minh/{WARD}-AAAAAAAAAAAA", 404),
    PageKind("not-found", NOBODY, "/khong-co-trang-nay", 404),
    PageKind("messages", NOBODY, "/dev/messages?limit=20"),
    PageKind("payments", NOBODY, "/dev/payments"),
    PageKind("start-signed-in", APPLICANT, "/"),
    PageKind("own-dossiers", APPLICANT, "/ho-so"),
    PageKind("own-account", APPLICANT, "/tai-khoan"),
    PageKind("password", APPLICANT, "/tai-khoan/mat-khau"),
    PageKind("consents", APPLICANT, "/toi/dong-y"),
    PageKind("looks", APPLICANT, "/tai-khoan/ai-da-xem"),
    PageKind("overview", APPLICANT, f"{_OWN}/{{begun}}/to-khai"),
    PageKind("one-question", APPLICANT, f"{_OWN}/{{begun}}/to-khai/requester-relation"),
    PageKind("date", APPLICANT, f"{_OWN}/{{whole}}/to-khai/child-birth"),
    PageKind("several-questions", APPLICANT, f"{_OWN}/{{whole}}/to-khai/mother"),
    PageKind("address", APPLICANT, f"{_OWN}/{{whole}}/to-khai/mother-residence"),
    PageKind("documents", APPLICANT, f"{_OWN}/{{whole}}/giay-to/{HOSPITAL_PAPER}"),
    PageKind("check", APPLICANT, f"{_OWN}/{{whole}}/kiem-tra"),
    PageKind("check-unfinished", APPLICANT, f"{_OWN}/{{begun}}/kiem-tra"),
    PageKind("filed", APPLICANT, f"{_OWN}/{{filed}}/da-gui"),
    PageKind("dossier-filed", APPLICANT, f"{_OWN}/{{filed}}"),
    PageKind("dossier-waiting", APPLICANT, f"{_OWN}/{{asked}}"),
    PageKind("dossier-owing", APPLICANT, f"{_OWN}/{{owing}}"),
    PageKind("payment", APPLICANT, f"{_OWN}/{{owing}}/nop-phi"),
    PageKind("dossier-done", APPLICANT, f"{_OWN}/{{done}}"),
    PageKind("supplement", APPLICANT, f"{_OWN}/{{asked}}/bo-sung"),
    PageKind("withdrawal", APPLICANT, f"{_OWN}/{{filed}}/rut"),
    PageKind("forbidden", APPLICANT, "/can-bo", 403),
    PageKind("work-list", RECEPTIONIST, "/can-bo"),
    PageKind("registers", OFFICER, "/can-bo/so-ho-tich"),
    PageKind("books", OFFICER, "/can-bo/cac-quyen-so"),
    PageKind("desk-filed", RECEPTIONIST, "/can-bo/ho-so/{filed}"),
    PageKind("desk-accepted", OFFICER, "/can-bo/ho-so/{accepted}"),
    PageKind("desk-waiting", OFFICER, "/can-bo/ho-so/{asked}"),
    PageKind("desk-owing", RECEPTIONIST, "/can-bo/ho-so/{owing}"),
    PageKind("desk-done", OFFICER, "/can-bo/ho-so/{done}"),
    PageKind("duties", VOLUNTEER, "/tinh-nguyen"),
    PageKind("sheets", VOLUNTEER, "/tinh-nguyen/giay-to"),
    PageKind("sheet", VOLUNTEER, f"/tinh-nguyen/giay-to/{PROCEDURE}"),
    PageKind("administration", ADMIN, "/quan-tri"),
    PageKind("admin-stations", ADMIN, "/quan-tri/diem-ho-tro"),
    PageKind("admin-new-station", ADMIN, "/quan-tri/diem-ho-tro/them"),
    PageKind("admin-week", ADMIN, "/quan-tri/lich"),
    PageKind("admin-new-opening", ADMIN, "/quan-tri/lich/them"),
    PageKind("admin-new-series", ADMIN, "/quan-tri/lich/them-nhieu"),
    PageKind("admin-volunteers", ADMIN, "/quan-tri/tinh-nguyen-vien"),
    PageKind("admin-new-volunteer", ADMIN, "/quan-tri/tinh-nguyen-vien/them"),
    PageKind("admin-devices", ADMIN, "/quan-tri/may"),
    PageKind("admin-new-computer", ADMIN, "/quan-tri/may/them/kiosk"),
    PageKind("admin-new-scanner", ADMIN, "/quan-tri/may/them/scanner"),
    PageKind("admin-phrases", ADMIN, "/quan-tri/cau-soan-san"),
)
