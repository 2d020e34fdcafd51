"""Moving, copying, deleting: done here at once, with what the server has still to be told.

A moved row stands in its target at once, without a uid until the server (COPYUID) or a matching fingerprint
gives it one. Its pending row keeps the place on the server from which it will be taken.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tui.model.error import BadInput, Refused
from tui.model.folder import Folder
from tui.store.codec import SEQUENCE_BITS, integers
from tui.store.folders import known_folder
from tui.store.insert import free_positions, next_id

Moved = tuple[int, int, bool]
"""A message, the folder it was moved from, and whether it stood there without the server knowing of it."""


class _Row(NamedTuple):
    id: int
    folder: int
    uid: int | None
    on_server: int
    sought: int
    whole: int
    account: str
    local: int
    wire: str
    uidvalidity: int


class _Place(NamedTuple):
    folder: int
    wire: str
    uid: int
    uidvalidity: int


def _rows(db: sqlite3.Connection, ids: Sequence[int]) -> list[_Row]:
    rows = db.execute(
        "SELECT message.id, folder, uid, on_server, sought, whole, account.address, local, wire, uidvalidity"
        " FROM message JOIN folder ON folder.id = folder JOIN account ON account.id = folder.account"
        " WHERE message.id IN (SELECT value FROM json_each(?))",
        (integers(ids),),
    )
    found = {row[0]: _Row(*row) for row in rows}
    return [found[number] for number in dict.fromkeys(ids) if number in found]


def _waiting(db: sqlite3.Connection, message: int, kind: str) -> _Place | None:
    """Where a change of that kind that waits for the message takes it from."""
    row = db.execute(
        "SELECT coalesce(folder, 0), wire, uid, uidvalidity FROM pending WHERE message = ? AND kind = ?",
        (message, kind),
    ).fetchone()
    return _Place(*row) if row else None


def _drop(db: sqlite3.Connection, message: int, kind: str) -> None:
    db.execute("DELETE FROM pending WHERE message = ? AND kind = ?", (message, kind))


def tell(db: sqlite3.Connection, account: str, message: int | None, kind: str, place: _Place | None) -> None:
    """Note a change for the server; one of the same kind that waits for the message is replaced by it."""
    if message is not None:
        _drop(db, message, kind)
    folder, wire, uid, uidvalidity = place or (None, "", 0, 0)
    db.execute(
        "INSERT INTO pending (account, message, kind, folder, wire, uid, uidvalidity)"
        " SELECT id, ?, ?, ?, ?, ?, ? FROM account WHERE address = ?",
        (message, kind, folder, wire, uid, uidvalidity, account),
    )


def _place(row: _Row) -> _Place | None:
    """The row's own place on the server; uid 0 where it has one that is not known yet."""
    if row.local or not (row.uid or row.on_server or row.sought):
        return None
    return _Place(row.folder, row.wire, row.uid or 0, row.uidvalidity)


def move(db: sqlite3.Connection, ids: Sequence[int], target: int) -> list[Moved]:
    """Move messages into a folder of their account; answers those moved, with where they were.

    Raises BadInput for a folder of another account, Refused where a server's message would lose its place to
    a folder of this computer, or where only a header is here of what the server is to be given.
    """
    folder = known_folder(db, target)
    moved: list[Moved] = []
    for row in _rows(db, ids):
        if row.folder == target:
            continue
        bare = not row.local and _place(row) is None and not _waits(db, row.id)
        home = _move_one(db, row, folder)
        _stand(db, row.id, target, home)
        moved.append((row.id, row.folder, bare))
    return moved


def _stand(db: sqlite3.Connection, message: int, folder: int, home: _Place | None) -> None:
    """Put a row into a folder; `home` is its place there, where the server has it there still."""
    uid = home.uid or None if home else None
    db.execute(
        "UPDATE message SET folder = ?1, uid = ?2, on_server = on_server OR ?2 IS NOT NULL, sought = ?3,"
        " held = 0, removed = 0 WHERE id = ?4",
        (folder, uid, home is not None and not home.uid, message),
    )


def _waits(db: sqlite3.Connection, message: int) -> bool:
    return db.execute("SELECT 1 FROM pending WHERE message = ?", (message,)).fetchone() is not None


def move_back(db: sqlite3.Connection, moved: Moved) -> bool:
    """Take one move back; False where the message is gone. Raises as `move` does.

    What the server did not know of where it was is put there again without telling; a folder that it has
    still to be told to delete is wanted again.
    """
    message, folder, bare = moved
    db.execute("DELETE FROM pending WHERE kind = 'remove' AND folder = ?", (folder,))
    rows = _rows(db, [message])
    if bare and rows and rows[0].local and known_folder(db, folder).account == rows[0].account:
        _stand(db, message, folder, None)
        return True
    return bool(move(db, [message], folder))


