"""The settings of a process, from its environment.

Every setting is in deploy/kubernetes too; a test compares them.
"""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from services.chassis.district import District, Ward, load_district


class CommonSettings(BaseSettings):
    """Settings that the services and the gateway read. `{ward}` in a template stands for the GSO code.

    A setting that is read by `for_ward` can be overridden for one ward by a variable with the ward's code as suffix,
    such as `DATABASE_URL_20248`. So a ward can move to its own servers by configuration alone.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    environment: str = "production"  # or `development`: reflection, readable logs
    district_file: Path = Path("deploy/district.toml")

    accounts_address: str = ""  # gRPC target with {ward}
    dossiers_address: str = ""
    notifications_address: str = ""

    otlp_endpoint: str = ""  # traces go there when set
    log_level: str = "info"

    @cached_property
    def district(self) -> District:
        return load_district(self.district_file)

    def for_ward(self, name: str, ward: str) -> str:
        """The value of the setting `name` for a ward: its own override, else the template filled in."""
        own = os.environ.get(f"{name.upper()}_{ward}")
        value = own if own is not None else str(getattr(self, name))
        return value.replace("{ward}", ward)


class ServiceSettings(CommonSettings):
    """Settings that every service reads."""

    wards: str = "all"
    listen: str = "0.0.0.0:50051"
    metrics_listen: str = "0.0.0.0:9464"
    rpc_threads: int = 32  # if wards share the process, each gets at most half (docs/decisions/0022)
    shutdown_grace_seconds: float = 20

    database_url: str  # postgresql+psycopg://…/accounts_{ward}
    database_pool_size: int = 4
    database_pool_overflow: int = 8
    database_statement_timeout_ms: int = 5000

    kafka_bootstrap: str
    kafka_options: dict[str, str] = {}  # librdkafka options as JSON: TLS, SASL
    outbox_retention_days: int = 30

    signing_keys_file: Path  # private: this service's ES256 keys by ward, JSON
    trusted_keys_file: Path  # public: JWKS of all wards' services
    encryption_keys_file: Path  # AES and fingerprint keys by ward, JSON

    def kafka(self, ward: str) -> dict[str, str]:
        """librdkafka's options for the broker of a ward."""
        return {"bootstrap.servers": self.for_ward("kafka_bootstrap", ward), **self.kafka_options}

    def missing_kafka_files(self) -> list[str]:
        """The files that the options name, as in `ssl.ca.location`, and that cannot be read."""
        named = [value for name, value in self.kafka_options.items() if name.endswith(".location")]
        return [file for file in named if file.startswith("/") and not os.access(file, os.R_OK)]

    @cached_property
    def served_wards(self) -> tuple[Ward, ...]:
        return self.district.select(self.wards)
