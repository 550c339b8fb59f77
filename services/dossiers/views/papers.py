"""Papers as the contract's messages."""

from __future__ import annotations

from caunoi.dossiers.v1 import dossiers_pb2

from services.dossiers.adapters.papers.rendering import Printed


def paper(printed: Printed) -> dossiers_pb2.Paper:
    return dossiers_pb2.Paper(filename=printed.filename, content=printed.content)
