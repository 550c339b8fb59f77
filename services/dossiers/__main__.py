"""`python -m services.dossiers serve | migrate | register-verify | …`"""

from __future__ import annotations

from services.chassis.service import run
from services.dossiers.service import SERVICE

if __name__ == "__main__":
    run(SERVICE)
