"""What somebody has done with help and alone; only they see it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from caunoi.accounts.v1.learning_pb2 import LearningStep, OwnLearning
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.pages import asking, identity, kept
from services.chassis.refusal import Refusal

pages = Blueprint("learning", __name__)
pages.before_request(identity.require_citizen)

_HOW = {
    "alone": "Ông/bà tự làm",
    "station": "Ông/bà tự làm, ở máy của điểm hỗ trợ",
    "helped": "Có người giúp",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done, in words."""

    at: Any
    what: str
    how: str


@pages.get("/tai-khoan/tu-lam")
def own() -> ResponseReturnValue:
    services = asking.services_of(identity.own_ward())
    found: OwnLearning = services.call(rpcs.GET_OWN_LEARNING)
    names: Mapping[str, str] = {}
    if found.steps:
        with suppress(Refusal):  # the page works without it
            names = {one.code: one.name for one in services.call(rpcs.LIST_PROCEDURES).procedures}
    practised = kept.finished.read() if identity.practising() else None
    counted = practised is None or any(one.dossier_id == practised.dossier for one in found.steps)
    return render_template(
        "account/learning.html",
        own=found,
        steps=[_step(one, names) for one in found.steps],
        uncounted=practised if not counted else None,
    )


def _step(one: LearningStep, names: Mapping[str, str]) -> Step:
    name = names.get(one.procedure, one.procedure)
    what = f"Tập thử: {name}" if one.kind == "practised" else name
    where = asking.district().wards.get(one.ward)
    at = f" – {where.name}" if where else ""
    return Step(one.at, what, _HOW.get(one.assistance, "") + at)
