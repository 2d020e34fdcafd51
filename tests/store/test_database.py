"""Opening: modes, migrations, and stores that cannot be used."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.samples import ACCOUNT, local
from tui.model.account import Protocol
from tui.model.error import Busy, StoreBroken
from tui.store import database
from tui.store.database import Database
from tui.store.reader import Reader
from tui.store.schema import MIGRATIONS, VERSION
from tui.store.writer import Writer


def test_files_and_folder_are_private_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        with Writer(path) as writer:
            writer.account(ACCOUNT, Protocol.IMAP)
            files = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
            assert path.parent.stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)
    assert files == {"mail.db": 0o600, "mail.db-wal": 0o600, "mail.db-shm": 0o600}


def test_opening_once_more_keeps_the_locks_of_this_process(path: Path) -> None:
    """Without them another process, when it leaves, would take the WAL away with what is written next."""
    other = (
        "import sys; from pathlib import Path; from tui.store.writer import Writer\n"
        "with Writer(Path(sys.argv[1])) as writer: writer.request_add(sys.argv[2])"
    )
    Database.open(path)
    with Writer(path) as writer, Reader(path) as reader:
        Database.open(path)
        for text in ("first", "second"):
            before = reader.data_version()
            subprocess.run([sys.executable, "-c", other, str(path), text], check=True)
            assert reader.data_version() != before
        writer.request_add("third")
        assert [one.command for one in reader.requests_open()] == ["first", "second", "third"]
    with Reader(path) as reader:
        assert len(reader.requests_open()) == 3


def test_no_empty_store_takes_the_place_that_a_repair_is_about_to_fill(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Database.open(path)
    with Writer(path) as writer:
        writer.request_add("kept")
    real = database._make_private

    def just_before(where: Path) -> None:
        where.rename(where.with_name("mail.db-rebuilt-20260101-000000"))
        real(where)

    monkeypatch.setattr(database, "_make_private", just_before)
    Database.open(path)
    with Reader(path) as reader:
        assert [one.command for one in reader.requests_open()] == ["kept"]


def test_a_file_that_others_could_read_is_closed_to_them(path: Path) -> None:
    Database.open(path)
    path.chmod(0o644)
    Database.open(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_opening_twice_changes_nothing(path: Path) -> None:
    Database.open(path)
    with Writer(path) as writer:
        writer.account(ACCOUNT, Protocol.IMAP)
    Database.open(path)
    with Reader(path) as reader:
        assert reader.accounts() == [(ACCOUNT, Protocol.IMAP)]


def test_a_store_of_every_earlier_version_is_brought_up_to_date(tmp_path: Path) -> None:
    shapes = set()
    for version in range(VERSION + 1):
        path = tmp_path / f"{version}.db"
        with closing(sqlite3.connect(path)) as db:
            for statement in (one for migration in MIGRATIONS[:version] for one in migration):
                db.execute(statement)
            if version:
                db.execute(f"INSERT INTO account (address, protocol) VALUES ('{ACCOUNT}', 'imap')")
            db.execute(f"PRAGMA user_version = {version}")
            db.commit()
        with Reader(path) as reader:
            assert len(reader.accounts()) == min(version, 1)
            assert reader.check() == []
        with closing(sqlite3.connect(path)) as db:
            shapes.add(tuple(db.execute("SELECT name, sql FROM sqlite_schema ORDER BY name")))
    assert len(shapes) == 1


def test_a_path_with_odd_characters(tmp_path: Path) -> None:
    path = tmp_path / "a?b#c%41 d" / "mail.db"
    with Writer(path) as writer:
        writer.account(ACCOUNT, Protocol.IMAP)
    assert path.is_file()
    with Reader(path) as reader:
        assert reader.accounts()


def test_many_may_open_a_new_store_at_once(path: Path) -> None:
    problems: list[StoreBroken] = []

    def open_it() -> None:
        try:
            Database.open(path)
        except StoreBroken as error:
            problems.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_store_of_a_newer_version_is_left_alone(path: Path) -> None:
    Database.open(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    for use in (Database.open, Reader, Writer):
        with pytest.raises(StoreBroken) as caught:
            use(path)
        assert "newer version" in caught.value.what
        assert "Update" in caught.value.hint


def test_a_file_that_is_no_store(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    path.write_bytes(b"this is a letter and not a database, honestly" * 100)
    with pytest.raises(StoreBroken) as caught:
        Reader(path)
    assert "not a mail store" in caught.value.what
    assert str(path) in caught.value.what
    assert caught.value.hint
    assert path.read_bytes().startswith(b"this is a letter")


def test_a_damaged_store_says_so(path: Path) -> None:
    with Writer(path) as writer:
        writer.account(ACCOUNT, Protocol.IMAP)
        folder = writer.local_folder(ACCOUNT, "INBOX")
        writer.added(folder, [local(number, text="word " * 500) for number in range(1, 200)])
    data = bytearray(path.read_bytes())
    for page in range(4096 * 3, len(data), 4096):
        data[page : page + 200] = b"\xff" * 200
    path.write_bytes(data)
    with pytest.raises(StoreBroken) as caught, Reader(path) as reader:
        for number in range(1, 200):
            reader.row(number)
    assert "damaged" in caught.value.what
    assert isinstance(caught.value.__cause__, sqlite3.DatabaseError)


def test_a_full_disk_says_so_and_loses_nothing(path: Path) -> None:
    with Writer(path) as writer, Reader(path) as reader:
        writer.account(ACCOUNT, Protocol.IMAP)
        folder = writer.local_folder(ACCOUNT, "INBOX")
        first = writer.added(folder, [local(1)])
        pages = writer._db.execute("PRAGMA page_count").fetchone()[0]
        writer._db.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(StoreBroken) as caught:
            writer.added(folder, [local(number, raw=os.urandom(9_000)) for number in range(2, 50)])
        assert "disk is full" in caught.value.what
        assert list(reader.ids(folder)) == first
        assert reader.check() == []
        writer._db.execute(f"PRAGMA max_page_count = {pages + 10_000}")
        assert len(writer.added(folder, [local(2)])) == 1


_LIMITED = """
import resource, signal, sys
from pathlib import Path
from tests.store.samples import ACCOUNT, local
from tui.model.account import Protocol
from tui.model.error import StoreBroken
from tui.store.writer import Writer
import os
path = Path(sys.argv[1])
with Writer(path) as writer:
    writer.account(ACCOUNT, Protocol.IMAP)
    folder = writer.local_folder(ACCOUNT, "INBOX")
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
    try:
        for number in range(1, 10_000):
            writer.added(folder, [local(number, raw=os.urandom(9_000))])
            print("kept", number, flush=True)
    except StoreBroken as error:
        print("broken", error.what, flush=True)
