"""`python -m deploy.local`: runs the stack until Ctrl-C. `make run` calls it after the set-up.

CAUNOI_HOME: the directory of its data (.local); CAUNOI_PORT: the gateway's port (8080; 0 finds free ports), on which
all other ports depend.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from deploy.local.home import StackFault
from deploy.local.process import ROOT
from deploy.local.stack import PEOPLE, Stack
from deploy.local.welcome import scanner_of, welcome

_ROOM_SECONDS = 5  # between two looks at the disk


def main() -> int:
    try:
        home = ROOT / os.environ.get("CAUNOI_HOME", ".local")
        port = int(os.environ.get("CAUNOI_PORT", "8080"))
    except ValueError:
        print("CAUNOI_PORT has to be a number: the gateway's port, or 0 for any that is free.", file=sys.stderr)
        return 2
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("--forget", action="store_true", help="remove the data instead of running")
    stack = Stack(home, port, needs_kafka=os.environ.get("CI") == "true")
    return forget(stack) if parser.parse_args().forget else run(stack, PEOPLE)


def forget(stack: Stack) -> int:
    try:
        stack.forget()
    except StackFault as fault:
        print(fault, file=sys.stderr)
        return 1
    print(f"The data in {stack.home} are deleted; the next start creates new ones.")
    return 0


def run(stack: Stack, people: Path) -> int:
    """Starts, prints the welcome, waits for a signal, stops. Returns 0 after a signal, 1 if it could not start."""
    told = threading.Event()

    def tell(number: int, _: FrameType | None) -> None:
        if told.is_set():
            print("Stopping at once.", flush=True)
            stack.abandon()
            os._exit(128 + number)
        told.set()
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, tell)
    started = time.monotonic()
    print("Cầu Nối is starting: PostgreSQL, Kafka, three services for thirteen wards, the gateway …", flush=True)
    try:
        stack.start()
        scanning = stack.start_scanner(*scanner_of(people))
        print(welcome(stack, people, time.monotonic() - started, scanning=scanning), flush=True)
        watch_room(stack)
    except StackFault as fault:
        print(f"\nCầu Nối could not be started.\n\n{fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopping (once more Ctrl-C: at once) …", flush=True)
        stack.stop()
        print("Stopped. The data stay for the next start.")
    return 0


def watch_room(stack: Stack) -> None:
    """Warns when the disk is nearly full, and reports when there is space again, until a signal."""
    was_full = False
    pause = threading.Event()
    while not pause.wait(_ROOM_SECONDS):
        note = stack.place.room_note()
        if note and not was_full:
            print(f"{note}\nUntil there is room, what people send in may be refused.", flush=True)
        elif was_full and not note:
            print("There is room on the disk again.", flush=True)
        was_full = bool(note)


if __name__ == "__main__":
    sys.exit(main())
