"""`python -m deploy.local.scanner <home> <gateway> <ward> <code>`: the agent of a station's scanner, with SANE's test
scanner. It pairs itself at its first start, and again where its credential is no longer good.
"""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from deploy.kiosk.agent.__main__ import main as agent
from deploy.kiosk.agent.gateway import Away, Gateway, Refused, enrol
from deploy.kiosk.agent.settings import Pairing, Unusable

_SETTINGS = """\
[scanner]
device = test:0
feeder = Automatic Document Feeder
resolution = 100
options = --test-picture "Color pattern" -x 180 -y 180
"""
_AGAIN_SECONDS = 5.0


def main(home: Path, gateway: str, ward: str, code: str) -> int:
    (home / "agent.ini").write_text(_SETTINGS)
    file = home / "credential.json"
    pause = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while not _is_paired(file, gateway):
        try:
            enrol(gateway, ward, code).write(file)
        except (Away, Refused) as fault:
            print(f"cannot be paired yet: {fault}", flush=True)
            pause.wait(_AGAIN_SECONDS)
    return agent(["--home", str(home), "run"])


def _is_paired(file: Path, gateway: str) -> bool:
    """Whether there is a credential and the gateway does not refuse it."""
    try:
        pairing = Pairing.read(file)
        if pairing.gateway != gateway:  # the stack was started on other ports
            Pairing(gateway, pairing.ward, pairing.credential).write(file)
            pairing = Pairing.read(file)
        Gateway(pairing).open_session()
    except Unusable:
        return False
    except Refused as no:
        return no.status != 401
    except Away:
        return True
    return True


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:5]))
