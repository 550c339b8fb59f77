"""People who file dossiers and an office that works on them, without a pause, while parts are killed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4

import httpx

from deploy.local.waiting import wait_until
from tests.e2e.api import CODE, PASSWORD, SIGNED
from tests.e2e.birth import HOSPITAL_PAPER, PROCEDURE, photograph, whole_form

WARD, SLUG = "20248", "nam-duong"
#: Phone and e-mail of those who file: three of the ward itself, one whose home is the next one.
PEOPLE = {
    "0905209101": "ba.nam-duong@example.com",
    "0905209202": "anh.nam-duong@example.com",
    "0905209303": "chi.nam-duong@example.com",
    "0905206202": "anh.phuoc-ninh@example.com",
}
#: In which everybody files again after a fault (docs/architecture.md, Targets).
BACK_SECONDS = 30.0
#: Before the fault: a stack that has just started may be busy with other things.
SETTLED_SECONDS = 60.0
CODE_SECONDS = 8.0  # after which a person asks for another code
LOST_ONE_IN = 5  # answers that a client requests again although it had them
STEPS = ("submitted", "accepted", "approved", "signed")
PHOTOGRAPH = photograph()


@dataclass
class Journey:
    """A dossier on its way: what the API has answered with a 2xx."""

    id: str
    phone: str
    began: float
    code: str = ""
    tracking_key: str = ""
    steps: list[str] = field(default_factory=list)
    number: int = 0  # in the register
    version: int = 0


class Patient:
    """A client that repeats what got no answer, or a 5xx, with the same Idempotency-Key, as it should."""

    def __init__(self, url: str, hurdles: list[str], patience: float = BACK_SECONDS) -> None:
        self.patience = patience
        self._http = httpx.Client(base_url=url, timeout=15)
        self._hurdles = hurdles
        self._turns = count()
        self.token = ""

    def close(self) -> None:
        self._http.close()

    def sign_in(self, login: str) -> Patient:
        self.token = self.do("POST", "/sessions", json={"login": login, "password": PASSWORD})["access_token"]
        return self

    def do(self, method: str, path: str, **options: Any) -> Any:
        answer = self.ask(method, path, **options)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The first answer that is no error of an outage; AssertionError if there is none within its `patience`.

        Now and then it acts as if that answer had been lost: a repeated request must get the same answer.
        """
        is_keyed = method == "POST" and path.startswith("/wards/")
        headers = {"Idempotency-Key": uuid4().hex} if is_keyed else {}
        headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= {"If-Match": "*"} if method in ("POST", "PUT") else {}
        answer = self._answered(method, path, headers, options)
        if is_keyed and answer.status_code < 300 and next(self._turns) % LOST_ONE_IN == 0:
            again = self._answered(method, path, headers, options)
            same = (again.status_code, again.json()) == (answer.status_code, answer.json())
            assert same, f"{method} {path}, repeated: {again.status_code} {again.text} instead of {answer.text}"
        return answer

    def _answered(self, method: str, path: str, headers: dict[str, str], options: dict[str, Any]) -> httpx.Response:
        until, trouble = time.monotonic() + self.patience, ""
        pause = threading.Event()
        while time.monotonic() < until:
            try:
                answer = self._http.request(method, f"/api/v1{path}", headers=headers, **options)
            except httpx.TransportError as fault:
                trouble = type(fault).__name__
            else:
                if answer.status_code not in (429, 500, 502, 503, 504):
                    return answer
                trouble = f"{answer.status_code} {answer.text}"
            self._hurdles.append(f"{method} {path}: {trouble}")
            pause.wait(0.2)
        raise AssertionError(f"{method} {path}: nothing but trouble for {self.patience:.0f} s, at last {trouble}")

    def messages(self, to: str) -> list[dict[str, str]]:
        """The messages to a phone, newest first; empty if the list is not available now."""
        try:
            answer = self._http.get("/dev/messages", params={"to": to, "limit": 40})
        except httpx.TransportError:
            return []
        return list(answer.json()["messages"]) if answer.status_code == 200 else []


