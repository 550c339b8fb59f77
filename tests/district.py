"""The district as it is deployed, for what needs it before a test runs."""

from __future__ import annotations

from pathlib import Path

from services.chassis.district import load_district

DISTRICT = load_district(Path("deploy/district.toml"))
PRACTICE = DISTRICT.practice.code
