"""Questions as pages ask them: those of a procedure's form, and the gateway's own."""

from __future__ import annotations

from dataclasses import dataclass

#: The widget of a field that can only be affirmed: the form does not ask it.
DECLARATION = "declaration"


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `pointer` is its JSON pointer into the form, `name` its name in a posted page."""

    pointer: str
    title: str
    hint: str
    widget: str
    type: str
    choices: tuple[tuple[str, str], ...]
    optional: bool
    autocomplete: str
    examples: tuple[str, ...]
    prefilled: bool = False  # from the account, if it has the value
    account: str = ""  # the account's value that answers it, also if it is used only with some answers
    may_be_own: bool = False  # may be about the applicant, by other answers: `Dossier.about_filer`
    conditional: bool = False  # optional with some other answers
    with_account: tuple[str, ...] = ()  # the choices that need an account

    @property
    def name(self) -> str:
        return self.pointer.strip("/").replace("/", ".")

    @property
    def id(self) -> str:
        return "f-" + self.pointer.strip("/").replace("/", "-").replace("_", "-")

    @property
    def anchor(self) -> str:
        """The element that a link of the error summary leads to."""
        return f"{self.id}-day" if self.widget == "date" else self.id


def question(
    name: str,
    title: str,
    *,
    hint: str = "",
    widget: str = "text",
    choices: tuple[tuple[str, str], ...] = (),
    optional: bool = False,
    autocomplete: str = "",
    conditional: bool = False,
) -> Field:
    """A question of the gateway's own."""
    return Field(
        f"/{name}", title, hint, widget, "string", choices, optional, autocomplete, (), conditional=conditional
    )


def whole(text: str) -> int:
    """A number that a page sent back, such as a version; 0 for text that is not a number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
