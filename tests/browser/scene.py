"""Dossiers in every state of interest, made over the API, and every kind of page with who sees it and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.chassis.clock import SystemClock, today_in_vietnam
from tests.browser.guiding import VOLUNTEER, station
from tests.e2e.api import Api, accepted, compare_all, sign, sign_in, staff_of
from tests.e2e.birth import HOSPITAL_PAPER, PROCEDURE, photograph, whole_form
from tests.e2e.drafts import APPLICANT, SLUG, WARD, Draft, begin

RECEPTIONIST, OFFICER, SIGNER = (f"{name}.{SLUG}" for name in ("motcua", "hotich", "chutich"))
ADMIN = f"quantri.{SLUG}"
#: People of the applicant's ward: one who lives with the applicant, and one who is in no household.
RELATIVE, ALONE = "0905209101", "0905209202"
NOBODY = ""  # who is not signed in
#: Where somebody sits: at home, at a station's computer, or in a guided session there.
PRACTICE = "tap-thu"  # slug of the practice ward
HOME, KIOSK, GUIDED = "home", "kiosk", "guided"


@dataclass
class Scene:
    """Ids of dossiers: begun, whole, filed, accepted, asked for a supplement, owing, ready to be signed, handed over;
    codes of the last.

    Of captures: with pages, jammed, waiting for a phone. Of a station: its parts. `session` is known once somebody is
    guided.
    """

    begun: str
    whole: str
    filed: str
    accepted: str
    asked: str
    owing: str
    ready: str
    done: str
    code: str
    key: str
    certificate: str
    entry: str
    document: str
    paper: str
    taken: str
    capture: str
    page: str
    stuck: str
    jammed: str
    awaited: str
    phone: str
    station: str
    day: str
    opening: str
    duty: str
    device: str
    phrase: str
    volunteer: str
    member: str
    year: str
    account: str
    relative: str
    session: str = ""


def set_scene(url: str) -> Scene:
    citizen, staff = sign_in(url, APPLICANT), staff_of(url, WARD, SLUG)

    def accept(child: str, **more: Any) -> tuple[Draft, dict[str, Any]]:
        draft = begin(citizen, form=whole_form(child) | more)
        filed = draft.file(url)
        staff.reception.post(f"{draft.path}/acceptance")
        return draft, filed

    done, filed_as = accept("Lê Bảo An")
    staff.officer.post(f"{done.path}/approval", {"personal_identification_number": "048220000321"})
    entry = sign(staff.chairman, done.path)["register_entry"]
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
    ready, _ = accept("Lê Khánh Chi")
    staff.officer.post(f"{ready.path}/approval", {"note": "Đã đối chiếu giấy chứng sinh."})
    owing, _ = accept("Lê Bảo Châu", copies={"wanted": True, "count": 2})
    filed = begin(citizen, form=whole_form("Lê Minh Khôi"))
    filed.file(url)
    whole = begin(citizen, form=whole_form("Lê Hoàng Phúc"))
    begun = begin(citizen, form={"requester": whole_form()["requester"]}, papers=False)
    taken, stuck, awaited = (begin(citizen, papers=False) for _ in range(3))
    capture, jammed = take(url, taken, 2), take(url, stuck, 1, "jammed")
    phone = citizen.post(f"{awaited.path}/captures", {"kind": HOSPITAL_PAPER, "source": "phone"})["capture"]["id"]
    here = station(url)
    duty = here.running_duty()
    return Scene(
        begun=_id(begun),
        whole=_id(whole),
        filed=_id(filed),
        accepted=_id(accepted),
        asked=_id(asked),
        owing=_id(owing),
        ready=_id(ready),
        done=_id(done),
        code=filed_as["code"],
        key=filed_as["tracking_key"],
        certificate=entry["certificate_id"],
        entry=entry["id"],
        document=whole.read()["documents"][0]["id"],
        paper=accepted.read()["documents"][0]["id"],
        taken=_id(taken),
        capture=capture,
        page=citizen.get(f"{taken.path}/captures/{capture}")["pages"][0]["id"],
        stuck=_id(stuck),
        jammed=jammed,
        awaited=_id(awaited),
        phone=phone,
        station=here.id,
        day=today_in_vietnam(SystemClock()).isoformat(),
        opening=duty["opening"]["id"],
        duty=duty["id"],
        device=here.add("kiosk", "Máy đang cất")["device"]["id"],
        phrase=here.administrator.get(f"/wards/{WARD}/phrases")["phrases"][0]["id"],
        volunteer=here.administrator.get(f"/wards/{WARD}/volunteers")["volunteers"][0]["id"],
        member=next(
            one["id"]
            for one in here.administrator.get(f"/wards/{WARD}/administration/staff")["staff"]
            if one["username"] == OFFICER
        ),
        year=str(today_in_vietnam(SystemClock()).year),
        account=citizen.get("/me")["id"],
        relative=live_together(citizen, sign_in(url, RELATIVE)),
    )


def live_together(head: Api, other: Api) -> str:
    """Makes a household of two, if they are none yet; returns the id by which the head knows the other."""
    agreed = {"text_version": head.get(f"/wards/{WARD}/consent-text", params={"purpose": "household"})["version"]}
    if head.send("GET", "/me/household").status_code == 404:
        head.post("/me/household", agreed)
        other.post("/me/household/joining", agreed | {"code": head.post("/me/household/codes")["code"]})
    members = head.get("/me/household")["members"]
    return str(next(one["id"] for one in members if not one["is_caller"]))


def take(url: str, draft: Draft, pages: int, fault: str = "") -> str:
    """Takes a paper of the draft as a station's scanner does; returns the capture's id."""
    started = draft.citizen.post(f"{draft.path}/captures", {"kind": HOSPITAL_PAPER, "source": "scanner"})
    scanner = Api(url)
    ticket = {"Authorization": f"Capture {started['ticket']}"}
    for number in range(1, pages + 1):
        page: dict[str, Any] = {"content": photograph(40 * number), "headers": ticket | {"Content-Type": "image/jpeg"}}
        accepted(scanner.send("PUT", f"/wards/{WARD}/captures/pages/{number}", **page))
    scanner.post(f"/wards/{WARD}/captures/end", {"fault": fault}, headers=ticket)
    return str(started["capture"]["id"])


def _id(draft: Draft) -> str:
    return draft.path.rpartition("/")[2]


@dataclass(frozen=True)
class PageKind:
    """A page: who sees it, and its address with the scene's names in braces."""

    name: str
    who: str
    address: str
    status: int = 200
    at: str = HOME

    def path(self, scene: Scene) -> str:
        return self.address.format(**vars(scene))


