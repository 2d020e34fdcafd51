"""What can still be read of a damaged store, row by row, around every page that cannot be.

First by SQLite; rows that it has lost the way to are looked for page by page (`store.pages`). Nothing is
written: the damaged file stays as it is.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import deque
from collections.abc import Container, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self
from urllib.parse import quote

from tui.store.codec import ZSTD, unpacked
from tui.store.faults import UNREADABLE, damaged, translated
from tui.store.first_page import copy_with_new_ones
from tui.store.pages import Pages
from tui.store.salvage_tables import (
    ACCOUNTS,
    BODIES,
    DRAFT_FILES,
    DRAFTS,
    FOLDERS,
    HEADERS,
    MESSAGES,
    OUTBOX,
    Row,
    Table,
)

_MOST_MISSES = 20_000
_HIGHEST = 1 << 40
_MOST_TRIES = 2_000_000  # some 20 seconds
_LONGEST_MENDED = 16_384
_WRONG_BITS = 8


class Salvage:
    """Reads a damaged store; a context manager. `spare` is where a copy may be made of one that cannot be
    opened as it is. Raises OSError where not even the file can be read."""

    def __init__(self, path: Path, spare: Path) -> None:
        self._tries = _MOST_TRIES
        self._pages = Pages(path)
        self._db = _opened(path)
        try:
            self.is_listed = _is_listed(self._db, path)
            if not self.is_listed:
                self._db.close()
                copy_with_new_ones(path, spare)
                self._db = _opened(spare)
        except BaseException:
            self._pages.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()
        self._pages.close()

    def rows(self, table: Table) -> Iterator[Row]:
        """Each row of a table that can be read, once, in no order. SQLite may miss rows without a word where
        a page has lost count of them."""
        seen: set[int] = set()
        for row in chain(self._ranges(table), self.strays(table, seen) if table.widths else ()):
            if row[0] not in seen:
                seen.add(row[0])
                yield row

    def strays(self, table: Table, known: Container[int]) -> Iterator[Row]:
        """Rows of a table, but those of `known` rowids, that are found by looking at every page; a rowid that
        is there twice, twice."""
        for rowid, values in self._pages.records(table.widths, known):
            row: Row = (rowid, *values[1 : len(table.shape)])
            if values[0] is None and table.fits(row):
                yield row

    def one(self, table: Table, rowid: int) -> Row | None:
        """One row, by SQLite alone."""
        query = f"SELECT {table.columns} FROM {table.name} WHERE {table.rowid} = ?"  # noqa: S608
        try:
            row = self._db.execute(query, (rowid,)).fetchone()
        except UNREADABLE:
            return None
        return row if row is not None and table.fits(row) else None

    def whole(self, row: Row) -> bytes | None:
        """The bytes of a row of BODIES, where they are still those that were stored, or are so again when
        one bit is turned round."""
        data, digest = row[2], row[3]
        raw = unpacked(ZSTD, data)
        if raw is not None:
            return raw if _is_digest(raw, digest) else None
        if len(data) > min(_LONGEST_MENDED, self._tries // 8):
            return None
        for tried in _flipped(data):
            self._tries -= 1
            raw = unpacked(ZSTD, tried)
            if raw is not None and hashlib.sha256(raw).digest() == digest:
                return raw
        return None

    def keyed(self, table: Table) -> list[Row]:
        """The rows of a table without rowids, whose key are its first two columns."""
        found: dict[Row, None] = {}
        first, second = table.columns.split(", ")[:2]
        for order in ("ASC", "DESC"):
            query = f"SELECT {table.columns} FROM {table.name} ORDER BY {first} {order}, {second} {order}"  # noqa: S608
            with suppress(*UNREADABLE):
                for row in self._db.execute(query):
                    found[row] = None
        for _, values in self._pages.records(table.widths, rowids=False):
            found[values[: len(table.shape)]] = None
        return [row for row in found if table.fits(row)]

    def sizes(self) -> dict[tuple[int, str], int]:
        """What POP3 servers' lists said, by account and UIDL; nothing in a store of the first version."""
        found: dict[tuple[int, str], int] = {}
        with suppress(*UNREADABLE):
            for account, uidl, size in self._db.execute("SELECT account, uidl, size FROM uidl"):
                if isinstance(size, int) and 0 < size < _HIGHEST:
                    found[account, uidl] = size
        return found

    def count(self, query: str) -> int:
        """A number, 0 where it cannot be read."""
        try:
            row = self._db.execute(query).fetchone()
        except UNREADABLE:
            return 0
        return row[0] if row and isinstance(row[0], int) and 0 <= row[0] < _HIGHEST else 0

    def body_ids(self) -> set[int]:
        """The messages that have a body here, as far as SQLite finds the way to them."""
        return {row[0] for row in self._ranges(Table("body", "message", "i", ()))}

    def _ranges(self, table: Table) -> Iterator[Row]:
        """What SQLite can read: up to a page that is damaged, down to it, and around it."""
        gaps = deque([(0, self._last(table))])
        misses = 0
        while gaps and misses < _MOST_MISSES:
            low, high = gaps.popleft()
            for down in (False, True):
                reached = high + 1 if down else low - 1
                try:
                    for row in self._range(table, low, high, down):
                        reached = row[0]
                        if table.fits(row):
                            yield row
                    break
                except UNREADABLE:
                    misses += 1
                low, high = (low, reached - 1) if down else (reached + 1, high)
            else:
                if low < high:
                    middle = (low + high) // 2
                    gaps += ((low, middle), (middle + 1, high))

    def _range(self, table: Table, low: int, high: int, down: bool) -> sqlite3.Cursor:
        order = "DESC" if down else "ASC"
        return self._db.execute(
            f"SELECT {table.columns} FROM {table.name} WHERE {table.rowid} BETWEEN ? AND ?"  # noqa: S608
            f" ORDER BY {table.rowid} {order}",
            (low, high),
        )

    def _last(self, table: Table) -> int:
        """The highest rowid that there may be."""
        numbered = "message" if table.name in ("body", "header") else table.name
        told = self.sequence(numbered)
        with suppress(*UNREADABLE):
            row = self._db.execute(f"SELECT max({table.rowid}) FROM {table.name}").fetchone()  # noqa: S608
            return max(told, row[0] if isinstance(row[0], int) else 0)
        return told or _HIGHEST

    def sequence(self, name: str) -> int:
        """The highest rowid that a table has ever had; 0 where that cannot be read."""
        query = f"SELECT seq FROM sqlite_sequence WHERE name = '{name}'"  # noqa: S608
        return self.count(query)


