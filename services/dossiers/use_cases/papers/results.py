"""The paper of each register: the entry with its number (TT 04/2020), as fields for the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.chassis.capacity import capacity_in
from services.dossiers.adapters.papers.blanks import Blank, with_emblem
from services.dossiers.adapters.papers.fields import Office
from services.dossiers.adapters.papers.rendering import Paper
from services.dossiers.adapters.papers.results import (
    Amendment,
    BirthCertificate,
    BirthCopy,
    DeathExtract,
    IntendedSpouse,
    MaritalStatusConfirmation,
    MarriageCertificate,
    MarriageExtract,
    Parent,
    Spouse,
)
from services.dossiers.domain.dates import in_digits
from services.dossiers.domain.register import BIRTH, COPIES, DEATH, MARITAL_STATUS, MARRIAGE


@dataclass(frozen=True, slots=True)
class Issue:
    """The data of a paper: the entry's content, and the common fields around it."""

    office: Office
    certificate_id: str
    verification_url: str
    number: str  # as it is printed
    content: Mapping[str, Any]
    blanks: Mapping[str, Blank]
    is_preview: bool = False

    @property
    def issued_on(self) -> date:
        return date.fromisoformat(self.content["registered_on"])

    def around(self) -> dict[str, Any]:
        """The common fields of every result."""
        signer = self.content["signer"]
        return {
            "office": self.office,
            "signer_name": signer["full_name"],
            "signs_as": capacity_in(signer.get("capacity", ""), signer["title"]),
            "certificate_id": self.certificate_id,
            "verification_url": self.verification_url,
            "is_preview": self.is_preview,
        }


def result_of(issue: Issue) -> Paper:
    """The paper of an entry, by its register."""
    return with_emblem(_RESULTS[issue.content["register"]](issue), issue.blanks)


def _birth(issue: Issue) -> Paper:
    content = issue.content
    return BirthCertificate(**issue.around(), **_birth_fields(content), number=content["number"], year=content["year"])


def _marriage(issue: Issue) -> Paper:
    content = issue.content
    return MarriageCertificate(
        **issue.around(),
        number=issue.number,
        wife=_spouse(content["wife"]),
        husband=_spouse(content["husband"]),
        registered_at=content["place_of_registration"],
        registered_on=issue.issued_on,
        recognised_from=_recognised_from(content),
    )


def _death(issue: Issue) -> Paper:
    return DeathExtract(
        **issue.around(),
        **_death_fields(issue.content),
        number=issue.number,
        issued_on=issue.issued_on,
        death_paper=_death_paper(issue.content["death_paper"]),
    )


def _marital_status(issue: Issue) -> Paper:
    content, person = issue.content, issue.content["person"]
    spouse, period = content["intended_spouse"], content["period"]
    return MaritalStatusConfirmation(
        **issue.around(),
        number=issue.number,
        proposed_by=content["prepared_by"],
        full_name=person["full_name"],
        birth_date=in_digits(person["birth_date"]),
        birth_date_in_words=person["birth_date_words"],
        sex=person["sex"],
        ethnicity=person["ethnicity"],
        nationality=person["nationality"],
        identity_paper=person["identity_paper"],
        residence=person["residence"],
        status=content["status"],
        purpose=content["purpose"],
        issued_on=issue.issued_on,
        lived_at=period["place"],
        lived_from=in_digits(period["from"]),
        lived_until=in_digits(period["to"]),
        intended_spouse=IntendedSpouse(**{**spouse, "birth_date": in_digits(spouse["birth_date"])})
        if content["for_marriage"]
        else None,
        marriage_place=content["marriage_place"],
    )


def _copy(issue: Issue) -> Paper:
    """A copy has the register's present content, with later changes (TT 04/2020 Đ23)."""
    source = issue.content["source"]
    return _COPIES[source["register"]](issue, source)


def _birth_copy(issue: Issue, source: Mapping[str, Any]) -> Paper:
    return BirthCopy(
        **issue.around(),
        **_birth_fields(source),
        amendments=_amendments(source),
        number=issue.number,
        registered_number=registered_number(source),
        extracted_from=f"Sổ đăng ký khai sinh năm {source['year']}",
        issued_on=issue.issued_on,
    )


def _marriage_copy(issue: Issue, source: Mapping[str, Any]) -> Paper:
    return MarriageExtract(
        **issue.around(),
        amendments=_amendments(source),
        number=issue.number,
        wife=_spouse(source["wife"]),
        husband=_spouse(source["husband"]),
        registered_at=source["place_of_registration"],
        registered_number=registered_number(source),
        registered_on=date.fromisoformat(source["registered_on"]),
        extracted_from=f"Sổ đăng ký kết hôn năm {source['year']}",
        issued_on=issue.issued_on,
        recognised_from=_recognised_from(source),
    )


