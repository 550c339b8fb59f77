"""The settings of the accounts service, beside those of every service."""

from __future__ import annotations

from datetime import timedelta

from pydantic import field_validator

from services.chassis.settings import ServiceSettings
from services.chassis.tokens import Role


def _parted(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _read_roles(text: str) -> frozenset[str]:
    named = frozenset(_parted(text))
    if unknown := named - set(Role):
        raise ValueError(f"no roles of staff: {', '.join(sorted(unknown))}")
    return named


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
    # Codes in a day: those that anybody can have sent to a phone, over all wards, and those to the phone of an account.
    open_codes_per_day: int = 8
    own_codes_per_day: int = 60
    # The shortest time between two codes.
    resend_seconds: int = 60

    session_hours: int = 12

    public_base_url: str = "http://127.0.0.1:8080"  # the site's address, for the link of a ward's first administrator

    # Staff with one of these roles need a second factor, by commas: `signer,ward_admin`; the others may have one.
    # A ward may decide for itself (`SECOND_FACTOR_ROLES_20248`); empty, nobody there needs one.
    second_factor_roles: str = ""

    #: How many people may practise at once in the practice ward. A person counts for an hour after they opened or
    #: continued a practice.
    open_practices: int = 2000

    @field_validator("second_factor_roles")
    @classmethod
    def _known_roles(cls, text: str) -> str:
        _read_roles(text)
        return text

    def roles_with_second_factor(self, ward: str) -> frozenset[str]:
        """The roles of a ward's staff that need a second factor. Raises ValueError if the ward's own setting names
        something else.
        """
        try:
            return _read_roles(self.for_ward("second_factor_roles", ward))
        except ValueError as fault:
            raise ValueError(f"SECOND_FACTOR_ROLES_{ward}: {fault}") from fault

    @property
    def session_life(self) -> timedelta:
        return timedelta(hours=self.session_hours)
