"""Templates of messages: data in, text out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from string import Template as Placeholders
from typing import Any

from services.notifications.domain.sms import without_diacritics


@dataclass(frozen=True, slots=True)
class Text:
    """A text with `$placeholders`; `due` replaces `$due` if a due time is known, else `$due` is empty."""

    body: str
    due: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """The texts of one kind of message: SMS (written with diacritics, sent without) and e-mail."""

    sms: Text
    subject: str = ""
    email: Text | None = None
    before_reception: str = ""  # the template that replaces this one until the dossier is accepted

    @property
    def names_other_ward(self) -> bool:
        return "$elsewhere" in self.sms.body


@dataclass(frozen=True, slots=True)
class Templates:
    """All templates of one version, and the frames around e-mails."""

    version: int
    frame: str
    account_frame: str  # around e-mails about an account, which name no dossier
    named: Mapping[str, Template]


@dataclass(frozen=True, slots=True)
class Content:
    """The values for a template. Times are in Vietnamese time."""

    ward: str  # `phường Nam Dương`, as inside a sentence
    base: str  # where the portal is
    code: str = ""  # of the dossier
    due_at: datetime | None = None
    happened_at: datetime | None = None
    posted: str = ""  # the number of a posted result
    elsewhere: str = ""  # another ward that the message is about, in the form of `ward`
    name: str = field(default="", repr=False)  # of the recipient; e-mail only
    otp: str = field(default="", repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    text: str = field(repr=False)


def render_sms(template: Template, content: Content) -> str:
    """The SMS as it is sent, without diacritics. Raises KeyError for a placeholder that the content lacks."""
    return without_diacritics(_fill(template.sms, content, _short))


def render_email(templates: Templates, template: Template, content: Content) -> Rendered:
    """The e-mail in its frame. Raises KeyError for a placeholder that the content lacks."""
    if template.email is None:
        raise KeyError("this template has no e-mail")
    body = _fill(template.email, content, _long).strip()
    values = _values(content, _long)
    greeting = f"Kính gửi ông/bà {content.name}," if content.name else "Kính gửi ông/bà,"
    # Filled in one pass: a name's text is never read as a placeholder.
    frame = templates.frame if content.code else templates.account_frame
    text = Placeholders(frame).substitute(values, greeting=greeting, body=body)
    return Rendered(Placeholders(template.subject).substitute(values), text.strip() + "\n")


def parse(data: Mapping[str, Any]) -> Templates:
    """Reads a templates file (services/notifications/templates/). Raises KeyError where something is missing."""
    named = {
        name: Template(
            Text(entry["sms"], entry.get("sms_due", "")),
            entry.get("subject", ""),
            Text(entry["email"], entry.get("email_due", "")) if "email" in entry else None,
            entry.get("before_reception", ""),
        )
        for name, entry in data["templates"].items()
    }
    return Templates(data["version"], data["email_frame"], data.get("account_email_frame", ""), named)


def _short(moment: datetime) -> str:
    return f"{moment.hour}h{moment:%M} {moment:%d/%m/%Y}"


def _long(moment: datetime) -> str:
    return f"{moment.hour} giờ {moment:%M} ngày {moment:%d/%m/%Y}"


def _fill(text: Text, content: Content, moment: Any) -> str:
    return Placeholders(text.body).substitute(_values(content, moment, text.due))


def _values(content: Content, moment: Any, due: str = "") -> dict[str, str]:
    """The placeholders that have a value; `$due` is empty while the clock is stopped."""
    values = {"ward": content.ward, "base": content.base}
    values |= {"code": content.code} if content.code else {}
    values |= {"otp": content.otp} if content.otp else {}
    values |= {"posted": content.posted} if content.posted else {}
    values |= {"elsewhere": content.elsewhere} if content.elsewhere else {}
    values |= {"at": moment(content.happened_at)} if content.happened_at else {}
    values |= {"expires": f"{content.expires_at.hour}h{content.expires_at:%M}"} if content.expires_at else {}
    sentence = Placeholders(due).substitute(values, due_at=moment(content.due_at)) if content.due_at and due else ""
    return values | {"due": sentence}
