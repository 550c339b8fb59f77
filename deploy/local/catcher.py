"""Catches what the local stack sends: a mail server and an SMS provider in one process, on loopback.

`python -m deploy.local.catcher --smtp 127.0.0.1:7025 --http 127.0.0.1:7026 --store .local/messages.jsonl`, or the
same by `CATCHER_SMTP_PORT`, `CATCHER_HTTP_PORT`, `CATCHER_FILE` and `CATCHER_SMS_KEY`.

`POST /sms` takes {"id", "to", "text"} with a bearer key, each id once, as providers do; e-mails are kept once by
Message-ID and recipient, as mailboxes do. `GET /messages?to=&limit=` shows them, newest first; `GET /healthz` is 200.
"""

from __future__ import annotations

import argparse
import asyncio
import hmac
import json
import os
import socket
import sys
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP
from flask import Flask, request
from flask.typing import ResponseReturnValue

from deploy.local.small_server import HttpServer, PortTaken, host_and_port, run

KEPT = 5000
LARGEST_BODY = 64 * 1024
DEFAULT_LIMIT, LARGEST_LIMIT = 50, 1000


@dataclass(frozen=True, slots=True)
class Caught:
    id: str
    at: str  # ISO, UTC
    channel: str  # `sms` or `email`
    to: str
    subject: str
    text: str


class Store:
    """The last messages, in memory and in a file of JSON lines that survives the process."""

    def __init__(self, path: Path, kept: int = KEPT) -> None:
        self.keeps_repeats = False  # like a provider that ignores ids
        self._path = path
        self._lock = threading.Lock()
        self._messages: deque[Caught] = deque(maxlen=kept)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                self._messages.append(Caught(**json.loads(line)))
            except (ValueError, TypeError):
                continue  # the last line of a process that was killed while it wrote
        self._ids = {message.id for message in self._messages}
        self._lines = 0
        self._rewrite()

    def add(self, message: Caught) -> bool:
        """Stores a message; False if one with its id is stored already, unless repeats are kept."""
        with self._lock:
            if message.id in self._ids and not self.keeps_repeats:
                return False
            if len(self._messages) == self._messages.maxlen:
                self._ids.discard(self._messages[0].id)
            self._messages.append(message)
            self._ids.add(message.id)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(_line(message))
            self._lines += 1
            if self._lines > 2 * (self._messages.maxlen or KEPT):
                self._rewrite()
            return True

    def newest(self, to: str, limit: int) -> list[Caught]:
        """The newest messages first; `to` is empty for all, or a phone in any spelling (0905…, +84905…)."""
        wanted = _recipient(to)
        with self._lock:
            found = [message for message in self._messages if not wanted or _recipient(message.to) == wanted]
        return found[::-1][:limit]

    def _rewrite(self) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text("".join(_line(message) for message in self._messages), encoding="utf-8")
        fresh.chmod(0o600)
        fresh.replace(self._path)
        self._lines = len(self._messages)


def _recipient(to: str) -> str:
    plain = to.strip().casefold()
    if "@" in plain:
        return plain
    digits = "".join(letter for letter in plain if letter.isdigit())
    return f"0{digits.removeprefix('84')}" if digits.startswith("84") else digits


def _line(message: Caught) -> str:
    return json.dumps(asdict(message), ensure_ascii=False) + "\n"


class Faults:
    """Error answers for the next deliveries, so that tests can simulate a failing provider."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._codes: dict[str, deque[int]] = {"sms": deque(), "email": deque()}

    def answer_next(self, channel: str, *codes: int) -> None:
        with self._lock:
            self._codes[channel].extend(codes)

    def next_for(self, channel: str) -> int | None:
        with self._lock:
            return self._codes[channel].popleft() if self._codes[channel] else None


class _Letters:
    """aiosmtpd's handler for letters."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store = store
        self._faults = faults

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        letter = message_from_bytes(envelope.content)  # the newer EmailMessage takes four times as long
        subject = str(make_header(decode_header(letter["Subject"] or "")))
        plain = next((part for part in letter.walk() if part.get_content_type() == "text/plain"), None)
        text = _text_of(plain) if plain is not None else ""
        for to in envelope.rcpt_tos:
            fault = self._faults.next_for("email")
            if fault is not None:
                return f"{fault} no mailbox for <{to}> now"
            message_id = str(letter["Message-ID"] or datetime.now(UTC).isoformat())
            self._store.add(_caught(f"{message_id} {to}", "email", to, text, subject))
        return "250 taken"


def _text_of(part: Message[Any, Any]) -> str:
    return (
        cast("bytes", part.get_payload(decode=True))
        .decode(part.get_content_charset("ascii"), "replace")
        .replace("\r\n", "\n")
    )


