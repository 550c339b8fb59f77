"""The scanner's agent with SANE's own test scanner, against a gateway that answers as the real one does."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from deploy.kiosk.agent import scanner, work
from deploy.kiosk.agent.gateway import Gateway, Scan
from deploy.kiosk.agent.settings import Pairing, Settings, Unusable
from deploy.kiosk.agent.work import Agent, clear

AGENT = Path(__file__).parents[3] / "deploy/kiosk/agent"
TICKET = "a-ticket-that-only-adds-pages"
SMALL = ("--test-picture", "Color pattern", "-x", "50", "-y", "40")
FEEDER = "Automatic Document Feeder"


@pytest.fixture(autouse=True)
def scanimage() -> str:
    """SANE's program; its test scanner is on every machine that has it."""
    found = shutil.which("scanimage")
    if found is None:
        missing = "the agent is not tested: scanimage (Debian: sane-utils) is not on this machine's path"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return found


class FakeGateway:
    """Takes pages as the gateway does: by number, at most 60. `answer` may change what a request gets."""

    def __init__(self) -> None:
        self.scans: list[dict[str, str]] = []
        self.cleared_at: str | None = None
        self.pages: dict[int, bytes] = {}
        self.ended: list[str] = []
        self.asked: list[tuple[str, str, str]] = []  # method, path, authorization
        self.answer: Callable[[str, str], tuple[int, str] | None] = lambda method, path: None
        self.retry_after = ""  # of each answer that `answer` has changed
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                fake.asked.append((self.command, self.path, self.headers.get("Authorization", "")))
                status, answer = fake.serve(self.command, self.path, body)
                content = json.dumps(answer).encode()
                self.send_response(status)
                if status in {429, 503} and fake.retry_after:
                    self.send_header("Retry-After", fake.retry_after)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_PUT = do_POST = do  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def calls(self, of: str) -> int:
        return sum(path.endswith(of) for _, path, _ in self.asked)

    def serve(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        changed = self.answer(method, path)
        if changed is not None:
            return changed[0], {"type": f"https://caunoi.vn/problems/{changed[1]}", "detail": "…"}
        what = path.removeprefix("/api/v1/wards/")
        match what:
            case "20248/enrolments":
                assert json.loads(body) == {"code": "TRYME-SCAN2", "kind": "scanner"}
                answer: tuple[int, Any] = 201, {"credential": "20248.secret"}
            case "20248/device-sessions":
                assert json.loads(body) == {"credential": "20248.secret"}
                answer = 201, {"token": "a.b.c", "expires_in": 600}
            case "20248/scans/next":
                begun = json.loads(body)["begun"]
                assert begun != "", "no id is null"
                self.scans = [scan for scan in self.scans if scan["id"] != begun]
                answer = 200, {"scan": self.scans[0] if self.scans else None, "cleared_at": self.cleared_at}
            case "20227/captures/ticket":
                answer = 200, {"title": "Giấy chứng sinh", "expires_at": None, "pages": 0, "most_pages": 60}
            case "20227/captures/end":
                self.ended.append(json.loads(body)["fault"])
                answer = 200, {}
            case page:
                number = int(page.removeprefix("20227/captures/pages/"))
                if number > 60:
                    return 409, {"type": "https://caunoi.vn/problems/too-many-pages", "detail": "…"}
                self.pages[number] = body
                answer = 200, {}
        return answer


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    fake = FakeGateway()
    yield fake
    fake.server.shutdown()
    fake.server.server_close()


class Station:
    """A computer with the agent on it."""

    def __init__(self, gateway: FakeGateway, folder: Path) -> None:
        self.gateway = gateway
        self.folder = folder
        self.stopped = threading.Event()

    def agent(self, **changes: Any) -> Agent:
        settings = Settings(**{"device": "test:0", "feeder": FEEDER, "options": SMALL, **changes})
        pairing = Pairing(self.gateway.address, "20248", "20248.secret")
        return Agent(settings, Gateway(pairing), self.stopped, self.folder)

    def scan(self, source: str = "feeder", **changes: Any) -> tuple[int, list[str]]:
        """Serves one scan; how many pages have come, and how it ended."""
        self.agent(**changes).serve(Scan("1", "20227", TICKET, source))
        assert list(self.folder.iterdir()) == [], "nothing is left on the computer"
        assert sorted(self.gateway.pages) == list(range(1, len(self.gateway.pages) + 1))
        for page in self.gateway.pages.values():
            Image.open(io.BytesIO(page)).verify()
        return len(self.gateway.pages), self.gateway.ended


@pytest.fixture
def station(gateway: FakeGateway, tmp_path: Path) -> Station:
    folder = tmp_path / "private"
    folder.mkdir()
    return Station(gateway, folder)


def stand_in(tmp_path: Path, script: str) -> str:
    """A `scanimage` that calls the real one, and goes wrong in the middle as the script says."""
    program(tmp_path / "scanimage", script)
    return str(tmp_path / "scanimage")


def test_a_page_from_the_glass(station: Station) -> None:
    assert station.scan("flatbed") == (1, [""])
    assert ("PUT", "/api/v1/wards/20227/captures/pages/1", f"Capture {TICKET}") in station.gateway.asked
    assert not any(TICKET in path for _, path, _ in station.gateway.asked), "the ticket stands in no address"


def test_ten_pages_from_the_feeder_equal_as_they_are(station: Station) -> None:
    assert station.scan() == (10, [""])


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        ("NO_DOCS", "no-paper"),
        ("JAMMED", "jammed"),
        ("COVER_OPEN", "cover-open"),
        ("DEVICE_BUSY", "device-busy"),
        ("IO_ERROR", "device-gone"),
    ],
)
def test_no_page_at_all_has_its_reason(station: Station, status: str, fault: str) -> None:
    options = (*SMALL, "--read-return-value", f"SANE_STATUS_{status}")
    assert station.scan(options=options) == (0, [fault])


