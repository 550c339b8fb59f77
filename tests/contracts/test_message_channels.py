"""The fake provider of unit tests and the real ways out behave alike; the real ones against the catcher on loopback."""

from __future__ import annotations

import asyncio
import math
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from aiosmtpd.controller import Controller

from deploy.local.catcher import Catcher
from deploy.local.small_server import PortTaken
from services.notifications.adapters import channels
from services.notifications.adapters.channels import (
    Channel,
    HttpSmsChannel,
    Outgoing,
    PermanentFault,
    SmtpChannel,
    TemporaryFault,
)
from tests.contracts.dripping import DRIPS, Dripping
from tests.fakes.channel import InMemoryChannel
from tests.fakes.clock import SettableClock

KEY = "khoa-thu"
PHONE, ADDRESS = "+84905123456", "bay@example.vn"
TEXT = "Hồ sơ đã xong.\nMời đến ký sổ.\n.\nmột dấu chấm đầu dòng"


@dataclass
class Provider:
    """A channel and the server behind it."""

    channel: Channel
    to: str
    received: Callable[[], list[tuple[str, str]]]  # (recipient, text), oldest first
    refuse_next: Callable[[str], None]  # "temporary" or "permanent"


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[Catcher]:
    catcher = Catcher(("127.0.0.1", 0), ("127.0.0.1", 0), tmp_path / "messages.jsonl", KEY)
    catcher.start()
    yield catcher
    catcher.stop()


@pytest.fixture(params=["in-memory", "sms", "email"])
def provider(request: pytest.FixtureRequest, catcher: Catcher, clock: SettableClock) -> Iterator[Provider]:
    kind = request.param
    if kind == "in-memory":
        channel: Any = InMemoryChannel()
        faults = {"temporary": TemporaryFault("450 later"), "permanent": PermanentFault("550 never")}
        provider = Provider(
            channel,
            ADDRESS,
            lambda: [(one.to, one.text) for one in channel.sent],
            lambda sort: channel.faults.append(faults[sort]),
        )
    else:
        codes = {"sms": {"temporary": 503, "permanent": 422}, "email": {"temporary": 450, "permanent": 550}}[kind]
        channel = sms(catcher) if kind == "sms" else email(catcher, clock)
        provider = Provider(
            channel,
            PHONE if kind == "sms" else ADDRESS,
            lambda: [(one.to, one.text) for one in catcher.store.newest("", 100)[::-1]],
            lambda sort: catcher.faults.answer_next(kind, codes[sort]),
        )
    yield provider
    channel.close()


def sms(catcher: Catcher, key: str = KEY, timeout: float = 5) -> HttpSmsChannel:
    return HttpSmsChannel(f"http://127.0.0.1:{catcher.http_port}/sms", key, timeout)


def email(catcher: Catcher, clock: SettableClock) -> SmtpChannel:
    url = f"smtp://127.0.0.1:{catcher.smtp_port}"
    return SmtpChannel(url, "khong-tra-loi@nam-duong.caunoi.vn", "UBND Phường Nam Dương", 5, clock)


def outgoing(provider: Provider, id: str = "1", text: str = TEXT) -> Outgoing:
    return Outgoing(id, provider.to, text, "Hồ sơ: đã xong")


def test_what_is_sent_arrives_as_it_was_written(provider: Provider) -> None:
    answer = provider.channel.send(outgoing(provider))
    assert answer
    assert provider.to not in answer
    assert [(to, text.rstrip("\n")) for to, text in provider.received()] == [(provider.to, TEXT)]


def test_the_same_message_handed_over_twice_arrives_once(provider: Provider) -> None:
    for id in ("1", "1", "2"):
        provider.channel.send(outgoing(provider, id))
    assert len(provider.received()) == 2


