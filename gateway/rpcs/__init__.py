"""The services' RPCs as the gateway calls them; those of the acts on a dossier stand in `acts.py`.

Each stands here once, with its deadline. Which method it is follows from its request: one type a method (buf lint).
Callers say `rpcs.GET_DOSSIER`, whichever service has it: names are told apart over all of them.
"""

from gateway.rpcs.accounts import *  # noqa: F403  (one namespace of all that the modules define)
from gateway.rpcs.dossiers import *  # noqa: F403
from gateway.rpcs.notifications import *  # noqa: F403
from gateway.rpcs.stations import *  # noqa: F403
