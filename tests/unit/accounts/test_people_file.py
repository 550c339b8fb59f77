"""The people to try the system with (deploy/local/people.toml)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

from services.accounts.adapters.phones import read_mobile
from services.accounts.domain.logins import login_keys
from services.accounts.domain.opening import Form, read_application
from services.accounts.seeding import read_people
from services.chassis.district import District
from services.chassis.tokens import Role

PEOPLE = Path("deploy/local/people.toml")


def test_every_ward_has_its_own_people_and_each_can_sign_in(district: District) -> None:
    numbers, phones, usernames, emails = (Counter[str]() for _ in range(4))
    for ward in district.wards.values():
        seeds = read_people(PEOPLE, district, ward)
        assert len(seeds.residents) == 3
        assert 1 <= len(seeds.stations) <= 2
        for entry in seeds.residents:
            application = read_application(Form(**entry, password=seeds.password), date(2020, 10, 6), read_mobile)
            numbers[application.identity_number] += 1
            phones[application.phone] += 1
            emails[application.email] += 1
        for entry in seeds.staff:
            usernames[entry["username"]] += 1
            assert [key.value for key in login_keys(entry["username"], read_mobile)] == [entry["username"]]
    for counted in (numbers, phones, emails):
        assert len(counted) == 39
        assert set(counted.values()) == {1}
    assert len(usernames) == 13 * 6


def test_each_office_of_a_ward_is_filled(district: District) -> None:
    seeds = read_people(PEOPLE, district, district.wards["20248"])
    roles = {
        entry["username"]: (entry["title"], [Role(role) for role in entry["roles"]], entry.get("capacity"))
        for entry in seeds.staff
    }
    assert roles == {
        "motcua.nam-duong": ("Công chức Bộ phận Một cửa", [Role.RECEPTIONIST], None),
        "hotich.nam-duong": ("Công chức tư pháp – hộ tịch", [Role.CIVIL_STATUS_OFFICER], None),
        "chutich.nam-duong": ("Chủ tịch UBND phường", [Role.SIGNER], "head"),
        "phochutich.nam-duong": ("Phó Chủ tịch UBND phường", [Role.SIGNER], "deputy"),
        "quantri.nam-duong": ("Quản trị hệ thống của phường", [Role.WARD_ADMIN], None),
        "tinhnguyen.nam-duong": ("Đoàn viên tình nguyện", [Role.VOLUNTEER], None),
    }
