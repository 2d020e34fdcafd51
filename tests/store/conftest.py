"""A store with one IMAP account, open for writing and for reading."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.samples import ACCOUNT, FOLDERS, Store
from tui.model.account import Protocol
from tui.store.reader import Reader
from tui.store.writer import Writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "mail.db"


@pytest.fixture
def empty(path: Path) -> Iterator[Store]:
    """A store with an account that has no folder yet."""
    with Writer(path) as writer, Reader(path) as reader:
        writer.account(ACCOUNT, Protocol.IMAP)
        yield Store(path, writer, reader)


@pytest.fixture
def store(empty: Store) -> Store:
    """A store whose account has a server's folders."""
    empty.writer.folders(ACCOUNT, FOLDERS)
    return empty
