"""The refusals of a use case, found in the source: every type of problem in the code that it calls, directly or
indirectly.

A name leads to what it was imported from. Of a method only the name is known, so every method of that name in the
service and the chassis counts: too much is found sooner than too little.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cache

from services.accounts.domain.codes import Outcome, refusal_of
from tests.guards.parts import SERVICES, sources
from tests.guards.refusals import refused_by

Place = tuple[str, str]  # module and the name of a function, class or value in it; of a method its class before a dot


#: They say no to whatever is called, which operations have in common; or pass on what another service says.
_ENDS: frozenset[Place] = frozenset(
    {
        ("services.chassis.database.connection", "Database.transaction"),
        ("services.chassis.grpc.client", "call"),
        ("services.accounts.use_cases.unit", "Workplace.unit"),  # sends what `IssuedCode` leads to
        ("services.accounts.use_cases.unit", "Workplace._send"),
        ("services.dossiers.use_cases.unit", "Workplace.procedure_of"),  # the version that a dossier has is there
        ("services.dossiers.use_cases.unit", "_as_expected"),  # of operations that name a version
        ("services.dossiers.views.dossiers", "_shown_form"),  # what was saved fits
        ("services.dossiers.use_cases.in_the_way", "possible_acts"),  # asks what would be refused, and refuses nothing
    }
)
#: Their refusals are the same for all operations that name a version.
_SILENT: frozenset[Place] = frozenset({("services.chassis.database.connection", "Database.transaction")})
#: Functions that a library calls.
_CALLED_BACK: dict[Place, Place] = {
    ("services.dossiers.adapters.seal", "Seal.sign"): ("services.dossiers.adapters.seal_keys", "TokenKey.sign"),
}
#: Code that runs a service, and not its RPCs.
_BESIDE = {
    *("services.chassis.service", "services.chassis.grpc.server", "services.chassis.grpc.rpc"),
    *("services.chassis.housekeeping", "services.accounts.seeding"),
    *(
        f"services.{name}.{part}"
        for name in ("accounts", "dossiers", "notifications")
        for part in ("service", "servicer")
    ),
}


@dataclass
class _Module:
    name: str
    defined: dict[str, ast.AST] = field(default_factory=dict)
    imported: dict[str, Place] = field(default_factory=dict)  # name → module, and what of it; of a module itself ""


@cache
def _modules() -> dict[str, _Module]:
    found = {}
    for path, syntax in sources("services"):
        name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        found[name] = module = _Module(name)
        for node in ast.walk(syntax):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("services"):
                module.imported |= {each.asname or each.name: (str(node.module), each.name) for each in node.names}
        for statement in syntax.body:
            _define(module, statement)
    return found


def _define(module: _Module, node: ast.stmt) -> None:
    if isinstance(node, ast.FunctionDef):
        module.defined[node.name] = node
    elif isinstance(node, ast.ClassDef):
        module.defined[node.name] = node
        module.defined |= {f"{node.name}.{each.name}": each for each in node.body if isinstance(each, ast.FunctionDef)}
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name):
                module.defined[target.id] = node.value


@cache
def _methods() -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = defaultdict(list)
    for module in _modules().values():
        for name in module.defined:
            if "." in name:
                found[name.partition(".")[2]].append((module.name, name))
    return found


def _resolved(module: _Module, name: str) -> Place | None:
    if name in module.defined:
        return module.name, name
    if name not in module.imported:
        return None
    source, what = module.imported[name]
    if f"{source}.{what}" in _modules():
        return f"{source}.{what}", ""
    return _resolved(_modules()[source], what) if source in _modules() else None


def _led_to(place: Place) -> Iterator[Place]:
    """The names in the syntax of a place."""
    module = _modules()[place[0]]
    node = module.defined.get(place[1])
    if node is None or place in _ENDS:
        return
    if isinstance(node, ast.ClassDef):
        yield from ((place[0], name) for name in _made_by(place) if name in module.defined)
        return
    if place in _CALLED_BACK:
        yield _CALLED_BACK[place]
    service = place[0].split(".")[1]
    own = _own_names(node)
    called = {id(each.func) for each in ast.walk(node) if isinstance(each, ast.Call)}
    for each in _outside_annotations(node):
        if isinstance(each, ast.Name) and each.id not in own:
            found = _resolved(module, each.id)
            if found and found[1]:
                yield found
            if each.id == "IssuedCode":  # sent when the unit of work is over
                yield "services.accounts.use_cases.unit", "Workplace._send"
        elif isinstance(each, ast.Attribute):
            yield from _of_attribute(module, service, each, place[1].rpartition(".")[0], own, called=id(each) in called)
            yield from _of_another_service(service, each.attr)


def _own_names(node: ast.AST) -> set[str]:
    """Parameters and variables of a function, which hide what has their name outside."""
    inner = list(ast.walk(node))
    stored = {each.id for each in inner if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    return stored | {each.arg for each in inner if isinstance(each, ast.arg)}


def _made_by(place: Place) -> list[str]:
    return [f"{place[1]}.{name}" for name in ("__init__", "__post_init__")]


def _outside_annotations(node: ast.AST) -> Iterator[ast.AST]:
    """All that is in a node, except its type annotations."""
    yield node
    types = {"annotation", "returns"}
    for name, value in ast.iter_fields(node):
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, ast.AST) and name not in types:
                yield from _outside_annotations(each)


def _of_another_service(service: str, rpc: str) -> Iterator[Place]:
    """A service passes on the refusals of the RPCs that it calls."""
    table = _tables().get(rpc)
    if table and table[0][0].split(".")[1] != service:
        yield from table


def _of_attribute(
    module: _Module,
    service: str,
    node: ast.Attribute,
    within: str = "",
    own: Collection[str] = (),
    *,
    called: bool = True,
) -> Iterator[Place]:
    named = isinstance(node.value, ast.Name) and node.value.id not in own
    owner = _resolved(module, node.value.id) if named and isinstance(node.value, ast.Name) else None
    if owner and not owner[1]:
        found = _resolved(_modules()[owner[0]], node.attr)
        if found:
            yield found
        return
    if node.attr.startswith("__"):
        return
    receiver = _last_name(node.value)
    for place in _methods().get(node.attr, ()):
        of, _, method = place[1].partition(".")
        if place[0].split(".")[1] not in (service, "chassis") or place[0] in _BESIDE:
            continue
        if receiver in ("self", "cls") and of != within:
            continue
        if not (called or receiver == "self" or _is_property(place)):
            continue
        # A method whose name others have, too, such as `get`, counts where what it is asked of is called as its class.
        if (len(_methods()[method]) > 1 or hasattr(dict, method) or hasattr(list, method)) and not _alike(receiver, of):
            continue
        yield place


def _last_name(node: ast.expr) -> str:
    """The name of a value: `files` of `unit.place.files[ward]`."""
    if isinstance(node, ast.Subscript):
        return _last_name(node.value)
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _is_property(place: Place) -> bool:
    node = _modules()[place[0]].defined[place[1]]
    return isinstance(node, ast.FunctionDef) and any(ast.unparse(each) == "property" for each in node.decorator_list)


def _alike(receiver: str, class_name: str) -> bool:
    said, of = receiver.strip("_").lower(), class_name.strip("_").lower()
    return said in ("self", "cls") or (len(said) > 2 and (said in of or of in said))


@cache
def _tables() -> dict[str, list[Place]]:
    """RPC → what its row in the servicer's table names."""
    found: dict[str, list[Place]] = {}
    for service in SERVICES:
        module = _modules()[f"services.{service}.servicer"]
        for name, node in module.defined.items():
            if not (name.isupper() and isinstance(node, ast.Dict)):
                continue
            for key, row in zip(node.keys, node.values, strict=True):
                assert isinstance(key, ast.Constant)
                assert isinstance(row, ast.Call)
                found[str(key.value)] = [
                    place
                    for each in row.args
                    if isinstance(each, ast.Attribute)
                    for place in _of_attribute(module, service, each)
                ]
    return found


