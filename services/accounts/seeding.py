"""People to try the system with: `python -m services.accounts seed --people deploy/local/people.toml`.

In development only; people who exist are skipped. All share one hash of the demo password: real people each have their
own salt, but a hundred argon2 hashes would only slow the first start.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.accounts.adapters.hashing import Hasher
from services.accounts.adapters.phones import read_mobile
from services.accounts.domain.identity import normal_form
from services.accounts.domain.opening import Application, Form, read_application
from services.accounts.settings import Settings
from services.accounts.storage import people as storage
from services.accounts.tables import CredentialRow, StaffRow, StationRow
from services.accounts.use_cases.opening import activate, enter_account
from services.chassis.cells import Cell, Cells
from services.chassis.clock import Clock
from services.chassis.database import audit
from services.chassis.district import District, Ward
from services.chassis.service import Command, acting_as_service
from services.chassis.tokens import Role
from services.chassis.unit import Unit


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
            added += _add_station(session, entry)
        for entry in seeds.residents:
            form = Form(**entry, password=seeds.password)
            added += _add_resident(unit, read_application(form, unit.today, read_mobile), password_hash)
    return added


def _add_staff(session: Session, entry: Mapping[str, Any], password_hash: str, now: datetime) -> bool:
    if session.scalar(select(StaffRow.id).where(StaffRow.username == entry["username"])):
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
                created_at=now,
            ),
            CredentialRow(person_id=id, password_hash=password_hash, changed_at=now),
        ]
    )
    audit.record(session, "add-staff", f"staff:{id}")
    return True


def _add_station(session: Session, entry: Mapping[str, Any]) -> bool:
    if session.scalar(select(StationRow.id).where(StationRow.name == entry["name"])):
        return False
    session.add(StationRow(id=uuid4(), **entry))
    return True


def _add_resident(unit: Unit, application: Application, password_hash: str) -> bool:
    number = normal_form(application.identity_kind, application.identity_number)
    fingerprint = storage.identity_fingerprint(unit.cell.cipher, number)
    if storage.account_by_identity(unit.session, fingerprint) or storage.home(unit.session, fingerprint):
        return False
    activate(unit, enter_account(unit, application, password_hash))
    return True


SEED = Command(_run, _options, "add the people to try the system with (development only)")
