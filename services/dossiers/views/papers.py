"""Papers as the contract's messages."""

from __future__ import annotations

from caunoi.dossiers.v1 import dossiers_pb2

from services.dossiers.use_cases.papers.parts import PrintedPaper


def paper(printed: PrintedPaper) -> dossiers_pb2.Paper:
    return dossiers_pb2.Paper(filename=printed.filename, content=printed.content)
