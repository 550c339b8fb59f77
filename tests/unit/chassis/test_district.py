"""The district file and the choice of wards a process serves (docs/architecture.md, Ward cells)."""

from __future__ import annotations

import pytest

from services.chassis.district import District
from services.chassis.settings import ServiceSettings
from tests.conftest import NAM_DUONG


def test_the_district_has_thirteen_wards_with_distinct_codes_slugs_and_agency_ids(district: District) -> None:
    wards = list(district.wards.values())
    assert len(wards) == 13
    for attribute in ("code", "slug", "agency_id", "name"):
        assert len({getattr(ward, attribute) for ward in wards}) == 13
    assert district.wards["20248"].name == "Phường Nam Dương"


def test_a_process_serves_the_wards_it_is_told_to(district: District) -> None:
    assert len(district.select("all")) == 14
    assert district.select("all")[-1].is_practice
    assert district.select("00000") == (district.practice,)
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


def test_all_wards_are_the_real_ones_and_an_address_finds_practice(district: District) -> None:
    assert district.practice.code not in district.wards
    assert not any(ward.is_practice for ward in district.wards.values())
    assert set(district.cells) == {*district.wards, district.practice.code}
    assert district.by_slug("tap-thu") is district.practice
    assert district.by_agency(district.practice.agency_id) is None


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        ("Số 9 Núi Thành", "Số 9 Núi Thành, phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng"),
        ("Tổ 3, Phường Nam Dương.", "Tổ 3, Phường Nam Dương, quận Hải Châu, thành phố Đà Nẵng"),
        ("Tổ 3, nam dương", "Tổ 3, nam dương, quận Hải Châu, thành phố Đà Nẵng"),
        ("3 Lê Lợi, P. Nam Dương, Q. Hải Châu", "3 Lê Lợi, P. Nam Dương, Q. Hải Châu, thành phố Đà Nẵng"),
        ("3 Lê Lợi, Hải Châu, Đà Nẵng", "3 Lê Lợi, Hải Châu, Đà Nẵng"),
        ("3 Lê Lợi, TP Đà Nẵng", "3 Lê Lợi, TP Đà Nẵng"),
        ("x" * 240, "x" * 240),
        ("", ""),
    ],
)
def test_an_address_of_an_account_gets_what_a_letter_needs(district: District, said: str, whole: str) -> None:
    assert district.whole_address(NAM_DUONG, said) == whole


def test_the_border_of_practice_lies_between_it_and_every_real_ward(district: District) -> None:
    assert district.on_one_side("20248", "20227")
    assert district.on_one_side("00000", "00000")
    assert not district.on_one_side("20248", "00000")
    assert not district.on_one_side("00000", "20248")
