"""Fills a ward's dossiers database: dossiers, what belongs to them, and whole registers, as if filed over twenty years.

Everything is as the service writes it: forms and entries are sealed with the ward's cipher, the books are chained,
names are searchable, files have their rows. Two processes generate and COPY; indexes are made at the end. Dates of
birth in forms and entries are those of the sample forms, so that nothing has to be worded anew for each.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import random
import secrets
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from services.chassis.capacity import Capacity
from services.chassis.clock import VIETNAM
from services.chassis.database.encryption import Cipher, load_ciphers
from services.chassis.district import Ward
from services.dossiers.adapters.records import number_fingerprints
from services.dossiers.domain.canonical import canonical
from services.dossiers.domain.entries import PEOPLE, entry_content
from services.dossiers.domain.register import GENESIS, REGISTERS, Registration, book_label
from services.dossiers.domain.states import FINAL, Status
from services.dossiers.tables import NEVER
from services.dossiers.use_cases.findable import number_word
from tests.load.names import RARE, Name, everybody
from tests.unit.dossiers import birth_forms
from tests.unit.dossiers.copy_forms import COPY
from tests.unit.dossiers.death_forms import DEATH
from tests.unit.dossiers.marital_status_forms import MARITAL_STATUS
from tests.unit.dossiers.marriage_forms import MARRIAGE
from tests.unit.dossiers.worlds import Filing

YEARS = 20
FILINGS = {
    "1.001193": Filing(birth_forms.BIRTH, birth_forms.birth_form(), birth_forms.TODAY),
    "1.000894": MARRIAGE,
    "1.000656": DEATH,
    "1.004873": MARITAL_STATUS,
    "2.000635": COPY,
}
#: Shares of the filings, in percent, by procedure.
SHARES = {"1.001193": 40, "1.000894": 12, "1.000656": 13, "1.004873": 20, "2.000635": 15}
#: An office has about as many dossiers in work however long it exists; of the rest most were handed over.
ALWAYS = {
    **dict.fromkeys((Status.NEW, Status.ACCEPTED, Status.IN_PROGRESS), 90),
    **dict.fromkeys((Status.DRAFT, Status.SUPPLEMENT_ASKED, Status.PAYMENT_ASKED, Status.DONE, *FINAL), 60),
}
LATER = {Status.HANDED_OVER: 88, Status.REFUSED: 5, Status.WITHDRAWN: 3, Status.STOPPED: 2, Status.DONE: 2}
CHARGED = ("1.004873", "2.000635")
REGISTERED = (Status.DONE, Status.HANDED_OVER)
FILENAME = "giay-to.jpg"
_NUMBER, _YEAR, _DAY, _BOOK = 987654321, 876543210, date(1911, 11, 11), "@book@"
_NULL = r"\N"
_BATCH = 4000  # dossiers

TABLES = {
    "dossiers": "id version procedure procedure_version status code applicant_id applicant_ward applicant_name channel"
    " assistance subject_name search form tracking_key tracking_fingerprint likeness created_at updated_at submitted_at"
    " accepted_at paused_at due_at urgent_at promised_at finished_at reminded_at overdue_at assigned_to_id assigned_to"
    " sequence",
    "documents": "id dossier_id kind filename media_type size sha256 path added_at filed_at",
    "history": "dossier_id sequence at act status actor actor_id officer reason article",
    "told": "message_id dossier_id channel template delivered at",
    "fees": "id dossier_id lines exemption total reference asked_at settled_at method receipt",
    "payments": "transaction reference amount paid_at noted_at told_by outcome",
    "register_entries": "id register year number book dossier_id content previous_digest digest registered_at"
    " signer_id signer_name signer_title certificate_id search",
    "register_people": "entry_id part register name birth_date birth_year numbers",
    "certificates": "id entry_id number status sha256 path size made_at",
}


@dataclass(frozen=True)
class Plan:
    """What to fill: `count` dossiers of a ward; `applicant` has 60 of them, `officers` two thirds of those in work."""

    url: str
    keys: Path
    ward: Ward
    count: int
    now: datetime
    applicant: str
    officers: tuple[str, ...]


def fill(plan: Plan) -> None:
    """Fills the database of a ward where nothing is yet."""
    with psycopg.connect(plan.url, autocommit=True) as connection:
        indexes = _take_indexes(connection)
        # Fork would copy what this process has open: threads, connections.
        with multiprocessing.get_context("spawn").Pool(2) as pool:  # ends its processes when the block ends
            for books in pool.imap(partial(_fill_year, plan), range(YEARS)):
                _write_books(connection, books)
        connection.execute("SET maintenance_work_mem = '256MB'")
        for definition in indexes:
            connection.execute(definition)
        connection.execute("VACUUM ANALYZE")


def _take_indexes(connection: psycopg.Connection[tuple[Any, ...]]) -> list[bytes]:
    """Drops the indexes that belong to no constraint; returns how they are made."""
    found = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid::regclass::text = ANY(%s)"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
        (list(TABLES),),
    ).fetchall()
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}".encode())
    return [definition.encode() for _, definition in found]


def _write_books(connection: psycopg.Connection[tuple[Any, ...]], books: list[tuple[Any, ...]]) -> None:
    connection.cursor().executemany(
        "INSERT INTO register_books (register, year, first_number, last_number, last_digest, volume, opened_at)"
        " VALUES (%s, %s, 1, %s, %s, 1, %s) ON CONFLICT (register, year) DO UPDATE"
        " SET last_number = excluded.last_number, last_digest = excluded.last_digest",
        books,
    )


@dataclass(frozen=True)
class Sample:
    """A procedure's form and entry as JSON, with `@0@`, `@1@` … in place of names."""

    procedure: str
    version: str
    register: str
    form: str
    content: str
    canonical: str
    subject: int
    people: tuple[tuple[str, int], ...]  # parts of the entry, and which name each has
    names: int
    document: str


