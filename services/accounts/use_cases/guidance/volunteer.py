"""The volunteer's side of guided sessions: the volunteer joins with a code and guides, but never sees a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from services.accounts.adapters.wording import TERMS
from services.accounts.domain import guidance as rules
from services.accounts.domain.guidance import Because, GuidanceKind, State
from services.accounts.domain.throttle import Limit
from services.accounts.storage import guidance as storage
from services.accounts.storage import stations
from services.accounts.storage.guidance import Guided
from services.accounts.tables import DutyRow, GuidanceRow
from services.accounts.use_cases import tries
from services.accounts.use_cases.guidance.guided_sessions import Seen, digest_of, place_of, unknown_guided_session
from services.accounts.use_cases.unit import Unit, Workplace
from services.chassis.database import audit
from services.chassis.refusal import FieldFault, Kind, Refusal, conflict, invalid

MOST_DONE = 500  # in one session
#: Wrong codes of all volunteers of a station together: one volunteer's slips must not keep out the others.
_STATION_LIMIT = Limit(60, timedelta(minutes=10))


@dataclass(frozen=True, slots=True)
class JoinGuidedSession:
    code: str = field(repr=False)
    duty_id: str


@dataclass(frozen=True, slots=True)
class GetGuidedSession:
    session_id: str


@dataclass(frozen=True, slots=True)
class ListGuidedSessions:
    pass


@dataclass(frozen=True, slots=True)
class Guide:
    session_id: str
    kind: str
    subject: str


def join(place: Workplace, command: JoinGuidedSession) -> Seen:
    """The volunteer joins the session whose code was read out. A repetition by the same volunteer returns the same
    session.

    If two volunteers have one code, the first gets the session, the other `code-used`. Raises a Refusal: INVALID
    (`wrong-code`, `which-duty`), FORBIDDEN (`not-on-duty`), CONFLICT (`code-expired`, `code-used`,
    `code-of-other-station`, `guided-session-ended`), THROTTLED (`too-many-codes-tried`).
    """
    code = rules.read_code(command.code)
    with place.unit() as unit:
        result = _try_code(unit, command.duty_id, code)
        if isinstance(result, Seen):
            return result
    raise result  # a wrong code counts: it is committed before it is refused


def guided_session(unit: Unit, query: GetGuidedSession) -> Seen:
    """Raises a Refusal (NOT_FOUND, `unknown-guided-session`)."""
    return _seen_by_volunteer(unit, _of_volunteer(unit, query.session_id))


def guided_sessions(unit: Unit, _: ListGuidedSessions) -> list[Seen]:
    """The sessions that the volunteer holds now, by the moment of joining."""
    found = storage.of_volunteer(unit.session, _volunteer_id(unit), unit.now)
    return [_seen_by_volunteer(unit, each) for each in found]


def guide(unit: Unit, command: Guide) -> Seen:
    """Points at something, sends a phrase, explains a term, or notes what was explained.

    Raises a Refusal: NOT_FOUND (`unknown-guided-session`), CONFLICT (`guided-session-ended`, `too-much-guidance`),
    INVALID (`invalid-guidance`).
    """
    kind = rules.read_kind(command.kind)
    guided = _of_volunteer(unit, command.session_id, locked=True)
    row = guided.row
    if guided.state(unit.now) is not State.OPEN:
        raise conflict("guided-session-ended", "Buổi hướng dẫn đã kết thúc.")
    if row.guidance_count >= MOST_DONE:
        raise conflict("too-much-guidance", f"Mỗi buổi chỉ ghi được {MOST_DONE} lần hướng dẫn. Xin hướng dẫn bằng lời.")
    used = stations.phrases(unit.session) if kind is GuidanceKind.PHRASE else ()
    phrases = {str(each.id): each.text for each in used}
    place = place_of(row)
    rules.refuse_subject(kind, command.subject, place, phrases, TERMS)
    row.guidance_count += 1
    row.version += 1
    unit.session.add(
        GuidanceRow(
            session_id=row.id,
            sequence=row.guidance_count,
            at=unit.now,
            kind=kind,
            subject=command.subject,
            text=phrases.get(command.subject, ""),
            procedure=place.procedure,
        )
    )
    unit.session.flush()
    return _seen_by_volunteer(unit, guided)


def _try_code(unit: Unit, duty_id: str, code: str) -> Seen | Refusal:
    duty = _own_duty(unit, duty_id)
    station, own = _guessers(unit, duty.station.id)
    seconds = max(tries.wait(unit, station, _STATION_LIMIT), tries.wait(unit, own))
    if seconds:
        raise tries.too_many_codes_tried(seconds)
    guided = storage.by_code(unit.session, duty.station.id, digest_of(unit, duty.station.id, code), unit.now)
    if guided is not None and guided.state(unit.now) is State.WAITING:
        return _join(unit, guided, duty.row)
    if guided is not None and guided.state(unit.now) is State.OPEN and str(guided.row.volunteer_id) == unit.caller.id:
        return _seen_by_volunteer(unit, guided)
    if guided is None:
        return _unknown_code(unit, duty.station.id, code)
    if guided.row.joined_at is not None:
        return conflict("code-used", "Mã này đã được dùng. Nếu người dân còn cần hướng dẫn, xin nhờ họ lấy mã mới.")
    ended = guided.ending(unit.now)
    if ended is not None and ended.because is Because.CODE_EXPIRED:
        return conflict("code-expired", "Mã đã quá 5 phút nên hết hạn. Xin nhờ người dân lấy mã mới.")
    return conflict("guided-session-ended", "Người dân đã thôi nhờ hướng dẫn trước khi mã này được dùng.")


def _unknown_code(unit: Unit, station_id: UUID, code: str) -> Refusal:
    others = [each.id for each in stations.stations(unit.session) if each.id != station_id]
    if storage.waits_elsewhere(unit.session, [digest_of(unit, each, code) for each in others], unit.now):
        text = "Mã này của một điểm hỗ trợ khác. Bạn chỉ hướng dẫn được ở điểm mình đang trực."
        return conflict("code-of-other-station", text)
    for subject in _guessers(unit, station_id):
        tries.count(unit, subject)
    return rules.wrong_code("Mã không đúng. Xin nhờ người dân đọc lại từng chữ số.")


def _guessers(unit: Unit, station_id: UUID) -> tuple[str, str]:
    """The subjects whose guesses are counted: the station, and the volunteer at this station."""
    return f"guidance:{station_id}", f"guidance:{station_id}:{unit.caller.id}"


def _join(unit: Unit, guided: Guided, duty: DutyRow) -> Seen:
    row = guided.row
    row.volunteer_id, row.duty_id = duty.volunteer_id, duty.id
    row.joined_at, row.ends_at = unit.now, unit.now + rules.SESSION_LIFE
    row.version += 1
    unit.session.flush()
    audit.record(unit.session, "join-guidance", f"guided-session:{row.id}", row.account_id)
    return _seen_by_volunteer(unit, _of_volunteer(unit, str(row.id)))


def _own_duty(unit: Unit, duty_id: str) -> stations.Duty:
    running = stations.running_duties(unit.session, _volunteer_id(unit), unit.now)
    if not running:
        text = "Bạn không có ca trực đang diễn ra nên chưa vào hướng dẫn được. Xin hỏi người phân ca của phường."
        raise Refusal(Kind.FORBIDDEN, "not-on-duty", text)
    chosen = [each for each in running if duty_id in ("", str(each.row.id))]
    if len({each.station.id for each in chosen}) == 1:
        return chosen[-1]  # if two duties follow one another at a station, the one that ends later
    text = "Bạn đang trực ở nhiều điểm. Xin chọn điểm đang có mặt."
    if not chosen:
        text = "Ca trực đã chọn không phải ca đang diễn ra của bạn. Xin chọn lại điểm đang có mặt."
    raise invalid("which-duty", text, FieldFault("duty_id", text))


def _of_volunteer(unit: Unit, session_id: str, *, locked: bool = False) -> Guided:
    guided = storage.guided_session(unit.session, session_id, locked=locked)
    if guided is None or guided.row.volunteer_id != _volunteer_id(unit):
        raise unknown_guided_session()
    return guided


def _volunteer_id(unit: Unit) -> UUID:
    return UUID(unit.caller.id)


def _seen_by_volunteer(unit: Unit, guided: Guided) -> Seen:
    is_open = guided.state(unit.now) is State.OPEN
    before = storage.explained_before(unit.session, guided.row, TERMS.keys()) if is_open else ()
    return Seen(guided, unit.now, storage.done(unit.session, guided.row.id), before)
