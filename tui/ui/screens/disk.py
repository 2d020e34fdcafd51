"""What an account has on this disk: by folder, what only this computer has, what waits, and the room left."""

from __future__ import annotations

import shlex
import time
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import get_current_worker

from tui.model.account import Account, Offline, Protocol
from tui.model.command import Fetch, SaveAccount
from tui.model.error import MailError
from tui.model.event import (
    AccountsChanged,
    BodyArrived,
    FoldersChanged,
    MessagesChanged,
    OutboxChanged,
    StatusChanged,
)
from tui.model.safe_text import safe_filename
from tui.ui import disk_words, keys
from tui.ui.desk import Desk
from tui.ui.messages import EngineSpoke, GoTo
from tui.ui.places import place_of
from tui.ui.screens.dialog import Ask
from tui.ui.screens.gone import ask_gone
from tui.ui.screens.refused import look_at_changes
from tui.ui.screens.sheet import Sheet
from tui.ui.words import count, status

if TYPE_CHECKING:
    from tui.store.reader import Holding, Holdings

_PAUSE = 1.0
_REST = 5.0
"""While mail comes in, counting takes at most a sixth of the time: it rests five times as long as it took."""
_COUNTED = BodyArrived | FoldersChanged | MessagesChanged | OutboxChanged | AccountsChanged


class DiskPane(VerticalScroll, can_focus=True):
    """What is scrolled."""


