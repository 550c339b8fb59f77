"""A version of a procedure: data, read once and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any

from services.dossiers.domain.checking import day_of
from services.dossiers.domain.deadlines import TimeLimit
from services.dossiers.domain.pointers import Condition, holds, value_at

_MISSING = object()
NUMBER_FORM = "{number:02d}/{year}"  # sequence from 01, TT 04/2020 Đ29–36


class DocumentMode(StrEnum):
    """How a paper is given (NĐ 123/2015 Đ3; TT 04/2020 Đ3)."""

    FILE = "file"  # nộp: uploaded with the dossier
    PRESENT = "present"  # xuất trình: shown at the office, compared and handed back


@dataclass(frozen=True, slots=True)
class DocumentRequirement:
    """A paper that the procedure asks for; `when` decides on the form whether it is needed."""

    kind: str
    title: str
    hint: str
    mode: DocumentMode
    when: Condition = field(default_factory=dict)
    condition: str = ""  # `when` in words; empty where always
    article: str = ""
    restricted: bool = False  # its name tells what nobody outside may read, such as that a child was abandoned

    def needed_for(self, form: Mapping[str, Any]) -> bool:
        """Whether this form needs the paper; `form` has only the fields that are asked for."""
        return holds(form, self.when)

    @property
    def always(self) -> bool:
        return not self.when


@dataclass(frozen=True, slots=True)
class FormPage:
    """One page of the form: a question or a small coherent group; asked only when `when` holds."""

    name: str
    title: str
    fields: tuple[str, ...]
    hint: str = ""
    when: Condition = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As the contract's `form_pages_json` has it."""
        page: dict[str, Any] = {"name": self.name, "title": self.title, "fields": list(self.fields)}
        if self.hint:
            page["hint"] = self.hint
        if self.when:
            page["when"] = dict(self.when)
        return page


@dataclass(frozen=True, slots=True)
class Charge:
    """Something that may have to be paid for: an item of the fee table, when, and how many times."""

    item: str  # of `fees.toml`, such as `copy`
    late_only: bool = False  # owed only where the registration is late (Luật Hộ tịch 2014 Đ11)
    when: Condition = field(default_factory=dict)
    count: str = ""  # pointer to how many; empty: one


@dataclass(frozen=True, slots=True)
class Lateness:
    """A registration is late when it is filed more than `days` calendar days after the day at `since`."""

    since: str  # pointer to a date
    days: int
    text: str  # what the applicant is told
    article: str

    def is_late(self, form: Mapping[str, Any], kept: date) -> bool:
        """Whether what was filed is late; what has no date is not.

        `kept` is the day of filing (in Đà Nẵng), or an earlier one on which the period may have ended: see
        `deadlines.still_kept`.
        """
        happened = day_of(value_at(form, self.since))
        return happened is not None and kept - happened > timedelta(days=self.days)


class RegisterSigned(StrEnum):
    """When those whom the entry is about sign the register (TT 04/2020 Đ3, Đ32)."""

    AT_HANDOVER = "at-handover"  # the requester, when the result is handed over
    AT_SIGNATURE = "at-signature"  # both spouses, before the signer does: the day of registration (TT 04/2020 Đ32)
    NEVER = "never"  # a confirmation or a copy: nothing is signed for


@dataclass(frozen=True, slots=True)
class Handover:
    """How the result reaches people (NĐ 87/2020 Đ12; TT 04/2020 Đ3)."""

    register_signed: RegisterSigned
    present: tuple[str, ...] = ()  # pointers to the names of those who have to come; empty: whoever fetches it
    remote: bool = False  # may be sent by post or fetched electronically


@dataclass(frozen=True, slots=True)
class Verification:
    """Asking another agency: what it does to the clock, and when the result cannot do without it."""

    article: str
    working_days: int = 0  # the whole limit where something has to be verified; 0: the wait does not count
    when: Condition = field(
        default_factory=dict
    )  # others have to be asked where this holds; empty: as the office sees fit


@dataclass(frozen=True, slots=True)
class Notice:
    """A public notice that has to hang out before the registration, where `when` holds of the form."""

    when: Condition
    days: int  # calendar days in a row
    article: str


