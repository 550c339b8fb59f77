"""An act on a dossier: the record from which both its operation of the API and its form at the desk come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeAlias

from caunoi.dossiers.v1.dossiers_pb2 import Dossier
from pydantic import BaseModel

from gateway import models
from gateway.questions import Field
from gateway.rpc import Rpc

Posted: TypeAlias = Mapping[str, str]
Check: TypeAlias = tuple[str, str]  # name of the request's field, and what is ticked


class Rank(IntEnum):
    """Where the desk lists an act."""

    NEXT = 1
    BESIDE = 2
    APPOINTMENT = 3
    HANDOVER = 4
    ASSIGNMENT = 5
    ENDING = 6  # behind all others, in the colour of a warning


def _nothing(_: Dossier) -> Sequence[Any]:
    return ()


def _not_read(request: Any, posted: Posted) -> None:
    """The fields of the request have the names of the questions."""


def always(*those: Any) -> Callable[[Dossier], Sequence[Any]]:
    """What is asked of every dossier."""
    return lambda _: those


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedAct:
    """An act: its name in paths, its RPC; `body`, `summary` and `description` for the API; the rest for the desk.

    Without a `summary` the API has an operation of its own for it, without a `button` the desk does not do it.
    """

    name: str
    rpc: Rpc[..., Dossier]
    tag: str = "desk"
    body: type[BaseModel] = models.Nothing
    summary: str = ""
    description: str = ""
    title: str
    button: str = ""
    done: str = ""  # what is said once it is done
    look: str = ""  # its name in the list of looks; empty: the title
    rank: Rank = Rank.BESIDE
    questions: Callable[[Dossier], Sequence[Field]] = _nothing
    checks: Callable[[Dossier], Sequence[Check]] = _nothing
    prepared: Callable[[Dossier], Posted] | None = None  # the fields' content before anything is typed
    read: Callable[[Any, Posted], None] = _not_read  # reads what the page sends in another form than the request's
    papers: Sequence[str] = ()  # kinds that it adds to the dossier, to be printed for the person concerned
    picks: bool = False  # asks which fields and papers are meant, each with a text

    def offered(self, dossier: Dossier) -> bool:
        """Whether the caller may do it now."""
        return self.name in dossier.actions
