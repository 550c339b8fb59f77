"""A provider whose answer takes its time, or has no end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from contextlib import suppress

PAUSE_SECONDS = 0.02
OK = b"HTTP/1.1 200 OK\r\n"
#: An answer in pieces, each within the time limit for one piece; the whole takes long.
DRIPS = {
    "headers": (OK, [b"X-More: 1\r\n"] * 2000, PAUSE_SECONDS),
    "body": (OK + b"\r\n", [b" "] * 2000, PAUSE_SECONDS),
    "flood": (OK + b"\r\n", [b" " * 65536] * 4000, 0),
}


class Dripping:
    """Answers one request: something at once, the rest in pieces; `is_through` where somebody heard all of it."""

    def __init__(self, at_once: bytes, pieces: Sequence[bytes], pause: float) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.is_through = False
        self._script = at_once, pieces, pause
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        at_once, pieces, pause = self._script
        with suppress(OSError):  # the client hangs up, as it should
            connection, _ = self._listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(at_once)
                for piece in pieces:
                    connection.sendall(piece)
                    if self._stopped.wait(pause):
                        return
                self.is_through = True

    def stop(self) -> None:
        self._listening.close()
        self._stopped.set()
        self._thread.join(10)
