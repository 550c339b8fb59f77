"""The ward's volunteers: a list, a new volunteer, a new first password, and duty for many opening sessions at once."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from caunoi.accounts.v1.accounts_pb2 import Opening, Station
from caunoi.accounts.v1.stations_pb2 import Duty, FirstPassword, Volunteer
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs, texts
from gateway.pages import identity
from gateway.pages.admin import asked
from gateway.pages.admin.confirm import confirm
from gateway.pages.plain import error_list, flash_of_several, posted_texts, shown_fields
from gateway.pages.refusals import errors_from
from gateway.pages.weeks import Week, week_of
from gateway.questions import question
from services.chassis.refusal import Kind, Refusal

pages = Blueprint("admin_volunteers", __name__)
pages.before_request(identity.require_admin)

VOLUNTEER = (
    question("full_name", "Họ, chữ đệm và tên", widget="name", autocomplete="off"),
    question(
        "username",
        "Tên đăng nhập",
        hint="Chữ thường không dấu, chữ số và dấu chấm, ví dụ lan.tran. Tên phường được thêm vào sau.",
        widget="login",
        autocomplete="off",
    ),
)
_NOT_FREE = (Kind.CONFLICT, Kind.NOT_FOUND)  # one of several duties is refused if its session has changed meanwhile
WEEKS = 4  # weeks of opening sessions on the page of somebody's duties


@pages.get("/quan-tri/tinh-nguyen-vien")
def volunteers() -> ResponseReturnValue:
    return render_template("admin/volunteers.html", ward=identity.own_ward(), volunteers=_volunteers())


@pages.route("/quan-tri/tinh-nguyen-vien/them", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Adds a volunteer. The answer to the form shows the password, and no page shows it again."""
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = posted_texts(VOLUNTEER, request.form)
        try:
            added = asked.services().call(rpcs.ADD_VOLUNTEER, **typed)
        except Refusal as refusal:
            errors = errors_from(refusal)
            if refusal.type == "username-taken":
                errors = {"username": refusal.text}
        else:
            return _shown_once(added, is_new=True)
    content = render_template(
        "admin/add_volunteer.html",
        fields=shown_fields(VOLUNTEER, typed, errors),
        summary=error_list(VOLUNTEER, errors),
    )
    return content, 422 if errors else 200


@pages.route("/quan-tri/tinh-nguyen-vien/<uuid:id>/mat-khau", methods=["GET", "POST"])
def renew_password(id: UUID) -> ResponseReturnValue:
    """A new first password, for somebody who has forgotten theirs."""
    volunteer = asked.by_id(_volunteers(), id)
    return confirm(
        lambda _: make_response(
            _shown_once(asked.services().call(rpcs.RENEW_PASSWORD, volunteer_id=volunteer.id), is_new=False)
        ),
        title=f"Cấp mật khẩu mới cho {volunteer.full_name}?",
        text="Mật khẩu đang dùng hết hiệu lực ngay, và nơi nào đang đăng nhập bằng mật khẩu ấy phải đăng nhập lại. "
        "Mật khẩu mới chỉ hiện một lần; người này đặt mật khẩu của riêng mình khi đăng nhập.",
        button="Cấp mật khẩu mới",
        back=url_for(".volunteers"),
        about={"Tên đăng nhập": volunteer.username},
    )


def _shown_once(given: FirstPassword, *, is_new: bool) -> str:
    return render_template(
        "admin/first_password.html", volunteer=given.volunteer, password=given.password, is_new=is_new
    )


def _volunteers() -> list[Volunteer]:
    return list(asked.services().call(rpcs.LIST_VOLUNTEERS).volunteers)


# Duties


@dataclass(frozen=True, slots=True)
class Choice:
    """An opening session to come, for somebody's duty. `clash` names the station of a duty at the same time."""

    on: date
    opening: Opening
    station: Station
    others: tuple[str, ...] = ()
    duty: Duty | None = None
    clash: str = ""

    @property
    def text(self) -> str:
        return f"{texts.weekday(self.on)}, {texts.hours(self.opening)}"

    @property
    def monday(self) -> date:
        return self.on - timedelta(days=self.on.weekday())

    @property
    def is_free(self) -> bool:
        return self.duty is None and not self.clash


