"""Who may file what nobody can be authorised for: a marriage, the recognition of a child (TT 04/2020 Đ2)."""

from __future__ import annotations

from collections.abc import Mapping

from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.search import folded

#: The question who files; its answer is the group of the form that has this person.
WHO_FILES = "/requester/relation"
ARTICLE = "TT 04/2020 Đ2; Luật Hộ tịch 2014 Đ6.2"


def name_fields(procedure: Procedure) -> tuple[str, ...]:
    """The pointers of the names of those who alone file."""
    return tuple(f"/{group}/full_name" for group in procedure.filed_by)


def filer_of(procedure: Procedure, answers: Mapping[str, object]) -> tuple[str, str]:
    """What the declared filer is called, and their name; either is empty as long as it is open.

    `answers` are those to the questions that the form's answers lead to, by pointer.
    """
    group = str(answers.get(WHO_FILES) or "")
    return procedure.filed_by.get(group, ""), str(answers.get(f"/{group}/full_name") or "")


def filed_by_none(procedure: Procedure, answers: Mapping[str, object], account: str) -> str:
    """Why the holder of an account with this name cannot file; empty if they may be one of those who alone may.

    The names decide, without their marks; as long as one of these people has no name, nobody is sent away. Only of
    somebody who is declared unknown, such as a mother, no name is wanted: then the other one files. `answers` as in
    `filer_of`.
    """
    names = {
        who: str(answers.get(f"/{group}/full_name") or "")
        for group, who in procedure.filed_by.items()
        if answers.get(f"/{group}/known") is not False
    }
    if not names or not all(names.values()) or folded(account) in {folded(name) for name in names.values()}:
        return ""
    people = " hay ".join(f"{who}, {name}" for who, name in names.items())
    return (
        f"Tài khoản này là của {account}, không phải của {people}. Việc này không nộp thay được: xin để "
        f"{' hoặc '.join(names)} nộp bằng tài khoản của mình, hoặc đến phường nộp. Tên trong tài khoản ghi sai thì xin "
        "nhờ Bộ phận Một cửa sửa, rồi đăng nhập lại."
    )
