"""What the API answers, member by member: the file `answers.json` beside this test is what clients read today."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2
from caunoi.dossiers.v1 import dossiers_pb2
from caunoi.notifications.v1 import notifications_pb2
from google.protobuf.message import Message
from pydantic import BaseModel

from gateway.api import encode, payments, sessions
from tests.unit.gateway.examples import bare, filled

KNOWN: Mapping[str, Any] = json.loads((Path(__file__).parent / "answers.json").read_text("utf-8"))
WARD = "20248"

#: Answer → the message that it is made of, and how.
ANSWERS: Mapping[str, tuple[type[Message], Callable[[Any], BaseModel]]] = {
    "Station": (accounts_pb2.Station, encode.station),
    "OpenedAccount": (accounts_pb2.OpenAccountResponse, lambda message: encode.opened_account(message, WARD)),
    "Account": (accounts_pb2.Account, encode.account),
    "Session": (accounts_pb2.Session, sessions._session),
    "StaffMember": (accounts_pb2.StaffMember, encode.staff_member),
    "ProcedureSummary": (dossiers_pb2.Procedure, encode.procedure_summary),
    "Procedure": (dossiers_pb2.Procedure, encode.procedure),
    "Document": (dossiers_pb2.Document, encode.document),
    "Dossier": (dossiers_pb2.Dossier, encode.dossier),
    "PaymentStep": (dossiers_pb2.Dossier, lambda message: payments._step(message, "https://pay.example/1")),
    "PaymentStep settled": (dossiers_pb2.Dossier, payments._step),
    "Confirmation": (dossiers_pb2.Confirmation, encode.confirmation),
    "Submitted": (dossiers_pb2.SubmitDossierResponse, encode.submitted),
    "DossierSummary": (dossiers_pb2.DossierSummary, encode.dossier_summary),
    "HistoryEntry": (dossiers_pb2.HistoryEntry, encode.history_entry),
    "Tracked": (dossiers_pb2.TrackedDossier, encode.tracked),
    "AccessLogEntry accounts": (accounts_pb2.AccessLogEntry, lambda message: encode.access_log_entry(message, WARD)),
    "AccessLogEntry dossiers": (dossiers_pb2.AccessLogEntry, lambda message: encode.access_log_entry(message, WARD)),
    "AccessLogEntry notifications": (
        notifications_pb2.AccessLogEntry,
        lambda message: encode.access_log_entry(message, WARD),
    ),
    "Message": (notifications_pb2.Message, lambda message: encode.message(message, WARD)),
    "Certificate": (dossiers_pb2.CertificateStatus, encode.certificate),
    "FoundEntry": (dossiers_pb2.FoundEntry, encode.found_entry),
    "Entry": (dossiers_pb2.FoundEntry, encode.entry),
    "Book": (dossiers_pb2.Book, encode.book),
}


def text(answer: BaseModel) -> str:
    """As it is sent."""
    return answer.model_dump_json(by_alias=True)


def as_sent(members: object) -> str:
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_of_which_every_member_has_a_value(name: str) -> None:
    kind, make = ANSWERS[name]
    assert text(make(filled(kind))) == as_sent(KNOWN[name]["filled"])


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_of_which_nothing_is_known(name: str) -> None:
    kind, make = ANSWERS[name]
    assert text(make(bare(kind))) == as_sent(KNOWN[name]["bare"])


def test_every_answer_that_is_known_is_compared() -> None:
    assert KNOWN.keys() == ANSWERS.keys()
