"""The procedure catalogue, the same in all wards; each ward has its own list of what can be filed online."""

from __future__ import annotations

from gateway import rpcs
from gateway.api import answers
from gateway.api.encode import Json, encode
from gateway.api.operations import api, request_of
from gateway.api.requests import AllProcedures, OneProcedure
from gateway.wards import wards


@api.operation(
    "GET",
    "/procedures",
    id="listProcedures",
    calls=(rpcs.LIST_PROCEDURES,),
    tag="procedures",
    summary="The procedures in force on a day",
    refuses="404 unknown-ward",
    signed_in=False,
    query=AllProcedures,
    answer=answers.Procedures,
)
def list_procedures(query: AllProcedures) -> Json:
    request = request_of(rpcs.LIST_PROCEDURES, {"query": query})
    if query.ward is not None:
        return encode(answers.Procedures, wards().client(query.ward).send(rpcs.LIST_PROCEDURES, request))
    found = wards().send_any(rpcs.LIST_PROCEDURES, request)
    for each in found.procedures:
        each.ClearField("not_online")  # of whichever ward has answered
    return encode(answers.Procedures, found)


@api.operation(
    "GET",
    "/procedures/<code>",
    id="getProcedure",
    calls=(rpcs.GET_PROCEDURE,),
    refuses="404 unknown-ward",
    tag="procedures",
    summary="One procedure with form, documents, time limit, fee and legal basis",
    signed_in=False,
    query=OneProcedure,
    answer=answers.Procedure,
)
def get_procedure(code: str, query: OneProcedure) -> Json:
    request = request_of(rpcs.GET_PROCEDURE, {"code": code, "query": query})
    if query.ward is not None:
        return encode(answers.Procedure, wards().client(query.ward).send(rpcs.GET_PROCEDURE, request))
    found = wards().send_any(rpcs.GET_PROCEDURE, request)
    found.ClearField("not_online")  # of whichever ward has answered
    return encode(answers.Procedure, found)
