"""Forms and their JSON Schema: what is stored, what is refused, what is still missing.

A form is an object of objects of plain values. What a person typed is stored, valid or not: errors are reported as
findings. Only things that no field can hold are refused: unknown fields; objects, lists and fractions instead of
values.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import jsonschema

from services.chassis.letters import normalised
from services.chassis.refusal import FieldFault, Refusal, invalid
from services.dossiers.domain.checks import CHECKS, READS, CheckContext
from services.dossiers.domain.dates import read_day
from services.dossiers.domain.findings import Finding, FindingKind
from services.dossiers.domain.people import Records
from services.dossiers.domain.pointers import Condition, holds, is_wanted, parts, value_at
from services.dossiers.domain.procedures import DocumentMode, Procedure

LONGEST_TEXT = 500
_LARGEST_NUMBER = 10**12
_DEEPEST = 8

# Pointer → its value; None if the question is open.
_Answers = dict[str, object]


@dataclass(frozen=True, slots=True)
class Answers:
    """The questions that a form's answers lead to: answers by pointer in the order of the pages, and as a form."""

    by_pointer: _Answers
    form: dict[str, Any]


_formats = jsonschema.FormatChecker(formats=())


@_formats.checks("date")
def _is_date(value: object) -> bool:
    """ISO dates as the pages send them."""
    return not isinstance(value, str) or read_day(value) is not None


def merge(saved: Mapping[str, Any], patch: object) -> dict[str, Any]:
    """Applies a JSON Merge Patch (RFC 7396) to the stored form; returns a new object.

    Texts become NFC, without outer spaces and control characters, which the database cannot store. Whole numbers
    written as 3.0 become 3. Refusal INVALID `invalid-form` if the patch is not an object or is nested too deeply.
    """
    if not isinstance(patch, Mapping):
        raise _invalid_form(FieldFault("", "Nội dung gửi lên phải là một đối tượng JSON."))
    return _merged(saved, patch, 0)


