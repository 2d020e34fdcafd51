"""The first thing somebody sees who has no account yet: three doors."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.ui.desk import Desk
from tui.ui.screens.add_account import AddAccountScreen
from tui.ui.screens.sheet import Sheet

_PROMISE = (
    "Your mail in the terminal. It opens at once, works without a network, says in plain words "
    "what is wrong, and never loses or doubles a message."
)
_DOORS = (
    (
        "outlook",
        "Sign in at Outlook.com or Microsoft 365",
        "Type your address, approve in the browser, read your mail.",
    ),
    ("other", "Another mail account", "Gmail, iCloud, Fastmail or your own server; the settings are found."),
    ("demo", "Try the demo", "A sample mailbox; nothing leaves this computer."),
)


class WelcomeScreen(Sheet[str]):
    """Dismisses with the new account's address, "demo", or "" when the person just looks around."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Look around"),
        *(Binding(str(n), f"door({n})", show=False) for n in (1, 2, 3)),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "outlook-tui")

    def inside(self) -> ComposeResult:
        """Promise and doors in the middle."""
        with Container(id="hall"), Vertical(id="welcome"):
            yield Static(Content("Welcome"), id="hello")
            yield Static(Content(_PROMISE), id="promise")
            yield OptionList(
                *(
                    Option(Content.assemble((f"{n}  {title}", "bold"), f"\n   {sentence}"), id=door)
                    for n, (door, title, sentence) in enumerate(_DOORS, 1)
                ),
                id="doors",
                compact=True,
            )

    def on_mount(self) -> None:
        """The first door is one Enter away."""
        self.query_one("#doors").focus()
        self.query_one("#doors", OptionList).highlighted = 0

    @on(OptionList.OptionSelected)
    def opened(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click opens a door."""
        event.stop()
        self.action_door(event.option_index + 1)

    @work(exclusive=True, group="door")
    async def action_door(self, number: int) -> None:
        """Go through the door of that number, from 1."""
        door = _DOORS[number - 1][0]
        if door == "demo":
            self.dismiss("demo")
            return
        form = AddAccountScreen(self.desk, provider="outlook" if door == "outlook" else "")
        if address := await self.app.push_screen_wait(form):
            self.dismiss(address)

    def action_back(self) -> None:
        """Look at the empty program; adding an account is in the settings."""
        self.dismiss("")
