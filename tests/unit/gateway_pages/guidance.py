"""A guided session between the pages of a citizen and of a volunteer, in memory, as accounts keeps it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from caunoi.accounts.v1 import accounts_pb2 as accounts_v1
from caunoi.accounts.v1 import guidance_pb2 as guidance_v1
from caunoi.accounts.v1 import stations_pb2 as stations_v1
from google.protobuf.empty_pb2 import Empty
from google.protobuf.timestamp_pb2 import Timestamp

from gateway.pages import kiosk
from services.accounts.domain.guidance import Place, refuse_values
from services.chassis.grpc.rpc import decoder
from services.chassis.refusal import Kind, Refusal, not_found
from tests.conftest import NAM_DUONG
from tests.unit.gateway.fakes import FakeWards

if TYPE_CHECKING:  # which imports this
    from tests.unit.gateway_pages.conftest import Browser

PRESENCE_KEY = b"known to the citizen alone"
SESSION = "3f0c0a52-7f3e-4f0e-9d0a-0d6f3f6f7a11"
CODE = "407312"
VISIT, CONSENT = "of-the-visit", "5b1c0a52-7f3e-4f0e-9d0a-0d6f3f6f7a22"
TEXT = guidance_v1.ConsentText(
    purpose="guided-session",
    version="2026-11-28",
    title="Nhờ tình nguyện viên hướng dẫn",
    in_short=["Không thấy điều ông/bà điền.", "Ông/bà dừng lúc nào cũng được."],
    parts=[
        guidance_v1.ConsentPart(heading="Tình nguyện viên thấy", lines=["Ông/bà đang ở trang nào.", "Câu còn thiếu."]),
        guidance_v1.ConsentPart(heading="Bao lâu", lines=["Nhiều nhất 30 phút."]),
    ],
)
TERMS = [guidance_v1.Term(key="que-quan", name="Quê quán", explanation="Quê của cha hoặc của mẹ.")]

_place = decoder(Place, guidance_v1.Place.DESCRIPTOR)


def moment(seconds: float = 0) -> Timestamp:
    """So many seconds from now."""
    return Timestamp(seconds=int(time.time() + seconds))


@dataclass
class Guided:
    """The session. `state` and `because` are what the next question finds."""

    wards: FakeWards
    state: str = "waiting"
    because: str = ""
    ended_at: float = 0
    seen: float = 0
    place: guidance_v1.Place = field(default_factory=guidance_v1.Place)
    done: list[guidance_v1.Guidance] = field(default_factory=list)
    before: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        opened = stations_v1.DeviceSession(
            token="of-the-computer",
            expires_in=600,
            device=stations_v1.Device(id="d1", kind="kiosk", name="Máy 1"),
            station=accounts_v1.Station(id="s1", name="Trạm tổ 3"),
        )
        answers: dict[str, Any] = {
            "OpenDeviceSession": opened,
            "GetConsentText": TEXT,
            "OpenVisit": guidance_v1.Visit(token=VISIT, expires_in=3600),
            "ClaimVisit": Empty(),
            "WithdrawConsent": self._withdraw,
            "RequestGuidedSession": lambda _, __: guidance_v1.RequestGuidedSessionResponse(
                session=self.own(), code=CODE
            ),
            "GetOwnGuidedSession": lambda _, __: self.own(),
            "ShowPlace": self._show_place,
            "EndGuidedSession": self._end,
            "NoteGuidedSession": Empty(),
            "ClearKiosk": Empty(),
            "ListScanners": stations_v1.ListScannersResponse(),
            "JoinGuidedSession": self._join,
            "GetGuidedSession": lambda _, __: self.session(),
            "Guide": self._guide,
            "ListTerms": guidance_v1.ListTermsResponse(terms=TERMS),
            "ListGuidedSessions": lambda _, __: guidance_v1.ListGuidedSessionsResponse(
                sessions=[self.session()] if self.state == "open" else []
            ),
        }
        for rpc, answer in answers.items():
            self.wards.answers(rpc, answer)

    def own(self) -> guidance_v1.OwnGuidedSession:
        return guidance_v1.OwnGuidedSession(
            id=SESSION,
            version=1 + len(self.done),
            state=self.state,
            code_expires_at=moment(270),
            ends_at=moment(1500) if self.state != "waiting" else None,
            ended_at=moment(-self.ended_at) if self.state == "ended" else None,
            ended_because=self.because,
            volunteer_name="Phan Thị Chín" if self.state != "waiting" else "",
            guidance=self.done,
            consent_id=CONSENT,
            presence_key=PRESENCE_KEY,
        )

    def session(self) -> guidance_v1.GuidedSession:
        return guidance_v1.GuidedSession(
            id=SESSION,
            version=1 + len(self.done),
            state=self.state,
            station_name="Trạm tổ 3",
            kiosk_name="Máy 1",
            joined_at=moment(-300),
            ends_at=moment(1500),
            ended_because=self.because,
            place=self.place if self.state == "open" else None,
            citizen_seen_at=moment(-self.seen),
            citizen_silent=self.seen > 150,
            guidance=self.done,
            explained_before=self.before,
        )

    def point(self, subject: str) -> None:
        self._add("point", subject)

    def end(self, because: str, seconds_ago: float = 0) -> None:
        self.state, self.because, self.ended_at = "ended", because, seconds_ago

    def asked(self, rpc: str) -> list[Any]:
        """The requests of an RPC so far."""
        return [one.request for one in self.wards.asked if one.rpc == rpc]

    def _add(self, kind: str, subject: str, title: str = "", text: str = "") -> None:
        self.done.append(
            guidance_v1.Guidance(
                sequence=len(self.done) + 1, at=moment(), kind=kind, subject=subject, title=title, text=text
            )
        )

    def _show_place(self, _: str, request: guidance_v1.ShowPlaceRequest) -> guidance_v1.OwnGuidedSession:
        if request.session_id != SESSION:
            raise not_found("unknown-guided-session", "Không có buổi hướng dẫn này.")
        refuse_values(_place(request.place))
        self.place = request.place
        return self.own()

    def _end(self, _: str, request: guidance_v1.EndGuidedSessionRequest) -> Empty:
        self.end(request.because or "citizen")
        return Empty()

    def _withdraw(self, _: str, request: guidance_v1.WithdrawConsentRequest) -> guidance_v1.Consent:
        assert request.id == CONSENT
        self.end("consent-withdrawn")
        return guidance_v1.Consent(id=CONSENT)

    def _join(self, _: str, request: guidance_v1.JoinGuidedSessionRequest) -> guidance_v1.GuidedSession:
        if "".join(request.code.split()) != CODE:
            raise Refusal(Kind.INVALID, "wrong-code", "Mã không đúng.")
        self.state = "open"
        return self.session()

    def _guide(self, _: str, request: guidance_v1.GuideRequest) -> guidance_v1.GuidedSession:
        if self.state != "open":
            raise Refusal(Kind.CONFLICT, "guided-session-ended", "Buổi hướng dẫn đã kết thúc.")
        words = {"phrase": ("", "Xin xem lại ô đang sáng."), "term": ("Quê quán", "Quê của cha hoặc của mẹ.")}
        self._add(request.kind, request.subject, *words.get(request.kind, ("", "")))
        return self.session()


def sit_down(browser: Browser) -> None:
    """The browser is from now on a station's computer, with a resident signed in at it."""
    browser.client.application.extensions.pop("kiosks", None)
    browser.client.set_cookie(kiosk.COOKIE, f"{NAM_DUONG}.secret", httponly=True, samesite="Lax")
    browser.sign_in()
    assert "Trạm tổ 3" in browser.page.text


def agree(browser: Browser, back: str = "/ho-so") -> None:
    browser.get(f"/huong-dan?ve={back}")
    page = browser.page
    browser.post("/huong-dan", key=page.hidden("key"), text_version=page.hidden("text_version"), ve=page.hidden("ve"))
    browser.follow()


def begin(browser: Browser, guided: Guided) -> None:
    """A resident sits down and asks for guidance, and a volunteer has come in."""
    sit_down(browser)
    agree(browser)
    guided.state = "open"


def bar(browser: Browser) -> dict[str, str]:
    (found,) = browser.page.all("aside", id="guidance")
    return found
