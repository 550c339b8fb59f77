"""A version of a procedure: data, read once and never changed.

The classes have the members of a procedure's file, under the same names; `catalogue.py` reads the file into them.
Their own rules raise ValueError.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from services.dossiers.domain.checking import day_of
from services.dossiers.domain.deadlines import TimeLimit
from services.dossiers.domain.former_places import communes
from services.dossiers.domain.pointers import Condition, holds, value_at
from services.dossiers.domain.search import is_same_office

NUMBER_FORM = "{number:02d}/{year}"  # sequence from 01, TT 04/2020 Đ29–36


class DocumentMode(StrEnum):
    """How a paper is given (NĐ 123/2015 Đ3; TT 04/2020 Đ3)."""

    FILE = "file"  # nộp: uploaded with the dossier
    PRESENT = "present"  # xuất trình: shown at the office, compared and handed back


@dataclass(frozen=True, slots=True)
class DocumentRequirement:
    """A paper that the procedure asks for if `when` holds for the form."""

    kind: str
    title: str
    hint: str
    mode: DocumentMode
    when: Condition = field(default_factory=dict)
    condition: str = ""  # `when` in words; empty where always
    article: str = ""
    restricted: bool = False  # its name must not be shown outside the office, such as that a child was abandoned
    # No dossier needs it until the office asks for it: a paper about one of these residences that cannot be looked up.
    if_not_looked_up: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.when and self.if_not_looked_up:
            raise ValueError("`if_not_looked_up`: no answer of the form decides it, so there is no `when`")
        if bool(self.when or self.if_not_looked_up) != bool(self.condition):
            raise ValueError("`when` and `condition` (the same in words) go together")

    def needed_for(self, form: Mapping[str, Any]) -> bool:
        """Whether this form needs the paper; `form` has only the fields that are asked for."""
        return not self.if_not_looked_up and holds(form, self.when)

    @property
    def always(self) -> bool:
        return not self.when and not self.if_not_looked_up


@dataclass(frozen=True, slots=True)
class Residence:
    """A declared residence that the office looks up if `when` holds for the form (NĐ 104/2022 Đ14)."""

    at: str  # pointer to the address
    when: Condition = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FormPage:
    """One page of the form: a question or a small coherent group; asked only when `when` holds."""

    name: str
    title: str
    fields: tuple[str, ...]
    hint: str = ""
    when: Condition = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.fields:
            raise ValueError("`fields` needs at least one field")

    def as_json(self) -> dict[str, Any]:
        """The page in the contract's `form_pages_json`."""
        page: dict[str, Any] = {"name": self.name, "title": self.title, "fields": list(self.fields)}
        if self.hint:
            page["hint"] = self.hint
        if self.when:
            page["when"] = dict(self.when)
        return page


@dataclass(frozen=True, slots=True)
class Charge:
    """A possible charge: an item of the fee table, its condition, and its count."""

    item: str  # of `fees.toml`, such as `copy`
    late_only: bool = False  # owed only if the registration is late (Luật Hộ tịch 2014 Đ11)
    when: Condition = field(default_factory=dict)
    count: str = ""  # pointer to how many; empty: one


@dataclass(frozen=True, slots=True)
class Fee:
    """What the procedure costs: in words, and item by item."""

    text: str
    charges: tuple[Charge, ...]


@dataclass(frozen=True, slots=True)
class OtherDay:
    """If `when` holds for the form, the days run only from the day at `since`, and the applicant is told `text`."""

    when: Condition
    since: str
    text: str


