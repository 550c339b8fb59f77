"""Who works for the ward: list, adding somebody with a link, changing, ending; a new link and lost second factors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from caunoi.accounts.v1.staff_pb2 import AdministeredStaff, StaffLink
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs, texts
from gateway.pages import identity
from gateway.pages.admin import asked
from gateway.pages.admin.confirm import confirm
from gateway.pages.plain import TROUBLE, UNCHANGED, error_list, posted_texts, shown_fields
from gateway.pages.qr import qr_code
from gateway.pages.refusals import CHANGED_MEANWHILE, errors_from, is_stale
from gateway.questions import Field, question, whole
from gateway.staff_links import staff_link
from services.chassis.capacity import Capacity
from services.chassis.refusal import Refusal
from services.chassis.tokens import OFFICE, Role

pages = Blueprint("admin_staff", __name__)
pages.before_request(identity.require_admin)

#: What an administrator gives; volunteers have a page of their own.
ROLES = (Role.RECEPTIONIST, Role.CIVIL_STATUS_OFFICER, Role.SIGNER, Role.WARD_ADMIN)
assert {*ROLES} == {*OFFICE, Role.WARD_ADMIN}
_NAME = question("full_name", "Họ, chữ đệm và tên", widget="name", autocomplete="off")
_USERNAME = question(
    "username",
    "Tên đăng nhập",
    hint="Chữ thường không dấu, chữ số và dấu chấm, ví dụ quang.tran. Tên phường được thêm vào sau.",
    widget="login",
    autocomplete="off",
)
_TITLE = question(
    "title",
    "Chức vụ",
    hint="Với người ký, ghi đúng như trên giấy tờ, ví dụ Phó Chủ tịch UBND phường.",
    autocomplete="off",
)
_CAPACITY = question(
    "capacity",
    "Ký với tư cách",
    hint="Phó Chủ tịch, kể cả khi được giao phụ trách: giấy tờ ghi “KT. CHỦ TỊCH”. Quyền Chủ tịch: ghi “Q. CHỦ TỊCH”.",
    widget="radios",
    choices=tuple(texts.CAPACITIES.items()),
)
_PHONE = question("phone", "Số di động", hint="Để báo khi tài khoản thay đổi.", widget="tel", autocomplete="off")
_EMAIL = question("email", "Thư điện tử", widget="email", optional=True, autocomplete="off")
NEW = (_NAME, _USERNAME, _TITLE, _PHONE, _EMAIL)
CHANGED = (
    _NAME,
    _TITLE,
    replace(_PHONE, title="Số di động mới", hint="Để trống thì giữ số cũ.", optional=True),
    replace(_EMAIL, title="Thư điện tử mới", hint="Để trống thì giữ địa chỉ cũ."),
)
REASON = (question("reason", "Lý do", hint="Ví dụ: mất điện thoại ngày 3/11, có đơn.", autocomplete="off"),)
_ONE = "/quan-tri/can-bo/<uuid:id>"


@pages.get("/quan-tri/can-bo")
def staff() -> ResponseReturnValue:
    return render_template(
        "admin/staff.html",
        ward=identity.own_ward(),
        staff=_staff(),
        me=identity.signed_in().id,
        capacities=texts.CAPACITIES,
        is_volunteer=_is_volunteer,
    )


@pages.route("/quan-tri/can-bo/them", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    """Adds somebody. The answer to the form shows the link, and no page shows it again."""
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    roles = request.form.getlist("roles")
    if request.method == "POST":
        typed = posted_texts(NEW, request.form) | _capacity(roles)
        errors = _doubted_head(typed)
        try:
            if not errors:
                return _shown_once(asked.services().call(rpcs.ADD_STAFF, roles=roles, **typed), is_new=True)
        except Refusal as refusal:
            errors = errors_from(refusal)
    return _form("Thêm cán bộ", "Thêm và hiện liên kết", NEW, typed, errors, roles)


@pages.route(_ONE, methods=["GET", "POST"])
def change(id: UUID) -> ResponseReturnValue:
    member = asked.by_id(_staff(), id)
    typed = {"full_name": member.full_name, "title": member.title, "capacity": member.capacity}
    kept = {**typed, "phone": "", "email": ""}  # empty: both stay as they are
    roles, errors, status = list(member.roles), dict[str, str](), 422
    if request.method == "POST":
        typed = posted_texts(CHANGED, request.form)
        if _asks_roles(member):
            roles = request.form.getlist("roles")
            typed |= _capacity(roles)
        else:
            typed |= {"capacity": member.capacity}
        if typed == kept and {*roles} == {*member.roles}:
            flash(UNCHANGED, TROUBLE)
            return redirect(url_for(".staff"), 303)
        if typed["capacity"] != member.capacity or typed["title"] != member.title:
            errors = _doubted_head(typed, member.id)
        if errors:
            return _form(_changes(member), "Lưu", CHANGED, typed, errors, roles, member=member)
        read = whole(request.form.get("version", ""))
        try:
            given = [] if _is_volunteer(member) else roles  # empty: a volunteer stays a volunteer
            changed = asked.services().call(
                rpcs.CHANGE_STAFF, staff_id=member.id, roles=given, expected_version=read, **typed
            )
        except Refusal as refusal:
            errors = errors_from(refusal)
            if is_stale(refusal):
                member, errors, status = asked.by_id(_staff(), id), {"": CHANGED_MEANWHILE}, 412
        else:
            flash(f"Đã lưu thông tin của {changed.full_name}.")
            return redirect(url_for(".staff"), 303)
    return _form(_changes(member), "Lưu", CHANGED, typed, errors, roles, member=member, status=status)


@pages.route(_ONE + "/thoi-viec", methods=["GET", "POST"])
def end(id: UUID) -> ResponseReturnValue:
    member = asked.by_id(_staff(), id)
    held = _work_of(member)

    def act(_: dict[str, str]) -> str:
        read = whole(request.form.get("version", ""))
        asked.services().call(rpcs.END_STAFF, staff_id=member.id, expected_version=read)
        ended = f"{member.full_name} không còn vào hệ thống được."
        if held.dossiers:
            ended += f" {held.dossiers} hồ sơ người này đang xử lý trở lại “Chưa ai nhận”."
        return ended

    return confirm(
        act,
        title=f"Cho {member.full_name} thôi việc trên hệ thống?",
        text="Người này bị đăng xuất ngay ở mọi nơi và không đăng nhập được nữa. Những việc đã làm vẫn ghi tên người "
        f"này.{held.what_becomes} Không mở lại được; làm việc trở lại thì thêm với tên đăng nhập khác.",
        button="Cho thôi việc",
        back=url_for(".staff"),
        about={**_about(member), "Chức vụ": member.title, **held.rows},
        version=member.version,
    )


@pages.route(_ONE + "/lien-ket", methods=["GET", "POST"])
def link(id: UUID) -> ResponseReturnValue:
    member = asked.by_id(_staff(), id)
    return confirm(
        lambda _: make_response(
            _shown_once(asked.services().call(rpcs.RENEW_STAFF_LINK, staff_id=member.id), is_new=False)
        ),
        title=f"Tạo liên kết đặt mật khẩu cho {member.full_name}?",
        text="Liên kết dùng được một lần, trong 24 giờ; liên kết trước hết hiệu lực. Mật khẩu đang dùng còn dùng được "
        "cho đến khi người này đặt mật khẩu mới. Người này được báo tin.",
        button="Tạo liên kết",
        back=url_for(".staff"),
        about=_about(member),
    )


@pages.route(_ONE + "/xac-thuc", methods=["GET", "POST"])
def reset(id: UUID) -> ResponseReturnValue:
    member = asked.by_id(_staff(), id)

    def act(typed: dict[str, str]) -> str:
        asked.services().call(rpcs.RESET_SECOND_FACTOR, staff_id=member.id, reason=typed["reason"])
        reached = member.phone_masked or member.email_masked
        told = "và đã báo tin cho người này" if reached else "nhưng chưa có số điện thoại để báo: xin tự báo"
        return f"Đã xóa các cách xác thực của {member.full_name}, {told}."

    return confirm(
        act,
        title=f"Xóa các cách xác thực hai lớp của {member.full_name}?",
        text="Chỉ làm khi chính người này đến báo mất điện thoại hoặc khóa. Mọi nơi đang đăng nhập phải đăng nhập lại; "
        "lần sau người này vào bằng mật khẩu rồi thiết lập lại. Lý do và người xóa được ghi lại, người này được báo.",
        button="Xóa các cách xác thực",
        back=url_for(".staff"),
        about=_about(member),
        questions=REASON,
    )


def _changes(member: AdministeredStaff) -> str:
    return f"Sửa thông tin của {member.full_name}"


def _is_volunteer(member: AdministeredStaff) -> bool:
    return list(member.roles) == [Role.VOLUNTEER]


def _asks_roles(member: AdministeredStaff) -> bool:
    """Nobody changes their own roles, and a volunteer has no other role."""
    return member.id != identity.signed_in().id and not _is_volunteer(member)


def _capacity(roles: list[str]) -> dict[str, str]:
    """A browser also sends what was chosen there if the role is taken away afterwards."""
    return posted_texts((_CAPACITY,), request.form) if Role.SIGNER in roles else {"capacity": ""}


@dataclass(frozen=True, slots=True)
class _Work:
    """What somebody still has to do: told before their work ends."""

    rows: dict[str, str]
    dossiers: int = 0  # 0 too where the dossiers service does not answer
    what_becomes: str = ""


def _work_of(member: AdministeredStaff) -> _Work:
    if _is_volunteer(member):
        ahead = member.duties_ahead
        becomes = " Người này không còn trực những buổi sắp tới; xin xếp người khác." if ahead else ""
        return _Work({"Buổi trực sắp tới": str(ahead) if ahead else "Không có"}, what_becomes=becomes)
    if not OFFICE.intersection(map(Role, member.roles)):
        return _Work({})
    try:
        count = asked.services().call(rpcs.GET_WORKLOAD, staff_id=member.id).dossiers
    except Refusal:
        held, count = "Chưa xem được lúc này", 0
    else:
        held = f"{count} hồ sơ" if count else "Không có"
    becomes = " Hồ sơ đang xử lý trở lại “Chưa ai nhận”, để người khác nhận." if held != "Không có" else ""
    return _Work({"Đang xử lý": held}, count, becomes)


def _about(member: AdministeredStaff) -> dict[str, str]:
    return {"Tên đăng nhập": member.username, "Việc được giao": texts.role_name(",".join(member.roles))}


def _shown_once(made: StaffLink, *, is_new: bool) -> str:
    address = staff_link(identity.own_ward(), made.ticket)
    return render_template(
        "admin/staff_link.html",
        member=made.member,
        link=address,
        drawing=qr_code(address),
        expires_at=made.expires_at,
        is_new=is_new,
    )


def _form(
    heading: str,
    button: str,
    questions: tuple[Field, ...],
    typed: dict[str, str],
    errors: dict[str, str],
    roles: list[str],
    member: AdministeredStaff | None = None,
    status: int = 422,
) -> ResponseReturnValue:
    """The form. If the save was refused as stale, it also shows what somebody else has saved meanwhile."""
    shown = error_list((*questions[:1], question("roles", ""), _CAPACITY, *questions[1:]), errors)
    items: list[dict[str, Any]] = [
        {"value": str(role), "text": texts.role_name(role), "checked": str(role) in roles} for role in ROLES
    ]
    content = render_template(
        "admin/staff_member.html",
        heading=heading,
        button=button,
        fields=shown_fields(questions, typed, errors),
        capacity=shown_fields((_CAPACITY,), typed, errors)[0],
        summary=shown,
        items=items,
        errors=errors,
        member=member,
        stale=status == 412,
        saved=_saved(member) if member and status == 412 else [],
        was=json.dumps(_told(member), ensure_ascii=False) if member else "",
        doubted=_as_head(typed) if "capacity" in errors and status == 422 else "",
        is_self=member is not None and member.id == identity.signed_in().id,
        is_volunteer=member is not None and _is_volunteer(member),
    )
    return content, status if errors else 200


def _told(member: AdministeredStaff) -> dict[str, str]:
    """What is saved about somebody, in the form that the pages use."""
    return {
        _NAME.title: member.full_name,
        _TITLE.title: member.title,
        "Việc được giao": texts.role_name(",".join(member.roles)),
        _CAPACITY.title: texts.CAPACITIES.get(member.capacity, ""),
        _PHONE.title: member.phone_masked,
        _EMAIL.title: member.email_masked,
    }


def _saved(member: AdministeredStaff) -> list[tuple[str, str]]:
    """What somebody else has changed since the page was opened; the page holds the values that it read."""
    try:
        was = json.loads(request.form.get("was", ""))
    except (ValueError, RecursionError):
        was = None
    if not isinstance(was, dict):
        return list(_told(member).items())
    return [(title, text) for title, text in _told(member).items() if was.get(title) != text]


def _as_head(typed: Mapping[str, str]) -> str:
    """What the page sends again if somebody shall sign as head all the same."""
    return f"{typed.get('capacity')}: {typed.get('title')}"


def _doubted_head(typed: Mapping[str, str], id: str = "") -> dict[str, str]:
    """Asks once more before a deputy, or a second person beside the head, gets the capacity of head: it is the first
    choice of the list, and papers print it.
    """
    if typed.get("capacity") != Capacity.HEAD or request.form.get("doubted") == _as_head(typed):
        return {}
    others = [one for one in _staff() if one.id != id and not one.ended_at.seconds]
    heads = [one.full_name for one in others if one.capacity == Capacity.HEAD]
    if typed["title"].casefold().startswith("phó"):
        why = f"Chức vụ ghi “{typed['title']}”"
    elif heads:
        why = f"{heads[0]} cũng đang ký với tư cách Chủ tịch"
    else:
        return {}
    return {"capacity": f"{why}. Xin xem lại tư cách ký; đúng là ký với tư cách Chủ tịch thì bấm nút lần nữa."}


def _staff() -> list[AdministeredStaff]:
    return list(asked.services().call(rpcs.LIST_ADMINISTERED_STAFF).staff)
