"""The settings of each process of a local stack, which a cluster sets in deploy/kubernetes."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from deploy.local.ports import HOST, Ports
from deploy.local.process import ROOT

SMS_KEY = "local-catcher"
PAYMENT_KEY = "local-payments"


@dataclass(frozen=True, slots=True)
class Places:
    """The addresses of the parts of a stack."""

    home: Path
    ports: Ports

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def gateway_url(self) -> str:
        return f"http://{HOST}:{self.ports.gateway}"

    @property
    def streams_url(self) -> str:
        return f"http://{HOST}:{self.ports.streams}"

    @property
    def catcher_url(self) -> str:
        return f"http://{HOST}:{self.ports.catcher}"

    @property
    def payments_url(self) -> str:
        return f"http://{HOST}:{self.ports.payments}"

    def address(self, service: str) -> str:
        port: int = getattr(self.ports, service)
        return f"{HOST}:{port}"


def of_all(places: Places) -> dict[str, str]:
    return {
        "ENVIRONMENT": "development",
        "DISTRICT_FILE": str(ROOT / "deploy" / "district.toml"),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "generated")]),
        "PYTHONUNBUFFERED": "1",
        "MALLOC_ARENA_MAX": "2",  # each process has many threads: glibc would keep a heap for each of them
        **{f"{name.upper()}_ADDRESS": places.address(name) for name in ("accounts", "dossiers", "notifications")},
    }


def of_service(service: str, places: Places, database_url: str, bootstrap: str) -> dict[str, str]:
    """`database_url` has `{ward}` in it."""
    keys = places.keys
    metrics: int = getattr(places.ports, f"{service}_metrics")
    return {
        **of_all(places),
        "WARDS": "all",
        # In accounts a call of each ward waits for changes of guided sessions, and holds a thread.
        **({"RPC_THREADS": "48"} if service == "accounts" else {}),
        "LISTEN": places.address(service),
        "METRICS_LISTEN": f"{HOST}:{metrics}",
        "DATABASE_URL": database_url,
        "KAFKA_BOOTSTRAP": bootstrap,
        "SIGNING_KEYS_FILE": str(keys / f"signing-{service}.json"),
        "TRUSTED_KEYS_FILE": str(keys / "trusted.json"),
        "ENCRYPTION_KEYS_FILE": str(keys / f"encryption-{service}.json"),
        "SEALS_DIRECTORY": str(keys / "seals"),
        "SEALS_ROOT_FILE": str(keys / "root.pem"),
        "FILES_URL": f"file://{places.home / 'files'}/{{ward}}",
        "PUBLIC_BASE_URL": places.gateway_url,
        # People who try the system, and its tests, use the same few phones and ask for many codes.
        **({"OPEN_CODES_PER_DAY": "1000", "OWN_CODES_PER_DAY": "1000"} if service == "accounts" else {}),
        **({"SMS_PER_DAY": "1000000"} if service == "notifications" else {}),
        "SMTP_URL": f"smtp://{HOST}:{places.ports.smtp}",
        "SMS_URL": f"{places.catcher_url}/sms",
        "SMS_KEY": SMS_KEY,
        "PAYMENT_URL": places.payments_url,
        "PAYMENT_KEY": PAYMENT_KEY,
        # No real bank: scanning the code with a real app cannot send money anywhere.
        "BANK_BIN": "000000",
        "BANK_NAME": "Ngân hàng chạy thử (không có thật)",
        "BANK_ACCOUNT": "00000{ward}",
        "BANK_HOLDER": "Ủy ban nhân dân phường",
    }


def of_gateway(places: Places) -> dict[str, str]:
    return {
        **of_all(places),
        "LISTEN": f"{HOST}:{places.ports.gateway}",
        "METRICS_LISTEN": f"{HOST}:{places.ports.gateway_metrics}",
        "STREAMS_METRICS_LISTEN": f"{HOST}:{places.ports.streams_metrics}",
        "PROMETHEUS_MULTIPROC_DIR": str(_counts_directory(places.home)),
        "SECRET_KEY_FILE": str(cookie_key(places.keys)),
        "SESSION_COOKIE_SECURE": "false",
        "PUBLIC_BASE_URL": places.gateway_url,
        "STREAMS_URL": places.streams_url,
        "STREAMS_LISTEN": f"{HOST}:{places.ports.streams}",
        "CATCHER_URL": places.catcher_url,
        "PAYMENTS_URL": places.payments_url,
        # The same few processes serve all wards, on the same cores. Calls of an overloaded ward wait at the gateway,
        # not inside the services, where they would delay the other wards (docs/decisions/0020).
        "CALLS_IN_FLIGHT_PER_WARD": "2",
        "CALLS_WAITING_PER_WARD": "24",
        "CALL_WAIT_SECONDS": "2",
        # All users on a laptop have one address.
        "WEB_CONNECTIONS_PER_ADDRESS": "900",
        "STREAMS_CONNECTIONS_PER_ADDRESS": "2500",
        **{f"LIMIT_{what}": "600 per minute" for what in ("SESSIONS", "REFRESH", "ACCOUNTS", "ACTIVATION", "TRACKING")},
        "LIMIT_PHONE_CODES": "600 per minute",
    }


def of_streams(places: Places) -> dict[str, str]:
    """This process has its own counts, outside the files of the gateway's workers."""
    return {name: value for name, value in of_gateway(places).items() if name != "PROMETHEUS_MULTIPROC_DIR"}


def _counts_directory(home: Path) -> Path:
    """In memory if the system has a file system for that (gateway/gunicorn.conf.py). The next start finds the same
    folder.
    """
    memory = Path("/dev/shm")  # noqa: S108  the name is the home's own
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:16]
    return memory / f"caunoi-{digest}" if memory.is_dir() else home / "run" / "gateway-metrics"


def of_catcher(places: Places) -> dict[str, str]:
    return {
        **of_all(places),
        "CATCHER_SMTP_PORT": str(places.ports.smtp),
        "CATCHER_HTTP_PORT": str(places.ports.catcher),
        "CATCHER_SMS_KEY": SMS_KEY,
        "CATCHER_FILE": str(places.home / "messages.jsonl"),
    }


def of_payments(places: Places) -> dict[str, str]:
    return {
        **of_all(places),
        "PAYMENTS_HTTP_PORT": str(places.ports.payments),
        "PAYMENTS_KEY": PAYMENT_KEY,
        "PAYMENTS_FILE": str(places.home / "payments.jsonl"),
        "PAYMENTS_PAGE_URL": f"{places.gateway_url}/dev/payments",
        "PAYMENTS_CALLBACK_URL": f"{places.gateway_url}/api/v1/payments/callback",
    }


def cookie_key(keys: Path) -> Path:
    """The file with the key of the pages' session cookie, created if missing."""
    file = keys / "cookie.key"
    if not file.exists():
        beside = file.with_suffix(".new")
        beside.touch(mode=0o600)
        beside.write_text(secrets.token_hex(32))
        beside.replace(file)
    return file
