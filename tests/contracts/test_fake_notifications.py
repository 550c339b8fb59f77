"""The notifications service that the tests of accounts run against answers as the real one does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from caunoi.notifications.v1 import notifications_pb2 as pb
from caunoi.notifications.v1 import notifications_pb2_grpc
from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import func, select

from services.chassis.grpc.client import Peer, call
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import Principal, Role, load_issuers
from services.notifications.service import SERVICE, Notifications
from services.notifications.settings import Settings
from services.notifications.tables import MessageRow
from tests.fakes.clock import SettableClock
from tests.fakes.notifications import PURPOSES, FakeNotifications
from tests.services.running import RunningService

NAM_DUONG, THANH_BINH = "20248", "20227"


class Subject(ABC):
    """A notifications service of ward 20248."""

    def __init__(self, keys: Path, clock: SettableClock, address: str) -> None:
        self._keys = keys
        self._clock = clock
        self._peer = Peer(notifications_pb2_grpc.NotificationsServiceStub, lambda _: address)

    def send(self, token: str = "", **changed: Any) -> str:
        expires_at = Timestamp()
        expires_at.FromDatetime(self._clock.now() + timedelta(minutes=10))
        values = {
            "challenge_id": "c-1",
            "phone": "+84905123456",
            "otp": "123456",
            "purpose": "file-dossier",
            "expires_at": expires_at,
            **changed,
        }
        stub = self._peer.stub(NAM_DUONG)
        request = pb.SendOneTimeCodeRequest(**values)
        answer: pb.SendOneTimeCodeResponse = call(
            stub.SendOneTimeCode, request, ward=NAM_DUONG, seconds=20, token=token or self.service_token()
        )
        return answer.message_id

    def notify(self, token: str = "", **changed: Any) -> None:
        happened_at = Timestamp()
        happened_at.FromDatetime(self._clock.now())
        values = {
            "notice_id": "n-1",
            "template": "account-recovered",
            "account_id": "a-1",
            "phone": "+84905123456",
            "full_name": "Trần Thị Bảy",
            "happened_at": happened_at,
            **changed,
        }
        stub = self._peer.stub(NAM_DUONG)
        request = pb.SendNoticeRequest(**values)
        call(stub.SendNotice, request, ward=NAM_DUONG, seconds=20, token=token or self.service_token())

    def service_token(self, service: str = "accounts", ward: str = NAM_DUONG) -> str:
        return load_issuers(self._keys / f"signing-{service}.json", service)[ward].service_token(to=NAM_DUONG)

    def citizen_token(self) -> str:
        issuer = load_issuers(self._keys / "signing-accounts.json", "accounts")[NAM_DUONG]
        return issuer.issue(Principal("somebody", NAM_DUONG, frozenset({Role.CITIZEN})))

    @abstractmethod
    def messages(self) -> int:
        """How many were taken for delivery."""

    def close(self) -> None:
        self._peer.close()


class Fake(Subject):
    def __init__(self, keys: Path, clock: SettableClock) -> None:
        self._fake = FakeNotifications(keys, clock, [NAM_DUONG])
        super().__init__(keys, clock, self._fake.address)

    def messages(self) -> int:
        return len(self._fake.sent) + len(self._fake.notices)

    def close(self) -> None:
        super().close()
        self._fake.stop()


class Real(Subject):
    def __init__(self, keys: Path, clock: SettableClock, settings: Settings) -> None:
        self._service = RunningService(SERVICE, Notifications, settings, clock, keys)
        super().__init__(keys, clock, self._service.address)

    def messages(self) -> int:
        with self._service.cells[NAM_DUONG].database.transaction() as session:
            return session.scalar(select(func.count()).select_from(MessageRow)) or 0

    def close(self) -> None:
        super().close()
        self._service.stop()


def refused(act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as no:
        act()
    return no.value


class NotificationsContract:
    """Accounts relies on this."""

    def test_a_challenge_is_one_message_however_often_it_comes(self, subject: Subject) -> None:
        first = subject.send()
        assert first
        assert subject.send() == first
        assert subject.send(otp="654321") == first
        assert subject.messages() == 1
        assert subject.send(challenge_id="c-2") != first
        assert subject.messages() == 2

    def test_a_notice_is_one_message_however_often_it_comes(self, subject: Subject) -> None:
        for _ in range(2):
            subject.notify()
        assert subject.messages() == 1
        subject.notify(notice_id="n-2")
        assert subject.messages() == 2

    def test_a_notice_names_another_ward_where_its_template_does_and_nowhere_else(self, subject: Subject) -> None:
        subject.notify(template="account-moved", other_ward=THANH_BINH)
        for template, ward in (("account-moved", ""), ("account-recovered", THANH_BINH)):
            no = refused(partial(subject.notify, notice_id="n-2", template=template, other_ward=ward))
            assert (no.kind, [fault.field for fault in no.fields]) == (Kind.INVALID, ["other_ward"])
        assert subject.messages() == 1

    def test_nobody_but_the_wards_own_accounts_service_sends_notices(self, subject: Subject) -> None:
        for token in (subject.service_token("dossiers"), subject.citizen_token()):
            assert refused(partial(subject.notify, token)).kind is Kind.FORBIDDEN
        assert subject.messages() == 0

    @pytest.mark.parametrize(
        "changed",
        [
            {"notice_id": ""},
            {"template": "dossier-signed"},
            {"account_id": ""},
            {"phone": "0905123456"},
            {"happened_at": None},
        ],
    )
    def test_a_notice_that_cannot_be_sent_is_refused(self, subject: Subject, changed: dict[str, Any]) -> None:
        assert refused(partial(subject.notify, **changed)).type == "invalid-notice"
        assert subject.messages() == 0

    def test_nobody_but_the_wards_own_accounts_service_sends_codes(self, subject: Subject) -> None:
        for token in (
            subject.service_token("dossiers"),
            subject.service_token("accounts", THANH_BINH),
            subject.citizen_token(),
        ):
            assert refused(partial(subject.send, token)).kind is Kind.FORBIDDEN
        assert subject.messages() == 0

    @pytest.mark.parametrize(
        "changed",
        [
            {"challenge_id": ""},
            {"phone": "0905123456"},
            {"otp": "12345x"},
            {"purpose": "something-else"},
            {"expires_at": Timestamp(seconds=1_500_000_000)},
        ],
        ids=lambda changed: next(iter(changed)),
    )
    def test_what_cannot_be_sent_is_refused(self, subject: Subject, changed: dict[str, Any]) -> None:
        no = refused(lambda: subject.send(**changed))
        assert (no.kind, no.type) == (Kind.INVALID, "invalid-one-time-code")
        assert [fault.field for fault in no.fields] == list(changed)
        assert subject.messages() == 0

    @pytest.mark.parametrize("purpose", PURPOSES)
    def test_every_purpose_that_accounts_has_is_known(self, subject: Subject, purpose: str) -> None:
        assert subject.send(purpose=purpose)


class TestFake(NotificationsContract):
    @pytest.fixture
    def subject(self, keys: Path, clock: SettableClock) -> Iterator[Subject]:
        subject = Fake(keys, clock)
        yield subject
        subject.close()


class TestReal(NotificationsContract):
    @pytest.fixture
    def subject(
        self,
        keys: Path,
        clock: SettableClock,
        database_url: Callable[..., str],
        service_environment: Callable[..., None],
    ) -> Iterator[Subject]:
        service_environment("notifications", WARDS=NAM_DUONG, DATABASE_URL=database_url("notifications", NAM_DUONG))
        subject = Real(keys, clock, Settings())
        yield subject
        subject.close()
