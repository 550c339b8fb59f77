"""No act, status or register is told apart by its name outside its home: the acts' records, the texts, the contract."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import pytest
from annotated_types import Le

from deploy.kiosk.agent import work
from gateway import streams, texts
from gateway.acts import ACTS
from gateway.api.guidance_answers import GuidedSession, OwnGuidedSession
from gateway.api.requests import ResidentialGroup
from gateway.pages.guidance import bar, citizen, place, subjects, wording
from services.accounts.domain import guidance, households, learning
from services.accounts.storage import devices
from services.accounts.use_cases import visits
from services.accounts.use_cases.guidance.guided_sessions import MOST_WATCHED
from services.dossiers.domain import acts, captures
from services.dossiers.domain.assistance import Assistance
from services.dossiers.domain.fees import EXEMPTIONS, in_dong
from services.dossiers.domain.register import REGISTERS
from services.dossiers.domain.states import Status
from services.notifications import events
from tests.guards.parts import ROOT, nodes, sources
from tests.page_scripts import heartbeat_seconds

#: `entry_lines` has texts for the members of entries, which have groups of the same names.
HOMES = {"gateway/acts.py", "gateway/texts.py", "gateway/pages/entry_lines.py"}
NAMES = ACTS.keys() | REGISTERS.keys()


def constants(node: ast.AST) -> Iterator[str]:
    """The texts below a node that may decide something: no examples, names of blueprints or kinds of notes."""
    if isinstance(node, ast.keyword) and node.arg == "examples":
        return
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "Blueprint":
        return
    if isinstance(node, ast.Subscript) and "divorce" in ast.unparse(node):
        return
    if isinstance(node, ast.Dict) and any(
        isinstance(key, ast.Constant) and key.value == "examples" for key in node.keys
    ):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from constants(child)


def tells_a_status_by_a_number(node: ast.AST) -> bool:
    """One of the portal's, that is, compared, matched or looked up: HTTP has statuses as well."""
    subject: Sequence[ast.AST]
    numbers: Sequence[ast.AST]
    match node:
        case ast.Dict(keys=keys):
            return bool(keys) and all(key is not None and is_number(key) for key in keys)
        case ast.Compare(left=left, comparators=others):
            subject, numbers = [left, *others], [left, *others]
        case ast.Match(subject=matched, cases=cases):
            subject, numbers = [matched], cases
        case ast.Call(func=function, args=arguments):
            subject, numbers = arguments, [function]
        case ast.Subscript(value=container, slice=key):
            subject, numbers = [key], [container]
        case _:
            return False
    return has(is_status, subject) and has(is_number, numbers)


def has(found: Callable[[ast.AST], bool], nodes: Sequence[ast.AST]) -> bool:
    return any(found(part) for node in nodes for part in ast.walk(node))


def is_status(node: ast.AST) -> bool:
    return getattr(node, "attr", getattr(node, "id", "")) == "status"


def is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and 0 <= node.value < 100


def test_no_code_of_the_gateway_names_an_act_or_register() -> None:
    named = [f"{path}: {text}" for path, tree in sources("gateway") for text in constants(tree) if text in NAMES]
    assert [each for each in named if each.partition(":")[0] not in HOMES] == []


def test_no_code_of_the_gateway_works_out_a_condition_of_a_form() -> None:
    """Dossiers says whether one holds (`asked`, `about_filer`): there true is not 1, and several may be wanted."""
    condition = re.compile(r"['\"]x-(\w+-)?when['\"]")
    read = [
        f"{path}: {ast.unparse(node)}"
        for path, node in nodes("gateway")
        if isinstance(node, ast.Subscript | ast.Call) and condition.search(ast.unparse(node).partition(",")[0])
        if isinstance(node, ast.Subscript) or ast.unparse(node.func).endswith((".get", ".pop"))
    ]
    assert read == []


def test_no_code_of_the_gateway_tells_a_status_by_a_number() -> None:
    found = [
        f"{path}: {ast.unparse(node)}"
        for path, tree in sources("gateway")
        for node in ast.walk(tree)
        if tells_a_status_by_a_number(node)
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "dossier.status == 9",
        "int(dossier.status) in (9, 10)",
        "{9: True}.get(dossier.status)",
        "{9: True, **others}[status]",
        "(9, 10).count(one.status)",
        "TONES = {5: 'paused', 6: 'paused'}",
        "match dossier.status:\n    case 9: pass",
    ],
)
def test_a_status_told_by_a_number_is_found(code: str) -> None:
    assert any(map(tells_a_status_by_a_number, ast.walk(ast.parse(code))))


