"""The list's part of the mail screen: which messages are shown, in which order, and what a search finds."""

from __future__ import annotations

import time
from array import array

from textual import on, work
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input
from textual.worker import get_current_worker

from tui.model.error import MailError, StoreBroken
from tui.model.folder import Folder, Role
from tui.model.message import Filter, Sort
from tui.ui.desk import Desk
from tui.ui.outbox_words import leaving, stuck
from tui.ui.places import ALL_INBOXES, Node, Place, place_of, plant
from tui.ui.screens.mail_base import MailBase
from tui.ui.widgets.folder_tree import FolderTree
from tui.ui.widgets.list_header import ListHeader
from tui.ui.widgets.message_list import MessageList
from tui.ui.widgets.search_bar import SearchBar

_AT_ONCE = 5_000
"""Messages of a folder up to which all ids are read on the UI thread (about a millisecond)."""

_FIRST_SCREEN = 200
_SOON = 0.1
_LONG_LIST_PAUSE = 1.0
"""Seconds between two readings of a long list while mail streams in: each costs a tenth of a second."""

_FOUND_MOST = 500
_SORTS = tuple(Sort)
_FILTERS = tuple(Filter)


class Listing(MailBase):
    """Keeps the list and the folder tree in step with the store."""

    class Listed(Message):
        """All ids of a place, read by a worker. `serial` tells an outdated answer from the one waited for,
        `waiting` how many messages the search index does not hold yet."""

        def __init__(self, serial: int, ids: array[int], fresh: bool = False, waiting: int = 0) -> None:
            super().__init__()
            self.serial = serial
            self.ids = ids
            self.fresh = fresh
            self.waiting = waiting

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.sort = Sort.DATE
        self.filter = Filter.ALL
        self._serial = 0
        self._refresh_timer: Timer | None = None
        self._loaded_at = 0.0
        self._tree_timer: Timer | None = None
        self._before_search = 0

    # Places

    def go_to(self, place: Place) -> None:
        """Show another place from its top."""
        self.end_search()
        self.place, self.filter = place, Filter.ALL
        self.unfolded.clear()
        key = f"folder:{place.folder}" if place.folder else "all"
        self.memory.change(place=key)
        self.folder_tree.point_at(key)
        self.load(fresh=True)

    def load(self, *, fresh: bool = False) -> None:
        """Read the list again; `fresh` from the top, else cursor and selection stay where they are."""
        if self.searching:
            self._search(self.search_bar.value, fresh)
            return
        self._serial += 1
        try:
            total = self._describe()
            if total <= _AT_ONCE:
                self._show(self._ids(0), fresh)
                return
            if fresh:
                self._show(self._ids(_FIRST_SCREEN), fresh)
        except StoreBroken as error:
            self._store_failed(error)
            return
        self._read_ids(self._serial)

    def load_soon(self) -> None:
        """Read list and tree again after a moment, once for many changes in a row."""
        if self._refresh_timer is None:
            pause = _LONG_LIST_PAUSE if len(self.listing.ids) > _AT_ONCE else 0.0
            wait = max(_SOON, self._loaded_at + pause - time.monotonic())
            self._refresh_timer = self.set_timer(wait, self._load_now)

    def load_tree_soon(self) -> None:
        """Read the tree and the accounts' states again after a moment, once for many changes in a row."""
        if self._tree_timer is None:
            self._tree_timer = self.set_timer(0.05, self._load_tree_now)

    def load_tree(self) -> None:
        """Read the folders again."""
        reader, engine = self.desk.reader, self.desk.engine
        try:
            accounts, folders = reader.accounts(), reader.folders()
            outbox, refused = reader.outbox(), reader.refused_count()
        except StoreBroken as error:
            self._store_failed(error)
            return
        waiting = sum(1 for mail in outbox if mail.state not in {"sent", "cancelled"})
        going = leaving(outbox, time.time())
        inboxes = [folder for folder in folders if folder.role is Role.INBOX]
        if self.place == ALL_INBOXES and len(inboxes) == 1:
            self.place = place_of(inboxes[0])
        states = {address: engine.status(address) for address, _ in accounts}
        nodes = plant(accounts, folders, states, waiting, self.memory.now.folded)
        key = f"folder:{self.place.folder}" if self.place.folder else "all"
        self.folder_tree.show(nodes, key)
        due = going.due if going else 0.0
        self.status.show(list(states.values()), waiting, engine.offline, due, refused, stuck(outbox))

    def first_place(self) -> Place:
        """Where to begin: the place shown last, else all inboxes, else the only one."""
        reader = self.desk.reader
        kind, _, number = self.memory.now.place.partition(":")
        if kind == "folder" and number.isdecimal():
            folder = reader.folder(int(number))
            if folder is not None and folder.selectable:
                return place_of(folder)
        inboxes = [folder for folder in reader.folders() if folder.role is Role.INBOX]
        return place_of(inboxes[0]) if len(inboxes) == 1 else ALL_INBOXES

    def place_with(self, role: Role) -> Place | None:
        """The folder of that role in the account shown, else in the first account that has one."""
        if role is Role.INBOX and not self.place.account and len(self.desk.reader.accounts()) > 1:
            return ALL_INBOXES
        for account in (self.place.account, *(address for address, _ in self.desk.reader.accounts())):
            folder = self.desk.reader.folder_role(account, role) if account else None
            if folder is not None:
                return place_of(folder)
        return None

    # Keys

    def action_go(self, role: str) -> None:
        """Go to the folder of a role."""
        place = self.place_with(Role(role))
        if place is None:
            self.flash(f"There is no folder for {role} yet.")
        else:
            self.go_to(place)
            self.listing.focus()

    def action_folder(self, number: int) -> None:
        """Go to the folder of that number in the tree."""
        node = self.folder_tree.numbered(number)
        if node is not None and node.place is not None:
            self.go_to(node.place)

    def action_sort(self) -> None:
        """Sort by the next order."""
        self.sort = _SORTS[(_SORTS.index(self.sort) + 1) % len(_SORTS)]
        self.load(fresh=True)

    def action_filter(self) -> None:
        """Show only what the next quick filter lets through."""
        self.filter = _FILTERS[(_FILTERS.index(self.filter) + 1) % len(_FILTERS)]
        self.load(fresh=True)

    def action_threads(self) -> None:
        """Show conversations as one row, or each message on its own."""
        self.memory.change(threads=not self._threads)
        self.unfolded.clear()
        self.load()
        self.flash("Grouped by conversation." if self._threads else "Every message on its own.")

    def action_thread(self) -> None:
        """Unfold or fold the conversation under the cursor."""
        head = self._head_of(self.listing.current)
        if head in self.unfolded:
            self.unfolded.discard(head)
        elif len(self.desk.reader.thread(head)) > 1 if head else False:
            self.unfolded.add(head)
        else:
            self.flash("This message stands alone.")
            return
        if head in self.listing.ids:
            self.listing.move_to(self.listing.ids.index(head), tell=False)
        self.load()

    def action_list_layout(self) -> None:
        """One or two lines for each message."""
        other = "one" if self.listing.row_lines == 2 else "two"
        self.memory.change(layout=other)
        self.listing.layout_setting = other

    def action_search(self) -> None:
        """Open the search line."""
        if not self.searching:
            self._before_search = self.listing.current
        self.search_bar.display = True
        self.search_bar.focus()

    # Widgets

    @on(FolderTree.Chosen)
    def _node_chosen(self, message: FolderTree.Chosen) -> None:
        message.stop()
        if message.node.kind == "outbox":
            self.app.call_later(self.app.run_action, "outbox", self)
        elif message.node.place is not None:
            self.go_to(message.node.place)
            self.listing.focus()

    @on(FolderTree.Folded)
    def _node_folded(self, message: FolderTree.Folded) -> None:
        message.stop()
        self._fold(message.node)

    @on(ListHeader.SortPressed)
    def _sort_pressed(self) -> None:
        self.action_sort()

    @on(ListHeader.FilterPressed)
    def _filter_pressed(self) -> None:
        self.action_filter()

    @on(MessageList.Changed)
    def _selection_changed(self) -> None:
        self.header.chosen = len(self.listing.selected)

    @on(Input.Changed, "#search")
    def _search_typed(self, message: Input.Changed) -> None:
        message.stop()
        self._search(message.value, fresh=True)

    @on(SearchBar.Closed)
    def _search_closed(self) -> None:
        self.end_search()
        self.listing.focus()

    @on(SearchBar.Left)
    def _search_left(self) -> None:
        self.listing.focus()

    @on(Listed)
    def _listed(self, message: Listed) -> None:
        message.stop()
        if message.serial == self._serial:
            if self.searching:
                self.header.searching, self.header.total = True, len(message.ids)
                self.header.title = f"Search in all mail{' (newest)' * (len(message.ids) >= _FOUND_MOST)}"
                if message.waiting:
                    self.header.title = f"Search · still indexing {message.waiting:,}"
            self._show(message.ids, message.fresh)

    def end_search(self) -> None:
        """Put the search away and show the place again, the cursor where it was."""
        if not self.searching and not self.search_bar.display:
            return
        self.search_bar.display = False
        if not self.searching:
            return
        self.searching = False
        with self.search_bar.prevent(Input.Changed):
            self.search_bar.value = ""
        self.load(fresh=True)
        if self._before_search in self.listing.ids:
            self.listing.move_to(self.listing.ids.index(self._before_search))

    # Inside

    def _load_now(self) -> None:
        self._refresh_timer = None
        self._loaded_at = time.monotonic()
        self.load_tree()
        self.load()

    def _load_tree_now(self) -> None:
        self._tree_timer = None
        self.load_tree()

    def _describe(self) -> int:
        """Bring the header up to date. Answers how many messages the place holds."""
        folders = self._folders()
        unread = sum(folder.unread for folder in folders)
        total = sum(folder.total for folder in folders)
        self.header.set_reactive(ListHeader.title, self.place.title)
        self.header.set_reactive(ListHeader.unread, unread)
        self.header.set_reactive(ListHeader.total, total)
        self.header.set_reactive(ListHeader.sort, self.sort)
        self.header.set_reactive(ListHeader.shown, self.filter)
        self.header.set_reactive(ListHeader.searching, False)
        self.header.refresh()
        return total

    def _folders(self) -> list[Folder]:
        if self.place.folder:
            folder = self.desk.reader.folder(self.place.folder)
            return [folder] if folder else []
        return [folder for folder in self.desk.reader.folders() if folder.role is Role.INBOX]

    def _ids(self, limit: int) -> array[int]:
        place = self.place
        return self.desk.reader.ids(
            place.folder or None,
            role=None if place.folder else place.role,
            sort=self.sort,
            filter=self.filter,
            limit=limit or None,
            threads=self._threads,
        )

    @work(thread=True, exclusive=True, group="ids")
    def _read_ids(self, serial: int) -> None:
        worker, place = get_current_worker(), self.place
        try:
            with self.desk.open_reader() as reader:
                ids = reader.ids(
                    place.folder or None,
                    role=None if place.folder else place.role,
                    sort=self.sort,
                    filter=self.filter,
                    threads=self._threads,
                )
        except StoreBroken as error:
            self.app.call_later(self._store_failed, error)
            return
        if not worker.is_cancelled:
            self.post_message(self.Listed(serial, ids))

    def _show(self, ids: array[int], fresh: bool) -> None:
        children: dict[int, int] = {}
        for head in self.unfolded & set(ids) if self.unfolded else ():
            members = [one for one in reversed(self.desk.reader.thread(head)) if one != head]
            at = ids.index(head) + 1
            ids[at:at] = array("q", members)
            children.update(dict.fromkeys(members, head))
        self.listing.outgoing = self.place.outgoing and not self.searching
        self.listing.place = self.searching
        self.listing.empty_text = self._empty_words()
        self.listing.show(ids, children=children, fresh=fresh)

    def _empty_words(self) -> tuple[str, ...]:
        if self.searching:
            return ("Nothing found.", "Fewer words find more; Esc goes back.")
        if self.filter is not Filter.ALL:
            return (f"Nothing here is {_FILTER_WORDS[self.filter]}.", "L shows other messages.")
        if not self.desk.reader.accounts():
            return ("No account yet.", ", adds one.")
        return ("Nothing here.", "c writes a new message.")

    def _head_of(self, message: int) -> int:
        if message in self.unfolded or not message:
            return message
        for head in self.unfolded:
            if message in self.desk.reader.thread(head):
                return head
        return message

    def _fold(self, node: Node) -> None:
        folded = set(self.memory.now.folded) ^ {node.key}
        self.memory.change(folded=tuple(sorted(folded)))
        self.load_tree()

    def _search(self, text: str, fresh: bool) -> None:
        if not text.strip():
            if self.searching:
                self.searching = False
                self.load(fresh=True)
            return
        self.searching = True
        self._serial += 1
        self._find(self._serial, text, fresh)

    @work(thread=True, exclusive=True, group="search")
    def _find(self, serial: int, text: str, fresh: bool) -> None:
        from tui.model.query import parse

        worker = get_current_worker()
        try:
            with self.desk.open_reader() as reader:
                found = array("q", reader.search(parse(text), limit=_FOUND_MOST))
                waiting = reader.to_index_count()
        except MailError as error:
            self.app.call_later(self.tell, error)
            return
        if not worker.is_cancelled:
            self.post_message(self.Listed(serial, found, fresh, waiting))


_FILTER_WORDS = {Filter.UNREAD: "unread", Filter.FLAGGED: "flagged", Filter.ATTACHMENT: "with an attachment"}
