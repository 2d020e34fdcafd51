"""One connection that changes the store, and how each change is made: wholly or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar

from tui.store.database import Database
from tui.store.faults import judged, translated

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Transactions:
    """A connection for one thread; close it, or use it as a context manager."""

    def __init__(self, path: Path) -> None:
        database = Database(path)
        if not database.ready():
            database = Database.open(path)
        self._path = path
        self._db = database.connect()
        self._durable = False

    def close(self) -> None:
        """Close the connection; closing twice does no harm."""
        with translated(self._path):
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def durable(self) -> Iterator[None]:
        """Within it every commit, and all before it, is on the disk when the method returns (fsync).

        For what precedes an act that cannot be taken back.
        """
        before, self._durable = self._durable, True
        try:
            yield
        finally:
            self._durable = before

    def _do(
        self, function: Callable[Concatenate[sqlite3.Connection, _P], _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        with judged(self._db, self._path):
            self._db.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'NORMAL'}")
            self._db.execute("BEGIN IMMEDIATE")
            try:
                result = function(self._db, *args, **kwargs)
                self._db.execute("COMMIT")
            except BaseException:
                # SQLite has rolled back by itself after some errors, such as a full disk.
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            return result
