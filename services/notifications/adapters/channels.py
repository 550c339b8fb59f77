"""The channels: an HTTP provider for SMS, a mail server for e-mail. tests/contracts holds them and the fake alike.

Each message carries its id to the provider (SMS: `id`; e-mail: Message-ID), because a message can be handed over twice:
if this process dies, or loses its database, between the provider's acceptance and our record of it, the message is sent
again. An SMS provider drops the second by its id, mailboxes by its Message-ID.
"""

from __future__ import annotations

import json
import math
import re
import smtplib
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, field
from email.charset import QP, Charset
from email.header import Header
from email.headerregistry import Address
from email.message import Message
from email.policy import compat32
from email.utils import format_datetime, formataddr
from functools import cache
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from services.chassis.clock import VIETNAM, Clock
from services.chassis.http_client import HttpClient, NoAnswer

_POLICY = compat32.clone(linesep="\r\n")
_QUOTED = Charset("utf-8")
_QUOTED.body_encoding = QP
#: The most letters and seconds of one connection: servers limit both, and balance load by new connections.
LETTERS_OF_A_CONNECTION, CONNECTION_SECONDS = 100, 30.0
GOODBYE_SECONDS = 1.0  # for the reply to QUIT; the next letter waits for it
LONGEST_ANSWER = 200  # characters of an answer that are kept
LONGEST_ANSWER_READ = 64 * 1024  # bytes
_ADDRESS = re.compile(r"[^\s<>:;,\"]+@[^\s<>:;,\"]+|(?:\+|\b0|\b84)(?:[ .-]?\d){8,13}")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send; `to` is a phone (E.164) or an e-mail address, `subject` is for e-mail only.

    Only the practice ward's page uses the account and the dossier.
    """

    id: str
    to: str = field(repr=False)
    text: str = field(repr=False)
    subject: str = ""
    account_id: str = ""
    dossier_id: str = ""


class TemporaryFault(Exception):
    """A retry may work: the provider is away, busy or refuses us. Has the answer without the recipient."""


class PermanentFault(Exception):
    """A retry is useless: this message or this recipient is refused. Has the answer without the recipient."""


class Channel(Protocol):
    def send(self, message: Outgoing) -> str:
        """Hands the message over and returns the provider's answer. Raises TemporaryFault or PermanentFault."""
        ...

    def release(self) -> float:
        """Closes a connection that is old enough; returns the seconds until one must be closed."""
        ...

    def close(self) -> None: ...


def without_recipient(answer: str, to: str) -> str:
    """A provider's answer on one line, shortened, without the recipient and everything that looks like one."""
    hidden = re.sub(re.escape(to), "…", answer, flags=re.IGNORECASE) if to else answer
    return " ".join(_ADDRESS.sub("…", hidden).split())[:LONGEST_ANSWER]


class HttpSmsChannel:
    """The SMS provider's API: POST {"id", "to", "text"} with a bearer key; 2xx means accepted; the same id is sent
    once.
    """

    #: Client errors about us or about the moment, not about the message: wrong key, too slow, too many.
    _NOT_THE_MESSAGE = frozenset({401, 403, 407, 408, 425, 429})

    def __init__(self, url: str, key: str, seconds: float) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._client = HttpClient(seconds, longest_answer=LONGEST_ANSWER_READ)

    def send(self, message: Outgoing) -> str:
        body = json.dumps({"id": message.id, "to": message.to, "text": message.text}).encode()
        try:
            response = self._client.post(self._url, body, self._headers)
        except NoAnswer as fault:
            raise TemporaryFault(str(fault)) from fault
        # The status decides about the message; the body, as far as it arrived, is only recorded.
        answer = without_recipient(f"{response.status} {response.body.decode(errors='replace')}", message.to)
        if response.is_success:
            return answer
        if 400 <= response.status < 500 and response.status not in self._NOT_THE_MESSAGE:
            raise PermanentFault(answer)
        raise TemporaryFault(answer)

    def release(self) -> float:
        return math.inf  # the client's own connections are kept for a few seconds only

    def close(self) -> None:
        self._client.close()


@dataclass(slots=True)
class _MailConnection:
    """An open connection to a mail server; letters that follow one another share it."""

    server: smtplib.SMTP
    opened: float = field(default_factory=time.monotonic)
    letters: int = 0

    def seconds_left(self) -> float:
        return self.opened + CONNECTION_SECONDS - time.monotonic()

    def begins(self, sender: str) -> bool:
        """Starts another letter from `sender` if the limits and the server allow it; else closes the connection.
        Returns whether the letter was started.

        A refusal says nothing about the letter: servers also limit the letters of a connection.
        """
        if self.letters < LETTERS_OF_A_CONNECTION and self.seconds_left() > 0:
            with suppress(OSError, smtplib.SMTPException):
                if self.server.mail(sender)[0] == 250:
                    return True
        self.end()
        return False

    def end(self) -> None:
        # The letters are accepted or refused by now; an error while closing changes nothing.
        with suppress(OSError, smtplib.SMTPException):
            if self.server.sock is not None:
                self.server.sock.settimeout(GOODBYE_SECONDS)
            self.server.quit()
        self.server.close()


