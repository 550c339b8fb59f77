"""Form fields as parameters of the GOV.UK macros (govuk_frontend_jinja), so that templates need no logic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.pages.form_pages import DATE_PARTS, Values, date_parts, value_at
from gateway.questions import Field

PART_LABELS = {"day": "Ngày", "month": "Tháng", "year": "Năm"}
#: Typed again each time: kept nowhere, so leaving the page loses nothing (static/answers.js).
ANEW = {"data-anew": "yes"}
MACROS = {"date": "date", "radios": "radios", "select": "select", "textarea": "textarea", "password": "password"}
_INPUTS: dict[str, dict[str, Any]] = {
    "number": {"inputmode": "numeric", "classes": "govuk-input--width-5"},
    "digits": {"inputmode": "numeric", "classes": "govuk-input--width-20"},
    "passport": {"autocapitalize": "characters", "classes": "govuk-input--width-20"},
    "name": {"autocapitalize": "words"},
    "tel": {"type": "tel", "classes": "govuk-input--width-20"},
    "email": {"type": "email", "autocapitalize": "none"},
    "login": {"autocapitalize": "none", "classes": "govuk-input--width-20"},
    "otp": {
        "inputmode": "numeric",
        "classes": "govuk-input--width-10 govuk-input--extra-letter-spacing",
        "attributes": ANEW,
    },
    "one-time": {"autocapitalize": "none", "classes": "govuk-input--width-20", "attributes": ANEW},
    "hour": {"classes": "govuk-input--width-5"},
    "code": {"autocapitalize": "characters", "classes": "govuk-input--width-20"},
}
_BIRTHDAY = {"day": "bday-day", "month": "bday-month", "year": "bday-year"}
#: With more choices than this, radios become a drop-down list.
MOST_RADIOS = 8


def widget(one: Field, values: Values, errors: Mapping[str, str], *, heading: str = "") -> dict[str, Any]:
    """`{"macro": …, "params": …, "anchor": …}` of one field; `errors` by pointer.

    With a `heading` it is the h1 of the page.
    """
    macro = MACROS.get(one.widget, "input")
    if macro == "radios" and len(one.choices) > MOST_RADIOS:
        macro = "select"
    make = {"date": _date, "radios": _radios, "select": _select, "textarea": _textarea, "password": _password}.get(
        macro, _input
    )
    params = make(one, value_at(values, one.pointer), heading)
    hint = hint_text(one)
    if hint:
        params["hint"] = {"text": hint}
    if one.pointer in errors:
        params["errorMessage"] = error_message(errors[one.pointer])
    return {"macro": macro, "params": params, "anchor": one.anchor}


def error_message(text: str) -> dict[str, str]:
    return {"text": text, "visuallyHiddenText": "Lỗi"}


def label_text(one: Field) -> str:
    """A field that may always stay empty says so; for other optional fields the hint says when."""
    return f"{one.title} (không bắt buộc)" if one.optional and not one.conditional else one.title


def hint_text(one: Field) -> str:
    """The hint of a field, with its first example in the form in which people type it."""
    if not one.examples:
        return one.hint
    example = " ".join(date_parts(one.examples[0]).values()) if one.widget == "date" else one.examples[0]
    return f"{one.hint} Ví dụ: {example}".strip()


def _label(one: Field, heading: str) -> dict[str, Any]:
    size = "l" if heading else "s"
    return {"text": heading or label_text(one), "classes": f"govuk-label--{size}", "isPageHeading": bool(heading)}


def _legend(one: Field, heading: str) -> dict[str, Any]:
    classes = f"govuk-fieldset__legend--{'l' if heading else 's'}"
    return {"legend": {"text": heading or label_text(one), "classes": classes, "isPageHeading": bool(heading)}}


def _input(one: Field, value: Any, heading: str) -> dict[str, Any]:
    params: dict[str, Any] = {
        "id": one.id,
        "name": one.name,
        "label": _label(one, heading),
        "value": "" if value is None else str(value),
        "spellcheck": False,
        **_INPUTS.get("number" if one.type == "integer" else one.widget, {}),
    }
    if one.autocomplete:
        params["autocomplete"] = one.autocomplete
    return params


def _password(one: Field, value: Any, heading: str) -> dict[str, Any]:
    return {
        **_input(one, value, heading),
        "attributes": ANEW,
        "showPasswordText": "Hiện",
        "hidePasswordText": "Ẩn",
        "showPasswordAriaLabelText": "Hiện mật khẩu",
        "hidePasswordAriaLabelText": "Ẩn mật khẩu",
        "passwordShownAnnouncementText": "Mật khẩu đang hiện",
        "passwordHiddenAnnouncementText": "Mật khẩu đang ẩn",
    }


def _textarea(one: Field, value: Any, heading: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "label": _label(one, heading),
        "value": "" if value is None else str(value),
        "rows": "4",
        "spellcheck": False,
    }


def _date(one: Field, value: Any, heading: str) -> dict[str, Any]:
    parts = date_parts(value)
    return {
        "id": one.id,
        "namePrefix": one.name,
        "fieldset": _legend(one, heading),
        "items": [
            {
                "id": f"{one.id}-{part}",
                "name": part,
                "label": PART_LABELS[part],
                "classes": "govuk-input--width-4" if part == "year" else "govuk-input--width-2",
                "value": parts[part],
                **({"autocomplete": _BIRTHDAY[part]} if one.autocomplete == "bday" else {}),
            }
            for part in DATE_PARTS
        ],
    }


def _chosen(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _radios(one: Field, value: Any, heading: str) -> dict[str, Any]:
    return {
        "idPrefix": one.id,
        "name": one.name,
        "value": _chosen(value),
        "classes": "govuk-radios--inline" if one.type == "boolean" else "",
        "fieldset": _legend(one, heading),
        "items": [{"value": choice, "text": text} for choice, text in one.choices],
    }


def _select(one: Field, value: Any, heading: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "label": _label(one, heading),
        "value": _chosen(value),
        "items": [
            {"value": "", "text": "Chọn một mục"},
            *({"value": choice, "text": text} for choice, text in one.choices),
        ],
    }
