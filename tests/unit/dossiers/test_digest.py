"""The digest of what is filed: the one-time code is bound to exactly that."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dossiers.domain.canonical import canonical
from services.dossiers.domain.digest import filing_digest

FORM = {"child": {"full_name": "Nguyễn Minh An", "surrogacy": False}, "copies": {"count": 2}}
DOCUMENTS = [("birth-certificate-of-hospital", "a" * 64), ("authorisation", "b" * 64)]


def digest(form: object = FORM, documents: list[tuple[str, str]] = DOCUMENTS, version: str = "2020-09-15") -> bytes:
    assert isinstance(form, dict)
    return filing_digest("1.001193", version, form, documents)


def test_order_of_members_and_documents_does_not_matter() -> None:
    turned = {"copies": {"count": 2}, "child": {"surrogacy": False, "full_name": "Nguyễn Minh An"}}
    assert digest(turned, DOCUMENTS[::-1]) == digest()
    assert len(digest()) == 32


def test_the_form_of_unicode_does_not_matter() -> None:
    apart = unicodedata.normalize("NFD", "Nguyễn Minh An")
    assert digest({"child": {"full_name": apart, "surrogacy": False}, "copies": {"count": 2}}) == digest()


@pytest.mark.parametrize(
    "changed",
    [
        {"child": {"full_name": "Nguyễn Minh Ân", "surrogacy": False}, "copies": {"count": 2}},
        {"child": {"full_name": "Nguyễn Minh An", "surrogacy": 0}, "copies": {"count": 2}},
        {"child": {"full_name": "Nguyễn Minh An", "surrogacy": False}, "copies": {"count": "2"}},
        {"child": {"full_name": "Nguyễn Minh An"}, "copies": {"count": 2}},
    ],
)
def test_any_change_of_the_form_changes_the_digest(changed: object) -> None:
    assert digest(changed) != digest()


def test_any_change_of_documents_version_or_procedure_changes_the_digest() -> None:
    others = [
        digest(documents=DOCUMENTS[:1]),
        digest(documents=[*DOCUMENTS, DOCUMENTS[0]]),
        digest(documents=[("birth-certificate-of-hospital", "b" * 64), ("authorisation", "a" * 64)]),
        digest(version="2025-01-09"),
        filing_digest("1.000894", "2020-09-15", FORM, DOCUMENTS),
    ]
    assert len({digest(), *others}) == 6


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcdefgh", max_size=4), inner, max_size=3),
)


@given(JSON)
def test_canonical_text_reads_back_as_what_was_written(content: object) -> None:
    def normal(value: object) -> object:
        if isinstance(value, str):
            return unicodedata.normalize("NFC", value)
        if isinstance(value, list):
            return [normal(each) for each in value]
        return {name: normal(each) for name, each in value.items()} if isinstance(value, dict) else value

    assert json.loads(canonical(content)) == normal(content)


def test_values_without_a_canonical_form_are_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        canonical({"a": 1.5})
    with pytest.raises(ValueError, match="same in NFC"):
        canonical({"ê": 1, "e\u0302": 2})