def _sample(code: str, ward: Ward) -> Sample:
    filing = FILINGS[code]
    names: list[str] = []
    form = _with_marks(filing.form, names)
    registration = Registration(
        book=_BOOK,
        year=_YEAR,
        number=_NUMBER,
        registered_on=_DAY,
        place=f"Ủy ban nhân dân {ward.name}",
        signer_name="Trần Đình Quang",
        signer_title="Chủ tịch UBND phường",
        signer_capacity=Capacity.HEAD,
        source=_source(code, ward),
    )
    register = filing.procedure.register.name
    content = entry_content(register, form, registration)
    people = PEOPLE[register](form, registration)
    subject = filing.procedure.subject_name.removeprefix("/").split("/")
    marked: Any = form
    for part in subject:
        marked = marked[part]
    return Sample(
        procedure=code,
        version=filing.procedure.version,
        register=register,
        form=json.dumps(form, ensure_ascii=False),
        content=json.dumps(content, ensure_ascii=False),
        canonical=canonical(content).decode(),
        subject=names.index(marked),
        people=tuple((part, names.index(each.full_name)) for part, each in people.items() if each.full_name in names),
        names=len(names),
        document=filing.procedure.documents[0].kind,
    )


def _source(code: str, ward: Ward) -> dict[str, Any] | None:
    """The parts of a copy."""
    if FILINGS[code].procedure.register.name != "copies":
        return None
    birth = json.loads(_sample("1.001193", ward).content)
    return {**birth, "entry_id": "00000000-0000-4000-8000-000000000000", "later_notes": []}


def _with_marks(value: Any, names: list[str]) -> Any:
    """The form with a mark in the place of each name; `names` gets the marks."""
    if not isinstance(value, dict):
        return value
    marked = {}
    for key, member in value.items():
        if key == "full_name" and isinstance(member, str):
            names.append(f"@{len(names)}@")
            marked[key] = names[-1]
        else:
            marked[key] = _with_marks(member, names)
    return marked