def _recognised_from(content: Mapping[str, Any]) -> str:
    """The day from which the marriage counts; empty if that is the day of registration (TT 04/2020 Đ32)."""
    since: str = content["marriage_established_on"]
    return "" if since == content["registered_on"] else in_digits(since)


def _death_copy(issue: Issue, source: Mapping[str, Any]) -> Paper:
    return DeathExtract(
        **issue.around(),
        **_death_fields(source),
        amendments=_amendments(source),
        number=issue.number,
        issued_on=issue.issued_on,
        is_copy=True,
    )


def _birth_fields(content: Mapping[str, Any]) -> dict[str, Any]:
    child, requester = content["child"], content["requester"]
    return {
        "full_name": child["full_name"],
        "birth_date": in_digits(child["birth_date"]),
        "birth_date_in_words": child["birth_date_words"],
        "sex": child["sex"],
        "ethnicity": child["ethnicity"],
        "nationality": child["nationality"],
        "birth_place": child["place_of_birth"],
        "home_town": child["home_town"],
        "personal_identification_number": child["personal_identification_number"],
        "mother": Parent(**content["mother"]),
        "father": Parent(**content["father"]),
        "requester_name": requester["full_name"],
        "requester_identity": requester["identity_paper"],
        "registered_at": content["place_of_registration"],
        "registered_on": date.fromisoformat(content["registered_on"]),
    }


def _death_fields(content: Mapping[str, Any]) -> dict[str, Any]:
    """Without the cause of death, which the register has and the extract does not print."""
    deceased, death = content["deceased"], content["death"]
    return {
        "full_name": deceased["full_name"],
        "birth_date": in_digits(deceased["birth_date"]),
        "birth_date_in_words": deceased["birth_date_words"],
        "sex": deceased["sex"],
        "ethnicity": deceased["ethnicity"],
        "nationality": deceased["nationality"],
        "personal_identification_number": deceased["personal_identification_number"],
        "identity_paper": deceased["identity_paper"],
        "died_at": death["at"],
        "died_at_in_words": death["at_words"],
        "death_place": death["place"],
        "registered_at": content["place_of_registration"],
        "registered_number": registered_number(content),
        "registered_on": date.fromisoformat(content["registered_on"]),
        "extracted_from": f"Sổ đăng ký khai tử năm {content['year']}",
    }


def _death_paper(paper: Mapping[str, str]) -> str:
    """The giấy báo tử or its substitute: name, number, date, issuer (TT 04/2020 Đ34.4); blank if there was none."""
    number = f"số {paper['number']}" if paper["number"] else ""
    issued = f"ngày {in_digits(paper['issued_on'])}" if paper["issued_on"] else ""
    named = " ".join(filter(None, (paper["kind"], number, issued)))
    return ", ".join(filter(None, (named, paper["issued_by"])))


def _spouse(spouse: Mapping[str, str]) -> Spouse:
    return Spouse(
        full_name=spouse["full_name"],
        birth_date=in_digits(spouse["birth_date"]),
        birth_date_in_words=spouse["birth_date_words"],
        ethnicity=spouse["ethnicity"],
        nationality=spouse["nationality"],
        residence=spouse["residence"],
        identity_paper=spouse["identity_paper"],
    )


def _amendments(source: Mapping[str, Any]) -> tuple[Amendment, ...]:
    """The later notes of an entry, oldest first."""
    notes: Sequence[Mapping[str, str]] = source["later_notes"]
    return tuple(
        Amendment(
            text=note["text"].rstrip(" ."),
            basis=note["basis"].rstrip(" ."),
            on=date.fromisoformat(note["on"]),
            signer_name=note["signer_name"],
        )
        for note in notes
    )


def registered_number(content: Mapping[str, Any]) -> str:
    """The number of an entry as papers cite it, such as "07/2020"."""
    return f"{content['number']:02d}/{content['year']}"


_RESULTS: Mapping[str, Callable[[Issue], Paper]] = {
    BIRTH: _birth,
    MARRIAGE: _marriage,
    DEATH: _death,
    MARITAL_STATUS: _marital_status,
    COPIES: _copy,
}
_COPIES: Mapping[str, Callable[[Issue, Mapping[str, Any]], Paper]] = {
    BIRTH: _birth_copy,
    MARRIAGE: _marriage_copy,
    DEATH: _death_copy,
}
