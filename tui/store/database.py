"""Opening the store: file modes, connection settings, migrations."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tui.model.error import StoreBroken
from tui.store.faults import translated
from tui.store.schema import MIGRATIONS, VERSION
from tui.store.swap import finish

BUSY_SECONDS = 10.0
_WAL_LIMIT = 64 * 1024 * 1024
_CACHE_KIB = 8 * 1024
_READERS_CACHE_KIB = 2 * 1024  # every thread has a reader, and the system keeps the file's pages as well
_CHECKPOINT_PAGES = 2_000
PAGE_OCTETS = 8_192  # a stored mail is mostly longer: a sixth less work than with the usual 4,096

_SETTINGS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",  # sorted mail text never reaches a temporary file
    "PRAGMA synchronous = NORMAL",
    "PRAGMA fullfsync = ON",  # macOS: an fsync that reaches the platter; elsewhere without effect
    "PRAGMA checkpoint_fullfsync = ON",
    "PRAGMA secure_delete = FAST",
    f"PRAGMA journal_size_limit = {_WAL_LIMIT}",
    f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}",
)


class NewerStore(StoreBroken):
    """The store was made by a version of this program that is not known here."""


@dataclass(frozen=True, slots=True)
class Database:
    """The store's file. `open` makes it ready; `connect` gives connections to it."""

    path: Path

    @classmethod
    def open(cls, path: Path) -> Database:
        """Create the store at `path` where there is none, and bring an older one up to this version; where a
        repair was ended in its last steps, take these.

        Folder and file are made readable by their owner alone, whatever the umask. Raises StoreBroken.
        """
        database = cls(path)
        with translated(path):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # In this order: a repair that begins its last steps meanwhile must not find an empty store made.
            if not path.exists() and not finish(path):
                _make_private(path)
            if path.stat().st_mode & 0o077:
                path.chmod(0o600)
            with closing(database._connection("rw")) as connection:
                _migrate(connection, path)
        return database

    def connect(self, readonly: bool = False) -> sqlite3.Connection:
        """A connection in autocommit mode, to be used by one thread. Raises StoreBroken."""
        with translated(self.path):
            connection = self._connection("ro" if readonly else "rw")
            try:
                version = connection.execute("PRAGMA user_version").fetchone()[0]
                _refuse_newer(version, self.path)
            except BaseException:
                connection.close()
                raise
            return connection

    def ready(self) -> bool:
        """Whether the file is there and of this version."""
        if not self.path.is_file():
            return False
        with translated(self.path), closing(self._connection("ro")) as connection:
            return bool(connection.execute("PRAGMA user_version").fetchone()[0] == VERSION)

    def _connection(self, mode: str) -> sqlite3.Connection:
        address = f"file:{quote(str(self.path.absolute()))}?mode={mode}"
        connection = sqlite3.connect(
            address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, cached_statements=256
        )
        try:
            for setting in _SETTINGS:
                connection.execute(setting)
            connection.execute(f"PRAGMA cache_size = -{_READERS_CACHE_KIB if mode == 'ro' else _CACHE_KIB}")
        except BaseException:
            connection.close()
            raise
        return connection


def _make_private(path: Path) -> None:
    """Make the file before SQLite sees it: WAL and SHM take over its mode.

    One that is there must not be opened: closing it would drop the locks of all connections of this process
    (https://sqlite.org/howtocorrupt.html 2.2), and the next process to leave would take the WAL with it.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _refuse_newer(version: int, path: Path) -> None:
    if version > VERSION:
        raise NewerStore(
            f"The mail store was made by a newer version of this program: {path}.",
            "Update outlook-tui, or use another --home.",
            detail=f"store version {version}, this program knows {VERSION}",
        )


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    _refuse_newer(version, path)
    if version == VERSION:
        return
    connection.execute(f"PRAGMA page_size = {PAGE_OCTETS}")  # takes effect in an empty file only
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Asked again: another process may have been first.
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        _refuse_newer(version, path)
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