@dataclass
class _Year:
    """One year's work: rows gathered by table, and how far each book is."""

    plan: Plan
    cipher: Cipher
    dice: random.Random
    year: int
    names: list[Name]
    lines: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    digests: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    days: dict[date, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, table: str, *values: str) -> None:
        self.lines[table].append("\t".join(values))

    def next_code(self, day: date) -> str:
        self.days[day] += 1
        return f"{self.plan.ward.agency_id}-{day:%y%m%d}-{self.days[day]:04d}"


def _fill_year(plan: Plan, back: int) -> list[tuple[Any, ...]]:
    """Writes the dossiers of a year; returns its books. `back`: how many years ago, 0 for the one that runs."""
    today = plan.now.astimezone(VIETNAM).date()
    year = today.year - back
    dice = random.Random(f"{plan.ward.code}-{year}")
    work = _Year(plan, load_ciphers(plan.keys)[plan.ward.code], dice, year, everybody())
    samples = [_sample(code, plan.ward) for code in SHARES]
    chosen = dice.choices(samples, list(SHARES.values()), k=len(moments := list(_moments(plan, today, back, dice))))
    with psycopg.connect(plan.url) as connection:
        # As on a replica: what refers to what is right already.
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        for count, ((at, status, special), sample) in enumerate(zip(moments, chosen, strict=True), 1):
            _dossier(work, sample, at, status, special)
            if count % _BATCH == 0:
                _copy(connection, work)
        _copy(connection, work)
    opened = datetime(year, 1, 1, tzinfo=VIETNAM)
    return [(register, year, number, digest, opened) for register, (number, digest) in work.digests.items()]


def _moments(plan: Plan, today: date, back: int, dice: random.Random) -> Iterator[tuple[datetime, Status, str]]:
    """When a dossier was filed, in order, its present status, and its applicant: `own`, `rare` or anybody."""
    rest = plan.count - sum(ALWAYS.values())
    share = rest // YEARS + (rest % YEARS if back == 0 else 0)
    begin = datetime.combine(date(today.year - back, 1, 1), time(8), VIETNAM)
    # The last fortnight of the running year belongs to what is in work.
    end = datetime.combine(today, time(8), VIETNAM) - timedelta(days=15) if back == 0 else begin + timedelta(days=364)
    for at, status in enumerate(dice.choices(list(LATER), list(LATER.values()), k=share)):
        yield begin + (end - begin) * at / max(share, 1), status, ""
    if back == 0:
        in_work = [status for status, count in ALWAYS.items() for _ in range(count)]
        random.Random(0).shuffle(in_work)  # the same in each ward, so that their lists are as long
        own = iter(["own"] * 60 + ["rare"] * 3)
        for at, status in enumerate(in_work):
            special = next(own, "") if status is not Status.DRAFT else ""
            yield end + timedelta(days=13) * at / len(in_work), status, special


def _copy(connection: psycopg.Connection[tuple[Any, ...]], work: _Year) -> None:
    for table, lines in work.lines.items():
        columns = ", ".join(TABLES[table].split())
        with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
            copy.write("\n".join(lines) + "\n")
    work.lines.clear()
    connection.commit()


