"""Computers and scanners of the ward's stations: added, enrolled by a code, revoked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from caunoi.accounts.v1.stations_pb2 import Device, EnrolmentCode
from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import rpcs
from gateway.pages import identity
from gateway.pages.admin import asked
from gateway.pages.admin.confirm import confirm
from gateway.pages.plain import error_list, left_out, posted_texts, shown_fields
from gateway.pages.refusals import errors_from
from gateway.questions import Field, question
from services.chassis.refusal import Refusal

pages = Blueprint("admin_devices", __name__)
pages.before_request(identity.require_admin)

KINDS = {"kiosk": "Máy tính", "scanner": "Máy quét"}
_ONE = "/quan-tri/may/<uuid:id>"


@pages.get("/quan-tri/may")
def devices() -> ResponseReturnValue:
    found = sorted(_devices(), key=lambda one: (one.revoked_at.seconds > 0, one.kind, one.name))
    names = {one.id: one.name for one in found}
    at_station = [(station, [one for one in found if one.station_id == station.id]) for station in asked.stations()]
    return render_template(
        "admin/devices.html",
        ward=identity.own_ward(),
        at_station=[(station, own) for station, own in at_station if own or not station.closed],
        names=names,
        kinds=KINDS,
    )


@pages.route("/quan-tri/may/them/<any(kiosk, scanner):kind>", methods=["GET", "POST"])
def add(kind: str) -> ResponseReturnValue:
    """Adds a computer, or a scanner beside one; the answer to the form shows the code that enrols it."""
    places = _places(kind)
    questions = _questions(kind, places)
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = posted_texts(questions, request.form)
        place = typed["place"]
        errors = left_out(questions, {**typed, "place": place if place in places else ""})
        if not errors:
            kiosk = place if kind == "scanner" else ""
            try:
                added = asked.services().call(
                    rpcs.ADD_DEVICE, kind=kind, station_id=places[place].station_id, kiosk_id=kiosk, name=typed["name"]
                )
            except Refusal as refusal:
                errors = errors_from(refusal)
            else:
                return _code(added)
    content = render_template(
        "admin/add_device.html",
        kind=kind,
        heading=f"Thêm {KINDS[kind].lower()}",
        places=places,
        fields=shown_fields(questions, typed, errors),
        summary=error_list(questions, errors),
    )
    return content, 422 if errors else 200


@pages.route(f"{_ONE}/ma-moi", methods=["GET", "POST"])
def renew(id: UUID) -> ResponseReturnValue:
    device = asked.by_id(_devices(), id)
    return confirm(
        lambda _: make_response(_code(asked.services().call(rpcs.RENEW_ENROLMENT_CODE, device_id=device.id))),
        title=f"Cấp mã mới cho {device.name}?",
        text="Mã trước và ghi danh trước của máy này hết hiệu lực ngay. Máy phải ghi danh lại bằng mã mới.",
        button="Cấp mã mới",
        back=url_for(".devices"),
        about=_about(device),
    )


@pages.route(f"{_ONE}/thu-hoi", methods=["GET", "POST"])
def revoke(id: UUID) -> ResponseReturnValue:
    device = asked.by_id(_devices(), id)

    def do(_: dict[str, str]) -> str:
        asked.services().call(rpcs.REVOKE_DEVICE, device_id=device.id)
        return f"Đã thu hồi {device.name}. Máy này không còn là máy của điểm hỗ trợ."

    return confirm(
        do,
        title=f"Thu hồi {device.name}?",
        text="Dùng khi máy mất, hỏng hoặc chuyển đi nơi khác. Thu hồi rồi không lấy lại được; muốn dùng lại thì thêm "
        "máy mới.",
        button="Thu hồi máy này",
        back=url_for(".devices"),
        about=_about(device),
    )


def _about(device: Device) -> dict[str, str]:
    station = asked.by_id(asked.stations(), device.station_id)
    return {"Loại máy": KINDS[device.kind], "Điểm hỗ trợ": station.name}


def _code(made: EnrolmentCode) -> str:
    return render_template("admin/code.html", ward=identity.own_ward(), made=made, device=made.device)


def _devices() -> list[Device]:
    return list(asked.services().call(rpcs.LIST_DEVICES).devices)


class _Place(NamedTuple):
    station_id: str
    name: str


def _places(kind: str) -> dict[str, _Place]:
    """Where a device may stand: a computer at a station that is not closed, a scanner beside a computer of such a
    station; by the id of the station or computer.
    """
    stations = {one.id: _Place(one.id, one.name) for one in asked.stations() if not one.closed}
    if kind == "kiosk":
        return stations
    return {
        one.id: _Place(one.station_id, f"{one.name}, {stations[one.station_id].name}")
        for one in _devices()
        if one.kind == "kiosk" and not one.revoked_at.seconds and one.station_id in stations
    }


def _questions(kind: str, places: Mapping[str, _Place]) -> tuple[Field, ...]:
    title, example = ("Máy tính đứng cạnh", "Máy quét 1") if kind == "scanner" else ("Điểm hỗ trợ", "Máy 3")
    choices = tuple((id, place.name) for id, place in places.items())
    where = question("place", title, widget="select", choices=choices)
    return where, question("name", "Tên máy", hint=f"Dán tên này lên máy, ví dụ {example}.")
