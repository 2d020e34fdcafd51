"""SQLite's errors in words."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.store.samples import Store, message
from tui.model.error import Busy, Garbled, MailError, StoreBroken
from tui.store.faults import broken, translated

PATH = Path("/somewhere/mail.db")


def failed(code: int, text: str = "the system's own words") -> sqlite3.Error:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorcode = code
    error.sqlite_errorname = "SQLITE_X"
    return error


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (sqlite3.SQLITE_FULL, "disk is full"),
        (sqlite3.SQLITE_CORRUPT, "damaged"),
        (sqlite3.SQLITE_CORRUPT_INDEX, "damaged"),
        (sqlite3.SQLITE_CORRUPT_VTAB, "damaged"),
        (sqlite3.SQLITE_NOTADB, "not a mail store"),
        (sqlite3.SQLITE_READONLY, "only be read"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "only be read"),
        (sqlite3.SQLITE_CANTOPEN, "cannot be opened"),
        (sqlite3.SQLITE_IOERR_WRITE, "disk failed"),
        (sqlite3.SQLITE_TOOBIG, "larger than"),
        (sqlite3.SQLITE_MISUSE, "did not do what was asked"),
    ],
)
def test_each_has_a_sentence_and_something_to_do(code: int, words: str) -> None:
    error = broken(failed(code), PATH)
    assert isinstance(error, StoreBroken)
    assert words in error.what
    assert error.hint
    assert "the system's own words" in error.detail


@pytest.mark.parametrize("code", [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_BUSY_SNAPSHOT])
def test_busy_is_not_broken(code: int) -> None:
    assert isinstance(broken(failed(code), PATH), Busy)


def test_errors_without_a_code() -> None:
    assert isinstance(broken(sqlite3.ProgrammingError("closed"), PATH), StoreBroken)


def test_the_cause_is_kept_and_other_errors_pass() -> None:
    cause = failed(sqlite3.SQLITE_FULL)
    with pytest.raises(MailError) as caught, translated(PATH):
        raise cause
    assert caught.value.__cause__ is cause
    with pytest.raises(KeyError), translated(PATH):
        raise KeyError


def test_numbers_that_no_server_should_send(store: Store) -> None:
    with pytest.raises(Garbled):
        store.writer.added(store.folder("INBOX").id, [message(2**64)])
    assert store.folder("INBOX").total == 0
