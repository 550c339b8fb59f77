"""The wards."""

from __future__ import annotations

from gateway.api import answers
from gateway.api.encode import Json
from gateway.api.operations import api
from gateway.wards import wards


@api.operation(
    "GET",
    "/wards",
    id="listWards",
    tag="wards",
    summary="The wards, and whether their services answer",
    signed_in=False,
    answer=answers.Wards,
)
def list_wards() -> Json:
    district, statuses = wards().district, wards().statuses()
    listed = [
        {"code": ward.code, "name": ward.name, "slug": ward.slug, "status": statuses[ward.code]}
        for ward in district.wards.values()
    ]
    return {"district": district.name, "province": district.province, "wards": listed}
