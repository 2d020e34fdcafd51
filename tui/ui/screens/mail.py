"""The mail screen: folders, list, reading, and what the engine has to tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal

from tui.model.account import Protocol
from tui.model.command import Fetch, GoOffline, StartDraft, Stop
from tui.model.draft import Draft
from tui.model.error import MailError
from tui.model.event import (
    AccountsChanged,
    AccountStatus,
    Asked,
    BodyArrived,
    FoldersChanged,
    KeyringWaits,
    MessagesChanged,
    NewMail,
    OutboxChanged,
    Phase,
    Problem,
    StatusChanged,
)
from tui.model.folder import Role
from tui.model.message import Flag
from tui.model.safe_text import safe_line
from tui.ui import words
from tui.ui.keys import bindings
from tui.ui.messages import EngineSpoke
from tui.ui.screens.mail_acting import Acting
from tui.ui.screens.mail_elsewhere import Elsewhere
from tui.ui.screens.mail_listing import Listing
from tui.ui.screens.mail_panes import Panes
from tui.ui.screens.mail_parts import Parts
from tui.ui.screens.mail_questions import Questions
from tui.ui.screens.mail_reading import Reading
from tui.ui.widgets.key_hints import KeyHints
from tui.ui.widgets.message_list import MessageList
from tui.ui.widgets.status_bar import StatusBar


class MailScreen(Panes, Listing, Reading, Parts, Acting, Elsewhere, Questions):
    """Reads the store and asks the engine; its parts are the classes it is made of."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("mail")]
    AUTO_FOCUS = "#list"

    def compose(self) -> ComposeResult:
        """Three panes over the status line."""
        yield self.too_small
        yield Horizontal(self.folder_tree, self.folder_divider, self.mail_area, id="panes")
        yield self.status
        yield KeyHints()

    def on_mount(self) -> None:
        """Show what is on this computer; the engine starts only after that."""
        self.memory.load()
        self.search_bar.display = False
        self.status.banner = "Demo: nothing leaves this computer" if self.desk.demo else ""
        self.take_settings()
        try:
            self.place = self.first_place()
        except MailError as error:
            self.tell(error)
        self.load_tree()
        self.look_for_unsure()
        self.folder_tree.point_at(f"folder:{self.place.folder}" if self.place.folder else "all")
        self.load(fresh=True)

    def take_settings(self) -> None:
        """Follow the settings as they are now."""
        general = self.desk.settings.general
        self.listing.layout_setting = self.memory.now.layout or general.list_layout
        self.listing.iso_dates = general.date_style == "iso"
        self.pane.unfold_quotes = not general.fold_quotes
        self.rearrange()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that mean something else where the person types are not hinted at."""
        return not (action == "search" and self.search_bar.has_focus)

    def action_compose(self) -> None:
        """Write a new message."""
        self._write(StartDraft(self._account()))

    def action_answer(self, kind: str) -> None:
        """Reply, reply to all, or forward."""
        row = self.listing.row(self.listing.current) if self.listing.ids else None
        if row is None:
            self.flash("No message is chosen.")
            return
        self._write(StartDraft(row.account, kind, row.id))

    def write_to(self, address: str) -> None:
        """Begin a message to an address."""
        self._write(StartDraft(self._account()), address)

    @work(group="fetch")
    async def action_fetch(self) -> None:
        """Bring every account up to date."""
        if self.desk.engine.offline:
            self.flash("You are working offline; Ctrl+O goes online.")
            return
        self.flash("Asking for new mail…")
        try:
            summaries = await self.ask(Fetch())
        except MailError as error:
            self.tell(error)
            return
        self.flash(_fetched(sum(summary.new for summary in summaries)))
        for problem in dict.fromkeys(problem for summary in summaries for problem in summary.problems):
            self.app.notify(safe_line(problem, 400), severity="warning", timeout=10, markup=False)

    @work(exclusive=True, group="offline")
    async def action_offline(self) -> None:
        """Work without the network, or go back to it."""
        offline = not self.desk.engine.offline
        try:
            await self.ask(GoOffline(offline))
        except MailError as error:
            self.tell(error)
        self.flash("Working offline; Ctrl+O goes online." if offline else "Online again.")
        self.load_tree()

    def action_cancel(self) -> None:
        """Cancel what runs, then go back one step; never leaves the program."""
        if any(state.phase is Phase.FETCHING and state.total for state in self._states()):
            self.desk.engine.post(Stop())
            self.flash("Stopped. Ctrl+R goes on.")
        elif self.listing.selected:
            self.listing.unselect()
        else:
            self._step_back()

    def action_back(self) -> None:
        """Go back one step; on the list, leave the program after asking."""
        if not self._step_back():
            self._ask_to_quit()

    @on(MessageList.Opened)
    def _opened(self, message: MessageList.Opened) -> None:
        message.stop()
        row = self.listing.row(message.message_id)
        if row is not None and Flag.DRAFT in row.flags and self.place.role is Role.DRAFTS:
            self._write(StartDraft(row.account, "edit", row.id))
            return
        if message.reading_on and self.now.reading and self.pane.message_id == message.message_id:
            self.pane.action_space()
            return
        if not message.reading_on or not self.now.reading:
            self.open_reading()
        self.read(message.message_id, deliberate=True)

    @on(StatusBar.Pressed)
    async def _status_pressed(self) -> None:
        if any(words.trouble(state) or words.worth_asking(state) for state in self._states()):
            await self.app.run_action("app.fix")
        elif self.status.refused:
            self.action_refused()

    @on(EngineSpoke)
    def _engine_spoke(self, message: EngineSpoke) -> None:
        event = message.event
        match event:
            case StatusChanged():
                self.load_tree_soon()
            case OutboxChanged():
                self.load_tree_soon()
                self.look_for_unsure()
            case FoldersChanged():
                self.load_soon()
            case MessagesChanged():
                self.listing.forget_rows()
                self.load_soon()
                self.refresh_page()
            case BodyArrived():
                self.listing.forget_rows()
                if self.pane.page is not None and self.pane.page.content is None:
                    self.read_again(event.message)
            case AccountsChanged():
                self.take_settings()
                self.load_soon()
            case NewMail():
                self._new_mail(event)
            case Asked():
                self.ask_of_gone(event)
            case KeyringWaits(waiting):
                self.status.keyring(waiting)
            case Problem():
                self.tell(MailError(event.what, event.hint, detail=event.detail))

    def _new_mail(self, event: NewMail) -> None:
        how = self.desk.settings.general.notifications
        if how == "bell":
            self.app.bell()
        if how != "off":
            self.flash(_fetched(event.count))

    @work(exclusive=True, group="write")
    async def _write(self, command: StartDraft, to: str = "") -> None:
        from tui.ui.screens.compose import ComposeScreen

        if not command.account:
            self.flash("Add an account first: press , for settings.")
            return
        try:
            draft: Draft = await self.ask(command)
        except MailError as error:
            self.tell(error)
            return
        self.app.push_screen(ComposeScreen(self.desk, replace(draft, to=to) if to else draft))

    @work(exclusive=True, group="dialog")
    async def _ask_to_quit(self) -> None:
        from tui.ui.screens.dialog import Ask

        if self.desk.settings.general.confirm_quit:
            text = "What waits in the outbox is sent the next time."
            if (
                await self.app.push_screen_wait(
                    Ask("Leave outlook-tui?", text, [("q", "Quit"), ("b", "Back")])
                )
                != "q"
            ):
                return
        await self.app.action_quit()

    def _step_back(self) -> bool:
        if self.browsing:
            self.show_list()
            self.shown_panes[-1].focus()
        elif self.opened:
            self.close_reading()
        elif self.searching or self.search_bar.display:
            self.end_search()
            self.listing.focus()
        elif self.focused is not self.listing:
            self.listing.focus()
        else:
            return False
        return True

    def _states(self) -> Iterator[AccountStatus]:
        for address, _ in self.desk.reader.accounts():
            yield self.desk.engine.status(address)

    def _account(self) -> str:
        """The account to write from: that of the place shown, else the first that can send."""
        accounts = self.desk.settings.accounts
        if any(account.address == self.place.account for account in accounts):
            return self.place.account
        able = [account for account in accounts if account.smtp or account.incoming is not Protocol.NONE]
        return able[0].address if able else ""


def _fetched(new: int) -> str:
    return f"{words.count(new, 'new message')}." if new else "No new mail."
