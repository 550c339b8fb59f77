"""A repeated request with the same Idempotency-Key gets the first answer (docs/architecture.md, rule 1)."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from caunoi.accounts.v1 import accounts_pb2
from sqlalchemy import TextClause, text

from deploy.local.waiting import wait_until
from services.chassis.call import Call
from services.chassis.database.connection import Database
from services.chassis.database.idempotency import forget, once
from services.chassis.refusal import Kind, Refusal, conflict
from services.chassis.tokens import Principal, Role

REQUEST = accounts_pb2.OpenAccountRequest(full_name="Trần Thị Mai")


def call(key: str, caller: str = "someone") -> Call:
    return Call("OpenAccount", "20248", "r", Principal(caller, "20248", frozenset({Role.CITIZEN})), "", key)


class Opening:
    """An act that returns a new number each time."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> accounts_pb2.OpenAccountResponse:
        self.times += 1
        return accounts_pb2.OpenAccountResponse(account_id=str(self.times))


def answer(database: Database, call: Call, act: Opening, request: accounts_pb2.OpenAccountRequest = REQUEST) -> str:
    with database.transaction() as session:
        return once(session, call, request, accounts_pb2.OpenAccountResponse, act).account_id


def test_the_repetition_gets_the_first_answer(database: Database) -> None:
    act = Opening()
    assert [answer(database, call("k"), act) for _ in range(3)] == ["1", "1", "1"]


def test_sixteen_repetitions_at_the_same_moment_act_once(database: Database) -> None:
    act = Opening()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: answer(database, call("k"), act), range(16)))
    assert (answers, act.times) == (["1"] * 16, 1)


def test_keys_of_two_callers_have_nothing_to_do_with_one_another(database: Database) -> None:
    act = Opening()
    assert [answer(database, call("k", who), act) for who in ("a", "b")] == ["1", "2"]


def test_without_a_token_a_key_belongs_to_its_request(database: Database) -> None:
    """Else of two strangers who both number their requests the second would be refused, or told the first's answer."""
    act = Opening()
    nobody = Call("OpenAccount", "20248", "r", None, "", "1")
    other = accounts_pb2.OpenAccountRequest(full_name="Lê Văn Nam")
    assert [answer(database, nobody, act, request) for request in (REQUEST, other, REQUEST, other)] == list("1212")


def test_a_request_that_failed_after_its_commit_runs_again_under_its_key(database: Database) -> None:
    act = Opening()
    for who in (call("k"), Call("OpenAccount", "20248", "r", None, "", "k")):
        first = answer(database, who, act)
        with database.transaction() as session:
            forget(session, who, REQUEST)
        assert answer(database, who, act) != first


def test_without_a_key_each_request_is_a_new_one(database: Database) -> None:
    act = Opening()
    assert [answer(database, call(""), act) for _ in range(2)] == ["1", "2"]


def test_a_key_that_was_used_for_another_request_is_refused(database: Database) -> None:
    act = Opening()
    answer(database, call("k"), act)
    with pytest.raises(Refusal) as no:
        answer(database, call("k"), act, accounts_pb2.OpenAccountRequest(full_name="Lê Văn Nam"))
    assert (no.value.kind, no.value.type) == (Kind.EXISTS, "idempotency-key-reused")
    assert act.times == 1


def test_a_request_that_was_refused_may_be_repeated_under_its_key(database: Database) -> None:
    def refuse() -> accounts_pb2.OpenAccountResponse:
        raise conflict("not-yet", "Chưa được.")

    with pytest.raises(Refusal), database.transaction() as session:
        once(session, call("k"), REQUEST, accounts_pb2.OpenAccountResponse, refuse)
    assert answer(database, call("k"), Opening()) == "1"


def test_a_repetition_acts_itself_where_the_first_request_that_it_waited_for_was_refused(database: Database) -> None:
    act = Opening()
    waits = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )

    repetitions: list[Future[str]] = []

    def count(query: TextClause) -> object:
        with database.transaction() as session:
            return session.scalar(query)

    with ThreadPoolExecutor(1) as pool:

        def refuse_when_the_other_waits() -> accounts_pb2.OpenAccountResponse:
            repetitions.append(pool.submit(answer, database, call("k"), act))
            assert wait_until(lambda: count(waits) == 1, 20)
            raise conflict("not-yet", "Chưa được.")

        with pytest.raises(Refusal), database.transaction() as session:
            once(session, call("k"), REQUEST, accounts_pb2.OpenAccountResponse, refuse_when_the_other_waits)
        assert ([each.result(20) for each in repetitions], act.times) == (["1"], 1)
