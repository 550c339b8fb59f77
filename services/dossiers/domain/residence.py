"""Residence is looked up by the office, and a paper is asked for only where that is impossible (NĐ 104/2022 Đ14)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from services.dossiers.domain.findings import Finding, FindingKind
from services.dossiers.domain.pointers import holds, value_at
from services.dossiers.domain.procedures import Procedure

ARTICLE = "NĐ 104/2022 Đ14"


class Source(StrEnum):
    """Where residence is looked up."""

    POPULATION = "population"  # the national population database, by any access: portal, VNeID, chip
    RESIDENCE = "residence"  # the residence database
    PAPER = "paper"  # a paper that the person has shown, if neither could be asked


class Result(StrEnum):
    """What was found."""

    AS_DECLARED = "as-declared"
    OTHERWISE = "otherwise"
    NOT_POSSIBLE = "not-possible"


def looked_up(procedure: Procedure, form: Mapping[str, Any]) -> list[str]:
    """Pointers to the declared residences that are looked up; `form` has only the fields that are asked for."""
    return [each.at for each in procedure.residences if value_at(form, each.at) and holds(form, each.when)]


def residence_findings(found: Mapping[str, tuple[Result, str] | None]) -> Iterator[Finding]:
    """The findings about residences for the officer. By pointer: result and note of the look-up that counts, if any.

    The law requires the look-up and its record. If it is missing, the finding asks the officer, who may know a reason.
    """
    for pointer, lookup in found.items():
        if lookup is None:
            text = (
                "Chưa ghi việc tra cứu nơi cư trú này. Xin tra cứu rồi ghi vào hồ sơ; không yêu cầu giấy tờ trước đó."
            )
            yield Finding(pointer, "residence-not-looked-up", FindingKind.ASKS_OFFICER, text, ARTICLE)
        elif lookup[0] is Result.OTHERWISE:
            text = f"Tra cứu thấy nơi cư trú khác lời khai: {lookup[1]}"
            yield Finding(pointer, "residence-differs", FindingKind.WARNS, text, ARTICLE)
        elif lookup[0] is Result.NOT_POSSIBLE:
            text = f"Không tra cứu được nơi cư trú này ({lookup[1]}). Có thể yêu cầu giấy tờ về nơi cư trú."
            yield Finding(pointer, "residence-not-found", FindingKind.ASKS_OFFICER, text, ARTICLE)
