"""The caller's own account, dossiers, messages, and who has looked at them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from google.protobuf.message import Message
from pydantic import BaseModel

from gateway import rpcs
from gateway.access_log import access_log
from gateway.api import account_answers, dossier_answers
from gateway.api.caller import home_ward, token, wards_of_caller
from gateway.api.encode import Json, encode
from gateway.api.operations import api
from gateway.api.requests import Paged
from gateway.rpc import Rpc
from gateway.spread import spread
from gateway.wards import wards
from services.chassis.district import Ward


@api.operation(
    "GET",
    "/me",
    id="getMe",
    calls=(rpcs.GET_OWN_ACCOUNT,),
    tag="me",
    summary="The caller's own account",
    answer=account_answers.Account,
)
def get_me() -> Json:
    return encode(account_answers.Account, wards().client(home_ward(), token()).call(rpcs.GET_OWN_ACCOUNT))


@api.operation(
    "GET",
    "/me/dossiers",
    id="listMyDossiers",
    calls=(rpcs.LIST_OWN_DOSSIERS,),
    refuses="503 wards-unavailable",
    tag="me",
    summary="The caller's dossiers and drafts in all wards, newest first",
    query=Paged,
    answer=dossier_answers.OwnDossiers,
)
def list_my_dossiers(query: Paged) -> Json:
    return _listed(
        "dossiers",
        dossier_answers.DossierSummary,
        rpcs.LIST_OWN_DOSSIERS,
        lambda found: found.dossiers,
        query,
        "updated_at",
    )


@api.operation(
    "GET",
    "/me/messages",
    id="listMyMessages",
    calls=(rpcs.LIST_OWN_MESSAGES,),
    refuses="503 wards-unavailable",
    tag="me",
    summary="The caller's messages by SMS and e-mail, newest first",
    query=Paged,
    answer=account_answers.OwnMessages,
)
def list_my_messages(query: Paged) -> Json:
    return _listed(
        "messages", account_answers.Message, rpcs.LIST_OWN_MESSAGES, lambda found: found.messages, query, "created_at"
    )


@api.operation(
    "GET",
    "/me/access-log",
    id="listMyAccessLog",
    calls=(rpcs.LIST_ACCOUNTS_LOG, rpcs.LIST_DOSSIERS_LOG, rpcs.LIST_MESSAGES_LOG),
    refuses="503 wards-unavailable",
    tag="me",
    summary="Who has looked at the caller's data, newest first",
    description="The home ward keeps looks at the account; the wards that handle dossiers keep looks at dossiers, "
    "documents and messages; the wards of the stations keep looks at guided sessions.",
    query=Paged,
    answer=account_answers.AccessLog,
)
def list_my_access_log(query: Paged) -> Json:
    page = access_log(token(), query.limit, query.cursor)
    return _page("entries", account_answers.AccessLogEntry, page.looks, page.next_cursor, page.silent)


def _listed(
    name: str,
    model: type[BaseModel],
    rpc: Rpc[..., Any],
    items_of: Callable[[Any], Sequence[Message]],
    query: Paged,
    moment: str,
) -> Json:
    """A page of one of the caller's lists, over all wards."""
    page = spread(rpc, items_of, moment, wards_of_caller(), query.cursor, query.limit, token())
    return _page(name, model, page.items, page.next_cursor, page.silent)


def _page(
    name: str,
    model: type[BaseModel],
    items: Sequence[tuple[str, Message]],
    next_cursor: str | None,
    silent: Sequence[Ward],
) -> Json:
    return {
        name: [encode(model, item, ward=ward) for ward, item in items],
        "next_cursor": next_cursor,
        "unanswered": [{"code": ward.code, "name": ward.name} for ward in silent],
    }
