"""What POP3 servers hold, by UIDL (RFC 1939 7)."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable

from tui.store.codec import storable
from tui.store.folders import account_id


def have(db: sqlite3.Connection, account: str, uidl: str, message: int) -> None:
    """A message that the server lists under `uidl` is here as `message`; its days there count from now."""
    db.execute(
        "INSERT INTO uidl (account, uidl, message, downloaded, fingerprint)"
        " VALUES (?, ?, ?, ?, (SELECT fingerprint FROM message WHERE id = ?))"
        " ON CONFLICT (account, uidl) DO UPDATE"
        " SET message = excluded.message, fingerprint = excluded.fingerprint, left = 0,"
        " downloaded = excluded.downloaded, size = iif(message IS excluded.message, size, 0)",
        (account_id(db, account), storable(uidl), message, int(time.time()), message),
    )
    db.execute("UPDATE message SET uidl = ?, on_server = 1 WHERE id = ?", (storable(uidl), message))


def gone(db: sqlite3.Connection, account: str, uidls: Iterable[str], now: int) -> None:
    """The server lists these no more: their messages stay, as mail of this computer.

    A UIDL that is listed again then names the same message, after a list that was not complete, or a new one:
    RFC 1939 lets servers use it again.
    """
    owner = account_id(db, account)
    for uidl in uidls:
        row = db.execute(
            "UPDATE uidl SET left = ? WHERE account = ? AND uidl = ? RETURNING message",
            (now, owner, storable(uidl)),
        ).fetchone()
        if row and row[0]:
            db.execute("UPDATE message SET on_server = 0 WHERE id = ?", row)


def proved(db: sqlite3.Connection, account: str, uidl: str, size: int, was: str = "") -> None:
    """The server's message under `uidl` is the one noted for it; its LIST gives it `size` octets.

    `was` is the UIDL that the message is noted for, where the server has given it another.
    """
    row = db.execute(
        "UPDATE uidl SET uidl = ?1, left = 0, size = ?2 WHERE account = ?3 AND uidl = ?4 RETURNING message",
        (storable(uidl), size, account_id(db, account), storable(was or uidl)),
    ).fetchone()
    if row and row[0]:
        db.execute("UPDATE message SET uidl = ?, on_server = 1 WHERE id = ?", (storable(uidl), row[0]))


def reused(db: sqlite3.Connection, account: str, uidls: Iterable[str]) -> None:
    """The server's messages under these are others: those noted for them stay, without a UIDL to go by."""
    owner = account_id(db, account)
    for uidl in uidls:
        row = db.execute(
            "DELETE FROM uidl WHERE account = ? AND uidl = ? RETURNING message", (owner, storable(uidl))
        ).fetchone()
        if row and row[0]:
            db.execute("UPDATE message SET on_server = 0 WHERE id = ?", row)