def test_a_temporary_refusal_is_told_from_a_permanent_one_and_neither_names_the_recipient(provider: Provider) -> None:
    provider.refuse_next("temporary")
    provider.refuse_next("permanent")
    with pytest.raises(TemporaryFault) as temporary:
        provider.channel.send(outgoing(provider))
    with pytest.raises(PermanentFault) as permanent:
        provider.channel.send(outgoing(provider))
    provider.channel.send(outgoing(provider))
    assert len(provider.received()) == 1
    for fault in (temporary.value, permanent.value):
        assert str(fault)
        assert provider.to not in str(fault)


@pytest.mark.parametrize("make", [sms, lambda catcher: email(catcher, SettableClock(catcher_time()))])
def test_a_provider_that_is_away_is_a_temporary_fault(catcher: Catcher, make: Callable[[Catcher], Channel]) -> None:
    channel = make(catcher)
    catcher.stop()
    with pytest.raises(TemporaryFault, match="Connect"):
        channel.send(Outgoing("1", ADDRESS, TEXT, "x"))
    channel.close()


def catcher_time() -> Any:
    from services.chassis.clock import SystemClock

    return SystemClock().now()


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_an_sms_fault_of_ours_or_of_the_moment_is_temporary(catcher: Catcher, status: int) -> None:
    channel = sms(catcher)
    catcher.faults.answer_next("sms", status)
    with pytest.raises(TemporaryFault, match=str(status)):
        channel.send(Outgoing("1", PHONE, TEXT))
    channel.close()


def test_a_wrong_key_loses_no_sms(catcher: Catcher) -> None:
    channel = sms(catcher, key="sai")
    with pytest.raises(TemporaryFault, match="401"):
        channel.send(Outgoing("1", PHONE, TEXT))
    channel.close()
    assert catcher.store.newest("", 10) == []


class Scripted:
    """A mail server that says what it is told, line by line, and keeps what it hears."""

    def __init__(self, *replies: str) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._replies = replies
        self.heard: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):  # the client may hang up first
            connection, _ = self._listening.accept()
            with connection, connection.makefile("rb") as lines:
                for reply in self._replies:
                    connection.sendall(reply.encode() + b"\r\n")
                    line = lines.readline()
                    self.heard.append(line)
                    while self.heard[0:] and reply.startswith("354") and line.strip() != b".":
                        line = lines.readline()

    def close(self) -> None:
        self._listening.close()
        self._thread.join(5)


UP_TO_DATA = ("220 here", "250 hello", "250 sender", "250 recipient")


@pytest.mark.parametrize(
    ("replies", "fault"),
    [
        (("554 not for you",), TemporaryFault),  # our address is barred: no message is to blame
        (("220 here", "250 hello", "550 no such sender"), PermanentFault),
        (("220 here", "250 hello", "250 sender", "450 mailbox busy"), TemporaryFault),
        (("220 here", "250 hello", "250 sender", "550 5.1.1 <bay@example.vn> unknown"), PermanentFault),
        ((*UP_TO_DATA, "554 no data"), PermanentFault),
        ((*UP_TO_DATA, "354 go on", "452 disk full"), TemporaryFault),
        (UP_TO_DATA, TemporaryFault),  # hangs up
    ],
)
def test_what_a_mail_server_says_at_each_step(
    replies: tuple[str, ...], fault: type[Exception], clock: SettableClock
) -> None:
    server = Scripted(*replies)
    channel = SmtpChannel(f"smtp://127.0.0.1:{server.port}", "a@caunoi.vn", "UBND", 5, clock)
    with pytest.raises(fault) as raised:
        channel.send(Outgoing("1", ADDRESS, "x", "x"))
    assert ADDRESS not in str(raised.value)
    server.close()


def test_a_letter_that_was_taken_stays_taken_whatever_follows(clock: SettableClock) -> None:
    server = Scripted(*UP_TO_DATA, "354 go on", "250 2.0.0 taken", "421 must go")
    channel = SmtpChannel(f"smtp://127.0.0.1:{server.port}", "a@caunoi.vn", "UBND", 5, clock)
    assert channel.send(Outgoing("1", ADDRESS, "x", "x")) == "250 2.0.0 taken"
    channel.close()
    server.close()