def test_scanimage_may_forget_its_status_at_its_end(station: Station, scanimage: str, tmp_path: Path) -> None:
    """Where a signal of its own driver ends it; what it has said before counts."""
    program = stand_in(tmp_path, f'{scanimage} "$@" --read-return-value SANE_STATUS_JAMMED; exit 0')
    assert station.scan(program=program) == (0, ["jammed"])


def test_a_driver_that_hangs_while_it_lets_go_has_said_what_is_wrong(
    station: Station, scanimage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is waited for no longer than it takes to let go, and its own process is not left holding the scanner."""
    monkeypatch.setattr(scanner, "_STOP_SECONDS", 1.0)
    reader = tmp_path / "reader"
    program = stand_in(
        tmp_path,
        f'{scanimage} "$@" --read-return-value SANE_STATUS_NO_DOCS; '
        f'(trap "" TERM; while :; do sleep 0.1; done) & echo $! >{reader}; exec sleep 600',
    )
    started = time.monotonic()
    assert station.scan(program=program) == (0, ["no-paper"])
    assert time.monotonic() - started < Settings().page_seconds / 2
    pid = int(reader.read_text())
    _until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


def test_sixty_pages_and_the_sixty_first_is_refused(station: Station, scanimage: str, tmp_path: Path) -> None:
    program = stand_in(tmp_path, f'exec {scanimage} "$@" --source Flatbed --batch-count=70')
    assert station.scan(program=program) == (60, ["too-many-pages"])


def test_a_jam_in_the_middle_loses_no_page_that_came_before(station: Station, scanimage: str, tmp_path: Path) -> None:
    program = stand_in(
        tmp_path,
        f'{scanimage} "$@" --batch-count=3 || exit; '
        f'exec {scanimage} "$@" --batch-start=4 --read-return-value SANE_STATUS_JAMMED',
    )
    assert station.scan(program=program) == (3, ["jammed"])


def test_a_scanner_that_goes_in_the_middle(station: Station, scanimage: str, tmp_path: Path) -> None:
    program = stand_in(tmp_path, f'{scanimage} "$@" --batch-count=2; exec {scanimage} -d no-such:0 --batch=x%d.jpg')
    assert station.scan(program=program) == (2, ["device-gone"])


def test_a_scanner_that_hangs_in_the_middle_is_given_up(station: Station, scanimage: str, tmp_path: Path) -> None:
    program = stand_in(tmp_path, f'{scanimage} "$@" --batch-count=2; exec sleep 600')
    started = time.monotonic()
    assert station.scan(program=program, page_seconds=3) == (2, ["device-gone"])
    assert time.monotonic() - started < 60


def test_a_scanner_or_program_that_is_not_there(station: Station) -> None:
    assert station.scan(device="no-such:0") == (0, ["device-gone"])
    assert station.scan(program="/no/such/program") == (0, ["device-gone", "device-gone"])


def test_pages_wait_while_the_gateway_is_away(station: Station) -> None:
    tries: list[str] = []

    def away(method: str, path: str) -> tuple[int, str] | None:
        tries.append(path)
        return (503, "ward-busy") if tries.count(path) < 3 and path.endswith(("pages/2", "end")) else None

    station.gateway.answer = away
    assert station.scan() == (10, [""])
    assert [tries.count(f"/api/v1/wards/20227/captures/pages/{number}") for number in (1, 2, 3)] == [1, 3, 1]


@pytest.mark.parametrize(
    ("status", "retry_after", "least"),
    [
        (429, lambda: "4", 4),
        (503, lambda: "4", 4),
        (429, lambda: formatdate(time.time() + 5, usegmt=True), 4),
        (429, lambda: "86400", 6),
        (429, lambda: "soon", 1),
        (429, lambda: "Wed, 21 Oct 2015 07:28:00 GMT", 1),
    ],
    ids=["seconds", "seconds of a busy ward", "a date", "a day", "unreadable", "a date that has passed"],
)
def test_a_page_is_sent_again_when_the_gateway_says_and_within_a_bound(
    station: Station,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    status: int,
    retry_after: Callable[[], str],
    least: float,
) -> None:
    monkeypatch.setattr(work, "MOST_ASKED_SECONDS", 6.0)
    tries: list[float] = []

    def throttled(method: str, path: str) -> tuple[int, str] | None:
        if not path.endswith("pages/1"):
            return None
        tries.append(time.monotonic())
        station.gateway.retry_after = retry_after()
        return (status, "too-many-complex-files") if len(tries) == 1 else None

    station.gateway.answer = throttled
    assert station.scan("flatbed") == (1, [""])
    first, again = tries
    assert least - 0.1 <= again - first
    assert ("next try at" in caplog.text) == (least > 1)


def test_a_gateway_that_asks_for_a_pause_is_not_asked_for_work_meanwhile(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[float] = []

    def throttled(method: str, path: str) -> tuple[int, str] | None:
        if not path.endswith("scans/next"):
            return None
        tries.append(time.monotonic())
        return (429, "too-many-requests") if len(tries) == 1 else None

    station.gateway.answer, station.gateway.retry_after = throttled, "5"
    working = threading.Thread(target=station.agent().run)
    working.start()
    try:
        _until(lambda: len(tries) > 1)
    finally:
        station.stopped.set()
        working.join(30)
    assert tries[1] - tries[0] >= 5


def test_a_ticket_that_is_over_stops_the_scanner(station: Station) -> None:
    station.gateway.answer = lambda _, path: (409, "ticket-over") if path.endswith("pages/3") else None
    assert station.scan() == (2, [])


@pytest.mark.parametrize("type", ["ticket-over", "unknown-ticket", "wrong-state"])
def test_no_paper_is_moved_for_a_ticket_that_is_over_before_the_scan(
    station: Station, tmp_path: Path, type: str
) -> None:
    program = stand_in(tmp_path, f"touch {tmp_path}/moved")
    station.gateway.answer = lambda _, path: (409, type) if path.endswith("ticket") else None
    assert station.scan(program=program) == (0, [])
    assert not (tmp_path / "moved").exists()


@pytest.mark.parametrize("gateway_is_away", [False, True])
def test_a_scan_stops_as_soon_as_somebody_leaves_the_computer(
    station: Station, scanimage: str, tmp_path: Path, gateway_is_away: bool
) -> None:
    """Also one whose second page waits to be sent; the next scan is made for the person who sits there then."""
    program = stand_in(
        tmp_path,
        f'[ -e "{tmp_path}/again" ] && exec {scanimage} "$@"; touch "{tmp_path}/again"; '
        f'{scanimage} "$@" --batch-count=2; '
        f"trap 'touch \"{tmp_path}/stopped\"; exit' TERM; while :; do sleep 0.1; done",
    )
    gateway = station.gateway
    gateway.scans += [{"id": id, "ward": "20227", "ticket": TICKET, "source": "flatbed"} for id in ("1", "2")]
    gateway.answer = lambda _, path: (503, "ward-busy") if gateway_is_away and path.endswith("pages/2") else None
    working = threading.Thread(target=station.agent(program=program).run)
    working.start()
    try:
        _until(lambda: gateway.calls("pages/2") > 0)
        assert gateway.ended == []
        gateway.cleared_at = "2026-11-28T10:00:00+07:00"
        left = time.monotonic()
        _until((tmp_path / "stopped").exists)
        assert time.monotonic() - left < 10
        _until(lambda: gateway.ended == ["device-gone", ""] and not gateway.scans)
    finally:
        station.stopped.set()
        working.join(30)


def test_a_page_that_cannot_be_used_ends_the_scan_instead_of_letting_people_wait(station: Station) -> None:
    station.gateway.answer = lambda _, path: (400, "image-too-large") if path.endswith("pages/2") else None
    assert station.scan() == (1, ["device-gone"])


def test_the_agent_takes_scans_comes_back_by_itself_and_clears(station: Station, tmp_path: Path) -> None:
    downloads = tmp_path / "downloads"
    (downloads / "inside").mkdir(parents=True)
    (downloads / "receipt.pdf").write_text("somebody's")
    (station.folder / "caunoi-scan-left").mkdir()
    gateway = station.gateway
    gateway.answer = lambda _, path: (502, "") if path.endswith("device-sessions") and len(gateway.asked) < 3 else None
    gateway.cleared_at = "2026-11-28T10:00:00+07:00"
    working = threading.Thread(target=station.agent(downloads=downloads).run)
    working.start()
    try:
        gateway.scans.append({"id": "1", "ward": "20227", "ticket": TICKET, "source": "flatbed"})
        _until(lambda: gateway.ended == [""])
        _until(lambda: not list(station.folder.iterdir()))
        assert len(list(downloads.iterdir())) == 2, "somebody sits there while the agent restarts"
        gateway.cleared_at = "2026-11-28T10:20:00+07:00"
        _until(lambda: not list(downloads.iterdir()))
        (downloads / "of the next.pdf").write_text("somebody's")
        asked = gateway.calls("next")
        _until(lambda: not gateway.scans and gateway.calls("next") > asked + 2)
        assert len(list(downloads.iterdir())) == 1, "cleared once for each time that somebody leaves"
        gateway.cleared_at = "2026-11-28T10:30:00+07:00"
        _until(lambda: not list(downloads.iterdir()))
    finally:
        station.stopped.set()
        working.join(30)
    assert not working.is_alive()
    assert sum(path.endswith("device-sessions") for _, path, _ in gateway.asked) <= 4, "a token serves many calls"


def test_a_token_that_ended_early_is_renewed(station: Station) -> None:
    gateway = station.gateway
    gateway.answer = lambda _, path: (
        (401, "not-signed-in") if path.endswith("next") and sum(one[1] == path for one in gateway.asked) == 2 else None
    )
    calls = Gateway(Pairing(gateway.address, "20248", "20248.secret"))
    assert calls.take_scan() == (None, "")
    assert calls.take_scan() == (None, "")
    assert sum(path.endswith("device-sessions") for _, path, _ in gateway.asked) == 2


def test_leaving_empties_the_print_queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called = tmp_path / "called"
    program(tmp_path / "cancel", f'echo "$@" > {called}')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    clear(Settings())
    assert called.read_text().strip() == "-a"


def test_a_scanner_that_works_is_heard_and_hears_that_somebody_left(
    station: Station, scanimage: str, tmp_path: Path
) -> None:
    """It gets nothing else to do meanwhile, and makes each scan once, even where its word of the first is lost."""
    (downloads := tmp_path / "downloads").mkdir()
    (downloads / "receipt.pdf").write_text("somebody's")
    go_on = tmp_path / "go on"
    program = stand_in(tmp_path, f'while [ ! -e "{go_on}" ]; do sleep 0.1; done; exec {scanimage} "$@"')
    gateway = station.gateway
    gateway.scans += [{"id": id, "ward": "20227", "ticket": TICKET, "source": "flatbed"} for id in ("1", "2")]
    gateway.answer = lambda _, path: (502, "") if path.endswith("next") and gateway.calls("next") in (2, 3) else None
    working = threading.Thread(target=station.agent(program=program, downloads=downloads).run)
    working.start()
    try:
        _until(lambda: gateway.calls("next") > 5)
        assert not gateway.pages
        gateway.cleared_at = "2026-11-28T10:00:00+07:00"
        _until(lambda: not list(downloads.iterdir()))
        assert [scan["id"] for scan in gateway.scans] == ["2"]
        go_on.touch()
        _until(lambda: gateway.ended == ["device-gone", ""] and not gateway.scans)
    finally:
        go_on.touch()
        station.stopped.set()
        working.join(30)
    assert gateway.calls("pages/1") == 1, "nothing was scanned for whoever had left"


def test_what_has_lain_there_for_an_hour_is_cleared_without_a_word(
    station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "OLD_SECONDS", 3.0)
    called = tmp_path / "called"
    program(tmp_path / "cancel", f'echo "$@" >> {called}')
    program(tmp_path / "lpstat", "echo 'printer-7 somebody 1024 Sat'")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    (downloads := tmp_path / "downloads").mkdir()
    (downloads / "receipt.pdf").write_text("somebody's")
    working = threading.Thread(target=station.agent(downloads=downloads).run)
    working.start()
    try:
        _until(lambda: not list(downloads.iterdir()))
        _until(called.exists)
    finally:
        station.stopped.set()
        working.join(30)
    assert set(called.read_text().split()) == {"printer-7"}, "the jobs of whoever sits there now are left alone"


def test_what_cannot_be_cleared_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    program(tmp_path / "cancel", "exec sleep 60")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(work, "_CUPS_SECONDS", 0.2)
    (downloads := tmp_path / "downloads").mkdir()
    for name in ("kept.pdf", "receipt.pdf"):
        (downloads / name).write_text("somebody's")
    unlink = Path.unlink

    def unlink_some(path: Path, missing_ok: bool = False) -> None:
        if path.name == "kept.pdf":
            raise PermissionError(path)
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink_some)
    clear(Settings(downloads=downloads))
    assert [each.name for each in downloads.iterdir()] == ["kept.pdf"]
    assert ("the print queue does not answer" in caplog.text, "kept.pdf" in caplog.text) == (True, True)


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/bash\n{script}\n")
    path.chmod(0o755)


def agent(home: Path, *arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    """The agent as an operator starts it: with the system's Python, from a copy of its folder."""
    return subprocess.run(
        [sys.executable, "-I", "-c", _ALONE, str(home.parent / "copy"), "--home", str(home), *arguments],
        input=said,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


#: Without any package but Python's own: -I leaves out the folder of the tests.
_ALONE = """
import sys
sys.path[:] = [sys.argv[1], *(each for each in sys.path if "site-packages" not in each)]
from agent.__main__ import main
raise SystemExit(main(sys.argv[2:]))
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copytree(AGENT, tmp_path / "copy/agent")
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def test_a_copied_folder_pairs_and_keeps_its_credential_to_itself(home: Path, gateway: FakeGateway) -> None:
    done = agent(home, "pair", "--gateway", gateway.address, "--ward", "20248", said="TRYME-SCAN2\n")
    assert (done.returncode, done.stderr) == (0, "")
    credential = home / "credential.json"
    assert stat.S_IMODE(credential.stat().st_mode) == 0o600
    assert Pairing.read(credential) == Pairing(gateway.address, "20248", "20248.secret")
    gateway.answer = lambda *_: (400, "wrong-code")
    refused = agent(home, "pair", "--gateway", gateway.address, "--ward", "20248", said="WRONG-CODE2\n")
    assert (refused.returncode, refused.stderr) == (1, "…\n")
    assert Pairing.read(credential).credential == "20248.secret", "the old one stays"


def test_the_credential_goes_over_no_open_network(home: Path) -> None:
    done = agent(home, "pair", "--gateway", "http://caunoi.vn", "--ward", "20248", said="TRYME-SCAN2\n")
    assert done.returncode == 1
    assert "https://" in done.stderr


def test_check_tries_the_scanner(home: Path) -> None:
    (home / "agent.ini").write_text(f"[scanner]\ndevice = test:0\nfeeder = {FEEDER}\n")
    done = agent(home, "check")
    assert done.returncode == 0, done.stderr
    assert FEEDER in done.stdout
    assert "The scanner works" in done.stdout
    (home / "agent.ini").write_text("[scanner]\ndevice = no-such:0\n")
    assert agent(home, "check").returncode == 1


def test_settings_that_are_wrong_are_named(tmp_path: Path) -> None:
    file = tmp_path / "agent.ini"
    for text, named in (
        ("[scanner]\ncolour = 1", "colour"),
        ("[scanner]\nresolution = high", "high"),
        ("x", "agent.ini"),
    ):
        file.write_text(text)
        with pytest.raises(Unusable, match=named):
            Settings.read(file)
    file.write_text('[scanner]\noptions = --test-picture "Color pattern"\n[kiosk]\ndownloads = ~/Downloads\n')
    read = Settings.read(file)
    assert read.options == ("--test-picture", "Color pattern")
    assert read.downloads == Path.home() / "Downloads"
    assert Settings.read(tmp_path / "none.ini") == Settings()


def _until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
