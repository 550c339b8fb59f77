"""Findings for the caller: about the form and, for the office, about everything else."""

from __future__ import annotations

from services.dossiers import storage
from services.dossiers.access import ONLINE, roles_of
from services.dossiers.domain.acts import APPROVAL, RETURN, SIGNATURE, STOP_PROPOSAL, SUPPLEMENT_REQUEST
from services.dossiers.domain.conflict_of_interest import ARTICLE, SAME_NAME, is_named
from services.dossiers.domain.elsewhere import elsewhere_findings
from services.dossiers.domain.fields import filer_name
from services.dossiers.domain.findings import Finding, FindingKind
from services.dossiers.domain.handover import NO_ACCOUNT, reaches_nobody, to_compare
from services.dossiers.domain.marriage_checks import filed_by_neither
from services.dossiers.domain.people import PARTIES
from services.dossiers.domain.pointers import value_at
from services.dossiers.domain.procedures import Procedure
from services.dossiers.domain.register import BIRTH, COPIES, MARRIAGE
from services.dossiers.domain.residence import looked_up
from services.dossiers.domain.search import folded
from services.dossiers.domain.states import OPEN, Status
from services.dossiers.forms import findings, for_filed
from services.dossiers.tables import DossierRow
from services.dossiers.use_cases.clock.timekeeping import office_findings
from services.dossiers.use_cases.dossier import Dossier
from services.dossiers.use_cases.fees.findings import fee_findings
from services.dossiers.use_cases.in_the_way import is_void
from services.dossiers.use_cases.office import residence
from services.dossiers.use_cases.opened import proposal_of, right_as_it_is_of
from services.dossiers.use_cases.originals import sent_on_request
from services.dossiers.use_cases.registers.copies import named_in
from services.dossiers.use_cases.registers.obstacles import letters_missing, replies_of
from services.dossiers.use_cases.unit import Unit, account_name, filing_day, kept_day

#: The acts by which the officer prepares something for the signer or the applicant, after which a return is settled;
#: and the return itself.
_PREPARED_OR_RETURNED = {act.name for act in (APPROVAL, STOP_PROPOSAL, SUPPLEMENT_REQUEST, RETURN)}


def findings_of(unit: Unit, opened: Dossier) -> list[Finding]:
    """All findings for the caller, in the order of display."""
    row, kept = opened.row, opened.procedure
    undecided = row.status in OPEN - {Status.DONE}  # after the registration the registers contain the dossier itself
    records = unit.records if opened.at_the_office and undecided else None
    kinds = {each.kind for each in opened.documents}
    found = findings(
        kept,
        opened.form,
        kinds,
        filing_day(unit, row),
        records,
        kept=kept_day(unit, row),
        given=opened.answers,
        practice=unit.cell.ward.is_practice,
    )
    if not opened.at_the_office:
        if row.status not in (Status.DRAFT, Status.SUPPLEMENT_ASKED):  # nothing that they can still answer
            return for_filed(found)
        return [
            *_of_changed_law(row, kept),
            *_not_online_since(unit, row),
            *_filed_already(unit, row),
            *found,
            *_filed_by_another(unit, opened),
            *_reaches_nobody(opened),
            *_not_needed(opened),
        ]
    return [
        *_returned(unit, row),
        *_to_be_stopped(unit, row),
        *_annulled(unit, row),
        *(found if row.status == Status.DRAFT else for_filed(found)),
        *_filed_by_another(unit, opened),
        *_reaches_nobody(opened),
        *_not_needed(opened),
        *_elsewhere(unit, opened),
        *_for_the_office(unit, opened),
        *fee_findings(unit, row, opened.fees),
        *office_findings(unit, row, kept, opened.clock),
    ]


def _of_changed_law(row: DossierRow, kept: Procedure) -> list[Finding]:
    """Informs the owner of a draft from an earlier version that it will be filed under another."""
    if row.status != Status.DRAFT or row.procedure_version == kept.version:
        return []
    since = kept.valid_from
    text = (
        f"Từ ngày {since.day}/{since.month}/{since.year} quy định về thủ tục này có thay đổi, sau khi ông/bà bắt đầu "
        "hồ sơ này. Những gì đã điền vẫn còn; câu hỏi, giấy tờ không còn cần thì đã bỏ. Xin xem lại trước khi nộp."
    )
    return [Finding("", "procedure-changed", FindingKind.INFORMS, text)]


def _not_online_since(unit: Unit, row: DossierRow) -> list[Finding]:
    """Informs the owner of a draft that it is kept, although nobody can begin this procedure online any more (NĐ
    87/2020 Đ24.3).

    A filed dossier continues as before, and so does a supplement, so these get no finding.
    """
    if row.status != Status.DRAFT or row.channel != ONLINE or unit.place.takes_online(row.procedure):
        return []
    text = (
        "Nay phường không nhận hồ sơ mới của thủ tục này qua mạng nữa. Hồ sơ này bắt đầu từ trước nên vẫn giữ: ông/bà "
        "điền tiếp và gửi qua mạng được. Không gửi qua mạng thì xin ông/bà "
        f"{unit.place.procedure_of(row).filing_offline}."
    )
    return [Finding("", "not-online", FindingKind.INFORMS, text, "NĐ 87/2020 Đ24")]


