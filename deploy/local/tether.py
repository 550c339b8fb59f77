"""Starts a program that ends when its supervisor does, even if that is killed with -9.

`python -I -S tether.py <parent pid> <signal> <user or -> program arguments…`; becomes the program. It is a program of
its own so that no Python code runs between fork and exec in the supervisor, which has threads.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    parent, number, user, *command = arguments
    if user != "-":
        entry = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
        os.environ["HOME"] = entry.pw_dir
    if sys.platform == "linux":
        # After setuid, which clears it; kept over exec.
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != int(parent):
        sys.exit("the supervisor ended before its program began")
    os.execvp(command[0], command)  # noqa: S606  becoming the program, without a shell, is all it is for


if __name__ == "__main__":
    main(sys.argv[1:])
