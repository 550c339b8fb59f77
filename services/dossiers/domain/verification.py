"""Verifications before the result: their kinds, and the states of each.

An inquiry asks another office (NĐ 123/2015 Đ22; TT 04/2020 Đ4); an own verification is the ward's, within the longer
limit of Luật Hộ tịch 2014 Đ18; a notice is posted for a child that was abandoned (NĐ 123/2015 Đ14). A reply in hand is
one that the office has without a letter of this dossier: somebody brought it, or it answers another dossier.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from services.chassis.refusal import conflict
from services.dossiers.domain.names import as_compared

#: Calendar days after which the wait for an inquiry about marital status ends (TT 04/2020 Đ4).
INQUIRY_DAYS = 20
MOST_VERIFICATIONS = 20  # somebody who lived in twenty places


class Kind(StrEnum):
    INQUIRY = "inquiry"
    OWN = "own"
    NOTICE = "notice"
    IN_HAND = "in-hand"


#: The kinds whose outcome comes from others: the clock stands still meanwhile.
WAITS = frozenset({Kind.INQUIRY, Kind.NOTICE})
#: The kinds that may have the written reply of an office.
OF_OFFICES = frozenset({Kind.INQUIRY, Kind.IN_HAND})


class About(StrEnum):
    """Whose marital status an office says something about, in a marriage."""

    WIFE = "wife-marital-status"
    HUSBAND = "husband-marital-status"


class State(StrEnum):
    """The state of a verification; all but the first are outcomes."""

    SENT = "sent"
    REPLIED = "replied"  # the office that was asked has answered the question
    NO_RESULT = "no-result"  # it has answered that it cannot tell
    TIMED_OUT = "timed-out"  # the 20 days, or the days of the notice, are over
    COMMITMENT = "commitment"  # the requester commits in writing instead (TT 04/2020 Đ4–5)
    DONE = "done"  # the ward has verified it itself; or nobody answered the notice
    WITHDRAWN = "withdrawn"  # a reply in hand that was recorded wrongly


class Answer(StrEnum):
    """What a reply says about the declaration."""

    AGREES = "agrees"
    CONTRADICTS = "contradicts"


STATE_TEXT: Mapping[State, str] = {
    State.SENT: "đang chờ kết quả",
    State.REPLIED: "đã có văn bản trả lời",
    State.NO_RESULT: "nơi được hỏi trả lời không xác minh được",
    State.TIMED_OUT: "đã hết thời hạn chờ",
    State.COMMITMENT: "đã nhận văn bản cam đoan",
    State.DONE: "đã có kết quả",
    State.WITHDRAWN: "đã rút lại, vì ghi nhầm",
}
# The transitions of each kind. A late reply is still accepted, until the paper is issued; so is a later reply from an
# office that could not tell before.
_NEXT: Mapping[Kind, Mapping[State, frozenset[State]]] = {
    Kind.INQUIRY: {
        State.SENT: frozenset({State.REPLIED, State.NO_RESULT, State.TIMED_OUT}),
        State.NO_RESULT: frozenset({State.REPLIED, State.COMMITMENT}),
        State.TIMED_OUT: frozenset({State.REPLIED, State.NO_RESULT, State.COMMITMENT}),
    },
    Kind.OWN: {State.SENT: frozenset({State.DONE})},
    Kind.NOTICE: {State.SENT: frozenset({State.TIMED_OUT}), State.TIMED_OUT: frozenset({State.DONE})},
    Kind.IN_HAND: {State.SENT: frozenset({State.REPLIED})},
}
#: What somebody records, and may take back: then the verification is open again, but a reply in hand is `WITHDRAWN`.
RECORDED = frozenset({State.REPLIED, State.NO_RESULT, State.COMMITMENT, State.DONE})
_NO_COMMITMENT = (
    "Với thủ tục này phải chờ trả lời, không thay bằng văn bản cam đoan: quá 20 ngày mà được giải quyết tiếp chỉ "
    "là khi hỏi về tình trạng hôn nhân và khi đăng ký lại (TT 04/2020 Đ4). Xin đôn đốc nơi được hỏi."
)
_TOO_EARLY: Mapping[State, str] = {
    State.COMMITMENT: (
        "Chỉ nhận văn bản cam đoan khi đã hết 20 ngày mà chưa có trả lời, hoặc nơi được hỏi trả lời không xác minh "
        "được (TT 04/2020 Đ4; NĐ 123/2015 Đ22). Xin chờ trả lời."
    ),
    State.DONE: "Thời gian niêm yết chưa hết. Xin ghi kết quả khi đã niêm yết đủ số ngày liên tục (NĐ 123/2015 Đ14).",
}


def matter_of(question: Mapping[str, str]) -> tuple[str, ...]:
    """The office, person, place, time and question of a verification, as they are compared."""
    return tuple(as_compared(question.get(name, "")) for name in _MATTER)


_MATTER = ("recipient", "person", "place", "from_day", "until_day", "question")


def state_of(outcome: str | None) -> State:
    """The state of a verification with this outcome so far."""
    return State(outcome) if outcome else State.SENT


def next_state(kind: Kind, state: State, outcome: State, *, commits: bool) -> State:
    """The state after an outcome. Refusal CONFLICT `verification-state` if it is not possible now, with the reason.

    `commits`: whether the requester's commitment stands in for a reply (TT 04/2020 Đ4).
    """
    if outcome in _possible(kind, state, commits=commits):
        return outcome
    if outcome is State.COMMITMENT and kind is Kind.INQUIRY and not commits:
        raise conflict("verification-state", _NO_COMMITMENT)
    if state is State.SENT and kind is not Kind.OWN and outcome in _TOO_EARLY:
        raise conflict("verification-state", _TOO_EARLY[outcome])
    by_hand = [STATE_TEXT[each] for each in outcomes(kind, state, commits=commits)]
    rest = f"Lúc này có thể ghi: {', '.join(by_hand)}." if by_hand else "Không ghi thêm được nữa."
    raise conflict("verification-state", f"Việc xác minh này {STATE_TEXT[state]}. {rest}")


def outcomes(kind: Kind, state: State, *, commits: bool) -> list[State]:
    """The outcomes that somebody can record now, in the order of `State`; a timeout records itself."""
    possible = _possible(kind, state, commits=commits)
    return [each for each in State if each in possible and each is not State.TIMED_OUT]


def may_be_withdrawn(state: State) -> bool:
    """Whether somebody has recorded this outcome, and may take it back as wrongly recorded."""
    return state in RECORDED


def goes_on(kind: Kind, state: State, *, commits: bool) -> bool:
    """Whether a further outcome is possible."""
    return bool(_possible(kind, state, commits=commits))


def _possible(kind: Kind, state: State, *, commits: bool) -> frozenset[State]:
    possible = _NEXT[kind].get(state, frozenset())
    return possible if commits else possible - {State.COMMITMENT}


def stands_in_the_way(kind: Kind, state: State, *, commits: bool) -> str:
    """Why this verification still prevents the registration, in Vietnamese; empty if it does not.

    After 20 days of silence the office may go on, with the requester's commitment, only for five kinds of inquiry. Of
    these, this system has the one about marital status (`commits`). A marriage or a death waits (TT 04/2020 Đ4).
    """
    if state is State.SENT:
        return "Việc xác minh hoặc niêm yết của hồ sơ này chưa xong. Xin ghi kết quả trước khi trình hoặc ký."
    if kind is Kind.NOTICE and state is State.TIMED_OUT:
        return "Đã hết thời gian niêm yết. Xin ghi kết quả niêm yết trước khi trình hoặc ký (NĐ 123/2015 Đ14)."
    if kind is Kind.INQUIRY and not commits and state is State.TIMED_OUT:
        return _NO_COMMITMENT
    if kind is Kind.INQUIRY and commits and state in (State.TIMED_OUT, State.NO_RESULT):
        return (
            "Không có trả lời về tình trạng hôn nhân. Xin hướng dẫn người yêu cầu lập văn bản cam đoan và ghi lại "
            "trước khi trình hoặc ký (NĐ 123/2015 Đ22; TT 04/2020 Đ4)."
        )
    return ""
