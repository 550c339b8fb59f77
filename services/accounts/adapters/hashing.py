"""Hashes passwords by argon2id, a bounded number at once, and never inside a database transaction."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.accounts.domain.passwords import is_too_long, one_spelling
from services.accounts.settings import Settings
from services.chassis.places import Places

_LONGEST_WAIT = 5.0  # seconds


class Hasher:
    def __init__(self, settings: Settings) -> None:
        self._argon2 = PasswordHasher(
            time_cost=settings.argon2_time_cost,
            memory_cost=settings.argon2_memory_kib,
            parallelism=settings.argon2_parallelism,
        )
        self._places = Places(settings.password_hashes_at_once, _LONGEST_WAIT)
        #: A hash of the same cost that fits no password: an unknown login takes as long as a known one.
        self.fits_nobody = self._argon2.hash(secrets.token_urlsafe(32))

    def hash(self, password: str) -> str:
        with self._places.one():
            return self._argon2.hash(one_spelling(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Takes as long for an unknown login (None) as for a known one."""
        too_long = is_too_long(password)
        with self._places.one():
            try:
                self._argon2.verify(stored or self.fits_nobody, "" if too_long else one_spelling(password))
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None and not too_long

    def outdated(self, stored: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._argon2.check_needs_rehash(stored)
