"""The caller's own account, dossiers, messages, and who has looked at them."""

from __future__ import annotations

from caunoi.accounts.v1 import accounts_pb2
from caunoi.dossiers.v1 import dossiers_pb2
from caunoi.notifications.v1 import notifications_pb2

from gateway.access_log import access_log
from gateway.api import answers, encode
from gateway.api.caller import home_ward, token
from gateway.api.models import Paged
from gateway.api.operations import api
from gateway.cells import cells
from gateway.spread import cursor_of, newest_first, places_of, spread


@api.operation("GET", "/me", id="getMe", tag="me", summary="The caller's own account", answer=answers.Account)
def get_me() -> answers.Account:
    ward = home_ward()
    request = accounts_pb2.GetOwnAccountRequest()
    own = cells().ask(ward, cells().accounts(ward).GetOwnAccount, request, token=token(), repeatable=True)
    return encode.account(own)


@api.operation(
    "GET",
    "/me/dossiers",
    id="listMyDossiers",
    tag="me",
    summary="The caller's dossiers and drafts in all wards, newest first",
    query=Paged,
    answer=answers.OwnDossiers,
)
def list_my_dossiers(query: Paged) -> answers.OwnDossiers:
    page = spread(
        lambda ward: cells().dossiers(ward).ListOwnDossiers,
        lambda cursor: dossiers_pb2.ListOwnDossiersRequest(page_size=query.limit, cursor=cursor),
        lambda _, answer: [encode.dossier_summary(each) for each in answer.dossiers],
        places_of(query.cursor),
        token(),
    )
    return answers.OwnDossiers(
        dossiers=newest_first(page.items, lambda item: item.updated_at),
        next_cursor=cursor_of(page.ahead),
        unanswered=encode.ward_names(page.silent),
    )


@api.operation(
    "GET",
    "/me/messages",
    id="listMyMessages",
    tag="me",
    summary="What the caller was told by SMS and e-mail, newest first",
    query=Paged,
    answer=answers.OwnMessages,
)
def list_my_messages(query: Paged) -> answers.OwnMessages:
    page = spread(
        lambda ward: cells().notifications(ward).ListOwnMessages,
        lambda cursor: notifications_pb2.ListOwnMessagesRequest(page_size=query.limit, cursor=cursor),
        lambda ward, answer: [encode.message(each, ward) for each in answer.messages],
        places_of(query.cursor),
        token(),
    )
    return answers.OwnMessages(
        messages=newest_first(page.items, lambda item: item.created_at),
        next_cursor=cursor_of(page.ahead),
        unanswered=encode.ward_names(page.silent),
    )


@api.operation(
    "GET",
    "/me/access-log",
    id="listMyAccessLog",
    tag="me",
    summary="Who has looked at the caller's data, newest first",
    description="Looks at the account, kept by the home ward, and at dossiers, documents and messages, kept by the "
    "wards that handle them.",
    query=Paged,
    answer=answers.AccessLog,
)
def list_my_access_log(query: Paged) -> answers.AccessLog:
    page = access_log(token(), home_ward(), query.limit, query.cursor)
    return answers.AccessLog(
        entries=[encode.access_log_entry(entry, ward) for entry, ward in page.looks],
        next_cursor=page.next_cursor,
        unanswered=encode.ward_names(page.silent),
    )
