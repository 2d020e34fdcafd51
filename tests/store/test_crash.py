"""Pulling the plug: killed at any moment, the store opens again and holds all that was told as kept."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.store.samples import ACCOUNT
from tui.model.account import Protocol
from tui.model.draft import SendState
from tui.store.reader import Reader
from tui.store.writer import Writer

_WORK = """
import sys
from pathlib import Path
from tests.store.samples import ACCOUNT, FOLDERS, SEEN, message, whole
from tui.model.draft import Draft, SendState
from tui.model.folder import SyncMark
from tui.model.message import Scan
from tui.store.reader import Reader
from tui.store.writer import Writer

def tell(*words):
    print(*words, flush=True)

first = int(sys.argv[2])
with Writer(Path(sys.argv[1])) as writer, Reader(Path(sys.argv[1])) as reader:
    writer.folders(ACCOUNT, FOLDERS)
    inbox = reader.folder_named(ACCOUNT, "INBOX").id
    archive = reader.folder_named(ACCOUNT, "Archive").id
    for turn in range(first, first + 1_000_000, 20):
        headers = writer.added(inbox, [message(turn + n) for n in range(10)], SyncMark(1, turn, 0))
        tell("kept", *headers)
        writer.bodies([(one, b"body of %d" % one, Scan(0, "s", "text")) for one in headers[:5]])
        tell("whole", *headers[:5])
        writer.set_flags(headers[:3], SEEN)
        writer.move(headers[:2], archive)
        tell("moved", *headers[:2])
        draft = writer.save_draft(Draft(account=ACCOUNT, subject="s"))
        number = writer.queue(ACCOUNT, ACCOUNT, ["a@b.example"], b"raw", subject="s", message_id="m", due=1,
                              draft_id=draft.id)
        tell("queued", number)
        writer.outbox_state(number, {SendState.QUEUED}, SendState.DOT_SENT, durable=True)
        tell("dot", number)
        writer.delete_forever(headers[9:])
        tell("gone", *headers[9:])
"""


class Told:
    """What the worker said before it was killed."""

    def __init__(self, output: str) -> None:
        self.ids: dict[str, list[int]] = {}
        for line in output.splitlines(keepends=True):
            if line.endswith("\n"):
                what, *numbers = line.split()
                self.ids.setdefault(what, []).extend(map(int, numbers))

    def __getitem__(self, what: str) -> list[int]:
        return self.ids.get(what, [])


def killed(path: Path, first: int, after: float) -> Told:
    command = [sys.executable, "-c", _WORK, str(path), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        begun = worker.stdout.readline()
        time.sleep(after)
        worker.send_signal(signal.SIGKILL)
        rest = worker.stdout.read()
    return Told(begun + rest)


@pytest.mark.parametrize("turn", range(6))
def test_killed_in_the_middle_of_writing(path: Path, turn: int) -> None:
    with Writer(path) as writer:
        writer.account(ACCOUNT, Protocol.IMAP)
    chance = random.Random(turn)
    told = [killed(path, 1 + round_ * 100_000, chance.uniform(0.0, 0.15)) for round_ in range(2)]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with Reader(path) as reader:
        assert reader.check() == []
        for one in told:
            here = {row.id: row for row in reader.rows(one["kept"])}
            removed = set(one["kept"]) - here.keys()
            assert set(one["gone"]) <= removed
            assert len(removed - set(one["gone"])) <= 1, "one removal may have come through untold"
            assert all(reader.raw(number) == b"body of %d" % number for number in one["whole"])
            assert {here[number].folder for number in one["moved"]} <= {"Archive"}
            states = [reader.outgoing(number) for number in one["queued"]]
            assert all(state is not None for state in states)
            dots = [reader.outgoing(number) for number in one["dot"]]
            assert {mail.state for mail in dots if mail} <= {SendState.DOT_SENT}
        assert len(reader.drafts()) <= 2, "a draft is there, or its mail is in the outbox; never neither"
        assert len(told[0]["kept"]) >= 10


_SECOND = """
import sys
from pathlib import Path
from tests.store.samples import ACCOUNT, local
from tui.store.writer import Writer
with Writer(Path(sys.argv[1])) as writer:
    folder = writer.local_folder(ACCOUNT, sys.argv[2])
    for number in range(150):
        writer.added(folder, [local(number + 1)], on_server=False)
"""


def test_two_processes_write_at_once(path: Path) -> None:
    with Writer(path) as writer:
        writer.account(ACCOUNT, Protocol.POP3)
    workers = [subprocess.Popen([sys.executable, "-c", _SECOND, str(path), name]) for name in ("one", "two")]
    with Reader(path) as reader:
        versions = set()
        while any(worker.poll() is None for worker in workers):
            versions.add(reader.data_version())
            assert reader.check(bodies=0) == []
            time.sleep(0.02)
        assert [worker.returncode for worker in workers] == [0, 0]
        assert {folder.name: folder.total for folder in reader.folders()} == {"one": 150, "two": 150}
        assert len(set(reader.ids(None))) == 300
        assert len(versions) > 1
        assert reader.check() == []
