"""Whether the store is sound, and what has outlived its time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from tui.model.error import StoreBroken
from tui.store.codec import unpack

REMOVED_KEPT_SECONDS = 30 * 86_400
SENT_KEPT_SECONDS = 30 * 86_400
LEFT_KEPT_SECONDS = 180 * 86_400


def check(db: sqlite3.Connection, bodies: int) -> list[str]:
    """Sentences on what is wrong, none when all is sound; of message bodies the newest so many are read."""
    return [*_structure(db), *_counts(db), *_index(db), *_bodies(db, bodies)]


def _structure(db: sqlite3.Connection) -> Iterator[str]:
    for (line,) in db.execute("PRAGMA quick_check(20)"):
        if line != "ok":
            yield f"The file is damaged: {line}."
    for table, *_ in db.execute("PRAGMA foreign_key_check").fetchall()[:20]:
        yield f"A row of {table} belongs to something that is not here."


def _counts(db: sqlite3.Connection) -> Iterator[str]:
    wrong = db.execute(
        "SELECT name FROM folder LEFT JOIN (SELECT folder, count(*) AS real_total,"
        " sum(flags & 1 = 0) AS real_unread FROM message GROUP BY folder) ON folder = folder.id"
        " WHERE total <> coalesce(real_total, 0) OR unread <> coalesce(real_unread, 0)"
    )
    for (name,) in wrong:
        yield f"The counts of {name} are wrong."


def _index(db: sqlite3.Connection) -> Iterator[str]:
    missing = db.execute(
        "SELECT count(*) FROM message WHERE NOT to_index AND position NOT IN (SELECT id FROM search_docsize)"
    ).fetchone()[0]
    if missing:
        yield f"{missing} messages are not in the search index."
    lost = db.execute(
        "SELECT count(*) FROM message"
        " WHERE whole <> EXISTS (SELECT 1 FROM body WHERE body.message = message.id)"
    ).fetchone()[0]
    if lost:
        yield f"{lost} messages lack the bytes that should be here."


def _bodies(db: sqlite3.Connection, limit: int) -> Iterator[str]:
    broken = 0
    for codec, data in db.execute("SELECT codec, data FROM body ORDER BY message DESC LIMIT ?", (limit,)):
        try:
            unpack(codec, data)
        except StoreBroken:
            broken += 1
    if broken:
        yield f"{broken} messages cannot be read: their bytes are damaged."


def expire(db: sqlite3.Connection, now: int) -> None:
    """Empty the wastebasket of what lay in it for 30 days, and the outbox of what left so long ago; forget
    UIDLs that no list has had for half a year."""
    db.execute("DELETE FROM message WHERE removed > 0 AND removed < ?", (now - REMOVED_KEPT_SECONDS,))
    db.execute(
        "DELETE FROM outbox WHERE state IN ('sent', 'cancelled') AND sent_copy <> 'pending' AND created < ?",
        (now - SENT_KEPT_SECONDS,),
    )
    db.execute("DELETE FROM uidl WHERE left > 0 AND left < ?", (now - LEFT_KEPT_SECONDS,))
