"""What an account's mail takes on this disk, what only this disk has, and what still waits to leave it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from shutil import disk_usage

from tui.store.checking import REMOVED_KEPT_SECONDS
from tui.store.codec import SEQUENCE_BITS
from tui.store.folders import role_of
from tui.store.records import Holding, Holdings

_SIDE_FILES = ("", "-wal", "-shm")
_BLOCKS_BETWEEN_LOOKS = 2_000

# One pass over the messages of an account: 85 ms for 100,000.
_FOLDERS = """SELECT folder.id, folder.name, folder.role, folder.local, count(message.id),
        coalesce(sum(on_server AND NOT held), 0), coalesce(sum(whole), 0), coalesce(sum(size * whole), 0),
        coalesce(sum(size * whole * (attachments > 0)), 0), coalesce(sum(size * (1 - whole)), 0),
        coalesce(min(CASE WHEN whole THEN position END), 0),
        coalesce(sum(uidl <> '' AND NOT on_server), 0), coalesce(sum(held), 0),
        coalesce(min(nullif(removed, 0)), 0)
    FROM folder LEFT JOIN message ON message.folder = folder.id
    WHERE folder.account = ? AND (selectable OR total > 0)
    GROUP BY folder.id
    ORDER BY folder.name"""
_WAITING = """SELECT coalesce(sum(error = ''), 0), coalesce(sum(error <> ''), 0) FROM pending
    WHERE account = ? AND NOT (kind = 'expunge' AND error = '' AND attempts > 0)"""
_OUTBOX = "SELECT count(*) FROM outbox WHERE account = ? AND state NOT IN ('sent', 'cancelled')"
_DRAFTS = "SELECT count(*) FROM draft WHERE account = ? AND outbox IS NULL"
_TO_INDEX = """SELECT count(*) FROM message JOIN folder ON folder.id = folder
    WHERE to_index AND folder.account = ?"""


def holdings(db: sqlite3.Connection, account: str, path: Path) -> Holdings:
    """What an account has in the store at `path`; nothing but zeros where it has none there."""
    owner = db.execute("SELECT id FROM account WHERE address = ?", (account,)).fetchone() or (0,)
    waiting, refused = db.execute(_WAITING, owner).fetchone()
    return Holdings(
        account=account,
        folders=tuple(_holding(*row) for row in db.execute(_FOLDERS, owner)),
        waiting=waiting,
        refused=refused,
        outbox=db.execute(_OUTBOX, owner).fetchone()[0],
        drafts=db.execute(_DRAFTS, owner).fetchone()[0],
        to_index=db.execute(_TO_INDEX, owner).fetchone()[0],
        path=path,
        store_octets=sum(_length(path.with_name(path.name + suffix)) for suffix in _SIDE_FILES),
        free_octets=_free(path),
    )


def _holding(
    folder: int, name: str, role: str, local: int, messages: int, on_server: int, bodies: int, octets: int,
    with_files: int, missing: int, oldest: int, left: int, held: int, removed: int,
) -> Holding:  # fmt: skip
    return Holding(
        folder, name, role_of(role), bool(local), messages, on_server, bodies, octets, with_files, missing,
        oldest >> SEQUENCE_BITS, left, held, removed + REMOVED_KEPT_SECONDS if removed else 0,
    )  # fmt: skip


def index_octets(db: sqlite3.Connection, wanted: Callable[[], bool] = lambda: True) -> int:
    """What the search index takes, with the text that it keeps for snippets, for all accounts together.

    Looks at every page of it (0.4 s for 100,000 messages when they are in memory, a disk's time when not), so
    it asks now and then whether the answer is still `wanted`, and answers 0 when not.
    """
    octets = 0
    for query in (
        "SELECT length(block) FROM search_data",
        "SELECT length(CAST(c4 AS BLOB)) FROM search_content",
    ):
        found = db.execute(query)
        while rows := found.fetchmany(_BLOCKS_BETWEEN_LOOKS):
            octets += sum(length for (length,) in rows)
            if not wanted():
                found.close()
                return 0
    return octets


def _length(path: Path) -> int:
    with suppress(OSError):  # the side files come and go
        return path.stat().st_size
    return 0


def _free(path: Path) -> int | None:
    try:
        return disk_usage(path.parent).free
    except OSError:
        return None
