"""Reading what is known of people: by themselves, or by a service that has to tell them something."""

from __future__ import annotations

from uuid import UUID

from services.accounts import storage
from services.accounts.storage import Person
from services.accounts.use_cases.workshop import Workshop
from services.chassis.call import current_call
from services.chassis.database import audit
from services.chassis.database.audit import Look
from services.chassis.database.pagination import Page, page_size
from services.chassis.refusal import not_found
from services.chassis.tokens import unauthenticated


def own_account(shop: Workshop) -> Person:
    """The caller's account. Raises a Refusal (UNAUTHENTICATED) where it is gone."""
    with shop.cells.current().database.transaction() as session:
        person = storage.person(session, UUID(current_call().caller.id))
    if person is None:
        raise unauthenticated()
    return person


def contact(shop: Workshop, account_id: str) -> tuple[str, str, str]:
    """Name, phone (E.164) and e-mail (or empty) of an account that was ever active; the look is recorded.

    Raises a Refusal (NOT_FOUND): a pending account has not shown that the phone is its own, staff have none here.
    """
    cell = shop.cells.current()
    with cell.database.transaction() as session:
        account = storage.account(session, account_id)
        if account is None or account.activated_at is None:
            raise not_found("unknown-account", "Không có tài khoản này.")
        audit.record(session, "view-contact", f"account:{account.id}", str(account.id))
        phone, email = (storage.unseal(cell.cipher, account, column) for column in ("phone", "email"))
        return account.full_name, phone, email


def own_access_log(shop: Workshop, asked: int, cursor: str) -> Page[Look]:
    with shop.cells.current().database.transaction() as session:
        return audit.looks(session, current_call().caller.id, page_size(asked), cursor)
