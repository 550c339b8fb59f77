"""The API's answers about certificates, registers and their books (see `answers`)."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from gateway.api import words
from gateway.api.answers import Answer, Date, Moment
from gateway.api.words import one_of, some_of


class Certificate(Answer):
    certificate_id: str
    practice: bool = Field(
        description="True for a paper of the practice ward, as `status` says: no office has issued it."
    )
    status: str = Field(
        json_schema_extra=one_of(words.CERTIFICATE_STATUSES),
        description="`annulled`: a copy in force that tells of the annulment of its registration.",
    )
    paper: str
    issuer: str
    number: str
    issued_at: Moment | None
    sha256: str
    valid_until: Date | None = Field(description="The last day in force; null if there is no end.")
    changed_at: Moment | None = Field(description="When it was superseded or revoked.")
    registration_annulled: bool = Field(
        description="Whether the registration that the paper is about was annulled; independent of `status`."
    )
    entry_changed: bool = Field(
        description="It is `superseded` by a note on its entry: genuine as of its day, and a new copy has the entry as "
        "it is now."
    )


class EndedMarriage(Answer):
    entry_id: str
    label: str = Field(description="As people cite it.")
    basis: str = Field(description="The paper that its note of the death is based on.")
    by_this_death: bool = Field(description="Whether that note is about the death that is taken back.")
    answered: bool = Field(description="Whether an officer has answered; `by_this_death` is the last answer.")


class Remarriage(Answer):
    entry_id: str = Field(description="Of the later marriage.")
    label: str = Field(description="As people cite it.")
    of_spouse: bool = Field(description="Whether it is of the spouse; false until an officer has answered.")


class NotedMarriage(Answer):
    entry_id: str
    label: str = Field(description="As people cite it.")


class LikelyDeath(Answer):
    entry_id: str
    label: str = Field(description="As people cite it.")
    who: str = Field(json_schema_extra=one_of(words.SPOUSES), description="The spouse whose death it may be.")
    died_on: str = Field(description="A day, or a year if no more is known.")


class _Note(Answer):
    """What a note says, whether it waits for the signer or counts."""

    kind: str = Field(json_schema_extra=one_of(words.NOTE_KINDS), examples=["divorce"])
    text: str
    basis: str
    at: Moment | None
    spouse_elsewhere: str = Field(
        json_schema_extra=one_of(words.SPOUSE_ELSEWHERE, empty=True),
        description="For a note that takes back a death: what other offices know about the spouse. No paper shows it.",
    )
    spouse_elsewhere_text: str
    died_on: str = Field(
        description="For a note of a death: when the spouse died: a day, month and year, or a year. With "
        "`death_entry`, by that entry as its notes have changed it; `text` has the day that it had when the note was "
        "written."
    )
    who_died: str = Field(
        json_schema_extra=one_of(words.SPOUSES, empty=True),
        description="For `death`: which spouse died; empty for a note from before this was asked.",
    )
    death_entry: str = Field(
        description="`id` of this ward's entry of the death that the note refers to; empty for a death elsewhere."
    )
    ended_marriages: list[EndedMarriage] = Field(
        description="For a note that takes back a death: the answers about the `marriages_to_ask`."
    )
    remarriages: list[Remarriage] = Field(
        description="For a note after which a marriage may be restored: the answers about the `remarriages_to_ask`."
    )
    not_this_person: bool = Field(description="As in `noteEntry`.")


class EntryNote(_Note):
    sequence: int
    signer_name: str = Field(description="The signer who confirmed it, with signature and seal.")
    withdraws: int = Field(description="`sequence` of the earlier note that it withdraws; 0: none.")
    counts: bool = Field(description="False if a later note that counts has withdrawn it.")
    supplements: int = Field(
        description="For `death-supplemented`: `sequence` of the note of a death that it supplements; else 0."
    )


class EndedAnnulment(Answer):
    papers: list[str] = Field(
        description="Numbers of the papers that are valid again, as they are printed.", examples=[["07/2020"]]
    )
    dossiers: list[str] = Field(
        description="Codes of the dossiers that were stopped because of the annulment, and whose paper is handed over "
        "after all.",
        examples=[["000.48.30.H17-201006-0001"]],
    )
    maybe_registered_again: list[str] = Field(
        description="Labels of other entries that count and may be of the same birth or death: the officer and the "
        "signer compare them.",
        examples=[["số 06/2020, quyển 01-TP/HT-2020-KT, ngày 06/10/2020"]],
    )


class ProposedNote(_Note):
    id: str
    prepared_by: str
    returned_because: str = Field(description="Why the signer sent it back; empty while it waits.")
    asked: dict[str, Any] = Field(
        validation_alias="asked_json",
        description="The request to `noteEntry`; empty for a note from before this was kept.",
        examples=[{"text": "Đã ly hôn theo Quyết định số 45/2020/QĐST-HNGĐ.", "basis_number": "45/2020/QĐST-HNGĐ"}],
    )
    annuls: bool = Field(description="Whether the entry, which counts, is annulled once this note counts.")
    ends_annulment: EndedAnnulment | None = Field(
        description="If the entry, which is annulled, counts again once this note counts: what that does to its papers "
        "and dossiers; else null."
    )
    ends_marriages: list[NotedMarriage] = Field(
        description="For a note on a death that changes who died, or when: marriages that end with its confirmation."
    )


class MinistryNumber(Answer):
    number: str
    reason: str = Field(description="Why the number before was corrected.")
    at: Moment | None
    by: str


class Changeable(Answer):
    at: str = Field(description="Its place in `content`.", examples=["child/birth_date"])
    title: str = Field(
        description="What it is and whose, in Vietnamese.", examples=["Ngày, tháng, năm sinh của người được khai sinh"]
    )
    value_kind: str = Field(
        description="How a note writes it: `name`, `day`, `day-or-year` (a day, month and year, or a year), `year`, "
        "`sex` (`male`, `female`) or `text`.",
        examples=["day"],
    )
    value: str = Field(description="Its present value, by the notes that count; empty if it is blank.")


class FoundEntry(Answer):
    id: str
    # pydantic keeps `register` for itself
    kind: str = Field(json_schema_extra=one_of(words.REGISTERS), alias="register", examples=["birth"])
    label: str = Field(description="As people cite it.")
    year: int
    number: int
    registered_at: Moment | None
    names: list[str] = Field(description="The people in the entry, with dates of birth, also as changed by notes.")
    dossier_id: str
    certificate_id: str
    ministry_number: str = Field(
        description="The number that the Ministry's software gave it; empty if nobody recorded it."
    )


class FoundEntries(Answer):
    entries: list[FoundEntry] = Field(description="Newest first.")
    next_cursor: str | None = Field(description="Null on the last page.")


class Entry(FoundEntry):
    content: dict[str, Any] = Field(
        validation_alias="content_json", description="The content of the entry, which never changes."
    )
    notes: list[EntryNote] = Field(description="The notes since then, oldest first.")
    ministry_numbers: list[MinistryNumber] = Field(
        description="All numbers that it has had, oldest first; the last one is in force."
    )
    note_kinds: list[str] = Field(
        json_schema_extra=some_of(words.NOTE_KINDS),
        description="The kinds of notes that can be written into this register.",
        examples=[["divorce"]],
    )
    proposed_notes: list[ProposedNote] = Field(
        description="Notes that wait for the signer, and those that were sent back; they do not count."
    )
    changeable: list[Changeable] = Field(description="The parts that a note may change, each with its present value.")
    likely_deaths: list[LikelyDeath] = Field(
        description="For a marriage that has not ended, or whose note of a death may be supplemented: this ward's "
        "entries of deaths that may be of one of the spouses. Only for who writes or decides notes; empty for others."
    )
    marriages_to_ask: list[EndedMarriage] = Field(
        description="For a death: marriages of a person who may be the deceased, ended by a note of a death that "
        "refers to no entry. A note that takes this death back states for each whether that note is about it. "
        "Only for who writes or decides notes; empty for others."
    )
    remarriages_to_ask: list[Remarriage] = Field(
        description="For a death that ended a marriage, or a marriage that a death ended: later marriages of a person "
        "with the name and birth of the spouse. A note that takes the death back, or restores the marriage, states for "
        "each whether it is of the spouse. For a marriage that a divorce or annulment ended: later marriages that "
        "stand and may be of a spouse. A note that withdraws the divorce or annulment states for each whether it is."
    )
    marriages_noted: list[NotedMarriage] = Field(
        description="For a death: marriages that have ended by a note about it. If the deceased or the day of the "
        "death is corrected, that note keeps its words: the officer looks at it, too. Only for who writes or decides "
        "notes; empty for others."
    )
    marriages_standing: list[NotedMarriage] = Field(
        description="For a death: marriages that have not ended although one of the spouses may be the deceased, and "
        "those that end when a correction of this entry that waits is confirmed. Only for who writes or decides notes; "
        "empty for others."
    )


class WaitingEntry(FoundEntry):
    proposed_notes: list[ProposedNote] = Field(description="The notes that wait for the signer or were sent back.")


class WaitingNotes(Answer):
    entries: list[WaitingEntry] = Field(description="The longest wait first.")


class ClosedVolume(Answer):
    volume: int
    label: str
    first_number: int
    last_number: int
    closed_at: Moment | None
    closed_by: str


class Book(Answer):
    kind: str = Field(
        json_schema_extra=one_of(words.REGISTERS), alias="register", examples=["birth"]
    )  # pydantic keeps `register` for itself
    title: str
    year: int
    label: str = Field(description="Label of the open volume.", examples=["01-TP/HT-2020-KS"])
    first_number: int = Field(description="1, or the number after the last one of a paper book.")
    last_number: int
    opened_at: Moment | None
    closed_at: Moment | None = Field(description="With the year's closing statement.")
    closed_volumes: list[ClosedVolume]


class Books(Answer):
    books: list[Book]


class Blank(Answer):
    name: str = Field(json_schema_extra=one_of(words.BLANKS))
    title: str = Field(examples=["Giấy khai sinh (bản chính)"])
    dx: int = Field(description="To the right, in tenths of a millimetre.")
    dy: int = Field(description="Down, in tenths of a millimetre.")
    changed_at: Moment | None = Field(description="Null if nobody has corrected it yet.")
    changed_by: str
    version: int = Field(description="The version for `If-Match`, where it has quotation marks.")


class Blanks(Answer):
    blanks: list[Blank]
