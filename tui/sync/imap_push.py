"""Changes made here, told to the server: each once, in the order they were made, safe to begin again.

A change is repeated after a crash, so each act is one that may be repeated: flags are set to what they should
be; a MOVE of a UID that has left does nothing; an APPEND is looked for by Message-ID before it is tried again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from itertools import groupby

from tui.model.error import Refused
from tui.model.event import Problem
from tui.model.folder import Folder
from tui.model.message import Flag, Row
from tui.net.imap import ImapConnection
from tui.store.reader import Pending, Reader
from tui.store.writer import Writer
from tui.sync.board import Board
from tui.sync.visit import Counts

log = logging.getLogger(__name__)

Group = Sequence[Pending]


def push(
    connection: ImapConnection, reader: Reader, writer: Writer, board: Board, account: str, counts: Counts
) -> None:
    """Push everything that waits for `account`. A refused change is kept, marked with the server's words,
    and told; the others go on. Raises any other MailError."""
    pushing = _Push(connection, reader, writer)
    waiting = [one for one in reader.pending(account) if not one.error]
    for (kind, folder), group in groupby(waiting, lambda one: (one.kind, one.folder)):
        changes = list(group)
        try:
            pushing.act(kind, folder, changes)
            counts.changed += len(changes)
        except Refused as error:
            writer.pending_failed([one.id for one in changes], error.detail or error.what)
            counts.problem(f"The server refused a change: {error.what}", error.exit_code)
            board.tell(Problem(account, error.what, error.hint, error.detail))


class _Push:
    """One run of pushes over one connection."""

    def __init__(self, connection: ImapConnection, reader: Reader, writer: Writer) -> None:
        self._connection = connection
        self._reader = reader
        self._writer = writer
        self._acts: dict[str, Callable[[str, Group], None]] = {
            "flags": self._flags,
            "move": self._move,
            "copy": self._copy,
            "expunge": self._expunge,
            "append": self._append,
            "create": self._create,
        }

    def act(self, kind: str, folder: int | None, changes: Group) -> None:
        """Push changes of one kind in one source folder."""
        wire = changes[0].wire
        if kind in ("append", "create") or self._select(folder, wire, changes):
            self._acts[kind](wire, changes)

    def _select(self, folder: int | None, wire: str, changes: Group) -> bool:
        """Open the source folder; UIDs of another UIDVALIDITY mean nothing, so those changes are given up."""
        selected = self._connection.select(wire)
        stale = [one.id for one in changes if one.uidvalidity != selected.uidvalidity]
        if not stale:
            return True
        log.warning("UIDVALIDITY of folder %s changed under %d waiting changes", folder, len(stale))
        self._writer.pending_failed(
            stale, "The server has numbered the folder anew; this change has to be made again."
        )
        return False

    def _rows(self, changes: Group) -> dict[int, Row]:
        rows = self._reader.rows([one.message for one in changes if one.message])
        return {row.id: row for row in rows}

    def _flags(self, wire: str, changes: Group) -> None:
        wanted: dict[tuple[Flag, Flag, frozenset[str], frozenset[str]], list[Pending]] = {}
        for one in changes:
            state = self._reader.flag_state(one.message) if one.message else None
            if state is None:
                self._writer.pending_done([one.id])
                continue
            add, remove = state.flags & ~state.agreed, state.agreed & ~state.flags
            key = (add, remove, state.tags - state.agreed_tags, state.agreed_tags - state.tags)
            wanted.setdefault(key, []).append(one)
        for (add, remove, add_tags, remove_tags), group in wanted.items():
            uids = [one.uid for one in group]
            if add or add_tags:
                self._connection.store_flags(uids, add, add_tags, remove=False)
            if remove or remove_tags:
                self._connection.store_flags(uids, remove, remove_tags, remove=True)
            self._writer.pushed_flags([one.id for one in group])

    def _targets(self, changes: Group) -> list[tuple[Folder, list[Pending]]]:
        """Changes by the folder their message stands in now; a message that is gone needs no move."""
        rows = self._rows(changes)
        groups: dict[int, list[Pending]] = {}
        for one in changes:
            row = rows.get(one.message or 0)
            if row is None:
                self._writer.pending_done([one.id])
            else:
                groups.setdefault(row.folder_id, []).append(one)
        found = [(self._reader.folder(number), group) for number, group in groups.items()]
        return [(folder, group) for folder, group in found if folder is not None]

    def _move(self, wire: str, changes: Group) -> None:
        for folder, group in self._targets(changes):
            places = self._connection.move([one.uid for one in group], folder.wire) or {}
            self._placed(group, places)

    def _copy(self, wire: str, changes: Group) -> None:
        for folder, group in self._targets(changes):
            places = self._connection.copy([one.uid for one in group], folder.wire) or {}
            self._placed(group, places)

    def _placed(self, group: Group, places: dict[int, int]) -> None:
        """Note the new UIDs; where the server named none, the next list of the target finds the message."""
        self._writer.pushed_places(
            [(one.id, one.message, places.get(one.uid, 0)) for one in group if one.message]
        )

    def _expunge(self, wire: str, changes: Group) -> None:
        uids = [one.uid for one in changes]
        self._connection.store_flags(uids, Flag.DELETED, frozenset(), remove=False)
        self._connection.expunge(uids)
        self._writer.pending_done([one.id for one in changes])

    def _append(self, wire: str, changes: Group) -> None:
        for one in changes:
            row = self._reader.row(one.message) if one.message else None
            raw = self._reader.raw(one.message) if one.message else None
            folder = self._reader.folder(row.folder_id) if row else None
            if row is None or raw is None or folder is None or row.uid:
                self._writer.pending_done([one.id])
                continue
            self._writer.pending_tried(one.id)
            if one.attempts and self._already_there(folder.wire, row):
                self._writer.pending_done([one.id])
                continue
            place = self._connection.append(folder.wire, raw, row.flags, row.received)
            self._writer.pushed_places([(one.id, row.id, place[1] if place else 0)])

    def _already_there(self, wire: str, row: Row) -> bool:
        """Whether an APPEND that was cut had arrived; the folder's next list then gives the row its place."""
        self._connection.select(wire)
        return bool(self._connection.search_header("Message-ID", row.envelope.message_id))

    def _create(self, wire: str, changes: Group) -> None:
        for one in changes:
            self._connection.create(one.wire)
            self._writer.pending_done([one.id])
