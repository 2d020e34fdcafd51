"""Trying an account that exists: each step as it is done."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tui.model.account import Account
from tui.model.command import Check, TestAccount
from tui.model.error import MailError
from tui.model.event import Checked
from tui.ui.desk import Desk
from tui.ui.messages import EngineSpoke
from tui.ui.screens.sheet import Sheet
from tui.ui.widgets.account_checks import TestStep

_TRYING = "Trying to receive and to send…"


class AccountTestScreen(Sheet[None]):
    """The result of receiving and sending, line by line; nothing is changed and no mail is sent."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Back"),
        Binding("t", "again", "Test again"),
    ]

    def __init__(self, desk: Desk, account: Account) -> None:
        super().__init__(desk, f"Test of {account.address}")
        self._account = account
        self._test = TestStep()
        self._checks: list[Check] = []
        self._trying = False

    def inside(self) -> ComposeResult:
        """The lines."""
        yield self._test

    def on_mount(self) -> None:
        """Begin at once."""
        self._test.can_focus = True
        self._test.focus()
        self.action_again()

    def on_engine_spoke(self, event: EngineSpoke) -> None:
        """A step is done."""
        spoken = event.event
        if self._trying and isinstance(spoken, Checked) and spoken.account == self._account.address:
            self._checks.append(spoken.check)
            self._test.show(self._checks, _TRYING)

    @work(exclusive=True, group="test")
    async def action_again(self) -> None:
        """Try everything once more."""
        self._checks, self._trying = [], True
        self._test.show([], _TRYING)
        try:
            self._checks = list(await self.ask(TestAccount(self._account)))
        except MailError as error:
            self._trying = False
            self._test.show(self._checks, "The test could not be made.")
            self.tell(error)
            return
        self._trying = False
        good = bool(self._checks) and all(check.ok for check in self._checks)
        self._test.show(self._checks, "Everything works." if good else "Not everything works.")

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)
