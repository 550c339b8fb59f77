"""The content of each register's entries, as it is written: one module for each register.

Names in capitals, dates of birth in digits and in words (TT 04/2020); an unknown value is an empty text, never a dash.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.dossiers.domain.entries import birth, copy, death, marital_status, marriage
from services.dossiers.domain.people import Person
from services.dossiers.domain.register import BIRTH, COPIES, DEATH, MARITAL_STATUS, MARRIAGE, Registration

#: The content of a register's entries beside the common members. `form` is the filed form: asked-for fields only.
WRITERS: Mapping[str, Callable[[Mapping[str, Any], Registration], dict[str, Any]]] = {
    BIRTH: birth.content,
    MARRIAGE: marriage.content,
    DEATH: death.content,
    MARITAL_STATUS: marital_status.content,
    COPIES: copy.content,
}
#: The people of the entries, by part (`child`, `wife`, `deceased` …): searches find them by name, date and number.
PEOPLE: Mapping[str, Callable[[Mapping[str, Any], Registration], dict[str, Person]]] = {
    BIRTH: birth.people,
    MARRIAGE: marriage.people,
    DEATH: death.people,
    MARITAL_STATUS: marital_status.people,
    COPIES: copy.people,
}


def entry_content(register: str, form: Mapping[str, Any], registration: Registration) -> dict[str, Any]:
    """The whole content of a new entry: plain JSON without floats, ready for its digest."""
    content = WRITERS[register](form, registration)
    return {
        "register": register,
        "book": registration.book,
        "year": registration.year,
        "number": registration.number,
        "registered_on": registration.registered_on.isoformat(),
        "place_of_registration": registration.place,
        "registration_kind": registration.kind.value,
        "signer": {
            "full_name": registration.signer_name,
            "title": registration.signer_title,
            "capacity": registration.signer_capacity.value,
        },
        "prepared_by": registration.prepared_by,
        **content,
        "notes": [*content.get("notes", ()), *filter(None, [registration.note])],
    }
