"""When a mail shall leave: a time is typed, and what it means is shown before it counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import Button, Input, Static

from tui.model.moment import parse_moment
from tui.ui.screens.dialog import Dialog
from tui.ui.widgets.form import CleanInput

_LONGEST = timedelta(days=3650)
_HOW = "For example 18:30, tomorrow 8:00, mon 9:00, in 2 hours."


class SendLater(Dialog[int]):
    """Dismisses with the Unix time the mail shall leave at, 0 when the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back")]

    def __init__(self) -> None:
        super().__init__("Send later")
        self._when = CleanInput(placeholder="tomorrow 8:00", compact=True, id="when")
        self._meaning = Static(Content(_HOW), id="text")

    def inside(self) -> ComposeResult:
        """The time, what it means, and the way on."""
        yield self._when
        yield self._meaning
        with Container(id="choices", classes="-row"):
            yield Button("Send then", id="go", compact=True)
            yield Button("Back", id="back", compact=True, action="screen.back")

    def on_mount(self) -> None:
        """Type at once."""
        self._when.focus()

    @on(Input.Changed)
    def typed(self) -> None:
        """Say what the time means."""
        at = self._at()
        text = self._when.value.strip()
        words = f"It leaves {departure(at)}." if at else "That is no time to come. " * bool(text) + _HOW
        self._meaning.update(Content(words))

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def answer(self) -> None:
        """Take the time, if it is one."""
        if at := self._at():
            self.dismiss(at)
        else:
            self._when.focus()

    def action_back(self) -> None:
        """Answer nothing."""
        self.dismiss(0)

    def _at(self) -> int:
        now = datetime.now().astimezone()
        moment = parse_moment(self._when.value, now)
        return int(moment.timestamp()) if moment and now < moment < now + _LONGEST else 0


def departure(at: int) -> str:
    """A Unix time as a day and a time, in this computer's zone."""
    return f"{datetime.fromtimestamp(at):%A %d %B, %H:%M}"
