"""What the parts of the mail screen share: its widgets, the way to the store and to the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError
from typing import Any, ClassVar

from textual.screen import Screen

from tui.model.command import Command
from tui.model.error import Cancelled, MailError, StoreBroken, Untrusted
from tui.model.message import Row
from tui.model.safe_text import safe_line
from tui.ui import crash
from tui.ui.desk import Desk
from tui.ui.places import ALL_INBOXES, Place
from tui.ui.remembered import Memory
from tui.ui.widgets.divider import Divider
from tui.ui.widgets.folder_tree import FolderTree
from tui.ui.widgets.list_header import ListHeader
from tui.ui.widgets.message_list import MessageList
from tui.ui.widgets.reading_header import ReadingHeader
from tui.ui.widgets.reading_pane import ReadingPane
from tui.ui.widgets.search_bar import SearchBar
from tui.ui.widgets.status_bar import StatusBar


class MailBase(Screen[None]):
    """The mail screen without its manners: each of its parts is a class of its own that builds on this."""

    SCOPE: ClassVar[str] = "mail"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.place: Place = ALL_INBOXES
        self.memory = Memory(desk.paths.state)
        self.opened = False
        self.searching = False
        self.unfolded: set[int] = set()
        self.folder_tree = FolderTree(id="folders")
        self.header = ListHeader(id="list-header")
        self.search_bar = SearchBar(id="search")
        self.listing = MessageList(self._rows, self._counts, id="list")
        self.pane_header = ReadingHeader(id="reading-header")
        self.pane = ReadingPane(id="reading")
        self.status = StatusBar(id="status")
        self.folder_divider = Divider(id="divider-folders")
        self.list_divider = Divider(id="divider-list")
        self._store_told = False

    async def ask(self, command: Command) -> Any:  # noqa: ANN401 - model.command says what each command answers
        """The engine's answer to a command. Raises MailError; Cancelled also when the engine has closed."""
        try:
            return await asyncio.wrap_future(self.desk.engine.post(command))
        except CancelledError as error:
            raise Cancelled("That was stopped.") from error
        except MailError:
            raise
        except Exception as error:  # the border to the engine's threads: its mistake must not end the screen
            crash.record(error, type(command).__name__)
            raise MailError("That did not work: a mistake in the program.", "The log says where.") from error

    def tell(self, error: MailError) -> None:
        """Show an error where it belongs: a dialog where the person must see it, else a passing note."""
        if isinstance(error, Cancelled):
            return
        if isinstance(error, (StoreBroken, Untrusted)):
            from tui.ui.screens.dialog import Notice

            self.app.push_screen(Notice(error))
            return
        text = " ".join(part for part in (safe_line(error.what, 400), safe_line(error.hint, 400)) if part)
        self.app.notify(text, severity="error", timeout=10, markup=False)

    def flash(self, sentence: str) -> None:
        """Say something in the status line for some seconds."""
        self.status.flash(sentence)

    def _rows(self, ids: Sequence[int]) -> list[Row]:
        try:
            return self.desk.reader.rows(ids)
        except StoreBroken as error:
            self._store_failed(error)
            return []

    def _counts(self, ids: Sequence[int]) -> Mapping[int, int]:
        if self.searching or not self._threads:
            return {}
        try:
            return self.desk.reader.thread_counts(ids)
        except StoreBroken as error:
            self._store_failed(error)
            return {}

    def _store_failed(self, error: StoreBroken) -> None:
        """Say it once: drawing would ask the broken store again and again."""
        if not self._store_told:
            self._store_told = True
            self.call_later(self.tell, error)

    @property
    def _threads(self) -> bool:
        """Whether conversations are shown as one row."""
        remembered = self.memory.now.threads
        return self.desk.settings.general.threads if remembered is None else remembered
