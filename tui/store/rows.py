"""Messages as lists and the reading pane want them: ids in order, rows, bytes, conversations."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any

from tui.model.error import StoreBroken
from tui.model.folder import Role
from tui.model.message import BodyState, Filter, Flag, Row, Sort
from tui.store.codec import SEQUENCE_BITS, envelope_of, integers, tags_of, unpack
from tui.store.faults import REPAIR

_ORDERS = {
    Sort.DATE: "position DESC",
    Sort.SENDER: "sender, position DESC",
    Sort.SUBJECT: "subject, position DESC",
    Sort.SIZE: "size DESC, position DESC",
}
_FILTERS = {
    Filter.ALL: "",
    Filter.UNREAD: f" AND flags & {int(Flag.SEEN)} = 0",
    Filter.FLAGGED: f" AND flags & {int(Flag.FLAGGED)}",
    Filter.ATTACHMENT: " AND attachments > 0",
}

_ROW = """SELECT message.id, account.address, folder.name, folder.id, uid, uidl, envelope, position,
        flags, tags, size, attachments, snippet, thread, whole, on_server
    FROM message JOIN header ON header.message = message.id
        JOIN folder ON folder.id = message.folder JOIN account ON account.id = folder.account"""


_BODY = (
    "SELECT codec, data, sha256 FROM body JOIN message ON message.id = body.message"
    " WHERE body.message = ? AND whole"
)
_BEFORE = "SELECT message FROM body WHERE message <= ? ORDER BY message DESC LIMIT 2"
_BEHIND = "SELECT message FROM body WHERE message >= ? ORDER BY message LIMIT 2"


def ids(
    db: sqlite3.Connection,
    folder: int | None,
    role: Role | None = None,
    sort: Sort = Sort.DATE,
    keep: Filter = Filter.ALL,
    limit: int | None = None,
    threads: bool = False,
) -> array[int]:
    """The messages of a folder, or with folder None of all folders of that role, in the order of `sort`.

    `threads` keeps of each conversation only the message that comes first; `limit` counts after that.
    """
    folders = _folders_of(db, folder, role)
    if not folders:
        return array("q")
    if threads:
        return _first_of_threads(_selected(db, "id, thread", folders, sort, keep, None), limit)
    return array("q", chain.from_iterable(_selected(db, "id", folders, sort, keep, limit)))


def _folders_of(db: sqlite3.Connection, folder: int | None, role: Role | None) -> list[int]:
    if folder is not None:
        return [folder]
    rows = db.execute(
        "SELECT id FROM folder WHERE total > 0 AND (?1 IS NULL OR role = ?1)", (role.value if role else None,)
    )
    return [number for (number,) in rows]


def _selected(
    db: sqlite3.Connection, columns: str, folders: Sequence[int], sort: Sort, keep: Filter, limit: int | None
) -> Iterable[tuple[int, ...]]:
    """One index scan where there is one folder. For the first page of several, a short scan of each."""
    order, condition = _ORDERS[sort], _FILTERS[keep]
    if len(folders) == 1 or limit is None or sort is not Sort.DATE:
        where = "folder = ?" if len(folders) == 1 else f"folder IN ({','.join('?' * len(folders))})"
        query = f"SELECT {columns} FROM message WHERE {where}{condition} ORDER BY {order} LIMIT ?"  # noqa: S608
        return db.execute(query, (*folders, -1 if limit is None else limit))
    first = (
        f"SELECT * FROM (SELECT {columns}, position FROM message WHERE folder = ?{condition}"  # noqa: S608
        f" ORDER BY {order} LIMIT ?)"
    )
    query = f"SELECT {columns} FROM ({' UNION ALL '.join([first] * len(folders))}) ORDER BY {order} LIMIT ?"  # noqa: S608
    return db.execute(query, (*chain.from_iterable((number, limit) for number in folders), limit))


def _first_of_threads(rows: Iterable[tuple[int, ...]], limit: int | None) -> array[int]:
    seen: set[int] = set()

    def heads() -> Iterable[int]:
        for message, thread in rows:
            if thread not in seen:
                seen.add(thread)
                yield message

    return array("q", islice(heads(), limit))


def _row(found: Sequence[Any]) -> Row:
    number, account, folder, folder_id, uid, uidl, envelope, position, flags, tags, *rest = found
    size, attachments, snippet, thread, whole, on_server = rest
    return Row(
        id=number,
        account=account,
        folder=folder,
        folder_id=folder_id,
        uid=uid or 0,
        uidl=uidl,
        envelope=envelope_of(envelope),
        received=position >> SEQUENCE_BITS,
        flags=Flag(flags),
        tags=tags_of(tags),
        size=size,
        attachments=attachments,
        snippet=snippet,
        thread=thread,
        body=BodyState.FULL if whole else BodyState.HEADERS,
        on_server=bool(on_server),
    )


def rows(db: sqlite3.Connection, wanted: Sequence[int]) -> list[Row]:
    """The rows in the order asked for; what is not here is left out."""
    query = f"{_ROW} WHERE message.id IN (SELECT value FROM json_each(?))"  # noqa: S608
    found = {row[0]: _row(row) for row in db.execute(query, (integers(wanted),))}
    return [found[number] for number in wanted if number in found]


def raw(db: sqlite3.Connection, message: int) -> bytes | None:
    """The bytes exactly as received; None while only the header is here. Raises StoreBroken if damaged."""
    row = db.execute(_BODY, (message,)).fetchone()
    if row is None:
        return None
    _require_order(db, message)
    return unpack(*row[:2])


def digest(db: sqlite3.Connection, message: int) -> bytes | None:
    """The SHA-256 of the bytes as they came, noted when they were stored."""
    row = db.execute(_BODY, (message,)).fetchone()
    if row is None:
        return None
    _require_order(db, message)
    return bytes(row[2])


def _require_order(db: sqlite3.Connection, message: int) -> None:
    """A body whose number has changed stands among others in the wrong order, and may be found in place of
    another. Raises StoreBroken where it is so beside the one of `message`."""
    before, behind = ([number for (number,) in db.execute(side, (message,))] for side in (_BEFORE, _BEHIND))
    around = [*reversed(before), *behind[1:]]
    if around != sorted(set(around)) or not (before[:1] == behind[:1] == [message]):
        raise StoreBroken(
            "The stored bytes of a message are damaged.",
            f"{REPAIR}. The message may still be on its server.",
            detail=f"the numbers {around} stand beside each other",
        )


def thread(db: sqlite3.Connection, message: int) -> list[int]:
    """The whole conversation of a message in its account, oldest first; without the local wastebasket."""
    found = db.execute(
        "SELECT id FROM message WHERE thread = (SELECT thread FROM message WHERE id = ?1)"
        " AND (removed = 0 OR id = ?1) ORDER BY position",
        (message,),
    )
    return [number for (number,) in found]


def thread_counts(db: sqlite3.Connection, wanted: Sequence[int]) -> dict[int, int]:
    """How many messages the conversation of each message has."""
    return dict(
        db.execute(
            "SELECT id, (SELECT count(*) FROM message AS other WHERE other.thread = message.thread"
            " AND (other.removed = 0 OR other.id = message.id))"
            " FROM message WHERE id IN (SELECT value FROM json_each(?))",
            (integers(wanted),),
        )
    )


def unread_of(db: sqlite3.Connection, wanted: Iterable[int]) -> int:
    """How many of these messages are unread."""
    row = db.execute(
        f"SELECT count(*) FROM message WHERE flags & {int(Flag.SEEN)} = 0"  # noqa: S608
        " AND id IN (SELECT value FROM json_each(?))",
        (integers(wanted),),
    ).fetchone()
    return int(row[0])
