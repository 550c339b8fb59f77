"""nginx as the ingress controller configures it from our manifests, before a gateway that records what reaches it.

The controller writes an annotation `nginx.org/proxy-buffers` as the directive `proxy_buffers` of the location, keys of
its ConfigMap as directives of the whole server, and `http-snippets` as they are. No package has the controller, so this
test writes the same file for Debian's nginx. Deadlines are a tenth of what they are for people.
"""

from __future__ import annotations

import getpass
import os
import re
import select
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
import yaml

from deploy.local.ports import HOST
from deploy.local.process import end, spawn
from deploy.local.waiting import wait_until
from gateway.pages import kiosk, known, session, typed
from gateway.server.bounds import LONGEST_FIELD, READ_AND_DROPPED
from tests.contracts.stalling import held, stalls
from tests.contracts.test_kubernetes_manifests import COOKIE_OF_BROWSERS, KUBERNETES
from tests.contracts.test_streams import free_port

FASTER = 10
LARGE = 16 * 2**20  # bytes, more than the sockets and the buffers on the way hold
PROMPT = 5.0  # seconds, on a busy machine too
ELSEWHERE = "127.0.0.2"  # the address of somebody else
COOKIES = {
    typed.COOKIE: "t" * typed.LONGEST,
    session.COOKIE: "s" * (COOKIE_OF_BROWSERS - 100),
    known.COOKIE: "k" * 300,
    kiosk.COOKIE: "c" * 600,
}
_CONFIGURATION = """\
daemon off;
user {user};
worker_processes 1;
{main}
error_log stderr error;
pid {home}/nginx.pid;
events {{ worker_connections {connections}; }}
http {{
    access_log off;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    keepalive_timeout {keepalive};
{snippets}
    server {{
        listen {host}:{port};
        location / {{
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
{location}
            proxy_pass http://{host}:{behind};
        }}
    }}
}}
"""


@dataclass
class Behind:
    """A stand-in for the gateway, and what it was sent."""

    port: int
    paths: list[str] = field(default_factory=list)  # of all requests, from their heads on
    bodies: list[tuple[str, int]] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    behind: ClassVar[Behind]

    def do_GET(self) -> None:
        self.behind.paths.append(self.path)
        self.behind.cookies.append(self.headers.get("Cookie", ""))
        self.send_response(200)
        if self.path == "/streams":
            self.send_header("X-Accel-Buffering", "no")
            self.end_headers()
            self.wfile.write(b"data: 1\n\n")
            self.wfile.flush()
            with suppress(OSError):  # until whoever reads it goes
                self.connection.recv(1)
            return
        if self.path == "/large-headers":
            for name, value in COOKIES.items():
                self.send_header("Set-Cookie", f"{name}={value}")
            self.send_header("Content-Security-Policy", "p" * 4096)
        answer = b"a" * LARGE if self.path == "/large" else b"ok"
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_POST(self) -> None:
        self.behind.paths.append(self.path)
        size = len(self.rfile.read(int(self.headers["Content-Length"])))
        self.behind.bodies.append((self.path, size))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def behind() -> Iterator[Behind]:
    server = ThreadingHTTPServer((HOST, 0), _Handler)
    server.daemon_threads = True
    _Handler.behind = Behind(server.server_port)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield _Handler.behind
    server.shutdown()
    server.server_close()
    serving.join()


def nginx() -> str:
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        reason = "nginx (Debian: nginx-light) is not on this machine"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def controller() -> dict[str, str]:
    """Its settings."""
    told: dict[str, str] = yaml.safe_load((KUBERNETES / "ingress-controller.yaml").read_text(encoding="utf-8"))["data"]
    return told


def configuration(home: Path, port: int, behind: int) -> str:
    ingress = yaml.safe_load((KUBERNETES / "gateway/ingress.yaml").read_text(encoding="utf-8"))
    told = controller()
    location = [
        f"{name.removeprefix('nginx.org/').replace('-', '_')} {value};"
        for name, value in ingress["metadata"]["annotations"].items()
    ]
    text = _CONFIGURATION.format(
        user=getpass.getuser(),
        home=home,
        host=HOST,
        port=port,
        behind=behind,
        main=f"worker_rlimit_nofile {told['worker-rlimit-nofile']};",
        connections=told["worker-connections"],
        keepalive=told["keepalive-timeout"],
        snippets=told["http-snippets"],
        location="\n".join(location),
    )
    return re.sub(r"(_timeout) (\d+)s;", lambda found: f"{found[1]} {int(found[2]) * 1000 // FASTER}ms;", text)


