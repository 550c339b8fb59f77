"""The services' RPCs as the gateway calls them; those of the acts on a dossier are in `acts.py`.

Each is here once, with its deadline. Its request determines the method: each method has a request type of its own (buf
lint). Callers write `rpcs.GET_DOSSIER`, whichever service has it: names are unique over all services.
"""

from gateway.rpcs.accounts import *  # noqa: F403  (one namespace of all that the modules define)
from gateway.rpcs.dossiers import *  # noqa: F403
from gateway.rpcs.notifications import *  # noqa: F403
from gateway.rpcs.stations import *  # noqa: F403
