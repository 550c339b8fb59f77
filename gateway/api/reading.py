"""Turns what a client sent into the operation's model, or into a Refusal that names each wrong member."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, NoReturn, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from services.chassis.refusal import FieldFault, Kind, Refusal, invalid

Model = TypeVar("Model", bound=BaseModel)

DEEPEST = 32
#: The largest JSON body; the largest that anybody needs is a form. As Python objects it takes about thirty times the
#: memory.
MOST_JSON_BYTES = 1024 * 1024
MOST_FAULTS = 50
# Characters that JSON can spell, but that UTF-8 or PostgreSQL cannot store.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

_TEXTS = {
    "missing": "cần có mục này",
    "extra_forbidden": "ở đây không có mục này",
    "string_type": "cần là chuỗi chữ",
    "int_type": "cần là số nguyên",
    "int_parsing": "cần là số nguyên",
    "int_from_float": "cần là số nguyên",
    "bool_type": "cần là true hoặc false",
    "list_type": "cần là một mảng",
    "dict_type": "cần là một đối tượng JSON",
    "model_type": "cần là một đối tượng JSON",
    "model_attributes_type": "cần là một đối tượng JSON",
    "string_too_short": "cần ít nhất {min_length} ký tự",
    "string_too_long": "nhiều nhất {max_length} ký tự",
    "too_short": "cần ít nhất {min_length} mục",
    "too_long": "nhiều nhất {max_length} mục",
    "string_pattern_mismatch": "chưa đúng cách viết",
    "literal_error": "cần là một trong: {expected}",
    "greater_than_equal": "nhỏ nhất là {ge}",
    "less_than_equal": "lớn nhất là {le}",
    "value_error": "{error}",
}


def read_body(model: type[Model], *, optional: bool = False) -> Model:
    """The JSON body of the request; where `optional`, no body is an empty object."""
    if optional and not request.content_length and not request.headers.get("Transfer-Encoding"):
        return _validated(model, {}, pointers=True)
    return _validated(model, read_json(), pointers=True)


def read_query(model: type[Model]) -> Model:
    """The query parameters; a parameter that may be repeated is a list in the model."""
    given: dict[str, Any] = {}
    for name, values in request.args.lists():
        field = model.model_fields.get(name)
        many = field is not None and "list" in str(field.annotation)
        if len(values) > 1 and not many:
            raise refused([FieldFault(name, "chỉ được ghi một lần")])
        if any(_UNSTORABLE.search(value) for value in values):
            raise refused([FieldFault(name, "có ký tự không lưu được")])
        given[name] = values if many else values[0]
    return _validated(model, given, pointers=False)


def read_json() -> object:
    """The body as JSON (RFC 8259), without text that the services cannot store.

    Raises Refusals: `unsupported-media-type` (415); `file-too-large` (413) for more than 1 MB; `malformed-json` for
    text that is not JSON, for NaN, and for a member given twice; `invalid-request` for text that cannot be stored and
    for objects more than 32 deep.
    """
    if not request.is_json:
        raise wrong_media_type("application/json")
    body = request.get_data()
    if len(body) > MOST_JSON_BYTES:
        raise invalid("file-too-large", "Nội dung gửi lên quá lớn. JSON tối đa 1 MB.")
    doubled: list[_Doubled] = []
    try:
        value = json.loads(
            body.decode("utf-8"),
            parse_constant=_no_constant,
            object_pairs_hook=partial(_members, doubled),
        )
    except (ValueError, RecursionError) as fault:
        raise malformed_json() from fault
    if doubled:
        raise malformed_json(_twice(value))
    faults = [FieldFault(where, text) for where, text in islice(_unstorable(value), MOST_FAULTS)]
    if faults:
        raise refused(faults)
    return value


def refused(faults: Sequence[FieldFault]) -> Refusal:
    return invalid("invalid-request", "Nội dung gửi lên có mục chưa đúng. Xin xem từng mục.", *faults[:MOST_FAULTS])


def malformed_json(member: str = "") -> Refusal:
    faults = (FieldFault(member, "được ghi hai lần"),) if member else ()
    return invalid("malformed-json", "Nội dung gửi lên không phải JSON đúng cách viết (RFC 8259, UTF-8).", *faults)


def wrong_media_type(wanted: str) -> Refusal:
    return Refusal(
        Kind.INVALID,
        "unsupported-media-type",
        f"Địa chỉ này nhận nội dung kiểu {wanted}.",
        fields=(FieldFault("Content-Type", f"cần là {wanted}"),),
    )


def pointer(path: Sequence[object]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _writable(path: Sequence[object]) -> str:
    """The pointer, with question marks for characters that UTF-8 cannot hold: clients may send such names."""
    return pointer(path).encode("utf-8", "replace").decode()


def unstorable(text: str) -> bool:
    return _UNSTORABLE.search(text) is not None


def _validated(model: type[Model], value: object, *, pointers: bool) -> Model:
    try:
        return model.model_validate(value)
    except ValidationError as fault:
        raise refused(
            [
                FieldFault(pointer(error["loc"]) if pointers else str(error["loc"][0]), _text_of(error, model))
                for error in fault.errors(include_url=False, include_input=False)
            ]
        ) from fault


def _text_of(error: Any, model: type[BaseModel]) -> str:
    gone: Mapping[object, str] = getattr(model, "GONE", {})
    if error["type"] == "extra_forbidden" and error["loc"][0] in gone:
        return gone[error["loc"][0]]
    words: Mapping[str, object] = error.get("ctx") or {}
    template = _TEXTS.get(error["type"], "chưa đúng kiểu hoặc cách viết")
    # Pydantic joins the choices of a literal in English.
    return template.format_map({name: str(word).replace(" or ", " hoặc ") for name, word in words.items()})


class _Doubled(dict[str, object]):
    """An object with one `member` given twice. Its place is known only once everything is read."""

    member = ""


def _members(doubled: list[_Doubled], pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    found = _Doubled(members)
    found.member = Counter(name for name, _ in pairs).most_common(1)[0][0]
    doubled.append(found)
    return found


def _twice(value: object) -> str:
    """A pointer to the first member that is given twice; empty if it is nested too deep to name."""
    for path, item in _walk(value):
        if isinstance(item, _Doubled):
            return _writable((*path, item.member))
        if len(path) > DEEPEST:
            break
    return ""


def _walk(value: object) -> Iterator[tuple[Sequence[object], object]]:
    """The value and everything in it, from first to last, each with its path.

    The path is one list that changes with each step: a list for each member would take memory for all members, times
    the depth.
    """
    path: list[object] = []
    yield path, value
    open_values = [_members_of(value)]
    while open_values:
        found = next(open_values[-1], None)
        if found is None:
            open_values.pop()
            if path:
                path.pop()
            continue
        name, member = found
        path.append(name)
        yield path, member
        if isinstance(member, (dict, list)):
            open_values.append(_members_of(member))
        else:
            path.pop()


def _members_of(value: object) -> Iterator[tuple[object, object]]:
    return iter(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _unstorable(value: object) -> Iterator[tuple[str, str]]:
    """The place of text that cannot be stored, or of too deep nesting, with the message."""
    for path, item in _walk(value):
        if len(path) > DEEPEST:
            yield _writable(path[:3]), f"lồng nhau quá {DEEPEST} tầng"
            return
        if path and isinstance(path[-1], str) and unstorable(path[-1]):
            yield _writable(path[:-1]), "tên mục có ký tự không lưu được"
        elif isinstance(item, str) and unstorable(item):
            yield _writable(path), "có ký tự không lưu được"
