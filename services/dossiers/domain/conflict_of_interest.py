"""Nobody decides a registration for himself or a relative: such a paper is void (Luật Hộ tịch 2014 Đ12.1h, Đ12.2).

Relatives are the spouse, foster kin, the direct line and three generations (Luật HNGĐ 2014 Đ3.19). The form only gives
names. Only the signer knows who is a relative, and declares it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from services.chassis.refusal import FieldFault, Refusal, invalid
from services.dossiers.domain.search import folded

ARTICLE = "Luật Hộ tịch 2014 Đ12; Luật HNGĐ 2014 Đ3.19"
#: Fields of forms and entries that end like a person's name but are not one.
_NO_PERSON = frozenset({"nationality_name", "facility_name", "signer_name"})
#: The text about the signer's declaration that the history keeps for the office.
DECLARED = "Người ký cam đoan: không phải việc của mình hay của người thân thích."
DECLARED_NAMESAKE = f"{DECLARED} Người cùng họ tên trong hồ sơ là người khác."
SAME_NAME = (
    "Trong hồ sơ có người cùng họ tên với người ký. Nếu là chính người ký hay người thân thích thì phải để người khác "
    "ký; người trùng tên thì khi ký xin xác nhận."
)


def is_named(form: Mapping[str, Any], name: str) -> bool:
    """Whether somebody in a form or an entry has this name, however it is written."""
    return bool(name) and folded(name) in {folded(each) for each in _names(form)}


def refusal_of(form: Mapping[str, Any], signer: str, *, declared: bool, namesake: bool) -> Refusal | None:
    """The refusal if this signer cannot sign: INVALID `conflict-of-interest`, with the declaration that is missing."""
    if not declared:
        text = (
            "Người ký không được ký cho mình hay cho người thân thích (Luật Hộ tịch 2014 Đ12). Không phải thì xin xác "
            "nhận; nếu phải, xin để người khác ký."
        )
        return invalid("conflict-of-interest", text, FieldFault("no_conflict_of_interest", text))
    if is_named(form, signer) and not namesake:
        return invalid("conflict-of-interest", SAME_NAME, FieldFault("namesake", SAME_NAME))
    return None


def _is_name(key: str) -> bool:
    return key.endswith(("_name", "_witness")) and key not in _NO_PERSON


def _names(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        for key, value in part.items():
            if isinstance(value, str) and _is_name(key):
                yield value
            else:
                yield from _names(value)
    elif isinstance(part, list):
        for each in part:
            yield from _names(each)
