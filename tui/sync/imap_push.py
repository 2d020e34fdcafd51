"""Changes made here, told to the server: each once, in the order they were made, safe to begin again.

A change is repeated after a crash, so each act is one that may be repeated: flags are set to what they
should be; a MOVE of a UID that has left does nothing; what an APPEND or COPY may have made before a cut is
looked for first, and taken for it only when it is a message that was not in the target before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from tui.model.error import BadInput, Refused
from tui.model.event import Problem
from tui.model.folder import Folder
from tui.model.message import Flag
from tui.net.imap import ImapConnection
from tui.store.reader import Reader
from tui.store.records import Pending, PendingKind
from tui.store.writer import Writer
from tui.sync.board import Board
from tui.sync.folder_push import DELETING, FOLDERS, NAMING, FolderPush
from tui.sync.half_done import HalfDone
from tui.sync.visit import Counts, Interlude

log = logging.getLogger(__name__)

Group = Sequence[Pending]
Key = TypeVar("Key")
Change = TypeVar("Change")
Copied = tuple[Pending, Folder, int]
"""A change whose copy was found in a folder, at that uid."""
FlagChange = tuple[Flag, Flag, frozenset[str], frozenset[str]]


def push(
    connection: ImapConnection,
    reader: Reader,
    writer: Writer,
    board: Board,
    account: str,
    counts: Counts,
    interlude: Interlude,
) -> None:
    """Push everything that waits for `account`. A refused change is kept, marked with the server's words,
    and told; the others go on. Raises any other MailError."""
    pushing = _Push(connection, reader, writer)
    filing = FolderPush(connection, reader, writer)
    for kinds in (NAMING, _Push.KINDS, DELETING):  # wire names are other ones after each step
        waiting = [one for one in reader.pending(account) if not one.error and one.kind in kinds]
        for changes in _steps(waiting, pushing.target):
            try:
                (filing if changes[0].kind in FOLDERS else pushing).act(changes)
                counts.changed += len(changes)
            except (Refused, BadInput) as error:
                if pushing.lost_a_folder(changes):
                    continue
                writer.pending_failed([one.id for one in changes], error.detail or error.what)
                counts.problem(f"The server refused a change: {error.what}", error.exit_code)
                board.tell(Problem(account, error.what, error.hint, error.detail))
            interlude()


def _steps(waiting: Sequence[Pending], target: Callable[[Pending], Folder | None]) -> Iterator[Group]:
    """What is pushed, and refused, together: changes of a kind to messages that stand in one folder, and of
    those that are moved or copied, to one. Each APPEND and each change of a folder is a step of its own."""
    for (kind, _), group in groupby(waiting, lambda one: (one.kind, one.folder)):
        if kind is PendingKind.APPEND or kind in FOLDERS:
            yield from ([one] for one in group)
        elif kind in (PendingKind.MOVE, PendingKind.COPY):
            yield from (changes for _, changes in _grouped(list(group), target))
        else:
            yield list(group)


class _Push:
    """One run of pushes over one connection."""

    KINDS = frozenset(PendingKind) - FOLDERS

    def __init__(self, connection: ImapConnection, reader: Reader, writer: Writer) -> None:
        self._connection = connection
        self._reader = reader
        self._writer = writer
        self._half_done = HalfDone(connection, reader)
        self._acts: dict[PendingKind, Callable[[Group], None]] = {
            PendingKind.FLAGS: self._flags,
            PendingKind.MOVE: self._move,
            PendingKind.COPY: self._copy,
            PendingKind.EXPUNGE: self._expunge,
            PendingKind.APPEND: self._append,
        }

    def act(self, changes: Group) -> None:
        """Push changes of one kind whose messages stand in one folder of the server."""
        kind = changes[0].kind
        if kind is PendingKind.APPEND or self._open(changes):
            self._acts[kind](changes)

    def lost_a_folder(self, changes: Group) -> bool:
        """Whether these meet a folder that the server lists no more: the next list says what became of it."""
        if changes[0].kind in FOLDERS:
            return False
        targets = [folder.wire for one in changes if (folder := self.target(one)) and not folder.local]
        wires = {one.wire for one in changes if one.wire} | set(targets)
        return not wires <= {one.wire for one in self._connection.folders()}

    def _open(self, changes: Group) -> bool:
        """Open the source folder; UIDs of another UIDVALIDITY mean nothing, so those changes are marked."""
        selected = self._connection.select(changes[0].wire)
        stale = [one.id for one in changes if one.uidvalidity != selected.uidvalidity]
        if stale:
            log.warning("UIDVALIDITY of a folder changed under %d waiting changes", len(stale))
            self._writer.pending_failed(stale, "The server has numbered the folder anew; please do it again.")
        return not stale

    def _flags(self, changes: Group) -> None:
        for (add, remove, add_tags, remove_tags), group in _grouped(changes, self._flag_change):
            lost, tags_lost = self._connection.not_kept(add | remove, add_tags | remove_tags)
            self._connection.store_flags(
                [one.uid for one in group],
                add & ~lost,
                remove & ~lost,
                add_tags - tags_lost,
                remove_tags - tags_lost,
            )
            self._writer.pushed_flags([one.id for one in group], lost, tags_lost)

    def _flag_change(self, one: Pending) -> FlagChange:
        state = self._reader.flag_state(one.message) if one.message else None
        if state is None:
            return Flag(0), Flag(0), frozenset(), frozenset()
        return (
            state.flags & ~state.agreed,
            state.agreed & ~state.flags,
            state.tags - state.agreed_tags,
            state.agreed_tags - state.tags,
        )

    def target(self, one: Pending) -> Folder | None:
        """The folder that the message stands in now; None when it is gone: nothing is to be moved then."""
        row = self._reader.row(one.message) if one.message else None
        return self._reader.folder(row.folder_id) if row else None

    def _by_target(self, changes: Group) -> list[tuple[Folder, list[Pending]]]:
        found = [(folder, group) for folder, group in _grouped(changes, self.target) if folder]
        lost = [one.id for folder, group in _grouped(changes, self.target) if not folder for one in group]
        self._writer.pending_done(lost)
        for folder, _ in found:
            if folder.local:
                raise Refused(
                    f"{folder.name} is not on the server any more.",
                    "Move the message elsewhere, or give the change up: then it is where it was.",
                )
        return found

    def _move(self, changes: Group) -> None:
        """MOVE, or what stands in for it: then a copy that was made before a cut is not made again."""
        capabilities = self._connection.capabilities
        stays_marked = not {"MOVE", "UIDPLUS"} & capabilities
        if "MOVE" not in capabilities:
            changes = self._without_those_copied_before(changes)
        for folder, group in self._by_target(changes):
            uids = self._connection.move([one.uid for one in group], folder.wire)
            if stays_marked:
                self._writer.pending_marked([one.id for one in group])
            self._placed(group, uids, folder)

    def _without_those_copied_before(self, changes: Group) -> Group:
        """Take the originals of half-done moves away, and note that the others are being tried."""
        done, rest = self._copied_before(changes)
        if done:
            if not self._connection.expunge([one.uid for one, _, _ in done]):
                self._writer.pending_marked([one.id for one, _, _ in done])
            self._note_copied(done)
        return rest

    def _copied_before(self, changes: Group) -> tuple[list[Copied], list[Pending]]:
        """Which of the changes have their copy in the target already, and which have not; the latter are
        noted as tried, but for those that have been taken back. The source is open afterwards."""
        done: list[Copied] = []
        rest: list[Pending] = []
        for one in changes:
            folder = self.target(one) if one.attempts else None
            row = self._reader.row(one.message) if one.message else None
            uid = self._half_done.find(folder, row, row.size) if folder and row else 0
            if folder and uid:
                done.append((one, folder, uid))
            else:
                rest.append(one)
        if self._connection.opened != changes[0].wire:
            self._connection.select(changes[0].wire)
        return done, [one for one in rest if self._writer.pending_tried(one.id)]

    def _note_copied(self, done: Sequence[Copied]) -> None:
        for folder, group in _grouped(done, lambda each: each[1]):
            places = [(one.id, one.message, uid) for one, _, uid in group if one.message]
            self._writer.pushed_places(places, folder.id)

    def _copy(self, changes: Group) -> None:
        done, rest = self._copied_before(changes)
        self._note_copied(done)
        for folder, group in self._by_target(rest):
            for once in _each_place_once(group):
                uids = self._connection.copy([one.uid for one in once], folder.wire)
                gone = self._left_before(once, uids)
                self._copies_lost(gone)
                self._placed([one for one in once if one not in gone], uids, folder)

    def _copies_lost(self, gone: Group) -> None:
        """A first try at a server that tells of each copy has surely made none where it told of none."""
        told = "UIDPLUS" in self._connection.capabilities
        for unmade, group in _grouped(gone, lambda one: told and not one.attempts):
            self._writer.copies_lost([one.id for one in group], unmade=unmade)

    def _left_before(self, group: Group, uids: dict[int, int] | None) -> Group:
        """Those whose original another program has taken away: COPY does nothing then, without a word."""
        untold = [one for one in group if one.uid not in (uids or {})]
        there = self._connection.uids() if untold else set()
        return [one for one in untold if one.uid not in there]

    def _placed(self, group: Group, uids: dict[int, int] | None, folder: Folder) -> None:
        """Note the new UIDs; where the server named none, the next list of the target finds the message."""
        places = [(one.id, one.message, (uids or {}).get(one.uid, 0)) for one in group if one.message]
        self._writer.pushed_places(places, folder.id)

    def _expunge(self, changes: Group) -> None:
        fresh = [one for one in changes if not one.attempts or "UIDPLUS" in self._connection.capabilities]
        if not fresh:
            return
        if self._connection.expunge([one.uid for one in fresh]):
            self._writer.pending_done([one.id for one in fresh])
        else:
            self._writer.pending_marked([one.id for one in fresh])

    def _append(self, changes: Group) -> None:
        for one in changes:
            row, raw = (
                (self._reader.row(one.message), self._reader.raw(one.message))
                if one.message
                else (None, None)
            )
            folder = self._reader.folder(row.folder_id) if row else None
            if one.message is None or row is None or raw is None or folder is None or row.uid:
                self._writer.pending_done([one.id])
                continue
            if not self._writer.pending_tried(one.id):
                continue  # it was moved on meanwhile
            uid = self._half_done.find(folder, row) if one.attempts else 0
            if not uid:
                place = self._connection.append(folder.wire, raw, row.flags, row.received)
                uid = place[1] if place else 0
            self._writer.pushed_places([(one.id, one.message, uid)], folder.id)


def _each_place_once(changes: Group) -> list[list[Pending]]:
    """Changes in groups of which none names a place twice: of a uid that stands twice in a COPY one copy is
    made."""
    groups: list[list[Pending]] = []
    for _, twice in _grouped(changes, lambda one: one.uid):
        for number, one in enumerate(twice):
            if number == len(groups):
                groups.append([])
            groups[number].append(one)
    return groups


def _grouped(changes: Sequence[Change], key: Callable[[Change], Key]) -> list[tuple[Key, list[Change]]]:
    """Changes by `key`, each group in the order it was made."""
    groups: dict[Key, list[Change]] = {}
    for one in changes:
        groups.setdefault(key(one), []).append(one)
    return list(groups.items())
