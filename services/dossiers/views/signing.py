"""What a signer reads before the signature, as the contract's message."""

from __future__ import annotations

from caunoi.dossiers.v1 import dossiers_pb2

from services.dossiers.use_cases.papers.signing import Signing
from services.dossiers.views.clock import verification_message
from services.dossiers.views.dossiers import comparisons, finding


def signing(found: Signing) -> dossiers_pb2.Signing:
    lines = [
        dossiers_pb2.SigningLine(
            title=each.title,
            fields=each.fields,
            declared=each.declared,
            entered=each.entered,
            difference=each.difference.value,
            reason=each.reason,
        )
        for each in found.lines
    ]
    procedure = found.dossier.procedure
    return dossiers_pb2.Signing(
        version=found.version,
        seen=found.seen,
        lines=lines,
        pages=found.pages,
        findings=[finding(each, text, procedure.harmless) for each, text in found.findings],
        verifications=[
            verification_message(each, commits=procedure.commits, withdrawable=True) for each in found.verifications
        ],
        comparisons=comparisons(found.dossier),
    )