class Counting:
    """A mail server that notes over which connection each letter came."""

    def __init__(self, port: int = 0) -> None:
        self.peers: list[int] = []
        with socket.create_server(("127.0.0.1", port)) as free:
            self.port: int = free.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.peers.append(session.peer[1])
        return "550 no" if b"refuse" in envelope.content else "250 taken"

    def channel(self, clock: SettableClock) -> SmtpChannel:
        return SmtpChannel(f"smtp://127.0.0.1:{self.port}", "a@caunoi.vn", "UBND", 5, clock)

    def stop(self) -> None:
        self._controller.stop()


@pytest.fixture
def counting() -> Iterator[Counting]:
    server = Counting()
    yield server
    server.stop()


def test_letters_that_follow_one_another_share_a_connection_until_one_is_refused(
    counting: Counting, clock: SettableClock
) -> None:
    channel = counting.channel(clock)
    for text in ("x", "x"):
        channel.send(Outgoing("1", ADDRESS, text, "x"))
    with pytest.raises(PermanentFault):
        channel.send(Outgoing("2", ADDRESS, "refuse", "x"))
    channel.send(Outgoing("3", ADDRESS, "x", "x"))
    channel.close()
    first, second, third, fourth = counting.peers
    assert first == second == third != fourth


@pytest.mark.parametrize("limit", ["LETTERS_OF_A_CONNECTION", "CONNECTION_SECONDS"])
def test_a_connection_has_served_its_time(
    counting: Counting, clock: SettableClock, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(channels, limit, 1 if limit == "LETTERS_OF_A_CONNECTION" else 0.0)
    channel = counting.channel(clock)
    for _ in range(2):
        channel.send(Outgoing("1", ADDRESS, "x", "x"))
    channel.close()
    assert len(set(counting.peers)) == 2


def test_a_connection_that_the_server_has_ended_costs_no_letter(clock: SettableClock) -> None:
    server = Counting()
    channel = server.channel(clock)
    channel.send(Outgoing("1", ADDRESS, "x", "x"))
    server.stop()
    again = Counting(server.port)
    channel.send(Outgoing("2", ADDRESS, "x", "x"))
    channel.close()
    again.stop()
    assert (len(server.peers), len(again.peers)) == (1, 1)


class OneLetterASession(Counting):
    """A mail server that takes one letter over each connection, and refuses the next with `refusal`."""

    def __init__(self, refusal: str) -> None:
        self._refusal = refusal
        super().__init__()

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if session.peer[1] in self.peers:
            return self._refusal
        envelope.mail_from = address
        return "250 sender"


@pytest.mark.parametrize(
    "refusal", ["550 5.7.0 too many messages in this session", "503 one letter only", "421 closing", "451 later"]
)
def test_a_refusal_of_a_kept_connection_costs_no_letter(clock: SettableClock, refusal: str) -> None:
    server = OneLetterASession(refusal)
    channel = server.channel(clock)
    for id in ("1", "2", "3", "4"):
        assert channel.send(Outgoing(id, ADDRESS, "x", "x")) == "250 taken"
    channel.close()
    server.stop()
    assert len(set(server.peers)) == 4


class Ending(Counting):
    """A mail server that notes which connections were ended, and says goodbye late."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.ended: list[int] = []
        super().__init__()

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:
        self.ended.append(session.peer[1])
        await asyncio.sleep(self._seconds)
        return "221 bye"


def test_a_connection_that_has_served_its_time_is_closed_without_a_next_letter(
    clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Ending(0)
    channel = server.channel(clock)
    assert channel.release() == math.inf
    channel.send(Outgoing("1", ADDRESS, "x", "x"))
    assert 0 < channel.release() <= channels.CONNECTION_SECONDS
    assert server.ended == []
    monkeypatch.setattr(channels, "CONNECTION_SECONDS", 0.0)
    assert channel.release() == math.inf
    assert server.ended == server.peers
    server.stop()


def test_the_next_letter_does_not_wait_for_the_goodbye_of_an_old_connection(
    clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "LETTERS_OF_A_CONNECTION", 1)
    server = Ending(4)
    channel = server.channel(clock)
    channel.send(Outgoing("1", ADDRESS, "x", "x"))
    began = time.monotonic()
    channel.send(Outgoing("2", ADDRESS, "x", "x"))
    assert time.monotonic() - began < 3
    channel.close()
    server.stop()
    assert len(set(server.peers)) == 2


def test_a_server_that_does_not_speak_is_given_up_after_the_timeout(clock: SettableClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        mail = SmtpChannel(f"smtp://127.0.0.1:{port}", "a@caunoi.vn", "UBND", 0.2, clock)
        text = HttpSmsChannel(f"http://127.0.0.1:{port}/sms", KEY, 0.2)
        for channel in (mail, text):
            with pytest.raises(TemporaryFault, match=r"Time|Disconnected"):
                channel.send(Outgoing("1", ADDRESS, "x", "x"))
            channel.close()


@pytest.mark.parametrize("how", DRIPS)
def test_a_provider_that_drips_or_floods_is_left_when_the_time_or_the_measure_is_full(how: str) -> None:
    provider = Dripping(*DRIPS[how])
    channel = HttpSmsChannel(f"{provider.url}/sms", KEY, 1)
    if how == "headers":
        with pytest.raises(TemporaryFault, match="ReadTimeout"):
            channel.send(Outgoing("1", PHONE, TEXT))
    else:
        # The status says that the message is accepted; the rest of the answer is only recorded.
        assert channel.send(Outgoing("1", PHONE, TEXT)) == "200"
    channel.close()
    provider.stop()
    assert not provider.is_through


def test_a_server_without_encryption_gets_no_letter_where_encryption_is_demanded(
    catcher: Catcher, clock: SettableClock
) -> None:
    channel = SmtpChannel(f"smtp+starttls://u:p@127.0.0.1:{catcher.smtp_port}", "a@caunoi.vn", "UBND", 5, clock)
    with pytest.raises(TemporaryFault, match="SMTPNotSupportedError"):
        channel.send(Outgoing("1", ADDRESS, "x", "x"))
    assert catcher.store.newest("", 10) == []


@pytest.mark.parametrize("address", ["", "không phải địa chỉ", "a@b\r\nBcc: c@d.vn", "bảy@example.vn", "<>"])
def test_an_invalid_address_is_a_permanent_fault(catcher: Catcher, clock: SettableClock, address: str) -> None:
    with pytest.raises(PermanentFault):
        email(catcher, clock).send(Outgoing("1", address, "x", "x"))


def test_a_letter_carries_its_id_its_sender_and_that_it_was_made_by_a_machine(clock: SettableClock) -> None:
    letter = SmtpChannel("smtp://127.0.0.1", "a@caunoi.vn", "UBND Phường Nam Dương", 5, clock)._letter(
        Outgoing("m-1", ADDRESS, "Kính gửi ông/bà\n" + "dài " * 400, "Hồ sơ: đã xong")
    )
    raw = letter.as_bytes()
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998  # RFC 5322 §2.1.1
    read = message_from_bytes(raw, policy=policy.default)
    assert read["Message-ID"] == "<m-1@caunoi.vn>"
    assert str(read["From"]) == "UBND Phường Nam Dương <a@caunoi.vn>"
    assert read["Subject"] == "Hồ sơ: đã xong"
    assert read["Date"].datetime == clock.now()
    assert read["Auto-Submitted"] == "auto-generated"


def test_the_catcher_shows_what_was_sent_to_somebody(catcher: Catcher, clock: SettableClock) -> None:
    letters = email(catcher, clock)
    letters.send(Outgoing("1", ADDRESS, "thư", "Hồ sơ: đã xong"))
    letters.close()
    channel = sms(catcher)
    for number in ("2", "3"):
        channel.send(Outgoing(number, PHONE, f"tin {number}"))
    channel.close()

    def shown(**query: Any) -> list[dict[str, str]]:
        url = f"http://127.0.0.1:{catcher.http_port}/messages"
        messages: list[dict[str, str]] = httpx.get(url, params=query, trust_env=False).json()["messages"]
        return messages

    assert [one["text"] for one in shown(to=PHONE)] == ["tin 3", "tin 2"]
    assert [one["text"] for one in shown(to=PHONE, limit=1)] == ["tin 3"]
    (letter,) = shown(to=ADDRESS)
    assert letter.pop("at")
    assert letter == {"channel": "email", "to": ADDRESS, "subject": "Hồ sơ: đã xong", "text": "thư\n"}
    assert len(shown()) == 3


@pytest.mark.parametrize("body", ["", "{", "[]", '{"id": "1", "to": "x"}', '{"id": 1, "to": "x", "text": "y"}'])
def test_the_catcher_refuses_what_is_no_sms(catcher: Catcher, body: str) -> None:
    response = httpx.post(
        f"http://127.0.0.1:{catcher.http_port}/sms",
        content=body,
        headers={"Authorization": f"Bearer {KEY}"},
        trust_env=False,
    )
    assert response.status_code == 400


def test_a_taken_port_is_named_and_nothing_is_left_listening(catcher: Catcher, tmp_path: Path) -> None:
    second = Catcher(("127.0.0.1", catcher.smtp_port), ("127.0.0.1", 0), tmp_path / "2.jsonl", KEY)
    with pytest.raises(PortTaken, match=str(catcher.smtp_port)):
        second.start()
    # Not by connecting: by now the port may be that of a server of tests beside these.
    listening = [
        each.laddr.port for each in psutil.Process().net_connections("tcp") if each.status == psutil.CONN_LISTEN
    ]
    assert second.http_port not in listening
    assert catcher.http_port in listening
    third = Catcher(("127.0.0.1", 0), ("127.0.0.1", catcher.http_port), tmp_path / "3.jsonl", KEY)
    with pytest.raises(PortTaken, match=str(catcher.http_port)):
        third.start()


def start_catcher(store: Path, http: int = 0) -> tuple[subprocess.Popen[str], int]:
    """The catcher as a process; returns it and its HTTP port once it listens."""
    module = [sys.executable, "-m", "deploy.local.catcher", "--smtp", "127.0.0.1:0", "--http", f"127.0.0.1:{http}"]
    process = subprocess.Popen([*module, "--store", str(store)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    return process, int(line.rsplit(" ", 1)[1])


def test_the_catcher_keeps_what_it_caught_over_a_kill_and_ends_when_told(tmp_path: Path) -> None:
    process, port = start_catcher(tmp_path / "m.jsonl")
    channel = HttpSmsChannel(f"http://127.0.0.1:{port}/sms", "local-catcher", 5)
    channel.send(Outgoing("1", PHONE, "tin 1"))
    process.kill()
    process.communicate()
    again, same_port = start_catcher(tmp_path / "m.jsonl", port)
    assert same_port == port
    channel.send(Outgoing("1", PHONE, "tin 1"))
    channel.send(Outgoing("2", PHONE, "tin 2"))
    channel.close()
    messages = httpx.get(f"http://127.0.0.1:{port}/messages", params={"to": PHONE}, trust_env=False).json()["messages"]
    assert [one["text"] for one in messages] == ["tin 2", "tin 1"]
    third = subprocess.run(
        [sys.executable, "-m", "deploy.local.catcher", "--http", f"127.0.0.1:{port}", "--store", str(tmp_path / "3")],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert third.returncode == 1
    assert f"127.0.0.1:{port}" in third.stderr
    assert "Traceback" not in third.stderr
    again.terminate()
    again.communicate(timeout=10)
    assert again.returncode == 0
