"""The promises of this folder's conftest."""

from __future__ import annotations

import socket

import pytest


def test_a_socket_that_could_leave_this_process_is_an_error() -> None:
    with pytest.raises(UserWarning, match=r"tried to use socket\.socket"):
        socket.socket()
