"""A procedure as the contract's message."""

from __future__ import annotations

import json

from caunoi.dossiers.v1 import dossiers_pb2

from services.dossiers.domain.procedures import Procedure


def procedure_message(version: Procedure, *, whole: bool = True) -> dossiers_pb2.Procedure:
    """A procedure; without form and texts where it is one of a list."""
    message = dossiers_pb2.Procedure(
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
            )
            for each in version.documents
        ],
        time_limit=version.time_limit_text,
        fee=version.fee_text,
        legal_basis=version.legal_basis,
    )
    if whole:
        message.steps.extend(version.steps)
        for name in ("before_you_start", "declaration", "at_handover"):
            setattr(message, name, version.texts[name])
        message.form_schema_json = json.dumps(version.form_schema, ensure_ascii=False)
        message.form_pages_json = json.dumps(version.pages_json(), ensure_ascii=False)
    return message
