"""Changes that a server has refused: tried again or given up, by the person's word."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable

from tui.model.error import MailError
from tui.store import folders, moves
from tui.store.codec import integers
from tui.store.records import PendingKind

_Change = tuple[int, int | None, int | None]
"""Its id, its message, and the folder it is about."""


def number(db: sqlite3.Connection) -> int:
    """How many changes of all accounts were refused."""
    return int(db.execute("SELECT count(*) FROM pending WHERE error <> ''").fetchone()[0])


def retry(db: sqlite3.Connection, ids: Iterable[int]) -> int:
    """Make these, none named: all, be told again; answers how many had been refused."""
    wanted = list(ids)
    return db.execute(
        "UPDATE pending SET error = '' WHERE error <> '' AND (?1 OR id IN (SELECT value FROM json_each(?2)))",
        (not wanted, integers(wanted)),
    ).rowcount


def drop(db: sqlite3.Connection, ids: Iterable[int]) -> int:
    """Give these, none named: all, up; answers how many had been refused. No message is lost by that."""
    wanted = list(ids)
    rows = db.execute(
        "SELECT id, kind, message, folder FROM pending"
        " WHERE error <> '' AND (?1 OR id IN (SELECT value FROM json_each(?2))) ORDER BY id DESC",
        (not wanted, integers(wanted)),
    ).fetchall()
    for number, kind, message, folder in rows:
        _DROPPED[PendingKind(kind)](db, (number, message, folder))
        db.execute("DELETE FROM pending WHERE id = ?", (number,))
    return len(rows)


def _forget(db: sqlite3.Connection, change: _Change) -> None:
    """Nothing is to be put right here: the next list of the server tells how things stand."""


def _flags(db: sqlite3.Connection, change: _Change) -> None:
    db.execute("UPDATE message SET flags = agreed, tags = agreed_tags WHERE id = ?", (change[1],))


def _move(db: sqlite3.Connection, change: _Change) -> None:
    """Back to where the server has it. Where that cannot be, it stays where it is until the next list of the
    server says whether it stands elsewhere there, as in a folder that was renamed, or on this computer alone.
    """
    _, message, folder = change
    if message is not None and folder is not None:
        try:
            moves.move(db, [message], folder)
        except MailError:
            db.execute("UPDATE message SET on_server = 0, sought = 1 WHERE id = ?", (message,))


def _create(db: sqlite3.Connection, change: _Change) -> None:
    folder = change[2]
    if folder is not None:
        db.execute("DELETE FROM pending WHERE id = ?", (change[0],))
        folders.removed(db, folder)


_DROPPED: dict[PendingKind, Callable[[sqlite3.Connection, _Change], None]] = {
    PendingKind.FLAGS: _flags,
    PendingKind.MOVE: _move,
    PendingKind.COPY: _forget,
    PendingKind.APPEND: _forget,
    PendingKind.EXPUNGE: _forget,
    PendingKind.CREATE: _create,
    PendingKind.RENAME: _forget,
    PendingKind.REMOVE: _forget,
}
