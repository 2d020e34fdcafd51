"""Changes that a server has still to be told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from tui.store import flags as flagging
from tui.store import places
from tui.store.codec import integers, tags_of
from tui.store.faults import member
from tui.store.records import Pending, PendingKind

_ORDER = " ".join(f"WHEN '{kind}' THEN {max(rank, 1)}" for rank, kind in enumerate(PendingKind))
_FOLDERS = "('create', 'rename', 'remove')"
"""Changes of folders, told in the order in which they were made."""

# Flags are stored where the message still is on the server: before its move, in the folder it comes from.
_PUSHABLE = """SELECT pending.id, account.address, pending.kind, pending.message,
        coalesce(pending.folder, leaves.folder, message.folder) AS source,
        CASE pending.kind WHEN 'flags' THEN coalesce(leaves.wire, folder.wire) ELSE pending.wire END,
        CASE pending.kind WHEN 'flags' THEN coalesce(leaves.uid, message.uid, 0) ELSE pending.uid END
            AS place,
        CASE pending.kind WHEN 'flags' THEN coalesce(leaves.uidvalidity, folder.uidvalidity)
            ELSE pending.uidvalidity END,
        pending.error, pending.attempts
    FROM pending JOIN account ON account.id = pending.account
        LEFT JOIN message ON message.id = pending.message
        LEFT JOIN folder ON folder.id = message.folder
        LEFT JOIN pending AS leaves ON pending.kind = 'flags'
            AND leaves.message = pending.message AND leaves.kind = 'move'
    WHERE (place > 0 OR pending.kind IN ('append', 'create', 'rename', 'remove'))
        AND NOT (pending.kind IN ('move', 'expunge') AND EXISTS (SELECT 1 FROM message AS other
            WHERE other.folder = pending.folder AND other.uid = pending.uid
            AND other.id IS NOT pending.message))"""
"""What would take another message than its own from the server, as after damage to the file, is left out."""


def pending(db: sqlite3.Connection, account: str) -> list[Pending]:
    """What can be pushed now, and what was refused ("" for all accounts); in the order of PendingKind.

    Left out are changes of messages whose place on the server is not known yet: they follow when it is.
    """
    found = db.execute(
        f"{_PUSHABLE} AND (?1 = '' OR account.address = ?1)"
        f" ORDER BY CASE pending.kind {_ORDER} END,"
        f" CASE WHEN pending.kind IN {_FOLDERS} THEN 0 ELSE source END, pending.id",
        (account,),
    )
    return [
        Pending(
            number,
            address,
            member(PendingKind, kind),
            message,
            folder,
            wire,
            uid,
            uidvalidity,
            error,
            attempts,
        )
        for number, address, kind, message, folder, wire, uid, uidvalidity, error, attempts in found
    ]


def accounts_pending(db: sqlite3.Connection) -> list[str]:
    """The accounts that have something to push that was not refused before. Looks no further than the first
    change of each: it is asked after every change, and 100,000 may wait."""
    found = db.execute(
        f"SELECT address FROM account AS owner WHERE EXISTS ({_PUSHABLE} AND pending.account = owner.id"  # noqa: S608
        " AND pending.error = '' AND NOT (pending.kind = 'expunge' AND pending.attempts > 0)) ORDER BY id"
    )
    return [address for (address,) in found]


def is_marked(one: Pending) -> bool:
    """Whether the server has done what it can: the message is marked as deleted there, and stays."""
    return one.kind is PendingKind.EXPUNGE and one.attempts > 0


def done(db: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Forget changes that the server knows now, or that have become pointless."""
    rows = db.execute(
        "DELETE FROM pending WHERE id IN (SELECT value FROM json_each(?)) RETURNING message, kind",
        (integers(ids),),
    ).fetchall()
    db.executemany(
        "UPDATE message SET on_server = 1 WHERE id = ?",
        [(message,) for message, kind in rows if kind in ("append", "copy", "move")],
    )


