"""One folder of an IMAP account brought up to date, in bounded steps (RFC 4549)."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from tui.mail.header import block, envelope_of, fingerprint_of, split
from tui.model.error import Garbled
from tui.model.event import Asked, MessagesChanged
from tui.model.folder import Folder, Role, SyncMark
from tui.model.message import NewMessage
from tui.net.answer import FetchedHeader, Selected
from tui.net.imap import ImapConnection
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.board import Board
from tui.sync.plan import Flags, FolderPlan, Known, plan_folder
from tui.sync.visit import Counts

log = logging.getLogger(__name__)


@dataclass(slots=True)
class FolderFetch:
    """Reads what the server has in `folder` and makes the store agree, step by step.

    `gone` collects the rows that the server proved gone; who knows all folders decides whether they were
    deleted there or moved.
    """

    connection: ImapConnection
    reader: Reader
    writer: Writer
    board: Board
    folder: Folder
    counts: Counts
    gone: list[int] = field(default_factory=list)
    arrived: list[int] = field(default_factory=list)

    def steps(self) -> Iterator[None]:
        """Do the work; yields where other work may come between. The folder is selected again after that."""
        selected = self.connection.select(self.folder.wire)
        mark = self.reader.mark(self.folder.id)
        if mark.uidvalidity and mark.uidvalidity != selected.uidvalidity:
            self._new_generation(selected)
            mark = SyncMark(selected.uidvalidity)
        elif not mark.uidvalidity:
            mark = SyncMark(selected.uidvalidity)
            self.writer.mark(self.folder.id, mark)  # what is stored from now on has its place under it
        if self._unchanged(mark, selected):
            return
        plan = self._plan(mark, selected)
        yield
        self._apply_flags(plan)
        self._note_gone(plan)
        yield
        yield from self._headers(plan.new)
        self.writer.mark(
            self.folder.id,
            SyncMark(selected.uidvalidity, selected.uidnext, 0 if plan.held else selected.modseq),
        )

    def _new_generation(self, selected: Selected) -> None:
        log.warning("UIDVALIDITY of folder %d changed", self.folder.id)
        self.writer.new_generation(self.folder.id, selected.uidvalidity)
        self.counts.problem(
            f"The server numbered {self.folder.name} anew; its messages are compared again, none is removed.",
            0,
        )

    def _unchanged(self, mark: SyncMark, selected: Selected) -> bool:
        if not mark.modseq or (mark.uidnext, mark.modseq) != (selected.uidnext, selected.modseq):
            return False
        return self.reader.placed_count(self.folder.id) == selected.exists

    def _known(self) -> list[Known]:
        return [
            Known(row.id, row.uid, row.flags, row.agreed, row.tags, row.agreed_tags)
            for row in self.reader.listing(self.folder.id)
            if row.uid
        ]

    def _plan(self, mark: SyncMark, selected: Selected) -> FolderPlan:
        known = self._known()
        leaving = self.reader.leaving(self.folder.id)
        server = self._listed(mark, selected, known, leaving)
        return plan_folder(server, known, leaving, self.folder.role)

    def _listed(
        self, mark: SyncMark, selected: Selected, known: list[Known], leaving: Collection[int]
    ) -> Mapping[int, Flags]:
        """Every UID with its flags; by what changed since the mark where that proves the same."""
        if mark.modseq and selected.modseq:
            merged = {row.uid: (row.agreed, row.agreed_tags) for row in known}
            merged.update(self.connection.uids_and_flags(since_modseq=mark.modseq).flags)
            if len(merged.keys() | set(leaving)) == selected.exists:
                return merged  # a superset of the server's list with as many members is that list
        listing = self.connection.uids_and_flags()
        if not listing.complete:
            raise Garbled(
                f"The server did not list {self.folder.name} to its end.", "It is read again in a moment."
            )
        return listing.flags

    def _apply_flags(self, plan: FolderPlan) -> None:
        if plan.flags:
            self.writer.agree(plan.flags)
            self.counts.changed += len(plan.flags)
            self._changed()

    def _note_gone(self, plan: FolderPlan) -> None:
        if plan.left:
            self.writer.left(self.folder.id, plan.left)
        if not plan.held:
            self.gone.extend(plan.gone)
            return
        self.writer.hold_gone(self.folder.id, plan.gone)
        self.counts.problem(
            f"{len(plan.gone)} messages of {self.folder.name} vanished from the server at once. "
            "They are kept here until you decide.",
            75,
        )
        self.board.tell(Asked(self.folder.account, self.folder.id, len(plan.gone)))

    def _headers(self, uids: tuple[int, ...]) -> Iterator[None]:
        if not uids:
            return
        waiting = self.reader.unplaced(self.folder.id)
        done = 0
        for batch in self.connection.headers(uids):
            self._store(batch, waiting)
            done += len(batch)
            self.board.progress(self.folder.account, done, len(uids), self.folder.name)
            self._changed()
            yield
            if self.connection.opened != self.folder.wire:
                self.connection.select(self.folder.wire)

    def _store(self, batch: list[FetchedHeader], waiting: dict[int, list[int]]) -> None:
        fresh: list[NewMessage] = []
        for found in batch:
            fields = split(block(found.header))
            mark = fingerprint_of(fields)
            rows = waiting.get(mark)
            if rows:
                self.writer.place(rows.pop(0), found.uid, found.flags, found.tags)
                continue
            fresh.append(
                NewMessage(
                    envelope=envelope_of(fields),
                    received=found.received,
                    size=found.size,
                    fingerprint=mark,
                    flags=found.flags,
                    tags=found.tags,
                    uid=found.uid,
                )
            )
        if fresh:
            self.arrived.extend(self.writer.added(self.folder.id, fresh))
            self.counts.new += len(fresh)

    def _changed(self) -> None:
        self.board.tell(MessagesChanged(self.folder.account, self.folder.id))


ORDER = (
    Role.INBOX,
    Role.SENT,
    Role.DRAFTS,
    Role.ARCHIVE,
    Role.NONE,
    Role.FLAGGED,
    Role.TRASH,
    Role.JUNK,
    Role.ALL,
)


def in_order(folders: list[Folder]) -> list[Folder]:
    """Folders in the order in which a person misses them."""
    return sorted(folders, key=lambda folder: (ORDER.index(folder.role), folder.name))
