"""SQLite's errors as sentences a person can act on. The only place of the store that translates them."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from tui.model.error import Busy, Garbled, MailError, StoreBroken

_SPACE = "Free some space on that disk; nothing was changed on any server."
REPAIR = "Close every outlook-tui, then run: outlook-tui doctor --repair"
_DAMAGED = f"{REPAIR}. Nothing was changed on any server."
_Member = TypeVar("_Member", bound=StrEnum)
_UNSURE = "Run: outlook-tui doctor. If that finds the store sound, please report this."
_CLOSED = "Check that the folder belongs to you and that its disk is not mounted read-only."

# Primary result codes, https://sqlite.org/rescode.html
_SENTENCES: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: ("The disk is full: {path} cannot grow.", _SPACE),
    sqlite3.SQLITE_CORRUPT: ("The mail store is damaged: {path}.", _DAMAGED),
    sqlite3.SQLITE_NOTADB: ("This is not a mail store, or it is damaged: {path}.", _DAMAGED),
    sqlite3.SQLITE_READONLY: ("The mail store can only be read: {path}.", _CLOSED),
    sqlite3.SQLITE_CANTOPEN: ("The mail store cannot be opened: {path}.", _CLOSED),
    sqlite3.SQLITE_PERM: ("The mail store cannot be opened: {path}.", _CLOSED),
    sqlite3.SQLITE_AUTH: ("The mail store cannot be opened: {path}.", _CLOSED),
    sqlite3.SQLITE_IOERR: (
        "The disk failed while reading or writing {path}.",
        "Check the disk and the space left on it; nothing was changed on any server.",
    ),
    sqlite3.SQLITE_TOOBIG: (
        "This is larger than the mail store can hold in one piece (1 GB).",
        "Keep such a file elsewhere.",
    ),
}


def broken(error: sqlite3.Error, path: Path) -> MailError:
    """The MailError for what SQLite said of the store at `path`: Busy when another program holds it."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    detail = f"{name}: {error}"
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy("Another program keeps the mail store busy.", "Try again in a moment.", detail=detail)
    what, hint = _SENTENCES.get(code, ("The mail store did not do what was asked of it: {path}.", _UNSURE))
    return StoreBroken(what.format(path=path), hint, detail=detail)


def damaged(path: Path, detail: str) -> StoreBroken:
    """The error of a store at `path` in which something is not what it was."""
    what, hint = _SENTENCES[sqlite3.SQLITE_CORRUPT]
    return StoreBroken(what.format(path=path), hint, detail=detail)


def member(kind: type[_Member], text: str) -> _Member:
    """The member of an enumeration that a column holds. Raises StoreBroken where it holds none."""
    try:
        return kind(text)
    except ValueError as cause:
        raise StoreBroken(
            "Something in the mail store is damaged.", _DAMAGED, detail=f"{text!r} is no {kind.__name__}"
        ) from cause


UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
"""What reading a damaged store raises: SQLite's own words quote names out of it, which may be no text."""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise StoreBroken or Busy in place of any sqlite3.Error or OSError on the store at `path`, StoreBroken
    for words that are no text, Garbled for a number from a server that no column can hold."""
    try:
        yield
    except sqlite3.Error as cause:
        raise broken(cause, path) from cause
    except UnicodeDecodeError as cause:
        raise damaged(path, str(cause)) from cause
    except OverflowError as cause:  # more than 64 bits, as no UID, size or time has (RFC 9051 9)
        raise Garbled(
            "The server sent a number that is too large.", "Try again later.", detail=str(cause)
        ) from cause
    except OSError as cause:
        if cause.errno == errno.ENOSPC:
            raise StoreBroken(f"The disk is full: {path} cannot grow.", _SPACE, detail=str(cause)) from cause
        raise StoreBroken(f"The mail store cannot be opened: {path}.", _CLOSED, detail=str(cause)) from cause


@contextmanager
def judged(db: sqlite3.Connection, path: Path) -> Iterator[None]:
    """As `translated`. What values of the wrong kind lead to is StoreBroken as well, where the store is found
    to be damaged: columns hold NULL or text then where they never do."""
    with translated(path):
        try:
            yield
        except UnicodeDecodeError:
            raise
        except (ValueError, TypeError) as error:
            if db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",):
                raise
            raise damaged(path, repr(error)) from error