@dataclass(frozen=True, slots=True)
class RegisterKind:
    """The register that the result is entered in, the suffix of its books, and how its numbers are written."""

    name: str  # such as `birth`
    suffix: str  # such as `KS`
    number_form: str = NUMBER_FORM  # of the paper; TLKT and XNTTHN have forms of their own
    kind_at: str = ""  # pointer to the choice that `{kind}` in the form stands for; empty: the form has none
    kinds: Mapping[str, str] = field(default_factory=dict)  # what each choice is written as, such as `TLKS`

    def paper_number(self, number: int, year: int, form: Mapping[str, Any]) -> str:
        """The number as the paper shows it, such as "07/2020" or "12/TLKS-BS"; `form` is what was filed."""
        kind = self.kinds.get(str(value_at(form, self.kind_at)), "") if self.kind_at else ""
        return self.number_form.format(number=number, year=year, kind=kind)


@dataclass(frozen=True, slots=True)
class CheckUse:
    """A check by its name in `checks.CHECKS`, with its parameters."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    enabled: bool = True  # an operator switches off a rule that was only remembered (docs/law.md, [memory])


@dataclass(frozen=True, slots=True, eq=False)
class Procedure:
    """One version of a procedure, in force from `valid_from` until the next. Equal only to itself."""

    code: str
    version: str  # ISO date of `valid_from`
    valid_from: date
    name: str
    summary: str
    paper: str  # name of the result, such as "Giấy khai sinh"
    documents: tuple[DocumentRequirement, ...]
    time_limit: TimeLimit
    time_limit_text: str
    fee_text: str
    charges: tuple[Charge, ...]
    legal_basis: tuple[str, ...]
    steps: tuple[str, ...]
    form_schema: Mapping[str, Any]  # JSON Schema 2020-12 without references
    pages: tuple[FormPage, ...]
    checks: tuple[CheckUse, ...]
    register: RegisterKind
    handover: Handover
    subject_name: str  # pointer to the name of whom the dossier is about
    likeness: tuple[str, ...]  # pointers whose values two dossiers about the same event share
    texts: Mapping[str, str]
    late: Lateness | None = None
    verification: Verification | None = None
    notice: Notice | None = None
    valid_months: int | None = None  # how long the result is in force; None: for ever

    def pages_json(self) -> list[dict[str, Any]]:
        return [page.as_json() for page in self.pages]

    def notice_needed(self, form: Mapping[str, Any]) -> bool:
        """Whether the law wants a public notice before this registration (NĐ 123/2015 Đ14)."""
        return self.notice is not None and holds(form, self.notice.when)

    def document(self, kind: str) -> DocumentRequirement | None:
        return next((each for each in self.documents if each.kind == kind), None)


def amended(before: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """A version as a change of the one before: members of objects are replaced, added, or taken out by null.

    Lists of things that have a `kind` or `name` (documents, pages, checks) change by it: the things given replace
    or join those there; `{"kind": …, "removed": true}` takes one out. Other lists are replaced whole.
    """
    after = dict(before)
    for name, value in change.items():
        if value is None:
            after.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(after.get(name), Mapping):
            after[name] = amended(after[name], value)
        elif isinstance(value, list) and value and _key(value[0]):
            after[name] = _amended_list(after.get(name, []), value)
        else:
            after[name] = value
    return after


def _key(thing: object) -> str:
    return next((key for key in ("kind", "name") if isinstance(thing, Mapping) and key in thing), "")


def _amended_list(before: list[Any], change: list[Any]) -> list[Any]:
    key = _key(change[0])
    things = {thing[key]: thing for thing in before}
    for thing in change:
        if thing.get("removed"):
            things.pop(thing[key], None)
        else:
            things[thing[key]] = amended(things.get(thing[key], {}), thing)
    return list(things.values())


def parse_procedure(data: Mapping[str, Any], definitions: Mapping[str, Any] | None = None) -> Procedure:
    """A procedure from its file's JSON; ValueError names what is wrong and where.

    References into `$defs` of the form, or into the `definitions` that procedures share, are resolved, so that
    whoever shows the form needs no resolver.
    """
    reader = _Reader(data, "")
    form = reader.mapping("form")
    valid_from = reader.day("valid_from")
    limit = reader.child("time_limit")
    fee = reader.child("fee")
    procedure = Procedure(
        code=reader.text("code"),
        version=valid_from.isoformat(),
        valid_from=valid_from,
        name=reader.text("name"),
        summary=reader.text("summary"),
        paper=reader.text("paper"),
        documents=tuple(_document(each) for each in reader.children("documents")),
        time_limit=_time_limit(limit),
        time_limit_text=limit.text("text"),
        fee_text=fee.text("text"),
        charges=tuple(_charge(each) for each in fee.children("charges")),
        legal_basis=reader.texts("legal_basis"),
        steps=reader.texts("steps"),
        form_schema=_form(form, definitions or {}),
        pages=tuple(_page(each) for each in reader.children("pages")),
        checks=tuple(_check_use(each) for each in reader.children("checks")),
        register=_register(reader.child("register")),
        handover=_handover(reader.child("handover")),
        subject_name=reader.text("subject_name"),
        likeness=reader.texts("likeness", ()),
        texts={name: str(text) for name, text in reader.mapping("texts").items()},
        late=_late(reader.child("late")) if reader.has("late") else None,
        verification=_verification(reader.child("verification")) if reader.has("verification") else None,
        notice=_notice(reader.child("notice")) if reader.has("notice") else None,
        valid_months=reader.number("valid_months"),
    )
    fee.nothing_else()
    limit.nothing_else()
    reader.nothing_else()
    _no_doubles("documents", [each.kind for each in procedure.documents])
    _no_doubles("pages", [each.name for each in procedure.pages])
    _no_doubles("checks", [each.name for each in procedure.checks])
    return procedure


def _document(reader: _Reader) -> DocumentRequirement:
    mode = reader.text("mode")
    if mode not in set(DocumentMode):
        raise ValueError(f"{reader.where}/mode: {mode!r} is neither `file` nor `present`")
    document = DocumentRequirement(
        kind=reader.text("kind"),
        title=reader.text("title"),
        hint=reader.text("hint"),
        mode=DocumentMode(mode),
        when=reader.condition(),
        condition=reader.text("condition", ""),
        article=reader.text("article", ""),
        restricted=reader.flag("restricted", default=False),
    )
    if bool(document.when) != bool(document.condition):
        raise ValueError(f"{reader.where}: `when` and `condition` (the same in words) go together")
    reader.nothing_else()
    return document


def _page(reader: _Reader) -> FormPage:
    page = FormPage(
        name=reader.text("name"),
        title=reader.text("title"),
        fields=reader.texts("fields"),
        hint=reader.text("hint", ""),
        when=reader.condition(),
    )
    reader.nothing_else()
    return page


def _check_use(reader: _Reader) -> CheckUse:
    use = CheckUse(reader.text("name"), reader.mapping("parameters", {}), reader.flag("enabled", default=True))
    reader.nothing_else()
    return use


def _charge(reader: _Reader) -> Charge:
    charge = Charge(
        item=reader.text("item"),
        late_only=reader.flag("late_only", default=False),
        when=reader.condition(),
        count=reader.text("count", ""),
    )
    reader.nothing_else()
    return charge


def _register(reader: _Reader) -> RegisterKind:
    kind = RegisterKind(
        reader.text("name"),
        reader.text("suffix"),
        reader.text("number_form", NUMBER_FORM),
        reader.text("kind_at", ""),
        reader.mapping("kinds", {}),
    )
    known = {"number": 1, "year": 2020} | ({"kind": ""} if kind.kinds else {})
    try:
        kind.number_form.format(**known)
    except (KeyError, IndexError, ValueError):
        meant = ", ".join(f"{{{name}}}" for name in known)
        raise _fault(f"{reader.where}/number_form", f"only {meant} stand for something") from None
    if bool(kind.kind_at) != bool(kind.kinds) or not all(isinstance(each, str) for each in kind.kinds.values()):
        raise _fault(f"{reader.where}/kinds", "`kind_at` and the text of each of its choices go together")
    reader.nothing_else()
    return kind


def _handover(reader: _Reader) -> Handover:
    signed = reader.text("register_signed")
    if signed not in set(RegisterSigned):
        raise _fault(f"{reader.where}/register_signed", f"{signed!r} is none of {', '.join(RegisterSigned)}")
    handover = Handover(RegisterSigned(signed), reader.texts("present", ()), reader.flag("remote", default=False))
    reader.nothing_else()
    return handover


def _late(reader: _Reader) -> Lateness:
    late = Lateness(reader.text("since"), reader.number("days") or 0, reader.text("text"), reader.text("article"))
    reader.nothing_else()
    return late


def _verification(reader: _Reader) -> Verification:
    verification = Verification(reader.text("article"), reader.number("working_days") or 0, reader.condition())
    reader.nothing_else()
    return verification


def _notice(reader: _Reader) -> Notice:
    notice = Notice(reader.condition(), reader.number("days") or 0, reader.text("article"))
    if not notice.days:
        raise _fault(f"{reader.where}/days", "a notice hangs out for at least one day")
    reader.nothing_else()
    return notice


def _time_limit(reader: _Reader) -> TimeLimit:
    kind = reader.text("kind")
    if kind not in {"same-day", "working-days"}:
        raise ValueError(f"{reader.where}/kind: {kind!r} is neither `same-day` nor `working-days`")
    cutoff = reader.text("cutoff", "")
    try:
        return TimeLimit(
            "same-day" if kind == "same-day" else "working-days",
            time.fromisoformat(cutoff) if cutoff else None,
            reader.number("working_days") or 0,
        )
    except ValueError as wrong:
        raise ValueError(f"{reader.where}: {wrong}") from wrong


def _form(schema: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    definitions = {**shared, **schema.get("$defs", {})}
    plain: dict[str, Any] = _resolved({key: value for key, value in schema.items() if key != "$defs"}, definitions)
    return plain


def _resolved(node: Any, definitions: Mapping[str, Any]) -> Any:
    """The schema with each `#/$defs/<name>` written out; what stands beside the reference wins."""
    if isinstance(node, list):
        return [_resolved(each, definitions) for each in node]
    if not isinstance(node, Mapping):
        return node
    if "$ref" not in node:
        return _labelled({key: _resolved(value, definitions) for key, value in node.items()})
    name = str(node["$ref"]).removeprefix("#/$defs/")
    if name not in definitions or "$ref" in definitions[name]:
        raise ValueError(f"/form: cannot resolve {node['$ref']!r}")
    beside = {key: value for key, value in node.items() if key != "$ref"}
    return _resolved({**definitions[name], **beside}, definitions)


def _labelled(node: dict[str, Any]) -> dict[str, Any]:
    """Each choice has a label; one that has none of its own is its own label."""
    choices = node.get("enum")
    if isinstance(choices, list):
        node["x-labels"] = {choice: node.get("x-labels", {}).get(choice, choice) for choice in choices}
    return node


def _no_doubles(where: str, names: list[str]) -> None:
    doubles = {name for name in names if names.count(name) > 1}
    if doubles:
        raise ValueError(f"/{where}: {', '.join(sorted(doubles))} stands there twice")


def _fault(where: str, what: str) -> ValueError:
    return ValueError(f"{where or '/'}: {what}")


class _Reader:
    """Reads the members of one object of the file and remembers which were read."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, Mapping):
            raise _fault(where, "an object is needed")
        self._data = data
        self._read: set[str] = set()
        self.where = where

    def _take(self, name: str, default: object = _MISSING) -> object:
        self._read.add(name)
        value = self._data.get(name, default)
        if value is _MISSING:
            raise ValueError(f"{self.where}/{name}: missing")
        return value

    def text(self, name: str, default: object = _MISSING) -> str:
        value = self._take(name, default)
        if not isinstance(value, str) or (not value and default is _MISSING):
            raise ValueError(f"{self.where}/{name}: a text is needed")
        return value

    def has(self, name: str) -> bool:
        return name in self._data

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._take(name, default)
        if not isinstance(value, bool):
            raise _fault(f"{self.where}/{name}", "true or false is needed")
        return value

    def texts(self, name: str, default: object = _MISSING) -> tuple[str, ...]:
        value = self._take(name, default)
        if value == ():
            return ()
        if not isinstance(value, list) or not value or not all(isinstance(each, str) and each for each in value):
            raise ValueError(f"{self.where}/{name}: a list of texts is needed")
        return tuple(value)

    def number(self, name: str) -> int | None:
        value = self._take(name, None)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise ValueError(f"{self.where}/{name}: a whole number is needed")
        return value

    def day(self, name: str) -> date:
        text = self.text(name)
        try:
            return date.fromisoformat(text)
        except ValueError as wrong:
            raise ValueError(f"{self.where}/{name}: {text!r} is no date such as 2020-09-15") from wrong

    def mapping(self, name: str, default: object = _MISSING) -> dict[str, Any]:
        value = self._take(name, default)
        if not isinstance(value, Mapping):
            raise _fault(f"{self.where}/{name}", "an object is needed")
        return dict(value)

    def condition(self) -> dict[str, str | int | bool]:
        condition = self.mapping("when", {})
        for pointer, value in condition.items():
            if not pointer.startswith("/") or not isinstance(value, str | int | bool):
                raise ValueError(f"{self.where}/when: pointers and the values they must have are needed")
        return condition

    def child(self, name: str) -> _Reader:
        return _Reader(self._take(name), f"{self.where}/{name}")

    def children(self, name: str) -> list[_Reader]:
        value = self._take(name)
        if not isinstance(value, list):
            raise _fault(f"{self.where}/{name}", "a list is needed")
        return [_Reader(each, f"{self.where}/{name}/{at}") for at, each in enumerate(value)]

    def nothing_else(self) -> None:
        unknown = set(self._data) - self._read
        if unknown:
            raise ValueError(f"{self.where or '/'}: unknown members {', '.join(sorted(unknown))}")
