"""People can do each offered act, and cannot do acts that are not offered, with any input.

Each act is really carried out, as in `test_every_act`, on dossiers that something beside their status stands in the
way of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb
from google.protobuf.message import Message

from services.chassis.refusal import Kind, Refusal
from services.dossiers.domain.acts import ACTS, SUBMISSION, SUPPLEMENT, WITHDRAWAL, Party
from services.dossiers.domain.verification import MOST_VERIFICATIONS, RECORDED, State
from tests.services.dossiers.acting import Dossiers, answer_to, taken_back
from tests.services.dossiers.timing import INQUIRY, REPLY, reply, verify
from tests.services.dossiers.world import CHAIR, DUNG, HOA, OFFICER_AND_SIGNER, SAU, Person, World, refused

#: Somebody of the office whose account has no name: nobody can read who signed.
NAMELESS = replace(CHAIR, id="0b000000-0000-4000-8000-000000000010", name="")
PEOPLE = {
    "applicant": SAU,
    "reception": HOA,
    "officer": DUNG,
    "signer": CHAIR,
    "officer-and-signer": OFFICER_AND_SIGNER,
    "nameless": NAMELESS,
}
#: The RPC of an act that the applicant, or for them the desk, does.
OF_APPLICANT = {SUPPLEMENT: "SupplementDossier", WITHDRAWAL: "WithdrawDossier"}
#: Done as far as a ward goes that no payment provider serves.
NO_PROVIDER = (Kind.CONFLICT, "no-online-payment")

Bring = Callable[[World, str], object]


def _verify(world: World, id: str) -> None:
    verify(world, id, **INQUIRY)


def _verified(world: World, id: str) -> None:
    _verify(world, id)
    reply(world, id, **REPLY)


def _propose_stop(who: Person, world: World, id: str) -> None:
    request = pb.ProposeStopRequest(dossier_id=id, reason="Giấy tờ giả", article="NĐ 123/2015 Đ3")
    world.call("ProposeStop", request, who)


def _stop(world: World, id: str) -> None:
    world.call("StopDossier", pb.StopDossierRequest(dossier_id=id), CHAIR)


def _annul(world: World, id: str) -> None:
    entry = world.get(id).register_entry.id
    world.noted(entry, "annulment", text="Hủy việc đăng ký.", basis="Quyết định hủy giấy tờ cấp trái pháp luật")


def _ask(world: World, id: str) -> None:
    world.ask(id, "/child/full_name")


def _ask_for_a_fee(world: World, id: str) -> None:
    request = pb.RequestFeeRequest(dossier_id=id, items=[pb.FeeItem(item="copy", count=1)], reason="Thêm bản sao")
    world.call("RequestFee", request, HOA)


def _extend(world: World, id: str) -> None:
    dossiers = Dossiers(world, "online")
    world.call("ExtendDossier", dossiers.request("ExtendDossier", world.get(id)), DUNG)


#: Acts on a filed dossier that do not give it another status.
WAYS: Mapping[str, tuple[Bring, ...]] = {
    "accepted": (World.accept,),
    "held by the officer": (World.accept, partial(World.assign, who=DUNG)),
    "extended": (World.accept, _extend),
    "verified elsewhere": (World.accept, _verify),
    "verified elsewhere, answered": (World.accept, _verified),
    "answered, and the citizen is asked": (World.accept, _verified, _ask),
    "asked elsewhere, and the citizen is asked": (World.accept, _verify, _ask),
    "asked elsewhere, and a fee is asked for": (World.accept, _verify, _ask_for_a_fee),
    "verified as often as may be": (World.accept, *[_verified] * MOST_VERIFICATIONS),
    "a rejection is proposed": (World.accept, partial(_propose_stop, DUNG)),
    "a rejection is proposed by a signer": (World.accept, partial(_propose_stop, OFFICER_AND_SIGNER)),
    "a rejection is proposed while the citizen is asked": (World.accept, _ask, partial(_propose_stop, DUNG)),
    "rejected": (World.accept, partial(_propose_stop, DUNG), _stop),
    "an entry is proposed": (World.accept, World.compare_all, World.approve),
    "an entry is proposed by a signer": (
        World.accept,
        World.compare_all,
        partial(World.approve, who=OFFICER_AND_SIGNER),
    ),
    "signed": (World.accept, World.compare_all, World.approve, World.sign),
    "annulled": (World.accept, World.compare_all, World.approve, World.sign, _annul),
    "annulled, and a rejection is proposed": (
        *(World.accept, World.compare_all, World.approve, World.sign, _annul),
        partial(_propose_stop, DUNG),
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_offered_is_done_and_what_is_not_is_refused(
    world: World, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = world.filed().dossier.id
    for step in WAYS[way]:
        step(world, id)
    dossiers = Dossiers(world, "online")
    shown = world.get(id, DUNG)
    by_applicant, by_office = [list(_requests(dossiers, shown, own=own)) for own in (True, False)]
    wrong = []
    with taken_back(monkeypatch):
        for name, who in PEOPLE.items():
            offered = world.get(id, who).actions
            for act, requests in by_applicant if who is SAU else by_office:
                own = [("SignDossier", _signed_by(world, id, who))] if act == "signature" else requests
                answers = [answer_to(world, rpc, request, who) for rpc, request in own]
                if (act in offered) != bool({"done", NO_PROVIDER} & {*answers}):
                    wrong.append(f"{act} by {name} is {'' if act in offered else 'not '}offered: {answers}")
            compared = answer_to(world, "CompareDocument", dossiers.request("CompareDocument", shown), who)
            assert world.get(id, who).comparable == (compared == "done"), name
    assert wrong == []


def _requests(dossiers: Dossiers, dossier: pb.Dossier, *, own: bool) -> Iterator[tuple[str, list[tuple[str, Message]]]]:
    """Each act with what is sent to do it: several where what is typed decides."""
    for act in ACTS.values():
        if act.by == {Party.SYSTEM} or act is SUBMISSION:
            continue
        rpc = OF_APPLICANT.get(act, "StartPayment" if own and act.of_applicant else act.rpc)
        if rpc == "RecordVerificationReply":
            outcomes = sorted({*RECORDED, State.WITHDRAWN})
            recorded = [
                pb.RecordVerificationReplyRequest(
                    dossier_id=dossier.id, verification_id=each.id, **REPLY | {"outcome": outcome}
                )
                for each in dossier.verifications
                for outcome in outcomes
            ]
            yield act.name, [(rpc, each) for each in recorded]
        else:
            yield act.name, [(rpc, dossiers.request(rpc, dossier))]


def _signed_by(world: World, id: str, who: Person) -> pb.SignDossierRequest:
    """The paper that somebody looks at and signs; it has their own name."""
    try:
        seen = world.seen(id, who)
    except Refusal:  # it cannot be signed now, with any `seen`
        seen = "0" * 64
    return pb.SignDossierRequest(dossier_id=id, no_conflict_of_interest=True, seen=seen)


def test_an_act_that_was_offered_and_is_refused_names_the_reason(world: World) -> None:
    """The findings of the opened dossier show it, and the act names each; an approval is still offered."""
    id = world.brought().dossier.id
    world.accept(id)
    assert "approval" in world.get(id, DUNG).actions
    no = refused(partial(world.approve, id))
    assert (no.kind, no.type) == (Kind.INVALID, "not-registrable")
    assert no.fields


def test_a_rejection_that_waits_for_the_signer_is_not_proposed_again(world: World) -> None:
    """The officer who proposed it may not sign it: a second proposal would let the first officer sign their own."""
    id = world.accepted()
    _propose_stop(OFFICER_AND_SIGNER, world, id)
    no = refused(partial(_propose_stop, DUNG, world, id))
    assert (no.kind, no.type) == (Kind.CONFLICT, "wrong-state")
    assert "trả lại" in no.text
    stop = partial(world.call, "StopDossier", pb.StopDossierRequest(dossier_id=id))
    assert refused(partial(stop, OFFICER_AND_SIGNER)).type == "signer-prepared-it"
    world.call("ReturnDossier", pb.ReturnDossierRequest(dossier_id=id, reason="Xin ghi lý do khác"), CHAIR)
    _propose_stop(DUNG, world, id)
    assert stop(CHAIR).status == 8


def test_a_reply_is_taken_back_only_where_another_office_may_be_waited_for_again(world: World) -> None:
    id = world.accepted()
    _verified(world, id)
    assert State.WITHDRAWN in world.get(id, DUNG).verifications[0].outcomes
    _ask(world, id)
    shown = world.get(id, DUNG)
    assert "verification-reply" not in shown.actions
    assert State.WITHDRAWN not in shown.verifications[0].outcomes
