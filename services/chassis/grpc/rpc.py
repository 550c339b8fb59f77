"""A service's RPCs as a table: for each its command, its use case and its view.

A command (or query) is a frozen dataclass with the request's fields under the same names; use cases know no messages of
the contract. A use case takes the unit of work and the command and returns a row or another result; a view makes the
contract's message from it. The table says in how many transactions an RPC works:

    RPCS: Table = {
        "GetDossier": Query(GetDossier, reading.dossier, views.dossier),
        "WatchGuidedSessions": LongPoll(WatchGuidedSessions, guidance.watch, guidance.patience, changed, views.watched),
        "AcceptDossier": Command(AcceptDossier, acceptance.accept, views.dossier),
        "SubmitDossier": SteppedCommand(SubmitDossier, filing.confirmed, filing.redeem, filing.file, views.submitted),
        "GetPaper": Free(GetPaper, issuing.paper, views.paper),
    }
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from types import NoneType
from typing import Any, Generic, Protocol, TypeAlias, TypeVar, get_args, get_type_hints

from google.protobuf.descriptor import Descriptor, FieldDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from services.chassis.call import seconds_left
from services.chassis.database.changes import Changes
from services.chassis.refusal import Refusal
from services.chassis.unit import Unit

Request = TypeVar("Request")
Work = TypeVar("Work", bound=Unit)
Result = TypeVar("Result")
Found = TypeVar("Found")
Brought = TypeVar("Brought")
Work_co = TypeVar("Work_co", bound=Unit, covariant=True)


_TO_READ_AGAIN = 1.0  # seconds
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class Workplace(Protocol[Work_co]):
    """The parts of a running service; they open a unit of work for the call that is being served."""

    def unit(self, *, snapshot: bool = False, apart: bool = False) -> AbstractContextManager[Work_co]: ...


Place = TypeVar("Place", bound=Workplace[Any])


@dataclass(frozen=True, slots=True)
class Query(Generic[Request, Work, Result]):
    """Reads in one transaction. With `snapshot` all rows are seen as they were at the first statement: for several
    queries that must agree. With `apart` each statement has its own transaction: for RPCs that are called all the time
    (`Database.apart`).
    """

    request: type[Request]
    read: Callable[[Work, Request], Result]
    view: Callable[[Work, Result], Message]
    snapshot: bool = False
    apart: bool = False

    def serve(self, place: Workplace[Work], request: Message, command: Request, answer: type[Message]) -> Message:
        with place.unit(snapshot=self.snapshot, apart=self.apart) as unit:
            return self.view(unit, self.read(unit, command))


@dataclass(frozen=True, slots=True)
class LongPoll(Generic[Request, Place, Work, Result]):
    """Reads; if there is no news for the caller, waits for a change and reads again.

    While it waits it holds a thread, but no connection to the database.
    """

    request: type[Request]
    read: Callable[[Work, Request], Result]
    patience: Callable[[Work, Request, Result], float]  # seconds that the caller may wait; 0 if there is news
    changes: Callable[[Place], Changes]  # of the called ward
    view: Callable[[Work, Result], Message]

    def serve(self, place: Place, request: Message, command: Request, answer: type[Message]) -> Message:
        changes = self.changes(place)
        count = changes.count
        message, patience = self._read(place, command)
        if patience > 0:
            changes.wait(count, min(patience, seconds_left() - _TO_READ_AGAIN))
            message, _ = self._read(place, command)
        return message

    def _read(self, place: Place, command: Request) -> tuple[Message, float]:
        with place.unit() as unit:
            found = self.read(unit, command)
            return self.view(unit, found), self.patience(unit, command, found)


@dataclass(frozen=True, slots=True)
class Command(Generic[Request, Work, Result]):
    """Changes something in one transaction; a repeated request gets the first answer.

    `committed` runs after the transaction, with the place and the ward's code.
    """

    request: type[Request]
    change: Callable[[Work, Request], Result]
    view: Callable[[Work, Result], Message]
    committed: Callable[[Any, str], None] | None = None

    def serve(self, place: Workplace[Work], request: Message, command: Request, answer: type[Message]) -> Message:
        with place.unit() as unit:
            message = unit.once(request, answer, lambda: self.view(unit, self.change(unit, command)))
        if self.committed is not None:
            self.committed(place, unit.ward)
        return message


@dataclass(frozen=True, slots=True)
class SteppedCommand(Generic[Request, Place, Work, Found, Brought, Result]):
    """Changes something in two transactions, with work between them that must not hold a transaction open: asking
    another service, storing a file. The second transaction checks again what the first has found.

    The work between them must be idempotent. A repeated request may meet rows that the first request has changed, even
    while it runs, and be refused because of them. Only then the first answer is looked up and returned, since few
    requests are repeated.
    """

    request: type[Request]
    find: Callable[[Work, Request], Found]
    bring: Callable[[Place, Request, Found], Brought]
    change: Callable[[Work, Request, Brought], Result]
    view: Callable[[Work, Result], Message]

    def serve(self, place: Place, request: Message, command: Request, answer: type[Message]) -> Message:
        try:
            return self._serve(place, request, command, answer)
        except Refusal:
            with place.unit() as unit:
                earlier: Message | None = unit.first_answer(request, answer)
            if earlier is None:
                raise
            return earlier

    def _serve(self, place: Place, request: Message, command: Request, answer: type[Message]) -> Message:
        with place.unit() as unit:
            found = self.find(unit, command)
        brought = self.bring(place, command, found)
        with place.unit() as unit:
            message: Message = unit.once(request, answer, lambda: self.view(unit, self.change(unit, command, brought)))
            return message


@dataclass(frozen=True, slots=True)
class Free(Generic[Request, Place, Result]):
    """Opens its transactions itself, or needs none; for example it reads, then renders a paper or asks a provider.

    No answer is stored for a repetition, so it must be idempotent.
    """

    request: type[Request]
    do: Callable[[Place, Request], Result]
    view: Callable[[Result], Message]

    def serve(self, place: Place, request: Message, command: Request, answer: type[Message]) -> Message:
        return self.view(self.do(place, command))


Rpc: TypeAlias = (
    Query[Any, Any, Any]
    | LongPoll[Any, Any, Any, Any]
    | Command[Any, Any, Any]
    | SteppedCommand[Any, Any, Any, Any, Any, Any]
    | Free[Any, Any, Any]
)
Table: TypeAlias = Mapping[str, Rpc]


def servicer(contract: ServiceDescriptor, base: type[Any], place: Workplace[Any], table: Table) -> Any:
    """An instance of `base`, the servicer class of the stubs, whose methods serve the table.

    Raises TypeError if contract and table do not have the same RPCs, or a command does not have the request's fields.
    """
    if set(table) != set(contract.methods_by_name):
        raise TypeError(f"table and contract differ: {sorted(set(table) ^ set(contract.methods_by_name))}")
    methods = {name: _method(place, rpc, contract.methods_by_name[name]) for name, rpc in table.items()}
    return type(f"{contract.name}Servicer", (base,), methods)()


def _method(place: Workplace[Any], rpc: Rpc, described: Any) -> Callable[[Any, Message, Any], Message]:
    decode = decoder(rpc.request, described.input_type)
    answer: type[Message] = GetMessageClass(described.output_type)

    def serve(_: Any, request: Message, __: Any) -> Message:
        return rpc.serve(place, request, decode(request), answer)

    return serve


def decoder(command: type[Request], message: Descriptor) -> Callable[[Message], Request]:
    """A function from request to command: lists become tuples, messages dataclasses, timestamps datetimes in UTC.

    An unset timestamp or optional field becomes None; a timestamp outside the calendar becomes the last or first
    datetime. Raises TypeError if request and command do not have the same fields (deprecated fields are ignored).
    """
    hashable: Any = command  # every class is hashable; mypy does not know that
    decode: Callable[[Message], Request] = _decoder(hashable, message)
    return decode


@cache
def _decoder(command: type[Any], message: Descriptor) -> Callable[[Message], Any]:
    if not is_dataclass(command):
        raise TypeError(f"{command.__name__} is no dataclass")
    hints = get_type_hints(command)
    own = [each.name for each in fields(command)]
    given = {each.name: each for each in message.fields}
    read = {name for name, each in given.items() if not each.GetOptions().deprecated}
    if not read <= set(own) <= given.keys():
        raise TypeError(f"{command.__name__} has not the fields of {message.name}: {sorted(read ^ set(own))}")
    readers = [(name, _reader(given[name], hints[name])) for name in own]
    return lambda request: command(**{name: reader(request) for name, reader in readers})


def _reader(field: FieldDescriptor, hint: Any) -> Callable[[Message], Any]:
    name = field.name
    if field.message_type is None:
        if field.has_presence:
            return lambda request: getattr(request, name) if request.HasField(name) else None
        return (
            (lambda request: tuple(getattr(request, name)))
            if field.is_repeated
            else (lambda request: getattr(request, name))
        )
    if field.message_type.full_name == "google.protobuf.Timestamp":
        return lambda request: _moment(getattr(request, name)) if request.HasField(name) else None
    inner = next(each for each in get_args(hint) if each not in (Ellipsis, NoneType))
    decode = decoder(inner, field.message_type)
    if field.is_repeated:
        return lambda request: tuple(map(decode, getattr(request, name)))
    return lambda request: decode(getattr(request, name)) if request.HasField(name) else None


def _moment(stamp: Any) -> datetime:
    try:
        moment: datetime = stamp.ToDatetime(UTC)
    except (ValueError, OverflowError):
        return _LAST if stamp.seconds > 0 else _FIRST
    return moment
