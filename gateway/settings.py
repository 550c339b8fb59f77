"""The gateway's settings, from its environment."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import model_validator

from gateway.network import Networks
from services.chassis.settings import CommonSettings


class Settings(CommonSettings):
    """Settings of the gateway. The addresses of the three services are required; `ACCOUNTS_ADDRESS_20248` and the like
    override them for one ward.

    A limit has the form `<count> per <time>`, several separated by `;`, and counts per client address, or officer, and
    worker process (docs/decisions/0008).
    """

    accounts_address: str  # gRPC target with {ward}
    dossiers_address: str
    notifications_address: str

    secret_key: str = ""  # signs the pages' session cookie; at least 32 characters
    secret_key_file: Path | None = None  # instead of secret_key: a file that holds it
    session_cookie_secure: bool = True  # off only if the pages are served without TLS, as on a laptop
    public_base_url: str = "http://localhost:8080"
    trusted_proxies: int = 0  # how many proxies in front write X-Forwarded-For and X-Forwarded-Proto
    trusted_networks: str = ""  # networks of the last of them: `10.8.0.0/16, fd00::/8`; others are not believed
    catcher_url: str = ""  # local stack only: where caught SMS and e-mails can be read
    payments_url: str = ""  # local stack only: the payment provider for trial payments

    streams_url: str = ""  # where browsers reach /streams; empty: the pages' own origin
    streams_listen: str = "0.0.0.0:8081"  # address of the process `gateway.streams`
    streams_metrics_listen: str = ""  # address of its probes and metrics; empty: none
    streams_open: int = 2000  # its connections; 503 above
    streams_open_per_side: int = 6  # for each side of a guided session, with all its tabs
    streams_connections_per_address: int = 100  # except trusted proxies; 429 above

    gateway_peers: str = ""  # a name for METRICS_LISTEN of all pods: `gateway-peers:9464`; empty: there is one pod

    request_seconds: float = 20  # the longest work on a request
    calls_in_flight_per_ward: int = 16  # threads of a worker that one ward may hold, of WEB_THREADS = 40
    calls_waiting_per_ward: int = 8  # threads that may wait for one of those places
    call_wait_seconds: float = 0.25
    # For questions to several wards at once. A thread that asks them waits for the slowest ward, so their number is
    # below WEB_THREADS. Other threads wait for this time, once for all wards, and go on without the answers.
    spread_calls_in_flight_per_ward: int = 16
    spread_wait_seconds: float = 0.25
    breaker_failures: int = 5  # unanswered calls in a row after which a ward's service gets no calls
    breaker_open_seconds: float = 5

    kiosk_warn_seconds: int = 120  # a station's computer that is unused for this time asks whether somebody is there
    kiosk_wipe_seconds: int = 180  # after this time it signs out

    limits_enabled: bool = True
    limit_sessions: str = "10 per minute; 60 per hour"
    limit_refresh: str = "30 per minute"
    limit_accounts: str = "5 per minute; 30 per hour"
    limit_phone_codes: str = "4 per minute; 20 per day"  # per phone typed to open an account, over all wards
    limit_questions: str = "120 per minute; 3600 per hour"  # answers while opening accounts: a station has one address
    limit_practices: str = "60 per minute; 600 per hour"  # a room full of people has one address
    limit_activation: str = "10 per minute; 60 per hour"
    limit_desk: str = "60 per minute; 600 per hour"  # an officer's acts on accounts: an office has one address
    limit_guidance: str = "60 per minute; 600 per hour"  # asking for and joining sessions: a station has one address
    limit_tracking: str = "20 per minute; 200 per hour"
    limit_verify: str = "60 per minute"
    limit_drafts: str = "20 per minute; 200 per hour"
    limit_enrolments: str = "10 per minute; 60 per hour"
    limit_device_sessions: str = "30 per minute"
    limit_documents: str = "60 per minute; 600 per hour"
    limit_captures: str = "180 per minute; 3600 per hour"  # pages: a station's scanners have one address

    @model_validator(mode="after")
    def _proxies_are_somewhere(self) -> Self:
        if self.trusted_proxies and not self.proxies:
            raise ValueError("TRUSTED_PROXIES are trusted where they come from: TRUSTED_NETWORKS has to say it")
        return self

    @cached_property
    def proxies(self) -> Networks:
        """The networks of the trusted proxies. Raises ValueError."""
        return Networks(self.trusted_networks)

    @cached_property
    def cookie_key(self) -> str:
        """The key of the session cookie. Raises ValueError if none, or a short one, is set."""
        key = self.secret_key_file.read_text().strip() if self.secret_key_file else self.secret_key
        if len(key) < 32:
            raise ValueError("SECRET_KEY or SECRET_KEY_FILE has to give a key of at least 32 characters")
        return key
