"""The questions that the program asks by itself: of mail that vanished, or that may have been sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from textual import work
from textual.timer import Timer

from tui.model.command import RetrySend
from tui.model.draft import Outgoing, SendState
from tui.model.error import MailError, StoreBroken
from tui.model.event import Asked
from tui.ui.desk import Desk
from tui.ui.screens.dialog import Ask
from tui.ui.screens.gone import ask_gone
from tui.ui.screens.mail_base import MailBase

_LOOKED_FOR = 5.0
"""Seconds in which an unsure mail may be found in Sent before anybody is asked."""

Question = Callable[[], Awaitable[str]]
"""Asks, does what the person says, and answers a sentence on it, "" for nothing. Raises MailError."""


class Questions(MailBase):
    """Asks one thing after the other, on the mail screen alone: whoever writes is not interrupted. What was
    left open is not asked again in this run, unless it has become more; it stays in the status line."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._questions: dict[str, Question] = {}
        self._asking = False
        self._left_open: dict[int, int] = {}
        self._asked_about: set[int] = set()
        self._unsure_timer: Timer | None = None

    def on_screen_resume(self) -> None:
        """Whatever lay over the mail is closed."""
        self._begin_to_ask()

    def ask_of_gone(self, event: Asked) -> None:
        """Many messages vanished from a folder: the person decides."""
        if event.count > self._left_open.get(event.folder, 0):
            self._put(f"gone {event.folder}", partial(self._ask_of_gone, event.folder, event.count))

    def look_for_unsure(self) -> None:
        """A mail of the outbox changed: where it stays unsure whether it was sent, the person decides."""
        if self._unsure_timer is None:
            self._unsure_timer = self.set_timer(_LOOKED_FOR, self._find_unsure)

    def action_outbox(self) -> None:
        """See the outbox; the heir knows how."""
        raise NotImplementedError

    def _find_unsure(self) -> None:
        self._unsure_timer = None
        try:
            unsure = [mail for mail in self.desk.reader.outbox() if mail.state is SendState.UNSURE]
        except StoreBroken as error:
            self._store_failed(error)
            return
        for mail in unsure:
            if mail.id not in self._asked_about:
                self._asked_about.add(mail.id)
                self._put(f"unsure {mail.id}", partial(self._ask_of_unsure, mail))
        self._asked_about &= {mail.id for mail in unsure}

    def _put(self, key: str, question: Question) -> None:
        self._questions[key] = question
        self._begin_to_ask()

    def _begin_to_ask(self) -> None:
        if self._questions and not self._asking and self.app.screen is self:
            self._asking = True
            self._ask_all()

    @work(group="questions")
    async def _ask_all(self) -> None:
        try:
            while self._questions and self.app.screen is self:
                key, question = next(iter(self._questions.items()))
                try:
                    if done := await question():
                        self.flash(done)
                except MailError as error:
                    self.tell(error)
                self._questions.pop(key, None)
        finally:
            self._asking = False

    async def _ask_of_gone(self, folder: int, messages: int) -> str:
        done = await ask_gone(self.app, self.desk, folder, messages)
        if done:
            self._left_open.pop(folder, None)
        else:
            self._left_open[folder] = messages
        return done

    async def _ask_of_unsure(self, mail: Outgoing) -> str:
        now = self.desk.reader.outgoing(mail.id)
        if now is None or now.state is not SendState.UNSURE:
            return ""  # found in Sent while something else was asked
        recipients = ", ".join(one.address for one in mail.recipients[:3])
        more = f" and {len(mail.recipients) - 3} more" if len(mail.recipients) > 3 else ""
        text = (
            f"“{mail.subject or '(no subject)'}” to {recipients}{more}: the connection broke after all of it "
            "was handed over, before the server said that it has it.\n\n"
            "It is not sent again by itself: if it has arrived, sending it again delivers it twice. Look "
            "into Sent, or ask a recipient first."
        )
        choices = [("", "Leave it for now"), ("o", "Show the outbox"), ("s", "Send it again")]
        taken = await self.app.push_screen_wait(Ask("Was this mail sent?", text, choices))
        if taken == "o":
            self.call_later(self.action_outbox)
        elif taken == "s":
            await self.ask(RetrySend(mail.id))
            return "It is sent again."
        return ""
