"""Where messages are on their server, and what becomes of those that are there no more."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tui.model.folder import SyncMark
from tui.model.message import Flag
from tui.store import flags as flagging
from tui.store.codec import integers, tags_of
from tui.store.folders import REMOVED_FOLDER, local_folder, set_mark
from tui.store.moves import forget


def place(
    db: sqlite3.Connection,
    message: int,
    uid: int,
    flags: Flag | None = None,
    tags: frozenset[str] = frozenset(),
    folder: int | None = None,
) -> bool:
    """Note the uid of a message, in its folder or in `folder`, and merge with the server's flags, if given.

    For a message that was moved away before its place was known, it is the place it will be taken from.
    Where another row has that place already, the two are made one; False, and nothing done, when that one is
    another message, or `message` is gone.
    """
    row = db.execute("SELECT folder, fingerprint FROM message WHERE id = ?", (message,)).fetchone()
    if row is None:
        return False
    if _leaves_from(db, message, uid):
        return True
    home, fingerprint = folder or row[0], row[1]
    if not _absorbed(db, message, fingerprint, home, uid):
        return False
    db.execute(
        "UPDATE message SET folder = ?, uid = ?, on_server = 1, sought = 0, held = 0, removed = 0"
        " WHERE id = ?",
        (home, uid, message),
    )
    db.execute("DELETE FROM pending WHERE message = ? AND kind IN ('append', 'copy')", (message,))
    if flags is not None:
        flagging.merge(db, message, flags, tags)
    return True


def _leaves_from(db: sqlite3.Connection, message: int, uid: int) -> bool:
    row = db.execute(
        "UPDATE pending SET uid = ?, uidvalidity = (SELECT uidvalidity FROM folder WHERE id = pending.folder)"
        " WHERE message = ? AND kind = 'move' AND uid = 0 RETURNING id",
        (uid, message),
    ).fetchone()
    return row is not None


def _absorbed(db: sqlite3.Connection, message: int, fingerprint: int, folder: int, uid: int) -> bool:
    """Make room at a place: a row of the same message gives its body and goes."""
    row = db.execute(
        "SELECT id, fingerprint FROM message WHERE folder = ? AND uid = ? AND id <> ?", (folder, uid, message)
    ).fetchone()
    if row is None:
        return True
    if row[1] != fingerprint:
        return False
    take_over(db, message, row[0])
    return True


def take_over(db: sqlite3.Connection, message: int, other: int) -> None:
    """Remove row `other` of the same message; its body is kept where `message` has none."""
    whole = db.execute("SELECT whole FROM message WHERE id = ?", (message,)).fetchone()[0]
    body = db.execute("SELECT attachments FROM message WHERE id = ? AND whole", (other,)).fetchone()
    if body and not whole:
        db.execute("UPDATE body SET message = ? WHERE message = ?", (message, other))
        db.execute(
            "UPDATE message SET whole = 1, attachments = ?, to_index = 1 WHERE id = ?", (body[0], message)
        )
        db.execute(
            "UPDATE header SET snippet = (SELECT snippet FROM header WHERE message = ?) WHERE message = ?",
            (other, message),
        )
    forget(db, [other])


def new_generation(db: sqlite3.Connection, folder: int, uidvalidity: int) -> None:
    """The server has numbered a folder anew: every uid of it is forgotten, every message stays.

    `unplaced` names them until they are found again. Removals that waited are dropped: what they meant cannot
    be told any more, and the message comes back rather than another one being removed.
    """
    set_mark(db, folder, SyncMark(uidvalidity))
    db.execute(
        "UPDATE message SET uid = NULL, on_server = 0, sought = 1, held = 0 WHERE folder = ?", (folder,)
    )
    db.execute("DELETE FROM pending WHERE folder = ? AND kind = 'expunge'", (folder,))
    db.execute("UPDATE pending SET uid = 0, error = '' WHERE folder = ? AND kind = 'move'", (folder,))
    db.execute(
        "DELETE FROM message WHERE NOT whole"
        " AND id IN (SELECT message FROM pending WHERE folder = ? AND kind = 'copy')",
        (folder,),
    )
    db.execute(
        "UPDATE pending SET kind = 'append', folder = NULL, wire = '', uid = 0, error = ''"
        " WHERE folder = ? AND kind = 'copy'",
        (folder,),
    )


def settle_unfound(db: sqlite3.Connection, folders: Iterable[int]) -> list[int]:
    """All of a server has been read, these folders wholly: what was thought to be in one of them, and was not
    found there, has either been moved on by another program, then it goes where the server has it, or it is
    mail of this computer from now on. Answers the folders touched."""
    which = integers(folders)
    touched = _settle_leaving(db, which)
    rows = db.execute(
        "SELECT id, folder FROM message WHERE folder IN (SELECT value FROM json_each(?)) AND uid IS NULL"
        " AND (sought OR on_server) AND NOT EXISTS"
        " (SELECT 1 FROM pending WHERE message = message.id AND kind IN ('move', 'copy'))",
        (which,),
    ).fetchall()
    for number, folder in rows:
        touched.add(folder)
        if arrived := _arrived(db, number):
            touched.add(arrived.folder)
            place(db, number, arrived.uid, arrived.flags, arrived.tags, arrived.folder)
        elif twin := _twin(db, number):
            take_over(db, twin, number)
        else:
            db.execute("UPDATE message SET sought = 0, on_server = 0 WHERE id = ?", (number,))
    return sorted(touched)


def _twin(db: sqlite3.Connection, number: int) -> int:
    """The row, 0 for none, under which the server has in the same folder what is looked for there: both were
    moved into it, one after a change of the protocol, or by another program before a copy could be made.
    Bytes that are here of both must be the same."""
    row = db.execute(
        "SELECT other.id FROM message AS lost JOIN message AS other ON other.fingerprint = lost.fingerprint"
        " AND other.folder = lost.folder AND other.size = lost.size AND other.uid IS NOT NULL"
        " LEFT JOIN body AS ours ON ours.message = lost.id"
        " LEFT JOIN body AS theirs ON theirs.message = other.id"
        " WHERE lost.id = ? AND coalesce(ours.sha256 = theirs.sha256, 1) LIMIT 1",
        (number,),
    ).fetchone()
    return int(row[0]) if row else 0


def _settle_leaving(db: sqlite3.Connection, folders: str) -> set[int]:
    """What was moved away here, and was not found in the folder that it shall leave: it leaves from where the
    server has it now, which may be where it shall go. What the server has nowhere is given to it anew, where
    its bytes are here. Answers the folders touched."""
    touched: set[int] = set()
    rows = db.execute(
        "SELECT pending.id, message.id, message.folder, whole FROM pending"
        " JOIN message ON message.id = message"
        " WHERE pending.folder IN (SELECT value FROM json_each(?)) AND kind = 'move' AND pending.uid = 0",
        (folders,),
    ).fetchall()
    for change, number, target, whole in rows:
        touched.add(target)
        arrived = _arrived(db, number, anywhere=True)
        if arrived is None:
            db.execute("UPDATE message SET on_server = 0, sought = 0 WHERE id = ?", (number,))
            db.execute(
                "UPDATE pending SET kind = 'append', folder = NULL, wire = '' WHERE id = ? AND ?",
                (change, whole),
            )
            db.execute("DELETE FROM pending WHERE id = ? AND NOT ?", (change, whole))
            continue
        touched.add(arrived.folder)
        if arrived.folder == target:
            db.execute("DELETE FROM pending WHERE id = ?", (change,))
            place(db, number, arrived.uid, arrived.flags, arrived.tags)
            continue
        take_over(db, number, arrived.id)
        flagging.merge(db, number, arrived.flags, arrived.tags)
        db.execute(
            "UPDATE pending SET (folder, wire, uidvalidity) ="
            " (SELECT id, wire, uidvalidity FROM folder WHERE id = ?), uid = ? WHERE id = ?",
            (arrived.folder, arrived.uid, change),
        )
    return touched


def left(db: sqlite3.Connection, folder: int, uids: Iterable[int]) -> None:
    """Messages that were to leave these places have left them: nothing more is to be told."""
    rows = db.execute(
        "DELETE FROM pending WHERE folder = ? AND kind IN ('move', 'expunge')"
        " AND uid IN (SELECT value FROM json_each(?)) RETURNING message",
        (folder, integers(uids)),
    ).fetchall()
    db.executemany("UPDATE message SET on_server = 1 WHERE id = ?", [row for row in rows if row[0]])


def gone(db: sqlite3.Connection, ids: Sequence[int], now: int) -> None:
    """Messages that their server has no more: into the local wastebasket, from which `expire` takes them."""
    rows = db.execute(
        "SELECT message.id, account.address FROM message JOIN folder ON folder.id = folder"
        " JOIN account ON account.id = folder.account"
        " WHERE message.id IN (SELECT value FROM json_each(?))",
        (integers(ids),),
    ).fetchall()
    baskets = {address: local_folder(db, address, REMOVED_FOLDER) for address in {row[1] for row in rows}}
    for number, address in rows:
        db.execute("DELETE FROM pending WHERE message = ?", (number,))
        db.execute(
            "UPDATE message SET folder = ?, uid = NULL, on_server = 0, sought = 0, held = 0, removed = ?"
            " WHERE id = ?",
            (baskets[address], now, number),
        )


def settle_gone(db: sqlite3.Connection, ids: Sequence[int], now: int) -> list[int]:
    """Messages proved gone from their folders. One that has just arrived in another folder of the account
    was moved there by someone: it keeps its row, with that place. One that has come back to its folder since,
    under another uid, is that one. The others go into the wastebasket.

    Answers the folders touched.
    """
    rows = db.execute(  # those moved or removed here since they were missed have no place any more
        "UPDATE message SET uid = NULL WHERE id IN (SELECT value FROM json_each(?)) AND uid IS NOT NULL"
        " RETURNING id, folder",
        (integers(ids),),
    ).fetchall()
    touched = {folder for _, folder in rows}
    lost: list[int] = []
    for number, _ in rows:
        if arrived := _arrived(db, number):
            touched.add(arrived.folder)
            place(db, number, arrived.uid, arrived.flags, arrived.tags, arrived.folder)
        elif twin := _twin(db, number):
            take_over(db, twin, number)
        else:
            lost.append(number)
    gone(db, lost, now)
    return sorted(touched)


def arrived_elsewhere(db: sqlite3.Connection, ids: Iterable[int]) -> list[int]:
    """Those of `ids` that stand in another folder of their account since: someone moved them there."""
    return [number for number in ids if _arrived(db, number)]


class _Arrived(NamedTuple):
    """A row that the server has listed lately, its place, and its flags there."""

    id: int
    folder: int
    uid: int
    flags: Flag
    tags: frozenset[str]


def _arrived(db: sqlite3.Connection, number: int, *, anywhere: bool = False) -> _Arrived | None:
    """A younger row of the same message that has a place: in another folder of the account, or `anywhere`."""
    row = db.execute(
        "SELECT other.id, other.folder, other.uid, other.agreed, other.agreed_tags FROM message AS lost"
        " JOIN folder AS home ON home.id = lost.folder"
        " JOIN message AS other ON other.fingerprint = lost.fingerprint AND other.id > lost.id"
        "   AND (?2 OR other.folder <> lost.folder) AND other.uid IS NOT NULL AND other.size = lost.size"
        " JOIN folder ON folder.id = other.folder AND folder.account = home.account"
        " WHERE lost.id = ?1 LIMIT 1",
        (number, anywhere),
    ).fetchone()
    return _Arrived(row[0], row[1], row[2], Flag(row[3]), tags_of(row[4])) if row else None


def hold_gone(db: sqlite3.Connection, folder: int, ids: Iterable[int]) -> None:
    """So many are gone at once that a person has to say what becomes of them; until then they stay."""
    db.execute("UPDATE message SET held = 0 WHERE folder = ? AND held", (folder,))
    db.execute("UPDATE message SET held = 1 WHERE id IN (SELECT value FROM json_each(?))", (integers(ids),))


def confirm_gone(db: sqlite3.Connection, folder: int, remove: bool, now: int) -> None:
    """The person's word on what is held: into the wastebasket, or kept here as local mail."""
    ids = held(db, folder)
    if remove:
        gone(db, ids, now)
        return
    db.execute("DELETE FROM pending WHERE message IN (SELECT value FROM json_each(?))", (integers(ids),))
    db.execute(
        "UPDATE message SET uid = NULL, on_server = 0, sought = 0, held = 0 WHERE folder = ? AND held",
        (folder,),
    )


def held(db: sqlite3.Connection, folder: int) -> list[int]:
    """The messages of a folder that vanished from its server and wait for the person's word."""
    return [number for (number,) in db.execute("SELECT id FROM message WHERE folder = ? AND held", (folder,))]
