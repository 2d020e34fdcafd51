"""`search` over mail that came in bulk and waits for the search index."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.program import Program
from tui.config.paths import find
from tui.model.account import Protocol
from tui.model.folder import Role
from tui.model.message import Address, Envelope, NewMessage
from tui.store.lock import EngineLock
from tui.store.reader import Reader
from tui.store.writer import Writer

ACCOUNT = "you@example.org"
RAW = b"Subject: Figures\r\n\r\nThe quarterly sum is due.\r\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a message that waits for the index."""
    database = find(str(tmp_path)).database
    envelope = Envelope(subject="Figures", sender=(Address(None, "billing@contoso.example"),))
    with Writer(database) as writer:
        writer.account(ACCOUNT, Protocol.NONE)
        inbox = writer.local_folder(ACCOUNT, "INBOX", Role.INBOX)
        mail = NewMessage(envelope, received=1_700_000_000, size=len(RAW), fingerprint=1, raw=RAW)
        writer.added(inbox, [mail], index_later=True)
    return tmp_path


def test_a_search_reads_first_what_waits(home: Path) -> None:
    (found,) = Program(home).json("search", "quarterly").records
    assert found["subject"] == "Figures"
    with Reader(find(str(home)).database) as reader:
        assert reader.to_index_count() == 0


def test_a_search_says_what_it_may_miss_while_another_program_reads(home: Path) -> None:
    with EngineLock(find(str(home)).database.with_name("index.lock")):
        result = Program(home)("search", "quarterly")
    assert "1 messages are still being read" in result.err
    assert "Figures" not in result.out
