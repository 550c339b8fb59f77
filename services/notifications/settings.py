"""The settings of the notifications service."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from services.chassis.settings import ServiceSettings

_TO_BE_SET_IN_PRODUCTION = ("smtp_url", "sms_url", "sms_key", "public_base_url")


class Settings(ServiceSettings):
    """`SMTP_URL`, `SMS_URL`, `SMS_KEY`, `SMS_PER_DAY` and `EMAIL_FROM` can be set for one ward, its code as suffix."""

    #: `smtp://` (plain), `smtp+starttls://` or `smtps://`, then `user:password@host:port`, percent-encoded.
    smtp_url: str = Field("smtp://127.0.0.1:7025", repr=False)
    smtp_timeout_seconds: float = 10  # for each reply of the server
    #: Sender of e-mails; `{ward}` stands for the code and `{slug}` for the slug of the ward.
    email_from: str = "khong-tra-loi@{slug}.caunoi.vn"

    #: Where the SMS provider takes `POST {"id", "to", "text"}`.
    sms_url: str = "http://127.0.0.1:7026/sms"
    sms_key: str = Field("local-catcher", repr=False)
    sms_timeout_seconds: float = 5  # for the whole request
    #: A ward's SMS in a day. At 80 % notices stop and wait for the next day; at 90 % codes that anybody can ask for
    #: stop; codes for filing and getting back in may use all of it. Each ward can have its own number.
    sms_per_day: int = Field(3000, ge=1)

    #: The portal's address in messages; short is good.
    public_base_url: str = "http://127.0.0.1:8080"

    #: Pauses between the tries of a message about a dossier, as JSON; after the last try it is given up (about a day).
    delivery_backoff_seconds: tuple[float, ...] = (1, 2, 5, 10, 20, 60, 300, 1800, 10800, 21600, 43200)
    #: Pauses between the tries of a one-time code; the last repeats until the code expires.
    code_backoff_seconds: tuple[float, ...] = (0.5, 1, 2, 4, 8)
    #: How long a lease lasts; after that another process takes over the messages of a dead one. A live process renews
    #: its lease.
    delivery_lease_seconds: float = 10
    #: How long a message waits for an earlier message of its dossier that is between two tries.
    order_patience_seconds: float = 180
    #: How long a contact from accounts is reused, in memory only: for the SMS and the e-mail of one step.
    contact_cache_seconds: float = 30

    @model_validator(mode="after")
    def _production_names_its_providers(self) -> Self:
        missing = [name.upper() for name in _TO_BE_SET_IN_PRODUCTION if name not in self.model_fields_set]
        if self.environment == "production" and missing:
            raise ValueError(f"in production these have to be set: {', '.join(missing)}")
        return self
