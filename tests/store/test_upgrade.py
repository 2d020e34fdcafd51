"""Stores kept from every earlier version: each is opened, brought up to this one, and has lost nothing."""

from __future__ import annotations

import gzip
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.samples import ACCOUNT
from tui.model.account import Protocol
from tui.model.draft import SendState
from tui.model.error import StoreBroken
from tui.model.message import Flag
from tui.model.query import parse
from tui.store.database import Database
from tui.store.reader import Reader
from tui.store.records import PendingKind
from tui.store.schema import VERSION
from tui.store.writer import Writer

KEPT = Path(__file__).parent.parent / "data" / "stores"
POP = "pop@contoso.example"
_EARLIER = list(range(1, VERSION))


def opened_as(path: Path, version: int) -> Path:
    """The store that this program wrote when its schema had that version, at `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.decompress((KEPT / f"v{version}.db.gz").read_bytes()))
    return path


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        found: int = db.execute("PRAGMA user_version").fetchone()[0]
        return found


def rows_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, by the columns that the store had at the start."""
    with closing(sqlite3.connect(path)) as db:
        tables = [
            name
            for (name,) in db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
                " AND name NOT LIKE 'search%'"
            )
        ]
        found: dict[str, list[tuple[object, ...]]] = {}
        for table in tables:
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            named = ", ".join(f'"{column}"' for column in columns)
            found[table] = [
                tuple(zip(columns, row, strict=True))
                for row in db.execute(f"SELECT {named} FROM {table} ORDER BY 1, 2")
            ]
        return found


def test_a_store_of_every_version_is_kept() -> None:
    """Before the schema changes: keep one of the version that was, made by that version's own code."""
    assert {path.name for path in KEPT.iterdir()} >= {f"v{version}.db.gz" for version in _EARLIER}
    assert sum(path.stat().st_size for path in KEPT.iterdir()) < 20_000 * VERSION


@pytest.mark.parametrize("version", _EARLIER)
def test_every_row_is_still_there(path: Path, version: int) -> None:
    before = rows_of(opened_as(path, version))
    assert version_of(path) == version
    Database.open(path)
    assert version_of(path) == VERSION
    after = rows_of(path)
    for table, rows in before.items():
        assert len(after[table]) == len(rows)
        for old, new in zip(rows, after[table], strict=True):
            assert set(old) <= set(new), table


@pytest.mark.parametrize("version", _EARLIER)
def test_all_that_was_kept_is_read(path: Path, version: int) -> None:
    with Reader(opened_as(path, version)) as reader:
        assert reader.check() == []
        assert reader.accounts() == [(ACCOUNT, Protocol.IMAP), (POP, Protocol.POP3)]
        inbox, archive = reader.folder_named(ACCOUNT, "INBOX"), reader.folder_named(ACCOUNT, "Archive")
        assert inbox and archive
        assert (inbox.total, inbox.unread, archive.total) == (8, 5, 2)
        rows = reader.rows(reader.ids(inbox.id))
        assert {row.uid for row in rows} == {1, 2, 3, 4, 7, 8, 9, 10}
        assert [row.tags for row in rows if row.flags & Flag.FLAGGED] == [{"paid"}]
        assert reader.mark(inbox.id).uidnext == 13
        for row in rows:
            raw = reader.raw(row.id)
            assert raw is None or f"invoice {row.uid} is due: Gebühr".encode() in raw
        (draft,) = reader.drafts(ACCOUNT)
        assert draft.subject == "To be finished"
        assert reader.draft_file(draft.files[0].id) == b"42\n"
        assert {mail.subject: mail.state for mail in reader.outbox()} == {
            "Sent soon": SendState.QUEUED,
            "In doubt": SendState.DOT_SENT,
        }
        kinds = [one.kind for one in reader.pending(ACCOUNT)]
        assert Counter(kinds) == {PendingKind.FLAGS: 4, PendingKind.MOVE: 2, PendingKind.EXPUNGE: 1}
        deleted = {uidl: row.deleted for uidl, row in reader.uidls(POP).items()}
        assert deleted == {f"u{n}": n == 26 for n in range(21, 27)}
        assert len(reader.search(parse("gebühr"))) == 8
        assert json.loads(reader.requests_open()[0].command) == {"sync": 1}


@pytest.mark.parametrize("version", _EARLIER)
def test_work_goes_on_in_it(path: Path, version: int) -> None:
    with Writer(opened_as(path, version)) as writer, Reader(path) as reader:
        inbox = reader.folder_named(POP, "INBOX")
        assert inbox
        writer.uidls_gone(POP, ["u21"])
        assert reader.uidls(POP)["u21"].left
        while said := writer.undo():
            assert said.startswith("Taken back"), said
        writer.set_flags(list(reader.ids(inbox.id)), Flag.SEEN)
        writer.expire(1_800_000_000)
        assert reader.check() == []


def test_a_newer_one_is_refused_and_left_as_it_is(path: Path) -> None:
    Database.open(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.read_bytes()
    for attempt in (Database.open, Reader, Writer):
        with pytest.raises(StoreBroken) as caught:
            attempt(path)
        assert "newer version of this program" in caught.value.what
        assert "Update outlook-tui" in caught.value.hint
        assert caught.value.exit_code == 74
    assert path.read_bytes() == before


_UPGRADE = """
import sys
from pathlib import Path
from tui.store.database import Database
print("begun", flush=True)
Database.open(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("version", _EARLIER)
def test_an_upgrade_that_was_killed_goes_on_at_the_next_start(tmp_path: Path, version: int) -> None:
    for turn in range(4):
        path = opened_as(tmp_path / str(turn) / "mail.db", version)
        with subprocess.Popen([sys.executable, "-c", _UPGRADE, str(path)], stdout=subprocess.PIPE) as worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            time.sleep(turn * 0.004)
            worker.send_signal(signal.SIGKILL)
        assert version_of(path) in (version, VERSION), "nothing between"
        with Reader(path) as reader:
            assert reader.check() == []
            assert len(reader.outbox()) == 2
        assert version_of(path) == VERSION
