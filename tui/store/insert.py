"""Messages on their way into the store, in batches: row, header, body, conversation, index, contacts."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence

from tui.model.folder import Role, SyncMark
from tui.model.message import NewMessage, Scan
from tui.store import contacts, indexing, many
from tui.store.codec import (
    SEQUENCE_BITS,
    SEQUENCE_MASK,
    base_subject,
    envelope_text,
    integers,
    packer,
    second,
    storable,
    tags_text,
)
from tui.store.folders import known_folder, set_mark
from tui.store.threads import Threads

_SORT_KEY = 60
_MAX_SIZE = (1 << 63) - 1


def free_positions(db: sqlite3.Connection, received: Sequence[int]) -> list[int]:
    """Positions for messages received at these times (Unix seconds): the second, and a number within it."""
    seconds = [second(one) for one in received]
    taken = db.execute(
        "SELECT value, (SELECT max(position) FROM message WHERE position"
        " BETWEEN value << ?1 AND (value << ?1) | ?2) FROM json_each(?3)",
        (SEQUENCE_BITS, SEQUENCE_MASK, integers(set(seconds))),
    )
    free = {now: now << SEQUENCE_BITS if last is None else last + 1 for now, last in taken}
    positions: list[int] = []
    for now in seconds:
        positions.append(free[now])
        free[now] += 1
    return positions


def next_id(db: sqlite3.Connection) -> int:
    """The id that the next message will have; none is ever used again (AUTOINCREMENT)."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'message'").fetchone()
    return int(row[0]) + 1 if row else 1


def add(
    db: sqlite3.Connection,
    folder: int,
    messages: Sequence[NewMessage],
    mark: SyncMark | None = None,
    on_server: bool = True,
    index_later: bool = False,
) -> list[int]:
    """Store messages in a folder; answers their ids in the order given.

    A uid that the folder holds already, or that a message is to be moved away from or was removed at, is not
    stored again: its id is answered (0 for a removed one), and only a body that was missing is taken. `mark`
    is noted with them. `index_later` leaves the index to `indexing.take`, as does a body without its scan.
    """
    held, lacking = _held(db, folder, messages)
    # One place is filled once, also when a batch names it twice.
    fresh = {one.uid or -number: one for number, one in enumerate(messages, 1) if one.uid not in held}
    ids = _insert(db, folder, list(fresh.values()), on_server, index_later)
    new = dict(zip(fresh, ids, strict=True))
    add_bodies(
        db,
        [
            (held[one.uid], one.raw, one.scan)
            for one in messages
            if one.uid in lacking and one.raw is not None and one.scan
        ],
    )
    if mark:
        set_mark(db, folder, mark)
    return [
        held[one.uid] if one.uid in held else new[one.uid or -number]
        for number, one in enumerate(messages, 1)
    ]


def _held(
    db: sqlite3.Connection, folder: int, messages: Iterable[NewMessage]
) -> tuple[dict[int, int], frozenset[int]]:
    """Ids by uid of what is here already, and the uids among them that lack their body."""
    rows = db.execute(
        "SELECT uid, id, whole FROM message WHERE folder = ?1 AND uid IN (SELECT value FROM json_each(?2))"
        " UNION SELECT pending.uid, coalesce(message.id, 0), coalesce(whole, 1) FROM pending"
        " LEFT JOIN message ON message.id = pending.message WHERE pending.folder = ?1"
        " AND kind IN ('move', 'expunge') AND pending.uid IN (SELECT value FROM json_each(?2))",
        (folder, integers(one.uid for one in messages if one.uid)),
    ).fetchall()
    return {uid: number for uid, number, _ in rows}, frozenset(uid for uid, _, whole in rows if not whole)


def _insert(
    db: sqlite3.Connection, folder: int, messages: list[NewMessage], on_server: bool, index_later: bool
) -> list[int]:
    """Insert oldest first, as index and positions want it; answers the ids in the order given."""
    if not messages:
        return []
    home = known_folder(db, folder)
    account = db.execute("SELECT account FROM folder WHERE id = ?", (folder,)).fetchone()[0]
    first = next_id(db)
    order = sorted(range(len(messages)), key=lambda number: (messages[number].received, messages[number].uid))
    ordered = [(first + rank, messages[number]) for rank, number in enumerate(order)]
    subjects = {number: base_subject(one.envelope.subject) for number, one in ordered}
    threads_of = _threads(db, account, ordered, subjects)
    positions = free_positions(db, [one.received for _, one in ordered])
    places_of = {number: position for (number, _), position in zip(ordered, positions, strict=True)}
    many.insert(
        db,
        "INSERT INTO message (id, folder, uid, uidl, position, flags, agreed, tags, agreed_tags, size,"
        " attachments, thread, fingerprint, whole, on_server, sender, subject, to_index)",
        [
            (
                *_row(
                    number, folder, places_of[number], one, threads_of[number], on_server, subjects[number]
                ),
                index_later or _unread(one),
            )
            for number, one in ordered
        ],
    )
    many.insert(
        db,
        "INSERT INTO header (message, envelope, snippet)",
        [(number, envelope_text(one.envelope), indexing.snippet(one.scan)) for number, one in ordered],
    )
    _insert_bodies(db, [(number, one.raw) for number, one in ordered if one.raw is not None])
    if not index_later:
        read = [(number, one) for number, one in ordered if not _unread(one)]
        texts = ((places_of[number], one.envelope, one.scan.text if one.scan else "") for number, one in read)
        indexing.add_rows(db, texts)
    if home.role not in (Role.JUNK, Role.TRASH, Role.DRAFTS):
        contacts.met(db, account, (one.envelope for one in messages), written=home.role is Role.SENT)
    ids = dict(zip(order, range(first, first + len(order)), strict=True))
    return [ids[number] for number in range(len(messages))]