@dataclass(frozen=True, slots=True)
class Lateness:
    """A registration is late when it is filed more than `days` calendar days after the day at `since`.

    It is never late if `unless` holds for the form: a step that the law requires first, such as a public notice, takes
    time. A death that a court declares could not be registered before the judgment was in force: `instead` has that
    day.
    """

    since: str  # pointer to a date
    days: int
    text: str  # what the applicant is told
    article: str
    unless: Condition = field(default_factory=dict)
    since_year: str = ""  # pointer to the year, if the day may be unknown: the whole of it counts as the day
    instead: OtherDay | None = None

    def __post_init__(self) -> None:
        if self.days < 0:
            raise ValueError("`days` is a number from 0 on")

    def is_late(self, form: Mapping[str, Any], kept: date) -> bool:
        """Whether the filed registration is late; without a date it is not.

        `kept` is the day of filing (in Đà Nẵng), or an earlier one on which the period may have ended: see
        `deadlines.still_kept`.
        """
        if self.unless and holds(form, self.unless):
            return False
        happened = day_of(value_at(form, self.counted_from(form)[0]))
        year = value_at(form, self.since_year) if self.since_year and self._other(form) is None else None
        if happened is None and isinstance(year, int) and 0 < year < date.max.year:
            happened = date(year, 12, 31)
        return happened is not None and kept - happened > timedelta(days=self.days)

    def counted_from(self, form: Mapping[str, Any]) -> tuple[str, str]:
        """The pointer to the day from which the days run, and the text for an applicant who is late."""
        other = self._other(form)
        return (self.since, self.text) if other is None else (other.since, other.text)

    def _other(self, form: Mapping[str, Any]) -> OtherDay | None:
        return self.instead if self.instead is not None and holds(form, self.instead.when) else None


class RegisterSigned(StrEnum):
    """When the people of an entry sign the register (TT 04/2020 Đ3, Đ32)."""

    AT_HANDOVER = "at-handover"  # the requester, when the result is handed over
    AT_SIGNATURE = "at-signature"  # both spouses, before the signer does: the day of registration (TT 04/2020 Đ32)
    NEVER = "never"  # a confirmation or a copy: nothing is signed for


@dataclass(frozen=True, slots=True)
class Handover:
    """How the result reaches people (NĐ 87/2020 Đ12; TT 04/2020 Đ3)."""

    register_signed: RegisterSigned
    present: tuple[str, ...] = ()  # pointers to the names of those who have to come; empty: anyone may fetch it
    remote: bool = False  # may be sent by post or fetched electronically
    asked: str = ""  # pointer to the way that the applicant asks for; one of `Delivery`, or nothing


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Others who have to be asked before the result if `when` holds for the form."""

    when: Condition
    text: str  # who has to be asked, for the officer
    article: str
    each_place: str = ""  # pointer to a text: a letter to each commune that it names, such as each former one
    office: str = ""  # pointer to the name of the office or person that it asks

    def letters(self, form: Mapping[str, Any], own: str) -> int:
        """How many inquiries have to be sent; a ward, whose name is `own`, sends none to itself.

        `form` has only the fields that are asked for.
        """
        if not holds(form, self.when) or (self.office and is_same_office(value_at(form, self.office), own)):
            return 0
        named = value_at(form, self.each_place) if self.each_place else None
        if not isinstance(named, str):
            return 1
        places = communes(named)
        return sum(not is_same_office(place, own) for place in places) if places else 1


@dataclass(frozen=True, slots=True)
class Verification:
    """Verification: its effect on the clock, and when it is mandatory."""

    article: str
    working_days: int = 0  # the whole limit if something has to be verified; 0 if the wait does not count
    inquiries: tuple[Inquiry, ...] = ()  # the mandatory ones; the office decides about others
    # Whether an inquiry ends after 20 days of silence, with the requester's commitment; else the office waits (TT
    # 04/2020 Đ4).
    commitment: bool = False
    # Groups of the form that replies are about: a new declaration there settles a contradicting reply from before
    # officers named what it contradicts.
    about: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.working_days < 0:
            raise ValueError("`working_days` is a number from 0 on")


@dataclass(frozen=True, slots=True)
class Notice:
    """A public notice that has to be posted before the registration if `when` holds for the form."""

    when: Condition
    days: int  # calendar days in a row
    article: str

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError("`days`: a notice hangs out for at least one day")


@dataclass(frozen=True, slots=True)
class RegisterKind:
    """The register that the result is entered in, the suffix of its books, and how its numbers are written."""

    name: str  # such as `birth`
    suffix: str  # such as `KS`
    number_form: str = NUMBER_FORM  # of the paper; TLKT and XNTTHN have forms of their own
    kind_at: str = ""  # pointer to the answer that fills `{kind}`; empty: there is no `{kind}`
    kinds: Mapping[str, str] = field(default_factory=dict)  # what each choice is written as, such as `TLKS`

    def __post_init__(self) -> None:
        known = {"number": 1, "year": 2020} | ({"kind": ""} if self.kinds else {})
        try:
            self.number_form.format(**known)
        except (KeyError, IndexError, ValueError):
            names = ", ".join(f"{{{name}}}" for name in known)
            raise ValueError(f"`number_form` {self.number_form!r}: only {names} stand for something") from None
        if bool(self.kind_at) != bool(self.kinds):
            raise ValueError("`kind_at` and `kinds`, the text of each of its choices, go together")

    def paper_number(self, number: int, year: int, form: Mapping[str, Any]) -> str:
        """The number as the paper prints it, such as "07/2020" or "12/TLKS-BS"; `form` is the filed form."""
        kind = self.kinds.get(str(value_at(form, self.kind_at)), "") if self.kind_at else ""
        return self.number_form.format(number=number, year=year, kind=kind)


@dataclass(frozen=True, slots=True)
class CheckUse:
    """A check by its name in `checks.CHECKS`, with its parameters."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    enabled: bool = True  # an operator can switch off a rule that is from memory (docs/law.md, [memory])


