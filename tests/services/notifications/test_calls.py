"""The service's RPCs through a real gRPC server with its interceptor."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from caunoi.dossiers.v1 import events_pb2 as dossiers
from caunoi.notifications.v1 import events_pb2 as events
from caunoi.notifications.v1 import notifications_pb2 as pb
from caunoi.notifications.v1 import notifications_pb2_grpc

from services.chassis.database.encryption import load_ciphers
from services.chassis.database.resealing import reseal
from services.chassis.grpc.client import Peer, call
from services.chassis.grpc.server import CallInterceptor, Server
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Principal, Role, load_issuers, load_verifier
from services.notifications.catalogue import open_pair
from services.notifications.domain.delivery import Lane
from services.notifications.service import SERVICE
from services.notifications.tables import Base
from tests.district import DISTRICT
from tests.services.notifications.world import ADDRESS, CODE, NAM_DUONG, PHONE, THANH_BINH, World, facts, stamp
from tests.services.resealing import add_key, sealed_with

CODE_TEXT = (
    "Ma xac nhan nop ho so: 123456. Het han luc 9h10. Khong dua ma nay cho bat ky ai, ke ca can bo va tinh nguyen vien."
)


@dataclass
class Client:
    """Calls the service under any identity."""

    peer: Peer[notifications_pb2_grpc.NotificationsServiceStub]
    keys: Path

    def send(self, method: str, request: Any, token: str) -> Any:
        return call(getattr(self.peer.stub(NAM_DUONG), method), request, ward=NAM_DUONG, seconds=5, token=token)

    def service_token(self, service: str = "accounts", ward: str = NAM_DUONG) -> str:
        return load_issuers(self.keys / f"signing-{service}.json", service)[ward].service_token(to=NAM_DUONG)

    def token(self, role: Role, id: str = "somebody", ward: str = NAM_DUONG, name: str = "") -> str:
        issuer = load_issuers(self.keys / "signing-accounts.json", "accounts")[ward]
        return issuer.issue(Principal(id, ward, frozenset({role}), name), to=NAM_DUONG)


@pytest.fixture
def client(world: World, keys: Path) -> Iterator[Client]:
    server = Server(
        service_names=[contract.full_name for contract in SERVICE.contracts],
        interceptor=CallInterceptor(
            SERVICE.rules, frozenset({NAM_DUONG}), load_verifier(keys / "trusted.json"), DISTRICT
        ),
        listen="127.0.0.1:0",
        threads=4,
        reflected=False,
    )
    world.parts.register(server.grpc)
    server.start()
    peer = Peer(notifications_pb2_grpc.NotificationsServiceStub, lambda _: f"127.0.0.1:{server.port}")
    yield Client(peer, keys)
    peer.close()
    server.stop(0)


def one_time_code(world: World, **changed: Any) -> pb.SendOneTimeCodeRequest:
    values = {
        "challenge_id": "c-1",
        "phone": PHONE,
        "otp": "123456",
        "purpose": "file-dossier",
        "expires_at": stamp(world.clock.now() + timedelta(minutes=10)),
    }
    return pb.SendOneTimeCodeRequest(**{**values, **changed})


def tells_code(written: str) -> bool:
    """Whether the one-time code is there as a whole; within an id or a fraction of a second it would be chance."""
    return re.search(r"(?<![\w.])123456(?!\w)", written) is not None


def refused(act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as raised:
        act()
    return raised.value


def test_a_one_time_code_goes_out_once_and_its_text_is_dropped(world: World, client: Client) -> None:
    request = one_time_code(world)
    first = client.send("SendOneTimeCode", request, client.service_token())
    again = client.send("SendOneTimeCode", request, client.service_token())
    assert first.message_id == again.message_id
    (waiting,) = world.rows()
    assert waiting.sealed is not None
    assert b"123456" not in waiting.sealed
    assert world.deliver(Lane.CODE) == 1
    after_delivery = client.send("SendOneTimeCode", request, client.service_token())
    assert after_delivery.message_id == first.message_id
    assert world.deliver(Lane.CODE) == 0
    assert world.received(PHONE) == [CODE_TEXT]
    (sent,) = world.rows()
    assert (sent.status, sent.sealed) == ("delivered", None)
    (told,) = world.outbox()
    assert told.aggregateid == first.message_id
    assert not tells_code(told.payload.decode("latin-1"))
    assert b"905123456" not in told.payload


def test_a_code_that_waits_is_sealed_with_a_new_key(world: World, client: Client, keys: Path, tmp_path: Path) -> None:
    client.send("SendOneTimeCode", one_time_code(world), client.service_token())
    file = tmp_path / "encryption.json"
    add_key(keys / "encryption-notifications.json", file, NAM_DUONG)
    cipher = load_ciphers(file)[NAM_DUONG]
    database = world.cell.database
    assert [reseal(database, cipher, sealed) for sealed in SERVICE.sealed] == [1]
    assert sealed_with("1", database, Base.metadata) == {}
    (waiting,) = world.rows()
    assert waiting.sealed is not None
    assert open_pair(cipher, waiting.id, waiting.sealed)[1] == "123456"


def test_a_code_that_could_not_be_sent_before_it_expired_is_dropped_and_told(world: World, client: Client) -> None:
    world.catcher.faults.answer_next("sms", *[503] * 500)
    client.send("SendOneTimeCode", one_time_code(world), client.service_token())
    tries = 0
    while world.rows()[0].status == "queued":
        tries += world.deliver(Lane.CODE)
        world.pass_time(seconds=10)
        assert tries < 200
    (row,) = world.rows()
    assert row.status == "failed"
    assert row.sealed is None
    assert tries > 10, "it is tried until it expires"
    assert row.expires_at is not None
    assert row.settled_at is not None
    assert row.settled_at <= row.expires_at
    assert [event.type for event in world.outbox()] == ["vn.caunoi.notifications.message.failed.v1"]
    assert events.MessageFailed.FromString(world.outbox()[0].payload).dossier_id == ""
    world.pass_time(minutes=10)
    assert world.received(PHONE) == []


def test_a_code_found_after_it_expired_is_not_sent(world: World, client: Client) -> None:
    client.send("SendOneTimeCode", one_time_code(world), client.service_token())
    world.pass_time(minutes=11)
    assert world.deliver(Lane.CODE) == 1
    (row,) = world.rows()
    assert (row.status, row.sealed) == ("failed", None)
    assert world.attempts(row) == [(False, "mã đã hết hạn trước khi gửi được")]
    assert world.received(PHONE) == []


def test_a_code_opens_in_its_own_row_alone(world: World, client: Client) -> None:
    for challenge in ("c-1", "c-2"):
        client.send("SendOneTimeCode", one_time_code(world, challenge_id=challenge), client.service_token())
    with world.cell.database.transaction() as session:
        session.connection().exec_driver_sql(
            "UPDATE message SET sealed = (SELECT sealed FROM message WHERE challenge_id = 'c-1')"
            " WHERE challenge_id = 'c-2'"
        )
    world.deliver(Lane.CODE)
    assert [row.status for row in world.rows()] == ["delivered", "queued"]


@pytest.mark.parametrize(
    ("service", "ward"), [("dossiers", NAM_DUONG), ("notifications", NAM_DUONG), ("accounts", THANH_BINH)]
)
def test_only_accounts_of_the_ward_sends_codes(world: World, client: Client, service: str, ward: str) -> None:
    token = client.service_token(service, ward)
    refusal = refused(lambda: client.send("SendOneTimeCode", one_time_code(world), token))
    assert refusal.kind is Kind.FORBIDDEN
    assert world.rows() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("challenge_id", ""),
        ("phone", "0905123456"),
        ("phone", "+84905123456\n"),
        ("otp", "12345a"),
        ("otp", "123"),
        ("purpose", "advertise"),
        ("expires_at", None),
    ],
)
def test_what_cannot_be_sent_is_refused_by_its_field(
    world: World, client: Client, field: str, value: str | None
) -> None:
    request = one_time_code(world, **{field: value})
    refusal = refused(lambda: client.send("SendOneTimeCode", request, client.service_token()))
    assert refusal.kind is Kind.INVALID
    assert [fault.field for fault in refusal.fields] == [field]
    assert world.rows() == []


def test_neither_code_nor_phone_is_logged(world: World, client: Client, log_lines: list[Any]) -> None:
    client.send("SendOneTimeCode", one_time_code(world), client.service_token())
    world.catcher.faults.answer_next("sms", 503)
    world.deliver(Lane.CODE)
    world.pass_time(seconds=2)
    world.deliver(Lane.CODE)
    assert [entry["outcome"] for entry in log_lines if entry["event"] == "message-tried"] == ["temporary", "delivered"]
    assert any(entry["event"] == "call" for entry in log_lines)
    assert not tells_code(str(log_lines))


def test_people_see_their_own_messages_newest_first_page_by_page(world: World, client: Client) -> None:
    account, stranger = world.accounts.add(email=""), world.accounts.add()
    for payload in (dossiers.DossierSubmitted, dossiers.DossierAccepted, dossiers.DossierSigned):
        world.tell(payload(facts=facts(account, "d-1", happened_at=stamp(world.clock.now()))))
    world.tell(dossiers.DossierSubmitted(facts=facts(stranger, "d-2", happened_at=stamp(world.clock.now()))))
    world.deliver()
    token = client.token(Role.CITIZEN, account, THANH_BINH)
    first = client.send("ListOwnMessages", pb.ListOwnMessagesRequest(page_size=2), token)
    rest = client.send("ListOwnMessages", pb.ListOwnMessagesRequest(page_size=2, cursor=first.next_cursor), token)
    seen = [*first.messages, *rest.messages]
    assert rest.next_cursor == ""
    assert [message.template for message in seen] == ["dossier-signed", "dossier-accepted", "dossier-submitted"]
    assert {message.channel for message in seen} == {"sms"}, "letters that had nowhere to go are not shown"
    assert {message.status for message in seen} == {pb.MESSAGE_STATUS_DELIVERED}
    assert seen[0].text.startswith(f"Ho so {CODE}: da xong.")
    assert seen[0].delivered_at == stamp(world.clock.now())
    assert not seen[0].attempts
    log, theirs = pb.ListOwnAccessLogRequest(cursor=first.next_cursor), client.token(Role.CITIZEN, stranger, THANH_BINH)
    mine = pb.ListOwnMessagesRequest(cursor=first.next_cursor)
    for ask in (
        partial(client.send, "ListOwnAccessLog", log, token),
        partial(client.send, "ListOwnMessages", mine, theirs),
    ):
        refusal = refused(ask)
        assert (refusal.kind, refusal.type) == (Kind.INVALID, "invalid-cursor"), "of another list"


@pytest.mark.parametrize("cursor", ["x", "WyJhIl0", "WyIxIiwgIjIiXQ"])
def test_a_strange_cursor_is_refused(client: Client, world: World, cursor: str) -> None:
    request = pb.ListOwnMessagesRequest(cursor=cursor)
    refusal = refused(lambda: client.send("ListOwnMessages", request, client.token(Role.CITIZEN)))
    assert (refusal.kind, refusal.type) == (Kind.INVALID, "invalid-cursor")


def test_the_staff_see_the_messages_of_a_dossier_with_their_attempts_and_the_look_is_recorded(
    world: World, client: Client
) -> None:
    account = world.accounts.add(email="")
    world.tell(dossiers.DossierSubmitted(facts=facts(account, "d-1", happened_at=stamp(world.clock.now()))))
    world.catcher.faults.answer_next("sms", 503)
    world.deliver()
    token = client.token(Role.RECEPTIONIST, "officer", name="Lê Văn An")
    answer = client.send("ListDossierMessages", pb.ListDossierMessagesRequest(dossier_id="d-1"), token)
    sms, email = answer.messages
    assert (sms.channel, sms.status) == ("sms", pb.MESSAGE_STATUS_QUEUED)
    assert [(one.succeeded, one.answer) for one in sms.attempts] == [(False, '503 {"error":"… cannot be served now"}')]
    assert (email.channel, email.status) == ("email", pb.MESSAGE_STATUS_SKIPPED)
    assert email.text.startswith("Kính gửi ông/bà,\n"), "a name is asked for at delivery alone"
    own = client.send("ListOwnAccessLog", pb.ListOwnAccessLogRequest(), client.token(Role.CITIZEN, account))
    (look,) = own.entries
    assert (look.who, look.role, look.action) == ("Lê Văn An", "receptionist", "view-messages")
    assert (look.subject, bool(look.at.seconds)) == ("dossier:d-1", True)
    others = client.send("ListOwnAccessLog", pb.ListOwnAccessLogRequest(), client.token(Role.CITIZEN))
    assert list(others.entries) == []


@pytest.mark.parametrize(
    ("role", "ward"),
    [(Role.CITIZEN, NAM_DUONG), (Role.VOLUNTEER, NAM_DUONG), (Role.WARD_ADMIN, NAM_DUONG), (Role.SIGNER, THANH_BINH)],
)
def test_nobody_but_the_ward_office_sees_the_messages_of_a_dossier(client: Client, role: Role, ward: str) -> None:
    request = pb.ListDossierMessagesRequest(dossier_id="d-1")
    refusal = refused(lambda: client.send("ListDossierMessages", request, client.token(role, ward=ward)))
    assert refusal.kind is Kind.FORBIDDEN


def test_the_messages_of_no_dossier_are_nobodys_to_see(client: Client, world: World) -> None:
    """Codes and notices of accounts are about no dossier: an empty id would find them all."""
    world.accounts.add()
    refusal = refused(
        lambda: client.send("ListDossierMessages", pb.ListDossierMessagesRequest(), client.token(Role.RECEPTIONIST))
    )
    assert (refusal.kind, refusal.type, refusal.fields[0].field) == (Kind.INVALID, "missing-field", "dossier_id")


def notice(world: World, **changed: Any) -> pb.SendNoticeRequest:
    values = {
        "notice_id": "n-1",
        "template": "account-phone-changed",
        "account_id": "a-1",
        "phone": PHONE,
        "email": ADDRESS,
        "full_name": "Trần Thị Bảy",
        "happened_at": stamp(world.clock.now()),
    }
    return pb.SendNoticeRequest(**{**values, **changed})


def test_a_notice_goes_to_the_addresses_that_it_names_once_and_keeps_none(world: World, client: Client) -> None:
    for _ in range(2):
        client.send("SendNotice", notice(world), client.service_token())
    assert len(world.rows()) == 2
    assert all(row.sealed is not None and PHONE.encode() not in row.sealed for row in world.rows())
    assert world.deliver(Lane.SMS) == 1
    assert world.deliver(Lane.EMAIL) == 1
    (sms,) = world.received(PHONE)
    assert sms.startswith("Luc 9h00 06/10/2020 mot tai khoan dich vu cong da doi tu so nay hoac sang so nay.")
    (mail,) = world.received(ADDRESS)
    assert "Kính gửi ông/bà Trần Thị Bảy" in mail
    assert [(row.status, row.sealed) for row in world.rows()] == [("delivered", None)] * 2
    client.send("SendNotice", notice(world), client.service_token())
    assert world.deliver(Lane.SMS) == world.deliver(Lane.EMAIL) == 0


def test_a_notice_names_the_ward_to_which_an_account_has_gone(world: World, client: Client) -> None:
    asked = notice(world, template="account-moved", other_ward=THANH_BINH)
    client.send("SendNotice", asked, client.service_token())
    assert world.deliver(Lane.SMS) == world.deliver(Lane.EMAIL) == 1
    assert "co tai khoan o phuong Thanh Binh." in world.received(PHONE)[0]
    assert "để đóng nó" in world.received(ADDRESS)[0]
    for ward in ("", "00000", "x"):  # none, the practice ward, nonsense
        asked = notice(world, notice_id="n-2", template="account-moved", other_ward=ward)
        no = refused(partial(client.send, "SendNotice", asked, client.service_token()))
        assert [fault.field for fault in no.fields] == ["other_ward"]


def test_its_owner_reads_a_notice_again(world: World, client: Client) -> None:
    client.send("SendNotice", notice(world, email=""), client.service_token())
    asked = pb.ListOwnMessagesRequest()
    (shown,) = client.send("ListOwnMessages", asked, client.token(Role.CITIZEN, "a-1")).messages
    assert (shown.template, shown.channel) == ("account-phone-changed", "sms")
    assert "da doi tu so nay" in shown.text
