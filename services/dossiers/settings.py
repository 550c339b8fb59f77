"""What the dossiers service is told by its environment, beyond what every service is."""

from __future__ import annotations

from pathlib import Path

from services.chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """`WORKING_HOURS` and `FILES_URL` can be overridden for one ward, such as `WORKING_HOURS_20248`."""

    files_url: str  # where documents and certificates lie: file:///…/{ward} or s3://…/{ward}
    procedures_directory: Path = Path("services/dossiers/procedures")
    working_hours: str = "7:30-11:30,13:30-17:30"  # sessions of a working day; the last one ends the day
    public_base_url: str  # of the site, as it stands in QR codes and tracking links
    seals_directory: Path  # <ward>.key.pem and <ward>.cert.pem
    certificate_seconds: float = 30  # how often certificates that were missed are looked for
