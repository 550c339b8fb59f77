"""The district file and the choice of wards a process serves (docs/architecture.md, Ward cells)."""

from __future__ import annotations

import pytest

from services.chassis.district import District
from services.chassis.settings import ServiceSettings


def test_the_district_has_thirteen_wards_with_distinct_codes_slugs_and_agency_ids(district: District) -> None:
    wards = list(district.wards.values())
    assert len(wards) == 13
    for attribute in ("code", "slug", "agency_id", "name"):
        assert len({getattr(ward, attribute) for ward in wards}) == 13
    assert district.wards["20248"].name == "Phường Nam Dương"


def test_a_process_serves_the_wards_it_is_told_to(district: District) -> None:
    assert len(district.select("all")) == 13
    assert [ward.slug for ward in district.select("20248, 20227")] == ["nam-duong", "thanh-binh"]


@pytest.mark.parametrize("codes", ["", " , ", "20248,99999"])
def test_a_wrong_choice_of_wards_is_said_at_start(district: District, codes: str) -> None:
    with pytest.raises(ValueError, match="WARDS"):
        district.select(codes)


def test_a_ward_moves_to_its_own_server_by_configuration_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SIGNING_KEYS_FILE", "TRUSTED_KEYS_FILE", "ENCRYPTION_KEYS_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("KAFKA_BOOTSTRAP", "kafka:9092")
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://shared/accounts_{ward}")
    monkeypatch.setenv("DATABASE_URL_20248", "postgresql+psycopg://own/accounts")
    settings = ServiceSettings()
    assert settings.for_ward("database_url", "20227") == "postgresql+psycopg://shared/accounts_20227"
    assert settings.for_ward("database_url", "20248") == "postgresql+psycopg://own/accounts"
