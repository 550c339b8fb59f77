"""The settings of the accounts service, beside those of every service."""

from __future__ import annotations

from datetime import timedelta

from pydantic import field_validator

from services.chassis.settings import ServiceSettings
from services.chassis.tokens import Role


def _parted(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


class Settings(ServiceSettings):
    # argon2id: OWASP's 46 MiB in one pass; a person waits about 50 ms, a guesser needs the memory for each guess.
    argon2_memory_kib: int = 47104
    argon2_time_cost: int = 1
    argon2_parallelism: int = 1
    # How many are hashed at once in this process: bounds memory however many people sign in.
    password_hashes_at_once: int = 4

    activation_code_minutes: int = 10
    filing_code_minutes: int = 10
    # A phone's limits. Filing is freer: a person may confirm several dossiers in one sitting.
    activation_codes_per_hour: int = 5
    filing_codes_per_hour: int = 10
    # Of a day: codes that anybody can have sent to a phone, over all wards, and those to the phone of an account.
    open_codes_per_day: int = 8
    own_codes_per_day: int = 60
    # The shortest time between two codes.
    resend_seconds: int = 60

    session_hours: int = 12

    public_base_url: str = "http://127.0.0.1:8080"  # of the site, for the link of a ward's first administrator

    # Staff with one of these roles need a second factor, by commas: `signer,ward_admin`; the others may have one.
    second_factor_roles: str = ""

    #: How many practise at once in the practice ward: have opened, or gone on with, a practice within the hour.
    open_practices: int = 2000

    @field_validator("second_factor_roles")
    @classmethod
    def _known_roles(cls, text: str) -> str:
        unknown = {name for name in _parted(text) if name not in set(Role)}
        if unknown:
            raise ValueError(f"no roles of staff: {', '.join(sorted(unknown))}")
        return text

    @property
    def roles_with_second_factor(self) -> frozenset[str]:
        return frozenset(_parted(self.second_factor_roles))

    @property
    def session_life(self) -> timedelta:
        return timedelta(hours=self.session_hours)