def leaves(schema: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The fields of a form by pointer, in the schema's order; objects are not fields."""
    return dict(_leaves(schema, ""))


def answers(procedure: Procedure, form: Mapping[str, Any]) -> Answers:
    """The answers to the questions that the form's answers lead to.

    A condition holds only if its own field is asked for: an old answer on a page that is no longer shown decides
    nothing.
    """
    found = _asked(procedure, form)
    return Answers(found, _form_of(found))


def asked(procedure: Procedure, form: Mapping[str, Any]) -> dict[str, Any]:
    """The form with only the fields that are asked for and answered: this is what is filed."""
    return _form_of(_asked(procedure, form))


def known(procedure: Procedure, form: Mapping[str, Any]) -> dict[str, Any]:
    """The form's values for fields of the procedure, whether they are asked for or not: a draft from an earlier version
    may have more fields.
    """
    fields = leaves(procedure.form)
    return _form_of(_answers(form, fields, _formerly(fields)))


def renewed(procedure: Procedure, form: Mapping[str, Any]) -> Mapping[str, Any]:
    """The whole form as it is shown, with yes and no of an earlier form as today's choices."""
    changes: dict[str, Any] = {}
    for pointer, meant in _plan(procedure).formerly.items():
        value = value_at(form, pointer)
        if isinstance(value, bool):
            *groups, name = parts(pointer)
            place = changes
            for group in groups:
                place = place.setdefault(group, {})
            place[name] = meant[value]
    return merge(form, changes) if changes else form


def refuse_impossible(procedure: Procedure, form: object) -> None:
    """Raises Refusal INVALID `invalid-form`, naming each field whose value no field can hold.

    Unknown fields; objects, lists or fractions where a value belongs; values where a group belongs; texts of more than
    500 characters. Any field can hold a text, a whole number, yes or no: a value that does not fit is a finding.
    """
    faults = list(_impossible(procedure.form, form, ""))
    if faults:
        raise _invalid_form(*faults)


def unanswered(procedure: Procedure, form: Mapping[str, Any]) -> set[str]:
    """The questions that the form's answers lead to and that are still open."""
    return {pointer for pointer, answer in _asked(procedure, form).items() if answer is None}


def findings(
    procedure: Procedure,
    form: Mapping[str, Any],
    document_kinds: set[str],
    today: date,
    records: Records | None = None,
    registered_on: date | None = None,
    kept: date | None = None,
    given: Answers | None = None,
    *,
    practice: bool = False,
) -> list[Finding]:
    """All findings about the form; `today` is the day of filing in Đà Nẵng.

    First invalid or missing fields, in the order of the pages, then documents, then the procedure's checks. Checks that
    read the registers run only if `records` are given, that is for the office. `registered_on` is the day of
    registration, once that is about to happen. `kept` is an earlier day: a period that ended then is still met by
    filing today (see `deadlines.still_kept`). `given` are the form's answers, if already computed. In `practice`,
    numbers of invented people are valid.
    """
    given = answers(procedure, form) if given is None else given
    visible = given.form
    order = {pointer: at for at, pointer in enumerate(given.by_pointer)}
    basic = _type_findings(procedure, given.by_pointer)
    basic += _completeness(procedure, given.by_pointer, visible, document_kinds)
    basic.sort(key=lambda each: order.get(each.field, len(order)))
    wrong = {each.field for each in basic}
    checked = _lateness(procedure, visible, kept or today)
    for use in procedure.checks:
        looks = READS[use.name].records
        if use.enabled and not (looks and records is None):
            known_records = records if looks else None
            context = CheckContext(visible, today, use.parameters, known_records, registered_on, kept, practice)
            checked += CHECKS[use.name](context)
    return basic + [each for each in checked if each.field not in wrong]


def for_filed(found: Iterable[Finding]) -> list[Finding]:
    """Findings about a dossier that was complete when it was filed: a question without an answer was not asked then.

    So the officer asks it, and it stops nothing. The same holds for a former resident's time here, which became
    required later.
    """
    return [replace(each, kind=FindingKind.ASKS_OFFICER) if each.check in _ASKED_LATER else each for each in found]


def _lateness(procedure: Procedure, form: Mapping[str, Any], kept: date) -> list[Finding]:
    """Late is a flag and a fee, never a refusal (Luật Hộ tịch 2014 Đ11)."""
    late = procedure.late
    if late is None or not late.is_late(form, kept):
        return []
    since, told = late.counted_from(form)
    return [Finding(since, "late-registration", FindingKind.INFORMS, told, late.article)]


def _type_findings(procedure: Procedure, answers: _Answers) -> list[Finding]:
    fields = _plan(procedure).fields
    return [
        Finding(pointer, _CHECK[keyword], FindingKind.STOPS, _error_text(fields[pointer].leaf, keyword))
        for pointer, answer in answers.items()
        if answer is not None and (keyword := fields[pointer].failing_keyword(answer))
    ]


def _completeness(
    procedure: Procedure, answers: _Answers, visible: Mapping[str, Any], document_kinds: set[str]
) -> list[Finding]:
    unanswered = {pointer: _plan(procedure).fields[pointer].leaf for pointer in answers if answers[pointer] is None}
    missing = [
        Finding(pointer, "required", FindingKind.STOPS, _missing_text(leaf))
        for pointer, leaf in unanswered.items()
        if not _may_stay_open(leaf, visible)
    ]
    missing += [
        Finding(
            f"documents/{document.kind}",
            "document-required",
            FindingKind.STOPS,
            f"Xin chụp ảnh hoặc quét rồi gửi kèm: {document.title}.",
            document.article,
        )
        for document in procedure.documents
        if document.mode is DocumentMode.FILE and document.needed_for(visible) and document.kind not in document_kinds
    ]
    return missing


def _may_stay_open(leaf: Mapping[str, Any], visible: Mapping[str, Any]) -> bool:
    """Whether the form is complete without an answer to this question."""
    condition: Condition = leaf.get("x-optional-when", {})
    if leaf.get("x-optional") or (condition and holds(visible, condition)):
        return True
    # If it is needed, a check of the procedure asks for it, because a missing answer would disclose a choice.
    return "x-optional-with" in leaf or "x-optional-unless" in leaf


@lru_cache(maxsize=256)
def tellable(procedure: Procedure) -> tuple[str, ...]:
    """What everybody is asked for, whatever they answer, as JSON pointers, `documents/<kind>` and `page/<name>`.

    Anything else is asked because of an answer, so its name alone can disclose a divorce or an abandoned child.
    """
    leaf_of = leaves(procedure.form)
    pages = [page for page in procedure.pages if not page.when]
    return (
        *(f"page/{page.name}" for page in pages),
        *(pointer for page in pages for pointer in page.fields if not leaf_of[pointer].get("x-when")),
        *(f"documents/{each.kind}" for each in procedure.documents if each.always and not each.restricted),
    )


def about_filer(procedure: Procedure, answers: Answers) -> list[str]:
    """JSON pointers of the questions that, by the form's present answers, are about the person who files
    (`x-prefill-when`).
    """
    conditions = ((pointer, leaf.get("x-prefill-when")) for pointer, leaf in leaves(procedure.form).items())
    return [pointer for pointer, condition in conditions if condition and holds(answers.form, condition)]


@dataclass(frozen=True, slots=True)
class _Field:
    leaf: Mapping[str, Any]
    validator: jsonschema.Draft202012Validator

    def failing_keyword(self, value: object) -> str:
        """The keyword of the schema that the value violates, `type` before all others; empty if it is valid."""
        failing = [str(error.validator) for error in self.validator.iter_errors(value)]
        return "type" if "type" in failing else next(iter(failing), "")


@dataclass(frozen=True, slots=True)
class _Plan:
    fields: Mapping[str, _Field]  # in the order of the pages
    conditions: Sequence[tuple[Condition, tuple[str, ...]]]  # each with the fields that are asked only if it holds
    formerly: Mapping[str, Mapping[bool, str]]  # what yes and no meant, of fields that had only those two answers


@lru_cache(maxsize=256)
def _plan(procedure: Procedure) -> _Plan:
    """The compiled form of a procedure, computed once: forms are saved often."""
    leaf_of = leaves(procedure.form)
    order = [pointer for page in procedure.pages for pointer in page.fields]
    conditions = [(page.when, page.fields) for page in procedure.pages]
    conditions += [(leaf_of[pointer].get("x-when", {}), (pointer,)) for pointer in order]
    return _Plan(
        {pointer: _Field(leaf_of[pointer], _validator(leaf_of[pointer])) for pointer in order},
        [(condition, pointers) for condition, pointers in conditions if condition],
        _formerly(leaf_of),
    )


def _formerly(leaf_of: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[bool, str]]:
    return {
        pointer: {said == "true": now for said, now in leaf["x-formerly"].items()}
        for pointer, leaf in leaf_of.items()
        if "x-formerly" in leaf
    }


def _validator(leaf: Mapping[str, Any]) -> jsonschema.Draft202012Validator:
    """A validator with only the keywords that concern values, for speed."""
    said = {keyword: leaf[keyword] for keyword in leaf if keyword in KEYWORDS}
    return jsonschema.Draft202012Validator(said, format_checker=_formats)


def _asked(procedure: Procedure, form: Mapping[str, Any]) -> _Answers:
    """The answers to the questions that are asked, in the order of the pages."""
    plan = _plan(procedure)
    answers = _answers(form, plan.fields, plan.formerly)
    unsure = plan.conditions
    while unsure:
        hidden = {pointer for condition, pointers in unsure if not _holds(answers, condition) for pointer in pointers}
        hidden &= answers.keys()
        for pointer in hidden:
            del answers[pointer]
        # Other conditions are not computed again: a form has dozens of conditions, and few read a field that another
        # one hides.
        unsure = [each for each in plan.conditions if not hidden.isdisjoint(each[0])]
    return answers


def _holds(answers: _Answers, condition: Condition) -> bool:
    """`pointers.holds` for answers by pointer."""
    return all(is_wanted(answers.get(pointer), wanted) for pointer, wanted in condition.items())


def _answers(form: Mapping[str, Any], pointers: Iterable[str], formerly: Mapping[str, Mapping[bool, str]]) -> _Answers:
    """The value at each pointer; None for no value or an empty text.

    Yes and no of an earlier form become today's choices.
    """
    found = ((pointer, value_at(form, pointer)) for pointer in pointers)
    answers = {pointer: None if value == "" else value for pointer, value in found}
    for pointer, meant in formerly.items():
        value = answers.get(pointer)
        if isinstance(value, bool):
            answers[pointer] = meant[value]
    return answers


def _form_of(answers: _Answers) -> dict[str, Any]:
    """The answers as a form: an object of objects."""
    form: dict[str, Any] = {}
    for pointer, answer in answers.items():
        if answer is not None:
            *groups, name = parts(pointer)
            place = form
            for group in groups:
                place = place.setdefault(group, {})
            place[name] = answer
    return form


def _merged(saved: object, patch: Mapping[str, Any], depth: int) -> dict[str, Any]:
    if depth > _DEEPEST:
        raise _invalid_form(FieldFault("", "Nội dung gửi lên lồng quá nhiều tầng."))
    merged = dict(saved) if isinstance(saved, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping):
            merged[name] = _merged(merged.get(name), value, depth + 1)
        else:
            merged[name] = _clean(value)
    return merged


def _clean(value: object) -> object:
    if isinstance(value, str):
        kept = "".join(each for each in value if each in "\n\t" or unicodedata.category(each) not in {"Cc", "Cs"})
        return normalised(kept).strip()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _leaves(schema: Mapping[str, Any], at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, node in schema.get("properties", {}).items():
        pointer = f"{at}/{name}"
        if node.get("type") == "object":
            yield from _leaves(node, pointer)
        else:
            yield pointer, node


def _impossible(schema: Mapping[str, Any], value: object, at: str) -> Iterator[FieldFault]:
    if schema.get("type") != "object":
        fault = _impossible_value(value)
        if fault:
            yield FieldFault(at, fault)
    elif not isinstance(value, Mapping):
        yield FieldFault(at, "Chỗ này phải là một nhóm câu trả lời (đối tượng JSON).")
    else:
        for name, member in value.items():
            known = schema["properties"].get(name)
            if known is None:
                # The caller chose the name; it is shortened, so that the answer stays small.
                part = name[:60].replace("~", "~0").replace("/", "~1")
                yield FieldFault(f"{at}/{part}", "Tờ khai không có mục này.")
            else:
                yield from _impossible(known, member, f"{at}/{name}")


def _impossible_value(value: object) -> str:
    if isinstance(value, str):
        return f"Xin viết ngắn hơn, nhiều nhất {LONGEST_TEXT} chữ cái." if len(value) > LONGEST_TEXT else ""
    if isinstance(value, int):
        return "" if abs(value) <= _LARGEST_NUMBER else "Số này quá lớn."
    if isinstance(value, float):
        return "Chỗ này chỉ nhận số nguyên."
    return "Chỗ này chỉ nhận một câu trả lời, không nhận danh sách hay nhóm."


def _invalid_form(*faults: FieldFault) -> Refusal:
    return invalid(
        "invalid-form", "Tờ khai gửi lên có chỗ không đọc được. Những gì đã lưu trước đó vẫn còn nguyên.", *faults
    )


# Names of the checks by the schema itself, by the keyword that fails.
_CHECK = {
    "type": "type",
    "enum": "choice",
    "format": "date",
    "pattern": "pattern",
    "maxLength": "length",
    "minimum": "range",
    "maximum": "range",
}
KEYWORDS = frozenset(_CHECK)
_ASKED_LATER = frozenset({"required", "marital-status-own-time"})
#: Names of all checks that every form has.
SCHEMA_CHECKS = frozenset({*_CHECK.values(), "required", "document-required"})


def _error_text(leaf: Mapping[str, Any], keyword: str) -> str:
    own = leaf.get("x-errors", {}).get(keyword)
    if own:
        return str(own)
    title = leaf["title"]
    texts = {
        "type": f"{title}: xin chọn Có hoặc Không." if leaf.get("type") == "boolean" else f"{title}: xin ghi bằng chữ.",
        "enum": f"{title}: xin chọn một trong các câu trả lời có sẵn.",
        "format": f"{title}: xin ghi đủ ngày, tháng, năm có thật, như 12 9 2020.",
        "pattern": f"{title}: xin xem lại, có ký tự không dùng ở đây.",
        "maxLength": f"{title}: xin viết ngắn hơn, nhiều nhất {leaf.get('maxLength')} chữ cái.",
        "minimum": f"{title}: xin xem lại, số này quá nhỏ.",
        "maximum": f"{title}: xin xem lại, số này quá lớn.",
    }
    if keyword == "type" and leaf.get("type") == "integer":
        return f"{title}: xin ghi bằng chữ số, như {leaf.get('examples', [1])[0]}."
    return texts[keyword]


def _missing_text(leaf: Mapping[str, Any]) -> str:
    return str(leaf.get("x-errors", {}).get("missing") or f"Xin điền: {leaf['title']}.")