def _caught(id: str, channel: str, to: str, text: str, subject: str = "") -> Caught:
    return Caught(id, datetime.now(UTC).isoformat(), channel, to, subject, text)


def _app(store: Store, faults: Faults, key: str) -> Flask:
    """The SMS provider's API and the list of messages."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    expected = f"Bearer {key}".encode()

    @app.get("/healthz")
    def health() -> ResponseReturnValue:
        return {"status": "ok"}

    @app.get("/messages")
    def messages() -> ResponseReturnValue:
        to = request.args.get("to", "")
        # A plus sign that was not escaped arrives as a space.
        to = f"+{to[1:]}" if to.startswith(" ") else to
        limit = request.args.get("limit", 0, int)
        count = min(limit, LARGEST_LIMIT) if limit > 0 else DEFAULT_LIMIT
        shown = [{name: text for name, text in asdict(one).items() if name != "id"} for one in store.newest(to, count)]
        return {"messages": shown}

    @app.post("/sms")
    def sms() -> ResponseReturnValue:
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected):
            return {"error": "wrong key"}, HTTPStatus.UNAUTHORIZED
        message = _sms_of(request.get_data())
        if message is None:
            return {"error": "id, to and text are needed, all of them text"}, HTTPStatus.BAD_REQUEST
        fault = faults.next_for("sms")
        if fault is not None:
            return {"error": f"{message.to} cannot be served now"}, fault
        store.add(message)
        return {"status": "accepted"}, HTTPStatus.ACCEPTED

    return app


def _sms_of(body: bytes) -> Caught | None:
    try:
        data = json.loads(body)
        id, to, text = data["id"], data["to"], data["text"]
    except (ValueError, KeyError, TypeError):
        return None
    if not all(isinstance(value, str) and value for value in (id, to, text)):
        return None
    return _caught(id, "sms", to, text)


class _MailServer:
    """An SMTP server on a thread with its own event loop."""

    def __init__(self, address: tuple[str, int], letters: _Letters) -> None:
        """Raises OSError if the port is in use."""
        self._socket = socket.create_server(address)
        self._letters = letters
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="catcher-smtp", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        port: int = self._socket.getsockname()[1]
        return port

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await self._loop.create_server(
            lambda: SMTP(self._letters, loop=self._loop, hostname="catcher.localhost"), sock=self._socket
        )
        await self._stopping.wait()
        # Open connections end with the loop; waiting for them would let an idle client delay the end.
        server.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()


class Catcher:
    """Both servers, running from `start` to `stop`; a port 0 is replaced by a free one."""

    def __init__(self, smtp: tuple[str, int], http: tuple[str, int], store: Path, key: str, kept: int = KEPT) -> None:
        self._smtp_address = smtp
        self._http_address = http
        self._key = key
        self.store = Store(store, kept)
        self.faults = Faults()
        self._http: HttpServer | None = None
        self._smtp: _MailServer | None = None

    @property
    def smtp_port(self) -> int:
        return self._smtp_address[1]

    @property
    def http_port(self) -> int:
        return self._http_address[1]

    @property
    def greeting(self) -> str:
        return f"catching e-mail on port {self.smtp_port}, SMS on port {self.http_port}"

    def start(self) -> None:
        """Raises PortTaken."""
        app = _app(self.store, self.faults, self._key)
        self._http = HttpServer("The catcher of SMS", self._http_address, app)
        self._http_address = self._http.address
        try:
            self._smtp = _MailServer(self._smtp_address, _Letters(self.store, self.faults))
        except OSError as fault:
            self.stop()
            raise PortTaken("The catcher of e-mail", self._smtp_address) from fault
        self._smtp_address = (self._smtp_address[0], self._smtp.port)

    def stop(self) -> None:
        if self._http is not None:
            self._http.stop()
            self._http = None
        if self._smtp is not None:
            self._smtp.stop()
            self._smtp = None


def main(arguments: Sequence[str] | None = None) -> int:
    environment = os.environ
    parser = argparse.ArgumentParser(prog="python -m deploy.local.catcher", description="Catches SMS and e-mail.")
    smtp, http = environment.get("CATCHER_SMTP_PORT", "7025"), environment.get("CATCHER_HTTP_PORT", "7026")
    parser.add_argument("--smtp", type=host_and_port, default=f"127.0.0.1:{smtp}")
    parser.add_argument("--http", type=host_and_port, default=f"127.0.0.1:{http}")
    parser.add_argument("--store", type=Path, default=environment.get("CATCHER_FILE", ".local/messages.jsonl"))
    options = parser.parse_args(arguments)
    key = environment.get("CATCHER_SMS_KEY", "local-catcher")
    return run(Catcher(options.smtp, options.http, options.store, key))


if __name__ == "__main__":
    sys.exit(main())