def test_what_both_sides_of_the_contract_write_down_is_the_same() -> None:
    known, own = Status.__members__, texts.Status.__members__
    assert {name: int(known[name]) for name in own} == {name: int(one) for name, one in own.items()}
    assert texts.EXEMPTIONS == EXEMPTIONS
    assert [texts.dong(amount) for amount in (0, 8000, 1_234_567)] == [in_dong(each) for each in (0, 8000, 1_234_567)]


def test_both_sides_name_a_households_consent_its_last_group_and_what_the_screen_showed_alike() -> None:
    assert wording.HOUSEHOLD == households.PURPOSE
    assert subjects.HERE == learning.UNNAMED
    for name in ("residential_group", "shown_group"):
        (most,) = [one.le for one in ResidentialGroup.model_fields[name].metadata if isinstance(one, Le)]
        assert most == households.LAST_GROUP


def test_accounts_counts_every_way_in_which_a_person_can_file() -> None:
    """All filings except those that the desk enters, which count for nobody."""
    by_persons = {learning.ALONE, learning.STATION, learning.HELPED}
    assert by_persons == set(Assistance) - {Assistance.COUNTER}


def test_no_template_names_the_purpose_of_a_consent() -> None:
    purposes = {households.PURPOSE, guidance.PURPOSE}
    naming = re.compile(rf"""purpose *(==|!=|in) *\(?["']({"|".join(purposes)})""")
    found = [one for one in (ROOT / "gateway/templates").rglob("*.html") if naming.search(one.read_text("utf-8"))]
    assert found == []


def test_an_ended_session_is_told_as_long_as_accounts_tells_it() -> None:
    assert timedelta(seconds=bar.TOLD_SECONDS) == guidance.AFTERGLOW


def test_a_visit_and_a_ticket_of_a_stream_outlast_the_longest_session() -> None:
    longest = (guidance.CODE_LIFE + guidance.SESSION_LIFE).total_seconds()
    assert longest < citizen.LONGEST_SESSION < streams.TICKET_LIFE < visits.SECONDS


def test_a_place_holds_at_most_what_accounts_takes() -> None:
    assert (place.MOST_FIELDS, place.MOST_POINTS) == (guidance.MOST_FIELDS, guidance.MOST_POINTS)


def test_a_citizen_is_silent_after_more_than_two_heartbeats_of_the_page() -> None:
    longest = heartbeat_seconds() * 1.1  # its delay differs by a tenth either way
    assert 2 * longest + streams.WAIT < guidance.SILENCE.total_seconds() < 3 * longest


def test_a_scan_and_its_agent_wait_as_long_as_the_ticket_is_good() -> None:
    assert timedelta(seconds=work.TICKET_SECONDS) == devices.SCAN_LIFE == captures.TICKET_LIFE


def test_a_stream_asks_for_as_many_sessions_as_a_ward_takes() -> None:
    assert streams.MOST_ASKED == MOST_WATCHED


@pytest.mark.parametrize("message", [OwnGuidedSession, GuidedSession])
def test_the_api_says_every_reason_for_an_end(message: type[OwnGuidedSession | GuidedSession]) -> None:
    said = message.model_fields["ended_because"].description or ""
    assert set(re.findall("`(.+?)`", said)) == set(guidance.Because)


def test_the_contract_says_every_reason_for_an_end() -> None:
    contract = (ROOT / "proto/caunoi/accounts/v1/guidance.proto").read_text("utf-8")
    (own,) = re.findall(r"^message OwnGuidedSession \{.+?^\}", contract, re.MULTILINE | re.DOTALL)
    (said,) = re.findall(r"// (.+)\n  string ended_because", own)
    assert set(re.findall("`(.+?)`", said)) == set(guidance.Because)


def test_no_template_names_an_act_a_register_or_the_number_of_a_status() -> None:
    names = "|".join(map(re.escape, NAMES))
    telling = re.compile(rf"""["']({names})["']|\bstatus (==|!=|<|>|in|not in) *[(\[]?\d""")
    found = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in (ROOT / "gateway/templates").rglob("*.html")
        for match in telling.finditer(path.read_text("utf-8"))
    }
    assert found == set()


#: Where a word of the services is no act or register, though one has the same name.
OTHER_WORDS = {
    "services/dossiers/adapters/papers/rendering.py": {"payment", "refusal", "stop", "supplement"},  # layouts of papers
    "services/dossiers/adapters/payment_provider.py": {"payment"},  # a member of the provider's answer
    "services/dossiers/catalogue.py": {"handover"},  # a part of a procedure
    "services/dossiers/domain/entries/compared.py": {"copies"},  # how many, here and in the next two
    "services/dossiers/domain/entries/copy.py": {"copies"},
    "services/dossiers/domain/entries/marital_status.py": {"copies"},
    "services/dossiers/domain/entries/death.py": {"death"},  # a group of an entry, here and in the next two
    "services/dossiers/adapters/records.py": {"death"},
    "services/dossiers/use_cases/papers/results.py": {"death"},
    "services/dossiers/domain/notes.py": {"death"},  # a kind of note, here and in the next
    "services/dossiers/use_cases/registers/people_chain.py": {"death"},
    "services/dossiers/domain/queues.py": {"overdue"},  # a filter of the work list, here and in the next
    "services/dossiers/use_cases/office/work_list.py": {"overdue"},
    "services/dossiers/use_cases/clock/timekeeping.py": {"overdue"},  # a finding
    "services/dossiers/use_cases/papers/issuing.py": {"copies", "verification-request"},  # kinds of papers
}
HOMES_IN_SERVICES = {"services/dossiers/domain/acts.py", "services/dossiers/domain/register.py"}


