"""Codes of digits that people read out, or read off a message, and type."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from services.chassis.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Digits:
    """Codes of a fixed number of digits. `wrong` makes the refusal of a text that cannot be such a code; `look` asks
    the person to read the code again.
    """

    count: int
    wrong: Callable[[str], Refusal]
    look: str

    def make(self) -> str:
        return f"{secrets.randbelow(10**self.count):0{self.count}}"

    def read(self, typed: str) -> str:
        """The digits of what was typed, however they are grouped.

        Raises a Refusal for a text that cannot be a code; that is a slip, and costs no try.
        """
        code = re.sub(r"[\s.\-]+", "", typed)
        if not re.fullmatch(rf"\d{{{self.count}}}", code, re.ASCII):
            raise self.wrong(f"Mã gồm đúng {self.count} chữ số. {self.look}")
        return code