def _dossier(work: _Year, sample: Sample, at: datetime, status: Status, special: str) -> None:
    dice, plan, id = work.dice, work.plan, _uuid()
    names = dice.choices(work.names, k=sample.names)
    if special == "rare":
        names[sample.subject] = RARE
    subject, applicant = names[sample.subject], names[0]
    filed = status is not Status.DRAFT
    channel = "online" if special == "own" else dice.choices(("online", "counter", "post"), (60, 35, 5))[0]
    code = work.next_code(at.date()) if filed else ""
    times = _times(work, at, status)
    key = secrets.token_hex(6).upper()
    assigned = _assigned(work, status)
    work.add(
        *("dossiers", id, "5" if filed else "2", sample.procedure, sample.version, str(int(status)), code or _NULL),
        *(_applicant(work, channel, special), plan.ward.code if channel == "online" else "", applicant.text, channel),
        *("alone" if channel == "online" else "counter", subject.text),
        _vector(_found_by(work, code, subject, applicant)) if filed else _NULL,
        _sealed(work, _named(sample.form, names), f"dossier:{id}"),
        _sealed(work, key, f"tracking:{id}") if filed else _NULL,
        _bytes(work.cipher.fingerprint(f"tracking:{code}:{key}")) if filed else _NULL,
        _bytes(secrets.token_bytes(32)) if filed else _NULL,
        *(times[each] for each in _MOMENTS.split()),
        *(assigned or _NULL, "Nguyễn Đình Khôi" if assigned else _NULL, "4" if filed else "0"),
    )
    digest = hashlib.sha256(id.encode()).hexdigest()
    path = f"{plan.ward.code}/{id}/{digest}"
    work.add(
        *("documents", _uuid(), id, sample.document, FILENAME, "image/jpeg", "180000", digest, path),
        *(times["created"], times["submitted"]),
    )
    if filed:
        work.add("told", _uuid(), id, "sms", "dossier-submitted", "t", times["submitted"])
        _history(work, id, at, status)
    if sample.procedure in CHARGED and filed and status is not Status.NEW:
        _fee(work, id, code, at, status)
    if status in REGISTERED:
        _entry(work, sample, names, id, at + timedelta(hours=6))


