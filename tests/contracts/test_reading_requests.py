"""The reading of requests, piece by piece; test_connections.py has the process."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator

import pytest
from waitress.task import ThreadedTaskDispatcher

from gateway.network import Networks
from gateway.server.bounds import Bounds
from gateway.server.connections import Server
from gateway.server.requests import Request

SEEDS = (
    b"POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n0123456789",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n5;a=b\r\nhello\r\n0\r\nT: u\r\n\r\n",
    b"GET http://a:80/b#c HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
)
PUT_IN = (
    *(b"\r\n", b"\n", b"\r", b":", b" ", b"\x00", b"\xff", b"\x85", b"_", b"[", b"//", b"%", b"-1", b"HTTP/1.1"),
    *(b"Content-Length: 5\r\n", b"Content-Length: " + b"9" * 5000, b"Transfer-Encoding: chunked\r\n", b"http://["),
)


def _bounds(proxies: int) -> Bounds:
    return Bounds(proxies=proxies, of_an_address=1, trusted=Networks("198.51.100.0/24, 2001:db8:8::/48"))


def serving(proxies: int) -> Iterator[Server]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = Server(lambda *_: [], listening, {}, ThreadedTaskDispatcher(), _bounds(proxies))
    yield server
    server.close()


@pytest.fixture
def server() -> Iterator[Server]:
    yield from serving(proxies=1)


@pytest.fixture
def bare() -> Iterator[Server]:
    yield from serving(proxies=0)


@pytest.mark.parametrize("start", range(0, 20_000, 2000))
def test_whatever_is_sent_is_read_or_refused_and_gives_its_share_back(server: Server, start: int) -> None:
    for seed in range(start, start + 2000):
        chance = random.Random(seed)
        request = Request(server, "198.51.100.1", server.adj)
        data = _spoilt(chance)
        while data and not request.completed:
            piece = data[: chance.randint(1, len(data))]
            consumed = request.received(piece)
            assert consumed or request.completed
            data = data[consumed:]
        if not request.completed:
            request.refuse(408)
        assert request.completed
        request.close()
        assert server.shares.take("198.51.100.1")
        server.shares.give_back("198.51.100.1")


def _spoilt(chance: random.Random) -> bytes:
    data = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randint(0, 4)):
        at = chance.randrange(len(data))
        match chance.randrange(3):
            case 0:
                data[at:at] = chance.choice(PUT_IN)
            case 1:
                data[at] = chance.randrange(256)
            case _:
                del data[at : at + chance.randint(1, 5)]
    return bytes(data)


@pytest.mark.parametrize(
    ("forwarded", "whose"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("192.0.2.1, 203.0.113.7", "203.0.113.7"),  # what the client wrote itself stands before
        ("2001:db8::1:2:3:4", "2001:db8::/64"),
        ("", "198.51.100.1"),
        ("192.0.2.1, ", "198.51.100.1"),
    ],
)
def test_a_request_is_counted_for_the_address_that_the_trusted_proxy_names(
    server: Server, forwarded: str, whose: str
) -> None:
    assert server.address_of("198.51.100.1", forwarded) == whose


@pytest.mark.parametrize("peer", ["192.0.2.9", "2001:db8:9::1", "no address", ""])
def test_a_header_of_a_peer_that_is_not_our_proxy_is_ignored(server: Server, peer: str) -> None:
    assert server.address_of(peer, "203.0.113.7") == ""


@pytest.mark.parametrize("peer", ["198.51.100.1", "::ffff:198.51.100.1", "2001:db8:8::1"])
def test_a_proxy_is_known_by_its_network(server: Server, peer: str) -> None:
    assert server.address_of(peer, "203.0.113.7") == "203.0.113.7"


def test_what_a_client_says_of_its_address_counts_for_nothing_where_no_proxy_is_trusted(bare: Server) -> None:
    assert bare.address_of("198.51.100.1", "203.0.113.7") == ""