def _filed_already(unit: Unit, row: DossierRow) -> list[Finding]:
    """Another dossier of the applicant for the same paper that is not over: they may have forgotten it."""
    others = storage.open_ones_like(unit.session, row) if row.status == Status.DRAFT else ()
    if not others:
        return []
    text = (
        f"Ông/bà đã nộp hồ sơ xin việc này cho cùng một người, phường đang giải quyết: {', '.join(others)}. Nếu không "
        "phải xin thêm thì không cần nộp nữa."
    )
    return [Finding("", "filed-already", FindingKind.WARNS, text)]


def _not_needed(opened: Dossier) -> list[Finding]:
    """Names the papers that were uploaded for an answer that has changed since: they prove nothing that is declared
    now.
    """
    compared = _compared(opened)
    here = {each.kind: each.filed_at is None for each in opened.documents}
    return [
        Finding(f"documents/{paper.kind}", "paper-not-needed", FindingKind.INFORMS, _not_needed_text(paper.title, free))
        for paper in opened.procedure.documents
        if (free := here.get(paper.kind)) is not None and paper.kind not in compared
    ]


def _not_needed_text(title: str, may_be_removed: bool) -> str:
    rest = (
        "Có thể bỏ ra; để lại cũng không sao, không phải mang bản chính." if may_be_removed else "Không phải đối chiếu."
    )
    return f"Theo tờ khai thì hồ sơ không cần giấy này, dù đã tải lên: {title}. {rest}"


def _compared(opened: Dossier) -> set[str]:
    requested = sent_on_request(opened.documents, opened.supplements)
    return {paper.kind for paper in to_compare(opened.procedure, opened.answers.form, requested)}


def _returned(unit: Unit, row: DossierRow) -> list[Finding]:
    """The reason why the signer gave the dossier back, until it is prepared again."""
    if row.accepted_at is None or row.status not in OPEN or row.stop_proposed_at is not None:
        return []
    decisions = [line for line in storage.history(unit.session, row.id) if line.act in _PREPARED_OR_RETURNED]
    if not decisions or decisions[-1].act != RETURN.name:
        return []
    line = decisions[-1]
    text = f"{line.officer} đã trả lại hồ sơ để xem lại: {line.reason}"
    return [Finding("", "returned", FindingKind.ASKS_OFFICER, text)]


def _to_be_stopped(unit: Unit, row: DossierRow) -> list[Finding]:
    """Why the officer proposes to the signer to reject the dossier."""
    if row.stop_proposed_at is None:
        return []
    line = storage.last_line(unit.session, row.id, STOP_PROPOSAL)
    text = f"{line.officer} trình lãnh đạo từ chối giải quyết: {line.reason} Căn cứ: {line.article}."
    return [Finding("", "stop-proposed", FindingKind.ASKS_OFFICER, text, "Luật Hộ tịch 2014 Đ5")]


def _elsewhere(unit: Unit, opened: Dossier) -> list[Finding]:
    """What is known about marriages of the parties in other offices."""
    row = opened.row
    if unit.place.procedure_of(row).register.name != MARRIAGE:
        return []
    signed = row.status in (Status.DONE, Status.HANDED_OVER)
    if not signed and row.status not in (Status.ACCEPTED, Status.IN_PROGRESS):
        return []
    said = {} if row.proposal is None else proposal_of(unit.cell, row)
    replies = replies_of(unit, row)
    return list(elsewhere_findings(said, row.proposed_by or "", opened.answers.form, signed=signed, replies=replies))


def _filed_by_another(unit: Unit, opened: Dossier) -> list[Finding]:
    """A marriage from the account of somebody else than the party who is said to file it (TT 04/2020 Đ2).

    The account of neither party does not file it, which is also told at both names, as soon as both are given. The
    names decide, without their marks: that two of them are written differently is told elsewhere. Nobody's account
    files at the desk, and in practice the parties are invented.
    """
    row, form = opened.row, opened.answers.form
    who = PARTIES.get(str(value_at(form, "/requester/relation")))
    party, account = filer_name(form), account_name(unit, row)
    if opened.procedure.register.name != MARRIAGE or not row.applicant_id or row.status not in OPEN | {Status.DRAFT}:
        return []
    if who is None or not party or folded(party) == folded(account):
        return []
    fields = ["/requester/relation"]
    if opened.at_the_office:
        kind = FindingKind.ASKS_OFFICER
        text = (
            f"Hồ sơ nộp từ tài khoản của {account}; tờ khai lại ghi người nộp là {who}, {party}. "
            "Đăng ký kết hôn không nộp thay được. Xin hỏi cả hai bên có biết và muốn nộp hồ sơ này không."
        )
    elif text := filed_by_neither(form, account):
        stops = row.status == Status.DRAFT and not unit.cell.ward.is_practice
        kind = FindingKind.STOPS if stops else FindingKind.WARNS
        fields += [f"/{each}/full_name" for each in PARTIES] if stops else []
    else:
        kind = FindingKind.WARNS
        text = (
            f"Tài khoản này là của {account}; tờ khai lại ghi người nộp là {who}, {party}. Xin chọn lại "
            f"ông/bà là bên nào, hoặc để {party} nộp bằng tài khoản của mình."
        )
    article = "TT 04/2020 Đ2; Luật Hộ tịch 2014 Đ6.2"
    return [Finding(field, "filed-by-another", kind, text, article) for field in fields]