def failed(db: sqlite3.Connection, ids: Iterable[int], error: str) -> None:
    """Keep changes that the server refused, with its words."""
    db.execute(
        "UPDATE pending SET error = ?, attempts = attempts + 1 WHERE id IN (SELECT value FROM json_each(?))",
        (error or "refused", integers(ids)),
    )


def tried(db: sqlite3.Connection, number: int) -> bool:
    """Count a try before it is made: after a crash the next one looks first whether it had succeeded. False
    where the change is no longer wanted."""
    return db.execute("UPDATE pending SET attempts = attempts + 1 WHERE id = ?", (number,)).rowcount > 0


def marked(db: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Messages that their server could only mark as deleted: not taken for new while they stand there."""
    which = integers(ids)
    db.execute(
        "INSERT INTO pending (account, kind, folder, wire, uid, uidvalidity, attempts)"
        " SELECT account, 'expunge', folder, wire, uid, uidvalidity, 1 FROM pending"
        " WHERE kind = 'move' AND id IN (SELECT value FROM json_each(?))",
        (which,),
    )
    db.execute(
        "UPDATE pending SET attempts = attempts + 1"
        " WHERE kind = 'expunge' AND id IN (SELECT value FROM json_each(?))",
        (which,),
    )


def copies_lost(db: sqlite3.Connection, ids: Iterable[int], *, unmade: bool) -> None:
    """The originals of these copies were gone on the server before it could copy them: it is given the copies
    themselves, where their bytes are here. They are looked for first, as after a cut, but for those that are
    surely `unmade`: what stands in the target then came from somebody else."""
    which = integers(ids)
    db.execute(
        "DELETE FROM message WHERE NOT whole AND id IN"
        " (SELECT message FROM pending WHERE kind = 'copy' AND id IN (SELECT value FROM json_each(?)))",
        (which,),
    )
    db.execute(
        "UPDATE pending SET kind = 'append', folder = NULL, wire = '', uid = 0, attempts = ?"
        " WHERE kind = 'copy' AND id IN (SELECT value FROM json_each(?))",
        (int(not unmade), which),
    )


def placed(db: sqlite3.Connection, done_at: Iterable[tuple[int, int, int]], folder: int) -> None:
    """MOVE, COPY or APPEND was done: pending id, message, and its new uid in `folder`, 0 where not told.

    A message that was moved on meanwhile is taken from there next.
    """
    for number, message, uid in done_at:
        row = db.execute("DELETE FROM pending WHERE id = ? RETURNING kind", (number,)).fetchone()
        if row is None:
            _moved_on(db, message, uid, folder)
            continue
        if row[0] == "append":
            _tags_untold(db, message)
        db.execute("UPDATE message SET on_server = 1 WHERE id = ?", (message,))
        if uid:
            places.place(db, message, uid)


def _tags_untold(db: sqlite3.Connection, message: int) -> None:
    """APPEND was given flags, and no keywords: a server that has none would refuse the whole message."""
    row = db.execute(
        "UPDATE message SET agreed_tags = '' WHERE id = ? AND tags <> '' RETURNING tags", (message,)
    ).fetchone()
    if row:
        flagging.touch(db, [(message, 0, tags_of(row[0]))])


def _moved_on(db: sqlite3.Connection, message: int, uid: int, folder: int) -> None:
    row = db.execute("SELECT folder, uid FROM message WHERE id = ?", (message,)).fetchone()
    if row is None or not folder:
        return
    db.execute("DELETE FROM pending WHERE message = ? AND kind IN ('append', 'copy', 'move')", (message,))
    if row[0] == folder:
        if uid:
            places.place(db, message, uid)
        return
    db.execute("UPDATE message SET uid = NULL, on_server = 1 WHERE id = ?", (message,))
    db.execute(
        "INSERT INTO pending (account, message, kind, folder, wire, uid, uidvalidity)"
        " SELECT account, ?, 'move', id, wire, ?, uidvalidity FROM folder WHERE id = ?",
        (message, uid, folder),
    )
