"""A contact is asked for once a step, and forgotten soon."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest

from services.chassis.cells import Cell
from services.chassis.grpc.client import Peer, unavailable
from services.chassis.refusal import Refusal
from services.notifications.adapters.contacts import Contact, Contacts

BAY = Contact("Trần Thị Bảy", "+84905123456", "bay@example.vn")


class Asked(Contacts):
    """Contacts whose question is answered here instead of by accounts."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__(cast("Cell", None), cast("Peer[Any]", None), 30, lambda: self.now)
        self.questions: list[tuple[str, str]] = []
        self.answers: list[Contact | Refusal] = []
        self.may_answer = threading.Event()
        self.may_answer.set()

    def _ask(self, ward: str, account_id: str) -> Contact:
        self.questions.append((ward, account_id))
        assert self.may_answer.wait(5)
        answer = self.answers.pop(0) if self.answers else BAY
        if isinstance(answer, Refusal):
            raise answer
        return answer


def test_the_sms_and_the_email_of_one_step_share_one_question() -> None:
    contacts = Asked()
    assert contacts.find("20248", "a") is contacts.find("20248", "a") is BAY
    contacts.find("20227", "a")
    assert contacts.questions == [("20248", "a"), ("20227", "a")]


def test_two_that_ask_at_once_share_one_question() -> None:
    contacts = Asked()
    contacts.may_answer.clear()
    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(contacts.find, "20248", "a") for _ in range(2)]
        contacts.may_answer.set()
        assert [answer.result(5) for answer in answers] == [BAY, BAY]
    assert len(contacts.questions) == 1


def test_a_contact_is_forgotten_after_its_moment() -> None:
    contacts = Asked()
    contacts.find("20248", "a")
    contacts.now = 31
    contacts.find("20248", "a")
    assert len(contacts.questions) == 2


def test_a_refusal_is_not_remembered() -> None:
    contacts = Asked()
    contacts.answers.append(unavailable())
    with pytest.raises(Refusal):
        contacts.find("20248", "a")
    assert contacts.find("20248", "a") is BAY
