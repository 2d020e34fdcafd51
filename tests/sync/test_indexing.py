"""The search index catches up with mail that came in bulk: on a thread, in a child process, after a crash."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig import until
from tests.servers.mailbox import messages
from tui.config.secrets import Secrets
from tui.config.settings import Settings
from tui.mail.header import envelope, fingerprint
from tui.model.account import Protocol
from tui.model.error import StoreBroken
from tui.model.event import Event, MessagesChanged
from tui.model.folder import Role
from tui.model.message import NewMessage
from tui.model.query import parse
from tui.store.lock import EngineLock
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.context import Context
from tui.sync.index_thread import IndexThread
from tui.sync.indexing import FEW, index_all, index_few

ACCOUNT = "you@example.org"
MANY = FEW + 100


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A store with an account and its inbox."""
    path = tmp_path / "mail.db"
    with Writer(path) as writer:
        writer.account(ACCOUNT, Protocol.NONE)
        writer.local_folder(ACCOUNT, "INBOX", Role.INBOX)
    return path


@pytest.fixture
def thread(database: Path) -> Iterator[IndexThread]:
    """A thread of the index that is ended after the test."""
    made = IndexThread(Context(database, Settings(), Secrets()))
    yield made
    made.close(time.monotonic() + 5)


def store(database: Path, count: int) -> None:
    """Whole messages that wait for the index."""
    with Writer(database) as writer, Reader(database) as reader:
        inbox = reader.folder_role(ACCOUNT, Role.INBOX)
        assert inbox is not None
        made = [
            NewMessage(
                envelope=envelope(sample.raw),
                received=sample.received,
                size=len(sample.raw),
                fingerprint=fingerprint(sample.raw),
                raw=sample.raw,
            )
            for sample in messages(count, "small")
        ]
        writer.added(inbox.id, made, index_later=True)


def waiting(database: Path) -> int:
    """How many messages wait for the index."""
    with Reader(database) as reader:
        return reader.to_index_count()


def check(database: Path, count: int) -> None:
    """Every message is found by its words, and the store is sound."""
    with Reader(database) as reader:
        assert reader.to_index_count() == 0
        assert reader.check(bodies=10) == []
        newest = reader.rows(reader.ids(1, limit=1))[0]
        assert newest.snippet
        word = max(newest.snippet.split(), key=len).strip(".,:;!?")
        assert newest.id in reader.search(parse(f'"{word}"'), limit=count)


@pytest.mark.parametrize("count", [20, MANY])
def test_what_waits_is_indexed_and_told_of(database: Path, count: int) -> None:
    context = Context(database, Settings(), Secrets())
    told: list[Event] = []
    context.board.listen(told.append)
    thread = IndexThread(context)
    store(database, count)
    thread.start()
    try:
        until(lambda: not waiting(database))
        until(lambda: told)
    finally:
        thread.close(time.monotonic() + 5)
    assert set(told) == {MessagesChanged(ACCOUNT, 1)}
    check(database, count)


def test_the_thread_wakes_when_more_comes(database: Path) -> None:
    context = Context(database, Settings(), Secrets())
    thread = IndexThread(context)
    thread.start()
    try:
        store(database, 10)
        context.index_due.set()
        until(lambda: not waiting(database))
    finally:
        thread.close(time.monotonic() + 5)


def test_a_disk_that_was_full_is_tried_again(
    database: Path, thread: IndexThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(reader: Reader, writer: Writer) -> None:
        tried.set()
        raise StoreBroken("The disk is full.")

    tried = threading.Event()
    with monkeypatch.context() as patched:
        patched.setattr("tui.sync.index_thread.index_batch", full)
        store(database, 3)
        thread.start()
        thread._context.index_due.set()
        assert tried.wait(5)
    thread._context.index_due.set()
    with Reader(database) as reader:
        until(lambda: not reader.to_index_count())


def test_the_thread_ends_at_once_with_its_child(database: Path, thread: IndexThread) -> None:
    store(database, 3 * MANY)
    thread.start()
    until(lambda: waiting(database) < 3 * MANY)
    began = time.monotonic()
    thread.close(began + 5)
    assert time.monotonic() - began < 1.5
    left = waiting(database)
    time.sleep(0.3)
    assert waiting(database) == left, "nobody goes on"


@pytest.mark.parametrize("program", ["/nowhere/python", "/bin/false"])
def test_without_a_child_the_thread_does_it_all(
    database: Path, thread: IndexThread, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(sys, "executable", program)
    store(database, MANY)
    thread.start()
    until(lambda: not waiting(database))
    check(database, MANY)


def test_a_child_that_is_killed_loses_nothing(database: Path) -> None:
    store(database, MANY)
    child = subprocess.Popen([sys.executable, "-m", "tui.sync.index_process", str(database)])
    with child:
        until(lambda: waiting(database) < MANY)
        child.send_signal(signal.SIGKILL)
    with Reader(database) as reader:
        assert reader.check(bodies=10) == []
    assert index_all(database, lambda: False)
    check(database, MANY)


def test_only_one_is_at_it(database: Path) -> None:
    store(database, 5)
    with EngineLock(database.with_name("index.lock")) as lock:
        assert lock.held
        assert not index_all(database, lambda: False)
        assert waiting(database) == 5
    left: list[int] = []
    assert index_all(database, lambda: False, left.append)
    assert left == [0]


def test_many_are_left_where_nobody_has_the_time(database: Path) -> None:
    store(database, MANY)
    index_few(database)
    assert waiting(database) == MANY
    halted = threading.Event()
    assert index_all(database, halted.is_set, lambda left: halted.set() if left <= 100 else None)
    index_few(database)
    check(database, MANY)
