"""All versions of the templates; a message is rendered with the version with which it was created."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from services.chassis.clock import VIETNAM
from services.chassis.database.encryption import Cipher
from services.chassis.database.resealing import Sealed
from services.chassis.district import Ward
from services.notifications.domain.delivery import Channel
from services.notifications.domain.templates import Content, Rendered, Templates, parse, render_email, render_sms
from services.notifications.tables import MessageRow

DIRECTORY = Path(__file__).parent / "templates"
PRACTICE_EMAIL = "TẬP THỬ"
PRACTICE_SMS = "TAP THU: "  # without diacritics, as an SMS is
CODE_PREFIX = "code-"  # of the templates of one-time codes; the purpose follows
NOTICE_PREFIX = "account-"  # of the templates of notices to an account's owner


class Catalogue:
    """Templates by version. New messages use the newest; a waiting message is still sent with its own."""

    def __init__(self, base_url: str, wards: Mapping[str, Ward] = MappingProxyType({})) -> None:
        """`wards`, by code, are those that a notice may name beside its own."""
        files = sorted(DIRECTORY.glob("*.toml"))
        parsed = [parse(tomllib.loads(file.read_text(encoding="utf-8"))) for file in files]
        self._versions = {templates.version: templates for templates in parsed}
        self._base = base_url.rstrip("/")
        self._wards = wards
        self.current: Templates = self._versions[max(self._versions)]

    @property
    def versions(self) -> Collection[Templates]:
        return self._versions.values()

    def purposes(self) -> frozenset[str]:
        """The purposes of one-time codes."""
        return frozenset(name.removeprefix(CODE_PREFIX) for name in self.current.named if name.startswith(CODE_PREFIX))

    def can_name(self, template: str, ward: str) -> bool:
        """Whether the template can name this ward beside its own; `ward` is empty for a template that names no other
        ward.
        """
        return ward in self._wards if self.current.named[template].names_other_ward else not ward

    def render(self, row: MessageRow, ward: Ward, *, name: str = "", otp: str = "") -> Rendered:
        """The text of a message; `name` is the recipient's, if known, and appears only in e-mails."""
        templates = self._versions[row.template_version]
        template = templates.named[row.template]
        other = self._wards.get(row.data.get("other_ward", ""))
        content = Content(
            ward=_in_sentence(ward),
            base=self._base,
            code=row.data.get("code", ""),
            due_at=_local(row.data.get("due_at")),
            happened_at=_local(row.data.get("happened_at")),
            posted=row.data.get("posted", ""),
            elsewhere=_in_sentence(other) if other else "",
            name=name,
            otp=otp,
            expires_at=row.expires_at.astimezone(VIETNAM) if row.expires_at else None,
        )
        if row.channel == Channel.SMS:
            return Rendered("", (PRACTICE_SMS if ward.is_practice else "") + render_sms(template, content))
        letter = render_email(templates, template, content)
        if not ward.is_practice:
            return letter
        return Rendered(f"{PRACTICE_EMAIL}: {letter.subject}", f"{PRACTICE_EMAIL}\n\n{letter.text}")


def seal_pair(cipher: Cipher, message_id: object, address: str, second: str) -> bytes:
    """Address and code, or address and name, encrypted for the row of one message."""
    return cipher.encrypt(json.dumps([address, second]), _context(message_id))


def open_pair(cipher: Cipher, message_id: object, sealed: bytes) -> tuple[str, str]:
    """The pair that `seal_pair` sealed. Raises cryptography.exceptions.InvalidTag if the value belongs to
    another row.
    """
    address, second = json.loads(cipher.decrypt(sealed, _context(message_id)))
    return address, second


def _context(message_id: object) -> str:
    return f"one-time-code:{message_id}"


#: The encrypted column: codes and notices that wait to be sent (`reseal` in docs/runbook.md).
SEALED = [Sealed(MessageRow, "sealed", lambda row: _context(row.id))]


def _in_sentence(ward: Ward) -> str:
    return ward.name[0].lower() + ward.name[1:]


def _local(moment: Any) -> datetime | None:
    return datetime.fromisoformat(moment).astimezone(VIETNAM) if moment else None
