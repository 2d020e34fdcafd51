"""The reading part of the mail screen: a message is opened, parsed off the UI thread, and shown."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message
from textual.timer import Timer
from textual.worker import get_current_worker

from tui.model.command import FetchBody, SetFlags
from tui.model.content import Content
from tui.model.error import Cancelled, MailError, StoreBroken
from tui.model.folder import Role
from tui.model.message import BodyState, Flag, Row
from tui.ui import crash, words
from tui.ui.desk import Desk
from tui.ui.screens.mail_base import MailBase
from tui.ui.widgets.message_list import MessageList
from tui.ui.widgets.reading_drawing import Page
from tui.ui.widgets.reading_pane import ReadingPane

if TYPE_CHECKING:
    from tui.store.reader import Reader

_PREVIEW_AFTER = 0.06
_FETCH_AFTER = 0.3


class Reading(MailBase):
    """Shows the message under the cursor where there is room, and the opened one everywhere."""

    class Loaded(Message):
        """A message read and parsed by a worker; `content` is None when its body is not here."""

        def __init__(self, row: Row, content: Content | None, stranger: bool) -> None:
            super().__init__()
            self.row = row
            self.content = content
            self.stranger = stranger

    class Unreadable(Message):
        """A message that our parser failed on; that is our mistake, and the source can still be shown."""

        def __init__(self, row: Row) -> None:
            super().__init__()
            self.row = row

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.wanted = 0
        self._preview_timer: Timer | None = None
        self._seen_timer: Timer | None = None

    def read(self, message: int, *, deliberate: bool = False) -> None:
        """Show a message; `deliberate` fetches a missing body at once, not after a pause."""
        self._drop_timers()
        self.wanted = message
        self.pane_header.title = self.header.title
        grouped = self._threads and not self.searching
        self.pane_header.noun = "conversation" if grouped else "message"
        self.pane_header.number, self.pane_header.total = self.listing.cursor + 1, len(self.listing.ids)
        row = self.listing.row(message) if message else None
        if row is None:
            self.pane.clear("Nothing is opened." if not self.listing.ids else "")
            return
        if row.body is BodyState.FULL:
            self._load(message)
            return
        offline = self.desk.engine.offline
        waiting = (
            "Only the header is on this computer; the text comes when you are online." if offline else ""
        )
        chosen = bool(row.uidl) and not row.uid and not deliberate  # left on a POP3 server by its size
        if chosen and not offline:
            waiting = (
                f"Only the header of this message is here ({words.size(row.size)}). Enter fetches it all."
            )
        self.pane.show(Page(row, None, waiting))
        if not offline and not chosen:
            self._fetch_body(message, 0.0 if deliberate else _FETCH_AFTER)

    def read_again(self, message: int) -> None:
        """The message has changed: show it anew if it is the one shown."""
        if message and message == self.wanted:
            self.read(message)

    def refresh_page(self) -> None:
        """Flags may have changed: draw the page's head again."""
        page = self.pane.page
        if page is not None:
            row = self.listing.row(page.row.id)
            if row is not None and row != page.row:
                self.pane.show(replace(page, row=row))

    @on(MessageList.Highlighted)
    def _highlighted(self, message: MessageList.Highlighted) -> None:
        message.stop()
        if self._preview_timer is not None:
            self._preview_timer.stop()
        if not self.pane.is_on_screen:
            self.wanted = 0
            return
        self._preview_timer = self.set_timer(_PREVIEW_AFTER, lambda: self.read(self.listing.current))

    @on(ReadingPane.ReadOn)
    def _read_on(self, message: ReadingPane.ReadOn) -> None:
        message.stop()
        self.action_step(1)

    def action_step(self, by: int) -> None:
        """Read the next or the previous message."""
        self.listing.move_to(self.listing.cursor + by, tell=False)
        self.read(self.listing.current, deliberate=True)

    def action_step_unread(self, by: int) -> None:
        """Go to the next or the previous unread message of this list."""
        found = self.listing.find(self.listing.cursor + by, by, lambda row: Flag.SEEN not in row.flags)
        if found < 0:
            self.flash("No unread message " + ("below." if by > 0 else "above."))
            return
        self.listing.move_to(found)

    def action_quotes(self) -> None:
        """Unfold or fold quoted text."""
        self.pane.toggle("quotes")

    def action_headers(self) -> None:
        """Show or hide all header fields."""
        self.pane.toggle("headers")

    @on(Loaded)
    def _loaded(self, message: Loaded) -> None:
        message.stop()
        if message.row.id != self.wanted:
            return
        self.pane.show(Page(message.row, message.content, stranger=message.stranger))
        after = self.desk.settings.general.mark_read_after
        if after >= 0 and Flag.SEEN not in message.row.flags and message.content is not None:
            self._seen_timer = self.set_timer(max(0.01, after), lambda: self._mark_seen(message.row.id))

    @on(Unreadable)
    def _unreadable(self, message: Unreadable) -> None:
        message.stop()
        if message.row.id == self.wanted:
            waiting = (
                "This message is built in a way we cannot show. It is kept as it is; v shows its source."
            )
            self.pane.show(Page(message.row, None, waiting))

    @work(thread=True, exclusive=True, group="reading")
    def _load(self, message: int) -> None:
        from tui.mail.message import parse

        worker = get_current_worker()
        try:
            with self.desk.open_reader() as reader:
                row, raw = reader.row(message), reader.raw(message)
                stranger = row is not None and self._is_strange(reader, row)
        except StoreBroken as error:
            self.app.call_later(self._store_failed, error)
            return
        if row is None or worker.is_cancelled:
            return
        try:
            content = parse(raw) if raw is not None else None
        except Exception as error:  # noqa: BLE001 - the top of a thread: one odd mail must not end the program
            crash.record(error, "reading")
            self.post_message(self.Unreadable(row))
            return
        if not worker.is_cancelled:
            self.post_message(self.Loaded(row, content, stranger))

    def _is_strange(self, reader: Reader, row: Row) -> bool:
        """Whether its sender is met for the first time; one's own mail is by nobody strange."""
        own = {account.address.lower() for account in self.desk.settings.accounts}
        sender = row.envelope.sender[0].address if row.envelope.sender else ""
        return "@" in sender and sender.lower() not in own and reader.first_mail(row.id, sender)

    @work(exclusive=True, group="body")
    async def _fetch_body(self, message: int, after: float) -> None:
        await asyncio.sleep(after)
        try:
            await self.ask(FetchBody(message))
        except Cancelled:
            return
        except MailError as error:
            page = self.pane.page
            if page is not None and page.row.id == message == self.wanted:
                self.pane.show(replace(page, waiting=f"{error.what} {error.hint}".strip()))
            return
        if message == self.wanted:
            self.listing.forget_rows()
            self.read(message)

    @work(group="seen")
    async def _mark_seen(self, message: int) -> None:
        if message != self.wanted or self.place.role is Role.DRAFTS:
            return
        try:
            await self.ask(SetFlags((message,), add=Flag.SEEN))
        except MailError as error:
            self.tell(error)

    def _drop_timers(self) -> None:
        for timer in (self._preview_timer, self._seen_timer):
            if timer is not None:
                timer.stop()
        self._preview_timer = self._seen_timer = None
