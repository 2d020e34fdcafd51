"""What POP3 servers hold, by UIDL (RFC 1939 7)."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable

from tui.store.codec import storable
from tui.store.folders import account_id


def have(db: sqlite3.Connection, account: str, uidl: str, message: int) -> None:
    """A message that the server lists under `uidl` is here as `message`."""
    db.execute(
        "INSERT INTO uidl (account, uidl, message, downloaded) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (account, uidl) DO UPDATE SET message = excluded.message",
        (account_id(db, account), storable(uidl), message, int(time.time())),
    )
    db.execute("UPDATE message SET uidl = ?, on_server = 1 WHERE id = ?", (storable(uidl), message))


def gone(db: sqlite3.Connection, account: str, uidls: Iterable[str]) -> None:
    """The server lists these no more: their messages stay, as mail of this computer."""
    owner = account_id(db, account)
    for uidl in uidls:
        row = db.execute(
            "DELETE FROM uidl WHERE account = ? AND uidl = ? RETURNING message", (owner, storable(uidl))
        ).fetchone()
        if row and row[0]:
            db.execute("UPDATE message SET on_server = 0 WHERE id = ?", row)
