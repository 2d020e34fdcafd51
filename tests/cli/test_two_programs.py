"""Two programs over one home: one talks to the servers, the other asks it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import Program
from tui.demo.demo import Demo


@pytest.fixture
def watching(program: Program, demo: Demo, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that follows the server, after its first complete fetch; killed at the end."""
    program.add(demo)
    printed = tmp_path / "printed"
    command = [sys.executable, "-m", "tui", "--home", str(program.home), "--json", "sync", "--watch"]
    with printed.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as running:
        deadline = time.monotonic() + 30
        while b'"summary"' not in printed.read_bytes() or _leading_not(program):
            assert time.monotonic() < deadline, printed.read_text()
            time.sleep(0.05)
        yield running
        running.kill()


def _leading_not(program: Program) -> bool:
    from tui.store.lock import EngineLock

    with EngineLock(program.home / "state" / "engine.lock") as lock:
        return lock.held


def test_everything_works_beside_a_running_program(
    program: Program, demo: Demo, watching: subprocess.Popen[bytes]
) -> None:
    rows = program.json("list").records
    assert program.json("sync").records[-1]["event"] == "summary"
    assert program.json("send", "--to", "a@contoso.example", "--subject", "beside").record["state"] == "sent"
    assert "flagged" in program.json("flag", rows[0]["id"], "--add", "flagged").record["flags"]
    assert program.json("account", "set", "incoming=pop3").record["incoming"] == "pop3"
    assert program.json("sync").records[-1]["new"] <= 2
    assert program.json("account", "set", "incoming=imap").record["incoming"] == "imap"
    assert watching.poll() is None


def test_the_place_of_a_killed_program_is_taken_at_once(
    program: Program, watching: subprocess.Popen[bytes]
) -> None:
    watching.send_signal(signal.SIGKILL)
    watching.wait()
    assert program.json("sync").records[-1]["problems"] == []
    assert program.json("send", "--to", "a@contoso.example").record["state"] == "sent"


def test_ctrl_c_ends_watching_at_once(watching: subprocess.Popen[bytes]) -> None:
    began = time.monotonic()
    watching.send_signal(signal.SIGINT)
    assert watching.wait(10) == 130
    assert time.monotonic() - began < 2


def test_what_is_watched_is_told_as_it_happens(
    program: Program, demo: Demo, watching: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    program("send", "--to", "a@contoso.example", "--subject", "answer me")
    deadline = time.monotonic() + 20
    events: list[str] = []
    while "new-mail" not in events:
        assert time.monotonic() < deadline, events
        time.sleep(0.1)
        events = [json.loads(line)["event"] for line in (tmp_path / "printed").read_text().splitlines()]
    assert "outbox" in events
