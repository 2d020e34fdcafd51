"""The question what becomes of many messages that vanished from a server's folder at once."""

from __future__ import annotations

from typing import Any

from textual import work
from textual.app import App

from tui.model.command import ConfirmGone, Fetch
from tui.model.error import MailError
from tui.model.event import Asked
from tui.ui.desk import Desk
from tui.ui.places import folder_title
from tui.ui.screens.dialog import Ask
from tui.ui.screens.mail_base import MailBase
from tui.ui.words import count

_CHOICES = [("k", "Keep"), ("r", "Remove here too")]


async def ask_gone(app: App[Any], desk: Desk, folder: int, messages: int) -> str:
    """Ask, and do what the person says; "later" leaves everything as it is until it is asked again.

    Answers a sentence on what was done, "" for nothing. Raises MailError.
    """
    found = desk.reader.folder(folder)
    name = f"{folder_title(found)} of {found.account}" if found else "a folder"
    text = (
        f"{count(messages, 'message')} vanished from {name} on the server. That may be meant, by another "
        "program for example, or a mistake of the server.\n\n"
        "Keep them on this computer, or remove them here too? What is removed stays 30 days in “Removed from "
        "server”. Esc decides later: until then they stay."
    )
    taken = await app.push_screen_wait(Ask("Many messages are gone from the server", text, _CHOICES))
    if not taken:
        return ""
    await desk.ask(ConfirmGone(folder, taken == "r"))
    if found and not desk.engine.offline:
        desk.engine.post(Fetch(found.account))  # nothing is open any more, and the status line says so
    kept = "removed here, too: 30 days in “Removed from server”" if taken == "r" else "kept on this computer"
    return f"{count(messages, 'message')} {kept}."


class Vanished(MailBase):
    """Asks on the mail screen alone, one folder after the other, and not again before more have vanished:
    whoever writes is not interrupted, and whoever said "later" finds it among what is on this disk."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._to_ask: dict[int, int] = {}
        self._put_off: dict[int, int] = {}
        self._asking = False

    def ask_of_gone(self, event: Asked) -> None:
        """Remember a question, and put it as soon as the mail screen is on top."""
        if event.count > self._put_off.get(event.folder, 0):
            self._to_ask[event.folder] = event.count
            self._put_questions()

    def on_screen_resume(self) -> None:
        """Whatever lay over the mail is closed."""
        self._put_questions()

    def _put_questions(self) -> None:
        if self._to_ask and not self._asking and self.app.screen is self:
            self._asking = True
            self._ask_all()

    @work(group="gone")
    async def _ask_all(self) -> None:
        try:
            while self._to_ask:
                await self._ask_one(*next(iter(self._to_ask.items())))
        finally:
            self._asking = False

    async def _ask_one(self, folder: int, messages: int) -> None:
        done = ""
        try:
            done = await ask_gone(self.app, self.desk, folder, messages)
        except MailError as error:
            self.tell(error)
        self._to_ask.pop(folder, None)
        if done:
            self._put_off.pop(folder, None)
            self.flash(done)
        else:
            self._put_off[folder] = messages
