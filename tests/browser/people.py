"""People whom the system has not seen, and the accounts that they open through the pages."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from tests.browser.steps import answer_questions
from tests.browser.visitor import Visitor
from tests.e2e.api import Phone
from tests.e2e.drafts import SLUG


@dataclass
class Person:
    """Somebody whom the system has not seen."""

    number: str = field(default_factory=lambda: f"{secrets.randbelow(1_000_000):06d}")
    full_name: str = "Nguyễn Thị Sáu"
    password: str = "sông Hàn mùa nước lớn"
    address: str = "Số 12 Lê Đình Dương, tổ dân phố 3"

    @property
    def phone(self) -> str:
        return f"0936{self.number}"

    @property
    def identity_number(self) -> str:
        return f"048156{self.number}"

    @property
    def email(self) -> str:
        return f"ba.sau.{self.number}@example.com"

    @property
    def answers(self) -> dict[str, str]:
        return {
            "/full_name": self.full_name,
            "/date_of_birth": "1955-03-08",
            "/identity_kind": "cccd",
            "/identity_number": self.identity_number,
            "/phone": self.phone,
            "/email": self.email,
            "/address": self.address,
            "/password": self.password,
        }


def opened(visitor: Visitor, person: Person, url: str) -> Phone:
    """An account, opened through the pages; the phone that it has."""
    phone = Phone(url, person.phone)
    visitor.go(f"/phuong/{SLUG}/mo-tai-khoan")
    answer_questions(visitor, person.answers)
    visitor.fill(person.answers)
    visitor.press("Mở tài khoản và gửi mã")
    visitor.fill({"/otp": phone.next_code()})
    visitor.press("Tiếp tục")
    return phone
