"""One folder of an IMAP account brought up to date, in bounded steps (RFC 4549)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from tui.model.event import MessagesChanged
from tui.model.folder import Folder, Role, SyncMark
from tui.model.message import NewMessage
from tui.net.answer import FetchedHeader, Selected
from tui.net.imap import ImapConnection
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.arrivals import CROWD, PAGE, Arrivals, Arrived
from tui.sync.board import Board
from tui.sync.indexing import MANY
from tui.sync.plan import FolderPlan, plan_folder
from tui.sync.set_aside import SetAside
from tui.sync.visit import Counts

log = logging.getLogger(__name__)

Waiting = dict[int, list[int]]
Missed = dict[tuple[int, int], list[int]]


def _never() -> bool:
    return False


@dataclass(slots=True)
class FolderFetch:
    """Reads what the server has in `folder` and makes the store agree, step by step.

    `gone` collects the rows that the server proved gone, of `known` ones; who knows all folders decides
    whether they were deleted there or moved. `emptied`: the server has nothing in the folder any more;
    `whole`: all of it was read. `bodies`: the bodies of all mail are wanted, and may come with the headers;
    `hurried` tells whether somebody needs the connection before the next step ends. With `page_only` a crowd
    of new messages is left to others but for the newest page, and the folder is `behind`.
    """

    connection: ImapConnection
    reader: Reader
    writer: Writer
    board: Board
    folder: Folder
    counts: Counts
    aside: SetAside
    bodies: bool = False
    hurried: Callable[[], bool] = _never
    page_only: bool = False
    gone: list[int] = field(default_factory=list)
    arrived: list[int] = field(default_factory=list)
    known: int = 0
    emptied: bool = False
    whole: bool = False
    behind: bool = False
    _complete: bool = True

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
            self.whole = True
            return
        plan = self._plan(mark, selected)
        yield
        self._apply_flags(plan)
        if plan.left:
            self.writer.left(self.folder.id, plan.left)
        if self._complete:
            self.gone.extend(plan.gone)
        yield
        yield from self._arrivals(plan.new)
        reached = SyncMark(selected.uidvalidity, selected.uidnext, selected.modseq)
        self.whole = self._complete
        self.writer.mark(self.folder.id, reached if self._complete else SyncMark(selected.uidvalidity))

    def _new_generation(self, selected: Selected) -> None:
        log.warning("UIDVALIDITY of folder %d changed", self.folder.id)
        self.aside.forget(self.folder.id)
        self.writer.new_generation(self.folder.id, selected.uidvalidity)
        self.counts.problem(
            f"The server numbered {self.folder.name} anew; its messages are compared again, none is removed.",
            0,
        )

    def _unchanged(self, mark: SyncMark, selected: Selected) -> bool:
        if not mark.modseq or (mark.uidnext, mark.modseq) != (selected.uidnext, selected.modseq):
            return False
        return self.reader.placed_count(self.folder.id) == selected.exists

    def _plan(self, mark: SyncMark, selected: Selected) -> FolderPlan:
        leaving = self.reader.leaving(self.folder.id)
        self.emptied = not selected.exists
        if mark.modseq and selected.modseq and (plan := self._plan_changes(mark, selected, leaving)):
            return plan
        listing = self.connection.uids_and_flags()
        if not listing.complete:
            self._complete = False
            self.counts.problem(
                f"The server did not list all of {self.folder.name}; nothing is removed here.", 75
            )
        known = [row for row in self.reader.listing(self.folder.id) if row.uid]
        self.known = len(known)
        return plan_folder(listing.flags, known, leaving)

    def _plan_changes(self, mark: SyncMark, selected: Selected, leaving: frozenset[int]) -> FolderPlan | None:
        """The plan by what changed since the mark alone (RFC 7162); None where that does not prove that
        nothing else did.

        What is here, what leaves and what changed are together all that the server may have. Where it has as
        many messages as these are, it has just these: none is gone, and none has left.
        """
        changed = self.connection.uids_and_flags(since_modseq=mark.modseq).flags
        known = self.reader.listing(self.folder.id, changed.keys() | leaving)
        self.known = self.reader.placed_count(self.folder.id) - len(leaving)
        unknown = (changed.keys() | leaving) - {row.uid for row in known}
        if self.known + len(unknown) != selected.exists:
            return None
        return replace(plan_folder(changed, [row for row in known if row.uid in changed], leaving), left=())

    def _apply_flags(self, plan: FolderPlan) -> None:
        if plan.flags:
            self.writer.agree(plan.flags)
            self.counts.changed += len(plan.flags)
            self._changed()

    def _arrivals(self, new: tuple[int, ...]) -> Iterator[None]:
        aside = self.aside.uids(self.folder.id)
        uids = [uid for uid in new if uid not in aside]
        if not uids:
            return
        waiting = self.reader.unplaced(self.folder.id)
        missed = self.reader.missed(self.folder.account, self.gone)
        listed = len(uids)
        if self.page_only and listed > CROWD:
            self.behind = True
            uids = uids[:PAGE]
        whole = self.bodies and not waiting and not missed  # what may be here is not fetched a second time
        arrivals = Arrivals(
            self.connection, self.aside, self.folder.id, uids, whole=whole, hurried=self.hurried
        )
        done = 0
        for run in arrivals.runs():
            for batch in run:
                self._store(batch, waiting, missed, index_later=listed > MANY)
                done += len(batch)
                self.board.progress(self.folder.account, done, listed, self.folder.name)
                self._changed()
            yield
            if self.connection.opened != self.folder.wire:
                self.connection.select(self.folder.wire)
        if done < listed:
            self._complete = False  # a list of messages that are not handed out proves nothing of others
            self.gone.clear()

    def _store(self, batch: list[Arrived], waiting: Waiting, missed: Missed, *, index_later: bool) -> None:
        fresh: list[NewMessage] = []
        known = self._known_again(batch, waiting)
        for found, mark, envelope in batch:
            rows = missed.get((mark, found.size))
            if row := known.get(found.uid) or (rows.pop(0) if rows else 0):
                self._found(row, found)
                continue
            fresh.append(
                NewMessage(
                    envelope=envelope,
                    received=found.received,
                    size=found.size,
                    fingerprint=mark,
                    flags=found.flags,
                    tags=found.tags,
                    uid=found.uid,
                    raw=found.raw,
                )
            )
            self.counts.bytes += len(found.raw or b"")
        if fresh:
            self.arrived.extend(self.writer.added(self.folder.id, fresh, index_later=index_later))
            self.counts.new += len(fresh)

    def _known_again(self, batch: list[Arrived], waiting: Waiting) -> dict[int, int]:
        """Rows by the uids of the messages that they are. Of messages with one header, as a program may send
        them, each is that of its size; servers that tell a size roughly get what is left."""
        asked = {mark for _, mark, _ in batch} & waiting.keys()
        if not asked:
            return {}
        rows = self.reader.rows([row for mark in asked for row in waiting[mark]])
        sizes = {row.id: row.size for row in rows}
        known: dict[int, int] = {}
        for exactly in (True, False):
            for found, mark, _ in batch:
                left = waiting.get(mark, [])
                fits = (row for row in left if not exactly or sizes.get(row) == found.size)
                if found.uid not in known and (row := next(fits, 0)):
                    left.remove(row)
                    known[found.uid] = row
        return known

    def _found(self, row: int, found: FetchedHeader) -> None:
        """A message that is here stands at another place now, or is back again."""
        self.writer.place(row, found.uid, found.flags, found.tags, self.folder.id)
        if row in self.gone:
            self.gone.remove(row)

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
