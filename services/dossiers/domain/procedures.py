"""A version of a procedure: data, read once and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from services.dossiers.domain.deadlines import TimeLimit
from services.dossiers.domain.pointers import Condition, holds


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
class Fee:
    """What it costs, in words, and the price of one copy in đồng (None where there are none)."""

    text: str
    per_copy: int | None = None


@dataclass(frozen=True, slots=True)
class RegisterKind:
    """The register that the result is entered in, and the suffix of its books."""

    name: str  # such as `birth`
    suffix: str  # such as `KS`


@dataclass(frozen=True, slots=True)
class CheckUse:
    """A check by its name in `checks.CHECKS`, with its parameters."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Procedure:
    """One version of a procedure, in force from `valid_from` until the next."""

    code: str
    version: str  # ISO date of `valid_from`
    valid_from: date
    name: str
    summary: str
    paper: str  # name of the result, such as "Giấy khai sinh"
    documents: tuple[DocumentRequirement, ...]
    time_limit: TimeLimit
    time_limit_text: str
    fee: Fee
    legal_basis: tuple[str, ...]
    steps: tuple[str, ...]
    form_schema: Mapping[str, Any]  # JSON Schema 2020-12 without references
    pages: tuple[FormPage, ...]
    checks: tuple[CheckUse, ...]
    register: RegisterKind
    subject_name: str  # pointer to the name of whom the dossier is about
    texts: Mapping[str, str]

    def pages_json(self) -> list[dict[str, Any]]:
        return [page.as_json() for page in self.pages]

    def document(self, kind: str) -> DocumentRequirement | None:
        return next((each for each in self.documents if each.kind == kind), None)


def parse_procedure(data: Mapping[str, Any]) -> Procedure:
    """A procedure from its file's JSON; ValueError names what is wrong and where."""
    raise NotImplementedError
