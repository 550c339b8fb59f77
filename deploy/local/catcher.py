"""Catches what the local stack sends: a mail server and an SMS provider in one process, on loopback.

`python -m deploy.local.catcher --smtp 127.0.0.1:7025 --http 127.0.0.1:7026 --store .local/messages.jsonl`, or the
same by `CATCHER_SMTP_PORT`, `CATCHER_HTTP_PORT`, `CATCHER_FILE` and `CATCHER_SMS_KEY`.

`POST /sms` takes {"id", "to", "text"} with a bearer key, the same id once, as providers do; e-mails are taken once by
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
from email.message import EmailMessage
from email.policy import default as default_policy
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.smtp import SMTP

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
        """Keeps a message; False where one with its id is kept already."""
        with self._lock:
            if message.id in self._ids:
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
        """The newest first; `to` empty for everybody's, a phone in any spelling (0905…, +84905…)."""
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
    """Answers that the next deliveries get instead of a yes: what a test makes of a provider."""

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
    """What aiosmtpd calls for each letter."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store = store
        self._faults = faults

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        letter = message_from_bytes(envelope.content, _class=EmailMessage, policy=default_policy)
        for to in envelope.rcpt_tos:
            fault = self._faults.next_for("email")
            if fault is not None:
                return f"{fault} no mailbox for <{to}> now"
            message_id = str(letter["Message-ID"] or datetime.now(UTC).isoformat())
            body = letter.get_body(("plain",))
            text = body.get_content().replace("\r\n", "\n") if body is not None else ""
            self._store.add(_caught(f"{message_id} {to}", "email", to, text, str(letter["Subject"] or "")))
        return "250 taken"


def _caught(id: str, channel: str, to: str, text: str, subject: str = "") -> Caught:
    return Caught(id, datetime.now(UTC).isoformat(), channel, to, subject, text)


class _Requests(BaseHTTPRequestHandler):
    """The SMS provider's API and the list of messages. HTTP/1.0: no connection outlives its answer."""

    store: Store
    faults: Faults
    key: str

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path == "/healthz":
            return self._answer(HTTPStatus.OK, {"status": "ok"})
        if address.path != "/messages":
            return self._answer(HTTPStatus.NOT_FOUND, {"error": "no such page"})
        query = parse_qs(address.query)
        to = query.get("to", [""])[0]
        # A plus sign that was not escaped comes as a space.
        to = f"+{to[1:]}" if to.startswith(" ") else to
        limit = query.get("limit", [""])[0]
        count = min(int(limit), LARGEST_LIMIT) if limit.isdecimal() and int(limit) else DEFAULT_LIMIT
        shown = [
            {name: text for name, text in asdict(one).items() if name != "id"} for one in self.store.newest(to, count)
        ]
        return self._answer(HTTPStatus.OK, {"messages": shown})

    def do_POST(self) -> None:
        # The body is read before any answer, so that no answer is lost to a reset of the connection.
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            return self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": "too long"})
        body = self.rfile.read(length)
        if self.path != "/sms":
            return self._answer(HTTPStatus.NOT_FOUND, {"error": "no such page"})
        expected = f"Bearer {self.key}".encode()
        if not hmac.compare_digest((self.headers.get("Authorization") or "").encode(), expected):
            return self._answer(HTTPStatus.UNAUTHORIZED, {"error": "wrong key"})
        message = _sms_of(body)
        if message is None:
            return self._answer(HTTPStatus.BAD_REQUEST, {"error": "id, to and text are needed, all of them text"})
        fault = self.faults.next_for("sms")
        if fault is not None:
            return self._answer(fault, {"error": f"{message.to} cannot be served now"})
        self.store.add(message)
        return self._answer(HTTPStatus.ACCEPTED, {"status": "accepted"})

    def _answer(self, code: int, body: dict[str, Any]) -> None:
        raw = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: request lines carry phone numbers."""


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
    """An SMTP server on a thread with an event loop of its own."""

    def __init__(self, address: tuple[str, int], letters: _Letters) -> None:
        """Raises OSError where the port is taken."""
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
        # Connections that are open end with the loop; waiting for them would let an idle client hold us up.
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
        requests = type("Requests", (_Requests,), {"store": self.store, "faults": self.faults, "key": self._key})
        try:
            self._http = HttpServer(self._http_address, requests)
        except OSError as fault:
            raise PortTaken("The catcher of SMS", self._http_address) from fault
        self._http_address = (self._http_address[0], self._http.server_address[1])
        threading.Thread(target=self._http.serve_forever, args=(0.05,), name="catcher-http", daemon=True).start()
        try:
            self._smtp = _MailServer(self._smtp_address, _Letters(self.store, self.faults))
        except OSError as fault:
            self.stop()
            raise PortTaken("The catcher of e-mail", self._smtp_address) from fault
        self._smtp_address = (self._smtp_address[0], self._smtp.port)

    def stop(self) -> None:
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
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
