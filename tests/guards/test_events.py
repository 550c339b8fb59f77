"""Every stream that is written is read or listed as external, and every stream that is read is written."""

from __future__ import annotations

import os

import pytest

from deploy.local.topics import streams
from services.chassis.district import District
from services.chassis.events.envelope import stream_of, topic_of
from services.chassis.settings import ServiceSettings
from tests.guards.parts import EXTERNAL, ROOT, SERVICES, event_types

GOLDEN = ROOT / "tests/unit/chassis/golden"
WARD = "20248"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> ServiceSettings:
    for name in ("DATABASE_URL", "KAFKA_BOOTSTRAP"):
        monkeypatch.setenv(name, "x")
    for name in ("SIGNING_KEYS_FILE", "TRUSTED_KEYS_FILE", "ENCRYPTION_KEYS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    return ServiceSettings()


def read_topics(settings: ServiceSettings, ward: str) -> set[str]:
    return {topic for service in SERVICES.values() for topic in service.subscribes_to(ward, settings)}


def test_every_stream_is_written_by_one_service() -> None:
    written = [stream for service in SERVICES.values() for stream in service.streams]
    assert sorted(written) == sorted({stream_of(type) for type in event_types()})


def test_every_stream_is_read_by_a_service_or_listed_as_external(settings: ServiceSettings) -> None:
    for service in SERVICES.values():
        for stream in service.streams:
            is_read = topic_of(WARD, stream) in read_topics(settings, WARD)
            assert is_read != (stream in EXTERNAL), f"{stream}: read here, or in EXTERNAL, and not both"


def test_every_topic_that_is_read_is_written_by_somebody(settings: ServiceSettings, district: District) -> None:
    written = {
        topic_of(ward, stream) for ward in district.wards for service in SERVICES.values() for stream in service.streams
    }
    for ward in district.wards:
        assert read_topics(settings, ward) <= written


def test_only_accounts_reads_other_wards_and_only_their_accounts_and_dossiers(settings: ServiceSettings) -> None:
    """docs/architecture.md, rule 7: personal data stays home. What crosses are the resident directory, and that one's
    own people have filed elsewhere (docs/decisions/0039).
    """
    for name, service in SERVICES.items():
        for topic in service.subscribes_to(WARD, settings):
            _, ward, stream, _ = topic.split(".")
            assert ward == WARD or (name == "accounts" and stream in ("accounts", "dossiers"))


def test_every_event_type_has_a_golden_file_and_every_golden_file_a_type() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(event_types())


def test_every_type_belongs_to_the_service_whose_contract_declares_it() -> None:
    for type, payload in event_types().items():
        declared_by = payload.full_name.split(".")[1]
        assert stream_of(type) in SERVICES[declared_by].streams


def test_the_local_stack_makes_the_topic_of_every_stream() -> None:
    assert set(streams()) == {stream for service in SERVICES.values() for stream in service.streams}