class SmtpChannel:
    """A mail server. Its reply to a message decides; a refusal of the connection is temporary, whatever its code.

    `url` as in settings: `smtp://`, `smtp+starttls://` or `smtps://`, user and password percent-encoded.
    """

    def __init__(self, url: str, sender: str, sender_name: str, timeout: float, clock: Clock) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtp+starttls", "smtps"):
            raise ValueError("SMTP_URL starts with smtp://, smtp+starttls:// or smtps://")
        self._scheme = parts.scheme
        self._host = parts.hostname or "127.0.0.1"
        self._port = parts.port or {"smtp": 25, "smtp+starttls": 587, "smtps": 465}[parts.scheme]
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._from = Address(sender_name, addr_spec=sender)
        self._from_header = formataddr((sender_name, sender))
        self._timeout = timeout
        self._clock = clock
        self._kept: _MailConnection | None = None

    def send(self, message: Outgoing) -> str:
        letter = self._letter(message)
        kept, self._kept = self._kept, None
        sender = self._from.addr_spec
        connection = kept if kept is not None and kept.begins(sender) else self._connect(message.to)
        try:
            if connection is not kept:
                _expect(connection.server.mail(sender), message.to)
            answer = _hand_over(connection.server, letter, message.to)
        except (OSError, smtplib.SMTPException) as fault:
            raise TemporaryFault(type(fault).__name__) from fault
        else:
            connection.letters += 1
            self._kept = connection
        finally:
            if self._kept is not connection:  # after a refusal the next letter starts on a new one
                connection.end()
        return answer

    def release(self) -> float:
        if self._kept is not None and self._kept.seconds_left() <= 0:
            self.close()
        return self._kept.seconds_left() if self._kept is not None else math.inf

    def close(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.end()

    def _letter(self, message: Outgoing) -> Message[Any, Any]:
        # Encoding the headers once takes a tenth of the time of email.message.EmailMessage.
        letter: Message[Any, Any] = Message(_POLICY)
        letter.set_payload(message.text, _QUOTED)
        try:
            letter["To"] = Address(addr_spec=message.to).addr_spec
        except Exception as fault:  # for invalid addresses the parser also raises IndexError and the like
            raise PermanentFault("địa chỉ thư điện tử không dùng được") from fault
        if not message.to.isascii():
            raise PermanentFault("địa chỉ thư điện tử không dùng được")
        letter["From"] = self._from_header
        letter["Subject"] = Header(message.subject, _QUOTED, header_name="Subject")
        letter["Date"] = format_datetime(self._clock.now().astimezone(VIETNAM))
        letter["Message-ID"] = f"<{message.id}@{self._from.domain}>"
        letter["Auto-Submitted"] = "auto-generated"
        return letter

    def _connect(self, to: str) -> _MailConnection:
        """A connection that is ready for a letter. Raises TemporaryFault."""
        try:
            server = self._open()
        except smtplib.SMTPResponseException as fault:
            raise TemporaryFault(_reply(fault.smtp_code, fault.smtp_error, to)) from fault
        except (OSError, smtplib.SMTPException) as fault:
            raise TemporaryFault(type(fault).__name__) from fault
        try:
            if self._scheme == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
            if self._user:
                server.login(self._user, self._password)
        except smtplib.SMTPResponseException as fault:
            server.close()
            raise TemporaryFault(_reply(fault.smtp_code, fault.smtp_error, to)) from fault
        except (OSError, smtplib.SMTPException) as fault:
            server.close()
            raise TemporaryFault(type(fault).__name__) from fault
        return _MailConnection(server)

    def _open(self) -> smtplib.SMTP:
        if self._scheme == "smtps":
            # smtplib's own context would take any certificate.
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self._host, self._port, _own_name(), timeout=self._timeout, context=context)
        return smtplib.SMTP(self._host, self._port, _own_name(), timeout=self._timeout)


def _hand_over(server: smtplib.SMTP, letter: Message[Any, Any], to: str) -> str:
    _expect(server.rcpt(to), to)
    try:
        return _expect(server.data(letter.as_bytes()), to)
    except smtplib.SMTPDataError as fault:
        return _expect((fault.smtp_code, _raw(fault.smtp_error)), to)


@cache
def _own_name() -> str:
    """The host name as smtplib finds it, cached because smtplib asks the name service each time."""
    name: str = smtplib.SMTP().local_hostname
    return name


def _expect(reply: tuple[int, bytes], to: str) -> str:
    """The server's reply as text if it is positive. Raises TemporaryFault for 4xx, PermanentFault for 5xx."""
    code, text = reply
    answer = _reply(code, text, to)
    if 200 <= code < 300:
        return answer
    # 421: the server closes the connection, whatever the request was. -1: it is gone.
    raise PermanentFault(answer) if 500 <= code < 600 else TemporaryFault(answer)


def _raw(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def _reply(code: int, text: bytes | str, to: str) -> str:
    return without_recipient(f"{code} {_raw(text).decode('utf-8', 'replace')}", to)
