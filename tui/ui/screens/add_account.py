"""Adding or changing an account: address, servers, sign-in, and a live test before anything is written."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button, ContentSwitcher, Input

from tui.model.account import Account, Offline
from tui.model.command import Check, SaveAccount, TestAccount
from tui.model.error import BadInput, MailError
from tui.model.event import Checked
from tui.model.safe_text import safe_line
from tui.ui.desk import Desk
from tui.ui.messages import EngineSpoke
from tui.ui.screens.sheet import Sheet
from tui.ui.widgets.account_steps import AddressStep, ServersStep, SignInStep, TestStep
from tui.ui.words import span

_TRYING = "Trying to receive and to send…"
_NAMES = ("Address", "Servers", "Sign-in", "Test")


class AddAccountScreen(Sheet[str]):
    """The form, step by step; Back is always possible. Dismisses with the account's address, "" for none.

    `account` is changed where one is given; `provider` is a preset to begin with.
    """

    SCOPE: ClassVar[str] = "account"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("ctrl+n", "next", "Next", priority=True),
    ]

    def __init__(self, desk: Desk, account: Account | None = None, provider: str = "") -> None:
        super().__init__(desk, f"Change {account.address}" if account else "Add an account")
        self._account = account
        taken = [] if account else [one.address for one in desk.settings.accounts]
        self._address = AddressStep(taken, account, provider)
        self._servers = ServersStep(account)
        self._sign_in = SignInStep(account)
        self._test = TestStep()
        self._steps = (self._address, self._servers, self._sign_in, self._test)
        self._at = 0
        self._filled: tuple[str, ...] = ()
        self._signed: tuple[str, ...] = ()
        self._ready: SaveAccount | None = None
        self._checks: list[Check] = []
        self._turn = 0
        self._trying = False
        self._works = False

    def inside(self) -> ComposeResult:
        """One step at a time, the way on below."""
        with ContentSwitcher(initial=self._address.id, id="steps"):
            yield from self._steps
        with Horizontal(id="ways"):
            yield Button("Back", id="back", compact=True, action="screen.back")
            yield Button("Save anyway", id="anyway", compact=True, action="screen.save")
            yield Button("Test again", id="again", compact=True, action="screen.again")
            yield Button("Next", id="next", compact=True, action="screen.next")

    def on_mount(self) -> None:
        """Begin with the address; of a known account with its servers."""
        self._show(1 if self._account else 0)

    def _show(self, at: int) -> None:
        self._at = at
        self.query_one("#steps", ContentSwitcher).current = self._steps[at].id
        self.aside(f"{_NAMES[at]} · step {at + 1} of {len(_NAMES)}")
        testing = at == len(_NAMES) - 1
        for name in ("anyway", "again"):
            self.query_one(f"#{name}").display = testing
        self.query_one("#next", Button).label = "Save" if testing else "Test" if at == 2 else "Next"
        if not testing:
            self._turn += 1
            self._trying = False  # whatever a running test still tells is not listened to
            self.query_one("#next", Button).disabled = False
            self.call_after_refresh(self._steps[at].begin)

    # The way

    def action_back(self) -> None:
        """One step back; from the first, leave."""
        if self._at == 0:
            self._leave("")
        else:
            self._show(self._at - 1)

    @on(Input.Submitted)
    def entered(self) -> None:
        """Enter in a field goes on."""
        self.action_next()

    def action_next(self) -> None:
        """One step on, when this one is complete; a field that is not says so itself."""
        try:
            if self._at == 0:
                self._fill()
            elif self._at == 1:
                self._servers.value()
                self._servers.more(self._account or Account(self._address.value()[0]))
                self._fill_sign_in()
            elif self._at == 2:
                self._ready = self._gathered()
        except BadInput:
            return
        if self._at == len(_NAMES) - 1:
            if self._works:
                self.action_save()
            return
        self._show(self._at + 1)
        if self._at == len(_NAMES) - 1:
            self.action_again()

    def _fill(self) -> None:
        """Take over the service's servers and sign-in, once for each address and service."""
        address, _, preset = self._address.value()
        if self._account is None and self._filled != (address, preset.name):
            self._filled = (address, preset.name)
            self._servers.fill(preset)

    def _fill_sign_in(self) -> None:
        """Take over how the services sign in, once for each address and pair of services."""
        address, _, preset = self._address.value()
        sender = self._servers.sender
        wanted = (address, preset.name, sender.name if sender else "")
        if self._account is None and self._signed != wanted:
            self._signed = wanted
            self._sign_in.fill(address, preset, sender)

    def _gathered(self) -> SaveAccount:
        """The account as the form has it, with its secrets. Raises BadInput after complaining."""
        address, name, preset = self._address.value()
        imap, pop3, smtp = self._servers.value()
        login, secret, smtp_login, smtp_secret = self._sign_in.value()
        account = replace(
            self._account or Account(address, offline=Offline(self.desk.settings.general.offline)),
            name=name,
            provider="" if preset.name == "other" else preset.name,
            incoming=self._servers.incoming,
            imap=imap,
            pop3=pop3,
            smtp=smtp,
            login=login,
            smtp_login=smtp_login,
        )
        return SaveAccount(self._servers.more(account), secret, smtp_secret)

    # The test

    @work(exclusive=True, group="test")
    async def action_again(self) -> None:
        """Try receiving and sending; each step is shown as it is done."""
        ready = self._ready
        if ready is None:
            return
        self._turn += 1
        turn, self._checks, self._works = self._turn, [], False
        self._trying = True
        self._button("next", "Save", disabled=True)
        self._test.show([], _TRYING)
        try:
            checks = await self.ask(TestAccount(ready.account, ready.secret, ready.smtp_secret))
        except MailError as error:
            if turn == self._turn:
                self._trying = False
                self._test.show(self._checks, "The test could not be made.")
                self.tell(error)
            return
        if turn == self._turn:
            self._trying = False
            self._judge(list(checks))

    def on_engine_spoke(self, event: EngineSpoke) -> None:
        """A step of the test is done."""
        spoken, ready = event.event, self._ready if self._trying else None
        if isinstance(spoken, Checked) and ready is not None and spoken.account == ready.account.address:
            self._checks.append(spoken.check)
            self._test.show(self._checks, _TRYING)

    def _judge(self, checks: list[Check]) -> None:
        self._checks = checks
        self._works = good = bool(checks) and all(check.ok for check in checks)
        seconds = span(sum(check.seconds for check in checks))
        verdict = (
            f"It works: receiving and sending, tried in {seconds}."
            if good
            else "Not everything works yet. Nothing has been saved."
        )
        self._test.show(checks, verdict)
        self._button("next", "Save", disabled=not good)
        self.query_one("#next" if good else "#back", Button).focus()

    def _button(self, name: str, label: str, *, disabled: bool) -> None:
        button = self.query_one(f"#{name}", Button)
        button.label = label
        button.disabled = disabled

    # The end

    @work(exclusive=True, group="save")
    async def action_save(self) -> None:
        """Write the account and begin to fetch."""
        if self._ready is None:
            return
        done, words = await self.try_to(self._ready)
        if not done:
            return
        address = self._ready.account.address
        self.say(words or f"{safe_line(address)} is saved.")
        self._leave(address)

    def _leave(self, address: str) -> None:
        self._sign_in.forget()
        self._ready = None
        self.dismiss(address)