@cache
def _refused_at(place: Place) -> frozenset[str]:
    node = _modules()[place[0]].defined.get(place[1])
    if node is None or isinstance(node, ast.ClassDef) or place in _SILENT:
        return frozenset()
    if place == ("services.accounts.domain.codes", "refusal_of"):
        return frozenset(no.type for no in (refusal_of(each, 1) for each in Outcome) if no)
    return frozenset(type for each in ast.walk(node) for type in refused_by(each))


@cache
def _ways(rpc: str) -> dict[Place, list[Place]]:
    """Every place that an RPC leads to → the way there, nearest first."""
    ways: dict[Place, list[Place]] = {place: [place] for place in _tables()[rpc]}
    open_places = list(ways)
    while open_places:
        place = open_places.pop(0)
        for led in _led_to(place):
            if led not in ways:
                ways[led] = [*ways[place], led]
                open_places.append(led)
    return ways


def reachable(rpc: str) -> dict[str, list[Place]]:
    """Type → the way to where it is refused."""
    found: dict[str, list[Place]] = {}
    for place, way in _ways(rpc).items():
        for type in _refused_at(place):
            found.setdefault(type, way)
    return found


def fields_named(rpc: str) -> dict[str, list[Place]]:
    """Field that a refusal can name → the way to where it does; of `items/{place}/count` the first part, `items`."""
    found: dict[str, list[Place]] = {}
    for place, way in _ways(rpc).items():
        for name in _fields_at(place):
            found.setdefault(name, way)
    return found


