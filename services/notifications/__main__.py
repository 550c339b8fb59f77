"""`python -m services.notifications serve | migrate | …`"""

from services.chassis.service import run
from services.notifications.service import SERVICE

if __name__ == "__main__":
    run(SERVICE)
