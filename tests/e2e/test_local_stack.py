"""The one-command stack itself: refusals that say what to do, a second start that finds everything as it was."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from deploy.local import home as home_of_stacks
from deploy.local.home import StackFault
from deploy.local.ports import HOST, ports_from
from deploy.local.stack import Stack
from deploy.local.waiting import wait_until
from services.chassis.clock import SystemClock, today_in_vietnam
from services.chassis.district import District
from tests.e2e.api import Api, sign_in

SECONDS = 60


def test_a_second_start_in_the_same_place_says_that_one_runs(stack: Stack) -> None:
    with pytest.raises(StackFault, match=rf"runs in .* already \(process {os.getpid()}, {stack.urls['gateway']}\)"):
        Stack(stack.home, 0).start()
    stack.wait_ready(seconds=SECONDS)


def test_a_taken_port_is_named_and_nothing_starts(tmp_path: Path) -> None:
    ports = ports_from(0)
    with socket.create_server((HOST, ports.dossiers)):
        done = _make_run(tmp_path, ports.gateway)
    assert done.returncode == 1
    assert f"{ports.dossiers} (dossiers), held by process {os.getpid()}" in done.stderr
    assert "CAUNOI_PORT=" in done.stderr
    assert _working_for(tmp_path) == []


def test_a_full_disk_is_reported_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_of_stacks, "LEAST_FREE_BYTES", 1 << 60)
    with pytest.raises(StackFault, match=r"Only \d+ MB are free .*\n.*CAUNOI_HOME"):
        Stack(tmp_path, 0).start()


def test_a_port_that_is_no_number_is_refused(tmp_path: Path) -> None:
    done = _make_run(tmp_path, "eighty")
    assert done.returncode == 2
    assert "CAUNOI_PORT has to be a number" in done.stderr


def test_data_of_a_running_stack_cannot_be_removed(stack: Stack) -> None:
    with pytest.raises(StackFault, match="already"):
        Stack(stack.home, 0).forget()
    stack.wait_ready(seconds=SECONDS)


def test_a_start_by_command_finds_all_as_it_was_and_its_end_leaves_no_process(stack: Stack) -> None:
    people = _counts(stack)
    keys = (stack.home / "keys" / "trusted.json").read_bytes()
    assert people["staff"] > 0
    stack.stop()
    try:
        printed = _run_until_ready(stack.home)
    finally:
        stack.start()
    assert "motcua.nam-duong" in printed
    assert "cau-noi-chay-thu" in printed
    story = printed.partition("A guided filing in two windows")[2]
    for said in ("/kiosk/ghi-danh", "Nhờ hướng dẫn", "tinhnguyen.nam-duong", "/tinh-nguyen", "/dev/messages"):
        assert said in story
    assert [kind for kind in ("kiosk    Máy 1", "kiosk    Máy 2", "scanner  Máy quét 1") if kind not in printed] == []
    assert _counts(stack) == people
    assert (stack.home / "keys" / "trusted.json").read_bytes() == keys


def test_each_ward_has_a_station_open_today_with_a_volunteer_two_computers_and_a_scanner(
    stack: Stack, url: str, district: District
) -> None:
    today = today_in_vietnam(SystemClock()).isoformat()
    days = {"since": today, "until": today}
    for ward in district.wards.values():
        of_ward = f"/wards/{ward.code}"
        stations = Api(url).get(f"{of_ward}/stations", params=days)["stations"]
        opened = {each["id"]: one["id"] for one in stations for each in one["openings"] if not one["closed"]}
        duties = sign_in(url, f"tinhnguyen.{ward.slug}").get(f"{of_ward}/duties", params=days)["duties"]
        (station,) = {opened[each["opening"]["id"]] for each in duties if each["opening"]["id"] in opened}
        with psycopg.connect(stack.postgres.url(f"accounts_{ward.code}", "postgresql")) as connection:
            query = "SELECT kind, name FROM devices WHERE station_id = %s AND revoked_at IS NULL"
            devices = connection.execute(query, [station]).fetchall()
        seeded = {("kiosk", "Máy 1"), ("kiosk", "Máy 2"), ("scanner", "Máy quét 1")}
        assert seeded <= set(devices), f"{ward.name}: {devices}"


def test_seeding_again_adds_nobody(stack: Stack) -> None:
    before = _counts(stack)
    stack.seed()
    assert _counts(stack) == before


def _run_until_ready(home: Path) -> str:
    """Starts the stack as `make run` does, stops it as Ctrl-C does; returns its output."""
    console = home / "console"
    with console.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local"],
            env={**os.environ, "CAUNOI_HOME": str(home), "CAUNOI_PORT": "0"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    assert wait_until(lambda: "Ctrl-C stops it" in console.read_text() or process.poll() is not None, 180, 0.2)
    assert process.poll() is None, console.read_text()
    parts = psutil.Process(process.pid).children(recursive=True)
    assert len(parts) > 6
    process.send_signal(signal.SIGINT)
    assert process.wait(SECONDS) == 0
    gone, left = psutil.wait_procs(parts, timeout=5)
    assert not left, left
    assert len(gone) == len(parts)
    return console.read_text()


def _make_run(home: Path, port: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.local"],
        env={**os.environ, "CAUNOI_HOME": str(home), "CAUNOI_PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def _working_for(home: Path) -> list[str]:
    """Command lines of all processes that were started for the stack in `home`."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            command = " ".join(process.cmdline())
            if str(home) in command or process.environ().get("CAUNOI_HOME") == str(home):
                found.append(command)
    return found


def _counts(stack: Stack) -> dict[str, int]:
    """Rows of each table of people in ward Nam Dương.

    Without the note that SANE's test scanner has enrolled, which it does at the first start by command, where it is.
    """
    with psycopg.connect(stack.postgres.url("accounts_20248", "postgresql")) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        names = [name for (name,) in tables if name not in ("inbox", "idempotency", "outbox")]
        counts = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone() for name in names}
        enrolled = "SELECT count(*) FROM audit WHERE action <> 'enrol-device'"
        counts["audit"] = connection.execute(enrolled).fetchone()
    return {name: count[0] for name, count in counts.items() if count is not None}
