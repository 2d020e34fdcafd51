"""Whatever is done in whatever order: counts are right, nothing is lost, and undo restores."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.store.samples import ACCOUNT, ANSWERED, FLAGGED, FOLDERS, NONE, SEEN, Store, local, message, whole
from tui.model.account import Protocol
from tui.model.error import Refused
from tui.model.folder import Role, SyncMark
from tui.model.message import Row
from tui.store.reader import PendingKind, Reader
from tui.store.writer import Writer

flags = st.sampled_from([NONE, SEEN, FLAGGED, SEEN | ANSWERED])
numbers = st.lists(st.integers(0, 40), min_size=1, max_size=4)
names = st.sampled_from(["INBOX", "Archive", "Deleted", "Local"])


class StoreMachine(RuleBasedStateMachine):
    """Changes by the person, by the server and by a switch; `alive` are the messages that must be here."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "mail.db"
        self.store = Store(path, Writer(path), Reader(path))
        self.store.writer.account(ACCOUNT, Protocol.IMAP)
        self.store.writer.folders(ACCOUNT, FOLDERS)
        self.store.writer.local_folder(ACCOUNT, "Local")
        self.alive: set[int] = set()
        self.serial = 0
        self.undoable: list[dict[int, tuple[Any, ...]]] = []

    def teardown(self) -> None:
        self.store.reader.close()
        self.store.writer.close()
        self.folder.cleanup()

    def some(self, chosen: list[int]) -> list[int]:
        ids = sorted(self.alive)
        return sorted({ids[one % len(ids)] for one in chosen}) if ids else []

    def shown(self) -> dict[int, tuple[Any, ...]]:
        def view(row: Row) -> tuple[Any, ...]:
            return row.folder, row.flags, row.tags

        return {row.id: view(row) for row in self.store.reader.rows(sorted(self.alive))}

    @rule(name=names, count=st.integers(1, 3), seen=flags, full=st.booleans())
    def arrive(self, name: str, count: int, seen: Any, full: bool) -> None:
        folder = self.store.folder(name)
        make = whole if full or folder.local else message
        batch = [make(self.serial + one + 1, flags=seen) for one in range(count)]
        if folder.local:
            batch = [local(self.serial + one + 1, flags=seen) for one in range(count)]
        self.serial += count
        self.undoable.clear()
        mark = None if folder.local else SyncMark(1, self.serial + 1, 0)
        self.alive.update(self.store.writer.added(folder.id, batch, mark, not folder.local))

    @rule(chosen=numbers, add=flags, remove=flags, tag=st.sampled_from([frozenset(), frozenset({"x"})]))
    def mark(self, chosen: list[int], add: Any, remove: Any, tag: frozenset[str]) -> None:
        before = self.shown()
        if self.store.writer.set_flags(self.some(chosen), add, remove, tag):
            self.undoable.append(before)

    @rule(chosen=numbers, name=names)
    def move(self, chosen: list[int], name: str) -> None:
        before = self.shown()
        with contextlib.suppress(Refused):
            if self.store.writer.move(self.some(chosen), self.store.folder(name).id):
                self.undoable.append(before)

    @rule(chosen=numbers, name=names)
    def copy(self, chosen: list[int], name: str) -> None:
        before = self.shown()
        with contextlib.suppress(Refused):
            if copies := self.store.writer.copy(self.some(chosen), self.store.folder(name).id):
                self.alive.update(copies)
                self.undoable.append(before)

    @precondition(lambda self: self.undoable)
    @rule()
    def undo(self) -> None:
        """With nobody else's doing between, undoing shows exactly what was shown before."""
        assert self.store.writer.undo().startswith("Taken back")
        before = self.undoable.pop()
        self.alive &= before.keys()
        assert self.shown() == before

    @rule(chosen=numbers)
    def delete(self, chosen: list[int]) -> None:
        self.alive -= set(self.store.writer.delete_forever(self.some(chosen)))
        self.undoable.clear()

    @rule(named=st.booleans())
    def push(self, named: bool) -> None:
        """The server takes everything; it names new uids or not."""
        self.undoable.clear()
        for one in self.store.reader.pending():
            if one.kind is PendingKind.FLAGS:
                self.store.writer.pushed_flags([one.id])
            elif one.message is None:
                self.store.writer.pending_done([one.id])
            else:
                self.serial += 1
                target = self.store.row(one.message).folder_id
                uid = self.serial if named else 0
                self.store.writer.pushed_places([(one.id, one.message, uid)], target)
        left = self.store.reader.pending()
        assert {one.kind for one in left} <= {PendingKind.FLAGS}, left

    @rule(name=names)
    def find(self, name: str) -> None:
        """The server lists what has no uid here yet."""
        self.undoable.clear()
        folder = self.store.folder(name)
        for found in [] if folder.local else self.store.reader.unplaced(folder.id).values():
            for one in found:
                self.serial += 1
                assert self.store.writer.place(one, self.serial, SEEN)

    @rule(chosen=numbers)
    def vanish(self, chosen: list[int]) -> None:
        """Another program deletes; a copy made here is then taken for the place it was moved to."""
        before = self.store.reader.rows(self.some(chosen))
        self.store.writer.settle_gone([row.id for row in before])
        after = self.shown()
        for row in before:
            if row.uid and row.id in after:
                assert after[row.id][0] != row.folder or self.store.row(row.id).uid != row.uid
        self.alive &= after.keys()
        self.undoable.clear()

    @rule(name=names)
    def renumber(self, name: str) -> None:
        """UIDVALIDITY changes; copies that cannot be told any more are taken back."""
        folder = self.store.folder(name)
        if not folder.local:
            self.store.writer.new_generation(folder.id, 1)
            self.alive = set(self.shown())
            self.undoable.clear()

    @rule(protocol=st.sampled_from([Protocol.POP3, Protocol.IMAP, Protocol.NONE]))
    def switch(self, protocol: Protocol) -> None:
        self.store.writer.switch(ACCOUNT, protocol)
        assert self.store.reader.pending() == []
        if protocol is Protocol.IMAP:
            self.store.writer.folders(ACCOUNT, FOLDERS)
        self.undoable.clear()

    @invariant()
    def nothing_is_lost_and_every_count_is_right(self) -> None:
        assert self.store.reader.check() == []
        assert set(self.store.reader.ids(None)) == self.alive == set(self.shown())

    @invariant()
    def what_waits_has_a_place_to_be_told_of(self) -> None:
        for one in self.store.reader.pending():
            assert one.uid or one.kind in (PendingKind.APPEND, PendingKind.CREATE)
            assert one.folder
            if one.kind in (PendingKind.MOVE, PendingKind.COPY, PendingKind.APPEND):
                assert one.message is not None
                assert not self.store.folder(self.store.row(one.message).folder).local

    @invariant()
    def inboxes_have_the_role(self) -> None:
        inbox = self.store.reader.folder_role(ACCOUNT, Role.INBOX)
        assert inbox is not None
        assert inbox.name == "INBOX"


TestAnyOrder = pytest.mark.slow(StoreMachine.TestCase)
TestAnyOrder.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, phases=(Phase.generate,)
)
