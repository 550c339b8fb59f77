"""The ward's report, in figures only: how many households and people can do it alone, and what people stumble on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from caunoi.accounts.v1.learning_pb2 import ExplainedQuestion, FirstMonths, HouseholdGroups
from caunoi.dossiers.v1.dossiers_pb2 import Procedure
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.pages import identity
from gateway.pages.admin import asked
from gateway.pages.form_pages import Form, read_form
from gateway.pages.guidance.subjects import kind_of, title_of
from services.chassis.clock import SystemClock
from services.chassis.refusal import Refusal

pages = Blueprint("admin_report", __name__)
pages.before_request(identity.require_admin)

_OPENING = "Mở tài khoản"


@dataclass(frozen=True, slots=True)
class Question:
    """A question that volunteers explained to people, in the form's words, and where it is asked."""

    title: str
    where: str
    subject: str
    people: int


@pages.get("/quan-tri/bao-cao")
def report() -> ResponseReturnValue:
    found = asked.services().call(rpcs.GET_LEARNING_REPORT)
    return render_template(
        "admin/report.html",
        ward=identity.own_ward(),
        report=found,
        at=SystemClock().now(),
        groups=[(_groups(one, len(found.groups)), one) for one in found.groups],
        months=[(_months(one), one.people) for one in found.months],
    )


@pages.get("/quan-tri/bao-cao/cau-hoi")
def questions() -> ResponseReturnValue:
    found = asked.services().call(rpcs.LIST_EXPLAINED_QUESTIONS).questions
    known = {code: _procedure(code) for code in {one.procedure for one in found} if code}
    return render_template(
        "admin/questions.html", ward=identity.own_ward(), questions=[_question(one, known) for one in found]
    )


def _groups(one: HouseholdGroups, count: int) -> str:
    """Such as `Tổ 3 đến 5`; the last range has no end."""
    if not one.until:
        return "Tất cả các tổ" if count == 1 else f"Tổ {one.since} trở lên, và hộ không ghi tổ"
    return f"Tổ {one.since}" if one.since == one.until else f"Tổ {one.since} đến {one.until}"


def _months(one: FirstMonths) -> str:
    """Such as `Tháng 3/2026 đến 5/2026`."""
    until = _month(one.until)
    if not one.since:
        return f"Đến hết tháng {until}"
    return f"Tháng {until}" if one.since == one.until else f"Tháng {_month(one.since)} đến {until}"


def _month(text: str) -> str:
    year, month = text.split("-")
    return f"{int(month)}/{year}"


def _procedure(code: str) -> tuple[Procedure, Form] | None:
    """A procedure as it is in force today, and its form; None where the ward does not have it (any more)."""
    try:
        found = asked.services().call(rpcs.GET_PROCEDURE, code=code)
    except Refusal:
        return None
    return found, read_form(found.form_schema_json, found.form_pages_json)


def _question(one: ExplainedQuestion, known: Mapping[str, tuple[Procedure, Form] | None]) -> Question:
    procedure, form = known.get(one.procedure) or (None, None)
    name = procedure.name if procedure else one.procedure or _OPENING
    if one.term:
        return Question(f"Từ “{one.term}”", name if one.procedure else "Ngoài tờ khai", "", one.people)
    page = form.page_of(one.subject) if form and not kind_of(one.subject) else None
    where = f"{name}, trang “{page.title}”" if page else name
    return Question(title_of(one.subject, procedure, form), where, one.subject, one.people)
