"""The opening sessions of a week: added one by one or as a series, changed, called off; and who is on duty."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from caunoi.accounts.v1.accounts_pb2 import Opening, Station
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs, texts
from gateway.pages import identity
from gateway.pages.admin import asked
from gateway.pages.admin.confirm import confirm
from gateway.pages.plain import TROUBLE, UNCHANGED, error_list, flash_of_several, posted_texts, shown_fields
from gateway.pages.refusals import CHANGED_MEANWHILE, errors_from, is_stale
from gateway.pages.weeks import read_day, week_of
from gateway.questions import Field, question, whole
from services.chassis.refusal import Kind, Refusal, not_found

pages = Blueprint("admin_openings", __name__)
pages.before_request(identity.require_admin)

HOURS = (
    question("starts", "Từ", hint="Ví dụ: 18:00.", widget="hour"),
    question("ends", "Đến", hint="Ví dụ: 20:30.", widget="hour"),
    question("note", "Ghi chú cho người dân", hint="Ví dụ: mang theo giấy chứng sinh.", optional=True),
)
OPENING = (question("on", "Ngày", hint="Ví dụ: 30 11 2026.", widget="date"), *HOURS)
SERIES = (
    question("on", "Từ ngày", hint="Ví dụ: 30 11 2026.", widget="date"),
    question("weeks", "Trong mấy tuần", hint="Từ 1 đến 26.", widget="number"),
    *HOURS,
)
REASON = (question("note", "Lý do hủy", hint="Người dân đọc lý do này trên lịch. Ví dụ: mất điện cả tổ."),)
MOST_WEEKS, MOST_SESSIONS = 26, 80
_HOUR = re.compile(r"(\d{1,2})\s*(?:[:.hg]|giờ)?\s*(\d{2})?", re.ASCII | re.IGNORECASE)
_ONE = "/quan-tri/lich/<day>/<uuid:id>"


@pages.get("/quan-tri/lich")
def week() -> ResponseReturnValue:
    shown = week_of(request.args.get("tuan", ""))
    stations = asked.stations(shown.monday, shown.sunday)
    return render_template(
        "admin/week.html",
        ward=identity.own_ward(),
        week=shown,
        days=shown.days(stations),
        duties=asked.duties(shown.monday, shown.sunday),
        stations=[one for one in stations if not one.closed],
    )


@pages.route("/quan-tri/lich/them", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """One session."""
    questions = (_of_stations(), *OPENING)
    if request.method == "GET":
        typed: dict[str, Any] = {"station_id": request.args.get("diem", ""), "on": request.args.get("ngay", "")}
        return _form("admin/add_opening.html", questions, typed, {})
    typed = _typed(questions)
    errors = _missing(questions, typed)
    if not errors:
        try:
            asked.services().call(rpcs.SAVE_OPENING, **typed)
        except Refusal as refusal:
            errors = errors_from(refusal)
        else:
            flash("Đã thêm buổi mở cửa. Xin phân công người trực.")
            return redirect(url_for(".week", tuan=typed["on"]), 303)
    return _form("admin/add_opening.html", questions, typed, errors)


@pages.route("/quan-tri/lich/them-nhieu", methods=["GET", "POST"])
def add_series() -> ResponseReturnValue:
    """Sessions with the same hours on some days of each week. The page names those that cannot be added, and adds the
    others.
    """
    questions = (_of_stations(), *SERIES)
    if request.method == "GET":
        return _series(questions, {"station_id": request.args.get("diem", "")}, {})
    typed = _typed(questions)
    chosen = [place for place in range(7) if str(place) in request.form.getlist("days")]
    errors = _missing(questions, typed)
    if not 1 <= whole(typed["weeks"]) <= MOST_WEEKS:
        errors["weeks"] = f"Xin ghi số tuần bằng chữ số, từ 1 đến {MOST_WEEKS}."
    if not chosen:
        errors["days"] = "Xin chọn ít nhất một thứ trong tuần."
    if errors:
        return _series(questions, typed, errors)
    days = list(_days(date.fromisoformat(typed["on"]), whole(typed["weeks"]), chosen))
    if len(days) > MOST_SESSIONS:
        return _series(questions, typed, {"weeks": f"Nhiều nhất {MOST_SESSIONS} buổi một lần. Xin bớt số tuần."})
    left_out: list[str] = []
    services, fields = asked.services(), {name: text for name, text in typed.items() if name != "weeks"}
    for day in days:
        try:
            services.part(day).call(rpcs.SAVE_OPENING, **fields | {"on": day.isoformat()})
        except Refusal as refusal:
            if refusal.kind is not Kind.CONFLICT:
                return _series(questions, typed, errors_from(refusal))
            left_out.append(f"{texts.weekday(day)} ({refusal.text.rstrip('.')})")
    added = len(days) - len(left_out)
    flash_of_several(added and f"Đã thêm {added} buổi mở cửa.", "Không thêm buổi nào.", "Không thêm được", left_out)
    return redirect(url_for(".week", tuan=days[0]), 303)


@pages.route(_ONE, methods=["GET", "POST"])
def opening(day: str, id: UUID) -> ResponseReturnValue:
    """One session: its hours, and who is on duty. Saving the hours keeps the volunteer who was chosen for duty."""
    station, found = _opening(day, id)
    if request.method == "GET":
        return _shown(station, found, _hours_of(found), {})
    typed, picked = _typed(OPENING), request.form.get("volunteer", "")
    errors = _missing(OPENING, typed)
    if typed == _hours_of(found):
        flash(UNCHANGED, TROUBLE)
        return _week_or(typed["on"], id, picked)
    if not errors:
        try:
            version = whole(request.form.get("version", ""))
            changes = {**typed, "station_id": station.id, "expected_version": version}
            asked.change(asked.services(), rpcs.SAVE_OPENING, found, **changes)
        except Refusal as refusal:
            errors = errors_from(refusal)
            if is_stale(refusal):
                return _shown(station, found, typed, {"": CHANGED_MEANWHILE}, status=412, picked=picked)
        else:
            flash("Đã đổi buổi mở cửa. Lịch công khai đã theo giờ mới.")
            return _week_or(typed["on"], id, picked)
    return _shown(station, found, typed, errors, picked=picked)


def _week_or(day: str, id: UUID, picked: str) -> ResponseReturnValue:
    """Goes to the week, or to the session if somebody was chosen for duty and is not on it yet."""
    if not picked:
        return redirect(url_for(".week", tuan=day), 303)
    station, found = _opening(day, id)
    return _shown(station, found, _hours_of(found), {}, picked=picked)


@pages.post(f"{_ONE}/truc")
def put_on_duty(day: str, id: UUID) -> ResponseReturnValue:
    station, found = _opening(day, id)
    volunteer = request.form.get("volunteer", "")
    errors = {} if volunteer else {"volunteer": "Xin chọn một tình nguyện viên."}
    if volunteer:
        try:
            asked.services().call(rpcs.PUT_ON_DUTY, opening_id=found.id, volunteer_id=volunteer)
        except Refusal as refusal:
            errors = errors_from(refusal)
    typed = _typed(OPENING)
    hours = typed if any(typed.values()) else _hours_of(found)
    read = request.form.get("version", "")  # the version on which the hours were typed
    if errors:
        return _shown(station, found, hours, errors, picked=volunteer, version=read)
    flash("Đã phân công người trực.")
    if hours != _hours_of(found):
        return _shown(station, found, hours, {}, version=read)
    return redirect(url_for(".opening", day=day, id=id), 303)


@pages.route(f"{_ONE}/truc/<uuid:duty>/thoi", methods=["GET", "POST"])
def take_off_duty(day: str, id: UUID, duty: UUID) -> ResponseReturnValue:
    station, found = _opening(day, id)
    on = texts.local(found.starts_at).date()
    taken = asked.by_id(asked.duties(on, on).get(found.id, []), duty)
    name = taken.volunteer.full_name

    def do(_: dict[str, str]) -> str:
        asked.services().call(rpcs.TAKE_OFF_DUTY, duty_id=taken.id)
        return f"{name} không còn trực buổi này."

    return confirm(
        do,
        title=f"Thôi phân công {name}?",
        text="Nếu người này đang hướng dẫn ai thì buổi hướng dẫn kết thúc ngay, trên cả hai máy.",
        button="Thôi phân công",
        back=url_for(".opening", day=day, id=id),
        about=_about(station, found),
    )


@pages.route(f"{_ONE}/huy", methods=["GET", "POST"])
def cancel(day: str, id: UUID) -> ResponseReturnValue:
    """Calls a session off, with the reason that people will read."""
    station, found = _opening(day, id)

    def do(typed: dict[str, str]) -> str:
        version = whole(request.form.get("version", ""))
        asked.services().call(rpcs.CANCEL_OPENING, id=found.id, expected_version=version, **typed)
        return "Đã hủy buổi này. Lịch công khai ghi rõ lý do."

    # Somebody else may have called it off meanwhile: the reason typed here would replace theirs.
    note = {"Đã hủy với lý do" if found.cancelled_at.seconds else "Ghi chú": found.note} if found.note else {}
    return confirm(
        do,
        title="Hủy buổi này?",
        text="Buổi đã hủy không mở lại được. Buổi hướng dẫn đang mở trong giờ đó kết thúc ngay.",
        button="Hủy buổi này",
        back=url_for(".opening", day=day, id=id),
        about=_about(station, found) | note,
        questions=REASON,
        version=found.version,
    )


def _about(station: Station, found: Opening) -> dict[str, str]:
    on = texts.weekday(texts.local(found.starts_at).date())
    return {"Điểm hỗ trợ": station.name, "Buổi": f"{on}, {texts.hours(found)}"}


def _opening(day: str, id: UUID) -> tuple[Station, Opening]:
    """A session of that day and its station. Raises a Refusal (NOT_FOUND)."""
    on = read_day(day)
    if on is None:
        raise not_found("not-found", "Không có ngày này.")
    found = [(station, one) for station in asked.stations(on, on) for one in station.openings]
    one = asked.by_id((one for _, one in found), id)
    return next(station for station, other in found if other is one), one


def _shown(
    station: Station,
    found: Opening,
    typed: Mapping[str, str],
    errors: dict[str, str],
    status: int = 422,
    *,
    picked: str = "",
    version: str = "",
) -> ResponseReturnValue:
    """The page with the session as it is now; with status 412 if somebody else has changed it meanwhile. `version` is
    the version on which unsaved hours were typed.
    """
    on = texts.local(found.starts_at).date()
    on_duty = asked.duties(on, on).get(found.id, [])
    volunteers = asked.services().call(rpcs.LIST_VOLUNTEERS).volunteers
    taken = {duty.volunteer.id for duty in on_duty}
    choices = tuple((one.id, one.full_name) for one in volunteers if one.id not in taken)
    pick = question("volunteer", "Thêm người trực", widget="select", choices=choices)
    content = render_template(
        "admin/opening.html",
        station=station,
        opening=found,
        on=on,
        duties=on_duty,
        volunteers=choices,
        pick=shown_fields((pick,), {"volunteer": picked}, errors)[0],
        fields=shown_fields(OPENING, typed, errors),
        over=found.ends_at.seconds <= time.time(),
        stale=status == 412,
        version=version or found.version,
        unsaved=bool(picked) or typed != _hours_of(found),
        summary=error_list((*OPENING, pick), errors),
    )
    return content, status if errors else 200


def _form(
    template: str, questions: Sequence[Field], typed: Mapping[str, str], errors: dict[str, str]
) -> ResponseReturnValue:
    content = render_template(
        template, fields=shown_fields(questions, typed, errors), summary=error_list(questions, errors)
    )
    return content, 422 if errors else 200


def _series(questions: Sequence[Field], typed: Mapping[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    days = question("days", "Những thứ nào trong tuần")
    content = render_template(
        "admin/add_series.html",
        fields=shown_fields(questions, typed, errors),
        days=[
            {"value": str(place), "text": name, "checked": str(place) in request.form.getlist("days")}
            for place, name in enumerate(texts.WEEKDAYS)
        ],
        days_error=errors.get("days", ""),
        summary=error_list((*questions, days), errors),
    )
    return content, 422 if errors else 200


def _of_stations() -> Field:
    """The question for the station; closed stations take no sessions."""
    choices = tuple((one.id, one.name) for one in asked.stations() if not one.closed)
    return question("station_id", "Điểm hỗ trợ", widget="select", choices=choices)


def _typed(questions: Sequence[Field]) -> dict[str, Any]:
    """Texts by name, as the request of the RPC takes them."""
    typed = posted_texts(questions, request.form)
    return typed | {one.name: _hour(typed[one.name]) for one in questions if one.widget == "hour"}


def _hour(text: str) -> str:
    """`18:00` from what people write, such as `18h`, `18 giờ 30` or `6.05`; other text unchanged."""
    found = _HOUR.fullmatch(text)
    return f"{int(found[1]):02d}:{found[2] or '00'}" if found else text


def _missing(questions: Sequence[Field], typed: Mapping[str, str]) -> dict[str, str]:
    """Errors that the service would not word for this page, where the date has three fields and the station is a
    choice.
    """
    errors = {}
    for one in questions:
        if one.widget == "select" and typed[one.name] not in dict(one.choices):
            errors[one.name] = "Xin chọn điểm hỗ trợ."
        if one.widget == "date" and read_day(typed[one.name]) is None:
            errors[one.name] = "Xin ghi đủ ngày, tháng và năm, ví dụ 30 11 2026."
    return errors


def _hours_of(found: Opening) -> dict[str, str]:
    starts, ends = texts.local(found.starts_at), texts.local(found.ends_at)
    return {
        "on": starts.date().isoformat(),
        "starts": f"{starts:%H:%M}",
        "ends": f"{ends:%H:%M}",
        "note": "" if found.cancelled_at.seconds else found.note,
    }


def _days(first: date, weeks: int, weekdays: Sequence[int]) -> Iterator[date]:
    days = (first + timedelta(days) for days in range(7 * weeks))
    return (day for day in days if day.weekday() in weekdays)