"""


def test_a_file_that_may_not_grow(path: Path) -> None:
    """As near to a full disk as a test can come: every message that was told as kept is there."""
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(path)], capture_output=True, text=True, timeout=60, check=True
    )
    lines = done.stdout.splitlines()
    assert lines[-1].startswith("broken The disk"), done.stdout + done.stderr
    with Reader(path) as reader:
        (folder,) = reader.folders()
        assert folder.total == len(lines) - 1 > 10
        assert reader.check() == []


_READ_ONLY = """
import os, sys
from pathlib import Path
from tui.model.error import StoreBroken
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.model.account import Protocol
path = Path(sys.argv[1])
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    with Writer(path) as writer:
        writer.account("other@example.org", Protocol.IMAP)
except StoreBroken as error:
    print(error.what, "|", error.hint)
"""


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    """Run as another user where the tests run as root, whom modes do not stop."""
    for parent in (tmp_path, *tmp_path.parents):
        if parent.stat().st_mode & 0o001 == 0 and os.getuid() == 0:
            parent.chmod(0o711)
    path = tmp_path / "data" / "mail.db"
    with Writer(path) as writer:
        writer.account(ACCOUNT, Protocol.IMAP)
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        done = subprocess.run(
            [sys.executable, "-c", _READ_ONLY, str(path)],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    finally:
        path.parent.chmod(0o700)
    assert done.stdout.startswith("The mail store cannot be opened: ") or "only be read" in done.stdout
    assert "Check that the folder belongs to you" in done.stdout


def test_a_store_that_another_program_keeps_busy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.store.database.BUSY_SECONDS", 0.05)
    with Writer(path) as writer, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy) as caught:
            writer.account(ACCOUNT, Protocol.IMAP)
        other.execute("ROLLBACK")
        assert "busy" in caught.value.what
        writer.account(ACCOUNT, Protocol.IMAP)


def test_a_reader_cannot_write(path: Path) -> None:
    Database.open(path)
    with (
        closing(Database(path).connect(readonly=True)) as db,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        db.execute("DELETE FROM message")


def test_durable_commits_are_synchronous_full(path: Path) -> None:
    with Writer(path) as writer:
        writer.account(ACCOUNT, Protocol.IMAP)
        with writer.durable():
            writer.account(ACCOUNT, Protocol.POP3)
            assert writer._db.execute("PRAGMA synchronous").fetchone() == (2,)
        writer.account(ACCOUNT, Protocol.IMAP)
        assert writer._db.execute("PRAGMA synchronous").fetchone() == (1,)
