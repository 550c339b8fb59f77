"""The settings of the dossiers service, beside those of every service."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from services.chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """`WORKING_HOURS`, `PROCEDURES_NOT_ONLINE`, `BLANKS_DIRECTORY`, `SEAL_TOKEN`, `SEAL_KEY`, and all that begin with
    `FILES_`, `PAYMENT_` or `BANK_`, can be overridden for one ward: `FILES_URL_20248`.
    """

    files_url: str  # the store of documents and certificates: file:///…/{ward} or s3://…/{ward}
    files_endpoint: str = ""  # of an S3 that is not Amazon's
    files_region: str = "us-east-1"
    files_access_key: str = Field("", repr=False)  # empty, like the secret: taken from the machine (AWS_…, a role)
    files_secret_key: str = Field("", repr=False)
    procedures_directory: Path = Path("services/dossiers/procedures")
    procedures_not_online: str = ""  # codes, separated by commas, that nobody may begin online; empty: all are open
    working_hours: str = "7:30-11:30,13:30-17:30"  # sessions of a working day; the last one ends the day
    public_base_url: str  # of the site, for QR codes and tracking links
    seals_directory: Path  # <ward>.cert.pem, and <ward>.key.pem or, for a key in a token, <ward>.pin
    seals_root_file: Path  # the certificate that issued the seals; a ward with its own root has <ward>.root.pem
    seal_module: str = ""  # the shared library of a PKCS#11 token; empty where keys are files
    seal_token: str = "caunoi-{ward}"  # noqa: S105  # the label of the token, no password
    seal_key: str = "seal-{ward}"  # label of the key in it
    certificate_seconds: float = 30  # how often missing certificates are looked for
    fees_file: Path = Path("services/dossiers/fees.toml")
    payment_url: str = ""  # of the payment provider's API; empty: nothing is paid online
    payment_merchant: str = "caunoi-{ward}"  # the ward's name with the provider
    payment_key: str = Field("", repr=False)  # with which the provider and we sign our messages
    payment_timeout_seconds: float = 5  # for the whole request
    #: The ward's account for transfers: the bank's NAPAS BIN (6 digits) and name, the account's number and holder.
    #: Without BIN and number no VietQR code is shown.
    bank_bin: str = ""
    bank_name: str = ""
    bank_account: str = ""
    bank_holder: str = ""
    #: Files with the places of the values on the Ministry's printed forms; a missing file is replaced by the one that
    #: is shipped.
    blanks_directory: Path = Path("services/dossiers/blanks")
    open_drafts_per_person: int = 20  # of one applicant in a ward; each takes up to 20 files of 10 MB
    drafts_kept_days: int = Field(90, ge=1)  # since the last change; then a draft is deleted with its files
    sweep_seconds: float = 60  # how often the sweep looks for due or overdue dossiers and ended waits
    remind_working_minutes: int = 120  # working time before the due time at which the office is warned
