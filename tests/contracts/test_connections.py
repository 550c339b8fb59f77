"""The gateway as a process, before clients that stall: who is slow holds a connection and nobody else's answer."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from deploy.local.probes import answers
from deploy.local.waiting import wait_until
from tests.contracts.stalling import held, stalls
from tests.contracts.test_streams import free_port

SECRET = "only for tests, but 32 characters long"
PROMPT = 5.0  # seconds in which a plain request is answered, on a busy machine too
LARGE = "/api/v1/openapi.json"
TAKES_A_BODY = "/api/v1/sessions"
HOST = "127.0.0.1"
WITH_PROBES = "gateway.wsgi:app"


@dataclass(frozen=True, slots=True)
class Gateway:
    port: int
    process: subprocess.Popen[bytes]
    probes: int = 0  # port of its probes and metrics

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def connect(self, sent: bytes = b"") -> socket.socket:
        client = socket.create_connection((HOST, self.port), timeout=20)
        client.sendall(sent)
        return client

    def ended(self, why: str) -> float:
        lines = httpx.get(f"http://{HOST}:{self.probes}/metrics").text.splitlines()
        of_why = [line for line in lines if line.startswith(f'caunoi_connections_ended_total{{why="{why}"}}')]
        return float(of_why[0].rpartition(" ")[2]) if of_why else 0


@contextmanager
def serving(home: Path, application: str = WITH_PROBES, **more: str) -> Iterator[Gateway]:
    """The process as the stack starts it, without any ward behind it."""
    port, probes = free_port(), free_port()
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "ACCOUNTS_ADDRESS": "127.0.0.1:1",
        "DOSSIERS_ADDRESS": "127.0.0.1:1",
        "NOTIFICATIONS_ADDRESS": "127.0.0.1:1",
        "DISTRICT_FILE": "deploy/district.toml",
        "SECRET_KEY": SECRET,
        "SESSION_COOKIE_SECURE": "false",
        "LIMITS_ENABLED": "false",
        "LOG_LEVEL": "warning",
        "PROMETHEUS_MULTIPROC_DIR": str(home / "counts"),
        "LISTEN": f"{HOST}:{port}",
        "METRICS_LISTEN": f"{HOST}:{probes}" if application == WITH_PROBES else "",
        **more,
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "gateway/gunicorn.conf.py", application]
    process = subprocess.Popen(command, env=environment)
    try:
        assert wait_until(lambda: answers(port, "/healthz"), 60)
        yield Gateway(port, process, probes)
    finally:
        process.terminate()
        try:
            process.wait(30)
        finally:
            process.kill()


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with serving(tmp_path_factory.mktemp("gateway"), WEB_CONNECTIONS_PER_ADDRESS="1000") as gateway:
        yield gateway


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """With deadlines that a test can wait for, and one worker, so that its bounds are the gateway's."""
    short = {"WEB_HEAD_SECONDS": "2", "WEB_BODY_SECONDS": "2"}
    with serving(tmp_path_factory.mktemp("hasty"), WEB_WORKERS="1", WEB_CONNECTIONS_PER_ADDRESS="20", **short) as it:
        yield it


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The server before an application that says what it got, with a single thread."""
    one = {"WEB_WORKERS": "1", "WEB_THREADS": "1"}
    with serving(tmp_path_factory.mktemp("echo"), "tests.contracts.echo:app", **one) as it:
        yield it


def answer_of(client: socket.socket) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers and body of what is sent until the other side closes."""
    read = b""
    with suppress(ConnectionResetError):
        while data := client.recv(65536):
            read += data
    head, _, body = read.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return int(first.split()[1]), {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}, body


def problem_of(client: socket.socket) -> tuple[int, str]:
    status, headers, body = answer_of(client)
    assert headers["content-type"] == "application/problem+json"
    assert headers["connection"] == "close"
    document = json.loads(body)
    assert document["status"] == status
    assert document["request_id"] == headers["x-request-id"]
    return status, document["type"].rpartition("/")[2]


@pytest.mark.parametrize("kind", stalls(LARGE, TAKES_A_BODY))
def test_a_hundred_and_twenty_stalled_connections_delay_nobody(gateway: Gateway, kind: str) -> None:
    with held((HOST, gateway.port), stalls(LARGE, TAKES_A_BODY)[kind], 120):
        time.sleep(1)  # they stall, and the server has begun to act
        if kind == "no answer read":  # making the answers is work
            assert wait_until(lambda: all(answers(gateway.port, "/healthz") for _ in range(8)), 90)
        for _ in range(4):  # one worker or the other may take it
            assert httpx.get(f"{gateway.url}/healthz", timeout=PROMPT).status_code == 200