_WARD, _OWN, _BIRTH = f"/phuong/{SLUG}", f"/ho-so/{SLUG}", f"/phuong/{SLUG}/thu-tuc/{PROCEDURE}"
_OPENING, _HOUSEHOLD = f"{_WARD}/mo-tai-khoan", "/tai-khoan/ho-gia-dinh"
_PAPER = f"giay-to/{HOSPITAL_PAPER}"
PAGES = (
    PageKind("start", NOBODY, "/"),
    PageKind("ward", NOBODY, _WARD),
    PageKind("procedure", NOBODY, _BIRTH),
    PageKind("timetables", NOBODY, "/lich"),
    PageKind("timetable", NOBODY, f"/lich/{SLUG}"),
    PageKind("timetable-empty", NOBODY, f"/lich/{SLUG}?tuan=2020-10-05"),
    PageKind("phone-without-ticket", NOBODY, f"/chup/{SLUG}"),
    PageKind("not-enrolled", NOBODY, "/kiosk"),
    PageKind("enrol", NOBODY, "/kiosk/ghi-danh"),
    PageKind("open-account", NOBODY, _OPENING),
    PageKind("open-account-name", NOBODY, f"{_OPENING}/ho-ten"),
    PageKind("open-account-birth", NOBODY, f"{_OPENING}/ngay-sinh"),
    PageKind("open-account-paper", NOBODY, f"{_OPENING}/loai-giay-to"),
    PageKind("open-account-phone", NOBODY, f"{_OPENING}/dien-thoai"),
    PageKind("open-account-check", NOBODY, f"{_OPENING}/kiem-tra"),
    PageKind("sign-in", NOBODY, "/dang-nhap"),
    PageKind("forgotten", NOBODY, "/quen-mat-khau"),
    PageKind("first-administrator", NOBODY, f"/quan-tri/lan-dau/{SLUG}"),
    PageKind("staff-link", NOBODY, f"/can-bo/lan-dau/{SLUG}"),
    PageKind("signed-out", NOBODY, "/da-dang-xuat"),
    PageKind("tracking", NOBODY, "/theo-doi"),
    PageKind("practice", NOBODY, "/tap-thu"),
    PageKind("practice-procedure", NOBODY, f"/phuong/{PRACTICE}/thu-tuc/{PROCEDURE}"),
    PageKind("genuine", NOBODY, "/xac-minh/{certificate}"),
    PageKind("genuine-as-printed", NOBODY, "/gt/{certificate}"),
    PageKind("not-genuine", NOBODY, f"/xac-minh/{WARD}-AAAAAAAAAAAA", 404),
    PageKind("not-found", NOBODY, "/khong-co-trang-nay", 404),
    PageKind("messages", NOBODY, "/dev/messages?limit=20"),
    PageKind("payments", NOBODY, "/dev/payments"),
    PageKind("look", NOBODY, "/dev/giao-dien"),
    PageKind("start-signed-in", APPLICANT, "/"),
    PageKind("own-dossiers", APPLICANT, "/ho-so"),
    PageKind("own-account", APPLICANT, "/tai-khoan"),
    PageKind("password", APPLICANT, "/tai-khoan/mat-khau"),
    PageKind("change-phone", APPLICANT, "/tai-khoan/dien-thoai"),
    PageKind("change-email", APPLICANT, "/tai-khoan/thu-dien-tu"),
    PageKind("change-address", APPLICANT, "/tai-khoan/noi-o"),
    PageKind("household", APPLICANT, _HOUSEHOLD),
    PageKind("household-code", APPLICANT, f"{_HOUSEHOLD}/ma"),
    PageKind("household-group", APPLICANT, f"{_HOUSEHOLD}/to-dan-pho"),
    PageKind("household-leave", APPLICANT, f"{_HOUSEHOLD}/roi"),
    PageKind("household-remove", APPLICANT, f"{_HOUSEHOLD}/thanh-vien/{{relative}}/moi-ra"),
    PageKind("household-hand-over", APPLICANT, f"{_HOUSEHOLD}/thanh-vien/{{relative}}/giao"),
    PageKind("household-member", RELATIVE, _HOUSEHOLD),
    PageKind("no-household", ALONE, _HOUSEHOLD),
    PageKind("household-start", ALONE, f"{_HOUSEHOLD}/bat-dau"),
    PageKind("household-join", ALONE, f"{_HOUSEHOLD}/vao"),
    PageKind("consents", APPLICANT, "/toi/dong-y"),
    PageKind("guidance-elsewhere", APPLICANT, "/huong-dan"),
    PageKind("looks", APPLICANT, "/tai-khoan/ai-da-xem"),
    PageKind("own-learning", APPLICANT, "/tai-khoan/tu-lam"),
    PageKind("overview", APPLICANT, f"{_OWN}/{{begun}}/to-khai"),
    PageKind("one-question", APPLICANT, f"{_OWN}/{{begun}}/to-khai/requester-relation"),
    PageKind("date", APPLICANT, f"{_OWN}/{{whole}}/to-khai/child-birth"),
    PageKind("several-questions", APPLICANT, f"{_OWN}/{{whole}}/to-khai/mother"),
    PageKind("address", APPLICANT, f"{_OWN}/{{whole}}/to-khai/mother-residence"),
    PageKind("documents", APPLICANT, f"{_OWN}/{{whole}}/{_PAPER}"),
    PageKind("check", APPLICANT, f"{_OWN}/{{whole}}/kiem-tra"),
    PageKind("check-unfinished", APPLICANT, f"{_OWN}/{{begun}}/kiem-tra"),
    PageKind("document", APPLICANT, f"{_OWN}/{{whole}}/tep/{{document}}/xem"),
    PageKind("receipt", APPLICANT, f"{_OWN}/{{accepted}}/ban-giay/receipt/xem"),
    PageKind("tray", APPLICANT, f"{_OWN}/{{taken}}/{_PAPER}/trang/{{capture}}"),
    PageKind("one-page", APPLICANT, f"{_OWN}/{{taken}}/{_PAPER}/trang/{{capture}}/{{page}}"),
    PageKind("tray-jammed", APPLICANT, f"{_OWN}/{{stuck}}/{_PAPER}/trang/{{jammed}}"),
    PageKind("tray-waiting", APPLICANT, f"{_OWN}/{{awaited}}/{_PAPER}/trang/{{phone}}"),
    PageKind("filed", APPLICANT, f"{_OWN}/{{filed}}/da-gui"),
    PageKind("dossier-filed", APPLICANT, f"{_OWN}/{{filed}}"),
    PageKind("dossier-waiting", APPLICANT, f"{_OWN}/{{asked}}"),
    PageKind("dossier-owing", APPLICANT, f"{_OWN}/{{owing}}"),
    PageKind("payment", APPLICANT, f"{_OWN}/{{owing}}/nop-phi"),
    PageKind("dossier-done", APPLICANT, f"{_OWN}/{{done}}"),
    PageKind("supplement", APPLICANT, f"{_OWN}/{{asked}}/bo-sung"),
    PageKind("delete-draft", APPLICANT, f"{_OWN}/{{begun}}/xoa"),
    PageKind("withdrawal", APPLICANT, f"{_OWN}/{{filed}}/rut"),
    PageKind("forbidden", APPLICANT, "/can-bo", 403),
    PageKind("work-list", RECEPTIONIST, "/can-bo"),
    PageKind("work-list-queue", OFFICER, "/can-bo?viec=to-decide"),
    PageKind("work-list-of-who-has-two-roles", SIGNER, "/can-bo?viec=to-sign&nguoi=none"),
    PageKind("registers", OFFICER, "/can-bo/so-ho-tich"),
    PageKind("books", OFFICER, "/can-bo/cac-quyen-so"),
    PageKind("blanks", OFFICER, "/can-bo/phoi"),
    PageKind("desk-filed", RECEPTIONIST, "/can-bo/ho-so/{filed}"),
    PageKind("desk-accepted", OFFICER, "/can-bo/ho-so/{accepted}"),
    PageKind("desk-waiting", OFFICER, "/can-bo/ho-so/{asked}"),
    PageKind("desk-owing", RECEPTIONIST, "/can-bo/ho-so/{owing}"),
    PageKind("desk-done", OFFICER, "/can-bo/ho-so/{done}"),
    PageKind("desk-beside", OFFICER, "/can-bo/ho-so/{accepted}?tep={paper}"),
    PageKind("desk-received", RECEPTIONIST, "/can-bo/ho-so/{accepted}/xong/acceptance"),
    PageKind("signing", SIGNER, "/can-bo/ho-so/{ready}/ky"),
    PageKind("counter", RECEPTIONIST, "/can-bo/nhan-ho-so"),
    PageKind("counter-by-post", RECEPTIONIST, "/can-bo/nhan-ho-so?channel=post"),
    PageKind("find-account", RECEPTIONIST, "/can-bo/tai-khoan"),
    PageKind("account-at-desk", RECEPTIONIST, "/can-bo/tai-khoan/{account}"),
    PageKind("see-original", RECEPTIONIST, "/can-bo/tai-khoan/{account}/xac-nhan"),
    PageKind("replace-phone", OFFICER, "/can-bo/tai-khoan/{account}/doi-dien-thoai"),
    PageKind("new-identity-paper", RECEPTIONIST, "/can-bo/tai-khoan/{account}/giay-to-moi"),
    PageKind("close-account", OFFICER, "/can-bo/tai-khoan/{account}/dong"),
    PageKind("entry", OFFICER, "/can-bo/so-ho-tich/muc/{entry}"),
    PageKind("close-book", SIGNER, "/can-bo/cac-quyen-so/birth/{year}/khoa/nam"),
    PageKind("administration", ADMIN, "/quan-tri"),
    PageKind("second-factors", ADMIN, "/tai-khoan/xac-thuc"),
    PageKind("new-second-factor", ADMIN, "/tai-khoan/xac-thuc/them"),
    PageKind("new-recovery-codes", ADMIN, "/tai-khoan/xac-thuc/ma-du-phong"),
    PageKind("admin-staff", ADMIN, "/quan-tri/can-bo"),
    PageKind("admin-new-member", ADMIN, "/quan-tri/can-bo/them"),
    PageKind("admin-member", ADMIN, "/quan-tri/can-bo/{member}"),
    PageKind("admin-end-member", ADMIN, "/quan-tri/can-bo/{member}/thoi-viec"),
    PageKind("admin-new-link", ADMIN, "/quan-tri/can-bo/{member}/lien-ket"),
    PageKind("admin-lost-factor", ADMIN, "/quan-tri/can-bo/{member}/xac-thuc"),
    PageKind("admin-stations", ADMIN, "/quan-tri/diem-ho-tro"),
    PageKind("admin-new-station", ADMIN, "/quan-tri/diem-ho-tro/them"),
    PageKind("admin-week", ADMIN, "/quan-tri/lich"),
    PageKind("admin-new-opening", ADMIN, "/quan-tri/lich/them"),
    PageKind("admin-new-series", ADMIN, "/quan-tri/lich/them-nhieu"),
    PageKind("admin-volunteers", ADMIN, "/quan-tri/tinh-nguyen-vien"),
    PageKind("admin-new-volunteer", ADMIN, "/quan-tri/tinh-nguyen-vien/them"),
    PageKind("admin-duties", ADMIN, "/quan-tri/tinh-nguyen-vien/{volunteer}/truc"),
    PageKind("admin-new-password", ADMIN, "/quan-tri/tinh-nguyen-vien/{volunteer}/mat-khau"),
    PageKind("admin-devices", ADMIN, "/quan-tri/may"),
    PageKind("admin-new-computer", ADMIN, "/quan-tri/may/them/kiosk"),
    PageKind("admin-new-scanner", ADMIN, "/quan-tri/may/them/scanner"),
    PageKind("admin-phrases", ADMIN, "/quan-tri/cau-soan-san"),
    PageKind("admin-report", ADMIN, "/quan-tri/bao-cao"),
    PageKind("admin-questions", ADMIN, "/quan-tri/bao-cao/cau-hoi"),
    PageKind("admin-station", ADMIN, "/quan-tri/diem-ho-tro/{station}"),
    PageKind("admin-close-station", ADMIN, "/quan-tri/diem-ho-tro/{station}/dong"),
    PageKind("admin-opening", ADMIN, "/quan-tri/lich/{day}/{opening}"),
    PageKind("admin-cancel-opening", ADMIN, "/quan-tri/lich/{day}/{opening}/huy"),
    PageKind("admin-take-off-duty", ADMIN, "/quan-tri/lich/{day}/{opening}/truc/{duty}/thoi"),
    PageKind("admin-new-code", ADMIN, "/quan-tri/may/{device}/ma-moi"),
    PageKind("admin-revoke", ADMIN, "/quan-tri/may/{device}/thu-hoi"),
    PageKind("admin-phrase", ADMIN, "/quan-tri/cau-soan-san/{phrase}"),
    PageKind("admin-retire-phrase", ADMIN, "/quan-tri/cau-soan-san/{phrase}/bo"),
    PageKind("duties", VOLUNTEER, "/tinh-nguyen"),
    PageKind("sheets", VOLUNTEER, "/tinh-nguyen/giay-to"),
    PageKind("sheet", VOLUNTEER, f"/tinh-nguyen/giay-to/{PROCEDURE}"),
    PageKind("kiosk-start", NOBODY, "/kiosk", at=KIOSK),
    PageKind("kiosk-ward", NOBODY, _WARD, at=KIOSK),
    PageKind("kiosk-procedure", NOBODY, _BIRTH, at=KIOSK),
    PageKind("kiosk-sign-in", NOBODY, "/dang-nhap", at=KIOSK),
    PageKind("kiosk-forgotten", NOBODY, "/quen-mat-khau", at=KIOSK),
    PageKind("kiosk-open-account", NOBODY, _OPENING, at=KIOSK),
    PageKind("kiosk-open-account-paper", NOBODY, f"{_OPENING}/loai-giay-to", at=KIOSK),
    PageKind("kiosk-open-account-phone", NOBODY, f"{_OPENING}/dien-thoai", at=KIOSK),
    PageKind("kiosk-open-account-check", NOBODY, f"{_OPENING}/kiem-tra", at=KIOSK),
    PageKind("kiosk-practice", NOBODY, "/tap-thu", at=KIOSK),
    PageKind("kiosk-tracking", NOBODY, "/theo-doi", at=KIOSK),
    PageKind("kiosk-enrol", NOBODY, "/kiosk/ghi-danh", at=KIOSK),
    PageKind("kiosk-offline", NOBODY, "/kiosk/mat-mang", at=KIOSK),
    PageKind("kiosk-start-signed-in", APPLICANT, "/kiosk", at=KIOSK),
    PageKind("kiosk-leave", APPLICANT, "/kiosk/ket-thuc", at=KIOSK),
    PageKind("kiosk-own-dossiers", APPLICANT, "/ho-so", at=KIOSK),
    PageKind("kiosk-own-account", APPLICANT, "/tai-khoan", at=KIOSK),
    PageKind("kiosk-household", APPLICANT, _HOUSEHOLD, at=KIOSK),
    PageKind("kiosk-household-code", APPLICANT, f"{_HOUSEHOLD}/ma", at=KIOSK),
    PageKind("kiosk-consents", APPLICANT, "/toi/dong-y", at=KIOSK),
    PageKind("kiosk-overview", APPLICANT, f"{_OWN}/{{begun}}/to-khai", at=KIOSK),
    PageKind("kiosk-choice", APPLICANT, f"{_OWN}/{{begun}}/to-khai/requester-relation", at=KIOSK),
    PageKind("kiosk-date", APPLICANT, f"{_OWN}/{{whole}}/to-khai/child-birth?cau=1", at=KIOSK),
    PageKind("kiosk-text", APPLICANT, f"{_OWN}/{{whole}}/to-khai/mother?cau=3", at=KIOSK),
    PageKind("kiosk-documents", APPLICANT, f"{_OWN}/{{whole}}/{_PAPER}", at=KIOSK),
    PageKind("kiosk-document", APPLICANT, f"{_OWN}/{{whole}}/tep/{{document}}/xem", at=KIOSK),
    PageKind("kiosk-without-scanner", APPLICANT, f"{_OWN}/{{whole}}/{_PAPER}/quet", at=KIOSK),
    PageKind("kiosk-tray", APPLICANT, f"{_OWN}/{{taken}}/{_PAPER}/trang/{{capture}}", at=KIOSK),
    PageKind("kiosk-one-page", APPLICANT, f"{_OWN}/{{taken}}/{_PAPER}/trang/{{capture}}/{{page}}", at=KIOSK),
    PageKind("kiosk-check", APPLICANT, f"{_OWN}/{{whole}}/kiem-tra", at=KIOSK),
    PageKind("kiosk-filed", APPLICANT, f"{_OWN}/{{filed}}/da-gui", at=KIOSK),
    PageKind("kiosk-dossier", APPLICANT, f"{_OWN}/{{filed}}", at=KIOSK),
    PageKind("kiosk-consent", APPLICANT, "/huong-dan", at=KIOSK),
    PageKind("guided-here", APPLICANT, "/huong-dan", at=GUIDED),
    PageKind("guided-choice", APPLICANT, f"{_OWN}/{{begun}}/to-khai/requester-relation", at=GUIDED),
    PageKind("guided-documents", APPLICANT, f"{_OWN}/{{whole}}/{_PAPER}", at=GUIDED),
    PageKind("guided-check", APPLICANT, f"{_OWN}/{{begun}}/kiem-tra", at=GUIDED),
    PageKind("guiding", VOLUNTEER, "/tinh-nguyen/buoi/{session}", at=GUIDED),
    PageKind("guiding-duties", VOLUNTEER, "/tinh-nguyen", at=GUIDED),
)
#: Pages that only a form leads to: address → the name under which a story tries it with `usable`.
IN_STORIES = {
    "/ho-so/{slug}/{id}/ma-xac-nhan": "confirmation",
    "/phuong/{slug}/mo-tai-khoan/mat-khau": "password of an account",
    "/phuong/{slug}/mo-tai-khoan/ma-xac-nhan": "activation",
    "/phuong/{slug}/mo-tai-khoan/xong": "account opened",
    "/dang-nhap/mat-khau-moi": "first password",
    "/dang-nhap/xac-thuc": "second step of signing in",
    "/dang-nhap/thiet-lap": "second factor to set up",
    "/dang-nhap/thiet-lap/xong": "authenticator to connect",
    "/quen-mat-khau/ma-xac-nhan": "recovery",
    "/tai-khoan/dien-thoai/ma-xac-nhan": "codes to both phones",
    "/can-bo/tai-khoan/{id}/ma-xac-nhan": "code to the new phone",
    "/tai-khoan/xac-thuc/{id}/go": "removing a second factor",
    "/tap-thu/xong/{id}": "end of a practice",
    "/tap-thu/thoi": "leaving a practice",
}
#: Addresses that a browser shows within a page or as a file, or from which it is sent on.
NO_PAGES = {
    "/phuong": "leads to a ward's page",
    "/phuong/{slug}/diem-ho-tro": "leads to the timetable",
    "/lich/{slug}.ics": "a calendar",
    "/kiosk-worker.js": "a script",
    "/huong-dan/phan": "a part of pages",
    "/tai-khoan/phien": "how long somebody stays signed in, for the pages' script",
    "/tap-thu/dien-thoai": "a part of pages",
    "/tinh-nguyen/buoi/{id}/phan": "a part of a page",
    "/ho-so/{slug}/{id}/giay-to": "leads to the first paper",
    "/ho-so/{slug}/{id}/giay-to/{kind}/trang/{capture}/moi": "a part of a page",
    "/ho-so/{slug}/{id}/trang/{capture}/{page}": "a picture",
    "/ho-so/{slug}/{id}/tep/{document}": "a file",
    "/ho-so/{slug}/{id}/ban-giay/{kind}": "a file",
    "/can-bo/cac-quyen-so/{register}/{year}/quyen/{volume}": "a file",
    "/can-bo/phoi/{blank}/trang-chinh": "a file",
    "/ho-so/{slug}/{id}/tep/{document}/khung": "a part of a page",
    "/can-bo/ky": "leads to the next dossier that waits; where none does, tests/unit/gateway_pages tries it",
    "/can-bo/ho-so/{id}/doi-chieu/{kind}": "leads to the dossier",
    "/can-bo/ho-so/{id}/tra-noi-cu-tru": "leads to the dossier",
    "/can-bo/ho-so/{id}/{act}": "leads to the dossier",
    "/can-bo/ho-so/{id}/ky/{act}": "leads to the paper",
    "/can-bo/so-ho-tich/muc/{id}/so-bo-tu-phap": "leads to the entry",
    "/can-bo/so-ho-tich/muc/{id}/ghi-chu/{proposed_note}/{what}": "leads to the entry",
    "/can-bo/ho-so/{id}/ky/trang/{page}": "a picture",
    "/can-bo/ho-so/{id}/ky/ban-giay": "a file",
}
