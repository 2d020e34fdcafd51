"""`doctor --repair` as a person and a script meet it."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.store.damage import IMAP, WRONG_VALUES, harm, sample
from tui.store.lock import EngineLock


@pytest.fixture
def store(program: Program, tmp_path: Path) -> Path:
    """A store in use, in the program's home."""
    data = program.home / "data"
    data.parent.mkdir()
    return sample(tmp_path, 24).copy(data)


def spoil(path: Path) -> None:
    """Take the bytes of one message away, and make the counts wrong."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE body SET data = x'00' WHERE message = 3")
        db.execute("UPDATE folder SET unread = 1000")
        db.commit()


def test_a_sound_store_is_not_repaired(program: Program, store: Path) -> None:
    assert "is sound" in program("doctor", "--repair").out
    assert program.json("doctor", "--repair").record == {"repaired": False, "problems": []}


def test_where_there_is_no_store(program: Program) -> None:
    assert "no mail store" in program("doctor", "--repair", code=66).err


def test_what_was_saved_what_was_lost_and_where_the_old_files_are(program: Program, store: Path) -> None:
    spoil(store)
    said = program("doctor", "--repair", code=65).out
    assert "Saved: 47 whole messages, 1 by their headers, 2 drafts, 4 mails of the outbox." in said
    assert "Lost: the text of 1 message, whose header is here. What is still on its server is" in said
    assert "Waiting for your word: 4 mails of the outbox that may have been sent already" in said
    assert "Nothing was changed on any server" in said
    kept = [Path(line.strip()) for line in said.splitlines() if "mail.db-damaged-" in line]
    assert kept and all(one.is_file() for one in kept)
    assert "is sound" in program("doctor", "--repair").out


def test_for_programs(program: Program, store: Path) -> None:
    spoil(store)
    record = program.json("doctor", "--repair", code=65).record
    assert record["repaired"] is True
    assert (record["messages"], record["headers"], record["recovered"]) == (47, 1, 0)
    assert (record["drafts"], record["outbox"], record["unsure"]) == (2, 4, 4)
    assert [one["kind"] for one in record["lost"]] == ["text"]
    assert all(Path(one).is_file() for one in record["kept"])
    assert {one["state"] for one in program.json("outbox").records} == {"unsure"}
    assert len(program.json("--account", IMAP, "list").records) == 24


def test_refused_while_the_program_is_open(program: Program, store: Path) -> None:
    spoil(store)
    lock = EngineLock(program.home / "state" / "engine.lock")
    assert lock.acquire()
    try:
        assert "outlook-tui is open" in program("doctor", "--repair", code=75).err
    finally:
        lock.release()


def test_a_damaged_store_names_the_way_out(program: Program, store: Path) -> None:
    octets = bytearray(store.read_bytes())
    octets[:16] = bytes(16)
    store.write_bytes(octets)
    for log in store.parent.glob("*-*"):
        log.unlink()
    assert "outlook-tui doctor --repair" in program("list", code=74).err
    (check,) = (one for one in program.json("doctor", code=74).records if one["check"] == "store")
    assert "outlook-tui doctor --repair" in check["fix"]
    program("doctor", "--repair", code=None)
    program("list")


COMMANDS = (
    "list --limit 1000", "folders", "search the", "outbox", "read 3", "read 30 --raw", "--offline doctor",
    "changes", "flag 3 --add flagged --offline", "undo --offline",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_no_command_ends_in_a_fault(program: Program, store: Path, seed: int) -> None:
    what = harm(store, random.Random(f"command {seed}"))
    before = {one: one.read_bytes() for one in store.parent.iterdir()}
    for words in COMMANDS:
        for one in store.parent.iterdir():
            one.unlink()
        for one, octets in before.items():
            one.write_bytes(octets)
        result = program("--json", *words.split(), code=None)
        assert result.code != 1, f"{what}, {words}: {result.err}"


@pytest.mark.parametrize("change", WRONG_VALUES)
def test_no_command_ends_in_a_fault_for_a_wrong_value(program: Program, store: Path, change: str) -> None:
    with closing(sqlite3.connect(store)) as db:
        db.execute(change)
        db.commit()
    for words in COMMANDS:
        result = program("--json", *words.split(), code=None)
        assert result.code != 1, f"{words}: {result.err}"
    assert program("doctor", "--repair", code=None).code in (0, 65)


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_killed_at_any_moment_it_can_be_run_again(program: Program, store: Path) -> None:
    spoil(store)
    command = [sys.executable, "-m", "tui", "--home", str(program.home), "doctor", "--repair"]
    for wait in (0.15, 0.25, 0.35, 0.45):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            try:
                running.wait(wait)
            except subprocess.TimeoutExpired:
                running.kill()
    program("doctor", "--repair", code=None)
    assert "is sound" in program("doctor", "--repair").out
    assert len(program.json("--account", IMAP, "list").records) == 24
