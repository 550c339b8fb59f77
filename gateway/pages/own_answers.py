"""The applicant's account beside a draft: its answers for a page that asks about the applicant, and whether a draft's
answers still agree with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from caunoi.accounts.v1.accounts_pb2 import Account
from flask import g

from gateway import rpcs
from gateway.pages import asking, identity
from gateway.pages.dossier import Opened
from gateway.pages.form_pages import value_at
from gateway.questions import Field
from gateway.wards import wards
from services.chassis.refusal import Refusal

#: Kind of an account's identity paper → the answer to a form's question.
_PAPERS = {"cccd": "citizen-card", "cmnd": "identity-card", "passport": "passport"}


def account_of(opened: Opened) -> Account | None:
    """The applicant's own account; None at the desk, in practice, and if accounts does not answer."""
    if opened.at_desk or opened.ward.is_practice:
        return None
    if "own_account" not in g:
        g.own_account = None
        with suppress(Refusal):
            g.own_account = asking.services_of(identity.own_ward()).call(rpcs.GET_OWN_ACCOUNT)
    found: Account | None = g.own_account
    return found


def offered(opened: Opened, fields: Sequence[Field]) -> dict[str, Any]:
    """Answers for questions about the applicant that have none yet, by pointer: from another page of the draft, else
    from the account. At the desk there is no account.

    They are not in the draft before the page is sent. An account shows only part of its numbers, so none is offered.
    """
    mine = [one for one in fields if one.may_be_own and one.pointer in opened.dossier.about_filer]
    empty = [one for one in mine if value_at(opened.values, one.pointer) is None]
    account = account_of(opened) if empty else None
    return {
        one.pointer: said
        for one in empty
        if (said := _typed(opened, one.account) or (_said(account, one.account) if account else ""))
    }


def is_of_account(opened: Opened, fields: Sequence[Field]) -> bool:
    """Whether all answers to these questions agree with the account; a number, as far as the account shows it."""
    account = account_of(opened)
    answers = [(one, str(found)) for one in fields if (found := value_at(opened.values, one.pointer)) is not None]
    return account is not None and all(_says(account, one.account, answer) for one, answer in answers)


def prefilled(opened: Opened, fields: Sequence[Field]) -> Sequence[str]:
    """The pointers of those of these questions with whose answers the draft began, and which nobody has sent yet.

    If that is not known, those that the account answers, as long as all of them agree with it: a draft of the release
    before, or of a ward that still has it.
    """
    if opened.dossier.prefilled_known:
        return [one.pointer for one in fields if one.pointer in opened.dossier.prefilled]
    begun = [one for one in fields if one.prefilled and value_at(opened.values, one.pointer) is not None]
    return [one.pointer for one in begun] if begun and is_of_account(opened, begun) else []


def still_own(opened: Opened, fields: Sequence[Field]) -> bool:
    """Whether questions that were about the applicant are now about somebody else, but still have the applicant's
    answers, including the name.
    """
    other = [one for one in fields if one.may_be_own and one.pointer not in opened.dossier.about_filer]
    left = [one for one in other if value_at(opened.values, one.pointer) is not None]
    return any(one.account == "full_name" for one in left) and is_of_account(opened, left)


def still_requester(opened: Opened, fields: Sequence[Field]) -> bool:
    """At the desk: whether a page about somebody else has the name of the person who came."""
    names = [one for one in fields if one.may_be_own and one.account == "full_name"]
    own = _typed(opened, "full_name") if opened.at_desk else ""
    return any(
        own and own == value_at(opened.values, one.pointer)
        for one in names
        if one.pointer not in opened.dossier.about_filer
    )


def _typed(opened: Opened, member: str) -> Any:
    """What the draft says about the applicant on pages that ask only about them; empty if it says nothing."""
    own = [one for one in opened.form.fields.values() if one.prefilled and one.account == member]
    return next((said for one in own if (said := value_at(opened.values, one.pointer))), "")


def _says(account: Account, member: str, answer: str) -> bool:
    if member == "identity_paper":
        return answer == _PAPERS.get(account.identity_kind)
    if member in ("phone", "identity_number"):
        masked = getattr(account, f"{member}_masked")
        shown = "".join(filter(str.isalnum, answer)).upper()
        return bool(masked) and (len(shown), shown[-3:]) == (len(masked), masked[-3:])
    return bool(answer) and answer == _said(account, member)


def _said(account: Account, member: str) -> str:
    """An account's value as a form has it: an address gets ward, district and province."""
    said = str(getattr(account, member, ""))
    return wards().district.whole_address(identity.own_ward().code, said) if member == "address" else said
