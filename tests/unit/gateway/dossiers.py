"""Shared by the tests of the API: a dossier as a service returns it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from caunoi.dossiers.v1 import dossiers_pb2
from google.protobuf.timestamp_pb2 import Timestamp

from tests.conftest import NAM_DUONG
from tests.unit.gateway.test_requests import DOSSIER


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
