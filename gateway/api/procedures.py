"""The procedure catalogue, which is the same in all wards."""

from __future__ import annotations

from caunoi.dossiers.v1 import dossiers_pb2

from gateway.api import answers, encode
from gateway.api.models import OnDate, OneProcedure
from gateway.api.operations import api
from gateway.cells import cells


@api.operation(
    "GET",
    "/procedures",
    id="listProcedures",
    tag="procedures",
    summary="The procedures in force on a day",
    signed_in=False,
    query=OnDate,
    answer=answers.Procedures,
)
def list_procedures(query: OnDate) -> answers.Procedures:
    request = dossiers_pb2.ListProceduresRequest(on=query.on or "")
    found = cells().ask_any(lambda ward: cells().dossiers(ward).ListProcedures, request)
    return answers.Procedures(procedures=[encode.procedure_summary(each) for each in found.procedures])


@api.operation(
    "GET",
    "/procedures/<code>",
    id="getProcedure",
    tag="procedures",
    summary="One procedure with form, documents, time limit, fee and legal basis",
    signed_in=False,
    query=OneProcedure,
    answer=answers.Procedure,
)
def get_procedure(code: str, query: OneProcedure) -> answers.Procedure:
    request = dossiers_pb2.GetProcedureRequest(code=code, on=query.on or "", version=query.version or "")
    return encode.procedure(cells().ask_any(lambda ward: cells().dossiers(ward).GetProcedure, request))
