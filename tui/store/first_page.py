"""The first pages of a store: what the file is, and the list of its tables. In all stores they are the same.

A file of which these are damaged cannot be opened at all. Tables are made in one order and never dropped, so
their trees begin on the same pages in every store, and the beginning of a new one opens an old one, too.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from itertools import chain
from pathlib import Path
from urllib.parse import quote

from tui.store.faults import UNREADABLE
from tui.store.pages import page_octets
from tui.store.schema import MIGRATIONS, VERSION

_WAL_MODE = b"\x02\x02"
_HEADER = 100
_TABLE_INTERIOR = 5
_STATEMENTS = "SELECT type, name, sql FROM sqlite_master"


def _new_store(page: int) -> bytes:
    """A store in which nothing is, in pages of so many octets."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.execute(f"PRAGMA page_size = {page}")
        for statement in chain.from_iterable(MIGRATIONS):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {VERSION}")
        return db.serialize()


def is_of_later_version(path: Path) -> bool:
    """Whether a store whose version is not known has tables that are not known either: a damaged number may
    look like a later one."""
    with closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)) as db:
        try:
            there = set(db.execute(_STATEMENTS))
        except UNREADABLE:
            return False
    known: set[tuple[str, str, str]] = set()
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        for statements in MIGRATIONS:  # each version has had tables of its own
            for statement in statements:
                db.execute(statement)
            known.update(db.execute(_STATEMENTS))
    return not there <= known


def copy_with_new_ones(path: Path, copy: Path) -> None:
    """Copy a store and its write-ahead log, with the first pages of a new store in place of its own."""
    for end in ("", "-wal"):
        source, target = path.with_name(path.name + end), copy.with_name(copy.name + end)
        if source.is_file():
            shutil.copyfile(source, target)
            target.chmod(0o600)
    with copy.open("r+b") as file:
        size = page_octets(file)
        pages = file.seek(0, 2) // size
        for number, page in _first_pages(size, pages).items():
            file.seek((number - 1) * size)
            file.write(page)


def _first_pages(size: int, pages: int) -> dict[int, bytes]:
    """The header (https://sqlite.org/fileformat2.html 1.3) of a file of so many pages, none of them free, and
    the list of its tables (2.6), which may have grown out of the first page."""
    image = _new_store(size)
    first = bytearray(image[:size])
    first[18:20] = _WAL_MODE
    first[28:32] = pages.to_bytes(4, "big")
    first[32:40] = bytes(8)
    first[92:96] = first[24:28]  # so that the number of pages is believed
    found = {1: bytes(first)}
    if first[_HEADER] == _TABLE_INTERIOR:
        cells = int.from_bytes(first[_HEADER + 3 : _HEADER + 5], "big")
        places = range(_HEADER + 12, _HEADER + 12 + 2 * cells, 2)
        starts = [_HEADER + 8, *(int.from_bytes(first[at : at + 2], "big") for at in places)]
        for number in (int.from_bytes(first[at : at + 4], "big") for at in starts):
            found[number] = image[(number - 1) * size : number * size]
    return found