class DiskScreen(Sheet[None]):
    """The figures of one account, counted on a thread, again and again while mail comes in."""

    SCOPE: ClassVar[str] = "disk"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("disk")]

    def __init__(self, desk: Desk, address: str = "") -> None:
        super().__init__(desk, "On this disk")
        self._kept = desk.reader.accounts()
        self._address = address if address in self._known else next(iter(self._known), "")
        self._found: Holdings | None = None
        self._index = "being measured"
        self._counting = False
        self._stale = False
        self._told = False
        self._took = 0.0
        self._timer: Timer | None = None
        self._text = Static(id="disk")

    def inside(self) -> ComposeResult:
        """All of it is text."""
        with DiskPane(id="disk-pane"):
            yield self._text

    def on_mount(self) -> None:
        """Count at once."""
        self.query_one(DiskPane).focus()
        self._begin()
        self._measure_index()
        self.set_interval(1.0, self._say_status)

    def on_resize(self) -> None:
        """Lay the table out anew."""
        self._draw()

    def on_engine_spoke(self, event: EngineSpoke) -> None:
        """Something came, went or changed."""
        if isinstance(event.event, StatusChanged):
            self._say_status()
        elif isinstance(event.event, _COUNTED):
            self._count_soon()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Other accounts can be looked at where there are some."""
        return action != "account" or len(self._known) > 1

    # Counting

    def _begin(self) -> None:
        self._found = None
        self.head(f"On this disk · {self._address}" if self._address else "On this disk")
        self._say_status()
        self._draw()
        self._count_now()

    def _count_soon(self) -> None:
        if self._timer is None:
            self._timer = self.set_timer(max(_PAUSE, _REST * self._took), self._count_now)

    def _count_now(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._counting:
            self._stale = True
        elif self._address:
            self._counting, self._stale = True, False
            self._count(self._address)

    @work(thread=True, group="count")
    def _count(self, address: str) -> None:
        began = time.monotonic()
        try:
            with self.desk.open_reader() as reader:
                found = reader.holdings(address)
        except MailError as error:
            self.app.call_later(self._failed, error)
            return
        self.app.call_later(self._counted, found, time.monotonic() - began)

    def _counted(self, found: Holdings, took: float) -> None:
        self._counting, self._took = False, took
        if not self.is_attached:
            return
        if found.account == self._address:
            self._found = found
            self._draw()
        if self._stale:
            self._count_now()

    def _failed(self, error: MailError) -> None:
        self._counting = False
        if self.is_attached and not self._told:
            self._told = True  # the next count would say the same
            self.tell(error)

    @work(thread=True, group="index")
    def _measure_index(self) -> None:
        worker = get_current_worker()
        try:
            with self.desk.open_reader() as reader:
                octets = reader.index_octets(lambda: not worker.is_cancelled)
        except MailError as error:
            self.app.call_later(self._failed, error)
            return
        self.app.call_later(self._measured, octets)

    def _measured(self, octets: int) -> None:
        if self.is_attached:
            self._index = f"{disk_words.megabytes(octets)} MB"
            self._draw()

    # What is shown

    def _say_status(self) -> None:
        state = self.desk.engine.status(self._address)
        offline = self.desk.engine.offline
        words = "Working offline" if offline else status(state, time.time()).partition(" (press")[0]
        self.aside(words if self._address else "")

    def _draw(self) -> None:
        if not self._address:
            self._text.update(Content("No account yet. Press , on the mail screen to add one."))
        elif self._found is None:
            self._text.update(Content("Counting…"))
        else:
            width = max(40, (self.size.width or 80) - 4)
            self._text.update(_page(self._found, self._index, width, time.time()))

    # What can be done

    def action_account(self, by: int) -> None:
        """Look at the next account, or the one before for -1."""
        known = self._known
        at = known.index(self._address) if self._address in known else 0
        self._address = known[(at + by) % len(known)]
        self._begin()

    @work(exclusive=True, group="disk")
    async def action_fetch(self) -> None:
        """Fetch the text of every message, now and from now on, after saying how much that is."""
        account, every = self._account, disk_words.total(self._found) if self._found else None
        if account is None or every is None or self._found is None:
            return
        missing = every.messages - every.bodies
        if not missing:
            self.say("Every message is here whole.")
            return
        if self.desk.engine.offline:
            self.say("You are working offline; Ctrl+O on the mail screen goes online.")
            return
        free = self._found.free_octets
        scarce = free is not None and every.missing > free
        text = (
            f"{count(missing, 'message is', 'messages are')} here with the header only: "
            f"{disk_words.megabytes(every.missing)} MB. They are fetched now, and from now on this account "
            "keeps the text of all its mail here."
        )
        if scarce:
            text += f"\n\n▲ Only {disk_words.megabytes(free or 0)} MB are free on this disk."
        go, stay = ("f", "Fetch them"), ("", "Leave them there")
        if await self.app.push_screen_wait(
            Ask("Fetch everything?", text, [stay, go] if scarce else [go, stay])
        ):
            await self._fetch_all(account)

    async def _fetch_all(self, account: Account) -> None:
        everything = replace(account, offline=Offline("all"), fetch_up_to=0)
        if everything != account and not (await self.try_to(SaveAccount(everything)))[0]:
            return
        self.say("Fetching what is missing.")
        done, summaries = await self.try_to(Fetch(account.address))
        if done:
            problems = [problem for one in summaries for problem in one.problems]
            self.say(" ".join(problems) or "What was missing is here.")
        self._count_soon()

    @work(exclusive=True, group="disk")
    async def action_changes(self) -> None:
        """See what the server refused or has still to be told."""
        try:
            if done := await look_at_changes(self.app, self.desk, self._address):
                self.say(done)
        except MailError as error:
            self.tell(error)
        self._count_soon()

    @work(exclusive=True, group="disk")
    async def action_decide(self) -> None:
        """Say what becomes of messages that vanished from the server at once."""
        held = [one for one in self._found.folders if one.held] if self._found else []
        if not held:
            self.say("Nothing waits for a decision.")
        for one in held:
            try:
                if done := await ask_gone(self.app, self.desk, one.folder, one.held):
                    self.say(done)
            except MailError as error:
                self.tell(error)
        self._count_soon()

    def action_wastebasket(self) -> None:
        """Go to what was removed from the server."""
        basket: Holding | None = None
        if self._found is not None:
            basket = next((one for one in self._found.folders if one.goes), None)
        folder = self.desk.reader.folder(basket.folder) if basket else None
        if folder is None:
            self.say("The wastebasket is empty: nothing was removed from the server lately.")
            return
        self.app.post_message(GoTo(place_of(folder)))

    @work(exclusive=True, group="disk")
    async def action_export(self) -> None:
        """Show the command that writes all of it to files, and copy it if wanted."""
        if not self._address:
            return
        folder = f"mail-{safe_filename(self._address)}"
        words = ("outlook-tui", "export", folder, "--format", "maildir", "--account", self._address)
        command = shlex.join(words)
        text = (
            "This command in a shell writes every message to files, each byte as it was received, into a new "
            f"folder (a Maildir; --format mbox and eml are the other ways):\n\n{command}\n\n"
            "It can be run while this screen is open, and again later: what is there already stays."
        )
        if await self.app.push_screen_wait(
            Ask("Export this account", text, [("c", "Copy it"), ("", "Back")])
        ):
            self.app.copy_to_clipboard(command)
            self.say("The command is copied.")

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self.query_one(DiskPane).scroll_relative(y=by, animate=False)

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)

    @property
    def _known(self) -> list[str]:
        """The accounts, and those that were removed and have left their mail here."""
        known = [one.address for one in self.desk.settings.accounts]
        return [*known, *(address for address, _ in self._kept if address not in known)]

    @property
    def _account(self) -> Account | None:
        account = self.desk.settings.account(self._address)
        return account if account and account.incoming is not Protocol.NONE else None


def _page(found: Holdings, index: str, width: int, now: float) -> Content:
    """Everything, one under the other."""
    parts: list[Content] = [Content(disk_words.summary(found)), Content("")]
    heading, *rows = disk_words.table(found, width, now) or ("",)
    if rows:
        *folders, last = rows
        alone = not folders
        parts += [Content.styled(heading, "$quiet"), *map(Content, folders)]
        parts += [Content(last) if alone else Content.styled(last, "bold"), Content("")]
    for title, lines in disk_words.sections(found, now, index):
        parts += [Content.styled(title, "bold $accent"), *(Content(line) for line in lines), Content("")]
    return Content("\n").join(parts[:-1])
