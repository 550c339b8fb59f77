"""Procedures as the contract's messages."""

from __future__ import annotations

import json
from collections.abc import Sequence

from caunoi.dossiers.v1 import dossiers_pb2

from services.dossiers.domain.fees import fee_title
from services.dossiers.domain.procedures import Procedure


def procedures(found: Sequence[tuple[Procedure, bool]]) -> dossiers_pb2.ListProceduresResponse:
    """The procedures, without forms and texts; each with whether the ward takes it online."""
    answer = dossiers_pb2.ListProceduresResponse()
    for version, takes_online in found:
        message = _summary(version)
        message.not_online = not takes_online
        answer.procedures.append(message)
    return answer


def procedure(version: Procedure) -> dossiers_pb2.Procedure:
    """A procedure with its form and texts."""
    message = _summary(version)
    message.steps.extend(version.steps)
    for name in ("before_you_start", "declaration", "at_handover"):
        setattr(message, name, version.texts[name])
    message.form_schema_json = json.dumps(version.form, ensure_ascii=False)
    message.form_pages_json = json.dumps(version.pages_json(), ensure_ascii=False)
    return message


def procedure_here(found: tuple[Procedure, bool]) -> dossiers_pb2.Procedure:
    """The same, with whether the ward takes it online."""
    version, takes_online = found
    message = procedure(version)
    message.not_online = not takes_online
    return message


def _summary(version: Procedure) -> dossiers_pb2.Procedure:
    return dossiers_pb2.Procedure(
        code=version.code,
        version=version.version,
        name=version.name,
        summary=version.summary,
        documents=[
            dossiers_pb2.DocumentRequirement(
                kind=each.kind,
                title=each.title,
                hint=each.hint,
                mode=each.mode.value,
                required=each.always,
                condition=each.condition,
                when_json=json.dumps(dict(each.when), ensure_ascii=False) if each.when else "",
            )
            for each in version.documents
        ],
        time_limit=version.time_limit.text,
        fee=version.fee.text,
        fee_title=fee_title(version.fee.charges),
        legal_basis=version.legal_basis,
        by_post=not version.in_person,
        filing_offline=version.filing_offline,
        remote_handover=version.handover.remote,
    )
