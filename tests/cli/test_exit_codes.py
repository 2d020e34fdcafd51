"""The table of exit codes, as far as no server is needed."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from tests.cli.program import Program

CASES: list[tuple[str, int]] = [
    ("--version", 0),
    ("--help", 0),
    ("list", 0),
    ("folders", 0),
    ("outbox", 0),
    ("account list", 0),
    ("locate", 0),
    ("search anything", 0),
    ("nonsense", 2),
    ("list --nonsense", 2),
    ("flag 1", 2),
    ("send", 2),
    ("send --to a@b.example --at yesterday", 2),
    ("", 2),
    ("mailto:a@b.example", 2),
    ("compose someone", 2),
    ("account add nobody --password-stdin", 65),
    ("read 1", 66),
    ("flag 1 --add seen", 66),
    ("move 1 INBOX", 66),
    ("archive 1", 66),
    ("delete 1", 66),
    ("undo", 66),
    ("outbox retry 1", 66),
    ("outbox cancel 1", 66),
    ("inspect no/such/file.eml", 66),
    ("send no/such/file.eml", 66),
    ("account show you@example.org", 66),
    ("--account you@example.org list", 66),
    ("explain flux-capacitor", 66),
    ("account add you@example.org --imap-host mail.example.org", 77),
    ("sync", 78),
    ("send --to a@b.example", 78),
    ("account add you@example.org --imap-host mail.example.org --imap-security plain --password-stdin", 78),
]


@pytest.mark.parametrize(("line", "code"), CASES)
def test_each_end_has_its_code(program: Program, line: str, code: int) -> None:
    result = program(*line.split(), code=code)
    if code:
        assert result.raw == b""
        assert 1 <= len(result.err.splitlines()) <= 3
        assert "Traceback" not in result.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    Program(tmp_path / "closed" / "home")("list", code=73)


def test_a_home_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    Program(tmp_path / "file" / "home")("list", code=73)


DAMAGED = [
    "= nonsense",
    "[general]\nthme = 'dark'\n",
    "[accounts.'you@example.org']\nincoming = 'telepathy'\n",
]


@pytest.mark.parametrize("text", DAMAGED)
@pytest.mark.parametrize("line", ["list", "sync", "account list", "doctor --offline"])
def test_a_damaged_configuration_is_named(program: Program, text: str, line: str) -> None:
    program("locate")
    config = program.home / "config" / "config.toml"
    config.write_text(text)
    config.chmod(0o600)
    result = program(*line.split(), code=78)
    assert "config.toml" in result.err + result.out
    assert config.read_text() == text


def test_a_configuration_that_others_can_write_is_refused(program: Program) -> None:
    program("locate")
    config = program.home / "config" / "config.toml"
    config.write_text("")
    config.chmod(0o666)
    program("list", code=78)


def test_a_damaged_store_is_named_and_kept(program: Program) -> None:
    program("list")
    store = program.home / "data" / "mail.db"
    store.write_bytes(b"this is no database, whatever its name says" * 100)
    before = store.read_bytes()
    for command in ("list", "folders", "search x", "doctor --offline"):
        program(*command.split(), code=74)
    assert store.read_bytes() == before


def test_a_store_of_a_newer_program_is_left_alone(program: Program) -> None:
    program("list")
    connection = sqlite3.connect(program.home / "data" / "mail.db")
    connection.execute("PRAGMA user_version = 9999")
    connection.close()
    assert "newer" in program("list", code=74).err


def test_everything_kept_is_private(program: Program) -> None:
    old = os.umask(0)
    try:
        program("list")
        program("undo", code=66)
    finally:
        os.umask(old)
    for path in (program.home, *program.home.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0 or path == program.home, path