def readable(path: Path) -> Iterator[tuple[int, bytes]]:
    """Ids and bytes of all messages whose bytes are still those that were stored.

    Raises StoreBroken when nothing at all can be read.
    """
    found: set[int] = set()
    with (
        translated(path),
        TemporaryDirectory(dir=path.parent, prefix=".salvage-") as folder,
        Salvage(path, Path(folder) / path.name) as old,
    ):
        for number in sorted(old.body_ids()):
            if (row := old.one(BODIES, number)) and (raw := old.whole(row)) is not None:
                found.add(number)
                yield number, raw
        for row in old.strays(BODIES, found):
            if (raw := old.whole(row)) is not None:
                found.add(row[0])
                yield row[0], raw
        if not found and not old.is_listed:
            raise damaged(path, "no message can be read")


def _flipped(data: bytes) -> Iterator[bytes]:
    """The bytes with each of their bits turned round in turn."""
    octets = bytearray(data)
    for at in range(len(octets)):
        for bit in range(8):
            octets[at] ^= 1 << bit
            yield bytes(octets)
            octets[at] ^= 1 << bit


def _is_digest(raw: bytes, digest: bytes) -> bool:
    """Whether it is the digest of these bytes, but for some wrong bits: the packed bytes have a checksum of
    their own, and no other message's digest comes near."""
    right = int.from_bytes(hashlib.sha256(raw).digest(), "big")
    return (right ^ int.from_bytes(digest, "big")).bit_count() <= _WRONG_BITS


def _opened(path: Path) -> sqlite3.Connection:
    """A connection that also takes a file which has lost its end."""
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    db = sqlite3.connect(address, uri=True, isolation_level=None)
    db.text_factory = lambda octets: octets.decode("utf-8", "replace")
    with suppress(*UNREADABLE):
        db.execute("PRAGMA writable_schema = ON")  # nothing is written: SQLite then reads a torn file
    return db


def _is_listed(db: sqlite3.Connection, path: Path) -> bool:
    """Whether SQLite finds the tables of a store, and takes the file to be as long as it is."""
    with suppress(*UNREADABLE):
        names = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
        ((size,), (pages,)) = (db.execute(f"PRAGMA page_{one}").fetchone() for one in ("size", "count"))
        tables = (ACCOUNTS, FOLDERS, MESSAGES, HEADERS, BODIES, OUTBOX, DRAFTS, DRAFT_FILES)
        if names.issuperset(one.name for one in tables) and (pages + 1) * size > path.stat().st_size:
            for one in tables:
                db.execute(f"SELECT {one.columns} FROM {one.name} LIMIT 0")  # noqa: S608
            return True
    return False