@pytest.fixture(scope="module")
def ingress(behind: Behind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Its address."""
    home, port = tmp_path_factory.mktemp("ingress"), free_port()
    file = home / "nginx.conf"
    file.write_text(configuration(home, port, behind.port))
    process = spawn([nginx(), "-e", "stderr", "-c", str(file)], home / "log")
    try:
        assert wait_until(lambda: _is_answered((HOST, port)) or process.poll() is not None, 20)
        assert process.poll() is None, (home / "log").read_text()
        yield HOST, port
    finally:
        end(process, signal.SIGTERM, 10)


def _is_answered(address: tuple[str, int], source: str = HOST) -> bool:
    """Whether a plain request from `source` gets 200 in time."""
    transport = httpx.HTTPTransport(local_address=source)
    with httpx.Client(transport=transport, timeout=PROMPT) as client, suppress(httpx.TransportError):
        return client.get(f"http://{address[0]}:{address[1]}/").status_code == 200
    return False


def url(address: tuple[str, int], path: str) -> str:
    return f"http://{address[0]}:{address[1]}{path}"


def test_all_cookies_of_an_answer_pass_and_come_back(ingress: tuple[str, int], behind: Behind) -> None:
    """Else what was typed gets a 502 after the act was done, and then a 400 for each request."""
    answer = httpx.get(url(ingress, "/large-headers"), timeout=PROMPT)
    assert (answer.status_code, sum(map(len, answer.headers.get_list("set-cookie"))) > 8192) == (200, True)
    sent = "; ".join(f"{name}={value}" for name, value in COOKIES.items())
    assert 8192 < len(sent) < LONGEST_FIELD, "the gateway takes them, too"
    assert httpx.get(url(ingress, "/"), headers={"Cookie": sent}, timeout=PROMPT).status_code == 200
    assert behind.cookies[-1] == sent


def test_a_body_that_the_gateway_refuses_reaches_it_and_a_larger_one_does_not(
    ingress: tuple[str, int], behind: Behind
) -> None:
    largest = b"a" * READ_AND_DROPPED
    assert httpx.post(url(ingress, "/largest"), content=largest, timeout=30).status_code == 200
    assert ("/largest", READ_AND_DROPPED) in behind.bodies
    with suppress(httpx.WriteError):  # it is refused by its length, and need not be read
        assert httpx.post(url(ingress, "/larger"), content=largest + b"a", timeout=30).status_code == 413
    assert "/larger" not in behind.paths


@pytest.mark.parametrize(
    ("name", "deadline"), [("half the headers", 10), ("headers byte by byte", 10), ("half a body", 30)]
)
def test_what_stalls_is_closed_at_its_deadline_and_reaches_nobody(
    ingress: tuple[str, int], behind: Behind, name: str, deadline: float
) -> None:
    """nginx closes it without an answer: the 408 of the API guide is the gateway's own."""
    began = time.monotonic()
    with held(ingress, stalls("/", small="/stalled")[name], 3) as clients:
        for client in clients:
            with suppress(ConnectionResetError):
                assert client.recv(1) == b""
    took = time.monotonic() - began
    assert deadline / FASTER - 0.1 <= took <= deadline / FASTER + PROMPT
    assert "/stalled" not in behind.paths


def test_a_connection_on_which_no_answer_is_read_is_reset_at_its_deadline(ingress: tuple[str, int]) -> None:
    """A connection that is only closed keeps its part of the answer in memory until the client has read it."""
    began = time.monotonic()
    with held(ingress, stalls("/large")["no answer read"], 3) as clients:
        for client in clients:
            waiting = select.poll()
            waiting.register(client, 0)  # a reset is told in any case, a closed connection is not
            assert waiting.poll((30 / FASTER + PROMPT) * 1000)
    assert time.monotonic() - began >= 30 / FASTER - 0.1


def test_an_address_has_its_share_of_requests_and_others_have_theirs(ingress: tuple[str, int]) -> None:
    (share,) = re.findall(r"limit_conn addresses (\d+);", controller()["http-snippets"])
    body = stalls("/")["half a body"].first
    with connected(ingress, body, int(share)):
        with connected(ingress, body, 1) as (beyond,):
            assert b" 429 " in beyond.recv(100)
        assert _is_answered(ingress, ELSEWHERE)


def test_what_a_stream_says_is_passed_on_at_once(ingress: tuple[str, int]) -> None:
    with httpx.stream("GET", url(ingress, "/streams"), timeout=PROMPT) as answer:
        assert next(answer.iter_lines()) == "data: 1"


@contextmanager
def connected(address: tuple[str, int], sent: bytes, count: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        clients = [stack.enter_context(socket.create_connection(address, timeout=PROMPT)) for _ in range(count)]
        for client in clients:
            client.sendall(sent)
        yield clients