def test_headers_that_do_not_come_get_a_problem_document(hasty: Gateway) -> None:
    before = hasty.ended("head")
    with hasty.connect(b"GET /api/v1/wards HTTP/1.1\r\nHost: here\r\nX-One:") as client:
        assert problem_of(client) == (408, "request-timeout")
    assert hasty.ended("head") == before + 1


def test_a_connection_on_which_nothing_is_asked_is_closed_without_a_word(hasty: Gateway) -> None:
    with hasty.connect() as client:
        assert client.recv(1) == b""


def test_a_body_that_does_not_come_gets_a_problem_document_on_the_api(hasty: Gateway) -> None:
    head = (
        b"POST /api/v1/sessions HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"
    )
    with hasty.connect(head + b"{") as client:
        assert problem_of(client) == (408, "request-timeout")


def test_a_body_that_does_not_come_gets_a_page_in_the_pages(hasty: Gateway) -> None:
    with hasty.connect(b"POST /dang-nhap HTTP/1.1\r\nHost: here\r\nContent-Length: 99\r\n\r\na") as client:
        status, headers, body = answer_of(client)
    assert status == 408
    assert headers["content-type"].startswith("text/html")
    assert "Gửi lên quá chậm" in body.decode()


def test_a_body_that_comes_on_may_take_longer_than_a_window(hasty: Gateway) -> None:
    size = 120_000
    fields = f"Host: here\r\nContent-Type: application/json\r\nContent-Length: {size}\r\nConnection: close\r\n"
    with hasty.connect(f"POST /api/v1/sessions HTTP/1.1\r\n{fields}\r\n".encode()) as client:
        for _ in range(12):
            client.sendall(b" " * (size // 12))
            time.sleep(0.5)  # six seconds in all, three windows of the hasty gateway
        assert problem_of(client) == (400, "malformed-json")


def test_an_answer_that_nobody_reads_is_given_up(hasty: Gateway) -> None:
    before = hasty.ended("answer")
    with held((HOST, hasty.port), stalls(LARGE)["no answer read"], 3):
        assert wait_until(lambda: hasty.ended("answer") >= before + 3, 20)


def test_an_address_has_its_share_of_connections_and_gets_it_back(hasty: Gateway) -> None:
    with held((HOST, hasty.port), stalls(LARGE)["half the headers"], 20), hasty.connect() as one_more:
        assert problem_of(one_more) == (429, "too-many-requests")
    assert wait_until(lambda: answers(hasty.port, "/healthz"), 10)


def test_behind_a_proxy_each_address_has_its_share_of_requests(tmp_path: Path) -> None:
    proxied = {"TRUSTED_PROXIES": "1", "TRUSTED_NETWORKS": "127.0.0.0/8"}
    with (
        serving(tmp_path, WEB_WORKERS="1", WEB_CONNECTIONS_PER_ADDRESS="5", **proxied) as gateway,
        ExitStack() as clients,
    ):

        def post(address: str, length: int) -> socket.socket:
            fields = f"Host: here\r\nX-Forwarded-For: 203.0.113.1, {address}\r\nContent-Length: {length}\r\n"
            return clients.enter_context(gateway.connect(f"POST /api/v1/sessions HTTP/1.1\r\n{fields}\r\n".encode()))

        stalled = [post(f"2001:db8::{number}", 99) for number in range(5)]
        assert problem_of(post("2001:db8::6", 99)) == (429, "too-many-requests")
        assert post("198.51.100.1", 0).recv(12) == b"HTTP/1.1 415"
        for each in stalled:
            each.close()
        assert wait_until(lambda: post("2001:db8::7", 0).recv(12) == b"HTTP/1.1 415", 10)


def test_a_peer_that_is_not_our_proxy_gets_no_second_share_by_a_forged_header(tmp_path: Path) -> None:
    """A pod of another namespace, say: each of its requests names another address."""
    proxied = {"TRUSTED_PROXIES": "1", "TRUSTED_NETWORKS": "192.0.2.0/24"}
    limits = {"LIMITS_ENABLED": "true", "LIMIT_TRACKING": "1 per hour"}
    with serving(tmp_path, WEB_WORKERS="1", WEB_CONNECTIONS_PER_ADDRESS="5", **proxied, **limits) as gateway:
        with ExitStack() as clients:

            def stall(address: str) -> socket.socket:
                fields = f"Host: here\r\nX-Forwarded-For: {address}\r\nContent-Length: 99\r\n"
                head = f"POST /api/v1/sessions HTTP/1.1\r\n{fields}\r\n".encode()
                return clients.enter_context(gateway.connect(head))

            for number in range(5):
                stall(f"198.51.100.{number}")
            assert problem_of(stall("198.51.100.6")) == (429, "too-many-requests")

        def track(address: str) -> int:
            forged = {"X-Forwarded-For": address, "X-Forwarded-Host": "elsewhere.example", "X-Forwarded-Proto": "https"}
            body = {"code": "000.00.29.H17-261129-0001", "key": "x"}
            return httpx.post(f"{gateway.url}/api/v1/tracking", json=body, headers=forged).status_code

        assert wait_until(lambda: answers(gateway.port, "/healthz"), 10)
        assert track("198.51.100.1") != 429
        assert track("198.51.100.2") == 429


def test_probes_and_metrics_have_a_listener_of_their_own_and_answer_while_all_threads_are_taken(tmp_path: Path) -> None:
    """One thread, which waits for wards that are away: the public side is asked and does not answer."""
    silent = socket.create_server((HOST, 0), backlog=64)  # it takes connections and says nothing
    away = {f"{name}_ADDRESS": f"{HOST}:{silent.getsockname()[1]}" for name in ("ACCOUNTS", "DOSSIERS")}
    with silent, serving(tmp_path, WEB_WORKERS="1", WEB_THREADS="1", **away) as gateway, ExitStack() as clients:
        public = httpx.get(f"{gateway.url}/metrics", timeout=PROMPT)
        assert public.status_code == 404
        for _ in range(4):
            clients.enter_context(gateway.connect(b"GET /api/v1/wards/20248/stations HTTP/1.1\r\nHost: here\r\n\r\n"))
        own = f"http://{HOST}:{gateway.probes}"
        with pytest.raises(httpx.TimeoutException):
            httpx.get(f"{gateway.url}/healthz", timeout=1)
        assert httpx.get(f"{own}/healthz", timeout=PROMPT).status_code == 200
        assert httpx.get(f"{own}/readyz", timeout=PROMPT).status_code == 503
        assert "caunoi_http_seconds" in httpx.get(f"{own}/metrics", timeout=PROMPT).text
        assert httpx.get(f"{own}/api/v1/wards", timeout=PROMPT).status_code == 404


def test_who_has_waited_longest_goes_for_who_comes_when_all_connections_are_taken(tmp_path: Path) -> None:
    with serving(tmp_path, WEB_WORKERS="1", WEB_CONNECTIONS="50", WEB_CONNECTIONS_PER_ADDRESS="1000") as gateway:
        with held((HOST, gateway.port), stalls(LARGE)["half the headers"], 80) as clients:
            clients[0].settimeout(PROMPT)
            assert clients[0].recv(1) == b""
            assert httpx.get(f"{gateway.url}/healthz", timeout=PROMPT).status_code == 200
        assert gateway.ended("room") >= 31


@pytest.mark.parametrize(
    ("sent", "status", "type"),
    [
        (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: here\r\n\r\n", 414, "uri-too-long"),
        (b"GET /" + b"a" * 5000, 414, "uri-too-long"),
        (b"GET / HTTP/1.1\r\nHost: here\r\nX-One: " + b"a" * 20_500 + b"\r\n\r\n", 431, "headers-too-large"),
        (b"GET / HTTP/1.1\r\n" + b"X-One: a\r\n" * 65 + b"\r\n", 431, "headers-too-large"),
        (b"GET / HTTP/1.1\r\n" + b"X-One: aaaaaaaa\r\n" * 4000, 431, "headers-too-large"),
        (b"GET / HTTP/1.1\r\nHost : here\r\n\r\n", 400, "malformed-request"),
        (b"nonsense\r\n\r\n", 400, "malformed-request"),
        (
            b"POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
            "malformed-request",
        ),
        (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "malformed-request"),
        (b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", 400, "malformed-request"),
        (b"GET http://[ HTTP/1.1\r\nHost: here\r\n\r\n", 400, "malformed-request"),
        (b"POST / HTTP/1.1\r\nContent-Length: 4, 5\r\n\r\n0000", 400, "malformed-request"),
        (
            b"POST /api/v1/sessions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1;" * 999,
            400,
            "malformed-request",
        ),
    ],
)
def test_what_is_no_request_of_its_size_or_form_is_refused_with_a_problem_document(
    gateway: Gateway, sent: bytes, status: int, type: str
) -> None:
    with gateway.connect(sent) as client:
        assert problem_of(client) == (status, type)


@pytest.mark.parametrize("size", [12 * 1024 * 1024, 60 * 1024 * 1024])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_is_refused_and_the_refusal_can_be_read(
    hasty: Gateway, size: int, chunked: bool
) -> None:
    if size > 50 * 1024 * 1024:  # its sender may be cut off, but holds nothing
        declared = f"Host: here\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n"
        with hasty.connect(f"POST /api/v1/sessions HTTP/1.1\r\n{declared}\r\n".encode()) as client:
            client.sendall(b" " * 300_000)  # what is not read must not reset what is said
            time.sleep(1)
            assert problem_of(client) == (413, "file-too-large")
        return
    content = (b" " * 65536 for _ in range(size // 65536)) if chunked else b" " * size
    answer = httpx.post(
        f"{hasty.url}/api/v1/sessions", content=content, headers={"Content-Type": "application/json"}, timeout=30
    )
    assert answer.status_code == 413
    assert answer.json()["type"].endswith("/file-too-large")


def test_an_upload_of_ten_megabytes_arrives(hasty: Gateway) -> None:
    answer = httpx.post(
        f"{hasty.url}/api/v1/sessions",
        content=b" " * 10_000_000,
        headers={"Content-Type": "application/json"},
        timeout=30,
    )
    assert "JSON tối đa 1 MB" in answer.json()["detail"], "the application has read it, and says so"


def test_requests_that_are_sent_ahead_are_answered_in_their_order(gateway: Gateway) -> None:
    asked = b"".join(b"GET /healthz HTTP/1.1\r\nHost: here\r\nX-Request-Id: number-%03d\r\n\r\n" % n for n in range(40))
    last = b"GET /healthz HTTP/1.1\r\nHost: here\r\nX-Request-Id: number-end\r\nConnection: close\r\n\r\n"
    with gateway.connect(asked + last) as client:
        read = b""
        while data := client.recv(65536):
            read += data
    ids = [line.rpartition(b" ")[2] for line in read.split(b"\r\n") if line.lower().startswith(b"x-request-id")]
    assert ids == [*(b"number-%03d" % n for n in range(40)), b"number-end"]


@pytest.mark.parametrize("seed", range(6))
def test_each_request_is_read_as_it_was_sent_in_whatever_pieces_it_comes(echo: Gateway, seed: int) -> None:
    chance = random.Random(seed)
    sent, expected = b"", []
    for number in range(12):
        body = chance.randbytes(chance.choice([0, 1, 300, 70_000, 200_000]))
        expected.append({"path": f"/{number}", "bytes": len(body), "digest": hashlib.sha256(body).hexdigest()})
        sent += f"POST /{number} HTTP/1.1\r\nHost: here\r\n".encode()
        if number == 11:
            sent += b"Connection: close\r\n"
        if chance.random() < 0.5:
            sent += f"Content-Length: {len(body)}\r\n\r\n".encode() + body
        else:
            parts = [body[at : at + 5000] for at in range(0, len(body), 5000)]
            chunks = b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts)
            sent += b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"
    with echo.connect() as client, ThreadPoolExecutor(1) as reading:
        read = reading.submit(all_of, client)
        at = 0
        while at < len(sent):
            to = at + chance.choice([1, 7, 100, 4096, 65536, 300_000])
            client.sendall(sent[at:to])
            at = to
        answers = [json.loads(found) for found in re.findall(rb"{.+}", read.result())]
    assert answers == expected


@pytest.mark.parametrize("size", [100_000, 10_000_000, 40_000_000])
def test_an_answer_arrives_whole_and_a_slow_reader_holds_no_thread(echo: Gateway, size: int) -> None:
    with echo.connect(f"GET /large/{size} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n".encode()) as client:
        time.sleep(0.5)
        assert httpx.get(f"{echo.url}/beside", timeout=PROMPT).status_code == 200  # there is one thread
        status, _, body = answer_of(client)
    assert (status, len(body)) == (200, size)


def all_of(client: socket.socket) -> bytes:
    read = b""
    while data := client.recv(65536):
        read += data
    return read


def test_a_connection_is_used_again(gateway: Gateway) -> None:
    with gateway.connect() as client:
        for _ in range(3):
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n")
            read = b""
            while b'{"status":"up"}' not in read:
                read += client.recv(65536)
            assert read.startswith(b"HTTP/1.1 200")


def test_what_was_asked_before_the_stop_is_answered_and_idle_connections_hold_nothing_up(tmp_path: Path) -> None:
    with serving(tmp_path, SHUTDOWN_GRACE_SECONDS="15", WEB_WORKERS="1") as gateway:
        with gateway.connect(b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n") as idle:
            assert idle.recv(65536).startswith(b"HTTP/1.1 200")
            head = (
                b"POST /api/v1/sessions HTTP/1.1\r\nHost: here\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\n"
            )
            with gateway.connect(head + b"half") as client:
                time.sleep(0.5)  # half a body is there when the process is told to stop
                gateway.process.send_signal(signal.SIGTERM)
                time.sleep(1)
                client.sendall(b" body")
                assert problem_of(client) == (415, "unsupported-media-type")
        assert gateway.process.wait(10) == 0
