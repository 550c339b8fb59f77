"""Services trust no caller's word (docs/architecture.md, rule 8)."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from services.chassis.capacity import Capacity
from services.chassis.refusal import Kind, Refusal
from services.chassis.tokens import ACCESS_SECONDS, Issuer, Principal, Role, Verifier, load_issuers, load_verifier

RESIDENT = Principal("7d9c", "20248", frozenset({Role.CITIZEN}), "Trần Thị Mai")


@pytest.fixture(scope="module")
def issuers(keys: Path) -> dict[str, dict[str, Issuer]]:
    return {name: load_issuers(keys / f"signing-{name}.json", name) for name in ("accounts", "dossiers")}


@pytest.fixture(scope="module")
def verifier(keys: Path) -> Verifier:
    return load_verifier(keys / "trusted.json")


def refused(verifier: Verifier, token: str) -> bool:
    with pytest.raises(Refusal) as no:
        verifier.verify(token)
    return no.value.kind is Kind.UNAUTHENTICATED


def test_a_token_has_the_person_the_ward_and_the_roles(
    issuers: dict[str, dict[str, Issuer]], verifier: Verifier
) -> None:
    assert verifier.verify(issuers["accounts"]["20248"].issue(RESIDENT)) == RESIDENT


@pytest.mark.parametrize("capacity", [*Capacity])
def test_a_signers_token_says_in_what_capacity_they_sign(
    issuers: dict[str, dict[str, Issuer]], verifier: Verifier, capacity: Capacity
) -> None:
    signer = Principal("7d9c", "20248", frozenset({Role.SIGNER}), "Phó Đức Chính", "Phó Chủ tịch", capacity=capacity)
    assert verifier.verify(issuers["accounts"]["20248"].issue(signer)).capacity is capacity


@pytest.mark.parametrize(
    ("role", "title", "capacity"),
    [
        (Role.SIGNER, "Chủ tịch UBND phường", Capacity.HEAD),
        (Role.SIGNER, "PHÓ CHỦ TỊCH UBND phường", Capacity.DEPUTY),
        (Role.SIGNER, "", Capacity.HEAD),
        (Role.RECEPTIONIST, "Phó Chủ tịch", None),
    ],
)
def test_a_signers_token_of_the_previous_version_gets_its_capacity_from_the_title(
    issuers: dict[str, dict[str, Issuer]], verifier: Verifier, role: Role, title: str, capacity: Capacity | None
) -> None:
    """During a rolling update pods of the version before issue tokens without a capacity."""
    person = Principal("7d9c", "20248", frozenset({role}), "Phó Đức Chính", title)
    assert verifier.verify(issuers["accounts"]["20248"].issue(person)).capacity is capacity


def test_a_token_of_an_unknown_capacity_is_none(issuers: dict[str, dict[str, Issuer]], verifier: Verifier) -> None:
    signer = Principal("7d9c", "20248", frozenset({Role.SIGNER}), capacity="emperor")  # type: ignore[arg-type]  # the point of the test
    assert refused(verifier, issuers["accounts"]["20248"].issue(signer))


def test_a_token_ends_after_ten_minutes(issuers: dict[str, dict[str, Issuer]], verifier: Verifier) -> None:
    with time_machine.travel(1_600_000_000, tick=False) as now:
        token = issuers["accounts"]["20248"].issue(RESIDENT)
        now.shift(ACCESS_SECONDS - 1)
        assert verifier.verify(token) == RESIDENT
        now.shift(10)
        assert refused(verifier, token)


def test_a_token_from_the_future_is_refused(issuers: dict[str, dict[str, Issuer]], verifier: Verifier) -> None:
    with time_machine.travel(1_600_000_000, tick=False) as now:
        token = issuers["accounts"]["20248"].issue(RESIDENT)
        now.shift(-60)
        assert refused(verifier, token)


def test_a_ward_vouches_for_its_own_people_alone(issuers: dict[str, dict[str, Issuer]], verifier: Verifier) -> None:
    token = issuers["accounts"]["20227"].issue(RESIDENT)  # says ward 20248, signed by 20227
    assert refused(verifier, token)


def test_only_accounts_speaks_for_people(issuers: dict[str, dict[str, Issuer]], verifier: Verifier) -> None:
    assert refused(verifier, issuers["dossiers"]["20248"].issue(RESIDENT))


def test_accounts_cannot_make_a_person_a_service(issuers: dict[str, dict[str, Issuer]], verifier: Verifier) -> None:
    disguised = Principal("7d9c", "20248", frozenset({Role.SERVICE}))
    assert refused(verifier, issuers["accounts"]["20248"].issue(disguised))


def test_a_service_speaks_for_itself(issuers: dict[str, dict[str, Issuer]], verifier: Verifier) -> None:
    principal = verifier.verify(issuers["dossiers"]["20248"].service_token())
    assert (principal.id, principal.roles) == ("service:dossiers", frozenset({Role.SERVICE}))


def test_a_token_signed_with_another_algorithm_or_by_a_stranger_is_refused(
    issuers: dict[str, dict[str, Issuer]], verifier: Verifier
) -> None:
    genuine = issuers["accounts"]["20248"].issue(RESIDENT)
    assert verifier.verify(genuine) == RESIDENT  # and what was verified once vouches for nothing else
    header, claims, signature = genuine.split(".")
    assert refused(verifier, f"{header}.{claims}.{signature[:-6]}AAAAAA")
    assert refused(verifier, f"eyJhbGciOiJub25lIiwia2lkIjoiYWNjb3VudHMtMjAyNDgtMSJ9.{claims}.")
    assert refused(verifier, "not a token")
    assert refused(verifier, "")


@pytest.mark.parametrize("part", [0, 1])
def test_a_token_whose_json_is_nested_without_end_is_refused(verifier: Verifier, part: int) -> None:
    parts = ["e30", "e30", "AA"]
    parts[part] = base64.urlsafe_b64encode(b"[" * 1100).decode().rstrip("=")
    with pytest.raises(Refusal) as no:
        verifier.verify(".".join(parts))
    assert no.value.kind is Kind.UNAUTHENTICATED


def test_a_role_that_does_not_exist_is_refused(issuers: dict[str, dict[str, Issuer]], verifier: Verifier) -> None:
    issuer = issuers["accounts"]["20248"]
    invented = Principal("7d9c", "20248", frozenset({"emperor"}))  # type: ignore[arg-type]  # the point of the test
    assert refused(verifier, issuer.issue(invented))


NOW, LIFE = datetime(2020, 10, 6, 2, tzinfo=UTC), timedelta(minutes=10)


def test_a_statement_is_accepted_only_by_its_audience_and_in_time(
    issuers: dict[str, dict[str, Issuer]], verifier: Verifier
) -> None:
    made = issuers["dossiers"]["20248"].state("a reader", {"dossier": "d-1"}, NOW, LIFE)

    def read(issuer: str = "dossiers/20248", audience: str = "a reader", now: datetime = NOW) -> object:
        try:
            return verifier.stated(made, issuer, audience, now)["dossier"]
        except Refusal as no:
            return no.type

    assert read() == read(now=NOW + LIFE - timedelta(seconds=1)) == "d-1"
    assert read(issuer="dossiers/20227") == read(issuer="accounts/20248") == "not-signed-in"
    assert read(audience="caunoi") == read(audience="") == "not-signed-in"
    assert read(now=NOW + LIFE) == read(now=NOW - timedelta(minutes=1)) == "not-signed-in"


def test_a_statement_and_a_token_are_never_taken_for_each_other(
    issuers: dict[str, dict[str, Issuer]], verifier: Verifier
) -> None:
    """Not even a statement with everything that a token tells, by the one who may issue both."""
    accounts = issuers["accounts"]["20248"]
    told = {"sub": RESIDENT.id, "ward": "20248", "roles": ["citizen"], "name": "", "title": ""}
    assert refused(verifier, accounts.state("caunoi-practice", told, datetime.now(UTC), LIFE))
    with pytest.raises(Refusal):
        verifier.stated(accounts.issue(RESIDENT), "accounts/20248", "caunoi-practice", datetime.now(UTC))


def test_what_is_stated_cannot_name_another_issuer_or_reader(
    issuers: dict[str, dict[str, Issuer]], verifier: Verifier
) -> None:
    told = {"iss": "dossiers/20227", "aud": "caunoi", "exp": 2_000_000_000}
    made = issuers["dossiers"]["20248"].state("a reader", told, NOW, LIFE)
    stated = verifier.stated(made, "dossiers/20248", "a reader", NOW)
    assert (stated["iss"], stated["aud"]) == ("dossiers/20248", "a reader")
    assert stated["exp"] == int((NOW + LIFE).timestamp())
