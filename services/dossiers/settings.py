"""What the dossiers service is told by its environment, beyond what every service is."""

from __future__ import annotations

from pathlib import Path

from services.chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """`WORKING_HOURS`, `FILES_URL`, `SEAL_TOKEN` and `SEAL_KEY` can be overridden for one ward: `FILES_URL_20248`."""

    files_url: str  # where documents and certificates lie: file:///…/{ward} or s3://…/{ward}
    procedures_directory: Path = Path("services/dossiers/procedures")
    working_hours: str = "7:30-11:30,13:30-17:30"  # sessions of a working day; the last one ends the day
    public_base_url: str  # of the site, as it stands in QR codes and tracking links
    seals_directory: Path  # <ward>.cert.pem, and <ward>.key.pem or, for a key in a token, <ward>.pin
    seal_module: str = ""  # the shared library of a PKCS#11 token; empty where keys are files
    seal_token: str = "caunoi-{ward}"  # noqa: S105  # the label of the token, no password
    seal_key: str = "seal-{ward}"  # label of the key in it
    certificate_seconds: float = 30  # how often certificates that were missed are looked for
