"""A procedure that the city has not opened for online filing: citizens cannot start it, and the desk accepts it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from caunoi.dossiers.v1 import dossiers_pb2 as pb

from services.chassis.refusal import Kind
from services.dossiers.settings import Settings
from tests.fakes.accounts import FakeAccounts
from tests.fakes.clock import SettableClock
from tests.services.dossiers.world import BIRTH, HOA, MARRIAGE, NAM_DUONG, World, birth_form, photograph, refused

CONFIRMATION = "1.004873"


class Starts:
    """Starts the service, again on the same database, under other settings."""

    def __init__(self, patch: pytest.MonkeyPatch, clock: SettableClock, keys: Path, accounts: FakeAccounts) -> None:
        self._patch, self._clock, self._keys, self._accounts = patch, clock, keys, accounts
        self._world: World | None = None

    def closing(self, everywhere: str = "", *, here: str | None = None) -> World:
        """With these procedures closed, in all wards and, where it says otherwise, in this one."""
        self.stop()
        self._patch.setenv("PROCEDURES_NOT_ONLINE", everywhere)
        if here is not None:
            self._patch.setenv(f"PROCEDURES_NOT_ONLINE_{NAM_DUONG}", here)
        self._world = World(Settings(), self._clock, self._keys, self._accounts)
        return self._world

    def stop(self) -> None:
        if self._world is not None:
            self._world.stop()
            self._world = None


@pytest.fixture
def service(
    settings: Settings, clock: SettableClock, keys: Path, accounts: FakeAccounts, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Starts]:
    starts = Starts(monkeypatch, clock, keys, accounts)
    yield starts
    starts.stop()


def test_a_citizen_begins_nothing_that_the_ward_does_not_take_online(service: Starts) -> None:
    """NĐ 87/2020 Đ24.3: the city decides what is filed online. The desk takes in everything."""
    world = service.closing(f"{MARRIAGE}, {BIRTH}")
    for channel in ("", "online"):
        no = refused(partial(world.draft, procedure=MARRIAGE, channel=channel))
        assert (no.kind, no.type) == (Kind.CONFLICT, "not-online")
        assert ("Bộ phận Một cửa" in no.text, "không nhận qua bưu chính" in no.text) == (True, True)
    assert "hoặc gửi qua bưu chính" in refused(partial(world.draft, procedure=BIRTH)).text
    assert world.draft(HOA, procedure=MARRIAGE, channel="counter").status == 0
    assert {world.draft(HOA, channel=channel).status for channel in ("counter", "post")} == {0}
    for procedure, closed in ((MARRIAGE, True), (BIRTH, True), (CONFIRMATION, False)):
        found = world.call("GetProcedure", pb.GetProcedureRequest(code=procedure))
        assert (found.HasField("not_online"), found.not_online) == (True, closed), procedure
    assert world.draft(procedure=CONFIRMATION).status == 0


def test_the_list_of_procedures_says_which_are_not_taken_online(service: Starts) -> None:
    """NĐ 87/2020 Đ24.3: people read it before they start anything."""
    listed = service.closing(f"{MARRIAGE}, {BIRTH}").call("ListProcedures", pb.ListProceduresRequest()).procedures
    assert all(each.HasField("not_online") for each in listed)
    assert {each.code for each in listed if each.not_online} == {MARRIAGE, BIRTH}
    opened = service.closing().call("ListProcedures", pb.ListProceduresRequest()).procedures
    assert not any(each.not_online for each in opened)


def test_who_began_before_reads_that_it_is_kept_and_how_it_goes_on(service: Starts) -> None:
    """NĐ 87/2020 Đ24.3 (docs/law.md §8): the draft says so; of the desk's own and of what was filed no word is lost."""
    before = service.closing()
    draft, filed, desks = before.draft(key="first"), before.filed().dossier, before.draft(HOA, channel="counter")
    assert not told(before, draft.id)
    world = service.closing(BIRTH)
    (kept,) = told(world, draft.id)
    assert "điền tiếp và gửi qua mạng được" in kept
    assert "hoặc gửi qua bưu chính" in kept
    assert not told(world, filed.id)
    assert not [each for each in world.get(desks.id, HOA).findings if each.check == "not-online"]
    world.accept(filed.id)
    world.ask(filed.id, "/child/full_name")
    assert not told(world, filed.id)
    assert world.supplement(filed.id, {"child": {"full_name": "Nguyễn Minh An Nhiên"}}).status in (2, 4)


def told(world: World, id: str) -> list[str]:
    return [each.text for each in world.get(id).findings if each.check == "not-online"]


def test_a_ward_may_open_what_is_closed_elsewhere_and_the_other_way_round(service: Starts) -> None:
    """NĐ 87/2020 Đ24.3."""
    world = service.closing(BIRTH, here=MARRIAGE)
    assert world.draft().status == 0
    assert refused(partial(world.draft, procedure=MARRIAGE)).type == "not-online"
    assert service.closing(BIRTH, here="").draft(procedure=MARRIAGE).status == 0


def test_a_draft_from_before_can_still_be_filed(service: Starts) -> None:
    """NĐ 87/2020 Đ24.3 (docs/law.md §8): who began it was promised that it is kept."""
    draft = service.closing().draft(key="first")
    world = service.closing(BIRTH)
    assert refused(world.draft).type == "not-online"
    assert world.draft(key="first") == draft, "a request that is repeated gets its first answer"
    world.add(draft.id, photograph())
    world.save(draft.id, birth_form())
    assert world.submit(draft.id, world.confirm(draft.id).id).dossier.status == 1


def test_the_service_does_not_start_with_a_code_that_no_procedure_has(service: Starts) -> None:
    """NĐ 87/2020 Đ24.3: else a mistyped code would leave open what the city has not opened."""
    for codes in ({"everywhere": f"{MARRIAGE},1.00894"}, {"here": "1.00894"}):
        with pytest.raises(ValueError, match=r"PROCEDURES_NOT_ONLINE of ward 20248 names no procedure: 1\.00894"):
            service.closing(**codes)
