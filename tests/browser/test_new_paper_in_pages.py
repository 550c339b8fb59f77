"""The desk notes the new number of a person whose CMND was replaced by a căn cước; they keep the same account."""

from __future__ import annotations

import pytest

from tests.browser.people import Person, opened
from tests.browser.scene import RECEPTIONIST
from tests.browser.visitor import Visit


class HolderOfCmnd(Person):
    """Opens the account with the nine digits of a CMND; `identity_number` is that of the later card."""

    @property
    def cmnd(self) -> str:
        return f"201{self.number}"

    @property
    def answers(self) -> dict[str, str]:
        return super().answers | {"/identity_kind": "cmnd", "/identity_number": self.cmnd}


@pytest.mark.parametrize("scripted", [True, False])
def test_a_card_after_a_cmnd_is_noted_at_the_desk_and_signs_in(visit: Visit, url: str, scripted: bool) -> None:
    person = HolderOfCmnd()
    phone = opened(visit(scripted=scripted), person, url)

    desk = visit(scripted=scripted)
    desk.sign_in(RECEPTIONIST)
    desk.follow("Tài khoản của người dân")
    desk.fill({"/identity_kind": "cmnd", "/identity_number": person.cmnd})
    desk.press("Tìm")
    desk.follow("Ghi giấy tờ tùy thân mới, có số khác")
    typed = {
        "/identity_number": f"202{person.number}",  # a slip: the account's begins with 201
        "/new_identity_kind": "cccd",
        "/new_identity_number": person.identity_number,
        "/number_again": person.identity_number,
        "/ground": "old-paper",
    }
    desk.fill(typed)
    desk.page.get_by_label("Tôi đã xem bản chính").check()
    desk.press("Ghi giấy tờ mới")
    assert "Loại hay số giấy tờ cũ không khớp với tài khoản này." in desk.text
    desk.fill({"/identity_number": person.cmnd})  # the rest was kept
    desk.press("Ghi giấy tờ mới")
    assert "Đã ghi giấy tờ mới vào tài khoản." in desk.text
    phone.wait_for("da ghi giay to moi")

    visitor = visit(scripted=scripted)
    visitor.sign_in(person.identity_number, person.password)
    visitor.go("/tai-khoan")
    assert visitor.row("Giấy tờ tùy thân") == f"Căn cước công dân •••••••••{person.identity_number[-3:]}"
    visitor.follow("Ai đã xem dữ liệu của tôi")
    assert "Ghi giấy tờ tùy thân mới vào tài khoản" in visitor.text
