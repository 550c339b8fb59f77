"""The words that a member of a request or an answer may have, where its model lists them, are those of the services.

`gateway/api/words.py`, which schemas of answers name, is held by `test_words_of_the_api.py`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from typing import Literal, get_args, get_origin

import pytest
from caunoi.accounts.v1 import accounts_pb2
from caunoi.dossiers.v1 import dossiers_pb2
from google.protobuf.descriptor import FileDescriptor
from pydantic import BaseModel

import gateway.api
from gateway.acts import ACTS, CONFIRMATIONS
from gateway.pages import counter, own_questions
from gateway.pages.admin import staff as staff_pages
from gateway.questions import Field
from services.accounts.domain import changes, enrolment, guidance, identity, papers, second_factor
from services.accounts.use_cases import devices, staff
from services.chassis.capacity import Capacity
from services.dossiers.access import DESK_CHANNELS
from services.dossiers.domain import captures, elsewhere, handover, noted_changes, notes, people, verification
from services.dossiers.domain.entries.compared import Difference
from services.dossiers.domain.fees import EXEMPTIONS
from services.dossiers.domain.procedures import RegisterSigned
from services.dossiers.use_cases.office import delivery as changed_delivery
from services.dossiers.use_cases.office import work_list
from services.notifications.domain import delivery


def of_contract(file: FileDescriptor, enum: str) -> set[str]:
    """The words of an enum of the contract, as answers have them."""
    none, *names = [each.name for each in file.enum_types_by_name[enum].values]
    return {name.removeprefix(none.removesuffix("UNSPECIFIED")).lower() for name in names}


#: Model and member → the words of the service; "" among them means that the member may be left out.
HELD: dict[str, Iterable[str]] = {
    "OpenedAccount.status": of_contract(accounts_pb2.DESCRIPTOR, "AccountStatus"),
    "Approval.husband_elsewhere": elsewhere.Source,
    "Approval.wife_elsewhere": elsewhere.Source,
    "Account.status": of_contract(accounts_pb2.DESCRIPTOR, "AccountStatus"),
    "CaptureEnd.fault": captures.Fault,
    "ChangedStaff.capacity": Capacity,
    "ChangedStaff.roles": staff.ROLES,
    "ClosedAccount.reason": changes.CLOSINGS,
    "CounterDossier.channel": DESK_CHANNELS,
    "DeskQuery.due": work_list._DUE,
    "Enrolment.kind": enrolment.KINDS,
    "Finding.kind": of_contract(dossiers_pb2.DESCRIPTOR, "FindingKind"),
    "GuidedSessionEnd.because": {guidance.Because.SIGNED_OUT},  # the only one that the citizen's side says
    "DeliveryChange.asked_how": changed_delivery.HOW,
    "DeliveryChange.delivery": handover.Delivery,
    "Handover.delivery": handover.Delivery,
    "HandoverRules.asked": handover.Delivery,
    "HandoverRules.given": handover.Delivery,
    "HandoverRules.register_signed": RegisterSigned,
    "Message.status": delivery.Status,
    "NewAuthenticator.kind": second_factor.KINDS,
    "NewCapture.source": captures.Source,
    "NewDevice.kind": enrolment.KINDS,
    "NewGuidance.kind": guidance.GuidanceKind,
    "NewIdentityPaper.ground": papers.GROUNDS,
    "NewNote.spouse_elsewhere": notes.SPOUSE_ELSEWHERE,
    "NewNote.who_died": people.SPOUSES,
    "NewNote.renamed": {part for parts in noted_changes.RENAMED.values() for part in parts},
    "NewScan.source": devices._SOURCES,
    "NewStaff.capacity": Capacity,
    "NewStaff.roles": staff.ROLES,
    "Payment.exemption": EXEMPTIONS,
    "Place.page": guidance.PAGES,
    "SigningLine.difference": Difference,
    "VerificationAsked.kind": verification.Kind,
    "VerificationAsked.about": verification.About,
    "VerificationAsked.finding": verification.Answer,
    "VerificationAsked.signer_capacity": Capacity,
    "VerificationReply.finding": verification.Answer,
    "VerificationReply.outcome": {*verification.RECORDED, verification.State.WITHDRAWN},
    **dict.fromkeys(
        (
            *("OpenAccount.identity_kind", "IdentityPaper.identity_kind", "SeenOriginal.identity_kind"),
            *("ConfirmedIdentity.identity_kind", "ClosedAccount.identity_kind", "LostPhone.identity_kind"),
            *("NewIdentityPaper.identity_kind", "NewIdentityPaper.new_identity_kind"),
        ),
        identity.KINDS,
    ),
}
#: Words that only the gateway or the request has.
OWN = {
    "Session.token_type",  # RFC 6750
    "CreatedSession.token_type",
    "DeskQuery.assigned",  # `me` is not an id (`work_list._assigned`)
    "WardWithStatus.status",  # `Wards.statuses`
}


def models() -> Iterator[type[BaseModel]]:
    names = ["gateway.models", *(f"gateway.api.{each.name}" for each in pkgutil.iter_modules(gateway.api.__path__))]
    for name in names:
        for value in vars(importlib.import_module(name)).values():
            if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__ == name:
                yield value


def words_of(annotation: object) -> Iterator[str]:
    """Of every `Literal` in an annotation."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    else:
        for part in get_args(annotation):
            yield from words_of(part)


LISTED = {
    f"{model.__name__}.{name}": set(words_of(field.annotation)) - {""}
    for model in models()
    for name, field in model.model_fields.items()
    if any(words_of(field.annotation))
}


def test_each_list_of_words_is_held_to_its_service() -> None:
    assert LISTED.keys() == HELD.keys() | OWN
    assert HELD.keys().isdisjoint(OWN)


@pytest.mark.parametrize("member", HELD)
def test_a_member_may_have_every_word_of_the_service_and_no_other(member: str) -> None:
    assert LISTED[member] == set(HELD[member]) - {""}


def words_offered(question: Field) -> set[str]:
    return {word for word, _ in question.choices} - {""}


def test_an_act_on_a_page_offers_the_words_that_its_body_may_have() -> None:
    dossier = dossiers_pb2.Dossier()
    dossier.handover.remote = True
    offered = {
        f"{act.body.__name__}.{question.name}": words_offered(question)
        for act in ACTS.values()
        for question in act.questions(dossier)
        if words_offered(question)
    }
    assert offered == {member: LISTED[member] for member in offered}
    assert offered.keys() >= {"Handover.delivery", "Payment.exemption", "VerificationReply.outcome"}


def test_a_page_knows_a_party_s_confirmation_by_the_kinds_of_the_service() -> None:
    for field, kinds in elsewhere.PAPERS.items():
        assert kinds == {field.removesuffix("_elsewhere") + each for each in CONFIRMATIONS}


def test_pages_beside_the_acts_offer_the_words_of_the_service_too() -> None:
    authenticator = next(one for one in own_questions.AUTHENTICATOR if one.name == "kind")
    assert words_offered(authenticator) == set(second_factor.KINDS)
    assert words_offered(own_questions.OPENING["loai-giay-to"]) == set(identity.KINDS)
    assert {counter._COUNTER, counter._POST} == DESK_CHANNELS
    assert set(staff_pages.ROLES) == set(staff.ROLES)
    assert words_offered(staff_pages._CAPACITY) == set(Capacity)
