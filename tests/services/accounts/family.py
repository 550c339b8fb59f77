"""Account holders of one ward, and what they do with their households."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from caunoi.accounts.v1 import guidance_pb2, households_pb2
from google.protobuf.message import Message
from sqlalchemy import func, select

from services.accounts.adapters.wording import CONSENTS
from services.accounts.tables import (
    AccountRow,
    ConsentRow,
    HouseholdMemberRow,
    HouseholdRow,
    LearningStepRow,
)
from services.chassis.database.tables import AuditRow
from tests.fakes.notifications import FakeNotifications
from tests.services.accounts.service import NAM_DUONG, Accounts

VERSION = CONSENTS["household"].version
SIX, SEVEN, EIGHT, NINE, TEN = range(5)  #: the places of NAMES in `people`
NAMES = ("Trần Thị Sáu", "Trần Văn Bảy", "Trần Thị Tám", "Lê Văn Chín", "Lê Thị Mười")


class Family:
    """Each person is named by their place in `people`; all of one ward."""

    def __init__(self, accounts: Accounts, notifications: FakeNotifications, ward: str = NAM_DUONG) -> None:
        self.accounts, self.notifications, self.ward = accounts, notifications, ward
        self.people: list[str] = []

    def add(self, *names: str) -> list[int]:
        """Opens and activates an account for each name; returns their places."""
        for name in names:
            place = len(self.people)
            opened = self.accounts.open(
                ward=self.ward,
                full_name=name,
                identity_number=self.number(place),
                phone=f"0905 201 {101 + place}",
                email=f"nguoi{place}@example.com",
            )
            self.accounts.activate(opened.account_id, self.notifications.last().otp, ward=self.ward)
            self.people.append(opened.account_id)
        return list(range(len(self.people) - len(names), len(self.people)))

    @staticmethod
    def number(place: int) -> str:
        return str(48155001001 + place).zfill(12)

    @staticmethod
    def phone(place: int) -> str:
        return f"+84905201{101 + place}"

    def call(self, who: int, rpc: str, request: Message, key: str = "") -> Any:
        token = self.accounts.token(self.people[who], ward=self.ward)
        return self.accounts.call(rpc, request, ward=self.ward, token=token, key=key)

    def see(self, who: int) -> Any:
        return self.call(who, "GetOwnHousehold", households_pb2.GetOwnHouseholdRequest())

    def seen_by(self, who: int) -> list[tuple[str, bool, bool]]:
        """The members that somebody sees: name, whether they are the head, whether they can do it alone."""
        return [(one.full_name, one.is_head, one.able_alone) for one in self.see(who).members]

    def start(self, who: int, version: str = VERSION, key: str = "") -> Any:
        return self.call(who, "StartHousehold", households_pb2.StartHouseholdRequest(text_version=version), key)

    def code(self, who: int, key: str = "") -> str:
        made = self.call(who, "IssueHouseholdCode", households_pb2.IssueHouseholdCodeRequest(), key)
        return str(made.code)

    def join(self, who: int, code: str, version: str = VERSION) -> Any:
        request = households_pb2.JoinHouseholdRequest(text_version=version, code=code)
        return self.call(who, "JoinHousehold", request)

    def leave(self, who: int, key: str = "") -> Any:
        return self.call(who, "LeaveHousehold", households_pb2.LeaveHouseholdRequest(), key)

    def remove(self, who: int, member: str) -> Any:
        return self.call(who, "RemoveHouseholdMember", households_pb2.RemoveHouseholdMemberRequest(member_id=member))

    def hand_over(self, who: int, member: str) -> Any:
        return self.call(who, "HandOverHousehold", households_pb2.HandOverHouseholdRequest(member_id=member))

    def set_group(self, who: int, group: int, shown: int | None = None) -> Any:
        request = households_pb2.SetResidentialGroupRequest(residential_group=group, shown_group=shown)
        return self.call(who, "SetResidentialGroup", request)

    def consents(self, who: int) -> Any:
        return self.call(who, "ListOwnConsents", guidance_pb2.ListOwnConsentsRequest()).consents

    def withdraw(self, who: int, consent: str) -> Any:
        return self.call(who, "WithdrawConsent", guidance_pb2.WithdrawConsentRequest(id=consent))

    def together(self, *people: int) -> None:
        """They live together, the first as head."""
        head, *others = people
        self.start(head)
        for one in others:
            self.join(one, self.code(head))

    def member(self, who: int, other: int) -> str:
        """The id of another's membership, as `who` sees it."""
        name = self.names()[self.people[other]]
        (found,) = (one.id for one in self.see(who).members if one.full_name == name)
        return str(found)

    # --- rows

    def names(self) -> dict[str, str]:
        with self.accounts.cells[self.ward].database.transaction() as session:
            return {str(id): name for id, name in session.execute(select(AccountRow.id, AccountRow.full_name))}

    def learn(self, who: int, assistance: str = "alone") -> None:
        """They have filed a dossier, by whose hands it may be."""
        step = LearningStepRow(
            id=uuid4(),
            account_id=UUID(self.people[who]),
            at=self.accounts.clock.now(),
            kind="filed",
            assistance=assistance,
            procedure="1.001193",
            dossier_ward=self.ward,
            dossier_id=str(uuid4()),
        )
        with self.accounts.cells[self.ward].database.transaction() as session:
            session.add(step)

    def lives(self) -> dict[UUID, list[tuple[int, bool]]]:
        """Household → who is in it now, and whether they are its head."""
        with self.accounts.cells[self.ward].database.transaction() as session:
            rows = session.execute(
                select(HouseholdMemberRow.household_id, HouseholdMemberRow.account_id, HouseholdMemberRow.is_head)
                .where(HouseholdMemberRow.left_at.is_(None))
                .order_by(HouseholdMemberRow.joined_at)
            ).all()
        found: dict[UUID, list[tuple[int, bool]]] = {}
        for household, account, is_head in rows:
            found.setdefault(household, []).append((self.people.index(str(account)), is_head))
        return found

    def count(self, table: type[Any]) -> int:
        with self.accounts.cells[self.ward].database.transaction() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def standing(self, who: int) -> int:
        """How many consents to be in a household are valid."""
        with self.accounts.cells[self.ward].database.transaction() as session:
            query = select(func.count()).where(
                ConsentRow.account_id == self.people[who],
                ConsentRow.purpose == "household",
                ConsentRow.withdrawn_at.is_(None),
            )
            return session.scalar(query) or 0

    def looks(self, who: int) -> list[tuple[str, str]]:
        """What others did with somebody's data: who, and what."""
        with self.accounts.cells[self.ward].database.transaction() as session:
            mine = select(AuditRow.actor_id, AuditRow.action).where(
                AuditRow.person_id == self.people[who], AuditRow.actor_id.in_(self.people),
                AuditRow.actor_id != self.people[who],
            )  # fmt: skip
            return [(actor, action) for actor, action in session.execute(mine.order_by(AuditRow.seq))]

    def told(self) -> list[tuple[str, str]]:
        """The template and phone of each notice about a household."""
        self.accounts.hand_over()
        told = self.notifications.told()
        return [(template, phone) for template, phone, _ in told if template.startswith("account-household")]

    def hold(self) -> None:
        """Must hold at any moment: nobody is in two households, each has one head, and only members have valid
        consents.
        """
        lives = self.lives()
        living = [who for members in lives.values() for who, _ in members]
        assert len(living) == len(set(living))
        for members in lives.values():
            assert [is_head for _, is_head in members].count(True) == 1
        for who in range(len(self.people)):
            assert self.standing(who) == living.count(who)
        assert self.count(HouseholdRow) >= len(lives)


def other_code(code: str) -> str:
    """A code that is not the one given."""
    return f"{(int(code) + 1) % 10**8:08}"
