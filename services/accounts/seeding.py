"""People and stations to try the system with: `python -m services.accounts seed --people deploy/local/people.toml`.

In development only; what exists is skipped. Each run adds the days on which a station is to be open from today on, and
makes the enrolment codes of its devices good for one more use.

All share one hash of the demo password: real people each have their own salt, but a hundred argon2 hashes would only
slow the first start.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from services.accounts.adapters.hashing import Hasher
from services.accounts.adapters.phones import read_mobile
from services.accounts.domain.enrolment import code_text, read_code
from services.accounts.domain.identity import normal_form
from services.accounts.domain.opening import Application, Form, read_application
from services.accounts.domain.openings import read_hours
from services.accounts.settings import Settings
from services.accounts.storage import devices, staff, stations
from services.accounts.storage import people as storage
from services.accounts.tables import (
    CredentialRow,
    DeviceRow,
    DutyRow,
    EnrolmentCodeRow,
    OpeningRow,
    StaffRow,
    StationRow,
)
from services.accounts.use_cases.opening import activate, enter_account
from services.chassis.capacity import Capacity
from services.chassis.cells import Cell, Cells
from services.chassis.clock import Clock
from services.chassis.database import audit
from services.chassis.district import District, Ward
from services.chassis.service import Command, acting_as_service
from services.chassis.tokens import Role
from services.chassis.unit import Unit

#: Today and the next two weeks.
DAYS_OPEN = 15


@dataclass(frozen=True, slots=True)
class Seeds:
    """The people file's content for one ward, its templates filled in."""

    password: str
    staff: list[dict[str, Any]]
    residents: list[dict[str, Any]]
    stations: list[dict[str, Any]]


def read_people(path: Path, district: District, ward: Ward) -> Seeds:
    """Reads the people file (its form: deploy/local/people.toml) for a ward."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    index = list(district.wards).index(ward.code) + 1
    return Seeds(
        data["password"], *(list(_filled(data[kind], index, ward)) for kind in ("staff", "residents", "stations"))
    )


def _filled(entries: list[dict[str, Any]], index: int, ward: Ward) -> Iterator[dict[str, Any]]:
    words = {"slug": ward.slug, "index": f"{index:02}", "ward": ward.name}
    for entry in entries:
        filled = {name: text.format_map(words) if isinstance(text, str) else text for name, text in entry.items()}
        if "names" in filled:
            filled["full_name"] = filled.pop("names")[index - 1]
        yield filled


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--people", required=True, type=Path, help="TOML file with the people of every ward")


def _run(options: Any, settings: Any, cells: Cells, clock: Clock) -> int:
    assert isinstance(settings, Settings)
    if settings.environment != "development":
        print("seed: những người để chạy thử chỉ được thêm khi ENVIRONMENT=development", file=sys.stderr)
        return 2
    password_hash = ""
    for ward, cell in cells.items():
        if cell.ward.is_practice:
            continue  # nobody signs in there: its people are invented, and a job does the work of its office
        seeds = read_people(options.people, settings.district, settings.district.wards[ward])
        password_hash = password_hash or Hasher(settings).hash(seeds.password)
        added = seed_ward(cell, seeds, password_hash, clock)
        cell.database.close()
        print(f"{ward}: {added} added")
    return 0


def seed_ward(cell: Cell, seeds: Seeds, password_hash: str, clock: Clock) -> int:
    """Adds the missing people and stations of one ward, in one transaction; returns how many."""
    added = 0
    acting = acting_as_service("seed", cell, f"seed-{cell.ward.code}")
    with acting as call, cell.database.transaction() as session:
        unit = Unit(cell, session, call, clock.now())
        for entry in seeds.staff:
            added += _add_staff(session, entry, password_hash, unit.now)
        for entry in seeds.stations:
            added += _add_station(unit, entry)
        for entry in seeds.residents:
            form = Form(**entry, password=seeds.password)
            added += _add_resident(unit, read_application(form, unit.today, read_mobile), password_hash)
    return added


def _add_staff(session: Session, entry: Mapping[str, Any], password_hash: str, now: datetime) -> bool:
    if staff.named(session, entry["username"]):
        return False
    id = uuid4()
    roles = [Role(role) for role in entry["roles"]]
    session.add_all(
        [
            StaffRow(
                id=id,
                username=entry["username"],
                full_name=entry["full_name"],
                title=entry["title"],
                roles=[str(role) for role in roles],
                capacity=Capacity(entry["capacity"]) if Role.SIGNER in roles else None,
                created_at=now,
                administrator_since=now if Role.WARD_ADMIN in roles else None,
            ),
            CredentialRow(person_id=id, password_hash=password_hash, changed_at=now),
        ]
    )
    audit.record(session, "add-staff", f"staff:{id}")
    return True


def _add_station(unit: Unit, entry: Mapping[str, Any]) -> bool:
    own = dict(entry)
    own_devices, on_duty = own.pop("devices", []), own.pop("on_duty", "")
    earlier = stations.station_named(unit.session, own["name"])
    station = earlier or StationRow(id=uuid4(), **own)
    unit.session.add(station)
    unit.session.flush()
    if on_duty:
        _open_daily(unit, station, on_duty)
    for device in own_devices:
        _add_device(unit, station, device)
    return earlier is None


def _open_daily(unit: Unit, station: StationRow, on_duty: str) -> None:
    """Opens a station, day and night, for the days of `DAYS_OPEN` that have no session yet."""
    volunteer = staff.named(unit.session, on_duty)
    assert volunteer is not None  # added before the stations
    yesterday = unit.now - timedelta(days=1)  # in the last minute of a day, its session is over and seeded all the same
    for days in range(DAYS_OPEN):
        span = read_hours((unit.today + timedelta(days)).isoformat(), "00:00", "23:59", yesterday)
        if stations.openings_within(unit.session, station.id, span):
            continue
        opening = OpeningRow(id=uuid4(), station_id=station.id, starts_at=span.starts_at, ends_at=span.ends_at, note="")
        unit.session.add(opening)
        unit.session.flush()
        unit.session.add(DutyRow(id=uuid4(), opening_id=opening.id, volunteer_id=volunteer.id, put_on_at=unit.now))
    unit.session.flush()


def _add_device(unit: Unit, station: StationRow, entry: Mapping[str, Any]) -> None:
    here = {
        row.name: row for row in devices.devices(unit.session) if row.station_id == station.id and not row.revoked_at
    }
    row = here.get(entry["name"])
    if row is None:
        row = DeviceRow(id=uuid4(), kind=entry["kind"], station_id=station.id, name=entry["name"], added_at=unit.now)
        unit.session.add(row)
    if "kiosk" in entry:
        row.kiosk_id = here[entry["kiosk"]].id
    unit.session.flush()
    code = read_code(entry["code"])
    assert code is not None
    digest = unit.cell.cipher.fingerprint(code_text(code))
    expires_at = unit.now + timedelta(DAYS_OPEN)
    unit.session.merge(
        EnrolmentCodeRow(digest=digest, device_id=row.id, issued_at=unit.now, expires_at=expires_at, used_at=None)
    )


def _add_resident(unit: Unit, application: Application, password_hash: str) -> bool:
    number = normal_form(application.identity_kind, application.identity_number)
    fingerprint = storage.identity_fingerprint(unit.cell.cipher, number)
    if storage.account_by_identity(unit.session, fingerprint) or storage.home(unit.session, fingerprint):
        return False
    activate(unit, enter_account(unit, application, password_hash))
    return True


SEED = Command(_run, _options, "add the people to try the system with (development only)")
