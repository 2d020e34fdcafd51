"""Whether the store is sound, and what has outlived its time."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator

from tui.model.error import StoreBroken
from tui.store.codec import DAMAGED, envelope_of, unpack
from tui.store.folders import REMOVED_FOLDER

REMOVED_KEPT_SECONDS = 30 * 86_400
SENT_KEPT_SECONDS = 30 * 86_400
LEFT_KEPT_SECONDS = 180 * 86_400


def check(db: sqlite3.Connection, bodies: int) -> list[str]:
    """Sentences on what is wrong, none when all is sound; of message bodies the newest so many are read. With
    -1 all of them are, with every header, every index and the words of the search."""
    thorough = [*_headers(db), *_words(db)] if bodies < 0 else []
    return [
        *structure(db, thorough=bodies < 0),
        *_counts(db),
        *_index(db),
        *_changes(db),
        *_bodies(db, bodies),
        *thorough,
    ]


def structure(db: sqlite3.Connection, *, thorough: bool = False) -> list[str]:
    """Sentences on what is wrong with the file itself, and with rows that belong together; `thorough`: also
    with indexes that say something else than their rows."""
    lines = [line for (line,) in db.execute(f"PRAGMA {'integrity' if thorough else 'quick'}_check(20)")]
    apart = {table for table, *_ in db.execute("PRAGMA foreign_key_check").fetchall()[:1_000]}
    return [
        *(f"The file is damaged: {line}." for line in lines if line != "ok"),
        *(f"A row of {table} belongs to something that is not here." for table in sorted(apart)),
    ]


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


def _changes(db: sqlite3.Connection) -> Iterator[str]:
    """A message that is to leave a place has left it here: whatever stands there must not go in its stead."""
    astray = db.execute(
        "SELECT count(*) FROM pending JOIN message ON message.folder = pending.folder"
        " AND message.uid = pending.uid AND message.id IS NOT pending.message"
        " WHERE pending.kind IN ('move', 'expunge')"
    ).fetchone()[0]
    if astray:
        yield f"Changes that wait for a server name the places of other messages: {astray}."


def _bodies(db: sqlite3.Connection, limit: int) -> Iterator[str]:
    broken = 0
    found = db.execute("SELECT codec, data, sha256 FROM body ORDER BY message DESC LIMIT ?", (limit,))
    for codec, data, digest in found:
        try:
            broken += hashlib.sha256(unpack(codec, data)).digest() != digest
        except StoreBroken:
            broken += 1
    if broken:
        yield f"{broken} message{'s' * (broken > 1)} cannot be read: the bytes are damaged."


def _headers(db: sqlite3.Connection) -> Iterator[str]:
    """A message whose header cannot be read is in no list."""
    found = db.execute("SELECT envelope FROM message LEFT JOIN header ON header.message = id")
    broken = sum(text is None or envelope_of(text).subject == DAMAGED for (text,) in found)
    if broken:
        yield f"{broken} messages have damaged headers."


def _words(db: sqlite3.Connection) -> Iterator[str]:
    """Every word's list of messages is read: https://sqlite.org/fts5.html, "The fts5vocab Virtual Table"."""
    db.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, search, row)")
    try:
        db.execute("SELECT sum(cnt) FROM temp.words").fetchone()
    except sqlite3.DatabaseError:
        yield "The search index is damaged."
    finally:
        db.execute("DROP TABLE temp.words")


def expire(db: sqlite3.Connection, now: int) -> None:
    """Empty the wastebasket of what lay in it for 30 days, and the outbox of what left so long ago; forget
    UIDLs that no list has had for half a year."""
    # The folder, too, must be the one: a single wrong bit must not remove mail.
    db.execute(
        "DELETE FROM message WHERE removed > 0 AND removed < ? AND folder IN"
        " (SELECT id FROM folder WHERE local AND name = ?)",
        (now - REMOVED_KEPT_SECONDS, REMOVED_FOLDER),
    )
    db.execute(
        "DELETE FROM outbox WHERE state IN ('sent', 'cancelled') AND sent_copy <> 'pending' AND created < ?",
        (now - SENT_KEPT_SECONDS,),
    )
    db.execute("DELETE FROM uidl WHERE left > 0 AND left < ?", (now - LEFT_KEPT_SECONDS,))
