"""What can still be read of a damaged store: message after message, whatever became of lists and folders."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from tui.model.error import StoreBroken
from tui.store.codec import unpack
from tui.store.faults import translated

_MOST_MISSES = 100_000


def readable(path: Path) -> Iterator[tuple[int, bytes]]:
    """Ids and bytes of all messages whose bytes are still those that were stored, oldest row first.

    Raises StoreBroken when nothing at all can be read.
    """
    with translated(path), closing(_opened(path)) as db:
        for number in range(1, _last(db) + 1):
            if (raw := _raw(db, number)) is not None:
                yield number, raw


def _opened(path: Path) -> sqlite3.Connection:
    """A connection that also takes a file which has lost its end."""
    db = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, isolation_level=None)
    with suppress(sqlite3.Error):
        db.execute("PRAGMA writable_schema = ON")  # nothing is written: SQLite then reads a torn file
    return db


def _last(db: sqlite3.Connection) -> int:
    """The highest id there may be."""
    for query in (
        "SELECT seq FROM sqlite_sequence WHERE name = 'message'",
        "SELECT max(message) FROM body",
        "SELECT max(id) FROM message",
    ):
        with suppress(sqlite3.Error):
            row = db.execute(query).fetchone()
            if row and isinstance(row[0], int) and 0 < row[0] < 1 << 32:
                return row[0]
    pages: int = db.execute("PRAGMA page_count").fetchone()[0]
    return min(pages * 64, _MOST_MISSES)


def _raw(db: sqlite3.Connection, number: int) -> bytes | None:
    try:
        row = db.execute("SELECT codec, data, sha256 FROM body WHERE message = ?", (number,)).fetchone()
        raw = unpack(row[0], row[1]) if row else None
    except (sqlite3.Error, StoreBroken):
        return None
    return raw if raw is not None and hashlib.sha256(raw).digest() == row[2] else None
