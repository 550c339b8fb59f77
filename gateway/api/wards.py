"""The wards and their stations."""

from __future__ import annotations

from caunoi.accounts.v1 import accounts_pb2

from gateway.api import answers, encode
from gateway.api.operations import api
from gateway.cells import cells


@api.operation(
    "GET",
    "/wards",
    id="listWards",
    tag="wards",
    summary="The wards, and whether their services answer",
    signed_in=False,
    answer=answers.Wards,
)
def list_wards() -> answers.Wards:
    district, statuses = cells().district, cells().statuses()
    wards = [
        answers.WardWithStatus(code=ward.code, name=ward.name, slug=ward.slug, status=statuses[ward.code])
        for ward in district.wards.values()
    ]
    return answers.Wards(district=district.name, province=district.province, wards=wards)


@api.operation(
    "GET",
    "/wards/<ward>/stations",
    id="listStations",
    tag="wards",
    summary="The stations of a ward where volunteers guide",
    signed_in=False,
    answer=answers.Stations,
)
def list_stations(ward: str) -> answers.Stations:
    request = accounts_pb2.ListStationsRequest()
    found = cells().ask(ward, cells().accounts(ward).ListStations, request, repeatable=True)
    return answers.Stations(stations=[encode.station(each) for each in found.stations])
