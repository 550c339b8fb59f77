"""Runs an operator's command on the stack of this machine: `python -m deploy.local.operate <service> <command> …`.

Runs `python -m services.<service> <command> …` with the settings that the stack gives that service, so that the
commands of docs/runbook.md can be tried here. CAUNOI_HOME names the stack's data (.local).
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from deploy.local import environment
from deploy.local.broker import choose_broker
from deploy.local.environment import Places
from deploy.local.keys import SERVICES
from deploy.local.ports import DEFAULT, ports_from
from deploy.local.postgres import Cluster
from deploy.local.process import ROOT


def settings(service: str, home: Path) -> dict[str, str]:
    """The environment of a service of the stack in `home`; its lock file has the ports."""
    places = Places(home, ports_from(_gateway_port(home)))
    broker = choose_broker(home, places.ports.kafka, places.ports.kafka_controller)
    url = Cluster(home / "postgres" / "data").url(f"{service}_{{ward}}")
    return environment.of_service(service, places, url, broker.bootstrap)


def _gateway_port(home: Path) -> int:
    try:
        found = re.search(r":(\d+)$", (home / "lock").read_text().strip())
    except FileNotFoundError:
        found = None
    return int(found.group(1)) if found else DEFAULT


def main() -> None:
    if len(sys.argv) < 3 or sys.argv[1] not in SERVICES:
        sys.exit(f"usage: python -m deploy.local.operate {{{','.join(SERVICES)}}} <command> …")
    home = (ROOT / os.environ.get("CAUNOI_HOME", ".local")).resolve()
    service, *command = sys.argv[1:]
    os.chdir(ROOT)
    own = {**os.environ, **settings(service, home)}
    os.execve(sys.executable, [sys.executable, "-m", f"services.{service}", *command], own)  # noqa: S606 # this very command, as the service it is for


if __name__ == "__main__":
    main()
