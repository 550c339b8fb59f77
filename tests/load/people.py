"""Citizens with drafts that wait only for their filing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import reduce
from http import HTTPStatus
from operator import getitem
from uuid import uuid4

from deploy.local.process import ROOT
from services.chassis.district import load_district
from tests.e2e.api import Api, Phone, accepted, sign_in
from tests.e2e.birth import HOSPITAL_PAPER, PROCEDURE, photograph, whole_form
from tests.load.client import Request

PREPARING = 4  # citizens at a time
RESIDENTS = ("101", "202", "303")
PHOTOGRAPH = photograph()


@dataclass
class Citizen:
    """A resident of the demo data, and the ward in which they file."""

    url: str
    login: str
    ward: str
    ready: list[Request] = field(default_factory=list)  # submissions to be made
    paths: list[str] = field(default_factory=list)  # of the dossiers that these are about

    def prepare(self, count: int) -> None:
        """Fills in `count` drafts and has a code sent for each; from then on they wait for their submission."""
        citizen, phone = sign_in(self.url, self.login), Phone(self.url, self.login)
        self.ready, self.paths = [], []
        for _ in range(count):
            draft = citizen.post(f"/wards/{self.ward}/dossiers", {"procedure": PROCEDURE})
            path = f"/wards/{self.ward}/dossiers/{draft['id']}"
            _fill_in(citizen, f"{path}/form")
            accepted(citizen.upload(path, HOSPITAL_PAPER, "gcs.jpg", PHOTOGRAPH))
            confirmation = citizen.post(f"{path}/confirmations")["confirmation"]
            body = {"confirmation": confirmation, "otp": phone.next_code()}
            headers = {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex, **bearer(citizen)}
            self.ready.append(("POST", f"/api/v1{path}/submission", headers, json.dumps(body)))
            self.paths.append(path)

    def openings(self) -> list[Request]:
        """Looks at the dossiers that were prepared last, one after another."""
        headers = bearer(sign_in(self.url, self.login))
        return [("GET", f"/api/v1{path}", headers, "") for path in self.paths]


def _fill_in(citizen: Api, path: str) -> None:
    """Saves the form, in another checkout without the questions that it does not ask yet."""
    form = whole_form()
    answer = citizen.send("PUT", path, json=form)
    if answer.status_code == HTTPStatus.BAD_REQUEST:
        for problem in answer.json()["fields"]:
            *parents, name = problem["field"].strip("/").split("/")
            del reduce(getitem, parents, form)[name]
        answer = citizen.send("PUT", path, json=form)
    accepted(answer)


def bearer(citizen: Api) -> dict[str, str]:
    return {"Authorization": f"Bearer {citizen.token}"}


def residents(url: str, wards: Sequence[str], count: int, *, filing_in: str = "") -> list[Citizen]:
    """`count` residents, drawn from ward after ward, who file at home or, where it is given, in the ward `filing_in`.

    `wards` are all of the district, in its order.
    """
    everybody = [(f"09052{place:02d}{who}", ward) for who in RESIDENTS for place, ward in enumerate(wards, 1)]
    everybody.sort(key=lambda person: person[1] != filing_in)
    return [Citizen(url, login, filing_in or ward) for login, ward in everybody[:count]]


def residents_of(url: str, ward: str) -> list[Citizen]:
    """The residents of a ward, who file at home."""
    place = list(load_district(ROOT / "deploy" / "district.toml").wards).index(ward) + 1
    return [Citizen(url, f"09052{place:02d}{who}", ward) for who in RESIDENTS]


def prepare(citizens: Sequence[Citizen], each: int) -> None:
    with ThreadPoolExecutor(PREPARING) as pool:
        list(pool.map(lambda citizen: citizen.prepare(each), citizens))