def fields_computed_for(rpc: str) -> dict[tuple[str, str], list[Place]]:
    """Of those that only the run knows (`fields_computed`), what an RPC leads to → the way there."""
    found: dict[tuple[str, str], list[Place]] = {}
    for (module, name), way in _ways(rpc).items():
        node = _modules()[module].defined.get(name)
        if node is not None and not isinstance(node, ast.ClassDef):
            for said in _fields_in(_modules()[module], name, node)[1]:
                found.setdefault((module, said), way)
    return found


@cache
def fields_computed() -> frozenset[tuple[str, str]]:
    """Places where a refusal names a field that is neither written there nor passed by the caller: module and
    expression.
    """
    return frozenset(
        (module.name, said)
        for module in _modules().values()
        for name, node in module.defined.items()
        if not isinstance(node, ast.ClassDef)
        for said in _fields_in(module, name, node)[1]
    )


@cache
def _fields_at(place: Place) -> frozenset[str]:
    module = _modules()[place[0]]
    node = module.defined.get(place[1])
    if node is None or isinstance(node, ast.ClassDef):
        return frozenset()
    return frozenset(_fields_in(module, place[1], node)[0])


def _fields_in(module: _Module, name: str, node: ast.AST) -> tuple[set[str], set[str]]:
    """The fields that the calls in a function name, and the expressions of those that only the run knows."""
    written: set[str] = set()
    computed: set[str] = set()
    own = _carried().get((module.name, name), ())
    for call in ast.walk(node):
        if not isinstance(call, ast.Call):
            continue
        for said in _said_as_field(module, call):
            if isinstance(said, ast.Constant):
                written.add(str(said.value))
            elif isinstance(said, ast.JoinedStr) and isinstance(said.values[0], ast.Constant):
                written.add(str(said.values[0].value).partition("/")[0] + "/")
            elif not (isinstance(said, ast.Name) and said.id in own):
                computed.add(ast.unparse(said))
    return written, computed


def _said_as_field(module: _Module, call: ast.Call) -> Iterator[ast.expr]:
    """The argument of a call that is the name of a field."""
    target = _resolved(module, call.func.id) if isinstance(call.func, ast.Name) else None
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        owner = _resolved(module, call.func.value.id)
        target = _resolved(_modules()[owner[0]], call.func.attr) if owner and not owner[1] else None
    if target == _FAULT:
        yield call.args[0]
    elif target is not None and target in _carried():
        function = _modules()[target[0]].defined[target[1]]
        assert isinstance(function, ast.FunctionDef)
        for parameter in _carried()[target]:
            yield from _argument(function, call, parameter)


def _argument(function: ast.FunctionDef, call: ast.Call, parameter: str) -> Iterator[ast.expr]:
    names = [each.arg for each in function.args.args]
    yield from (each.value for each in call.keywords if each.arg == parameter)
    if parameter in names and names.index(parameter) < len(call.args):
        yield call.args[names.index(parameter)]


_FAULT: Place = ("services.chassis.refusal", "FieldFault")
_carries: dict[Place, tuple[str, ...]] = {}


def _carried() -> dict[Place, tuple[str, ...]]:
    """Functions that name as a field what they are given → which of their parameters that is."""
    if not _carries:
        _carries[_FAULT] = ()
        grows = True
        while grows:
            grows = False
            for module in _modules().values():
                for name, node in module.defined.items():
                    if not isinstance(node, ast.FunctionDef):
                        continue
                    own = {each.arg for each in (*node.args.args, *node.args.kwonlyargs)}
                    said = {
                        each.id
                        for call in ast.walk(node)
                        if isinstance(call, ast.Call)
                        for each in _said_as_field(module, call)
                        if isinstance(each, ast.Name) and each.id in own
                    }
                    known = _carries.get((module.name, name), ())
                    if said - set(known):
                        _carries[module.name, name] = tuple(sorted(said | set(known)))
                        grows = True
        del _carries[_FAULT]
    return _carries