@dataclass(frozen=True, slots=True)
class Harmless:
    """Checks whose name discloses nothing about a person: a volunteer who guides may know which of them finds
    something.

    No check is harmless at the places in `not_at`: questions that only few people are asked, such as about a divorce.
    Each is a question, a group of questions, or `documents/<kind>`.
    """

    checks: tuple[str, ...] = ()
    not_at: tuple[str, ...] = ()

    def covers(self, check: str, field: str) -> bool:
        """Whether a volunteer may know that this check finds something at a field."""
        return check in self.checks and not any(field == each or field.startswith(f"{each}/") for each in self.not_at)


@dataclass(frozen=True, slots=True, eq=False)
class Procedure:
    """One version of a procedure, in force from `valid_from` until the next. Equal only to itself."""

    code: str
    valid_from: date
    name: str
    summary: str
    paper: str  # name of the result, such as "Giấy khai sinh"
    documents: tuple[DocumentRequirement, ...]
    time_limit: TimeLimit
    fee: Fee
    legal_basis: tuple[str, ...]
    steps: tuple[str, ...]
    form: Mapping[str, Any]  # JSON Schema 2020-12 without references
    pages: tuple[FormPage, ...]
    checks: tuple[CheckUse, ...]
    register: RegisterKind
    handover: Handover
    subject_name: str  # pointer to the name of the person that the dossier is about
    texts: Mapping[str, str]
    likeness: tuple[str, ...] = ()  # pointers whose values two dossiers about the same event share
    also_about: tuple[str, ...] = ()  # pointers to the names of the others that it is about, such as the husband's
    late: Lateness | None = None
    verification: Verification | None = None
    notice: Notice | None = None
    valid_months: int | None = None  # how long the result is in force; None: for ever
    in_person: bool = False  # not taken in by post (NĐ 123/2015 Đ3.1); online is the city's to open
    # Whose account alone files it, since nobody may be authorised (TT 04/2020 Đ2): the answer to `WHO_FILES`, which is
    # also the person's group in the form, and what the person is called. Empty: anybody's.
    filed_by: Mapping[str, str] = field(default_factory=dict)
    harmless: Harmless = field(default_factory=Harmless)
    residences: tuple[Residence, ...] = ()  # looked up by the office; until 31/12/2022 papers prove them

    def __post_init__(self) -> None:
        if not self.legal_basis or not self.steps:
            raise ValueError("`legal_basis` and `steps` need at least one text each")
        if not self.time_limit.text:
            raise ValueError("`time_limit` needs a `text`")
        if self.valid_months is not None and self.valid_months < 0:
            raise ValueError("`valid_months` is a number from 0 on")
        _no_doubles("documents", [each.kind for each in self.documents])
        _no_doubles("pages", [each.name for each in self.pages])
        _no_doubles("checks", [each.name for each in self.checks])

    @property
    def version(self) -> str:
        """The ISO date of `valid_from`."""
        return self.valid_from.isoformat()

    @property
    def filing_offline(self) -> str:
        """For people, after "xin ông/bà": how it is filed other than online (NĐ 123/2015 Đ3.1).

        What is posted needs a certified copy of the sender's identity paper; the sender pays the postage, and the fee
        where there is one (Luật Hộ tịch 2014 Đ9.2, Đ11.1; NĐ 123/2015 Đ3.3).
        """
        office = "mang giấy tờ đến nộp ở Bộ phận Một cửa của phường"
        if self.in_person:
            return f"{office} (thủ tục này không nhận qua bưu chính)"
        posted = "gửi qua bưu chính kèm bản sao có chứng thực giấy tờ tùy thân"
        return f"{office}, hoặc {posted}; phí, lệ phí (nếu có) và cước gửi do người gửi trả"

    def pages_json(self) -> list[dict[str, Any]]:
        return [page.as_json() for page in self.pages]

    def about(self, form: Mapping[str, Any]) -> str:
        """The names of the people whom a dossier is about, as lists show them; empty if the form has none yet."""
        names = [value_at(form, pointer) for pointer in (self.subject_name, *self.also_about)]
        return " và ".join(name for name in names if isinstance(name, str) and name)

    def notice_needed(self, form: Mapping[str, Any]) -> bool:
        """Whether the law requires a public notice before this registration (NĐ 123/2015 Đ14)."""
        return self.notice is not None and holds(form, self.notice.when)

    @property
    def commits(self) -> bool:
        """Whether the requester's commitment replaces a reply after 20 days (TT 04/2020 Đ4)."""
        return self.verification is not None and self.verification.commitment

    def document(self, kind: str) -> DocumentRequirement | None:
        return next((each for each in self.documents if each.kind == kind), None)


