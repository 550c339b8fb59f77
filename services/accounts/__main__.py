"""`python -m services.accounts serve | migrate | seed | …`"""

from __future__ import annotations

from services.accounts.service import SERVICE
from services.chassis.service import run

if __name__ == "__main__":
    run(SERVICE)