def _applicant(work: _Year, channel: str, special: str) -> str:
    if special == "own":
        return work.plan.applicant
    if channel != "online":
        return ""
    return _uuid_of(work.dice.randrange(work.plan.count // 3 + 1))


def _assigned(work: _Year, status: Status) -> str:
    """A third of the open dossiers is unassigned; finished ones were done by the staff of that time."""
    if status is Status.DRAFT:
        return ""
    if status in FINAL or status is Status.DONE:
        return _uuid_of(1 + work.dice.randrange(5)) if work.dice.random() < 0.95 else ""
    return work.dice.choice(("", *work.plan.officers))


_MOMENTS = "created updated submitted accepted paused due urgent promised finished reminded overdue"


def _times(work: _Year, at: datetime, status: Status) -> dict[str, str]:
    """The dossier's moments as COPY takes them."""
    times = dict.fromkeys(_MOMENTS.split(), _NULL)
    times |= {"created": at.isoformat(), "updated": at.isoformat(), "urgent": NEVER.isoformat()}
    if status is Status.DRAFT:
        return times
    times["submitted"] = times["promised"] = at.isoformat()
    if status not in (Status.NEW, Status.REFUSED):
        times["accepted"] = (at + timedelta(hours=2)).isoformat()
    if status in FINAL or status is Status.DONE:
        times["finished"] = times["updated"] = (at + timedelta(hours=6)).isoformat()
    elif status in (Status.SUPPLEMENT_ASKED, Status.PAYMENT_ASKED):
        times["paused"] = (at + timedelta(hours=3)).isoformat()
    else:
        due = work.plan.now + timedelta(minutes=work.dice.randrange(-7 * 1440, 5 * 1440))
        times["due"] = times["urgent"] = times["promised"] = due.isoformat()
        times["overdue" if due < work.plan.now else "reminded"] = due.isoformat()  # the sweep has seen it
    return times


_STEPS = ("submission", "acceptance", "approval", "signature", "handover")
_LAST = {Status.REFUSED: "refusal", Status.WITHDRAWN: "withdrawal", Status.STOPPED: "stop"}


def _history(work: _Year, id: str, at: datetime, status: Status) -> None:
    lengths = {Status.NEW: 1, Status.REFUSED: 1, Status.DONE: 4, Status.HANDED_OVER: 5}
    acts = [*_STEPS[: lengths.get(status, 2)], *filter(None, [_LAST.get(status)])]
    for sequence, act in enumerate(acts, 1):
        moment = (at + timedelta(hours=sequence)).isoformat()
        work.add("history", id, str(sequence), moment, act, str(int(status)), "Bộ phận Một cửa", "", "", "", "")


def _fee(work: _Year, dossier: str, code: str, at: datetime, status: Status) -> None:
    """Asked for an hour after the filing; paid an hour later, every fourth time online."""
    reference = "CN" + "".join(letter for letter in code if letter.isalnum())
    asked, paid = (at + timedelta(hours=1)).isoformat(), (at + timedelta(hours=2)).isoformat()
    is_paid, online = status is not Status.PAYMENT_ASKED, work.dice.random() < 0.25
    how = (paid, "provider" if online else "counter", reference) if is_paid else (_NULL,) * 3
    work.add("fees", _uuid(), dossier, "[]", "", "8000", reference, asked, *how)
    if is_paid and online:
        work.add("payments", reference, reference, "8000", paid, paid, "callback", "settled")


def _entry(work: _Year, sample: Sample, names: list[Name], dossier: str, at: datetime) -> None:
    id, register = _uuid(), sample.register
    last, previous = work.digests.get(register, (0, GENESIS))
    number, book = last + 1, book_label(work.year, REGISTERS[register].suffix)
    tokens = {str(_NUMBER): str(number), str(_YEAR): str(work.year), _DAY.isoformat(): f"{at:%Y-%m-%d}", _BOOK: book}

    def written(text: str) -> str:
        for token, value in tokens.items():
            text = text.replace(token, value)
        return _named(text, names, upper=True)

    digest = hashlib.sha256(previous + written(sample.canonical).encode()).digest()
    work.digests[register] = number, digest
    found_by = {word for _, name in sample.people for word in names[name].words}
    certificate = f"{work.plan.ward.code}-{secrets.token_hex(8)}"
    work.add(
        *("register_entries", id, register, str(work.year), str(number), book, dossier),
        _sealed(work, written(sample.content), f"entry:{id}"),
        *(_bytes(previous), _bytes(digest), at.isoformat(), "", "Trần Đình Quang", "Chủ tịch UBND phường", certificate),
        _vector([*found_by, str(number), f"{number}/{work.year}", f"{number:02d}/{work.year}"]),
    )
    for part, name in sample.people:
        born = date(1940, 1, 1) + timedelta(days=work.dice.randrange(31000))
        numbers = number_fingerprints(work.cipher, frozenset([f"{work.dice.randrange(10**12):012d}"]))
        work.add(
            *("register_people", id, part, register, names[name].folded, born.isoformat(), str(born.year)),
            '{"' + '","'.join(_bytes(each).replace("\\", "\\\\") for each in numbers) + '"}',
        )
    sha = hashlib.sha256(certificate.encode()).hexdigest()
    path = f"{work.plan.ward.code}/{dossier}/{sha}"
    work.add("certificates", certificate, id, f"{number:02d}/{work.year}", "valid", sha, path, "90000", at.isoformat())


def _named(text: str, names: list[Name], *, upper: bool = False) -> str:
    for at, name in enumerate(names):
        text = text.replace(f"@{at}@", name.upper if upper else name.text)
    return text


def _sealed(work: _Year, plain: str, context: str) -> str:
    return _bytes(work.cipher.encrypt(plain, context))


def _bytes(value: bytes) -> str:
    return r"\\x" + value.hex()


def _found_by(work: _Year, code: str, *people: Name) -> list[str]:
    """As the service makes a dossier findable, with a phone and the papers of two."""
    ends = [code[-4:], *(f"{work.dice.randrange(10_000):04d}" for _ in range(3))]
    numbers = [number_word(work.cipher, work.plan.ward.code, digits) for digits in ends]
    return [*(word for one in people for word in one.words), code.casefold(), code.split("-", 1)[-1], *numbers]


def _vector(words: list[str]) -> str:
    return " ".join(f"'{word}'" for word in sorted(set(words)))


def _uuid() -> str:
    return _dashed(secrets.token_hex(16))


def _uuid_of(number: int) -> str:
    return _dashed(f"{number:032x}")


def _dashed(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"