def of_services() -> Iterator[tuple[str, ast.Module]]:
    return ((path, tree) for path, tree in sources("services") if "/migrations/" not in path)


def test_no_service_names_an_act_or_register() -> None:
    """Neither in a comparison nor as the key of a table: code uses the constants of `domain/acts.py` and
    `domain/register.py`.
    """
    names = NAMES | acts.ACTS.keys()
    found = {path: {text for text in constants(tree) if text in names} for path, tree in of_services()}
    assert {path: texts for path, texts in found.items() if texts and path not in HOMES_IN_SERVICES} == OTHER_WORDS


def test_no_service_tells_a_status_by_a_number() -> None:
    found = {path for path, tree in of_services() if any(map(tells_a_status_by_a_number, ast.walk(tree)))}
    assert found == {"services/dossiers/adapters/photographs.py"}, "there they are the turns of a picture"
    assert events.NEW == Status.NEW, "notifications reads it in events, where it is a number"


@pytest.mark.parametrize(
    ("written", "home"),
    [
        ("Asia/Ho_Chi_Minh", "services/chassis/clock.py"),
        ("guided-session", "services/accounts/domain/guidance.py"),  # the purpose of a consent
    ],
)
def test_what_must_agree_is_written_once(written: str, home: str) -> None:
    found = [
        path
        for folder in ("services", "gateway", "deploy")
        for path, tree in sources(folder)
        for text in constants(tree)
        if text == written
    ]
    assert found == [home]


@pytest.mark.parametrize(
    ("written", "home"),
    [
        ("household", "services/accounts/domain/households.py"),  # the purpose of a consent
        ("/here", "services/accounts/domain/learning.py"),
        ("helped", "services/accounts/domain/learning.py"),
    ],
)
def test_what_accounts_and_its_sql_must_agree_on_is_written_once(written: str, home: str) -> None:
    found = [
        path
        for path, tree in sources("services/accounts")
        if "migrations" not in path
        for text in constants(tree)
        if text == written or f"'{written}'" in text
    ]
    assert found == [home]


def test_texts_are_normalised_in_one_place() -> None:
    """Elsewhere a text with marks without end would stop the process for a minute."""
    found = {path for path, node in nodes("services", "gateway", "deploy") if calls_normalize(node)}
    assert found == {"services/chassis/letters.py"}


def calls_normalize(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "normalize" and ast.unparse(node.value) == "unicodedata"


def test_ids_from_outside_are_read_in_one_place() -> None:
    """`UUID(text)` with a fault of its own for what cannot be read; cursors hold an id beside a moment."""
    found = {
        path
        for folder in ("services", "gateway")
        for path, tree in sources(folder)
        for node in ast.walk(tree)
        if isinstance(node, ast.Try) and any("UUID(" in ast.unparse(each) for each in node.body)
    }
    assert found == {"services/chassis/ids.py", "services/dossiers/use_cases/lists.py"}


def names_kinds_in_place(node: ast.AST) -> bool:
    """Whether it compares a refusal's kind with several that have no name together."""
    if not (isinstance(node, ast.Compare) and ast.unparse(node.left).endswith(".kind")):
        return False
    return any("Kind." in ast.unparse(one) and not isinstance(one, ast.Attribute) for one in node.comparators)


def test_which_refusals_a_page_shows_has_a_name() -> None:
    assert names_kinds_in_place(ast.parse("no.kind not in (Kind.INVALID, Kind.STALE)", mode="eval").body)
    found = [path for path, node in nodes("gateway/pages") if names_kinds_in_place(node)]
    assert found == [], "see gateway/pages/refusals.py"


def test_columns_are_sealed_and_opened_in_one_place() -> None:
    found = {
        path
        for path, node in nodes("services/dossiers")
        if isinstance(node, ast.Attribute) and node.attr in ("encrypt", "decrypt")
    }
    assert found == {"services/dossiers/sealed.py", "services/dossiers/use_cases/searches.py"}, (
        "the latter seals a search in an address, bound to the caller, and no column"
    )
