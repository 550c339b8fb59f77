"""The console's welcome once the stack runs: addresses and demo log-ins."""

from __future__ import annotations

import textwrap
import tomllib
from pathlib import Path
from typing import Any

from deploy.local.process import ROOT
from deploy.local.stack import Stack
from services.chassis.district import load_district


def welcome(stack: Stack, people: Path, seconds: float, *, scanning: bool) -> str:
    """`scanning`: the test scanner runs, and is enrolled by itself."""
    gateway = stack.urls["gateway"]
    memory = sum(stack.memory().values()) // 1_000_000
    return f"""
Cầu Nối runs (ready after {seconds:.1f} s, {memory} MB of memory).

  Pages              {gateway}/
  Phường Nam Dương   {gateway}/phuong/nam-duong
  Ward office        {gateway}/can-bo
  SMS and e-mails    {gateway}/dev/messages
  Paying, for a try  {gateway}/dev/payments
  API                {gateway}/api/v1/openapi.json
  Logs               {stack.home / "logs"}

{log_ins(people)}
{station(people, gateway, scanning=scanning)}
Ctrl-C stops it; the data stay in {stack.home} for the next start."""


def log_ins(people: Path, shown: str = "nam-duong") -> str:
    """The demo log-ins of one ward as a table, and the rule for those of the others."""
    data: dict[str, Any] = tomllib.loads(people.read_text(encoding="utf-8"))
    wards = list(load_district(ROOT / "deploy" / "district.toml").wards.values())
    place = next(place for place, ward in enumerate(wards) if ward.slug == shown)
    ward = wards[place]

    def filled(text: str) -> str:
        return text.format(slug=ward.slug, ward=ward.name, index=f"{place + 1:02}")

    rows = [(filled(person["username"]), person["title"], person["names"][place]) for person in data["staff"]]
    rows += [(filled(person["phone"]), "Người dân", person["names"][place]) for person in data["residents"]]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    table = "\n".join(f"    {row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]}" for row in rows)
    slugs = ", ".join(other.slug for other in wards if other is not ward)
    rule = (
        f"Other wards: the same user names with {slugs}. Their residents: the ward's place in deploy/district.toml, "
        f"in two digits, where {place + 1:02} stands here."
    )
    rule = textwrap.fill(rule, 100, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    return f"  Log in to {ward.name} (ward {ward.code}) with the password {data['password']}:\n{table}\n{rule}\n"


def scanner_of(people: Path, shown: str = "nam-duong") -> tuple[str, str]:
    """The ward in which a test scanner is started, and the code that enrols it."""
    data: dict[str, Any] = tomllib.loads(people.read_text(encoding="utf-8"))
    ward = load_district(ROOT / "deploy" / "district.toml").by_slug(shown)
    assert ward is not None, shown
    devices = [device for entry in data["stations"] for device in entry.get("devices", [])]
    return ward.code, next(device["code"] for device in devices if device["kind"] == "scanner")


def station(people: Path, gateway: str, *, scanning: bool) -> str:
    """The codes that enrol the devices of each ward's station, and how to play a guided filing in two windows."""
    data: dict[str, Any] = tomllib.loads(people.read_text(encoding="utf-8"))
    devices = [device for entry in data["stations"] for device in entry.get("devices", [])]
    rows = [f"    {device['code']}  {device['kind']:<7}  {device['name']}" for device in devices]
    codes = "\n".join(rows)
    scanner = (
        "SANE's test scanner runs beside Máy 1 of Phường Nam Dương, and enrols itself."
        if scanning
        else "There is no SANE on this machine, so nothing scans; a phone's camera does."
    )
    return f"""\
  In each ward a station is open day and night, its volunteer on duty. Codes of its devices, good once after each start:
{codes}
  {scanner}

  A guided filing in two windows, the second a private one, so that each has a sign-in of its own:
    1  {gateway}/kiosk/ghi-danh   enrol this window as Máy 1 of Phường Nam Dương
    2  sign in as 0905209101, begin a birth registration, press “Nhờ hướng dẫn”, agree: six digits
    3  in the second window sign in as tinhnguyen.nam-duong; {gateway}/tinh-nguyen takes the digits
    4  go on in both; file with the code that {gateway}/dev/messages shows
"""
