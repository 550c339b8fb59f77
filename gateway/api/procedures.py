"""The procedure catalogue, which is the same in all wards."""

from __future__ import annotations

from gateway import rpcs
from gateway.api import answers
from gateway.api.encode import Json, encode
from gateway.api.operations import api, request_of
from gateway.api.requests import OnDate, OneProcedure
from gateway.wards import wards


@api.operation(
    "GET",
    "/procedures",
    id="listProcedures",
    calls=(rpcs.LIST_PROCEDURES,),
    tag="procedures",
    summary="The procedures in force on a day",
    signed_in=False,
    query=OnDate,
    answer=answers.Procedures,
)
def list_procedures(query: OnDate) -> Json:
    request = request_of(rpcs.LIST_PROCEDURES, {"query": query})
    return encode(answers.Procedures, wards().send_any(rpcs.LIST_PROCEDURES, request))


@api.operation(
    "GET",
    "/procedures/<code>",
    id="getProcedure",
    calls=(rpcs.GET_PROCEDURE,),
    tag="procedures",
    summary="One procedure with form, documents, time limit, fee and legal basis",
    signed_in=False,
    query=OneProcedure,
    answer=answers.Procedure,
)
def get_procedure(code: str, query: OneProcedure) -> Json:
    request = request_of(rpcs.GET_PROCEDURE, {"code": code, "query": query})
    return encode(answers.Procedure, wards().send_any(rpcs.GET_PROCEDURE, request))
