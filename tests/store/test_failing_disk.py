"""Disks that are full, broken or read-only, at every single call: a change is made wholly or not at all."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.store import changes
from tests.store.changes import CHANGES, DURABLE, NOW, Ground, copied, held, make, unsound
from tui.model.error import StoreBroken
from tui.store.database import Database
from tui.store.reader import Reader
from tui.store.writer import Writer

if sys.platform == "win32":
    pytest.skip("the calls that are replaced are those of Unix", allow_module_level=True)

from tests.store.system_calls import BROKEN, FULL, READ_ONLY, Disk, for_ever, once, snapshot, watched

_ALL = "OUTLOOK_TUI_TEST_ALL" in os.environ
Held = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True, slots=True)
class Start:
    """A closed store, what is in it, and where to try things."""

    path: Path
    ground: Ground
    held: Held
    place: Path

    def copy(self) -> Path:
        """A store of its own that holds the same."""
        return copied(self.path, self.place / "mail.db")


@pytest.fixture(scope="module")
def disk() -> Iterator[Disk]:
    with watched() as found:
        yield found


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: float(NOW))
        folder = tmp_path_factory.mktemp("start")
        path = folder / "mail.db"
        ground = changes.prepare(path)
        yield Start(path, ground, held(path), folder / "copy")


def test_every_method_of_the_writer_is_tried() -> None:
    public = {name for name in vars(Writer) if not name.startswith("_")}
    assert set(CHANGES) == public


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_whole_or_absent_whichever_call_fails(disk: Disk, start: Start, name: str) -> None:
    """At each call in turn: no room from here on, one write that is broken, read-only from here on.

    With OUTLOOK_TUI_TEST_ALL each call meets all three.
    """
    disk.reset()
    make(path := start.copy(), name, start.ground)
    calls, after = disk.made, held(path)
    assert calls
    for number in range(1, calls + 1):
        faults = (for_ever(number, FULL), once(number, BROKEN), for_ever(number, READ_ONLY))
        for fails in faults if _ALL else faults[number % 3 : number % 3 + 1]:
            path = start.copy()
            disk.reset(fails)
            error = _told(path, name, start.ground)
            disk.reset()
            now = held(path)
            assert now in (start.held, after), (name, number)
            assert error or now == after, "what was said to be done is done"
            assert unsound(path) == []
            if now == start.held:  # there is room again
                make(path, name, start.ground)
                assert held(path) == after


def _told(path: Path, name: str, ground: Ground) -> StoreBroken | None:
    try:
        make(path, name, ground)
    except StoreBroken as error:
        assert error.exit_code == 74
        assert error.hint
        return error
    return None


@pytest.mark.parametrize("name", ["queue", "added", "downloaded", "move"])
def test_the_same_writer_goes_on_when_there_is_room_again(disk: Disk, start: Start, name: str) -> None:
    disk.reset()
    make(path := start.copy(), name, start.ground)
    after = held(path)
    path = start.copy()
    with Writer(path) as writer, Reader(path) as reader:
        disk.reset(for_ever(1, FULL))
        with pytest.raises(StoreBroken) as caught:
            CHANGES[name](writer, start.ground)
        assert caught.value.what.startswith("The disk is full")
        assert "nothing was changed on any server" in caught.value.hint
        assert reader.check() == [], "reading goes on"
        assert held(path) == start.held
        disk.reset()
        CHANGES[name](writer, start.ground)
        assert reader.check() == []
    assert held(path) == after


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_survives_the_loss_of_power(disk: Disk, start: Start, name: str) -> None:
    """All that had not reached the disk by fsync is gone: at each fsync, and when the method has returned."""
    path = start.copy()
    platter = snapshot(path.parent)
    states: list[dict[str, bytes]] = []

    def synced(file: str) -> None:
        if file:
            platter[file] = Path(file).read_bytes()
        states.append(dict(platter))

    disk.reset()
    disk.synced = synced
    try:
        with Writer(path) as writer:
            CHANGES[name](writer, start.ground)
            after = held(path)
            returned = dict(platter)
    finally:
        disk.synced = lambda file: None
    for state in [*states, returned]:
        for file in path.parent.iterdir():
            file.unlink()
        for file_name, octets in state.items():
            Path(file_name).write_bytes(octets)
        assert unsound(path) == []
        assert held(path) in (start.held, after)
    assert held(path) == after or name not in DURABLE


def test_no_room_for_a_new_store(disk: Disk, tmp_path: Path) -> None:
    disk.reset()
    Database.open(tmp_path / "counted" / "mail.db")
    calls = disk.made
    for number in range(1, calls + 1, 3):
        path = tmp_path / str(number) / "mail.db"
        disk.reset(for_ever(number, FULL))
        with suppress(StoreBroken):
            Database.open(path)
        disk.reset()
        Database.open(path)
        assert unsound(path) == []


@pytest.mark.parametrize("name", ["added"])
def test_no_room_at_each_page(start: Start, name: str) -> None:
    """SQLite's own limit on the pages of a file: what a quota does."""
    make(path := start.copy(), name, start.ground)
    after = held(path)
    path, refused = start.copy(), 0
    with Writer(path) as writer:
        pages = writer._db.execute("PRAGMA page_count").fetchone()[0]
        for more in range(60):
            writer._db.execute(f"PRAGMA max_page_count = {pages + more}")
            try:
                CHANGES[name](writer, start.ground)
                break
            except StoreBroken as error:
                assert "disk is full" in error.what
                assert held(path) == start.held
                refused += 1
    assert held(path) == after
    assert refused


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("mode", [stat.S_IRUSR | stat.S_IXUSR])
def test_a_folder_that_cannot_be_written(start: Start, mode: int) -> None:
    path = start.copy()
    path.parent.chmod(mode)
    try:
        with pytest.raises(StoreBroken) as caught, Writer(path) as writer:
            CHANGES["set_flags"](writer, start.ground)
        assert "cannot be opened" in caught.value.what or "only be read" in caught.value.what
    finally:
        path.parent.chmod(0o700)
    assert held(path) == start.held


def test_where_no_log_can_be_made(start: Start) -> None:
    """The WAL's name is taken by a folder: also root meets this one."""
    path = start.copy()
    wal = path.with_name("mail.db-wal")
    wal.mkdir()
    with pytest.raises(StoreBroken) as caught:
        make(path, "set_flags", start.ground)
    assert "cannot be opened" in caught.value.what
    wal.rmdir()
    assert held(path) == start.held


def test_a_connection_that_may_only_read(start: Start) -> None:
    path = start.copy()
    with Writer(path) as writer:
        writer._db.execute("PRAGMA query_only = ON")
        with pytest.raises(StoreBroken) as caught:
            CHANGES["queue"](writer, start.ground)
        assert "only be read" in caught.value.what
        writer._db.execute("PRAGMA query_only = OFF")
        CHANGES["queue"](writer, start.ground)


def test_where_a_file_may_not_grow(start: Start) -> None:
    """RLIMIT_FSIZE: the system refuses every write behind a place in the file."""
    import resource

    path = start.copy()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Writer(path) as writer:
        for limit in range(0, 60_000, 4_096):
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
            try:
                CHANGES["added"](writer, start.ground)
                break
            except StoreBroken as error:
                assert error.exit_code == 74
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, before)
            assert held(path) == start.held
        else:
            CHANGES["added"](writer, start.ground)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM message").fetchone()[0] > len(start.held["message"])
    assert unsound(path) == []
