"""What the server grants, and to whom."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from threading import Lock

from gateway.network import NOWHERE, Networks

KB, MB = 1024, 1024 * 1024
LARGEST_BODY = 11 * MB  # a document of 10 MB and the multipart around it
READ_AND_DROPPED = 4 * LARGEST_BODY  # this much of a larger body, so that its sender reads the refusal
LONGEST_LINE = 4094
MOST_FIELDS = 64
#: A browser sends all its cookies in one field, each of up to 4 KB: session, what was typed, known, station.
LONGEST_FIELD = 20 * KB
LARGEST_HEAD = 32 * KB
LONGEST_CHUNK_LINE = 1 * KB
LARGEST_TRAILER = 4 * KB
ROOM = 256 * MB  # in a worker, for requests and responses on their way
FLOOR = 8 * KB  # bytes a second that each client must send or read: 64 kbit/s, so 10 MB may take 21 minutes


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a worker grants. `proxies` is the number of proxies in front that write X-Forwarded-For. The last of them
    calls from `trusted`; the header is ignored from anybody else.
    """

    connections: int = 1000
    of_an_address: int = 100
    head_seconds: float = 10
    window_seconds: float = 30  # in each such window a body or response must move FLOOR bytes a second, or it ends
    keepalive_seconds: int = 75  # longer than the proxies in front keep an idle connection
    proxies: int = 0
    trusted: Networks = NOWHERE

    def is_proxy(self, peer: str) -> bool:
        return self.proxies > 0 and self.trusted.has(peer)


class Shares:
    """The number of connections, or of requests, of each address."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()
        self._lock = Lock()

    def take(self, address: str) -> bool:
        with self._lock:
            if self._taken[address] >= self._most:
                return False
            self._taken[address] += 1
            return True

    def give_back(self, address: str) -> None:
        with self._lock:
            self._taken[address] -= 1
            if not self._taken[address]:
                del self._taken[address]
