"""Rows read without SQLite: all of those that SQLite has, and no fault whatever the file has become."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.damage import Sample, sample
from tui.store.pages import Pages, page_octets
from tui.store.salvage_tables import BODIES, HEADERS, MESSAGES, Table


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return sample(tmp_path_factory.mktemp("used"), 40)


def records(path: Path, table: Table) -> dict[int, tuple[object, ...]]:
    pages = Pages(path)
    try:
        found = dict(pages.records(table.widths, ()))
    finally:
        pages.close()
    return {row: (row, *values[1:]) for row, values in found.items() if table.fits((row, *values[1:]))}


def by_sqlite(path: Path, table: Table) -> dict[int, tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return {row[0]: row for row in db.execute(f"SELECT {table.columns} FROM {table.name}")}


@pytest.mark.parametrize("table", [BODIES, HEADERS])
def test_all_rows_are_found(tmp_path: Path, used: Sample, table: Table) -> None:
    """Also those whose values fill many pages, and those that are in the log alone."""
    path = used.copy(tmp_path / "store")
    found = records(path, table)
    assert found == by_sqlite(path, table)
    assert found.keys() == used.raws.keys()


def test_rows_of_all_versions_of_a_table_are_found(tmp_path: Path, used: Sample) -> None:
    pages = Pages(used.copy(tmp_path / "store"))
    widths = {len(values) for _, values in pages.records(MESSAGES.widths, ())}
    pages.close()
    assert widths <= set(MESSAGES.widths)
    assert widths


def test_known_rows_are_left_out(tmp_path: Path, used: Sample) -> None:
    pages = Pages(used.copy(tmp_path / "store"))
    known = set(used.raws) - {5}
    assert {row for row, _ in pages.records(BODIES.widths, known)} == {5}
    pages.close()


def test_what_was_deleted_does_not_come_back(tmp_path: Path, used: Sample) -> None:
    path = used.copy(tmp_path / "store")
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM body WHERE message > 10")
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert set(records(path, BODIES)) == set(range(1, 11))


def test_the_size_of_pages(tmp_path: Path, used: Sample) -> None:
    path = used.copy(tmp_path / "store")
    small = tmp_path / "small.db"
    with closing(sqlite3.connect(small)) as db:
        db.execute("PRAGMA page_size = 4096")
        db.execute("CREATE TABLE much (id INTEGER PRIMARY KEY, text TEXT)")
        db.executemany("INSERT INTO much (text) VALUES (?)", [("word " * 90,)] * 300)
        db.commit()
    for one, size in ((path, 8_192), (small, 4_096)):
        with one.open("r+b") as file:
            assert page_octets(file) == size
            file.seek(0)
            file.write(bytes(100))
            assert page_octets(file) == size, "without its header"
    assert page_octets(io.BytesIO(b"")) == 8_192


@settings(max_examples=60, deadline=None)
@given(
    at=st.floats(0, 1, exclude_max=True),
    octets=st.binary(min_size=1, max_size=40),
    log=st.booleans(),
    end=st.floats(0.2, 1),
)
def test_no_damage_is_a_fault(
    used: Sample, tmp_path_factory: pytest.TempPathFactory, at: float, octets: bytes, log: bool, end: float
) -> None:
    path = used.copy(tmp_path_factory.getbasetemp() / "pages")
    file = path.with_name("mail.db-wal") if log else path
    content = bytearray(file.read_bytes())
    place = int(at * len(content))
    content[place : place + len(octets)] = octets
    file.write_bytes(content[: int(end * len(content))])
    for table in (BODIES, HEADERS, MESSAGES):
        records(path, table)
