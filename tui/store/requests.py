"""What other processes ask of the one that talks to the servers."""

from __future__ import annotations

import sqlite3
import time

from tui.store.records import Request

_REQUEST = "SELECT id, command, taken, answer FROM request"
_FORGOTTEN_SECONDS = 3_600


def add(db: sqlite3.Connection, command: str) -> int:
    """Ask for something (JSON); answers the request's id. Forgotten ones of an hour ago are cleared away."""
    now = int(time.time())
    db.execute("DELETE FROM request WHERE created < ?", (now - _FORGOTTEN_SECONDS,))
    row = db.execute(
        "INSERT INTO request (command, created) VALUES (?, ?) RETURNING id", (command, now)
    ).fetchone()
    return int(row[0])


def waiting(db: sqlite3.Connection) -> list[Request]:
    """Requests that nobody has taken yet, oldest first."""
    found = db.execute(f"{_REQUEST} WHERE NOT taken AND answer = '' ORDER BY id")
    return [Request(number, command, bool(taken), answer) for number, command, taken, answer in found]


def request(db: sqlite3.Connection, number: int) -> Request | None:
    """One request, None when it has been cleared away."""
    row = db.execute(f"{_REQUEST} WHERE id = ?", (number,)).fetchone()
    return Request(row[0], row[1], bool(row[2]), row[3]) if row else None


def take(db: sqlite3.Connection, number: int) -> None:
    """Whoever leads has begun with it."""
    db.execute("UPDATE request SET taken = 1 WHERE id = ?", (number,))


def answer(db: sqlite3.Connection, number: int, text: str) -> None:
    """Answer a request (JSON)."""
    db.execute("UPDATE request SET taken = 1, answer = ? WHERE id = ?", (text, number))


def done(db: sqlite3.Connection, number: int) -> None:
    """The answer was read, or is not waited for any more."""
    db.execute("DELETE FROM request WHERE id = ?", (number,))


def reopen(db: sqlite3.Connection) -> None:
    """The leader has died: what it had begun waits for the next one."""
    db.execute("UPDATE request SET taken = 0 WHERE answer = ''")
