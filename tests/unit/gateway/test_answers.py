"""The API's answers, member by member: the file `answers.json` beside this test has what clients read today."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from caunoi.accounts.v1 import accounts_pb2, guidance_pb2, households_pb2, learning_pb2, recovery_pb2, stations_pb2
from caunoi.dossiers.v1 import captures_pb2, dossiers_pb2
from caunoi.notifications.v1 import notifications_pb2
from google.protobuf.message import Message
from pydantic import BaseModel

from gateway.api import (
    account_answers,
    answers,
    capture_answers,
    dossier_answers,
    guidance_answers,
    learning_answers,
    payments,
    register_answers,
    sessions,
    station_answers,
)
from gateway.api.encode import Json, encode
from tests.unit.gateway.examples import bare, filled, validator

KNOWN: Mapping[str, Any] = json.loads((Path(__file__).parent / "answers.json").read_text("utf-8"))
WARD = "20248"
MODULES = (
    account_answers,
    answers,
    capture_answers,
    dossier_answers,
    guidance_answers,
    learning_answers,
    register_answers,
    station_answers,
)

#: Answer → the message that it is made of, and how where the model does not say it all.
ANSWERS: Mapping[str, tuple[type[Message], type[BaseModel] | Callable[[Any], Json]]] = {
    "Station": (accounts_pb2.Station, station_answers.Station),
    "Opening": (accounts_pb2.Opening, station_answers.Opening),
    "FirstPassword": (stations_pb2.FirstPassword, station_answers.FirstPassword),
    "Duty": (stations_pb2.Duty, station_answers.Duty),
    "Device": (stations_pb2.Device, station_answers.Device),
    "EnrolmentCode": (stations_pb2.EnrolmentCode, station_answers.EnrolmentCode),
    "EnrolledDevice": (stations_pb2.EnrolledDevice, station_answers.EnrolledDevice),
    "DeviceSession": (stations_pb2.DeviceSession, station_answers.DeviceSession),
    "Scanner": (stations_pb2.Scanner, station_answers.Scanner),
    "NextScan": (stations_pb2.TakeScanResponse, station_answers.NextScan),
    "Phrase": (stations_pb2.Phrase, station_answers.Phrase),
    "PhoneChange": (recovery_pb2.PhoneChange, account_answers.PhoneChange),
    "AccountAtDesk": (recovery_pb2.AccountAtDesk, account_answers.AccountAtDesk),
    "Household": (households_pb2.Household, account_answers.Household),
    "HouseholdCode": (households_pb2.HouseholdCode, account_answers.HouseholdCode),
    "Visit": (guidance_pb2.Visit, guidance_answers.Visit),
    "RequestedGuidedSession": (guidance_pb2.RequestGuidedSessionResponse, guidance_answers.RequestedGuidedSession),
    "GuidedSession": (guidance_pb2.GuidedSession, guidance_answers.GuidedSession),
    "Term": (guidance_pb2.Term, guidance_answers.Term),
    "ConsentText": (guidance_pb2.ConsentText, guidance_answers.ConsentText),
    "Consent": (guidance_pb2.Consent, guidance_answers.Consent),
    "OpenedAccount": (accounts_pb2.OpenAccountResponse, account_answers.OpenedAccount),
    "Account": (accounts_pb2.Account, account_answers.Account),
    "Session": (accounts_pb2.Session, sessions.session_of),
    "StaffMember": (accounts_pb2.StaffMember, account_answers.StaffMember),
    "ProcedureSummary": (dossiers_pb2.Procedure, answers.ProcedureSummary),
    "Procedure": (dossiers_pb2.Procedure, answers.Procedure),
    "Document": (dossiers_pb2.Document, dossier_answers.Document),
    "AddedDocument": (dossiers_pb2.Document, dossier_answers.AddedDocument),
    "Capture": (captures_pb2.Capture, capture_answers.Capture),
    "StartedCapture": (captures_pb2.StartCaptureResponse, capture_answers.StartedCapture),
    "CaptureTicket": (captures_pb2.CaptureTicket, capture_answers.CaptureTicket),
    "Dossier": (dossiers_pb2.Dossier, dossier_answers.Dossier),
    "PaymentStep": (dossiers_pb2.Dossier, lambda message: payments._step(message, "https://pay.example/1")),
    "PaymentStep settled": (dossiers_pb2.Dossier, payments._step),
    "Confirmation": (dossiers_pb2.Confirmation, dossier_answers.Confirmation),
    "Submitted": (dossiers_pb2.SubmitDossierResponse, dossier_answers.Submitted),
    "DossierSummary": (dossiers_pb2.DossierSummary, dossier_answers.DossierSummary),
    "NextDossier": (dossiers_pb2.FindNextDossierResponse, dossier_answers.NextDossier),
    "Signing": (dossiers_pb2.Signing, dossier_answers.Signing),
    "HistoryEntry": (dossiers_pb2.HistoryEntry, dossier_answers.HistoryEntry),
    "Tracked": (dossiers_pb2.TrackedDossier, dossier_answers.Tracked),
    "AccessLogEntry accounts": (accounts_pb2.AccessLogEntry, account_answers.AccessLogEntry),
    "AccessLogEntry dossiers": (dossiers_pb2.AccessLogEntry, account_answers.AccessLogEntry),
    "AccessLogEntry notifications": (notifications_pb2.AccessLogEntry, account_answers.AccessLogEntry),
    "Message": (notifications_pb2.Message, account_answers.Message),
    "PracticeMessage": (notifications_pb2.PracticeMessage, account_answers.PracticeMessage),
    "OwnLearning": (learning_pb2.OwnLearning, learning_answers.OwnLearning),
    "PracticeProof": (dossiers_pb2.PracticeProof, learning_answers.PracticeProof),
    "LearningReport": (learning_pb2.LearningReport, learning_answers.LearningReport),
    "ExplainedQuestions": (learning_pb2.ListExplainedQuestionsResponse, learning_answers.ExplainedQuestions),
    "Certificate": (dossiers_pb2.CertificateStatus, register_answers.Certificate),
    "FoundEntry": (dossiers_pb2.FoundEntry, register_answers.FoundEntry),
    "Entry": (dossiers_pb2.FoundEntry, register_answers.Entry),
    "WaitingNotes": (dossiers_pb2.ListProposedNotesResponse, register_answers.WaitingNotes),
    "Book": (dossiers_pb2.Book, register_answers.Book),
}


def sent(name: str, make: Callable[[type[Message]], Message]) -> str:
    """The answer as it is sent."""
    kind, how = ANSWERS[name]
    made = encode(how, make(kind), ward=WARD, practice=False) if isinstance(how, type) else how(make(kind))
    return as_sent(made)


def as_sent(members: object) -> str:
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_of_which_every_member_has_a_value(name: str) -> None:
    assert sent(name, filled) == as_sent(KNOWN[name]["filled"])


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_of_which_nothing_is_known(name: str) -> None:
    assert sent(name, bare) == as_sent(KNOWN[name]["bare"])


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_what_the_document_describes(name: str) -> None:
    """Every answer has a model, whose schema is the document's; what is known today fits it to the letter."""
    kind = name.split(maxsplit=1)[0]
    model: type[BaseModel] = next(getattr(module, kind) for module in MODULES if kind in vars(module))
    for members in KNOWN[name].values():
        validator(model).validate(members)
        assert list(members) == [field.serialization_alias or name for name, field in model.model_fields.items()]


def test_every_answer_that_is_known_is_compared() -> None:
    assert KNOWN.keys() == ANSWERS.keys()