@pages.route("/quan-tri/tinh-nguyen-vien/<uuid:id>/truc", methods=["GET", "POST"])
def duties(id: UUID) -> ResponseReturnValue:
    """Puts somebody on duty for opening sessions of some weeks: on some weekdays, or one by one."""
    volunteer = asked.by_id(_volunteers(), id)
    first = week_of(request.args.get("tuan", ""))
    choices = _choices(volunteer, first)
    if request.method == "GET":
        return _duties_form(volunteer, first, choices, {})
    days, ids = request.form.getlist("days"), request.form.getlist("openings")
    chosen = [one for one in choices if one.is_free and (one.opening.id in ids or str(one.on.weekday()) in days)]
    if not chosen:
        text = "Xin chọn ít nhất một thứ trong tuần hoặc một buổi còn trống."
        return _duties_form(volunteer, first, choices, {"days": text})
    left_out: list[str] = []
    services = asked.services()
    for one in chosen:
        try:
            services.part(one.opening.id).call(rpcs.PUT_ON_DUTY, opening_id=one.opening.id, volunteer_id=volunteer.id)
        except Refusal as refusal:
            if refusal.kind not in _NOT_FREE:
                return _duties_form(volunteer, first, _choices(volunteer, first), errors_from(refusal))
            left_out.append(f"{one.text} ({refusal.text.rstrip('.')})")
    done = len(chosen) - len(left_out)
    told = done and f"{volunteer.full_name} trực thêm {done} buổi."
    flash_of_several(told, "Không thêm buổi trực nào.", "Không phân công được", left_out)
    return redirect(url_for(".duties", id=id, tuan=first.monday), 303)


def _choices(volunteer: Volunteer, first: Week) -> list[Choice]:
    """The opening sessions of the weeks from the first on that are neither cancelled nor over, by time."""
    since, until = first.monday, first.monday + timedelta(weeks=WEEKS, days=-1)
    on_duty = asked.duties(since, until)
    own = [duty for of_opening in on_duty.values() for duty in of_opening if duty.volunteer.id == volunteer.id]
    found = []
    for station in asked.stations(since, until):
        for opening in station.openings:
            if opening.cancelled_at.seconds or opening.ends_at.seconds <= time.time():
                continue
            here = on_duty.get(opening.id, [])
            found.append(
                Choice(
                    on=texts.local(opening.starts_at).date(),
                    opening=opening,
                    station=station,
                    others=tuple(one.volunteer.full_name for one in here if one.volunteer.id != volunteer.id),
                    duty=next((one for one in own if one.opening.id == opening.id), None),
                    clash=next((one.station_name for one in own if _overlap(one.opening, opening)), ""),
                )
            )
    return sorted(found, key=lambda one: (one.opening.starts_at.seconds, one.station.name))


def _overlap(one: Opening, other: Opening) -> bool:
    apart = one.ends_at.seconds <= other.starts_at.seconds or other.ends_at.seconds <= one.starts_at.seconds
    return not apart and one.id != other.id and not one.cancelled_at.seconds


def _duties_form(
    volunteer: Volunteer, first: Week, choices: Sequence[Choice], errors: Mapping[str, str]
) -> ResponseReturnValue:
    days, ids = request.form.getlist("days"), request.form.getlist("openings")
    free = [one for one in choices if one.is_free]
    content = render_template(
        "admin/duties.html",
        volunteer=volunteer,
        week=first,
        until=first.monday + timedelta(weeks=WEEKS, days=-1),
        later=first.monday + timedelta(weeks=WEEKS),
        own=[one for one in choices if one.duty],
        clashing=[one for one in choices if one.clash and not one.duty],
        weekdays=[
            {"value": str(place), "text": name, "checked": str(place) in days}
            for place, name in enumerate(texts.WEEKDAYS)
            if place in {one.on.weekday() for one in free}
        ],
        weeks=[
            (
                monday,
                [_item(one, one.opening.id in ids) for one in free if one.monday == monday],
            )
            for monday in sorted({one.monday for one in free})
        ],
        errors=errors,
        summary=error_list((question("days", ""),), errors),
    )
    return content, 422 if errors else 200


def _item(one: Choice, checked: bool) -> dict[str, Any]:
    on_duty = f"Đang có: {', '.join(one.others)}." if one.others else "Chưa có người trực."
    hint = {"text": f"{one.station.name}. {on_duty}"}
    return {"value": one.opening.id, "text": one.text, "checked": checked, "hint": hint}
