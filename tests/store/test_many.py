"""Rows by the dozen arrive as rows one by one do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tui.store import many


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """A table whose rows are counted by a trigger."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        made.execute("CREATE TABLE counted (rows INTEGER)")
        made.execute("INSERT INTO counted VALUES (0)")
        made.execute("CREATE TABLE one (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
        made.execute("CREATE TRIGGER added AFTER INSERT ON one BEGIN UPDATE counted SET rows = rows + 1; END")
        yield made


@pytest.mark.parametrize("rows", [0, 1, 7, 8, 9, 63, 64, 65, 200, 1000])
def test_every_row_is_inserted_once(db: sqlite3.Connection, rows: int) -> None:
    given = [(number, f"row {number}") for number in range(rows)]
    many.insert(db, "INSERT INTO one (id, text)", given)
    assert db.execute("SELECT id, text FROM one ORDER BY id").fetchall() == given
    assert db.execute("SELECT rows FROM counted").fetchone() == (rows,)


def test_what_to_do_otherwise(db: sqlite3.Connection) -> None:
    many.insert(db, "INSERT INTO one (id, text)", [(n, "old") for n in range(70)])
    many.insert(
        db,
        "INSERT INTO one (id, text)",
        [(n, "new") for n in range(69, 140)],
        "ON CONFLICT (id) DO UPDATE SET text = text || ' and ' || excluded.text",
    )
    found = dict(db.execute("SELECT id, text FROM one"))
    assert (found[68], found[69], found[70], len(found)) == ("old", "old and new", "new", 140)


def test_a_row_that_breaks_a_constraint_is_told(db: sqlite3.Connection) -> None:
    db.execute("BEGIN")
    with pytest.raises(sqlite3.IntegrityError):
        many.insert(db, "INSERT INTO one (id, text)", [(n % 100, "text") for n in range(150)])
    db.execute("ROLLBACK")
    assert db.execute("SELECT count(*) FROM one").fetchone() == (0,)
