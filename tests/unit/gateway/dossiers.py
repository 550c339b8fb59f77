"""Shared by the tests of the API: a dossier and an entry of a register as a service returns them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from caunoi.dossiers.v1 import dossiers_pb2
from google.protobuf.timestamp_pb2 import Timestamp

from tests.conftest import NAM_DUONG
from tests.unit.gateway.test_requests import DOSSIER

ENTRY = "0191f7a2-6a3e-7c51-9d0f-000000000001"
ENTRIES = f"/api/v1/wards/{NAM_DUONG}/registers/marriage/entries"


def at(hour: int, minute: int = 0) -> Timestamp:
    """A moment of 6 October 2020, UTC."""
    stamp = Timestamp()
    stamp.FromDatetime(datetime(2020, 10, 6, hour, minute, 5, 123456, tzinfo=UTC))
    return stamp


def a_dossier(**changes: Any) -> dossiers_pb2.Dossier:
    values: dict[str, Any] = {
        "id": DOSSIER,
        "ward": NAM_DUONG,
        "procedure": "1.001193",
        "procedure_version": "2020-09-15",
        "version": 4,
        "form_json": '{"child": {"full_name": "Trần Minh Anh"}}',
        "findings": [
            dossiers_pb2.Finding(
                field="/mother/full_name",
                check="required",
                kind=dossiers_pb2.FINDING_KIND_STOPS,
                text="Xin ghi tên mẹ.",
            )
        ],
        "created_at": at(1),
    }
    return dossiers_pb2.Dossier(**(values | changes))


def an_entry(**changes: Any) -> dossiers_pb2.FoundEntry:
    values: dict[str, Any] = {
        "id": ENTRY,
        "register": "marriage",
        "label": "01-TP/HT-2020-KH số 7",
        "year": 2020,
        "number": 7,
        "registered_at": at(2),
        "names": ["TRẦN THỊ MAI · 27/03/1992", "LÊ VĂN AN · 01/02/1990"],
        "dossier_id": DOSSIER,
        "certificate_id": "20248-7K",
        "content_json": '{"number": 7, "wife": {"full_name": "TRẦN THỊ MAI"}}',
        "notes": [dossiers_pb2.EntryNote(sequence=1, kind="divorce", text="Đã ly hôn", basis="Bản án", at=at(3))],
    }
    return dossiers_pb2.FoundEntry(**(values | changes))
