"""What a signer reads before the signature, as the contract's message."""

from __future__ import annotations

from caunoi.dossiers.v1 import dossiers_pb2

from services.dossiers.use_cases.papers.signing import Signing


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
    return dossiers_pb2.Signing(version=found.version, seen=found.seen, lines=lines, pages=found.pages)