def _threads(
    db: sqlite3.Connection,
    account: int,
    ordered: Sequence[tuple[int, NewMessage]],
    subjects: Mapping[int, str],
) -> Mapping[int, int]:
    """The conversation of each message, by their ids."""
    threads = Threads(db, account, [(one.envelope, subjects[number]) for number, one in ordered])
    for number, one in ordered:
        threads.add(number, one.envelope, second(one.received))
    return threads.save()


def _unread(one: NewMessage) -> bool:
    """Whether the bytes are here, but were not looked at for list and index."""
    return one.raw is not None and one.scan is None


def _row(
    number: int, folder: int, position: int, one: NewMessage, thread: int, on_server: bool, subject: str
) -> tuple[int | str | None, ...]:
    flags, tags = int(one.flags), tags_text(one.tags)
    envelope = one.envelope
    sender = (envelope.sender[0].name or envelope.sender[0].address) if envelope.sender else ""
    return (
        number,
        folder,
        one.uid or None,
        storable(one.uidl),
        position,
        flags,
        flags,
        tags,
        tags,
        min(one.size, _MAX_SIZE),
        one.scan.attachments if one.scan else 0,
        thread,
        one.fingerprint,
        one.raw is not None,
        on_server,
        storable(sender[:_SORT_KEY]).casefold(),
        storable(subject[:_SORT_KEY]),
    )


def _insert_bodies(db: sqlite3.Connection, bodies: Sequence[tuple[int, bytes]]) -> None:
    pack = packer()
    rows = [(number, *pack(raw), hashlib.sha256(raw).digest()) for number, raw in bodies]
    many.insert(db, "INSERT OR REPLACE INTO body (message, codec, data, sha256)", rows)


def add_bodies(db: sqlite3.Connection, bodies: Sequence[tuple[int, bytes, Scan | None]]) -> None:
    """Make header-only messages whole. Ids that are gone are left out.

    With a scan their snippet, attachments and index are made at once; without, they are marked for
    `indexing.take`.
    """
    found = db.execute(
        "SELECT id FROM message WHERE id IN (SELECT value FROM json_each(?))",
        (integers(number for number, _, _ in bodies),),
    )
    here = {number for (number,) in found}
    _insert_bodies(db, [(number, raw) for number, raw, _ in bodies if number in here])
    db.execute(
        "UPDATE message SET whole = 1, to_index = 1 WHERE id IN (SELECT value FROM json_each(?))",
        (integers(here),),
    )
    indexing.take(db, [(number, True, scan) for number, _, scan in bodies if scan])


def downloaded(
    db: sqlite3.Connection, folder: int, messages: Sequence[NewMessage], sizes: Mapping[str, int]
) -> list[int]:
    """Store whole messages of a POP3 server together with their UIDLs; answers their ids.

    `sizes` by UIDL are the server's, which counts line ends in its own way.

    A UIDL that is known already is not stored again: the id of its message is answered, 0 where the person
    has removed it.
    """
    account = db.execute("SELECT account FROM folder WHERE id = ?", (folder,)).fetchone()[0]
    known = _known_uidls(db, account, messages)
    fresh = [one for one in messages if not one.uidl or storable(one.uidl) not in known]
    ids = iter(add(db, folder, fresh))
    now = int(time.time())
    answer: list[int] = []
    places: list[tuple[int, str, int, int, int, int]] = []
    for one in messages:
        uidl = storable(one.uidl)
        if uidl and uidl in known:
            answer.append(known[uidl] or 0)
            continue
        answer.append(next(ids))
        if uidl:
            places.append((account, uidl, answer[-1], now, one.fingerprint, sizes.get(one.uidl, 0)))
    db.executemany(
        "INSERT INTO uidl (account, uidl, message, downloaded, fingerprint, size) VALUES (?, ?, ?, ?, ?, ?)",
        places,
    )
    return answer


def _known_uidls(
    db: sqlite3.Connection, account: int, messages: Iterable[NewMessage]
) -> dict[str, int | None]:
    """Which of these messages' UIDLs are known already, and as which message."""
    asked = json.dumps([storable(one.uidl) for one in messages])
    return dict(
        db.execute(
            "SELECT uidl, message FROM uidl WHERE account = ? AND uidl IN (SELECT value FROM json_each(?))",
            (account, asked),
        )
    )


def append(db: sqlite3.Connection, folder: int, messages: Sequence[NewMessage]) -> list[int]:
    """File mail made here, such as a sent copy; a server's folder gets it by APPEND. Answers the ids."""
    home = known_folder(db, folder)
    ids = add(db, folder, messages, on_server=False)
    if not home.local:
        db.executemany(
            "INSERT INTO pending (account, message, kind)"
            " SELECT account, ?, 'append' FROM folder WHERE id = ?",
            [(number, folder) for number in ids],
        )
    return ids