def _reaches_nobody(opened: Dossier) -> list[Finding]:
    """The result is wanted in an account, but there is none: such a draft cannot be filed, and the desk has to ask
    again.
    """
    row, procedure = opened.row, opened.procedure
    if row.status not in OPEN | {Status.DRAFT}:
        return []
    if not reaches_nobody(procedure, opened.answers.form, has_account=bool(row.applicant_id)):
        return []
    kind = FindingKind.STOPS if row.status == Status.DRAFT else FindingKind.ASKS_OFFICER
    return [Finding(procedure.handover.asked, "delivery-without-account", kind, NO_ACCOUNT, "NĐ 87/2020 Đ12")]


def _annulled(unit: Unit, row: DossierRow) -> list[Finding]:
    """Why the desk cannot hand over what was registered."""
    if row.status != Status.DONE or not is_void(unit, row):
        return []
    text = (
        "Mục trong sổ, hoặc mục đã được cấp bản sao, đã có ghi chú hủy: giấy tờ không trả nữa mà thu hồi. Công chức "
        "trình từ chối giải quyết để kết thúc hồ sơ."
    )
    return [Finding("", "entry-annulled", FindingKind.WARNS, text, "Luật Hộ tịch 2014 Đ12.2, Đ70")]


def _for_the_office(unit: Unit, opened: Dossier) -> list[Finding]:
    """Findings for the office only."""
    row, kept, supplements = opened.row, opened.procedure, opened.supplements
    asks = FindingKind.ASKS_OFFICER
    found = []
    others = storage.alike(unit.session, row, open_only=kept.register.name == COPIES)  # a copy may be asked for again
    if others:
        text = f"Có hồ sơ khác rất giống: {', '.join(others)}. Xin đối chiếu sổ hộ tịch."
        found.append(Finding(kept.subject_name, "duplicate", asks, text))
    compared = _compared(opened)
    for kind, comparison in opened.comparisons.items():
        if not comparison.agrees and kind in compared:
            text = f"{comparison.officer} thấy bản chính khác: {comparison.note}"
            found.append(Finding(f"documents/{kind}", "original-differs", FindingKind.WARNS, text, "NĐ 123/2015 Đ3"))
    if row.status in OPEN - {Status.DONE}:
        fields = looked_up(kept, opened.answers.form)
        found += residence.office_findings(unit.cell, fields, opened.lookups)
    if supplements and row.status != Status.SUPPLEMENT_ASKED:
        text = f"Đã yêu cầu bổ sung {len(supplements)} lần; mỗi hồ sơ chỉ nên yêu cầu bổ sung một lần."
        found.append(Finding("", "supplement-asked-before", FindingKind.WARNS, text))
    said = right_as_it_is_of(unit.cell, supplements[-1]) if supplements else ""
    if said:
        text = f"Người nộp đã xem lại mục được yêu cầu bổ sung và trả lời: như thế là đúng. “{said}”"
        found.append(Finding("", "right-as-it-is", asks, text))
    missing = letters_missing(unit, row) if row.status in (Status.ACCEPTED, Status.IN_PROGRESS) else 0
    if missing:
        text = f"Còn phải gửi {missing} văn bản hỏi nơi khác trước khi cấp. Xin xem những nơi đã khai rồi gửi xác minh."
        found.append(Finding("", "inquiry-needed", asks, text, kept.verification.article if kept.verification else ""))
    birth_waits_for_signer = (
        kept.register.name == BIRTH and row.status == Status.IN_PROGRESS and row.proposed_at is not None
    )
    if birth_waits_for_signer and not proposal_of(unit.cell, row)["personal_identification_number"]:
        text = "Chưa có số định danh cá nhân từ cơ sở dữ liệu quốc gia; nếu ký, ô này trong sổ và giấy để trống."
        found.append(Finding("", "no-personal-identification-number", asks, text, "NĐ 87/2020 Đ10–11"))
    if (
        row.proposed_at is not None
        and unit.caller.has(*roles_of(SIGNATURE))
        and is_named(named_in(unit, row), unit.caller.name)
    ):
        found.append(Finding("", "signer-named", FindingKind.WARNS, SAME_NAME, ARTICLE))
    return found
