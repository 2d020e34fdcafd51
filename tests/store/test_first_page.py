"""The first pages of a new store open an old one."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.changes import held, prepare
from tests.store.test_upgrade import KEPT
from tui.store.first_page import copy_with_new_ones, is_of_later_version


@pytest.mark.parametrize("octets", [16, 100, 8_192])
def test_a_store_without_its_beginning(tmp_path: Path, octets: int) -> None:
    path, copy = tmp_path / "mail.db", tmp_path / "copy.db"
    prepare(path)
    before = held(path)
    with path.open("r+b") as file:
        file.write(bytes(octets))
    copy_with_new_ones(path, copy)
    assert held(copy) == before
    assert copy.stat().st_mode & 0o077 == 0


def test_a_later_version_is_told_from_a_damaged_number(tmp_path: Path) -> None:
    path = tmp_path / "mail.db"
    prepare(path)
    assert not is_of_later_version(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE of_later (id INTEGER)")
    assert is_of_later_version(path)


@pytest.mark.parametrize("kept", sorted(KEPT.glob("*.gz")), ids=lambda kept: kept.stem)
def test_former_versions_are_not_later_ones(tmp_path: Path, kept: Path) -> None:
    path = tmp_path / "mail.db"
    path.write_bytes(gzip.decompress(kept.read_bytes()))
    assert not is_of_later_version(path)