def _move_one(db: sqlite3.Connection, row: _Row, target: Folder) -> _Place | None:
    """Note what the server has to be told of one move; answers the place when the row just comes home."""
    if row.account != target.account:
        raise BadInput(
            "Mail cannot be moved to another account.", "Forward it, or copy it by export and import."
        )
    leaves = _waiting(db, row.id, "move")
    if leaves and leaves.folder == target.id:
        _drop(db, row.id, "move")
        return leaves
    if target.local:
        _into_local(db, row, leaves)
    else:
        _into_server(db, row, leaves or _place(row))
    return None


def _into_local(db: sqlite3.Connection, row: _Row, leaves: _Place | None) -> None:
    if leaves or (_place(row) and not _waiting(db, row.id, "append")):
        raise Refused(
            "Mail that is on the server cannot be moved into a folder of this computer.",
            "Copy it there instead; then delete it on the server.",
        )
    db.execute("DELETE FROM pending WHERE message = ?", (row.id,))


def _into_server(db: sqlite3.Connection, row: _Row, place: _Place | None) -> None:
    for kind in ("append", "copy"):
        # Not on the server yet: it only gets another target, which a new pending id makes known.
        if waiting := _waiting(db, row.id, kind):
            tell(db, row.account, row.id, kind, waiting if waiting.folder else None)
            return
    if place:
        tell(db, row.account, row.id, "move", place)
        return
    if not row.whole:
        raise Refused(
            "Only the header of this message is on this computer, so the server cannot be given it.",
            "Leave it where it is.",
        )
    tell(db, row.account, row.id, "append", None)


def copy(db: sqlite3.Connection, ids: Sequence[int], target: int) -> list[int]:
    """Copy messages into a folder of their account; answers the ids of the copies, in the order of `ids`.

    Raises as `move` does; copying to a folder of this computer needs the whole message.
    """
    folder = known_folder(db, target)
    copies: list[int] = []
    for row in _rows(db, ids):
        if row.account != folder.account:
            raise BadInput("Mail cannot be copied to another account.", "Use export and import.")
        place = _waiting(db, row.id, "move") or _waiting(db, row.id, "copy") or _place(row)
        told = place is not None and place.uid > 0
        if not row.whole and (folder.local or not told):
            raise Refused(
                "Only the header of this message is on this computer.",
                "Open it first, so that it is fetched.",
            )
        number = _duplicate(db, row.id, target)
        if not folder.local:
            tell(db, row.account, number, "copy" if told else "append", place if told else None)
        copies.append(number)
    return copies


def _duplicate(db: sqlite3.Connection, message: int, target: int) -> int:
    number = next_id(db)
    old = db.execute("SELECT position FROM message WHERE id = ?", (message,)).fetchone()[0]
    (position,) = free_positions(db, [old >> SEQUENCE_BITS])
    db.execute(
        "INSERT INTO message (id, folder, position, flags, agreed, tags, agreed_tags, size, attachments,"
        " thread, fingerprint, whole, on_server, sender, subject, to_index)"
        " SELECT ?, ?, ?, flags, flags, tags, tags, size, attachments, thread, fingerprint, whole, 0, sender,"
        " subject, to_index FROM message WHERE id = ?",
        (number, target, position, message),
    )
    db.execute(
        "INSERT INTO header (message, envelope, snippet)"
        " SELECT ?, envelope, snippet FROM header WHERE message = ?",
        (number, message),
    )
    db.execute(
        "INSERT INTO body (message, codec, data, sha256)"
        " SELECT ?, codec, data, sha256 FROM body WHERE message = ?",
        (number, message),
    )
    db.execute(
        "INSERT INTO search (rowid, subject, sender, recipients, copies, body)"
        " SELECT ?, subject, sender, recipients, copies, body FROM search WHERE rowid = ?",
        (position, old),
    )
    return number


def delete_forever(db: sqlite3.Connection, ids: Sequence[int]) -> list[int]:
    """Remove messages here, and tell their server to remove just these. Answers the ids removed."""
    rows = _rows(db, ids)
    for row in rows:
        place = _waiting(db, row.id, "move") or _place(row)
        if place and place.uid:
            tell(db, row.account, None, "expunge", place)
    forget(db, (row.id for row in rows))
    return [row.id for row in rows]


def forget(db: sqlite3.Connection, ids: Iterable[int]) -> None:
    """Remove rows here and tell nobody."""
    db.executemany("DELETE FROM message WHERE id = ?", [(number,) for number in ids])
