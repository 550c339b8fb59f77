"""The commands: pair, check, run."""

from __future__ import annotations

import argparse
import logging
import os
import re
import signal
import sys
import tempfile
import threading
from pathlib import Path

from .gateway import Away, Gateway, Refused, enrol
from .scanner import Fault, found, scan
from .settings import Pairing, Settings, Unusable
from .work import Agent, private_place


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit status: 0, or 1 with a text that says what to do."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    commands = {"pair": _pair, "check": _check, "run": _run}
    try:
        return commands[options.command](options)
    except (Unusable, PermissionError) as fault:
        print(fault, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "caunoi-agent"
    parser = argparse.ArgumentParser(prog="agent", description="The agent of a station's scanner.")
    parser.add_argument(
        "--home", type=Path, default=home, help="folder of agent.ini and of the credential [%(default)s]"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    pair = commands.add_parser("pair", help="enrol this scanner with the code that the ward's administrator has")
    pair.add_argument("--gateway", required=True, help="such as https://caunoi.vn")
    pair.add_argument("--ward", required=True, help="GSO code of the station's ward, such as 20248")
    commands.add_parser("check", help="find the scanner and scan one page from the glass, which is thrown away")
    commands.add_parser("run", help="work until it is stopped")
    return parser


def _pair(options: argparse.Namespace) -> int:
    address = options.gateway.rstrip("/")
    if not re.fullmatch(r"https://[^/\s]+|http://(127\.0\.0\.1|localhost)(:\d+)?", address):
        print("The gateway's address begins with https:// (http:// on this computer alone).", file=sys.stderr)
        return 1
    code = input("Enrolment code: ").strip()
    try:
        enrol(address, options.ward, code).write(options.home / "credential.json")
    except Away as fault:
        print(f"The gateway does not answer ({fault}).", file=sys.stderr)
        return 1
    except Refused as no:
        print(no.text or f"The gateway refuses: {no}.", file=sys.stderr)
        return 1
    print("Paired.")
    return 0


def _check(options: argparse.Namespace) -> int:
    settings = Settings.read(options.home / "agent.ini")
    try:
        print(found(settings))
        with tempfile.TemporaryDirectory(dir=private_place()) as folder:
            sizes = [page.stat().st_size for page in scan(settings, "flatbed", Path(folder))]
    except Fault as fault:
        print(f"The scanner does not work: {fault}", file=sys.stderr)
        return 1
    print(f"The scanner works: a page of {sizes[0]} bytes.")
    return 0


def _run(options: argparse.Namespace) -> int:
    settings = Settings.read(options.home / "agent.ini")
    gateway = Gateway(Pairing.read(options.home / "credential.json"))
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    Agent(settings, gateway, stopped, private_place()).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
