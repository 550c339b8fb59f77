"""A late birth with two copies, paid for: through the provider, by a callback that is lost, at the counter."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.local.process import ROOT
from deploy.local.stack import Stack
from services.chassis.clock import VIETNAM
from tests.e2e.api import Api, Phone, Staff, accepted
from tests.e2e.birth import whole_form
from tests.e2e.cases import text_of
from tests.e2e.drafts import APPLICANT, WARD, begin, refused
from tests.e2e.payments import pay_online

OWED = 24_000  # 8.000 đồng for a late registration, two copies at 8.000


@pytest.fixture
def waiting(url: str, citizen: Api, staff: Staff) -> tuple[str, dict[str, Any]]:
    """A dossier that was accepted as far as its payment: its path, and what its filing answered."""
    late = whole_form("Lê Bảo Châu", date.today() - timedelta(days=90)) | {"copies": {"wanted": True, "count": 2}}
    draft = begin(citizen, form=late)
    filed = draft.file(url)
    asked = staff.reception.post(f"{draft.path}/acceptance")
    assert (asked["status"], asked["due_at"], asked["fees"][0]["total"]) == (6, None, OWED)
    return draft.path, filed


def reconcile(stack: Stack, *, day: str = "") -> str:
    """The operator's command of docs/runbook.md, on this stack."""
    options = ["--ward", WARD] + (["--day", day] if day else [])
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local.operate", "dossiers", "reconcile", *options],
        env={**os.environ, "CAUNOI_HOME": str(stack.home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


def words_of(api: Api, path: str, kind: str) -> str:
    return text_of(accepted(api.send("GET", f"{path}/papers/{kind}")).content)


def test_a_payment_through_the_provider_accepts_the_dossier(
    url: str, citizen: Api, waiting: tuple[str, dict[str, Any]]
) -> None:
    path, filed = waiting
    phone = Phone(url, APPLICANT)
    phone.wait_for(f"{filed['code']}: can nop phi")
    tracked = Api(url).post("/tracking", {"code": filed["code"], "key": filed["tracking_key"]})
    assert (tracked["status"], tracked["owed"]) == (6, OWED)
    fee = citizen.get(path)["fees"][0]
    slip = words_of(citizen, path, "payment-slip")
    assert "24.000" in slip
    assert fee["reference"] in slip
    assert fee["transfer"]["vietqr"].startswith("000201")
    assert pay_online(citizen, path, url, OWED)["callback"] == "200"
    paid = citizen.get(path)
    assert (paid["status"], paid["fees"][0]["method"]) == (2, "provider")
    assert datetime.fromisoformat(paid["due_at"]) > datetime.fromisoformat(paid["accepted_at"])
    phone.wait_for(f"{filed['code']}: da nhan phi")
    assert paid["fees"][0]["receipt"] in words_of(citizen, path, "payment-slip")
    assert "24.000 đồng" in words_of(citizen, path, "receipt")
    refused(citizen.send("POST", f"{path}/payment", json={}), 409, "wrong-state")


def test_reconciliation_settles_payments_with_a_lost_callback(
    url: str, stack: Stack, citizen: Api, waiting: tuple[str, dict[str, Any]]
) -> None:
    path, _ = waiting
    lost = pay_online(citizen, path, url, OWED, "lose")
    assert (lost["callback"], citizen.get(path)["status"]) == ("lost", 6)
    day = datetime.fromisoformat(lost["paid_at"]).astimezone(VIETNAM).date().isoformat()
    assert "1 settled now" in reconcile(stack, day=day)
    paid = citizen.get(path)
    assert (paid["status"], paid["fees"][0]["receipt"]) == (2, lost["transaction"])
    assert " 0 settled now" in reconcile(stack, day=day)


def test_who_would_pay_again_after_a_lost_callback_is_told_that_it_is_paid(
    url: str, citizen: Api, waiting: tuple[str, dict[str, Any]]
) -> None:
    path, _ = waiting
    lost = pay_online(citizen, path, url, OWED, "lose")
    assert (lost["callback"], citizen.get(path)["status"]) == ("lost", 6)
    asked = citizen.post(f"{path}/payment")
    assert asked["url"] is None, "nothing is offered"
    settled = asked["dossier"]
    assert (settled["status"], settled["fees"][0]["receipt"]) == (2, lost["transaction"])


def test_what_is_paid_at_the_counter_is_recorded_and_a_payment_beside_it_is_to_be_paid_back(
    url: str, stack: Stack, citizen: Api, staff: Staff, waiting: tuple[str, dict[str, Any]]
) -> None:
    path, _ = waiting
    lost = pay_online(citizen, path, url, OWED, "lose")
    refused(citizen.send("POST", f"{path}/payment", json={"receipt": "BL 1"}), 403, "not-allowed")
    recorded = staff.reception.post(f"{path}/payment", {"receipt": "BL 0012"})
    assert (recorded["url"], recorded["dossier"]["status"]) == (None, 2)
    assert "BL 0012" in words_of(citizen, path, "payment-slip")
    found = reconcile(stack)
    assert f"{lost['transaction']}  {lost['reference']}  {OWED} đồng  late" in found
    told = {finding["check"]: finding["text"] for finding in staff.officer.get(path)["findings"]}
    assert lost["transaction"] in told["payment-late"]
    assert citizen.get(path)["fees"][0]["method"] == "counter"


def test_more_copies_are_asked_for_and_the_clock_stands_still_meanwhile(
    citizen: Api, staff: Staff, waiting: tuple[str, dict[str, Any]]
) -> None:
    path, _ = waiting
    staff.reception.post(f"{path}/payment", {"receipt": "BL 0013"})
    asked = staff.officer.post(
        f"{path}/fee-request", {"items": [{"item": "copy", "count": 1}], "reason": "Xin thêm một bản sao"}
    )
    assert (asked["status"], asked["due_at"], asked["fees"][-1]["total"]) == (6, None, 8000)
    refused(
        staff.officer.send("POST", f"{path}/fee-request", json={"items": [], "reason": "x"}),
        400,
        "invalid-request",
        "/items",
    )
    assert staff.officer.post(f"{path}/payment", {"receipt": "BL 0014"})["dossier"]["status"] == 2
    assert [fee["receipt"] for fee in citizen.get(path)["fees"]] == ["BL 0013", "BL 0014"]


def test_nobody_without_the_key_tells_of_a_payment(url: str, citizen: Api, waiting: tuple[str, dict[str, Any]]) -> None:
    path, _ = waiting
    reference = citizen.get(path)["fees"][0]["reference"]
    told = {"event": "paid", "merchant": f"caunoi-{WARD}", "transaction": "GD1", "reference": reference, "amount": OWED}
    stamp = str(int(datetime.now(VIETNAM).timestamp()))

    def call_back(**headers: str) -> httpx.Response:
        return Api(url).send("POST", "/payments/callback", json=told, headers=headers)

    refused(call_back(), 401, "wrong-signature")
    refused(call_back(**{"Payment-Timestamp": stamp, "Payment-Signature": "0" * 64}), 401, "wrong-signature")
    assert citizen.get(path)["status"] == 6