class Filing:
    """A run of journeys. `completed` are those that have ended; each person rests between two."""

    def __init__(self, url: str, rest_seconds: float = 0, patience: float = BACK_SECONDS) -> None:
        self._url = url
        self._patience = patience
        self._rest_seconds = rest_seconds
        self._stop = threading.Event()
        self.completed: list[Journey] = []
        self.letters: list[str] = []  # the dossier of each act to and fro
        self.hurdles: list[str] = []  # what was tried again, and why
        self._clients: list[Patient] = []
        self._office = [self._client().sign_in(f"{name}.{SLUG}").token for name in ("motcua", "hotich", "chutich")]
        self._citizens = {phone: self._client().sign_in(phone).token for phone in PEOPLE}
        self._futures: list[Future[None]] = []

    @contextmanager
    def going_on(self) -> Iterator[Filing]:
        """Files until the block ends, and then lets every started journey end."""
        with ThreadPoolExecutor(len(PEOPLE)) as pool:
            self._futures = [pool.submit(self._file_on_and_on, phone) for phone in PEOPLE]
            try:
                yield self
            finally:
                self._stop.set()
        for future in self._futures:
            future.result()

    @contextmanager
    def going_to_and_fro(self, phone: str, dossiers: int) -> Iterator[None]:
        """Somebody else files as many dossiers; until the block ends the office asks for a supplement to each, and gets
        it, again and again: two acts, and two text messages, each time. Each story that was started is completed.
        """
        self._citizens[phone] = self._client().sign_in(phone).token
        filed = [self._filed(self._client(), phone) for _ in range(dossiers)]
        with ThreadPoolExecutor(dossiers) as pool:
            going = [pool.submit(self._to_and_fro, each) for each in filed]
            try:
                yield
            finally:
                self._stop.set()
        for future in going:
            self.letters.extend(future.result())

    def _to_and_fro(self, journey: Journey) -> list[str]:
        """The acts that were answered with a 2xx."""
        client, path = self._client(), f"/wards/{WARD}/dossiers/{journey.id}"
        done: list[str] = []
        while not self._stop.is_set():
            name = f"Lê Minh {'Khôi' if len(done) % 4 else 'Khoa'}"
            asked = {"items": [{"field": "/child/full_name", "text": "Xin xem lại."}], "reason": "Chưa khớp"}
            supplement = {"form": {"child": {"full_name": name}}}
            for token, act, body in (
                (self._office[0], "supplement-request", asked),
                (self._citizens[journey.phone], "supplement", supplement),
            ):
                client.token = token
                client.do("POST", f"{path}/{act}", json=body)
                done.append(journey.id)
            self._stop.wait(self._rest_seconds)
        return done

    def wait_for_all(self, seconds: float = SETTLED_SECONDS) -> None:
        """Returns when everybody has completed a journey that began after this was asked."""
        asked = time.monotonic()

        def done() -> bool:
            for future in self._futures:
                if future.done():
                    future.result()
            return {each.phone for each in self.completed if each.began > asked} == set(PEOPLE)

        assert wait_until(done, seconds), f"after {seconds:.0f} s not everybody could file again: {self.hurdles[-5:]}"

    def filed_since(self, moment: float) -> int:
        return sum(1 for each in list(self.completed) if each.began > moment)

    def close(self) -> None:
        for client in self._clients:
            client.close()

    def _client(self) -> Patient:
        self._clients.append(Patient(self._url, self.hurdles, self._patience))
        return self._clients[-1]

    def _file_on_and_on(self, phone: str) -> None:
        client = self._client()
        while not self._stop.is_set():
            self.completed.append(self._travel(client, phone))
            self._stop.wait(self._rest_seconds)

    def _travel(self, client: Patient, phone: str) -> Journey:
        journey = self._filed(client, phone)
        path = f"/wards/{WARD}/dossiers/{journey.id}"
        acts = (("acceptance", "accepted"), ("approval", "approved"), ("signature", "signed"))
        for token, (act, step) in zip(self._office, acts, strict=True):
            client.token = token
            body = SIGNED | {"seen": client.do("GET", f"{path}/signing")["seen"]} if act == "signature" else {}
            answer = client.do("POST", f"{path}/{act}", json=body)
            journey.steps.append(step)
        journey.number, journey.version = answer["register_entry"]["number"], answer["version"]
        return journey

    def _filed(self, client: Patient, phone: str) -> Journey:
        client.token = self._citizens[phone]
        began = time.monotonic()
        draft = client.do("POST", f"/wards/{WARD}/dossiers", json={"procedure": PROCEDURE})
        journey = Journey(draft["id"], phone, began)
        path = f"/wards/{WARD}/dossiers/{journey.id}"
        client.do("PUT", f"{path}/form", json=whole_form())
        upload = {"data": {"kind": HOSPITAL_PAPER}, "files": {"file": ("gcs.jpg", PHOTOGRAPH)}}
        client.do("POST", f"{path}/documents", **upload)
        submitted = self._submit(client, path, phone)
        journey.code, journey.tracking_key = submitted["code"], submitted["tracking_key"]
        journey.steps.append("submitted")
        return journey

    def _submit(self, client: Patient, path: str, phone: str) -> dict[str, Any]:
        """Confirms and files. A code that does not come is asked for again; of several, the newest is tried first."""
        until = time.monotonic() + client.patience
        while time.monotonic() < until:
            asked = datetime.now(UTC)
            confirmation = client.do("POST", f"{path}/confirmations")["confirmation"]
            tried: set[str] = set()
            for otp in self._codes(client, phone, asked, tried):
                body = {"confirmation": confirmation, "otp": otp}
                answer = client.ask("POST", f"{path}/submission", json=body)
                tried.add(otp)
                if answer.status_code == 200:
                    submitted: dict[str, Any] = answer.json()
                    return submitted
                assert answer.json()["type"].endswith(("/wrong-code", "/code-expired")), answer.text
        raise AssertionError(f"{path}: no code came to {phone} with which it could be filed")

    @staticmethod
    def _codes(client: Patient, phone: str, since: datetime, tried: set[str]) -> Iterator[str]:
        """Codes as they come, until a person would ask for another one."""
        until = time.monotonic() + CODE_SECONDS
        pause = threading.Event()
        while time.monotonic() < until:
            messages = client.messages(phone)
            texts = [each["text"] for each in messages if datetime.fromisoformat(each["at"]) > since]
            codes = [found.group() for text in texts if text.startswith("Ma xac nhan") and (found := CODE.search(text))]
            fresh = next((code for code in codes if code not in tried), None)
            if fresh:
                yield fresh
            else:
                pause.wait(0.05)
