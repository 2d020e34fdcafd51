"""Everything that waits to be sent, is on its way, has left lately or could not, and what to do with it."""

from __future__ import annotations

import time
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.model.command import CancelSend, RetrySend, SendNow
from tui.model.draft import Outgoing, SendState
from tui.model.error import MailError
from tui.model.event import OutboxChanged
from tui.model.safe_text import safe_line
from tui.ui import keys
from tui.ui.desk import Desk
from tui.ui.messages import EngineSpoke
from tui.ui.outbox_words import CAN_COME_BACK, account_of, can_retry, mark, state_words
from tui.ui.screens.compose import ComposeScreen
from tui.ui.screens.dialog import Ask
from tui.ui.screens.sheet import Sheet

_EMPTY = "Nothing waits to be sent. What you send stands here until the server has taken it."
_AGAIN = (
    "Nobody knows whether this mail has arrived. If it has, sending it again delivers it twice. "
    "Look into Sent, or ask the recipient first."
)


class OutboxScreen(Sheet[None]):
    """A list above, and all that is known of the mail under the cursor below."""

    SCOPE: ClassVar[str] = "outbox"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("outbox")]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Outbox")
        self._mails: list[Outgoing] = []
        self._list = OptionList(id="mails", markup=False, compact=True)
        self._empty = Static(Content(_EMPTY), id="empty")
        self._detail = Static(id="detail")

    def inside(self) -> ComposeResult:
        """List, empty state, detail."""
        yield self._list
        yield self._empty
        with VerticalScroll(id="detail-pane", can_focus=False):
            yield self._detail

    def on_mount(self) -> None:
        """Read, and count down what is held."""
        self.refresh_mails()
        self._list.focus()
        self.set_interval(1.0, self._tick)

    def on_engine_spoke(self, event: EngineSpoke) -> None:
        """A mail has changed its state."""
        if isinstance(event.event, OutboxChanged):
            self.refresh_mails()

    def refresh_mails(self) -> None:
        """Read the outbox again; the cursor stays on its mail."""
        chosen = self._chosen
        try:
            self._mails = list(self.desk.reader.outbox())
        except MailError as error:
            self.tell(error)
        self._draw(chosen.id if chosen else 0)

    def _tick(self) -> None:
        if any(mail.state in (SendState.HELD, SendState.QUEUED) for mail in self._mails):
            self._draw(self._chosen.id if self._chosen else 0)

    def _draw(self, chosen: int) -> None:
        now = time.time()
        with self.prevent(OptionList.OptionHighlighted):
            self._list.clear_options()
            self._list.add_options(Option(_shown(mail, now)) for mail in self._mails)
            at = next((n for n, mail in enumerate(self._mails) if mail.id == chosen), 0)
            self._list.highlighted = at if self._mails else None
        self._list.display = bool(self._mails)
        self._empty.display = not self._mails
        waiting = sum(mail.state is not SendState.SENT for mail in self._mails)
        self.aside(f"{waiting} not sent yet" if waiting else "")
        self._describe()

    @on(OptionList.OptionHighlighted)
    def _describe(self) -> None:
        mail = self._chosen
        self.query_one("#detail-pane").display = mail is not None
        self._detail.update(Content(account_of(mail, time.time()) if mail else ""))

    @property
    def _chosen(self) -> Outgoing | None:
        at = self._list.highlighted
        return self._mails[at] if at is not None and at < len(self._mails) else None

    @on(OptionList.OptionSelected)
    def chosen(self, event: OptionList.OptionSelected) -> None:
        """Enter and a click take the mail back, where that can be."""
        event.stop()
        self.action_edit()

    @work(exclusive=True, group="outbox")
    async def action_edit(self) -> None:
        """Take the mail back and write on."""
        mail = self._chosen
        if mail is None or not self._may(mail):
            return
        done, draft_id = await self.try_to(CancelSend(mail.id))
        self.refresh_mails()
        draft = self.desk.reader.draft(draft_id) if done else None
        if draft is not None:
            self.app.push_screen(ComposeScreen(self.desk, draft))

    @work(exclusive=True, group="outbox")
    async def action_retry(self) -> None:
        """Send the mail now; what may have left already is asked about first."""
        mail = self._chosen
        if mail is None or not (can_retry(mail) or self._may(mail)):
            return
        if mail.state is SendState.UNSURE:
            choices = [("", "Leave it"), ("s", "Send it again")]
            if not await self.app.push_screen_wait(Ask("Send it again?", _AGAIN, choices)):
                return
        await self.try_to(RetrySend(mail.id))
        self.refresh_mails()

    @work(exclusive=True, group="send-all")
    async def action_send_all(self) -> None:
        """Send what is due."""
        self.say("Sending what is due")
        await self.try_to(SendNow())
        self.refresh_mails()

    def action_cursor(self, by: int) -> None:
        """Move the cursor one row, down for 1 and up for -1."""
        self._list.action_cursor_down() if by > 0 else self._list.action_cursor_up()

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)

    def _may(self, mail: Outgoing) -> bool:
        """Whether there is still something to decide; else a note says why not."""
        if mail.state in CAN_COME_BACK:
            return True
        self.say("This mail has left." if mail.state is SendState.SENT else "This mail is just being sent.")
        return False


def _shown(mail: Outgoing, now: float) -> Content:
    recipients = ", ".join(safe_line(one.address, 80) for one in mail.recipients[:3])
    more = f" and {len(mail.recipients) - 3} more" if len(mail.recipients) > 3 else ""
    subject = safe_line(mail.subject, 200) or "(no subject)"
    return Content.assemble(
        (f"{mark(mail.state)} ", "bold"),
        (subject, "bold"),
        "\n  ",
        state_words(mail, now),
        f" · to {recipients}{more}",
    )
