"""The stack that the end-to-end, browser and chaos tests share: real processes, real broker, all thirteen wards."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.stack import Stack
from gateway.settings import Settings as GatewaySettings

#: Phường Hòa Cường Nam: who signs there shows a second factor (docs/decisions/0049).
COMPULSORY_WARD, COMPULSORY_SLUG = "20258", "hoa-cuong-nam"
#: What tests would wait for, or be kept from, at the settings that people get. Everything else is as `make run` has it.
FASTER = {
    "accounts": {
        "ARGON2_MEMORY_KIB": "1024",  # dozens of people sign in
        "ACTIVATION_CODES_PER_HOUR": "1000",
        "FILING_CODES_PER_HOUR": "1000",
        "RESEND_SECONDS": "0",
        # For a ward in which no other test signs: elsewhere signers need only a password, as on a laptop.
        f"SECOND_FACTOR_ROLES_{COMPULSORY_WARD}": "signer",
    },
    "dossiers": {"CERTIFICATE_SECONDS": "3", "OPEN_DRAFTS_PER_PERSON": "1000"},
    "gateway": {name.upper(): "10000 per minute" for name in GatewaySettings.model_fields if name.startswith("limit_")},
}


@contextmanager
def running_stack(session: pytest.Session) -> Iterator[Stack]:
    """A running stack on ports of its own. With CI=true it runs on the real Kafka or not at all.

    `CAUNOI_TEST_HOME` names a directory whose data the next run begins with, for quick rounds by hand. Otherwise the
    data go when the tests have passed. They do not lie in pytest's own directory: another pytest that starts takes
    the rights to that one from PostgreSQL, which does not run as root.
    """
    kept = os.environ.get("CAUNOI_TEST_HOME")
    home = Path(kept or tempfile.mkdtemp(prefix="caunoi-stack-"))
    stack = Stack(home, 0, more=FASTER, needs_kafka=os.environ.get("CI") == "true")
    stack.start()
    try:
        yield stack
    finally:
        stack.stop()
        if session.testsfailed:
            print(f"the logs of the stack are in {home / 'logs'}")
        elif not kept:
            shutil.rmtree(home)
