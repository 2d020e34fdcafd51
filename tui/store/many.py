"""Many rows by few statements.

A trigger or a foreign key makes SQLite guard each INSERT statement by a savepoint of its own, which costs
more than the row; and a statement that takes its time leaves the interpreter to the other threads.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

_AT_ONCE = (64, 8, 1)


def insert(db: sqlite3.Connection, into: str, rows: Sequence[Sequence[Any]], otherwise: str = "") -> None:
    """Insert rows of equal length: `into` is the statement up to VALUES, `otherwise` what follows them
    (ON CONFLICT …). Stops at the first row that breaks a constraint, with an error; what went before it is
    undone by ROLLBACK only."""
    start = 0
    for size in _AT_ONCE:
        while len(rows) - start >= size:
            values = list(chain.from_iterable(rows[start : start + size]))
            db.execute(_statement(into, len(rows[start]), size, otherwise), values)
            start += size


@lru_cache(maxsize=64)
def _statement(into: str, columns: int, rows: int, otherwise: str) -> str:
    row = f"({', '.join('?' * columns)})"
    return f"{into} VALUES {', '.join([row] * rows)} {otherwise}"