def _no_doubles(where: str, names: list[str]) -> None:
    doubles = {name for name in names if names.count(name) > 1}
    if doubles:
        raise ValueError(f"`{where}`: {', '.join(sorted(doubles))} stands there twice")


def amended(before: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """The version `before` with a change: members of objects are replaced, added, or removed by null.

    Lists of things that have a `kind` or `name` (documents, pages, checks) change by it. A thing that is there is
    changed; a new one joins at the end, or, with `"before": <kind or name>`, before that one; `{"kind": …,
    "removed": true}` removes one. Other lists are replaced whole. ValueError where `before` names nothing.
    """
    after = dict(before)
    for name, value in change.items():
        if value is None:
            after.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(after.get(name), Mapping):
            after[name] = amended(after[name], value)
        elif isinstance(value, list) and value and _key(value[0]):
            after[name] = _amended_list(name, after.get(name, []), value)
        else:
            after[name] = value
    return after


def _key(thing: object) -> str:
    return next((key for key in ("kind", "name") if isinstance(thing, Mapping) and key in thing), "")


def _amended_list(where: str, before: list[Any], changes: list[Any]) -> list[Any]:
    key = _key(changes[0])
    things = {thing[key]: thing for thing in before}
    for change in changes:
        name, follower = change[key], change.get("before")
        if change.get("removed"):
            things.pop(name, None)
            continue
        thing = amended(things.get(name, {}), {member: value for member, value in change.items() if member != "before"})
        if follower is None:
            things[name] = thing
            continue
        things.pop(name, None)
        if follower not in things:
            raise ValueError(f"/{where}: {name} cannot stand before {follower!r}, which is not there")
        names = list(things)
        behind = {each: things.pop(each) for each in names[names.index(follower) :]}
        things |= {name: thing, **behind}
    return list(things.values())
